//! Every request passes here first: where it comes from, whether it comes too often, and how it was answered.

use std::time::Instant;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, SocketAddr};

use crate::app::Shared;
use crate::client_address::ClientAddress;
use crate::problem::Problem;

/// Watches over the router.
pub async fn guard(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::from([127, 0, 0, 1]), |ConnectInfo(peer)| peer.ip());
    let from = ClientAddress::resolve(peer, request.headers(), &app.trusted);
    request.extensions_mut().insert(from);
    request.extensions_mut().insert(app.settings.body_limit);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let mut response = match app.limits.check_address(from.bucket()) {
        Ok(()) => next.run(request).await,
        Err(wait) => {
            app.metrics.limited();
            Problem::from(wait).into_response()
        }
    };
    // What is sent is what it says it is; a browser must not guess (Fetch standard, "nosniff").
    response
        .headers_mut()
        .insert(HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));
    let route = route.as_ref().map_or("unmatched", MatchedPath::as_str);
    let status = response.status().as_u16();
    let took = began.elapsed();
    app.metrics.answered(route, status, took);
    tracing::debug!(%method, route, status, took_us = took.as_micros(), "answered");
    response
}
