//! The orders of several customers, merged into one walk.

use rusqlite::Connection;

use super::chunks::{CHUNK, Direction, of_customer};
use super::sorted_index::SortedIndex;
use crate::error::LogError;

pub(super) struct MergedWalk {
    lists: Vec<List>,
    direction: Direction,
}

/// Orders in the direction of the walk.
struct List {
    numbers: std::vec::IntoIter<i64>,
    /// The customer who may have more of them, and what is not fetched yet. Both ends are excluded.
    rest: Option<(i64, (i64, i64))>,
}

impl MergedWalk {
    /// The orders of some customers in a range, and further ones in that range, in the direction of the walk.
    pub(super) fn new(customers: &[i64], further: Vec<i64>, range: (i64, i64), direction: Direction) -> Self {
        let unfetched = |key: &i64| List { numbers: Vec::new().into_iter(), rest: Some((*key, range)) };
        let mut lists: Vec<List> = customers.iter().map(unfetched).collect();
        lists.push(List { numbers: further.into_iter(), rest: None });
        Self { lists, direction }
    }

    pub(super) fn next(
        &mut self,
        connection: &Connection,
        customer_orders: &SortedIndex,
    ) -> Result<Option<i64>, LogError> {
        for list in &mut self.lists {
            if list.numbers.as_slice().is_empty() {
                list.fetch(connection, customer_orders, self.direction)?;
            }
        }
        let heads = self.lists.iter().filter_map(|list| list.numbers.as_slice().first().copied());
        let next = match self.direction {
            Direction::Down => heads.max(),
            Direction::Up => heads.min(),
        };
        // An order can be in two lists.
        for list in &mut self.lists {
            if next.is_some() && list.numbers.as_slice().first().copied() == next {
                list.numbers.next();
            }
        }
        Ok(next)
    }
}

impl List {
    fn fetch(
        &mut self,
        connection: &Connection,
        customer_orders: &SortedIndex,
        direction: Direction,
    ) -> Result<(), LogError> {
        let Some((key, (after, before))) = self.rest.take() else { return Ok(()) };
        let numbers = of_customer(connection, customer_orders, key, (after, before), direction, CHUNK)?;
        if let Some(last) = numbers.last().copied().filter(|_| numbers.len() >= CHUNK) {
            let range = match direction {
                Direction::Down => (after, last),
                Direction::Up => (last, before),
            };
            self.rest = Some((key, range));
        }
        self.numbers = numbers.into_iter();
        Ok(())
    }
}
