//! What the live connections count themselves (rows D14, D15), copied when somebody asks.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use live::Hub;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use socketio::engine::metrics::EngineMetrics;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TransportLabels {
    transport: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabels {
    reason: &'static str,
}

/// Connections, and what they are told.
#[derive(Default)]
pub(super) struct LiveMetrics {
    sockets: OnceLock<Arc<EngineMetrics>>,
    connections: Family<TransportLabels, Gauge>,
    opened: Counter,
    upgraded: Counter,
    refused: Counter,
    throttled: Counter,
    closed: Family<ReasonLabels, Counter>,
    topics: Gauge,
    deliveries: Counter,
    replays: Counter,
    replayed_events: Counter,
    resets: Counter,
    joins_refused: Counter,
    catching_up: Gauge,
}

impl LiveMetrics {
    /// Whose counts are copied.
    pub(super) fn watch(&self, sockets: Arc<EngineMetrics>) {
        // A second gateway would be a second server.
        let _ = self.sockets.set(sockets);
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "Live connections open now, by transport";
        registry.register("live_connections", help, self.connections.clone());
        registry.register("sockets_opened", "Socket.IO connections ever opened", self.opened.clone());
        let help = "Of these, gone from long-polling to WebSocket";
        registry.register("sockets_upgraded", help, self.upgraded.clone());
        let help = "Socket.IO connections that were not let in";
        registry.register("sockets_refused", help, self.refused.clone());
        let help = "Times a Socket.IO connection sent too fast and had to wait";
        registry.register("sockets_throttled", help, self.throttled.clone());
        registry.register(
            "sockets_closed",
            "Socket.IO connections that ended, by reason",
            self.closed.clone(),
        );
        registry.register("topics", "Topics somebody listens to", self.topics.clone());
        let help = "Events for live connections, each once for each connection it was for";
        registry.register("deliveries", help, self.deliveries.clone());
        let help = "Times a connection was so far behind that it was served from the log";
        registry.register("replays", help, self.replays.clone());
        let help = "Events read from the log for these connections";
        registry.register("replayed_events", help, self.replayed_events.clone());
        registry.register("resets", "Times a client had to start over", self.resets.clone());
        let help = "Orders not joined, because a connection followed as many as it may";
        registry.register("joins_refused", help, self.joins_refused.clone());
        registry.register("catching_up", "Connections served from the log now", self.catching_up.clone());
    }

    /// Copies what is counted elsewhere; `streams` are the server-sent ones.
    pub(super) fn renew(&self, hub: &Hub, streams: i64) {
        self.topics.set(signed(hub.topics()));
        let counted = hub.counters();
        copy(&self.deliveries, &counted.deliveries);
        copy(&self.replays, &counted.replays);
        copy(&self.replayed_events, &counted.replayed_events);
        copy(&self.resets, &counted.resets);
        copy(&self.joins_refused, &counted.joins_refused);
        self.catching_up.set(now(&counted.catching_up));
        let over = |transport| self.connections.get_or_create_owned(&TransportLabels { transport });
        over("sse").set(streams);
        let Some(sockets) = self.sockets.get() else { return };
        over("websocket").set(now(&sockets.websocket));
        over("polling").set(now(&sockets.polling));
        copy(&self.opened, &sockets.opened);
        copy(&self.upgraded, &sockets.upgraded);
        copy(&self.refused, &sockets.refused);
        copy(&self.throttled, &sockets.throttled);
        for (reason, count) in sockets.closed() {
            let ended = self.closed.get_or_create_owned(&ReasonLabels { reason });
            ended.inner().store(count, Ordering::Relaxed);
        }
    }
}

fn copy(counter: &Counter, from: &AtomicU64) {
    counter.inner().store(from.load(Ordering::Relaxed), Ordering::Relaxed);
}

fn now(gauge: &AtomicUsize) -> i64 {
    signed(gauge.load(Ordering::Relaxed))
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
