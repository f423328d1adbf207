//! Metrics of live connections, copied from the hub and the Socket.IO engine when metrics are requested.

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
    pub(super) fn watch(&self, sockets: Arc<EngineMetrics>) {
        // There is one gateway per server.
        let _ = self.sockets.set(sockets);
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "Open live connections, by transport";
        registry.register("live_connections", help, self.connections.clone());
        registry.register("sockets_opened", "Socket.IO connections opened", self.opened.clone());
        let help = "Socket.IO connections upgraded from long-polling to WebSocket";
        registry.register("sockets_upgraded", help, self.upgraded.clone());
        let help = "Socket.IO handshakes refused";
        registry.register("sockets_refused", help, self.refused.clone());
        let help = "Times a Socket.IO connection reached its packet limit and had to wait";
        registry.register("sockets_throttled", help, self.throttled.clone());
        registry.register(
            "sockets_closed",
            "Socket.IO connections that ended, by reason",
            self.closed.clone(),
        );
        registry.register("topics", "Topics with subscribers", self.topics.clone());
        let help = "Events delivered to live connections, counted once per connection";
        registry.register("deliveries", help, self.deliveries.clone());
        let help = "Times a connection was too far behind the ring and was served from the log";
        registry.register("replays", help, self.replays.clone());
        let help = "Events read from the log for connections that were behind";
        registry.register("replayed_events", help, self.replayed_events.clone());
        registry.register("resets", "Times a client received a reset", self.resets.clone());
        let help = "Joins refused because a connection had joined the maximum number of orders";
        registry.register("joins_refused", help, self.joins_refused.clone());
        registry.register(
            "catching_up",
            "Connections currently served from the log",
            self.catching_up.clone(),
        );
    }

    /// Copies the counters. `streams` is the number of open server-sent event streams.
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
