//! The API's document, made from the handlers, and its pages for a browser.

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder};
use utoipa_swagger_ui::SwaggerUi;

use crate::app::Shared;
use crate::problem::Code;

/// The document before any path is in it.
pub(crate) fn head() -> OpenApi {
    let description = format!(
        "Live orders for a shop.\n\nErrors are problems (RFC 9457) with a stable `code`:\n\n{}",
        Code::table()
    );
    let info = InfoBuilder::new()
        .title("Ordercast")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(description))
        .license(Some(LicenseBuilder::new().name("MIT OR Apache-2.0").build()));
    let mut components = Components::new();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let cookie = ApiKey::Cookie(ApiKeyValue::new("ordercast_session"));
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
    let none: [&str; 0] = [];
    OpenApiBuilder::new()
        .info(info)
        .components(Some(components))
        .security(Some([SecurityRequirement::new("bearer", none), SecurityRequirement::new("cookie", none)]))
        .build()
}

/// `/api/openapi.json`, and `/docs` to browse it without any outside network.
pub(crate) fn pages(document: OpenApi) -> Router<Shared> {
    let pages: Router<Shared> = SwaggerUi::new("/docs").url("/api/openapi.json", document).into();
    pages.route("/", get(|| async { Redirect::temporary("/docs") }))
}
