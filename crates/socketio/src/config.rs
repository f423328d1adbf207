//! Intervals and limits.

use std::time::Duration;

/// Intervals and limits of a server. The defaults are those of the reference server, where it has any.
#[derive(Debug, Clone)]
pub struct SocketIoConfig {
    /// From a pong, or from the opening of the connection, to the next ping.
    pub ping_interval: Duration,
    /// How long a client may take to answer a ping.
    pub ping_timeout: Duration,
    /// The largest message of a client, and the largest body of a long-polling request, in bytes.
    pub max_payload: usize,
    /// How long a client may take to connect to a namespace after it opened the connection.
    pub connect_timeout: Duration,
    /// How long an upgrade to WebSocket may take.
    pub upgrade_timeout: Duration,
    /// Limit on the bytes queued for a client that does not read: acknowledgements and direct messages, not what
    /// [`fill`](crate::Application::fill) provides. A connection that exceeds it is closed.
    pub max_queued_bytes: usize,
    /// Frames and packets that a client may send in each second. A client that sends more is not read until the
    /// second ends. Everything counts: messages, pings, pongs, each fragment of a message, and each packet of a
    /// long-polling body.
    pub packets_per_second: u32,
    /// Namespaces that one connection may be connected to.
    pub max_namespaces: usize,
    /// Binary attachments of one event.
    pub max_attachments: usize,
}

impl Default for SocketIoConfig {
    fn default() -> Self {
        Self {
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            max_payload: 1_000_000,
            connect_timeout: Duration::from_secs(45),
            upgrade_timeout: Duration::from_secs(10),
            max_queued_bytes: 1 << 20,
            packets_per_second: 100,
            max_namespaces: 16,
            max_attachments: 64,
        }
    }
}
