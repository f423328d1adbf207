//! Users, and a cache of those that the writer has loaded: their keys, names, and search words.

use foldhash::HashMap;
use jiff::Timestamp;
use orders::view::Person;
use orders::{Address, UserId};
use rusqlite::{Connection, OptionalExtension};

use super::rows::millis;
use crate::accounts::Email;
use crate::error::LogError;
use crate::search::SearchDocument;
use crate::submission::ExternalUser;

/// Indexes the words of all users again, inside a migration.
pub(super) fn reindex(connection: &Connection) -> Result<(), LogError> {
    let mut known = connection.prepare("SELECT key, known_as FROM users WHERE known_as IS NOT NULL")?;
    let mut delete = connection.prepare("DELETE FROM people WHERE rowid = ?1")?;
    let mut insert = connection.prepare("INSERT INTO people (rowid, words) VALUES (?1, ?2)")?;
    let mut rows = known.query(())?;
    while let Some(row) = rows.next()? {
        let (key, words): (i64, String) = (row.get(0)?, row.get(1)?);
        delete.execute([key])?;
        insert.execute((key, SearchDocument(&words).indexed()))?;
    }
    Ok(())
}

/// Normalizes the e-mail addresses of local accounts, inside a migration. If another account has the normalized address
/// already, an account keeps its address as it is.
pub(super) fn normalize_emails(connection: &Connection) -> Result<(), LogError> {
    let mut all = connection.prepare("SELECT key, email FROM users WHERE password_hash IS NOT NULL")?;
    let all: Vec<(i64, String)> =
        all.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let mut update = connection.prepare("UPDATE OR IGNORE users SET email = ?2 WHERE key = ?1")?;
    for (key, stored) in all {
        if let Ok(email) = Email::new(&stored)
            && email.as_str() != stored
            && update.execute((key, email.as_str()))? == 0
        {
            tracing::warn!(%email, "two accounts have this address; only one can sign in with it");
        }
    }
    Ok(())
}

/// The cache is cleared when it holds more users.
const MAX_CACHED: usize = 50_000;

/// Valid until another connection writes: see `refresh` in `write_backend.rs`.
#[derive(Default)]
pub(super) struct Users {
    cached: HashMap<UserId, CachedUser>,
}

struct CachedUser {
    key: i64,
    /// They have a password here, so an external token does not change their name or role.
    local: bool,
    role: String,
    store: String,
    name: Option<String>,
    email: Option<String>,
    /// Their document in the search index.
    words: Option<String>,
}

impl Users {
    pub(super) fn clear(&mut self) {
        self.cached.clear();
    }

    fn load(&mut self, connection: &Connection, user: &UserId) -> Result<Option<&mut CachedUser>, LogError> {
        if !self.cached.contains_key(user) {
            if self.cached.len() >= MAX_CACHED {
                self.cached.clear();
            }
            let loaded = connection
                .prepare_cached(
                    "SELECT key, password_hash IS NOT NULL, role, store, name, email, known_as \
                     FROM users WHERE id = ?1",
                )?
                .query_row([user.as_str()], |row| {
                    Ok(CachedUser {
                        key: row.get(0)?,
                        local: row.get(1)?,
                        role: row.get(2)?,
                        store: row.get(3)?,
                        name: row.get(4)?,
                        email: row.get(5)?,
                        words: row.get(6)?,
                    })
                })
                .optional()?;
            let Some(loaded) = loaded else { return Ok(None) };
            self.cached.insert(user.clone(), loaded);
        }
        Ok(self.cached.get_mut(user))
    }

    /// A user's name and e-mail address.
    pub(super) fn find(
        &mut self,
        connection: &Connection,
        user: &UserId,
    ) -> Result<Option<Person>, LogError> {
        Ok(self.load(connection, user)?.map(|known| Person {
            id: user.clone(),
            name: known.name.clone(),
            email: known.email.clone(),
        }))
    }

    /// A user's key. A new user is inserted as a customer.
    pub(super) fn key(
        &mut self,
        connection: &Connection,
        user: &UserId,
        store: &str,
        at: Timestamp,
    ) -> Result<i64, LogError> {
        self.key_as(connection, user, orders::Role::Customer, store, at)
    }

    /// A user's key. A new user is inserted with this role.
    pub(super) fn key_as(
        &mut self,
        connection: &Connection,
        user: &UserId,
        role: orders::Role,
        store: &str,
        at: Timestamp,
    ) -> Result<i64, LogError> {
        if let Some(known) = self.load(connection, user)? {
            return Ok(known.key);
        }
        let role = role.name();
        connection
            .prepare_cached("INSERT INTO users (id, role, store, created_at) VALUES (?1, ?2, ?3, ?4)")?
            .execute((user.as_str(), role, store, millis(at)))?;
        let key = connection.last_insert_rowid();
        let (role, store) = (role.to_owned(), store.to_owned());
        let fresh = CachedUser { key, local: false, role, store, name: None, email: None, words: None };
        self.cached.insert(user.clone(), fresh);
        Ok(key)
    }

    /// Stores what a token of another issuer says about its user.
    pub(super) fn record_external(
        &mut self,
        connection: &Connection,
        user: &ExternalUser,
        at: Timestamp,
    ) -> Result<(), LogError> {
        let key = self.key(connection, &user.user, user.store.as_str(), at)?;
        let Some(known) = self.cached.get_mut(&user.user) else { return Ok(()) };
        let (role, store) = (user.role.name(), user.store.as_str());
        let same = known.role == role
            && known.store == store
            && known.name == user.name
            && known.email == user.email;
        if same || known.local {
            return Ok(());
        }
        role.clone_into(&mut known.role);
        store.clone_into(&mut known.store);
        known.name.clone_from(&user.name);
        known.email.clone_from(&user.email);
        connection
            .prepare_cached("UPDATE users SET role = ?2, store = ?3, name = ?4, email = ?5 WHERE key = ?1")?
            .execute((key, role, store, &user.name, &user.email))?;
        self.index(connection, &user.user, None)
    }

    /// Indexes the words that a user is found by: those of the account, and those of a recipient of their order.
    pub(super) fn index(
        &mut self,
        connection: &Connection,
        user: &UserId,
        shipping: Option<&Address>,
    ) -> Result<(), LogError> {
        let Some(known) = self.load(connection, user)? else { return Ok(()) };
        let before = SearchDocument(known.words.as_deref().unwrap_or_default());
        let Some(after) = before.with(known.name.as_deref(), known.email.as_deref(), shipping) else {
            return Ok(());
        };
        if known.words.is_some() {
            connection.prepare_cached("DELETE FROM people WHERE rowid = ?1")?.execute([known.key])?;
        }
        connection
            .prepare_cached("INSERT INTO people (rowid, words) VALUES (?1, ?2)")?
            .execute((known.key, SearchDocument(&after).indexed()))?;
        connection
            .prepare_cached("UPDATE users SET known_as = ?2 WHERE key = ?1")?
            .execute((known.key, &after))?;
        known.words = Some(after);
        Ok(())
    }
}
