//! Where a client goes on when it connects.
//!
//! A client that knows Ordercast sends `auth.cursor`. An unmodified socket.io-client (4.6 and later) sends back the `pid`
//! that it was given, and the offset of the last event it received; without an offset it goes on where the `pid` says it
//! started. A client that sends both goes on at the later position, because `auth.cursor` may be as old as its page.
//! A `pid` is encrypted and names its user, so nobody else can use it. The token is verified each time.
//!
//! The orders that the client had joined come back with the `pid`, as far as it may still see them. A client whose joins are
//! gone is not told that it recovered: it receives what it missed, and joins again. Where a dialect does not rely on joins, a
//! client whose joins are not known is taken for one that had none.
//!
//! A client that sends neither a `pid` nor `auth.cursor` may be too old to send one. It starts at the head, and inherits the
//! joins of the connections that its user lost. It gets the state of each of these orders that changed meanwhile.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use eventlog::{Cursor, Snapshot, TailError};
use jiff::Timestamp;
use orders::{Audience, OrderNumber, OrderRef, UserId};
use socketio::{Auth, Frame};

use super::joins::{JoinedOrder, Joins};
use super::{Authorizer, Gateway, Identity, topic};
use crate::catch_up::CatchUp;
use crate::dialect::{DialectId, Joined, joined};

/// Random characters in a pid.
const NONCE: usize = 12;
/// In a pid, between the random characters and when it was made. The random ones do not have this one.
const ISSUED: char = '.';
/// In a pid, instead of a cursor: the client has to start over and did not receive the reset.
const NO_CURSOR: &str = "-";

/// Where a client goes on, and with what.
#[derive(Debug)]
pub(super) struct Resume {
    pub(super) start: StartPosition,
    /// The client goes on as if it had not been disconnected.
    pub(super) recovered: bool,
    /// The pid that the client has from now on.
    pub(super) pid: Pid,
    /// The orders that it has joined and left already.
    pub(super) joins: Joins,
    /// What it missed of orders that it had joined, if it does not go on where it was.
    pub(super) missed: Vec<Frame>,
}

#[derive(Debug)]
pub(super) enum StartPosition {
    After(Cursor),
    /// No position could be read.
    Reset,
}

#[derive(Debug)]
pub(super) struct Pid {
    /// What the client gets.
    pub(super) sealed: String,
    /// Identifies the client in the join cache.
    pub(super) nonce: Box<str>,
}

struct PidContents {
    /// Where the client started.
    start: Option<Cursor>,
    nonce: Box<str>,
    /// When the client got the pid; `None` if another version of the server made it.
    issued: Option<Timestamp>,
}

impl Resume {
    pub(super) async fn find<A: Authorizer>(
        gateway: &Gateway<A>,
        identity: &A::Identity,
        auth: &Auth,
        dialect: DialectId,
    ) -> Self {
        let cursor = auth.text("cursor").filter(|cursor| !cursor.is_empty());
        if cursor.is_none() && auth.pid().is_none() {
            return Self::begin(gateway, identity, auth, dialect).await;
        }
        let contents =
            auth.pid().and_then(|pid| parse_pid(&gateway.authorizer.unseal(pid)?, identity.user()));
        let seen = contents.as_ref().and_then(|contents| match auth.offset() {
            Some(offset) => offset.parse().ok(),
            None => contents.start.clone(),
        });
        let candidates = [cursor.and_then(|cursor| cursor.parse().ok()), seen];
        let epoch = gateway.hub.cursor().epoch;
        let latest = candidates
            .into_iter()
            .flatten()
            .max_by_key(|cursor: &Cursor| (cursor.epoch == epoch, cursor.seq));
        let Some(cursor) = latest else {
            // The pid is another user's, or was made with another secret, or the cursor is malformed.
            let pid = Pid::new(gateway, identity, None);
            let joins = Joins::default();
            return Self { start: StartPosition::Reset, recovered: false, pid, joins, missed: Vec::new() };
        };
        let resumable = can_resume(gateway, identity, &cursor).await;
        let start = StartPosition::After(cursor.clone());
        let missed = Vec::new();
        let (Some(sealed), Some(contents)) = (auth.pid(), contents) else {
            let pid = Pid::new(gateway, identity, Some(&cursor));
            return Self { start, recovered: resumable, pid, joins: Joins::default(), missed };
        };
        let now = gateway.authorizer.now();
        let (joins, known) = match gateway.joins.recall(&contents.nonce, contents.issued, now) {
            Some(joins) => (joins, true),
            None => (Joins::default(), !dialect.get().relies_on_joins()),
        };
        let visible = visible_orders(gateway, identity, joins.orders()).await;
        let known = known && visible.is_some();
        let mut joins = joins;
        joins
            .joined
            .retain(|joined| visible.as_ref().is_some_and(|orders| orders.contains_key(&joined.order)));
        if resumable && known {
            let pid = Pid { sealed: sealed.to_owned(), nonce: contents.nonce };
            return Self { start, recovered: true, pid, joins, missed };
        }
        // The client starts over: of the orders that it had joined it is sent what is new from now on.
        for joined in &mut joins.joined {
            if let Some(order) = visible.as_ref().and_then(|orders| orders.get(&joined.order)) {
                joined.version = order.order.version;
            }
        }
        // A new pid starts where the client is: it may disconnect before the first event that it missed.
        let pid = Pid::new(gateway, identity, Some(&cursor));
        Self { start, recovered: false, pid, joins, missed }
    }

    async fn begin<A: Authorizer>(
        gateway: &Gateway<A>,
        identity: &A::Identity,
        auth: &Auth,
        dialect: DialectId,
    ) -> Self {
        let cursor = gateway.hub.cursor();
        let pid = Pid::new(gateway, identity, Some(&cursor));
        let (mut joins, mut missed) = (Joins::default(), Vec::new());
        let mut inherited = Vec::new();
        if !auth.data.contains_key("cursor") {
            let (limit, now) = (gateway.options.max_joined, gateway.authorizer.now());
            inherited = gateway.joins.inherit(identity.user(), dialect, limit, now);
        }
        let orders = inherited.iter().map(|(joined, _)| joined.order);
        if let Some(orders) = visible_orders(gateway, identity, orders).await {
            let audience = Audience::of(identity.role());
            for (joined, left) in inherited {
                let Some(snapshot) = orders.get(&joined.order) else { continue };
                if gateway.tracking_changed(&snapshot.order, left.seq, left.silent_since).await {
                    let name = Joined::by(joined.name.as_ref());
                    missed.push(joined::state(&snapshot.view(audience), name).frame());
                }
                joins.join(JoinedOrder { version: snapshot.order.version, inherited: true, ..joined });
            }
        }
        Self { start: StartPosition::After(cursor), recovered: false, pid, joins, missed }
    }
}

/// Whether the log has everything since a cursor.
async fn can_resume<A: Authorizer>(gateway: &Gateway<A>, identity: &A::Identity, cursor: &Cursor) -> bool {
    let hub = &gateway.hub;
    let Some(seq) = CatchUp::new(hub, Some(cursor)).seq() else { return false };
    if hub.holds_all_after(seq) {
        return true;
    }
    !matches!(hub.read_backend().tail(topic(identity), seq, 1).await, Err(TailError::Pruned))
}

/// The joined orders that a client may still see; `None` if that cannot be decided now.
async fn visible_orders<A: Authorizer>(
    gateway: &Gateway<A>,
    identity: &A::Identity,
    joined: impl Iterator<Item = OrderNumber> + Send,
) -> Option<HashMap<OrderNumber, Arc<Snapshot>>> {
    let mut visible = HashMap::new();
    for order in joined {
        match gateway.authorizer.visible_order(identity, OrderRef::Number(order)).await {
            Ok(snapshot) => drop(visible.insert(order, snapshot)),
            Err(denial) if matches!(denial.code, "order_not_found" | "forbidden") => {}
            Err(_) => return None,
        }
    }
    Some(visible)
}

impl Pid {
    /// For a client that has received everything up to a cursor.
    fn new<A: Authorizer>(gateway: &Gateway<A>, identity: &A::Identity, after: Option<&Cursor>) -> Self {
        let nonce = socketio::Sid::random().map(|sid| sid.to_string()).unwrap_or_default();
        let nonce = &nonce[..NONCE.min(nonce.len())];
        let nonce = format!("{nonce}{ISSUED}{}", gateway.authorizer.now().as_second());
        let mut text = after.map_or_else(|| NO_CURSOR.to_owned(), Cursor::to_string);
        let _ = write!(text, " {nonce} {}", identity.user());
        Self { sealed: gateway.authorizer.seal(&text), nonce: nonce.into() }
    }
}

/// What a pid says, if it is this user's.
fn parse_pid(text: &str, user: &UserId) -> Option<PidContents> {
    let mut parts = text.splitn(3, ' ');
    let (start, nonce, owner) = (parts.next()?, parts.next()?, parts.next()?);
    let start = if start == NO_CURSOR { None } else { Some(start.parse().ok()?) };
    let issued = nonce.split_once(ISSUED).and_then(|(_, issued)| issued.parse().ok());
    let issued = issued.and_then(|second| Timestamp::from_second(second).ok());
    (owner == user.as_str()).then(|| PidContents { start, nonce: nonce.into(), issued })
}
