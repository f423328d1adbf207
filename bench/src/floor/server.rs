//! The floor's server: hyper on one thread, which reads the body and answers with a fixed one.
//!
//! It listens to the same paths as the real one, so that it can stand in for it in this crate's own tests. It stores
//! nothing, checks no token and decides nothing.

use std::convert::Infallible;
use std::net::SocketAddr;

use anyhow::{Context, Result};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

/// How long the answer to a created order is: about what an order of two items takes.
const ANSWER_BYTES: usize = 1024;
/// A page without orders.
const EMPTY_PAGE: &[u8] = br#"{"orders":[],"next":null,"cursor":"floor:0"}"#;

/// Serves until the process is stopped.
pub(crate) fn serve(address: SocketAddr) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    let created = Bytes::from(created());
    runtime.block_on(async {
        let listener =
            TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
        loop {
            let (stream, _) = listener.accept().await.context("cannot accept")?;
            stream.set_nodelay(true)?;
            let created = created.clone();
            tokio::spawn(async move {
                let service = service_fn(|request| answer(request, created.clone()));
                let mut protocol = http1::Builder::new();
                protocol.timer(TokioTimer::new());
                if let Err(error) = protocol.serve_connection(TokioIo::new(stream), service).await {
                    eprintln!("connection: {error}");
                }
            });
        }
    })
}

async fn answer(request: Request<Incoming>, created: Bytes) -> Result<Response<Full<Bytes>>, Infallible> {
    let (status, body) = match *request.method() {
        Method::GET => (StatusCode::OK, Bytes::from_static(EMPTY_PAGE)),
        Method::POST => (StatusCode::CREATED, created),
        _ => (StatusCode::OK, created),
    };
    let read = request.into_body().collect().await;
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = if read.is_ok() { status } else { StatusCode::BAD_REQUEST };
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// Something with an id, as long as an order.
fn created() -> String {
    let before = r#"{"id":"01903e4c-0000-7000-8000-000000000000","padding":""#;
    let after = r#""}"#;
    let padding = ".".repeat(ANSWER_BYTES - before.len() - after.len());
    format!("{before}{padding}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_json_of_a_kilobyte() {
        let body = created();
        assert_eq!(body.len(), ANSWER_BYTES);
        assert!(serde_json::from_str::<serde_json::Value>(&body).unwrap()["id"].is_string());
    }
}
