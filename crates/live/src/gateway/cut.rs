//! Ends connections whose token or session ended.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use socketio::{CloseFrame, Sid, Socket, WeakSocket};

use super::client::Client;
use super::{Gate, Gateway, Pass};
use crate::seat::lock;

/// How late a connection may be cut after its token ended.
const EVERY: Duration = Duration::from_secs(1);

/// Who is connected, and until when at most.
pub(super) struct Connected<G: Gate>(HashMap<Sid, (Option<Timestamp>, WeakSocket<Gateway<G>>)>);

impl<G: Gate> Default for Connected<G> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<G: Gate> Gateway<G> {
    pub(super) fn note(&self, socket: &Socket<Self>, client: &Client<G>) {
        let until = client.pass.expires_at();
        lock(&self.connected).0.insert(socket.id(), (until, socket.downgrade()));
    }

    pub(super) fn forget(&self, socket: &Socket<Self>) {
        lock(&self.connected).0.remove(&socket.id());
    }

    /// Cuts who may not stay. Run it as a task; it never ends.
    pub async fn watch_over(self: Arc<Self>) {
        let mut expulsions = self.gate.expulsions();
        let mut interval = tokio::time::interval(EVERY);
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let everybody = tokio::select! {
                _ = interval.tick() => false,
                changed = expulsions.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    true
                }
            };
            self.cut(everybody);
        }
    }

    /// Looks at everybody, or at those whose time has come.
    fn cut(&self, everybody: bool) {
        let now = self.gate.now();
        let due: Vec<WeakSocket<Self>> = {
            let connected = lock(&self.connected);
            let due = connected
                .0
                .values()
                .filter(|(until, _)| everybody || until.is_some_and(|until| until <= now));
            due.map(|(_, socket)| socket.clone()).collect()
        };
        for socket in due {
            let Some(socket) = socket.upgrade() else { continue };
            let expelled = socket.client().and_then(|client| self.gate.expelled(&client.pass));
            if let Some(close) = expelled {
                socket.close(CloseFrame::from(close));
            }
        }
    }
}
