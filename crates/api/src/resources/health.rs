//! Health checks and metrics.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::{App, AppState};
use crate::metrics::Gauges;
use crate::problem::Problem;

/// The server's health.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// `ok`, `unavailable` (the database does not respond) or `stopping`.
    status: &'static str,
    /// The version of Ordercast.
    version: &'static str,
    /// Seconds since the server started.
    uptime_seconds: i64,
    /// Users with a live connection.
    connected_users: usize,
    /// Open live connections.
    connections: usize,
    /// Resident memory in bytes.
    memory_bytes: i64,
}

impl App {
    fn health(&self, status: &'static str) -> Health {
        let (connections, connected_users) = self.connections.count();
        Health {
            status,
            version: self.settings.version,
            uptime_seconds: self.now().duration_since(self.started_at).as_secs(),
            connected_users,
            connections,
            memory_bytes: resident_memory(),
        }
    }
}

/// Resident memory in bytes, from /proc (`proc_pid_statm(5)`); 0 if it is not available.
fn resident_memory() -> i64 {
    const PAGE: i64 = 4096;
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split_whitespace().nth(1).and_then(|pages| pages.parse::<i64>().ok()).unwrap_or(0) * PAGE
}

/// Check liveness
///
/// Responds as long as the process runs. For a load balancer, use `/health/ready`.
#[utoipa::path(get, path = "/health", tag = "operations", security(()), responses((status = OK, body = Health)))]
pub async fn health(State(app): State<AppState>) -> axum::Json<Health> {
    axum::Json(app.health("ok"))
}

/// Check readiness
///
/// Responds 503 while the database does not respond and while the server stops.
#[utoipa::path(
    get, path = "/health/ready", tag = "operations", security(()), 
    responses((status = OK, body = Health), (status = SERVICE_UNAVAILABLE, body = Health)),
)]
pub async fn ready(State(app): State<AppState>) -> Response {
    if *app.stopping.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, axum::Json(app.health("stopping"))).into_response();
    }
    match app.read_backend.health().await {
        Ok(_) => axum::Json(app.health("ok")).into_response(),
        Err(error) => {
            tracing::error!(%error, "the database does not respond");
            (StatusCode::SERVICE_UNAVAILABLE, axum::Json(app.health("unavailable"))).into_response()
        }
    }
}

/// Get metrics for Prometheus
///
/// In the `OpenMetrics` text format. Contains no personal data. Block public access to it in your proxy.
#[utoipa::path(
    get, path = "/metrics", tag = "operations", security(()), 
    responses((status = OK, body = String, content_type = "application/openmetrics-text")),
)]
pub async fn metrics(State(app): State<AppState>) -> Result<Response, Problem> {
    let signed = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let database = app.read_backend.health().await.ok();
    let text = app
        .metrics
        .encode(&Gauges {
            users: signed(app.connections.count().1),
            hub: &app.hub,
            head: i64::try_from(app.hub.head().0).unwrap_or(i64::MAX),
            database_bytes: database.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX)),
            memory_bytes: resident_memory(),
        })
        .map_err(|error| Problem::internal(&error))?;
    let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    Ok(([(CONTENT_TYPE, kind)], text).into_response())
}
