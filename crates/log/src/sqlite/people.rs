//! People the writer has met: their keys, names, and the words they are found by.

use std::collections::HashMap;

use jiff::Timestamp;
use orders::view::Person;
use orders::{Address, UserId};
use rusqlite::{Connection, OptionalExtension};

use super::rows::millis;
use crate::error::LogError;
use crate::submission::Seen;

/// People kept in memory; past it all are read anew.
const KEPT: usize = 50_000;

/// A cache of the users table, kept by its only writer.
#[derive(Default)]
pub(super) struct People {
    known: HashMap<UserId, Known>,
}

struct Known {
    key: i64,
    name: Option<String>,
    email: Option<String>,
    known_as: Option<String>,
}

impl People {
    pub(super) fn forget(&mut self) {
        self.known.clear();
    }

    fn load(&mut self, connection: &Connection, user: &UserId) -> Result<Option<&mut Known>, LogError> {
        if !self.known.contains_key(user) {
            if self.known.len() >= KEPT {
                self.known.clear();
            }
            let found = connection
                .prepare_cached("SELECT key, name, email, known_as FROM users WHERE id = ?1")?
                .query_row([user.as_str()], |row| {
                    Ok(Known { key: row.get(0)?, name: row.get(1)?, email: row.get(2)?, known_as: row.get(3)? })
                })
                .optional()?;
            let Some(found) = found else { return Ok(None) };
            self.known.insert(user.clone(), found);
        }
        Ok(self.known.get_mut(user))
    }

    /// Somebody's name and address.
    pub(super) fn find(&mut self, connection: &Connection, user: &UserId) -> Result<Option<Person>, LogError> {
        Ok(self.load(connection, user)?.map(|known| Person {
            id: user.clone(),
            name: known.name.clone(),
            email: known.email.clone(),
        }))
    }

    /// Somebody's key; they are entered as a customer if they are new.
    pub(super) fn key(
        &mut self,
        connection: &Connection,
        user: &UserId,
        store: &str,
        at: Timestamp,
    ) -> Result<i64, LogError> {
        if let Some(known) = self.load(connection, user)? {
            return Ok(known.key);
        }
        connection
            .prepare_cached("INSERT INTO users (id, role, store, created_at) VALUES (?1, 'customer', ?2, ?3)")?
            .execute((user.as_str(), store, millis(at)))?;
        let key = connection.last_insert_rowid();
        self.known.insert(user.clone(), Known { key, name: None, email: None, known_as: None });
        Ok(key)
    }

    /// Somebody from elsewhere acted: keep what their token says of them.
    pub(super) fn seen(&mut self, connection: &Connection, seen: &Seen, at: Timestamp) -> Result<(), LogError> {
        let key = self.key(connection, &seen.user, seen.store.as_str(), at)?;
        let Some(known) = self.known.get_mut(&seen.user) else { return Ok(()) };
        if known.name == seen.name && known.email == seen.email {
            return Ok(());
        }
        known.name.clone_from(&seen.name);
        known.email.clone_from(&seen.email);
        connection
            .prepare_cached("UPDATE users SET role = ?2, store = ?3, name = ?4, email = ?5 WHERE key = ?1")?
            .execute((key, seen.role.name(), seen.store.as_str(), &seen.name, &seen.email))?;
        self.index(connection, &seen.user, None)
    }

    /// A customer had something sent to this address: they can be found by it from now on.
    pub(super) fn known_as(
        &mut self,
        connection: &Connection,
        user: &UserId,
        shipping: &Address,
    ) -> Result<(), LogError> {
        self.index(connection, user, Some(shipping))
    }

    /// Enters somebody's words into the search index, unless they stand there already.
    pub(super) fn index(
        &mut self,
        connection: &Connection,
        user: &UserId,
        shipping: Option<&Address>,
    ) -> Result<(), LogError> {
        let Some(known) = self.load(connection, user)? else { return Ok(()) };
        let recipient = shipping.map(|address| address.name.as_str());
        let phone = shipping.and_then(|address| address.phone.as_ref()).map(orders::text::Line::as_str);
        let account = [known.name.as_deref(), known.email.as_deref()];
        let words: Vec<&str> = account.into_iter().chain([recipient, phone]).flatten().collect();
        let words = words.join(" ");
        if words.is_empty() || known.known_as.as_deref() == Some(&words) {
            return Ok(());
        }
        if known.known_as.is_some() {
            connection.prepare_cached("DELETE FROM people WHERE rowid = ?1")?.execute([known.key])?;
        }
        connection
            .prepare_cached("INSERT INTO people (rowid, words) VALUES (?1, ?2)")?
            .execute((known.key, &words))?;
        connection
            .prepare_cached("UPDATE users SET known_as = ?2 WHERE key = ?1")?
            .execute((known.key, &words))?;
        known.known_as = Some(words);
        Ok(())
    }
}
