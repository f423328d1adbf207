//! Watching what a person reads in their other tabs and devices.
//!
//! A read state is complete, so a slow watcher gets the newest one and misses nothing. A client that reconnects reads its
//! inbox again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use eventlog::{Inbox, ReadState};
use tokio::sync::watch;

use crate::sync::lock;

type State = Option<Arc<ReadState>>;

/// The inboxes that are watched. One is removed with its last [`InboxWatch`].
#[derive(Default)]
pub(crate) struct InboxRegistry(Mutex<HashMap<Inbox, WatchedInbox>>);

#[derive(Default)]
struct WatchedInbox {
    state: watch::Sender<State>,
    watchers: usize,
}

impl InboxRegistry {
    pub(crate) fn publish(&self, inbox: &Inbox, state: Arc<ReadState>) {
        if let Some(watched) = lock(&self.0).get(inbox) {
            watched.state.send_replace(Some(state));
        }
    }

    pub(crate) fn len(&self) -> usize {
        lock(&self.0).len()
    }
}

/// One client's watch on its inbox.
pub struct InboxWatch {
    registry: Arc<InboxRegistry>,
    inbox: Inbox,
    state: watch::Receiver<State>,
}

impl InboxWatch {
    pub(crate) fn new(registry: &Arc<InboxRegistry>, inbox: Inbox) -> Self {
        let mut inboxes = lock(&registry.0);
        let watched = inboxes.entry(inbox.clone()).or_default();
        watched.watchers += 1;
        let mut state = watched.state.subscribe();
        drop(inboxes);
        // The client's own list shows what was read before.
        state.mark_unchanged();
        Self { registry: Arc::clone(registry), inbox, state }
    }

    /// The read state, if it changed since the last call.
    pub fn take_changed(&mut self) -> State {
        if self.state.has_changed().unwrap_or(false) { self.state.borrow_and_update().clone() } else { None }
    }

    /// Waits for a change without taking it.
    pub async fn changed(&mut self) {
        // The sender lives as long as the watch.
        if self.state.changed().await.is_ok() {
            self.state.mark_changed();
        }
    }
}

impl Drop for InboxWatch {
    fn drop(&mut self) {
        let mut inboxes = lock(&self.registry.0);
        let Some(watched) = inboxes.get_mut(&self.inbox) else { return };
        watched.watchers -= 1;
        if watched.watchers == 0 {
            inboxes.remove(&self.inbox);
        }
    }
}
