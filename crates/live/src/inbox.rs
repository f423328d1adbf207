//! What somebody has read, told to their other watchers and devices (rows D7, D16).
//!
//! A read state is whole: the last one says everything, so a connection that was slow gets that one and misses nothing,
//! and nothing is kept for somebody who is away. Whoever comes back asks for the inbox again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use eventlog::{Inbox, ReadState};
use tokio::sync::watch;

use crate::hub::Hub;
use crate::registry::lock;

type State = Option<Arc<ReadState>>;

/// The inboxes that are entry somewhere. One is here exactly as long as it has an [`InboxWatch`].
#[derive(Default)]
pub(crate) struct InboxRegistry(Mutex<HashMap<Inbox, WatchedInbox>>);

#[derive(Default)]
struct WatchedInbox {
    state: watch::Sender<State>,
    watchers: usize,
}

impl InboxRegistry {
    /// Something was read.
    pub(crate) fn publish(&self, inbox: &Inbox, state: Arc<ReadState>) {
        if let Some(entry) = lock(&self.0).get(inbox) {
            entry.state.send_replace(Some(state));
        }
    }

    /// InboxRegistry that are entry somewhere.
    pub(crate) fn len(&self) -> usize {
        lock(&self.0).len()
    }
}

/// One tab's look at its inbox.
pub struct InboxWatch {
    hub: Arc<Hub>,
    inbox: Inbox,
    state: watch::Receiver<State>,
}

impl InboxWatch {
    pub(crate) fn new(hub: &Arc<Hub>, inbox: Inbox) -> Self {
        let mut inboxes = lock(&hub.inboxes().0);
        let entry = inboxes.entry(inbox.clone()).or_default();
        entry.watchers += 1;
        let mut state = entry.state.subscribe();
        drop(inboxes);
        // What was read before is in what this tab lists.
        state.mark_unchanged();
        Self { hub: Arc::clone(hub), inbox, state }
    }

    /// What was read, if that is news since the last look.
    pub fn take_changed(&mut self) -> State {
        if self.state.has_changed().unwrap_or(false) { self.state.borrow_and_update().clone() } else { None }
    }

    /// Waits until there is news, without taking it.
    pub async fn changed(&mut self) {
        // The sender stays for as long as we watch.
        if self.state.changed().await.is_ok() {
            self.state.mark_changed();
        }
    }
}

impl Drop for InboxWatch {
    fn drop(&mut self) {
        let mut inboxes = lock(&self.hub.inboxes().0);
        let Some(entry) = inboxes.get_mut(&self.inbox) else { return };
        entry.watchers -= 1;
        if entry.watchers == 0 {
            inboxes.remove(&self.inbox);
        }
    }
}
