//! The JSON of the API, as far as it is read here. Unknown fields are ignored.

use jiff::Timestamp;
use orders::{Money, Origin, Status};
use serde::Deserialize;

/// An RFC 9457 problem.
#[derive(Debug, Clone, Deserialize)]
pub struct ApiProblem {
    pub code: Option<String>,
    pub title: Option<String>,
    pub detail: Option<String>,
}

/// `GET /health`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiHealth {
    pub status: String,
    pub version: String,
    pub uptime_seconds: Option<f64>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiSession {
    pub access_token: String,
    pub refresh_token: Option<String>,
    /// Lifetime of the access token, in seconds.
    pub expires_in: u64,
    pub user: ApiPerson,
}

impl std::fmt::Debug for ApiSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("user", &self.user).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Deserialize)]
pub struct ApiPerson {
    /// Their id.
    pub id: String,
    pub name: Option<String>,
    pub email: Option<String>,
}

impl ApiPerson {
    /// The name, or else the e-mail address, or else the id.
    pub fn label(&self) -> &str {
        self.name.as_deref().or(self.email.as_deref()).unwrap_or(&self.id)
    }
}

#[derive(Debug, Deserialize)]
pub struct ApiProductPage {
    pub products: Vec<ApiProduct>,
    pub next: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct ApiProduct {
    pub id: String,
    pub name: String,
    pub price: Money,
    #[serde(default)]
    pub available: u32,
    #[serde(default)]
    pub archived: bool,
}

#[derive(Debug, Deserialize)]
pub struct ApiOrderPage {
    pub orders: Vec<ApiOrder>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct ApiOrder {
    pub id: String,
    pub number: String,
    pub status: Status,
    pub version: u32,
    pub customer: Option<ApiPerson>,
    pub total: Option<Money>,
}

#[derive(Debug, Deserialize)]
pub struct ApiBulkOutcomes {
    pub outcomes: Vec<ApiBulkOutcome>,
}

#[derive(Debug, Deserialize)]
pub struct ApiBulkOutcome {
    /// As named in the request.
    pub order: String,
    pub ok: bool,
    pub version: Option<u32>,
    pub code: Option<String>,
}

/// A live event of an order or a product.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiEvent {
    pub id: String,
    /// For example `order.created`.
    pub kind: String,
    pub at: Timestamp,
    pub actor: Option<ApiActor>,
    pub version: u32,
    pub order_id: Option<String>,
    pub order_number: Option<String>,
    pub customer: Option<ApiPerson>,
    pub status: Option<Status>,
    pub previous_status: Option<Status>,
    pub total: Option<Money>,
    pub payment_status: Option<String>,
    pub tracking_number: Option<String>,
    pub estimated_delivery: Option<Timestamp>,
    pub partner: Option<ApiPartner>,
    pub location: Option<ApiLocation>,
    pub reason: Option<String>,
    pub note: Option<String>,
    pub product_id: Option<String>,
    pub name: Option<String>,
    pub price: Option<Money>,
    pub on_hand: Option<u32>,
    pub archived: Option<bool>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct ApiActor {
    pub origin: Origin,
    pub name: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct ApiPartner {
    pub name: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub struct ApiLocation {
    pub latitude: f64,
    pub longitude: f64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct ApiConnected {
    /// `user`, `admin` or `driver`.
    pub role: String,
    pub user: Option<ApiPerson>,
    pub cursor: Option<String>,
    /// Whether all events since the given cursor follow.
    #[serde(default)]
    pub recovered: bool,
}

/// The cursor cannot be resumed. This is the current state.
#[derive(Debug, Clone, Deserialize)]
pub struct ApiReset {
    pub reason: Option<String>,
    /// The cursor of this state.
    pub cursor: String,
    #[serde(default)]
    pub orders: Vec<ApiOrder>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiReconnect {
    pub reason: Option<String>,
    /// Milliseconds to wait before reconnecting.
    pub after_ms: Option<u64>,
}
