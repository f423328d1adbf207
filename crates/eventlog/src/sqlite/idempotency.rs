//! Responses stored under idempotency keys.
//!
//! Nearly all keys are new, and a new key must not cost a search through a day of keys: [`BloomFilters`] in memory rule
//! them out. A stored response says which order it was about and at which position in the log; the order as it was then
//! is rebuilt from its events.

use foldhash::HashMap;
use jiff::Timestamp;
use orders::OrderNumber;
use orders::order::Version;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::bloom::BloomFilters;
use super::rows::{self, millis};
use super::sorted_index::{IndexEntry, IndexSource, SortedIndex};
use crate::cursor::Seq;
use crate::error::LogError;
use crate::retention::earlier;
use crate::stored_event::CatalogProduct;
use crate::submission::{IDEMPOTENCY_TTL, Idempotency, Outcome};
use crate::write_backend::IdempotentResponse;

#[derive(Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
enum StoredOutcome {
    /// The order at this version and at the response's position in the log.
    Order {
        number: OrderNumber,
        version: Version,
    },
    /// Likewise, of a command that changed nothing.
    Unchanged {
        number: OrderNumber,
        version: Version,
    },
    Product {
        product: orders::Product,
        details: orders::product::Details,
    },
    /// A refused command of a submission in which other commands succeeded.
    Refused {
        code: String,
        detail: String,
    },
}

/// The most rows that one round of maintenance deletes.
const MAINTAIN_ROWS: i64 = 2000;

pub(super) struct IdempotencyStore {
    runs: SortedIndex,
    /// A filter for each run, and one for the entries in memory, which become the next run.
    filters: BloomFilters,
    /// The oldest run that is not deleted.
    oldest_run: i64,
    /// The oldest run was deleted by the open transaction.
    deleted_oldest: bool,
}

/// The index key: the first eight bytes of the hash.
fn fingerprint(scope: &[u8; 16]) -> i64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&scope[..8]);
    i64::from_le_bytes(bytes)
}

const SOURCE: IndexSource = IndexSource {
    name: "answer",
    newest: "SELECT coalesce(max(row), 0) FROM answers",
    load_after: |connection, last| {
        let mut rest =
            connection.prepare_cached("SELECT scope, row FROM answers WHERE row > ?1 ORDER BY row")?;
        let rest = rest.query_map([last], |row| {
            let scope: [u8; 16] = row.get(0)?;
            Ok(IndexEntry { key: fingerprint(&scope), value: row.get(1)? })
        })?;
        Ok(rest.collect::<Result<_, _>>()?)
    },
};

impl IdempotencyStore {
    pub(super) fn open(connection: &Connection) -> Result<Self, LogError> {
        let runs = SortedIndex::open(connection, SOURCE)?;
        let mut ends = connection.prepare("SELECT run FROM answer_run_ends ORDER BY run")?;
        let all = ends.query_map((), |row| row.get::<_, i64>(0))?.collect::<Result<Vec<_>, _>>()?;
        let oldest_run = all.first().copied().unwrap_or(runs.next());
        let mut store = Self { runs, filters: BloomFilters::default(), oldest_run, deleted_oldest: false };
        for run in all {
            store.filter_run(connection, run)?;
        }
        store.filter_current();
        Ok(store)
    }

    /// Takes in the responses that another process stored, inside the writer's transaction.
    pub(super) fn reload(&mut self, connection: &Connection) -> Result<(), LogError> {
        let known = self.runs.next();
        self.runs.reload(connection)?;
        for run in known..self.runs.next() {
            self.filter_run(connection, run)?;
        }
        self.filter_current();
        Ok(())
    }

    fn filter_run(&mut self, connection: &Connection, run: i64) -> Result<(), LogError> {
        let mut keys = connection.prepare_cached("SELECT key FROM answer_runs WHERE run = ?1")?;
        let mut rows = keys.query([run])?;
        while let Some(row) = rows.next()? {
            self.filters.insert(run, row.get(0)?);
        }
        Ok(())
    }

    fn filter_current(&mut self) {
        for entry in self.runs.current() {
            self.filters.insert(self.runs.next(), entry.key);
        }
    }

    /// Adds the responses of the last 24 hours to `found`.
    pub(super) fn find(
        &self,
        connection: &Connection,
        scopes: &[[u8; 16]],
        now: Timestamp,
        found: &mut HashMap<[u8; 16], IdempotentResponse>,
    ) -> Result<(), LogError> {
        let in_memory = self.runs.next();
        for scope in scopes {
            let key = fingerprint(scope);
            let mut candidates = Vec::new();
            for run in self.filters.candidates(key) {
                candidates.extend(if run == in_memory {
                    self.runs.in_memory(key)
                } else {
                    self.runs.in_run(connection, run, key)?
                });
            }
            for row in candidates {
                if let Some(response) = read(connection, row, scope, now)? {
                    found.insert(*scope, response);
                    break;
                }
            }
        }
        Ok(())
    }

    /// Stores responses inside the writer's transaction.
    pub(super) fn add(
        &mut self,
        connection: &Connection,
        responses: &[(Idempotency, Seq, Vec<Outcome>)],
        at: Timestamp,
    ) -> Result<(), LogError> {
        let mut insert = connection.prepare_cached(
            "INSERT INTO answers (scope, body, at, seq, outcomes) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        let mut entries = Vec::with_capacity(responses.len());
        let run = self.runs.next();
        for (key, seq, outcomes) in responses {
            let outcomes: Vec<StoredOutcome> = outcomes.iter().map(StoredOutcome::of).collect();
            insert.execute((
                key.scope,
                key.body,
                millis(at),
                seq.sql(),
                serde_json::to_string(&outcomes)?,
            ))?;
            let entry = IndexEntry { key: fingerprint(&key.scope), value: connection.last_insert_rowid() };
            self.filters.insert(run, entry.key);
            entries.push(entry);
        }
        self.runs.add(connection, entries.into_iter())?;
        Ok(())
    }

    pub(super) fn committed(&mut self) {
        self.runs.committed();
        if std::mem::take(&mut self.deleted_oldest) {
            self.filters.discard_through(self.oldest_run);
            self.oldest_run += 1;
        }
    }

    /// The filters keep the keys that were rolled back. Each costs one search that finds nothing.
    pub(super) fn rolled_back(&mut self) {
        self.runs.rolled_back();
        self.deleted_oldest = false;
    }

    /// Deletes some of the responses that are older than 24 hours. Returns whether there were any.
    pub(super) fn maintain(&mut self, connection: &Connection, now: Timestamp) -> Result<bool, LogError> {
        let limit = millis(earlier(now, IDEMPOTENCY_TTL));
        // The newest row stays, because the next row number follows from it and the runs need rising numbers.
        let deleted = connection
            .prepare_cached(
                "DELETE FROM answers WHERE row IN \
                 (SELECT row FROM (SELECT row, at FROM answers ORDER BY row LIMIT ?2) WHERE at < ?1) \
                 AND row < (SELECT max(row) FROM answers)",
            )?
            .execute((limit, MAINTAIN_ROWS))?;
        let run = self.oldest_run;
        if run >= self.runs.next() {
            return Ok(deleted > 0);
        }
        let all_deleted: bool = connection
            .prepare_cached(
                "SELECT NOT EXISTS (SELECT 1 FROM answers \
                 WHERE row <= (SELECT last FROM answer_run_ends WHERE run = ?1))",
            )?
            .query_row([run], |row| row.get(0))?;
        if all_deleted {
            connection.prepare_cached("DELETE FROM answer_runs WHERE run = ?1")?.execute([run])?;
            // The newest run end stays, because the next run number follows from it.
            connection
                .prepare_cached(
                    "DELETE FROM answer_run_ends WHERE run = ?1 AND run < (SELECT max(run) FROM answer_run_ends)",
                )?
                .execute([run])?;
            self.deleted_oldest = true;
        }
        Ok(deleted > 0 || all_deleted)
    }
}

fn read(
    connection: &Connection,
    row: i64,
    scope: &[u8; 16],
    now: Timestamp,
) -> Result<Option<IdempotentResponse>, LogError> {
    let mut find =
        connection.prepare_cached("SELECT scope, body, at, seq, outcomes FROM answers WHERE row = ?1")?;
    let mut rows = find.query([row])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let at = rows::timestamp(row.get(2)?);
    if row.get::<_, [u8; 16]>(0)? != *scope || now.duration_since(at) >= IDEMPOTENCY_TTL {
        return Ok(None);
    }
    let seq = Seq(row.get::<_, i64>(3)?.unsigned_abs());
    let stored: Vec<StoredOutcome> =
        serde_json::from_str(row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?)?;
    let outcomes = stored.into_iter().map(|outcome| outcome.restore(connection, seq));
    Ok(Some(IdempotentResponse { body: row.get(1)?, outcomes: outcomes.collect::<Result<_, _>>()? }))
}

impl StoredOutcome {
    fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Order(snapshot) => {
                Self::Order { number: snapshot.order.number, version: snapshot.order.version }
            }
            Outcome::Unchanged(snapshot) => {
                Self::Unchanged { number: snapshot.order.number, version: snapshot.order.version }
            }
            Outcome::Product(catalog_product) => Self::Product {
                product: catalog_product.product.clone(),
                details: catalog_product.details.clone(),
            },
            Outcome::Refused(refusal) => {
                Self::Refused { code: refusal.code().to_owned(), detail: refusal.to_string() }
            }
            Outcome::RefusedBefore { code, detail } => {
                Self::Refused { code: code.clone(), detail: detail.clone() }
            }
        }
    }

    fn restore(self, connection: &Connection, seq: Seq) -> Result<Outcome, LogError> {
        Ok(match self {
            Self::Order { number, version } => {
                Outcome::Order(super::history::as_of(connection, number, seq, version)?)
            }
            Self::Unchanged { number, version } => {
                Outcome::Unchanged(super::history::as_of(connection, number, seq, version)?)
            }
            Self::Product { product, details } => {
                Outcome::Product(std::sync::Arc::new(CatalogProduct { product, details }))
            }
            Self::Refused { code, detail } => Outcome::RefusedBefore { code, detail },
        })
    }
}
