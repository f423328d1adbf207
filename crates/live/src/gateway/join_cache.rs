//! Which orders clients had joined, for when they come back.
//!
//! The key is a client's recovery id, the random part of its `pid`. Joins are kept while the client is connected and for a day
//! after. The log stores them too, so that they survive a restart: see `join_store`. A client without a `pid` may be too old
//! to send one. It inherits the joins of all connections that the same user lost, because it may be any of them.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use eventlog::{KeptState, Seq, StateChange, UnsavedKeys};
use jiff::{SignedDuration, Timestamp};
use orders::UserId;
use serde::{Deserialize, Serialize};

use super::joins::{JoinedOrder, Joins};
use crate::dialect::DialectId;
use crate::sync::lock;

/// How long the joins of a client are kept after it left.
const RETENTION: SignedDuration = SignedDuration::from_hours(24);
/// How long the joins of a lost connection can be inherited by clients of the same user without a `pid`.
const INHERITED_WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// How long other clients may inherit the same joins after the first client did. All tabs reconnect in this time, because a
/// browser wakes a background tab once a minute. A page that is opened later inherits nothing.
const SHARED_WITHIN: SignedDuration = SignedDuration::from_mins(2);
/// The joins of this many lost connections of a user, the last ones, are inherited.
const MAX_INHERITED_CONNECTIONS: usize = 32;
/// The most disconnected clients and their joins, added up.
const MAX_WEIGHT: usize = 131_072;
/// Fewer disconnects are not compacted.
const MIN_COMPACTED: usize = 1024;

#[derive(Default)]
pub(super) struct JoinCache(Mutex<JoinEntries>);

#[derive(Default)]
struct JoinEntries {
    clients: HashMap<Box<str>, ClientJoins>,
    /// The clients of each user.
    users: HashMap<UserId, Vec<Box<str>>>,
    /// Oldest first. Some of the clients reconnected since.
    disconnects: VecDeque<Disconnect>,
    /// The next number of a disconnect.
    next_disconnect: u64,
    /// Of the clients that are disconnected.
    weight: usize,
    /// Clients that are not stored as they are here.
    unsaved: UnsavedKeys,
    /// Joins of clients that left until then may be unknown although they are not old.
    incomplete_until: Option<Timestamp>,
}

/// What is kept, and stored as JSON, of a client that joined or left an order.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ClientJoins {
    user: UserId,
    dialect: DialectId,
    joins: Joins,
    /// `None` while the client is connected.
    left: Option<Departure>,
    /// When another client first inherited the joins since this client left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    inherited_at: Option<Timestamp>,
    /// Two, if a client reconnected before its old connection was found dead.
    #[serde(skip)]
    connections: usize,
    /// While it is disconnected: the number of its disconnect, and its weight.
    #[serde(skip)]
    disconnected: Option<(u64, usize)>,
}

/// When and where a client left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Departure {
    pub(super) at: Timestamp,
    /// Its position in the log.
    pub(super) seq: Seq,
    /// It perhaps did not receive what it was sent after this, because it no longer answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) silent_since: Option<Timestamp>,
    /// Whether the client may come back without a `pid`. `false` if the client ended the connection itself.
    pub(super) returns: bool,
}

struct Disconnect {
    number: u64,
    at: Timestamp,
    client: Box<str>,
}

impl Disconnect {
    /// Whether the client is away since.
    fn is_last(&self, clients: &HashMap<Box<str>, ClientJoins>) -> bool {
        let last = clients.get(&self.client).and_then(|known| known.disconnected);
        last.is_some_and(|(number, _)| number == self.number)
    }
}

impl ClientJoins {
    /// When and where the client left, if clients of the same user without a `pid` may inherit its joins.
    fn lost(&self, dialect: DialectId, now: Timestamp) -> Option<Departure> {
        let left = self.left.filter(|left| left.returns && self.dialect == dialect)?;
        let is_recent = now.duration_since(left.at) <= INHERITED_WITHIN;
        let is_shared = self.inherited_at.is_none_or(|at| now.duration_since(at) <= SHARED_WITHIN);
        (is_recent && is_shared).then_some(left)
    }
}

impl JoinCache {
    /// Takes in what was stored before the server started at `start`. A client that had not left then left because the
    /// server stopped.
    pub(super) fn load(&self, stored: Vec<KeptState>, start: Departure) {
        let mut entries = lock(&self.0);
        let mut known: Vec<(Box<str>, ClientJoins, Departure)> = Vec::with_capacity(stored.len());
        for KeptState { key: client, state } in stored {
            match serde_json::from_str::<ClientJoins>(&state) {
                Ok(joins) => {
                    if joins.left.is_none() {
                        // So that its time begins once, however often the server starts.
                        entries.unsaved.insert(client.clone());
                    }
                    let left = joins.left.unwrap_or(start);
                    known.push((client, joins, left));
                }
                Err(error) => {
                    tracing::warn!(%error, "stored joins cannot be read");
                    entries.unsaved.insert(client);
                }
            }
        }
        known.sort_by_key(|(.., left)| left.at);
        for (client, joins, left) in known {
            entries.insert(client.clone(), ClientJoins { left: Some(left), ..joins });
            entries.left(client, left.at);
        }
        entries.evict(start.at, MAX_WEIGHT);
    }

    /// The stored joins could not be read.
    pub(super) fn load_failed(&self, now: Timestamp) {
        lock(&self.0).incomplete_until = Some(now);
    }

    /// The joins of a client; `None` if they are not known. `issued` is when the client got its `pid`.
    pub(super) fn recall(&self, client: &str, issued: Option<Timestamp>, now: Timestamp) -> Option<Joins> {
        let mut entries = lock(&self.0);
        entries.evict(now, MAX_WEIGHT);
        if let Some(known) = entries.clients.get(client) {
            return Some(known.joins.clone());
        }
        let had_none = issued.is_some_and(|issued| entries.is_complete_since(issued, now));
        had_none.then(Joins::default)
    }

    /// The orders that the user's lost connections had joined, at most `limit`. Each comes with when and where the last of these
    /// connections left. If there are more than `limit`, the orders that each connection joined last are returned.
    pub(super) fn inherit(
        &self,
        user: &UserId,
        dialect: DialectId,
        limit: usize,
        now: Timestamp,
    ) -> Vec<(JoinedOrder, Departure)> {
        let mut entries = lock(&self.0);
        entries.evict(now, MAX_WEIGHT);
        let JoinEntries { clients, users, unsaved, .. } = &mut *entries;
        let mut inherited: Vec<(usize, JoinedOrder, Departure)> = Vec::new();
        let mut connections = 0;
        for client in users.get(user).into_iter().flatten().rev() {
            let Some(known) = clients.get_mut(client) else { continue };
            let Some(left) = known.lost(dialect, now) else { continue };
            connections += 1;
            if connections > MAX_INHERITED_CONNECTIONS {
                break;
            }
            for (age, joined) in known.joins.joined.iter().rev().enumerate() {
                match inherited.iter_mut().find(|(_, other, _)| other.order == joined.order) {
                    Some(known) if known.2.seq >= left.seq => known.0 = known.0.min(age),
                    Some(known) => *known = (known.0.min(age), joined.clone(), left),
                    None => inherited.push((age, joined.clone(), left)),
                }
            }
            if known.inherited_at.is_none() {
                known.inherited_at = Some(now);
                unsaved.insert(client.clone());
            }
        }
        inherited.sort_by_key(|(age, ..)| *age);
        inherited.into_iter().take(limit).map(|(_, joined, left)| (joined, left)).collect()
    }

    /// A client connected and has these joins.
    pub(super) fn connect(&self, client: &str, user: &UserId, dialect: DialectId, joins: Joins) {
        let mut entries = lock(&self.0);
        if let Some(known) = entries.clients.get_mut(client) {
            known.connections += 1;
            known.left = None;
            known.inherited_at = None;
            known.joins = joins;
            let disconnected = known.disconnected.take();
            entries.weight -= disconnected.map_or(0, |(_, weight)| weight);
        } else {
            let user = user.clone();
            let (connections, disconnected) = (1, None);
            let (left, inherited_at) = (None, None);
            let new = ClientJoins { user, dialect, joins, left, inherited_at, connections, disconnected };
            entries.insert(client.into(), new);
        }
        entries.unsaved.insert(client);
    }

    /// Replaces the joins of a client that is known.
    pub(super) fn update(&self, client: &str, joins: Joins) {
        let mut entries = lock(&self.0);
        if let Some(known) = entries.clients.get_mut(client) {
            known.joins = joins;
            entries.unsaved.insert(client);
        }
    }

    /// One of a client's connections closed.
    pub(super) fn disconnect(&self, client: &str, departure: Departure) {
        let mut entries = lock(&self.0);
        let Some(known) = entries.clients.get_mut(client) else { return };
        known.connections = known.connections.saturating_sub(1);
        if known.connections == 0 {
            known.left = Some(departure);
            entries.unsaved.insert(client);
            entries.left(client.into(), departure.at);
        }
        entries.evict(departure.at, MAX_WEIGHT);
    }

    /// What has to be stored so that all of it is.
    pub(super) fn take_unsaved(&self) -> Vec<StateChange> {
        let JoinEntries { unsaved, clients, .. } = &mut *lock(&self.0);
        unsaved.take(|client| clients.get(client))
    }

    /// These were not stored: the next time they are tried again.
    pub(super) fn not_saved(&self, changes: Vec<StateChange>) {
        lock(&self.0).unsaved.put_back(changes);
    }
}

impl JoinEntries {
    fn insert(&mut self, client: Box<str>, joins: ClientJoins) {
        self.users.entry(joins.user.clone()).or_default().push(client.clone());
        self.clients.insert(client, joins);
    }

    fn remove(&mut self, client: &str) {
        let Some(removed) = self.clients.remove(client) else { return };
        self.weight -= removed.disconnected.map_or(0, |(_, weight)| weight);
        if let Some(clients) = self.users.get_mut(&removed.user) {
            clients.retain(|other| **other != *client);
            if clients.is_empty() {
                self.users.remove(&removed.user);
            }
        }
        self.unsaved.insert(client);
    }

    fn left(&mut self, client: Box<str>, at: Timestamp) {
        let number = self.next_disconnect;
        let Some(known) = self.clients.get_mut(&client) else { return };
        let weight = 1 + known.joins.len();
        let before = known.disconnected.replace((number, weight));
        self.weight = self.weight + weight - before.map_or(0, |(_, weight)| weight);
        self.next_disconnect += 1;
        self.disconnects.push_back(Disconnect { number, at, client });
        // A client that comes and goes leaves many that are not its last.
        if self.disconnects.len() > 2 * self.clients.len() + MIN_COMPACTED {
            let clients = &self.clients;
            self.disconnects.retain(|disconnect| disconnect.is_last(clients));
        }
    }

    /// Whether a client without joins that got its `pid` then had joined nothing.
    fn is_complete_since(&self, issued: Timestamp, now: Timestamp) -> bool {
        now.duration_since(issued) < RETENTION && self.incomplete_until.is_none_or(|until| issued > until)
    }

    /// Removes clients that disconnected long ago, and the oldest of too many.
    fn evict(&mut self, now: Timestamp, max_weight: usize) {
        while let Some(oldest) = self.disconnects.front()
            && (self.weight > max_weight || now.duration_since(oldest.at) > RETENTION)
            && let Some(oldest) = self.disconnects.pop_front()
        {
            if oldest.is_last(&self.clients) {
                self.remove(&oldest.client);
                self.incomplete_until = self.incomplete_until.max(Some(oldest.at));
            }
        }
    }
}

#[cfg(test)]
mod tests;
