//! The configuration that a page needs before anybody signs in.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use orders::order::GeoPoint;
use orders::{Currency, StoreId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::{App, AppState, DemoAccount, MapTiles};
use crate::auth::origin::{host, host_name};
use crate::caller::address;

/// The shop's configuration.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Config)]
#[serde(rename_all = "camelCase")]
pub struct ConfigView {
    /// The shop's name.
    store_name: String,
    /// The default store of an order.
    store_id: StoreId,
    /// The currency of the prices (ISO 4217).
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
    /// Decimal digits of the minor unit by currency code: of the shop's currency, and of every currency that does not
    /// have two. An amount of 500 is 500 yen (0 digits), 5.00 euro or forint (2), and 0.500 Kuwaiti dinar (3). Do not take
    /// the digits from `Intl`: they differ between browsers.
    #[schema(example = json!({"EUR": 2, "JPY": 0, "KWD": 3}))]
    currency_digits: BTreeMap<String, u32>,
    /// The time zone that determines where a day begins (IANA name).
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// Where the store is; null if that is not configured.
    #[schema(required)]
    location: Option<GeoPoint>,
    /// Whether this is a demo shop, whose accounts are public.
    demo: bool,
    /// The demo accounts; empty unless this is a demo shop.
    demo_accounts: Vec<DemoAccount>,
    /// The map tiles; null to show a bundled outline.
    #[schema(required)]
    tiles: Option<MapTiles>,
    /// Other origins from which pages may load product images. Images of this host are always allowed.
    #[schema(example = json!(["https://cdn.example"]))]
    image_origins: Vec<String>,
    /// Where to open live connections: Socket.IO has the path `/socket.io/` below it. Null if at the page's own address.
    #[schema(required)]
    live_url: Option<String>,
    /// Whether orders may be paid online with a simulated payment: `POST /orders/{order}/test-payment`.
    test_payment: bool,
}

/// Get the shop's configuration
///
/// What a page needs before anybody signs in. It contains no secrets.
#[utoipa::path(get, path = "/api/v1/config", tag = "shop", security(()), responses((status = OK, body = ConfigView)))]
pub async fn config(State(app): State<AppState>, parts: Parts) -> Response {
    let settings = &app.settings;
    let view = ConfigView {
        store_name: settings.store_name.clone(),
        store_id: settings.store.clone(),
        currency: settings.currency,
        currency_digits: currency_digits(settings.currency),
        time_zone: settings.zone.iana_name().unwrap_or("UTC").to_owned(),
        location: settings.location,
        demo: settings.demo.is_some(),
        demo_accounts: settings.demo.as_ref().map(|demo| demo.accounts.clone()).unwrap_or_default(),
        tiles: settings.tiles.clone(),
        image_origins: settings.image_origins.clone(),
        live_url: live_url(&app, &parts),
        test_payment: settings.test_payment(),
    };
    ([(CACHE_CONTROL, "no-cache")], axum::Json(view)).into_response()
}

fn currency_digits(own: Currency) -> BTreeMap<String, u32> {
    let digits = Currency::with_unusual_digits().chain([(own, own.exponent())]);
    digits.map(|(currency, digits)| (currency.code().to_owned(), digits)).collect()
}

/// Where a page opens live connections, if not at its own address: as configured, or else on the live port of the
/// page's host. Behind TLS the public address of that port is unknown, and the page's own address works as well.
///
/// With the base path: browsers send the cookie only there.
pub(crate) fn live_url(app: &AppState, parts: &Parts) -> Option<String> {
    let base_path = &app.settings.base_path;
    if let Some(url) = &app.settings.live_url {
        return Some(format!("{url}{base_path}"));
    }
    let port = app.live_port()?;
    let name = host(&parts.headers, &parts.uri).and_then(host_name)?;
    (!address(parts, app).is_secure).then(|| format!("http://{name}:{port}{base_path}"))
}

impl App {
    fn live_port(&self) -> Option<u16> {
        self.ports.get()?.live
    }
}
