//! What a page has to know before anybody signed in.

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use orders::{Currency, StoreId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::{App, AppState, DemoAccount, MapTiles};
use crate::auth::origin::{host, host_name};
use crate::caller::address;

/// The shop, as its pages need it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Config)]
#[serde(rename_all = "camelCase")]
pub struct ConfigView {
    /// What the shop is called.
    store_name: String,
    /// The store of orders that name none.
    store_id: StoreId,
    /// What its prices are in (ISO 4217).
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
    /// Where its days begin and end: a name of the IANA database.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// Whether this is a shop to try things on, whose accounts anybody may use.
    demo: bool,
    /// Those accounts; none where it is a real shop.
    demo_accounts: Vec<DemoAccount>,
    /// The tiles of maps; null where an outline has to do.
    #[schema(required)]
    tiles: Option<MapTiles>,
    /// Other hosts whose pictures of products the pages may show; those of this one they may always.
    #[schema(example = json!(["https://cdn.example"]))]
    image_origins: Vec<String>,
    /// Where to open live connections; null where that is the address this came from.
    #[schema(required)]
    live_url: Option<String>,
    /// Whether an order may be paid online by a payment that is made up: `POST /orders/{order}/test-payment`.
    test_payment: bool,
}

/// Get the shop's configuration
///
/// What a page has to know before anybody signed in. Nothing in it is a secret.
#[utoipa::path(get, path = "/api/v1/config", tag = "shop", security(()), responses((status = OK, body = ConfigView)))]
pub async fn config(State(app): State<AppState>, parts: Parts) -> Response {
    let settings = &app.settings;
    let view = ConfigView {
        store_name: settings.store_name.clone(),
        store_id: settings.store.clone(),
        currency: settings.currency,
        time_zone: settings.zone.iana_name().unwrap_or("UTC").to_owned(),
        demo: settings.demo.is_some(),
        demo_accounts: settings.demo.as_ref().map(|demo| demo.accounts.clone()).unwrap_or_default(),
        tiles: settings.tiles.clone(),
        image_origins: settings.image_origins.clone(),
        live_url: live_url(&app, &parts),
        test_payment: settings.test_payment(),
    };
    ([(CACHE_CONTROL, "no-cache")], axum::Json(view)).into_response()
}

/// Where the live connections of a page are, if they are elsewhere: as configured; else at their own port of the host
/// that the page came from. Behind TLS nobody knows that port's address, and the page's own serves as well.
pub(crate) fn live_url(app: &AppState, parts: &Parts) -> Option<String> {
    if let Some(url) = &app.settings.live_url {
        return Some(url.clone());
    }
    let port = app.live_port()?;
    let name = host(&parts.headers, &parts.uri).and_then(host_name)?;
    (!address(parts, app).is_secure).then(|| format!("http://{name}:{port}"))
}

impl App {
    fn live_port(&self) -> Option<u16> {
        self.ports.get()?.live
    }
}
