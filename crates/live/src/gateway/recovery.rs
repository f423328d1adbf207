//! Where a client goes on when it connects.
//!
//! A client that knows Ordercast sends `auth.cursor`. An unmodified socket.io-client (4.6 and later) sends back the `pid`
//! that it was given, and the offset of the last event it received; without an offset it goes on where the `pid` says it
//! started. A client that sends both goes on at the later position, because `auth.cursor` may be as old as its page.
//! A `pid` is encrypted and names its user, so nobody else can use it. The token is verified each time.
//!
//! The orders that the client had joined come back with the `pid`, as far as it may still see them. A client of a dialect
//! that relies on joins is not told that it recovered if its joins are not known: it receives what it missed, and joins
//! again.

use std::fmt::Write as _;

use eventlog::{Cursor, TailError};
use orders::{OrderRef, UserId};
use socketio::Auth;

use super::joins::Joins;
use super::{Authorizer, Gateway, Identity, topic};
use crate::catch_up::CatchUp;
use crate::dialect::DialectId;

/// Random characters in a pid.
const NONCE: usize = 12;
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
            return Self::begin(gateway, identity);
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
            return Self { start: StartPosition::Reset, recovered: false, pid, joins: Joins::default() };
        };
        let resumable = can_resume(gateway, identity, &cursor).await;
        let joins = match &contents {
            Some(contents) if resumable => {
                let cached = gateway.joins.get(&contents.nonce, gateway.authorizer.now());
                // Where a dialect does not rely on joins, clients without any are not cached.
                let joins = cached.or_else(|| (!dialect.get().relies_on_joins()).then(Joins::default));
                still_visible(gateway, identity, joins).await
            }
            _ => None,
        };
        let start = StartPosition::After(cursor.clone());
        match (auth.pid(), contents, joins) {
            (Some(sealed), Some(contents), Some(joins)) => {
                let pid = Pid { sealed: sealed.to_owned(), nonce: contents.nonce };
                Self { start, recovered: true, pid, joins }
            }
            (_, contents, _) => {
                // A new pid starts where the client is: it may disconnect before the first event that it missed.
                let pid = Pid::new(gateway, identity, Some(&cursor));
                let recovered = resumable && contents.is_none();
                Self { start, recovered, pid, joins: Joins::default() }
            }
        }
    }

    fn begin<A: Authorizer>(gateway: &Gateway<A>, identity: &A::Identity) -> Self {
        let cursor = gateway.hub.cursor();
        let pid = Pid::new(gateway, identity, Some(&cursor));
        Self { start: StartPosition::After(cursor), recovered: false, pid, joins: Joins::default() }
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

/// The orders that a client may still see; `None` if that cannot be decided now.
async fn still_visible<A: Authorizer>(
    gateway: &Gateway<A>,
    identity: &A::Identity,
    joins: Option<Joins>,
) -> Option<Joins> {
    let mut joins = joins?;
    let mut visible = Vec::new();
    for joined in joins.joined {
        match gateway.authorizer.visible_order(identity, OrderRef::Number(joined.order)).await {
            Ok(_) => visible.push(joined),
            Err(denial) if matches!(denial.code, "order_not_found" | "forbidden") => {}
            Err(_) => return None,
        }
    }
    joins.joined = visible;
    Some(joins)
}

impl Pid {
    /// For a client that has received everything up to a cursor.
    fn new<A: Authorizer>(gateway: &Gateway<A>, identity: &A::Identity, after: Option<&Cursor>) -> Self {
        let nonce = socketio::Sid::random().map(|sid| sid.to_string()).unwrap_or_default();
        let nonce = &nonce[..NONCE.min(nonce.len())];
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
    (owner == user.as_str()).then(|| PidContents { start, nonce: nonce.into() })
}
