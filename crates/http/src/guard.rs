//! Every request passes here first: where it comes from, whether it comes too often, and how it was answered.

use std::time::Instant;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, SocketAddr};

use crate::app::Shared;
use crate::client_address::ClientAddress;
use crate::panics;
use crate::problem::Problem;

/// What is sent is what it says it is, and no browser must guess; nobody shows it inside of their own page; and where
/// somebody was is told to no other site.
const FOR_BROWSERS: [(&str, &str); 3] =
    [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "same-origin")];

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
    // Files of the app, and what is nowhere, cost next to nothing, and one page is many files.
    let limited = route.is_some() || !method.is_safe();
    let allowed = if limited { app.limits.check_address(from.bucket()) } else { Ok(()) };
    let mut response = match allowed {
        Ok(()) => panics::answer(next, request).await,
        Err(wait) => Problem::from(wait).into_response(),
    };
    if response.status() == StatusCode::TOO_MANY_REQUESTS {
        app.metrics.limited();
    }
    for (name, value) in FOR_BROWSERS {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let route = route.as_ref().map_or("unmatched", MatchedPath::as_str);
    let status = response.status().as_u16();
    let took = began.elapsed();
    app.metrics.answered(route, status, took);
    tracing::debug!(%method, route, status, took_us = took.as_micros(), "answered");
    response
}
