//! How a client goes on where it was.
//!
//! Two ways in. A client that knows Ordercast sends `auth.cursor`. An unmodified socket.io-client (4.6 and later) sends
//! back the `pid` it was given and the offset of the last event it saw; if it saw none, the `pid` says where it began.
//! A client that sends both goes on at the later place: `auth.cursor` may be as old as the page it is on.
//! A `pid` is sealed and names its user, so that it is of no use to anybody else; the token is verified each time.
//!
//! The orders it had joined come back with the `pid`, as far as it still may see them. In `rooms` and `feed`, where a
//! client lives by what it joined, a `pid` of which nothing is known is told what it missed, and that it is not recovered:
//! so it joins again.

use std::fmt::Write as _;

use eventlog::{Cursor, TailError};
use orders::{OrderRef, UserId};
use socketio::Auth;

use super::joins::Joined;
use super::{Gate, Gateway, Pass, topic};
use crate::dialect::Dialect;
use crate::subscription::Position;

/// Random characters in a pid.
const NONCE: usize = 12;
/// In a pid, in the place of a cursor: where its client was could not be read, and it was not told the state yet.
const NOWHERE: &str = "-";

/// Where a client goes on.
#[derive(Debug)]
pub(super) struct Resume {
    /// It has seen everything up to here.
    pub(super) cursor: Option<Cursor>,
    /// It said where it was, and that cannot be read.
    pub(super) lost: bool,
    /// It goes on as if nothing had been.
    pub(super) recovered: bool,
    /// The pid it has from now on.
    pub(super) pid: Pid,
    /// The orders it follows already.
    pub(super) joined: Vec<Joined>,
}

/// What a client shows when it comes back.
#[derive(Debug)]
pub(super) struct Pid {
    /// As the client has it.
    pub(super) sealed: String,
    /// By what its client is known here.
    pub(super) nonce: Box<str>,
}

/// What a pid says.
struct Opened {
    /// Where its owner began.
    began: Option<Cursor>,
    nonce: Box<str>,
}

impl Resume {
    pub(super) async fn find<G: Gate>(
        gateway: &Gateway<G>,
        pass: &G::Pass,
        auth: &Auth,
        dialect: Dialect,
    ) -> Self {
        let cursor = auth.text("cursor").filter(|cursor| !cursor.is_empty());
        let opened = auth.pid().and_then(|pid| read(&gateway.gate.unseal(pid)?, pass.user()));
        if cursor.is_none() && auth.pid().is_none() {
            return Self::begin(gateway, pass);
        }
        let seen = opened.as_ref().and_then(|opened| match auth.offset() {
            Some(offset) => offset.parse().ok(),
            None => opened.began.clone(),
        });
        let messages = [cursor.and_then(|cursor| cursor.parse().ok()), seen];
        let epoch = gateway.hub.epoch();
        let latest =
            messages.into_iter().flatten().max_by_key(|cursor: &Cursor| (cursor.epoch == *epoch, cursor.seq));
        let Some(cursor) = latest else {
            // Somebody else's pid, or of another secret, or no cursor. They begin anew, with the present state.
            let pid = Pid::new(gateway, pass, None);
            return Self { cursor: None, lost: true, recovered: false, pid, joined: Vec::new() };
        };
        let reached = reaches(gateway, pass, &cursor).await;
        let joined = match &opened {
            Some(opened) if reached => {
                let recalled = gateway.joins.recall(&opened.nonce, gateway.gate.now());
                // Most of `standard` join nothing, and of those nothing is kept.
                let known = recalled.or_else(|| (dialect == Dialect::Standard).then(Vec::new));
                still_visible(gateway, pass, known).await
            }
            _ => None,
        };
        match (auth.pid(), opened, joined) {
            (Some(sealed), Some(opened), Some(joined)) => {
                let pid = Pid { sealed: sealed.to_owned(), nonce: opened.nonce };
                Self { cursor: Some(cursor), lost: false, recovered: true, pid, joined }
            }
            (_, opened, _) => {
                // A fresh pid begins where the client is: it may be cut before the first event that it missed.
                let pid = Pid::new(gateway, pass, Some(&cursor));
                let recovered = reached && opened.is_none();
                Self { cursor: Some(cursor), lost: false, recovered, pid, joined: Vec::new() }
            }
        }
    }

    fn begin<G: Gate>(gateway: &Gateway<G>, pass: &G::Pass) -> Self {
        let cursor = gateway.hub.cursor();
        let pid = Pid::new(gateway, pass, Some(&cursor));
        Self { cursor: Some(cursor), lost: false, recovered: false, pid, joined: Vec::new() }
    }
}

/// Whether everything since a cursor can be told.
async fn reaches<G: Gate>(gateway: &Gateway<G>, pass: &G::Pass, cursor: &Cursor) -> bool {
    let hub = &gateway.hub;
    let Position::At(seq) = Position::after(hub, Some(cursor)) else { return false };
    if hub.remembers(seq) {
        return true;
    }
    !matches!(hub.read_backend().tail(topic(pass), seq, 1).await, Err(TailError::Pruned))
}

/// Those that somebody still may follow; `None` where that cannot be told now.
async fn still_visible<G: Gate>(
    gateway: &Gateway<G>,
    pass: &G::Pass,
    joined: Option<Vec<Joined>>,
) -> Option<Vec<Joined>> {
    let mut visible = Vec::new();
    for joined in joined? {
        match gateway.gate.order(pass, OrderRef::Number(joined.order)).await {
            Ok(_) => visible.push(joined),
            Err(denial) if matches!(denial.code, "order_not_found" | "forbidden") => {}
            Err(_) => return None,
        }
    }
    Some(visible)
}

impl Pid {
    /// For somebody who has seen everything up to a cursor.
    fn new<G: Gate>(gateway: &Gateway<G>, pass: &G::Pass, after: Option<&Cursor>) -> Self {
        let nonce = socketio::Sid::random().map(|sid| sid.to_string()).unwrap_or_default();
        let nonce = &nonce[..NONCE.min(nonce.len())];
        let mut text = after.map_or_else(|| NOWHERE.to_owned(), Cursor::to_string);
        let _ = write!(text, " {nonce} {}", pass.user());
        Self { sealed: gateway.gate.seal(&text), nonce: nonce.into() }
    }
}

/// A pid, if it is this user's.
fn read(text: &str, user: &UserId) -> Option<Opened> {
    let mut parts = text.splitn(3, ' ');
    let (began, nonce, owner) = (parts.next()?, parts.next()?, parts.next()?);
    let began = if began == NOWHERE { None } else { Some(began.parse().ok()?) };
    (owner == user.as_str()).then(|| Opened { began, nonce: nonce.into() })
}
