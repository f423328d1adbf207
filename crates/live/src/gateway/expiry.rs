//! Ends connections whose token or session ended.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use socketio::{CloseFrame, Sid, Socket, WeakSocket};

use super::client::Client;
use super::{Authorizer, Gateway, Identity};
use crate::registry::lock;

/// How late a connection may be cut after its token ended.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// Who is connected, and until when at most.
pub(super) struct OpenConnections<A: Authorizer>(HashMap<Sid, (Option<Timestamp>, WeakSocket<Gateway<A>>)>);

impl<A: Authorizer> Default for OpenConnections<A> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<A: Authorizer> Gateway<A> {
    pub(super) fn track(&self, socket: &Socket<Self>, client: &Client<A>) {
        let until = client.identity.expires_at();
        lock(&self.connected).0.insert(socket.id(), (until, socket.downgrade()));
    }

    pub(super) fn untrack(&self, socket: &Socket<Self>) {
        lock(&self.connected).0.remove(&socket.id());
    }

    /// Cuts who may not stay. Run it as a task; it never ends.
    pub async fn close_expired(self: Arc<Self>) {
        let mut revocations = self.authorizer.revocations();
        let mut interval = tokio::time::interval(CHECK_INTERVAL);
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let check_all = tokio::select! {
                _ = interval.tick() => false,
                changed = revocations.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    true
                }
            };
            self.close_due(check_all);
        }
    }

    /// Looks at check_all, or at those whose time has come.
    fn close_due(&self, check_all: bool) {
        let now = self.authorizer.now();
        let due: Vec<WeakSocket<Self>> = {
            let connected = lock(&self.connected);
            let due = connected
                .0
                .values()
                .filter(|(until, _)| check_all || until.is_some_and(|until| until <= now));
            due.map(|(_, socket)| socket.clone()).collect()
        };
        for socket in due {
            let Some(socket) = socket.upgrade() else { continue };
            let close_reason =
                socket.client().and_then(|client| self.authorizer.close_reason(&client.identity));
            if let Some(close) = close_reason {
                socket.close(CloseFrame::from(close));
            }
        }
    }
}
