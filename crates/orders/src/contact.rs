//! Personal data of an order. It is stored beside the order and never in an event, so it can be erased while the history
//! stays.

use serde::{Deserialize, Serialize};

use crate::text::Line;

/// The delivery address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Address {
    /// The recipient.
    #[cfg_attr(feature = "openapi", schema(example = "Asha Rao"))]
    pub name: Line<120>,
    /// A phone number for the driver.
    #[serde(
        default,
        deserialize_with = "crate::text::optional_code",
        skip_serializing_if = "Option::is_none"
    )]
    pub phone: Option<Line<40>>,
    /// Street and house number.
    #[cfg_attr(feature = "openapi", schema(example = "12 Harbour Road"))]
    pub line1: Line<200>,
    /// Apartment, floor or company.
    #[serde(default, deserialize_with = "crate::text::optional", skip_serializing_if = "Option::is_none")]
    pub line2: Option<Line<200>>,
    pub city: Line<120>,
    #[serde(default, deserialize_with = "crate::text::optional", skip_serializing_if = "Option::is_none")]
    pub region: Option<Line<120>>,
    #[serde(
        default,
        deserialize_with = "crate::text::optional_code",
        skip_serializing_if = "Option::is_none"
    )]
    pub postal_code: Option<Line<20>>,
    /// ISO 3166 two-letter code, or the country's name.
    #[serde(
        default,
        deserialize_with = "crate::text::optional_code",
        skip_serializing_if = "Option::is_none"
    )]
    pub country: Option<Line<60>>,
}

/// Who delivers the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Partner {
    /// The driver's or the carrier's name.
    pub name: Line<120>,
    /// A phone number for the customer.
    #[serde(
        default,
        deserialize_with = "crate::text::optional_code",
        skip_serializing_if = "Option::is_none"
    )]
    pub phone: Option<Line<40>>,
}

/// The personal data of one order. A part is empty after it was erased.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping: Option<Address>,
    /// Who delivers the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<Partner>,
}
