//! Which orders a filter wants, as far as the columns of their rows tell it: no order is loaded and parsed in vain.

use orders::UserId;
use rusqlite::{CachedStatement, Connection, OptionalExtension};

use super::keys::{store_key, user_key};
use super::rows::status_code;
use super::search::Search;
use crate::error::LogError;
use crate::read_backend::OrderFilter;
use crate::topic::Topic;

pub(super) struct Wanted<'a> {
    columns: CachedStatement<'a>,
    store: Option<i64>,
    customer: Option<i64>,
    /// Only the state of an order has its driver, so it is read last.
    driver: Option<(CachedStatement<'a>, &'a UserId)>,
    statuses: Vec<i64>,
    search: &'a Search,
}

impl<'a> Wanted<'a> {
    pub(super) fn new(
        connection: &'a Connection,
        filter: &'a OrderFilter,
        search: &'a Search,
    ) -> Result<Self, LogError> {
        let (store, customer, driver) = match &filter.topic {
            Topic::Store(store) => (store_key(connection, store)?, None, None),
            Topic::Customer(user) => (None, user_key(connection, user)?, None),
            Topic::Driver(user) => {
                let find =
                    connection.prepare_cached("SELECT state ->> '$.driver' FROM orders WHERE number = ?1")?;
                (None, None, Some((find, user)))
            }
        };
        let columns =
            connection.prepare_cached("SELECT store, customer, status FROM orders WHERE number = ?1")?;
        let statuses = filter.statuses.iter().map(|status| status_code(*status)).collect();
        Ok(Self { columns, store, customer, driver, statuses, search })
    }

    pub(super) fn contains(&mut self, number: i64) -> Result<bool, LogError> {
        let row = self.columns.query_row([number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        let row: Option<(i64, i64, i64)> = row.optional()?;
        let Some((store, customer, status)) = row else { return Ok(false) };
        let may_be_mine =
            self.driver.is_some() || self.store == Some(store) || self.customer == Some(customer);
        let in_status = self.statuses.is_empty() || self.statuses.contains(&status);
        if !may_be_mine || !in_status || !self.search.matches(number, customer) {
            return Ok(false);
        }
        let Some((find, user)) = &mut self.driver else { return Ok(true) };
        let driver: Option<String> = find.query_row([number], |row| row.get(0))?;
        Ok(driver.as_deref() == Some(user.as_str()))
    }
}
