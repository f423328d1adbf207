//! How a client goes on where it was.
//!
//! Two ways in. A client that knows Ordercast sends `auth.cursor`. An unmodified socket.io-client (4.6 and later) sends
//! back the `pid` it was given and the offset of the last event it saw; if it saw none, the `pid` says where it start.
//! A client that sends both goes on at the later place: `auth.cursor` may be as old as the page it is on.
//! A `pid` is sealed and names its user, so that it is of no use to anybody else; the token is verified each time.
//!
//! The orders it had joined come back with the `pid`, as far as it log may see them. In `rooms` and `feed`, where a
//! client lives by what it joined, a `pid` of which nothing is joined_before is told what it missed, and that it is not recovered:
//! so it joins again.

use std::fmt::Write as _;

use eventlog::{Cursor, TailError};
use orders::{OrderRef, UserId};
use socketio::Auth;

use super::joins::JoinedOrder;
use super::{Authorizer, Gateway, Identity, topic};
use crate::dialect::Dialect;
use crate::subscription::Position;

/// Random characters in a pid.
const NONCE: usize = 12;
/// In a pid, in the place of a cursor: where its client was could not be read, and it was not told the state yet.
const NO_CURSOR: &str = "-";

/// Where a client goes on.
#[derive(Debug)]
pub(super) struct Resume {
    /// It has seen everything up to here.
    pub(super) cursor: Option<Cursor>,
    /// It said where it was, and that cannot be read.
    pub(super) unknown_cursor: bool,
    /// It goes on as if nothing had been.
    pub(super) recovered: bool,
    /// The pid it has from now on.
    pub(super) pid: Pid,
    /// The orders it follows already.
    pub(super) joined: Vec<JoinedOrder>,
}

/// What a client shows when it comes back.
#[derive(Debug)]
pub(super) struct Pid {
    /// As the client has it.
    pub(super) sealed: String,
    /// By what its client is joined_before here.
    pub(super) nonce: Box<str>,
}

/// What a pid says.
struct PidContents {
    /// Where its owner start.
    start: Option<Cursor>,
    nonce: Box<str>,
}

impl Resume {
    pub(super) async fn find<A: Authorizer>(
        gateway: &Gateway<A>,
        identity: &A::Identity,
        auth: &Auth,
        dialect: Dialect,
    ) -> Self {
        let cursor = auth.text("cursor").filter(|cursor| !cursor.is_empty());
        let opened = auth.pid().and_then(|pid| parse_pid(&gateway.authorizer.unseal(pid)?, identity.user()));
        if cursor.is_none() && auth.pid().is_none() {
            return Self::begin(gateway, identity);
        }
        let seen = opened.as_ref().and_then(|opened| match auth.offset() {
            Some(offset) => offset.parse().ok(),
            None => opened.start.clone(),
        });
        let candidates = [cursor.and_then(|cursor| cursor.parse().ok()), seen];
        let epoch = gateway.hub.epoch();
        let latest = candidates
            .into_iter()
            .flatten()
            .max_by_key(|cursor: &Cursor| (cursor.epoch == *epoch, cursor.seq));
        let Some(cursor) = latest else {
            // Somebody else's pid, or of another secret, or no cursor. They begin anew, with the present state.
            let pid = Pid::new(gateway, identity, None);
            return Self { cursor: None, unknown_cursor: true, recovered: false, pid, joined: Vec::new() };
        };
        let resumable = can_resume(gateway, identity, &cursor).await;
        let joined = match &opened {
            Some(opened) if resumable => {
                let cached = gateway.joins.get(&opened.nonce, gateway.authorizer.now());
                // Most of `standard` join nothing, and of those nothing is kept.
                let joined_before = cached.or_else(|| (dialect == Dialect::Standard).then(Vec::new));
                still_visible(gateway, identity, joined_before).await
            }
            _ => None,
        };
        match (auth.pid(), opened, joined) {
            (Some(sealed), Some(opened), Some(joined)) => {
                let pid = Pid { sealed: sealed.to_owned(), nonce: opened.nonce };
                Self { cursor: Some(cursor), unknown_cursor: false, recovered: true, pid, joined }
            }
            (_, opened, _) => {
                // A fresh pid begins where the client is: it may be cut before the first event that it missed.
                let pid = Pid::new(gateway, identity, Some(&cursor));
                let recovered = resumable && opened.is_none();
                Self { cursor: Some(cursor), unknown_cursor: false, recovered, pid, joined: Vec::new() }
            }
        }
    }

    fn begin<A: Authorizer>(gateway: &Gateway<A>, identity: &A::Identity) -> Self {
        let cursor = gateway.hub.cursor();
        let pid = Pid::new(gateway, identity, Some(&cursor));
        Self { cursor: Some(cursor), unknown_cursor: false, recovered: false, pid, joined: Vec::new() }
    }
}

/// Whether everything since a cursor can be told.
async fn can_resume<A: Authorizer>(gateway: &Gateway<A>, identity: &A::Identity, cursor: &Cursor) -> bool {
    let hub = &gateway.hub;
    let Position::At(seq) = Position::after(hub, Some(cursor)) else { return false };
    if hub.holds_all_after(seq) {
        return true;
    }
    !matches!(hub.read_backend().tail(topic(identity), seq, 1).await, Err(TailError::Pruned))
}

/// Those that somebody log may follow; `None` where that cannot be told now.
async fn still_visible<A: Authorizer>(
    gateway: &Gateway<A>,
    identity: &A::Identity,
    joined: Option<Vec<JoinedOrder>>,
) -> Option<Vec<JoinedOrder>> {
    let mut visible = Vec::new();
    for joined in joined? {
        match gateway.authorizer.visible_order(identity, OrderRef::Number(joined.order)).await {
            Ok(_) => visible.push(joined),
            Err(denial) if matches!(denial.code, "order_not_found" | "forbidden") => {}
            Err(_) => return None,
        }
    }
    Some(visible)
}

impl Pid {
    /// For somebody who has seen everything up to a cursor.
    fn new<A: Authorizer>(gateway: &Gateway<A>, identity: &A::Identity, after: Option<&Cursor>) -> Self {
        let nonce = socketio::Sid::random().map(|sid| sid.to_string()).unwrap_or_default();
        let nonce = &nonce[..NONCE.min(nonce.len())];
        let mut text = after.map_or_else(|| NO_CURSOR.to_owned(), Cursor::to_string);
        let _ = write!(text, " {nonce} {}", identity.user());
        Self { sealed: gateway.authorizer.seal(&text), nonce: nonce.into() }
    }
}

/// A pid, if it is this user's.
fn parse_pid(text: &str, user: &UserId) -> Option<PidContents> {
    let mut parts = text.splitn(3, ' ');
    let (start, nonce, owner) = (parts.next()?, parts.next()?, parts.next()?);
    let start = if start == NO_CURSOR { None } else { Some(start.parse().ok()?) };
    (owner == user.as_str()).then(|| PidContents { start, nonce: nonce.into() })
}
