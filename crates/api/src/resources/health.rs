//! Health checks and metrics.

use std::time::Duration;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::{App, AppState};
use crate::metrics::Gauges;
use crate::problem::Problem;

/// How long a health check waits for the database.
const CHECK_TIMEOUT: Duration = Duration::from_secs(5);

/// The server's health.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// `ok`, `unavailable` (the database does not read or write) or `stopping`.
    status: &'static str,
    /// What does not work.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
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
            detail: None,
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
/// Responds 503 while the database does not read or does not write, and while the server stops. The check writes to the
/// database, at most once a second.
#[utoipa::path(
    get, path = "/health/ready", tag = "operations", security(()), 
    responses((status = OK, body = Health), (status = SERVICE_UNAVAILABLE, body = Health)),
)]
pub async fn ready(State(app): State<AppState>) -> Response {
    if *app.stopping.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, axum::Json(app.health("stopping"))).into_response();
    }
    let Some(detail) = database_fault(&app).await else {
        return axum::Json(app.health("ok")).into_response();
    };
    let health = Health { detail: Some(detail), ..app.health("unavailable") };
    (StatusCode::SERVICE_UNAVAILABLE, axum::Json(health)).into_response()
}

/// Tries to write and to read. The log has the error, which may name files of the server.
///
/// Writing comes first: it looks at the files. After the file was truncated, a read fails or not, depending on what SQLite
/// has in memory.
async fn database_fault(app: &App) -> Option<&'static str> {
    match tokio::time::timeout(CHECK_TIMEOUT, app.writer.check()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::error!(%error, "the server is not ready: the database does not write");
            return Some(
                "The database cannot be written, so orders are not accepted. The server's log says why.",
            );
        }
        Err(_) => return Some("The database does not write in time."),
    }
    match tokio::time::timeout(CHECK_TIMEOUT, app.read_backend.health()).await {
        Ok(Ok(_)) => None,
        Ok(Err(error)) => {
            tracing::error!(%error, "the server is not ready: the database does not read");
            Some("The database cannot be read. The server's log says why.")
        }
        Err(_) => Some("The database does not answer in time."),
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
