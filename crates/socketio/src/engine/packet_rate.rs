//! The limit on a client's frames and packets, [`SocketIoConfig::packets_per_second`](crate::SocketIoConfig).

use std::time::Duration;

use tokio::time::Instant;

const WINDOW: Duration = Duration::from_secs(1);

/// Counts in windows of one second. A window begins with the first packet after the previous window.
pub(crate) struct PacketRate {
    limit: u32,
    window_start: Instant,
    packets: u32,
}

impl PacketRate {
    pub(crate) fn new(limit: u32, now: Instant) -> Self {
        Self { limit, window_start: now, packets: 0 }
    }

    /// Counts a packet. Returns `true` if no more packets may be handled before the window ends.
    #[must_use]
    pub(crate) fn count(&mut self, now: Instant) -> bool {
        if now >= self.window_end() {
            self.window_start = now;
            self.packets = 0;
        }
        self.packets += 1;
        self.packets >= self.limit
    }

    pub(crate) fn window_end(&self) -> Instant {
        self.window_start + WINDOW
    }
}
