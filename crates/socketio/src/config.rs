//! Intervals and limits.

use std::time::Duration;

/// How a server behaves. The defaults are those of the protocol's reference server, where it has any.
#[derive(Debug, Clone)]
pub struct SocketIoConfig {
    /// How long after a pong (or the opening) the server pings.
    pub ping_interval: Duration,
    /// How long the client may take to answer a ping.
    pub ping_timeout: Duration,
    /// The largest message a client may send, and the largest body of a long-polling request, in bytes.
    pub max_payload: usize,
    /// How long a client may take to connect to a namespace after opening.
    pub connect_timeout: Duration,
    /// How long an upgrade to WebSocket may take.
    pub upgrade_timeout: Duration,
    /// Bytes that may wait for a client which does not read, apart from what the application holds positions for:
    /// acknowledgements and direct messages. A client for whom more waits is closed.
    pub max_queued_bytes: usize,
    /// Packets a client may send in one go, and again each second; one that sends faster waits.
    pub packets_per_second: u32,
    /// Namespaces one connection may be in.
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
