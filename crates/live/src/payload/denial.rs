//! Refusals of what clients ask for.

use std::borrow::Cow;

use serde::Serialize;

/// Why something that a client asked for was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[error("{message}")]
pub struct Denial {
    /// Stable. Those of the API's problems, and `unknown_event`, `invalid_order`, `too_many_joined`.
    pub code: &'static str,
    /// For people.
    pub message: Cow<'static, str>,
}
