//! Users the writer has met: their keys, names, and the words they are found by.

use foldhash::HashMap;
use jiff::Timestamp;
use orders::view::Person;
use orders::{Address, UserId};
use rusqlite::{Connection, OptionalExtension};

use super::rows::millis;
use crate::error::LogError;
use crate::submission::ExternalUser;

/// Users kept in memory; past it all are read anew.
const KEPT: usize = 50_000;
/// How many recipients and phones a customer is found by: the last ones that were new.
const ADDRESSES: usize = 8;

/// A cache of the users table, kept by its only writer.
#[derive(Default)]
pub(super) struct Users {
    known: HashMap<UserId, CachedUser>,
}

struct CachedUser {
    key: i64,
    /// They have a password here, so no token from elsewhere says what they are called.
    local: bool,
    role: String,
    store: String,
    name: Option<String>,
    email: Option<String>,
    /// What the search index holds for them.
    words: Option<String>,
}

impl Users {
    pub(super) fn forget(&mut self) {
        self.known.clear();
    }

    fn load(&mut self, connection: &Connection, user: &UserId) -> Result<Option<&mut CachedUser>, LogError> {
        if !self.known.contains_key(user) {
            if self.known.len() >= KEPT {
                self.known.clear();
            }
            let found = connection
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
            let Some(found) = found else { return Ok(None) };
            self.known.insert(user.clone(), found);
        }
        Ok(self.known.get_mut(user))
    }

    /// Somebody's name and address.
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

    /// Somebody's key; they are entered as a customer if they are new.
    pub(super) fn key(
        &mut self,
        connection: &Connection,
        user: &UserId,
        store: &str,
        at: Timestamp,
    ) -> Result<i64, LogError> {
        self.key_as(connection, user, orders::Role::Customer, store, at)
    }

    /// Likewise, in another role.
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
        self.known.insert(user.clone(), fresh);
        Ok(key)
    }

    /// Somebody from elsewhere acted: keep what their token says of them.
    pub(super) fn record_external(
        &mut self,
        connection: &Connection,
        seen: &ExternalUser,
        at: Timestamp,
    ) -> Result<(), LogError> {
        let key = self.key(connection, &seen.user, seen.store.as_str(), at)?;
        let Some(known) = self.known.get_mut(&seen.user) else { return Ok(()) };
        let (role, store) = (seen.role.name(), seen.store.as_str());
        let same = known.role == role
            && known.store == store
            && known.name == seen.name
            && known.email == seen.email;
        if same || known.local {
            return Ok(());
        }
        role.clone_into(&mut known.role);
        store.clone_into(&mut known.store);
        known.name.clone_from(&seen.name);
        known.email.clone_from(&seen.email);
        connection
            .prepare_cached("UPDATE users SET role = ?2, store = ?3, name = ?4, email = ?5 WHERE key = ?1")?
            .execute((key, role, store, &seen.name, &seen.email))?;
        self.index(connection, &seen.user, None)
    }

    /// Enters the words by which somebody is found, unless they stand there already: those of their account, and
    /// those of a recipient to whom they had something sent.
    pub(super) fn index(
        &mut self,
        connection: &Connection,
        user: &UserId,
        shipping: Option<&Address>,
    ) -> Result<(), LogError> {
        let Some(known) = self.load(connection, user)? else { return Ok(()) };
        let before = known.words.as_deref().unwrap_or_default();
        let account = account_line(known.name.as_deref(), known.email.as_deref());
        let recipient = shipping.map(address_line);
        if stands(before, &account, recipient.as_deref()) {
            return Ok(());
        }
        let after = lines(before, &account, recipient);
        if after.trim().is_empty() || after == before {
            return Ok(());
        }
        if known.words.is_some() {
            connection.prepare_cached("DELETE FROM people WHERE rowid = ?1")?.execute([known.key])?;
        }
        connection
            .prepare_cached("INSERT INTO people (rowid, words) VALUES (?1, ?2)")?
            .execute((known.key, &after))?;
        connection
            .prepare_cached("UPDATE users SET known_as = ?2 WHERE key = ?1")?
            .execute((known.key, &after))?;
        known.words = Some(after);
        Ok(())
    }
}

/// Whether nothing new is to be entered, as with nearly every order.
fn stands(before: &str, account: &str, recipient: Option<&str>) -> bool {
    let mut lines = before.split('\n');
    lines.next() == Some(account) && recipient.is_none_or(|recipient| lines.any(|line| line == recipient))
}

/// The account's line, then a line for each recipient, the newest first.
fn lines(before: &str, account: &str, recipient: Option<String>) -> String {
    let known: Vec<&str> = before.split('\n').skip(1).collect();
    let fresh = recipient.filter(|line| !known.contains(&line.as_str()));
    let recipients = fresh.as_deref().into_iter().chain(known.iter().copied()).take(ADDRESSES);
    std::iter::once(account).chain(recipients).collect::<Vec<_>>().join("\n")
}

/// A token may say anything; a line is one line.
fn account_line(name: Option<&str>, email: Option<&str>) -> String {
    let words: Vec<&str> = [name, email].into_iter().flatten().collect();
    words.join(" ").replace(char::is_control, " ")
}

/// The phone also as digits alone, the way most people type it into a search.
fn address_line(address: &Address) -> String {
    let mut words = vec![address.name.as_str().to_owned()];
    if let Some(phone) = &address.phone {
        words.push(phone.as_str().to_owned());
        let digits: String = phone.as_str().chars().filter(char::is_ascii_digit).collect();
        if digits != phone.as_str() {
            words.push(digits);
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_recipients_stay_findable_and_known_ones_change_nothing() {
        let mut words = lines("", "Asha", Some("A".to_owned()));
        assert_eq!(words, "Asha\nA");
        for recipient in ["B", "A", "B"] {
            words = lines(&words, "Asha", Some(recipient.to_owned()));
        }
        assert_eq!(words, "Asha\nB\nA");
        assert!(stands(&words, "Asha", Some("A")) && stands(&words, "Asha", None));
        assert!(!stands(&words, "Asha", Some("C")) && !stands(&words, "Rao", Some("A")));
        assert_eq!(lines(&words, "Asha Rao", None), "Asha Rao\nB\nA", "another name keeps the recipients");
        for n in 0..20 {
            words = lines(&words, "Asha", Some(n.to_string()));
        }
        assert_eq!(words, "Asha\n19\n18\n17\n16\n15\n14\n13\n12");
    }

    #[test]
    fn a_phone_is_found_with_and_without_its_spaces() {
        let address = Address {
            name: "Asha".parse().unwrap(),
            phone: Some("+49 170 123".parse().unwrap()),
            line1: "x".parse().unwrap(),
            line2: None,
            city: "y".parse().unwrap(),
            region: None,
            postal_code: None,
            country: None,
        };
        assert_eq!(address_line(&address), "Asha +49 170 123 49170123");
    }
}
