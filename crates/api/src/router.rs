//! The table of contents: every path and the handler that serves it.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::base_path::mount;
use crate::gateway::Sockets;
use crate::middleware::RequestMiddleware;
use crate::problem::{Code, Problem};
use crate::resources::{
    auth, config, health, me, notifications, orders, polling, products, series, stats, stream, users,
};
use crate::{asyncapi, commands, compression, openapi, pages};

/// All routes of a server.
pub fn router(app: AppState, sockets: &Sockets) -> Router {
    let (routes, mut document) = described().split_for_parts();
    openapi::describe_answers(&mut document);
    openapi::describe_server(&mut document, &app.settings);
    let base_path = &app.settings.base_path;
    let live = asyncapi::page(&app.settings);
    let documents = live.merge(openapi::page(&document)).merge(pages::docs::routes(base_path));
    let routes = routes.merge(documents).merge(socket_io(sockets));
    let routes = pages::fallback(routes, base_path);
    finish(routes, app, sockets)
}

/// The routes of the port for live connections: streams, Socket.IO, and health.
pub fn live_router(app: AppState, sockets: &Sockets) -> Router {
    let (routes, _) = live().merge(operations()).split_for_parts();
    let live = asyncapi::page(&app.settings);
    finish(routes.merge(live).merge(socket_io(sockets)).fallback(not_found), app, sockets)
}

/// The default path of Socket.IO clients.
fn socket_io(sockets: &Sockets) -> Router<AppState> {
    Router::new()
        .route_service("/socket.io/", sockets.service())
        .route_service("/socket.io", sockets.service())
}

/// The OpenAPI document.
pub fn document() -> OpenApi {
    let mut document = described().split_for_parts().1;
    openapi::describe_answers(&mut document);
    document
}

fn described() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(openapi::head())
        .merge(api())
        .merge(live())
        .merge(aliases())
        .merge(operations())
}

fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(auth::register))
        .routes(routes!(auth::login))
        .routes(routes!(auth::refresh))
        .routes(routes!(auth::logout))
        .routes(routes!(auth::password_reset))
        .routes(routes!(me::session))
        .routes(routes!(config::config))
        .routes(routes!(me::me))
        .routes(routes!(users::reset_link))
        .routes(routes!(products::list::list, products::create::create))
        .routes(routes!(products::show::show, products::update::update, products::archive::archive))
        .routes(routes!(products::stock::set_stock))
        .routes(routes!(orders::list::list, orders::place::place))
        .routes(routes!(orders::export::export))
        .routes(routes!(orders::bulk_status::bulk_status))
        .routes(routes!(orders::show::show))
        .routes(routes!(orders::timeline::timeline))
        .routes(routes!(orders::cancel::cancel))
        .routes(routes!(orders::test_payment::test_payment))
        .routes(routes!(orders::status::set_status, orders::status::post_status))
        .routes(routes!(orders::delivery::set_delivery))
        .routes(routes!(stats::stats))
        .routes(routes!(series::series))
        .routes(routes!(notifications::list))
        .routes(routes!(notifications::unread_count))
        .routes(routes!(notifications::read))
        .routes(routes!(notifications::read_all))
}

fn live() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(stream::stream))
}

fn aliases() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(polling::manage)).routes(routes!(polling::tracking))
}

fn operations() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(health::health))
        .routes(routes!(health::ready))
        .routes(routes!(health::metrics))
}

fn finish(routes: Router<AppState>, app: AppState, sockets: &Sockets) -> Router {
    let cors = cors(&app);
    let base_path = app.settings.base_path.clone();
    let routes =
        routes.method_not_allowed_fallback(method_not_allowed).layer(RequestMiddleware::layer(&app, sockets));
    let routes = routes.layer(compression::layer());
    let routes = match cors {
        Some(cors) => routes.layer(cors).with_state(app),
        None => routes.with_state(app),
    };
    mount(&base_path, routes)
}

async fn not_found() -> Problem {
    Problem::new(Code::NotFound)
}

async fn method_not_allowed(request: Request) -> Problem {
    Problem::new(Code::MethodNotAllowed).detail(format!("{} is not allowed here.", request.method()))
}

/// Lets pages of the allowed origins read responses, with the session cookie.
fn cors(app: &AppState) -> Option<CorsLayer> {
    if app.origins.iter().next().is_none() && app.ports.get().is_none_or(|ports| ports.live.is_none()) {
        return None;
    }
    let app = Arc::clone(app);
    let allowed = move |origin: &HeaderValue, request: &Parts| {
        origin.to_str().is_ok_and(|origin| app.origins.may_read(origin, &request.headers, &request.uri))
    };
    Some(
        CorsLayer::new()
            .allow_origin(AllowOrigin::predicate(allowed))
            .allow_credentials(true)
            // An allowed origin may send what it asks for: its HTTP library may add headers of its own.
            .allow_methods(AllowMethods::mirror_request())
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers([
                header::ETAG,
                header::LOCATION,
                header::RETRY_AFTER,
                commands::REPLAYED,
                commands::CURSOR,
                commands::LIVE,
            ])
            .max_age(std::time::Duration::from_hours(1)),
    )
}
