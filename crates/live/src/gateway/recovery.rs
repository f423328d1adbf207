//! How a client goes on where it was.
//!
//! Two ways in. A client that knows Ordercast sends `auth.cursor`. An unmodified socket.io-client (4.6 and later) sends
//! back the `pid` it was given and the offset of the last event it saw; if it saw none, the `pid` says where it began.
//! A `pid` is sealed and names its user, so that it is of no use to anybody else; the token is verified each time.

use std::fmt::Write as _;

use log::{Cursor, TailError};
use orders::UserId;
use socketio::Auth;

use super::{Gate, Gateway, Pass, topic};
use crate::subscription::Position;

/// Random characters in a pid.
const NONCE: usize = 12;

/// Where a client goes on.
#[derive(Debug, Default)]
pub(super) struct Resume {
    /// It has seen everything up to here.
    pub(super) cursor: Option<Cursor>,
    /// It said where it was, and that cannot be read.
    pub(super) lost: bool,
    /// It goes on as if nothing had been.
    pub(super) recovered: bool,
    /// The pid it has and keeps.
    pub(super) pid: Option<String>,
}

impl Resume {
    pub(super) async fn find<G: Gate>(gateway: &Gateway<G>, pass: &G::Pass, auth: &Auth) -> Self {
        if let Some(cursor) = auth.text("cursor").filter(|cursor| !cursor.is_empty()) {
            return match cursor.parse::<Cursor>() {
                Ok(cursor) => {
                    let recovered = reaches(gateway, pass, &cursor).await;
                    Self { cursor: Some(cursor), recovered, ..Self::default() }
                }
                Err(_) => Self { lost: true, ..Self::default() },
            };
        }
        let Some(pid) = auth.pid() else { return Self::default() };
        let Some(began) = gateway.gate.unseal(pid).and_then(|text| read(&text, pass.user())) else {
            // Somebody else's, or of another secret. They begin anew, with the present state.
            return Self { lost: true, ..Self::default() };
        };
        let cursor = match auth.offset() {
            None => began,
            Some(offset) => match offset.parse() {
                Ok(cursor) => cursor,
                Err(_) => return Self { lost: true, ..Self::default() },
            },
        };
        let recovered = reaches(gateway, pass, &cursor).await;
        Self { cursor: Some(cursor), recovered, pid: recovered.then(|| pid.to_owned()), ..Self::default() }
    }
}

/// Whether everything since a cursor can be told.
async fn reaches<G: Gate>(gateway: &Gateway<G>, pass: &G::Pass, cursor: &Cursor) -> bool {
    let hub = &gateway.hub;
    let Position::At(seq) = Position::after(hub, Some(cursor)) else { return false };
    if hub.remembers(seq) {
        return true;
    }
    !matches!(hub.queries().tail(topic(pass).scope(), seq, 1).await, Err(TailError::Pruned))
}

/// A pid for somebody who begins now.
pub(super) fn pid<G: Gate>(gateway: &Gateway<G>, pass: &G::Pass) -> String {
    let mut text = format!("{} ", gateway.hub.cursor());
    let nonce = socketio::Sid::random().map(|sid| sid.to_string()).unwrap_or_default();
    let _ = write!(text, "{} {}", &nonce[..NONCE.min(nonce.len())], pass.user());
    gateway.gate.seal(&text)
}

/// Where the owner of a pid began, if it is this user.
fn read(text: &str, user: &UserId) -> Option<Cursor> {
    let mut parts = text.splitn(3, ' ');
    let (cursor, _nonce, owner) = (parts.next()?, parts.next()?, parts.next()?);
    (owner == user.as_str()).then(|| cursor.parse().ok())?
}
