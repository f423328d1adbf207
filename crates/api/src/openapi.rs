//! The OpenAPI document, and its pages for a browser.

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, RefOr};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::app::AppState;
use crate::problem::{Code, Problem};

/// The document without paths.
pub(crate) fn head() -> OpenApi {
    let description = format!(
        "Live orders for a shop.\n\nThe live events, over Socket.IO and server-sent events, are described by \
         [/api/asyncapi.json](/api/asyncapi.json) (AsyncAPI 3).\n\nErrors are problem details (RFC 9457) with a stable `code`:\n\n{}",
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

/// Serves `/api/openapi.json`, and `/docs`, which loads nothing from other hosts.
pub(crate) fn pages(document: OpenApi) -> Router<AppState> {
    // Without `none`, the page sends the document's address to an online validator.
    let config = Config::default().validator_url("none");
    let pages: Router<AppState> =
        SwaggerUi::new("/docs").url("/api/openapi.json", document).config(config).into();
    pages.layer(map_response(finish_page))
}

/// The page sets styles in its elements, and shows icons from `data:` addresses. Everything else comes from this server.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                           img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; \
                           base-uri 'none'; form-action 'none'";

/// Swagger UI's own 404 is not a problem document, and its page has no content security policy.
async fn finish_page(mut response: Response) -> Response {
    if response.status().is_client_error() {
        return Problem::new(Code::NotFound).into_response();
    }
    let is_page =
        response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(DOCS_POLICY));
    }
    response
}

/// A response needs a description (OpenAPI 3.1, section 4.8.17). If a handler has none, the status' name is used.
pub(crate) fn describe_answers(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.delete];
        let answers =
            operations.into_iter().flatten().flat_map(|operation| operation.responses.responses.iter_mut());
        for (status, answer) in answers {
            if let RefOr::T(answer) = answer
                && answer.description.is_empty()
            {
                let known = status.parse().ok().and_then(|status: StatusCode| status.canonical_reason());
                known.unwrap_or("Error; see `code`").clone_into(&mut answer.description);
            }
        }
    }
}
