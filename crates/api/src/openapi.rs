//! The OpenAPI document, at `/api/openapi.json`. `pages::docs` serves the API reference that is made of it.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::routing::get;
use bytes::Bytes;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, RefOr, Server};

use crate::app::{ApiSettings, AppState};
use crate::auth::cookie;
use crate::problem::Code;

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
    components.add_security_scheme("cookie", cookie_scheme(cookie::NAME));
    let none: [&str; 0] = [];
    OpenApiBuilder::new()
        .info(info)
        .components(Some(components))
        .security(Some([SecurityRequirement::new("bearer", none), SecurityRequirement::new("cookie", none)]))
        .build()
}

fn cookie_scheme(name: &str) -> SecurityScheme {
    SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(name)))
}

/// Describes a server below a base path: its paths, its links and its cookie.
pub(crate) fn describe_server(document: &mut OpenApi, settings: &ApiSettings) {
    let base_path = &settings.base_path;
    if base_path.is_root() {
        return;
    }
    document.servers = Some(vec![Server::new(base_path.as_str())]);
    if let Some(description) = &mut document.info.description {
        *description = description.replace("](/", &format!("]({base_path}/"));
    }
    if let Some(components) = &mut document.components {
        components.add_security_scheme("cookie", cookie_scheme(&settings.cookies.name()));
    }
}

/// `/api/openapi.json`.
pub(crate) fn page(document: &OpenApi) -> Router<AppState> {
    let text = serde_json::to_string(document).expect("the document has only texts as keys");
    let text = Bytes::from(text);
    let json = HeaderValue::from_static("application/json");
    Router::new().route("/api/openapi.json", get(|| async { ([(CONTENT_TYPE, json)], text) }))
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
