//! Closes connections whose token expired or whose session was ended.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use socketio::{CloseFrame, Sid, Socket, WeakSocket};

use super::client::ConnectedClient;
use super::{Authorizer, Gateway, Identity};
use crate::sync::lock;

/// How often tokens are checked: a connection ends at most this long after its token.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// The open connections, and when their tokens expire.
pub(super) struct OpenConnections<A: Authorizer>(HashMap<Sid, (Option<Timestamp>, WeakSocket<Gateway<A>>)>);

impl<A: Authorizer> Default for OpenConnections<A> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<A: Authorizer> Gateway<A> {
    pub(super) fn track(&self, socket: &Socket<Self>, client: &ConnectedClient<A>) {
        let expires_at = client.identity.expires_at();
        lock(&self.connections).0.insert(socket.id(), (expires_at, socket.downgrade()));
    }

    pub(super) fn untrack(&self, socket: &Socket<Self>) {
        lock(&self.connections).0.remove(&socket.id());
    }

    /// Closes connections as their tokens expire or their sessions are ended. Ends with the server.
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

    /// Checks the connections whose tokens expired, or all of them.
    fn close_due(&self, check_all: bool) {
        let now = self.authorizer.now();
        let due: Vec<WeakSocket<Self>> = {
            let connections = lock(&self.connections);
            let due = connections
                .0
                .values()
                .filter(|(expires_at, _)| check_all || expires_at.is_some_and(|end| end <= now));
            due.map(|(_, socket)| socket.clone()).collect()
        };
        for socket in due {
            let Some(socket) = socket.upgrade() else { continue };
            if let Some(client) = socket.client() {
                self.close_if_ended(&socket, client);
            }
        }
    }

    /// Closes a connection whose token expired or whose session was ended.
    pub(super) fn close_if_ended(&self, socket: &Socket<Self>, client: &ConnectedClient<A>) {
        if let Some(close) = self.authorizer.close_reason(&client.identity) {
            socket.close(CloseFrame::from(close));
        }
    }
}
