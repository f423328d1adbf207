//! Runs for every request: finds the client's address, applies the rate limit of the account or of the address, catches panics, adds security
//! headers, and records metrics.
//!
//! A hand-written service, because middleware functions allocate twice per request.

use std::convert::Infallible;
use std::future::{Future, Ready};
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use axum::extract::{ConnectInfo, MatchedPath, Request};
use axum::http::header::{CACHE_CONTROL, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use tower_layer::{Layer, layer_fn};
use tower_service::Service;

use crate::app::AppState;
use crate::caller::{CountedAccount, signed_in};
use crate::client_address::ClientAddress;
use crate::gateway::Sockets;
use crate::panics;
use crate::problem::Problem;
use crate::rate_limit::RetryAfter;

/// No MIME sniffing, no framing by other sites, and no referrer to other sites.
const SECURITY_HEADERS: [(HeaderName, HeaderValue); 3] = [
    (HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff")),
    (HeaderName::from_static("x-frame-options"), HeaderValue::from_static("DENY")),
    (HeaderName::from_static("referrer-policy"), HeaderValue::from_static("same-origin")),
];

/// Answers of the API depend on who asks and change at any time: no proxy may keep them, and a browser asks again each time.
/// A handler that set `Cache-Control` knows better.
fn keep_private(headers: &mut HeaderMap) {
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    // What a browser kept for one user must not be confirmed to the next one.
    headers.append(VARY, HeaderValue::from_static("authorization, cookie"));
}

#[derive(Clone)]
pub(crate) struct RequestMiddleware<S> {
    app: AppState,
    sockets: Sockets,
    service: S,
}

impl RequestMiddleware<()> {
    pub(crate) fn layer<S>(
        app: &AppState,
        sockets: &Sockets,
    ) -> impl Layer<S, Service = RequestMiddleware<S>> + Clone + use<S> {
        let (app, sockets) = (Arc::clone(app), sockets.clone());
        layer_fn(move |service| RequestMiddleware {
            app: Arc::clone(&app),
            sockets: sockets.clone(),
            service,
        })
    }
}

impl<S> Service<Request> for RequestMiddleware<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Unpin,
{
    type Response = Response;
    type Error = Infallible;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let start = Instant::now();
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::from([127, 0, 0, 1]), |ConnectInfo(peer)| peer.ip());
        let from = ClientAddress::resolve(peer, request.headers(), &self.app.trusted_proxies);
        request.extensions_mut().insert(from);
        request.extensions_mut().insert(self.app.settings.body_limit);
        let route = request.extensions().get::<MatchedPath>().cloned();
        let method = request.method().clone();
        // The app's files and unknown paths are cheap, and one page loads many files.
        let limited = route.is_some() || !method.is_safe();
        // An open Socket.IO connection has its own limits.
        let limited = limited && socket_id(request.uri()).is_none_or(|sid| !self.sockets.has(sid));
        let allowed = if limited { check_rate(&self.app, &mut request, from) } else { Ok(()) };
        let answer = match allowed {
            Ok(()) => Ok(self.service.call(request)),
            Err(wait) => Err(std::future::ready(Problem::from(wait).into_response())),
        };
        ResponseFuture { app: Arc::clone(&self.app), start, route, method, answer }
    }
}

/// Signed-in people are counted by account, because an office or a mobile network shares one address. The limit of the
/// address is for everybody else.
fn check_rate(app: &AppState, request: &mut Request, from: ClientAddress) -> Result<(), RetryAfter> {
    let Some(user) = signed_in(request.method(), request.headers(), request.uri(), app, from) else {
        return app.limits.check_address(from.bucket());
    };
    app.limits.check_account(&user)?;
    request.extensions_mut().insert(CountedAccount(user));
    Ok(())
}

/// The Socket.IO connection that a request names.
fn socket_id(uri: &Uri) -> Option<&str> {
    let query = uri.query().filter(|_| uri.path().trim_end_matches('/') == "/socket.io")?;
    // The last `sid` counts, as in the Engine.IO service.
    query.split('&').filter_map(|pair| pair.strip_prefix("sid=")).next_back()
}

/// The response of the handler, or of the rate limit.
pub(crate) struct ResponseFuture<F> {
    app: AppState,
    start: Instant,
    route: Option<MatchedPath>,
    method: Method,
    answer: Result<F, Ready<Response>>,
}

impl<F: Future<Output = Result<Response, Infallible>> + Unpin> Future for ResponseFuture<F> {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let response = match &mut self.answer {
            Ok(answer) => match ready!(panics::poll_catching_panics(answer, context)) {
                Ok(Ok(response)) => response,
                Err(problem) => problem.into_response(),
            },
            Err(refused) => ready!(Pin::new(refused).poll(context)),
        };
        Poll::Ready(Ok(self.finish(response)))
    }
}

impl<F> ResponseFuture<F> {
    fn finish(&self, mut response: Response) -> Response {
        let metrics = &self.app.metrics;
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            metrics.limited();
        }
        for (name, value) in SECURITY_HEADERS {
            response.headers_mut().insert(name, value);
        }
        let route = self.route.as_ref().map_or("unmatched", MatchedPath::as_str);
        if route.starts_with("/api/") {
            keep_private(response.headers_mut());
        }
        let status = response.status().as_u16();
        let took = self.start.elapsed();
        metrics.answered(route, status, took);
        tracing::debug!(method = %self.method, route, status, took_us = took.as_micros(), "request");
        response
    }
}
