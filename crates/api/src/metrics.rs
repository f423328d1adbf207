//! Metrics for Prometheus.

mod live;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ::live::Hub;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use self::live::LiveMetrics;

/// Routes are those of the router, so the number of label values is bounded.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    status: StatusClass,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "these are the label's values")]
enum StatusClass {
    ok_2xx,
    redirect_3xx,
    client_4xx,
    server_5xx,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindLabels {
    kind: &'static str,
}

/// All metrics of a server.
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    duration: Histogram,
    limited: Counter,
    events: Family<KindLabels, Counter>,
    batches: Counter,
    registrations: Counter,
    streams: Gauge,
    streams_opened: Counter,
    streams_resumed: Counter,
    stream_bytes: Counter,
    users: Gauge,
    live: LiveMetrics,
    head: Gauge,
    database_bytes: Gauge,
    memory_bytes: Gauge,
    database_up: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("ordercast");
        let buckets = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
        let metrics = Self {
            requests: Family::default(),
            duration: Histogram::new(buckets),
            limited: Counter::default(),
            events: Family::default(),
            batches: Counter::default(),
            registrations: Counter::default(),
            streams: Gauge::default(),
            streams_opened: Counter::default(),
            streams_resumed: Counter::default(),
            stream_bytes: Counter::default(),
            users: Gauge::default(),
            live: LiveMetrics::default(),
            head: Gauge::default(),
            database_bytes: Gauge::default(),
            memory_bytes: Gauge::default(),
            database_up: Gauge::default(),
            registry: Registry::default(),
        };
        let seconds = Unit::Seconds;
        registry.register("http_requests", "Responses sent", metrics.requests.clone());
        let help = "Time from a request's head to its response's head";
        registry.register_with_unit("http_request_duration", help, seconds, metrics.duration.clone());
        registry.register(
            "rate_limited",
            "Requests refused by a rate or connection limit",
            metrics.limited.clone(),
        );
        registry.register("events_committed", "Events committed to the log, by kind", metrics.events.clone());
        registry.register(
            "batches_committed",
            "Transactions committed by the writer",
            metrics.batches.clone(),
        );
        registry.register("registrations", "Accounts registered by customers", metrics.registrations.clone());
        registry.register("streams", "Open streams of server-sent events", metrics.streams.clone());
        registry.register("streams_opened", "Streams opened", metrics.streams_opened.clone());
        registry.register(
            "streams_resumed",
            "Streams resumed from a cursor",
            metrics.streams_resumed.clone(),
        );
        registry.register("stream_sent_bytes", "Bytes sent to streams", metrics.stream_bytes.clone());
        registry.register("connected_users", "Users with a live connection", metrics.users.clone());
        metrics.live.register(&mut registry);
        registry.register("log_head", "Sequence number of the newest event", metrics.head.clone());
        registry.register("database_bytes", "Size of the database", metrics.database_bytes.clone());
        registry.register("database_up", "Whether the database responds", metrics.database_up.clone());
        registry.register("resident_memory_bytes", "Memory of this process", metrics.memory_bytes.clone());
        Self { registry, ..metrics }
    }
}

impl Metrics {
    /// Records a response.
    pub fn answered(&self, route: &str, status: u16, took: Duration) {
        let status = match status {
            500.. => StatusClass::server_5xx,
            400.. => StatusClass::client_4xx,
            300.. => StatusClass::redirect_3xx,
            _ => StatusClass::ok_2xx,
        };
        self.requests.get_or_create(&RequestLabels { route: route.to_owned(), status }).inc();
        self.duration.observe(took.as_secs_f64());
    }

    /// Records a request or connection refused by a rate or connection limit.
    pub fn limited(&self) {
        self.limited.inc();
    }

    /// Records a committed batch.
    pub fn committed(&self, committed: &eventlog::CommittedBatch) {
        self.batches.inc();
        for event in &committed.events {
            self.events.get_or_create(&KindLabels { kind: event.stored.event.kind.name() }).inc();
        }
    }

    /// Records a registration.
    pub fn registered(&self) {
        self.registrations.inc();
    }

    /// Records the start of a stream.
    pub fn stream_opened(&self, resumed: bool) {
        self.streams.inc();
        self.streams_opened.inc();
        if resumed {
            self.streams_resumed.inc();
        }
    }

    /// Records the end of a stream.
    pub fn stream_closed(&self) {
        self.streams.dec();
    }

    /// Records bytes sent to a stream.
    pub fn stream_sent(&self, bytes: usize) {
        self.stream_bytes.inc_by(bytes as u64);
    }

    /// Sets the source of the Socket.IO metrics.
    pub fn watch_sockets(&self, sockets: Arc<socketio::engine::metrics::EngineMetrics>) {
        self.live.watch(sockets);
    }

    /// All metrics in the `OpenMetrics` text format. `now` has the gauges that are read for each request.
    pub fn encode(&self, now: &Gauges<'_>) -> Result<String, fmt::Error> {
        self.users.set(now.users);
        self.live.renew(now.hub, self.streams.get());
        self.head.set(now.head);
        self.database_up.set(i64::from(now.database_bytes.is_some()));
        self.database_bytes.set(now.database_bytes.unwrap_or(0));
        self.memory_bytes.set(now.memory_bytes);
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// Values that are read when metrics are requested.
#[derive(Clone, Copy)]
pub struct Gauges<'a> {
    pub hub: &'a Hub,
    /// Users with a live connection.
    pub users: i64,
    /// Sequence number of the newest event.
    pub head: i64,
    /// `None` if the database does not respond.
    pub database_bytes: Option<i64>,
    pub memory_bytes: i64,
}
