//! Stores accounts, sessions and password reset links.

use async_trait::async_trait;
use jiff::Timestamp;
use orders::UserId;
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::read_backend::SqliteReadBackend;
use super::rows::{self, USER, millis, timestamp};
use super::users::Users;
use crate::accounts::{
    AccountAnswer, AccountChange, AccountRefusal, Email, NewSession, RefreshDecision, RefreshTokens, Revoked,
    TokenHash, User,
};
use crate::error::LogError;
use crate::read_backend::AccountQueries;

type AccountResult = Result<Result<AccountAnswer, AccountRefusal>, LogError>;

pub(super) fn change(
    connection: &Connection,
    users: &mut Users,
    change: &AccountChange,
    now: Timestamp,
) -> AccountResult {
    match change {
        AccountChange::CreateUser { id, role, store, name, email, password_hash } => {
            if by_email(connection, email)?.is_some() {
                return Ok(Err(AccountRefusal::EmailTaken));
            }
            connection
                .prepare_cached(
                    "INSERT INTO users (id, role, store, name, email, password_hash, created_at) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute((
                    id.as_str(),
                    role.name(),
                    store.as_str(),
                    name.as_str(),
                    email.as_str(),
                    password_hash,
                    millis(now),
                ))?;
            users.index(connection, id, None)?;
            answer_user(connection, id)
        }
        AccountChange::SetPassword { user, password_hash } => {
            if set_password(connection, user, password_hash, now)? {
                answer_user(connection, user)
            } else {
                Ok(Err(AccountRefusal::UnknownUser))
            }
        }
        AccountChange::Rehash { user, verified, password_hash } => {
            rehash(connection, user, verified, password_hash)
        }
        AccountChange::StartSession { user, verified, session } => {
            start_session(connection, user, verified.as_deref(), session, now)
        }
        AccountChange::Refresh { session, refresh: sent, successors } => {
            refresh(connection, *session, sent, successors, now)
        }
        AccountChange::EndSession { session } => {
            end_session(connection, *session, now)?;
            Ok(Ok(AccountAnswer::Done))
        }
        AccountChange::CreateReset { user, token, expires_at } => {
            let inserted = connection
                .prepare_cached(
                    "INSERT INTO resets (token, user, expires_at) \
                     SELECT ?1, key, ?3 FROM users WHERE id = ?2 AND password_hash IS NOT NULL",
                )?
                .execute((token, user.as_str(), millis(*expires_at)))?;
            Ok(if inserted == 1 { Ok(AccountAnswer::Done) } else { Err(AccountRefusal::UnknownUser) })
        }
        AccountChange::UseReset { token, password_hash } => use_reset(connection, token, password_hash, now),
    }
}

fn answer_user(connection: &Connection, id: &UserId) -> AccountResult {
    Ok(by_id(connection, id)?.map(AccountAnswer::User).ok_or(AccountRefusal::UnknownUser))
}

/// Sets a local account's password, ends all sessions, and revokes the tokens issued before.
fn set_password(
    connection: &Connection,
    user: &UserId,
    hash: &str,
    now: Timestamp,
) -> Result<bool, LogError> {
    let changed = connection
        .prepare_cached(
            "UPDATE users SET password_hash = ?2, valid_after = max(valid_after, ?3) \
             WHERE id = ?1 AND password_hash IS NOT NULL",
        )?
        .execute((user.as_str(), hash, millis(now)))?;
    if changed == 1 {
        connection
            .prepare_cached(
                "UPDATE sessions SET ended_at = ?2 \
                 WHERE user = (SELECT key FROM users WHERE id = ?1) AND ended_at IS NULL",
            )?
            .execute((user.as_str(), millis(now)))?;
        connection
            .prepare_cached("DELETE FROM resets WHERE user = (SELECT key FROM users WHERE id = ?1)")?
            .execute([user.as_str()])?;
    }
    Ok(changed == 1)
}

/// Replaces a hash, unless the password was changed since it was verified.
fn rehash(connection: &Connection, user: &UserId, verified: &str, hash: &str) -> AccountResult {
    let changed = connection
        .prepare_cached("UPDATE users SET password_hash = ?3 WHERE id = ?1 AND password_hash = ?2")?
        .execute((user.as_str(), verified, hash))?;
    Ok(if changed == 1 { Ok(AccountAnswer::Done) } else { Err(AccountRefusal::PasswordChanged) })
}

fn start_session(
    connection: &Connection,
    user: &UserId,
    verified: Option<&str>,
    session: &NewSession,
    now: Timestamp,
) -> AccountResult {
    let inserted = connection
        .prepare_cached(
            "INSERT INTO sessions (id, user, refresh, created_at, expires_at) \
             SELECT ?1, key, ?3, ?4, ?5 FROM users WHERE id = ?2 AND (?6 IS NULL OR password_hash = ?6)",
        )?
        .execute((
            session.id.as_bytes().as_slice(),
            user.as_str(),
            session.refresh,
            millis(now),
            millis(session.expires_at),
            verified,
        ))?;
    cap_valid_after(connection, user, now)?;
    match answer_user(connection, user)? {
        Ok(_) if inserted == 0 => Ok(Err(AccountRefusal::PasswordChanged)),
        answer => Ok(answer),
    }
}

/// The clock was ahead when the password was set. Tokens that are issued now must be valid all the same. The older ones
/// stay revoked with their sessions.
fn cap_valid_after(connection: &Connection, user: &UserId, now: Timestamp) -> Result<(), LogError> {
    connection
        .prepare_cached("UPDATE users SET valid_after = ?2 WHERE id = ?1 AND valid_after > ?2")?
        .execute((user.as_str(), millis(now)))?;
    Ok(())
}

fn refresh(
    connection: &Connection,
    session: Uuid,
    sent: &TokenHash,
    successors: &[TokenHash],
    now: Timestamp,
) -> AccountResult {
    let stored = connection
        .prepare_cached(
            "SELECT user, refresh, rotated_at, earlier_rotations, expires_at FROM sessions \
             WHERE id = ?1 AND ended_at IS NULL AND expires_at > ?2",
        )?
        .query_row((session.as_bytes().as_slice(), millis(now)), |row| {
            let rotated_at: Option<i64> = row.get(2)?;
            let earlier: Option<String> = row.get(3)?;
            let earlier = earlier.and_then(|earlier| serde_json::from_str::<Vec<i64>>(&earlier).ok());
            let rotations = rotated_at.into_iter().chain(earlier.into_iter().flatten()).map(timestamp);
            let tokens = RefreshTokens { current: row.get(1)?, rotations: rotations.collect() };
            Ok((row.get::<_, i64>(0)?, tokens, timestamp(row.get(4)?)))
        })
        .optional()?;
    let Some((user, tokens, expires_at)) = stored else {
        return Ok(Err(AccountRefusal::SessionEnded { stolen: None }));
    };
    let (successor, refreshed_at) = match tokens.decide(sent, successors, now) {
        RefreshDecision::Repeat { successor, refreshed_at } => (successor, refreshed_at),
        RefreshDecision::Stolen => {
            end_session(connection, session, now)?;
            return Ok(Err(AccountRefusal::SessionEnded { stolen: Some(session) }));
        }
        RefreshDecision::Rotate => {
            let earlier: Vec<i64> = tokens.earlier_rotations(now).map(millis).collect();
            let earlier = (!earlier.is_empty()).then(|| format!("{earlier:?}"));
            connection
                .prepare_cached(
                    "UPDATE sessions SET refresh = ?2, rotated_at = ?3, earlier_rotations = ?4 WHERE id = ?1",
                )?
                .execute((session.as_bytes().as_slice(), successors.first(), millis(now), earlier))?;
            (0, now)
        }
    };
    let mut find = connection.prepare_cached(&format!("SELECT {USER} FROM users WHERE key = ?1"))?;
    let Some(mut user) = rows::first(find.query([user])?, rows::user)? else {
        return Ok(Err(AccountRefusal::UnknownUser));
    };
    cap_valid_after(connection, &user.id, now)?;
    user.valid_after = user.valid_after.min(now);
    Ok(Ok(AccountAnswer::Session { user, session, successor, refreshed_at, expires_at }))
}

fn end_session(connection: &Connection, session: Uuid, now: Timestamp) -> Result<(), LogError> {
    connection
        .prepare_cached("UPDATE sessions SET ended_at = ?2 WHERE id = ?1 AND ended_at IS NULL")?
        .execute((session.as_bytes().as_slice(), millis(now)))?;
    Ok(())
}

fn use_reset(connection: &Connection, token: &TokenHash, hash: &str, now: Timestamp) -> AccountResult {
    let Some(user) = by_reset(connection, token, now)? else { return Ok(Err(AccountRefusal::LinkInvalid)) };
    // This also deletes every other reset link of the account.
    set_password(connection, &user.id, hash, now)?;
    answer_user(connection, &user.id)
}

/// The account of a link that can still be used.
pub(super) fn by_reset(
    connection: &Connection,
    token: &TokenHash,
    now: Timestamp,
) -> Result<Option<User>, LogError> {
    let mut find = connection.prepare_cached(&format!(
        "SELECT {USER} FROM users \
         WHERE key = (SELECT user FROM resets WHERE token = ?1 AND expires_at > ?2)"
    ))?;
    rows::first(find.query((token, millis(now)))?, rows::user)
}

pub(super) fn by_id(connection: &Connection, id: &UserId) -> Result<Option<User>, LogError> {
    let mut find = connection.prepare_cached(&format!("SELECT {USER} FROM users WHERE id = ?1"))?;
    rows::first(find.query([id.as_str()])?, rows::user)
}

pub(super) fn by_email(connection: &Connection, email: &Email) -> Result<Option<User>, LogError> {
    let mut find = connection.prepare_cached(&format!(
        "SELECT {USER} FROM users WHERE email = ?1 AND password_hash IS NOT NULL"
    ))?;
    rows::first(find.query([email.as_str()])?, rows::user)
}

pub(super) fn all(connection: &Connection, limit: usize) -> Result<Vec<User>, LogError> {
    let mut find = connection.prepare_cached(&format!("SELECT {USER} FROM users ORDER BY key LIMIT ?1"))?;
    rows::collect(find.query([i64::try_from(limit).unwrap_or(i64::MAX)])?, rows::user)
}

pub(super) fn revoked(connection: &Connection) -> Result<Revoked, LogError> {
    let mut sessions = connection.prepare_cached(
        "SELECT id, expires_at FROM sessions WHERE expires_at > 0 AND ended_at IS NOT NULL",
    )?;
    let sessions = rows::collect(sessions.query(())?, |row| {
        Ok((Uuid::from_bytes(row.get(0)?), timestamp(row.get(1)?)))
    })?;
    let mut users = connection.prepare_cached("SELECT id, valid_after FROM users WHERE valid_after > 0")?;
    let users = rows::collect(users.query(())?, |row| {
        let id =
            UserId::new(row.get::<_, String>(0)?).map_err(|error| LogError::corrupt(error.to_string()))?;
        Ok((id, timestamp(row.get(1)?)))
    })?;
    Ok(Revoked { sessions, users })
}

#[async_trait]
impl AccountQueries for SqliteReadBackend {
    async fn user(&self, id: UserId) -> Result<Option<User>, LogError> {
        self.read(move |connection| by_id(connection, &id)).await
    }

    async fn user_by_email(&self, email: Email) -> Result<Option<User>, LogError> {
        self.read(move |connection| by_email(connection, &email)).await
    }

    async fn user_by_reset(&self, token: TokenHash, now: Timestamp) -> Result<Option<User>, LogError> {
        self.read(move |connection| by_reset(connection, &token, now)).await
    }

    async fn users(&self, limit: usize) -> Result<Vec<User>, LogError> {
        self.read(move |connection| all(connection, limit)).await
    }

    async fn revoked(&self) -> Result<Revoked, LogError> {
        self.read(revoked).await
    }
}
