//! The parts of the API's JSON that are read here. Fields that are not read are not listed, and new ones do no harm.

use jiff::Timestamp;
use orders::{Money, Origin, Status};
use serde::Deserialize;

/// RFC 9457, as far as it is shown.
#[derive(Debug, Clone, Deserialize)]
pub struct ApiProblem {
    /// The stable code.
    pub code: Option<String>,
    /// What kind of problem.
    pub title: Option<String>,
    /// What about this one.
    pub detail: Option<String>,
}

/// `GET /health`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiHealth {
    /// `ok`.
    pub status: String,
    /// The server's version.
    pub version: String,
    /// For how long it has been running.
    pub uptime_seconds: Option<f64>,
}

/// A session.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiSession {
    /// What requests carry.
    pub access_token: String,
    /// What renews it.
    pub refresh_token: Option<String>,
    /// Seconds the access token lasts.
    pub expires_in: u64,
    /// Whose.
    pub user: ApiPerson,
}

impl std::fmt::Debug for ApiSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Somebody.
#[derive(Debug, Clone, Deserialize)]
pub struct ApiPerson {
    /// Their id.
    pub id: String,
    /// Their name, if it may be seen.
    pub name: Option<String>,
    /// Their e-mail address, likewise.
    pub email: Option<String>,
}

impl ApiPerson {
    /// What to call them.
    pub fn label(&self) -> &str {
        self.name.as_deref().or(self.email.as_deref()).unwrap_or(&self.id)
    }
}

/// A page of the catalogue.
#[derive(Debug, Deserialize)]
pub struct ApiProductPage {
    /// Its products.
    pub products: Vec<ApiProduct>,
    /// The next page.
    pub next: Option<String>,
}

/// A product.
#[derive(Debug, Clone, Deserialize)]
pub struct ApiProduct {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The price of one.
    pub price: Money,
    /// How many a new order can have.
    #[serde(default)]
    pub available: u32,
    /// Off the shelf.
    #[serde(default)]
    pub archived: bool,
}

/// A page of orders.
#[derive(Debug, Deserialize)]
pub struct ApiOrderPage {
    /// Its orders.
    pub orders: Vec<ApiOrder>,
}

/// An order.
#[derive(Debug, Clone, Deserialize)]
pub struct ApiOrder {
    /// Its id.
    pub id: String,
    /// The number people use.
    pub number: String,
    /// The simple status.
    pub status: Status,
    /// Rises by one with every change.
    pub version: u32,
    /// Who bought.
    pub customer: Option<ApiPerson>,
    /// The sum.
    pub total: Option<Money>,
}

/// What became of a bulk update.
#[derive(Debug, Deserialize)]
pub struct ApiBulkOutcomes {
    /// One per order.
    pub outcomes: Vec<ApiBulkOutcome>,
}

/// What became of one order of it.
#[derive(Debug, Deserialize)]
pub struct ApiBulkOutcome {
    /// As it was named in the request.
    pub order: String,
    /// Whether it changed.
    pub ok: bool,
    /// The version it has now.
    pub version: Option<u32>,
    /// Why not.
    pub code: Option<String>,
}

/// One live event, of an order or a product.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiEvent {
    /// Its id.
    pub id: String,
    /// What happened, such as `order.created`.
    pub kind: String,
    /// When it was committed.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Option<ApiActor>,
    /// The version of the order or product after it.
    pub version: u32,
    /// The order.
    pub order_id: Option<String>,
    /// Its number.
    pub order_number: Option<String>,
    /// Who bought.
    pub customer: Option<ApiPerson>,
    /// The status after it.
    pub status: Option<Status>,
    /// The status before it.
    pub previous_status: Option<Status>,
    /// The sum of a new order.
    pub total: Option<Money>,
    /// How far the payment is.
    pub payment_status: Option<String>,
    /// The carrier's number.
    pub tracking_number: Option<String>,
    /// When it should arrive.
    pub estimated_delivery: Option<Timestamp>,
    /// Who brings it.
    pub partner: Option<ApiPartner>,
    /// Where the delivery is.
    pub location: Option<ApiLocation>,
    /// Why it was cancelled or corrected.
    pub reason: Option<String>,
    /// A note of the staff.
    pub note: Option<String>,
    /// The product.
    pub product_id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its price.
    pub price: Option<Money>,
    /// How many there are.
    pub on_hand: Option<u32>,
    /// Whether it is off the shelf.
    pub archived: Option<bool>,
}

/// Who did something.
#[derive(Debug, Clone, Deserialize)]
pub struct ApiActor {
    /// Which side.
    pub origin: Origin,
    /// Their name, if it may be seen.
    pub name: Option<String>,
}

/// Who brings it.
#[derive(Debug, Clone, Deserialize)]
pub struct ApiPartner {
    /// Their name.
    pub name: String,
}

/// Where a delivery is.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct ApiLocation {
    /// Degrees.
    pub latitude: f64,
    /// Degrees.
    pub longitude: f64,
}

/// The first event of a stream.
#[derive(Debug, Clone, Deserialize)]
pub struct ApiConnected {
    /// `user` or `admin`.
    pub role: String,
    /// Who is connected.
    pub user: Option<ApiPerson>,
    /// Where the log is now.
    pub cursor: Option<String>,
    /// Whether everything since the given cursor follows.
    #[serde(default)]
    pub recovered: bool,
}

/// The cursor was too old, or of another history: this is how it is now.
#[derive(Debug, Clone, Deserialize)]
pub struct ApiReset {
    /// Why.
    pub reason: Option<String>,
    /// Where this state was read.
    pub cursor: String,
    /// The orders.
    #[serde(default)]
    pub orders: Vec<ApiOrder>,
}

/// The server is about to close.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiReconnect {
    /// Why.
    pub reason: Option<String>,
    /// When to come back, in milliseconds.
    pub after_ms: Option<u64>,
}
