//! Accounts and sessions.

use jiff::{SignedDuration, Timestamp};
use ordercast_eventlog::accounts::{
    AccountAnswer, AccountChange, AccountRefusal, Email, NewSession, Revoked, TokenHash, User,
};
use orders::{Role, StoreId};
use uuid::Uuid;

use super::Backend;
use super::log::Log;
use super::shop::{create, staff, user};

const MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);
const ENDED: AccountRefusal = AccountRefusal::SessionEnded { stolen: None };

pub(crate) fn email(text: &str) -> Email {
    Email::new(text).unwrap()
}

fn hash(n: u8) -> TokenHash {
    [n; 32]
}

pub(crate) fn signing_up(id: &str, address: &str) -> AccountChange {
    AccountChange::CreateUser {
        id: user(id),
        role: Role::Customer,
        store: StoreId::main(),
        name: "Asha Rao".parse().unwrap(),
        email: email(address),
        password_hash: "first".to_owned(),
    }
}

pub(crate) async fn asha<B: Backend>() -> Log<B> {
    let log = Log::<B>::fresh().await;
    the_user(log.account(signing_up("asha", "asha@example.com")).await);
    log
}

pub(crate) fn the_user(answer: Result<AccountAnswer, AccountRefusal>) -> User {
    match answer {
        Ok(AccountAnswer::User(user)) => user,
        other => panic!("{other:?}"),
    }
}

async fn sign_in<B: Backend>(log: &Log<B>, who: &str, refresh: u8) -> Uuid {
    let id = log.clock.uuid();
    let session = NewSession { id, refresh: hash(refresh), expires_at: log.clock.now() + MONTH };
    let change = AccountChange::StartSession { user: user(who), verified: None, session };
    assert_eq!(the_user(log.account(change).await).id, user(who));
    id
}

fn refreshing(session: Uuid, from: u8, successors: &[u8]) -> AccountChange {
    let successors = successors.iter().map(|n| hash(*n)).collect();
    AccountChange::Refresh { session, refresh: hash(from), successors }
}

async fn refresh<B: Backend>(
    log: &Log<B>,
    session: Uuid,
    from: u8,
    to: u8,
) -> Result<(User, Uuid, Timestamp), AccountRefusal> {
    let change = refreshing(session, from, &[to]);
    match log.account(change).await? {
        AccountAnswer::Session { user, session, expires_at, .. } => Ok((user, session, expires_at)),
        other => panic!("{other:?}"),
    }
}

async fn revoked<B: Backend>(log: &Log<B>) -> Revoked {
    log.read_backend().revoked().await.unwrap()
}

fn password(hash: &str) -> AccountChange {
    AccountChange::SetPassword { user: user("asha"), password_hash: hash.to_owned() }
}

pub(crate) async fn an_account_is_registered_once_whatever_the_case_of_its_address<B: Backend>() {
    let mut log = Log::<B>::fresh().await;
    let made = the_user(log.account(signing_up("a1", "Asha@Example.com")).await);
    assert_eq!(made.email.as_deref(), Some("asha@example.com"));
    assert_eq!(
        (made.role, &made.store, made.created_at),
        (Role::Customer, &StoreId::main(), log.clock.now())
    );
    for restarted in [false, true] {
        let again = log.account(signing_up("a2", " ASHA@example.COM")).await;
        assert!(matches!(again, Err(AccountRefusal::EmailTaken)), "{restarted}: {again:?}");
        log.restart().await;
    }
    assert!(log.read_backend().user(user("a2")).await.unwrap().is_none());
    // Two sign-ups at once, while an order is placed: one of them succeeds, and so does the order.
    let (first, second) = tokio::join!(
        log.account(signing_up("b1", "ben@example.com")),
        log.account(signing_up("b2", "BEN@example.com"))
    );
    assert_eq!(usize::from(first.is_ok()) + usize::from(second.is_ok()), 1);
    assert_eq!(log.read_backend().users(10).await.unwrap().len(), 2);
    assert_eq!(log.read_backend().users(1).await.unwrap()[0].id, user("a1"), "oldest first");
}

pub(crate) async fn a_login_finds_the_account<B: Backend>() {
    let log = asha::<B>().await;
    let found = log.read_backend().user_by_email(email("ASHA@example.com")).await.unwrap().unwrap();
    assert_eq!((found.id, found.password_hash.as_deref()), (user("asha"), Some("first")));
    assert_eq!(
        log.read_backend().user(user("asha")).await.unwrap().unwrap().name.as_deref(),
        Some("Asha Rao")
    );
    assert!(log.read_backend().user_by_email(email("ash@example.com")).await.unwrap().is_none());
    let nobody = AccountChange::StartSession {
        user: user("nobody"),
        verified: None,
        session: NewSession { id: log.clock.uuid(), refresh: hash(1), expires_at: log.clock.now() + MONTH },
    };
    assert!(matches!(log.account(nobody).await, Err(AccountRefusal::UnknownUser)));
}

pub(crate) async fn a_password_change_voids_tokens_and_sessions<B: Backend>() {
    let log = asha::<B>().await;
    let sessions = [sign_in(&log, "asha", 1).await, sign_in(&log, "asha", 2).await];
    the_user(log.account(signing_up("ben", "ben@example.com")).await);
    let ben = sign_in(&log, "ben", 3).await;
    log.clock.advance(SignedDuration::from_secs(5));
    let changed = the_user(log.account(password("second")).await);
    assert_eq!((changed.password_hash.as_deref(), changed.valid_after), (Some("second"), log.clock.now()));
    for (session, token) in sessions.into_iter().zip([1, 2]) {
        assert_eq!(refresh(&log, session, token, 9).await.unwrap_err(), ENDED);
    }
    refresh(&log, ben, 3, 4).await.unwrap();
    let now = revoked(&log).await;
    assert_eq!(now.users, [(user("asha"), log.clock.now())]);
    let mut ended: Vec<_> = now.sessions.iter().map(|(id, _)| *id).collect();
    ended.sort_unstable();
    assert_eq!(ended, sessions);
    let nobody = AccountChange::SetPassword { user: user("nobody"), password_hash: String::new() };
    assert!(matches!(log.account(nobody).await, Err(AccountRefusal::UnknownUser)));
}

pub(crate) async fn a_rehash_voids_nothing<B: Backend>() {
    let log = asha::<B>().await;
    let session = sign_in(&log, "asha", 1).await;
    let rehash = |verified: &str, hash: &str| AccountChange::Rehash {
        user: user("asha"),
        verified: verified.to_owned(),
        password_hash: hash.to_owned(),
    };
    log.account(rehash("first", "stronger")).await.unwrap();
    // Somebody else set a password after the old one was verified.
    let late = log.account(rehash("first", "of the old password")).await;
    assert_eq!(late.unwrap_err(), AccountRefusal::PasswordChanged);
    assert_eq!(
        log.read_backend().user(user("asha")).await.unwrap().unwrap().password_hash.as_deref(),
        Some("stronger")
    );
    refresh(&log, session, 1, 2).await.unwrap();
    let now = revoked(&log).await;
    assert!(now.users.is_empty() && now.sessions.is_empty());
}

pub(crate) async fn a_session_starts_only_with_the_password_that_was_verified<B: Backend>() {
    let log = asha::<B>().await;
    let start = async |who: &str, verified: &str, refresh: u8| {
        let session =
            NewSession { id: log.clock.uuid(), refresh: hash(refresh), expires_at: log.clock.now() + MONTH };
        let verified = Some(verified.to_owned());
        log.account(AccountChange::StartSession { user: user(who), verified, session }).await
    };
    the_user(start("asha", "first", 1).await);
    log.account(password("second")).await.unwrap();
    assert_eq!(start("asha", "first", 2).await.unwrap_err(), AccountRefusal::PasswordChanged);
    the_user(start("asha", "second", 3).await);
    assert_eq!(start("nobody", "first", 4).await.unwrap_err(), AccountRefusal::UnknownUser);
}

pub(crate) async fn a_refresh_token_is_swapped_once<B: Backend>() {
    let mut log = asha::<B>().await;
    let session = sign_in(&log, "asha", 1).await;
    let ends = log.clock.now() + MONTH;
    log.clock.advance(SignedDuration::from_mins(10));
    let (who, same, expires_at) = refresh(&log, session, 1, 2).await.unwrap();
    assert_eq!((who.id, same, expires_at), (user("asha"), session, ends), "a refresh prolongs nothing");
    log.restart().await;
    refresh(&log, session, 2, 3).await.unwrap();
    assert_eq!(refresh(&log, log.clock.uuid(), 3, 4).await.unwrap_err(), ENDED, "a session that never was");
    log.account(AccountChange::EndSession { session }).await.unwrap();
    assert_eq!(refresh(&log, session, 3, 4).await.unwrap_err(), ENDED);
    // Signing out twice is no error.
    log.account(AccountChange::EndSession { session }).await.unwrap();
}

pub(crate) async fn a_refresh_token_that_comes_again_soon_was_sent_twice<B: Backend>() {
    let mut log = asha::<B>().await;
    let session = sign_in(&log, "asha", 1).await;
    for token in 1..=3 {
        refresh(&log, session, token, token + 1).await.unwrap();
        log.clock.advance(SignedDuration::from_secs(1));
    }
    let refreshed = log.clock.now() - SignedDuration::from_secs(1);
    // The answers were lost, or another tab got them. Every tab goes on with the same token.
    for restarted in [false, true] {
        for (token, successor) in [(1, 2), (2, 1), (3, 0)] {
            let successors: Vec<_> = (token + 1..=9).collect();
            match log.account(refreshing(session, token, &successors)).await.unwrap() {
                AccountAnswer::Session { refreshed_at, successor: found, .. } => {
                    assert_eq!((refreshed_at, found), (refreshed, successor), "{token} {restarted}");
                }
                other => panic!("{other:?}"),
            }
        }
        log.restart().await;
    }
    assert!(revoked(&log).await.sessions.is_empty());
    refresh(&log, session, 4, 5).await.unwrap();
    log.clock.advance(SignedDuration::from_millis(26_999));
    log.account(refreshing(session, 1, &[2, 3, 4, 5])).await.unwrap();
    log.clock.advance(SignedDuration::from_millis(1));
    let late = log.account(refreshing(session, 1, &[2, 3, 4, 5])).await.unwrap_err();
    assert_eq!(late, AccountRefusal::SessionEnded { stolen: Some(session) });
}

pub(crate) async fn a_refresh_token_that_comes_again_late_was_stolen<B: Backend>() {
    let log = asha::<B>().await;
    let session = sign_in(&log, "asha", 1).await;
    let other = sign_in(&log, "asha", 11).await;
    refresh(&log, session, 1, 2).await.unwrap();
    log.clock.advance(SignedDuration::from_secs(30));
    let refusal = refresh(&log, session, 1, 3).await.unwrap_err();
    assert_eq!(refusal, AccountRefusal::SessionEnded { stolen: Some(session) });
    assert_eq!(refresh(&log, session, 2, 4).await.unwrap_err(), ENDED, "neither of the two goes on");
    assert_eq!(revoked(&log).await.sessions.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [session]);
    assert_eq!(refresh(&log, other, 11, 12).await.unwrap().1, other, "other sessions are not concerned");
}

pub(crate) async fn every_spent_refresh_token_is_known_while_its_session_lives<B: Backend>() {
    let mut log = asha::<B>().await;
    for spent in 1..=5 {
        let session = sign_in(&log, "asha", 1).await;
        for token in 1..=5 {
            log.clock.advance(SignedDuration::from_hours(24));
            refresh(&log, session, token, token + 1).await.unwrap();
        }
        log.restart().await;
        // The last token has its grace period. The ones before have none.
        if spent == 5 {
            refresh(&log, session, spent, spent + 1).await.unwrap();
            log.clock.advance(SignedDuration::from_hours(1));
        }
        let late = refresh(&log, session, spent, spent + 1).await.unwrap_err();
        assert_eq!(late, AccountRefusal::SessionEnded { stolen: Some(session) }, "token {spent}");
        assert_eq!(refresh(&log, session, 6, 7).await.unwrap_err(), ENDED, "and the newest goes on no more");
        assert_eq!(refresh(&log, session, spent, 9).await.unwrap_err(), ENDED, "the session has ended");
    }
}

pub(crate) async fn a_session_ends_at_its_end<B: Backend>() {
    let log = asha::<B>().await;
    let session = sign_in(&log, "asha", 1).await;
    log.clock.advance(MONTH - SignedDuration::from_millis(1));
    refresh(&log, session, 1, 2).await.unwrap();
    log.clock.advance(SignedDuration::from_millis(1));
    for token in [1, 2] {
        assert_eq!(refresh(&log, session, token, 3).await.unwrap_err(), ENDED);
    }
    // Later, maintenance deletes it.
    log.clock.advance(MONTH);
    log.maintain(2).await;
    assert_eq!(refresh(&log, session, 2, 3).await.unwrap_err(), ENDED);
}

async fn send_link<B: Backend>(log: &Log<B>, token: u8) {
    let expires_at = log.clock.now() + SignedDuration::from_hours(1);
    log.account(AccountChange::CreateReset { user: user("asha"), token: hash(token), expires_at })
        .await
        .unwrap();
}

async fn follow<B: Backend>(log: &Log<B>, token: u8) -> Result<AccountAnswer, AccountRefusal> {
    log.account(AccountChange::UseReset { token: hash(token), password_hash: format!("by link {token}") })
        .await
}

pub(crate) async fn a_reset_link_works_once<B: Backend>() {
    let log = asha::<B>().await;
    let session = sign_in(&log, "asha", 1).await;
    send_link(&log, 1).await;
    send_link(&log, 2).await;
    let changed = the_user(follow(&log, 1).await);
    assert_eq!((changed.id, changed.password_hash.as_deref()), (user("asha"), Some("by link 1")));
    for used in [1, 2] {
        assert_eq!(follow(&log, used).await.unwrap_err(), AccountRefusal::LinkInvalid, "{used}");
    }
    assert_eq!(revoked(&log).await.sessions[0].0, session);
    // Setting a password in another way also revokes the links.
    send_link(&log, 3).await;
    log.account(password("second")).await.unwrap();
    assert_eq!(follow(&log, 3).await.unwrap_err(), AccountRefusal::LinkInvalid);
    let nobody =
        AccountChange::CreateReset { user: user("nobody"), token: hash(9), expires_at: log.clock.now() };
    assert_eq!(log.account(nobody).await.unwrap_err(), AccountRefusal::UnknownUser);
}

pub(crate) async fn a_reset_link_ends<B: Backend>() {
    let log = asha::<B>().await;
    send_link(&log, 1).await;
    send_link(&log, 2).await;
    log.clock.advance(SignedDuration::from_hours(1) - SignedDuration::from_millis(1));
    let in_time = follow(&log, 1).await;
    send_link(&log, 3).await;
    assert!(in_time.is_ok());
    log.clock.advance(SignedDuration::from_hours(1));
    for maintained in [false, true] {
        assert_eq!(
            follow(&log, 3).await.unwrap_err(),
            AccountRefusal::LinkInvalid,
            "maintained: {maintained}"
        );
        log.maintain(2).await;
    }
}

/// The clock was ahead for a while and an event was stored. The log's time does not go back, but accounts follow the clock.
pub(crate) async fn a_clock_that_was_ahead_once_breaks_no_account<B: Backend>() {
    for ahead in [SignedDuration::from_hours(2), SignedDuration::from_hours(24 * 40)] {
        let mut log = asha::<B>().await;
        log.clock.advance(ahead);
        log.product(create(log.clock.uuid(), 450, 100), staff("main")).await;
        log.account(password("set while it was ahead")).await.unwrap();
        log.clock.advance(-ahead);
        for restarted in [false, true] {
            let session = sign_in(&log, "asha", 1).await;
            let found = log.read_backend().user(user("asha")).await.unwrap().unwrap();
            assert!(found.valid_after <= log.clock.now(), "{ahead} {restarted}: new tokens would be void");
            refresh(&log, session, 1, 2).await.unwrap();
            log.maintain(2).await;
            refresh(&log, session, 2, 3).await.unwrap();
            send_link(&log, 1).await;
            log.maintain(2).await;
            the_user(follow(&log, 1).await);
            log.restart().await;
        }
    }
}

/// Maintenance and restarts while the clock is ahead delete no account data.
pub(crate) async fn a_clock_that_was_ahead_once_deletes_nothing<B: Backend>() {
    let mut log = asha::<B>().await;
    let (session, ended) = (sign_in(&log, "asha", 1).await, sign_in(&log, "asha", 2).await);
    log.account(AccountChange::EndSession { session: ended }).await.unwrap();
    send_link(&log, 1).await;
    for ahead in [SignedDuration::from_hours(24 * 40), SignedDuration::from_hours(24 * 4000)] {
        log.clock.advance(ahead);
        log.maintain(3).await;
        log.restart().await;
        log.maintain(3).await;
        assert_eq!(refresh(&log, session, 1, 2).await.unwrap_err(), ENDED, "for now");
        log.clock.advance(-ahead);
        log.maintain(3).await;
        log.restart().await;
        assert_eq!(revoked(&log).await.sessions[0].0, ended);
    }
    refresh(&log, session, 1, 2).await.unwrap();
    the_user(follow(&log, 1).await);
}

pub(crate) async fn revoked_is_what_ended_before_its_tokens_did<B: Backend>() {
    let mut log = asha::<B>().await;
    let session = sign_in(&log, "asha", 1).await;
    sign_in(&log, "asha", 2).await;
    let ends = log.clock.now() + MONTH;
    log.account(AccountChange::EndSession { session }).await.unwrap();
    for _ in 0..2 {
        assert_eq!(revoked(&log).await.sessions, [(session, ends)]);
        log.restart().await;
    }
    // The session's tokens have expired, but they would be valid again if the clock were set back.
    log.clock.advance(MONTH + MONTH);
    log.maintain(2).await;
    assert_eq!(revoked(&log).await.sessions, [(session, ends)]);
}
