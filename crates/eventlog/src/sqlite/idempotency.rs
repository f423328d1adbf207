//! IdempotencyStore remembered under idempotency keys.
//!
//! A fresh key, which nearly all are, must not cost a search through a day of keys: [`BloomFilters`] say "surely not here"
//! from memory. What is stored of an answer is which order at which event; the order as it was is
//! read from the log again.

use foldhash::HashMap;
use jiff::Timestamp;
use orders::OrderNumber;
use orders::order::Version;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::bloom::BloomFilters;
use super::rows::{self, millis};
use super::sorted_index::{IndexEntry, SortedIndex};
use crate::cursor::Seq;
use crate::error::LogError;
use crate::retention::earlier;
use crate::stored_event::CatalogProduct;
use crate::submission::{IDEMPOTENCY_TTL, Idempotency, Outcome};
use crate::write_backend::IdempotentResponse;

/// An outcome as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
enum StoredOutcome {
    /// The order, as it was at that version and at the answer's place in the log.
    Order { number: OrderNumber, version: Version },
    /// The product as it was.
    Product { product: orders::Product, details: orders::product::Details },
    /// A refusal among successes.
    Refused { code: String, detail: String },
}

/// The most rows that one round of housekeeping deletes.
const MAINTAIN_ROWS: i64 = 2000;

pub(super) struct IdempotencyStore {
    runs: SortedIndex,
    /// A filter for each run, and for the one that the entries in memory will be.
    filters: BloomFilters,
    /// The oldest run that was not forgotten.
    oldest: i64,
    /// The oldest run was deleted, but that is not committed.
    forgotten: bool,
}

/// The first eight bytes of a key's hash.
fn fingerprint(scope: &[u8; 16]) -> i64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&scope[..8]);
    i64::from_le_bytes(bytes)
}

impl IdempotencyStore {
    pub(super) fn open(connection: &Connection) -> Result<Self, LogError> {
        // A key's first eight bytes are stored in the row too, as the head of `scope`.
        let runs = SortedIndex::open_with(
            connection,
            "answer",
            "SELECT scope, row FROM answers WHERE row > ?1",
            |row| {
                let scope: [u8; 16] = row.get(0)?;
                Ok(IndexEntry { key: fingerprint(&scope), value: row.get(1)? })
            },
        )?;
        let mut filters = BloomFilters::default();
        let mut ends = connection.prepare("SELECT run FROM answer_run_ends ORDER BY run")?;
        let mut keys = connection.prepare("SELECT key FROM answer_runs WHERE run = ?1")?;
        let all = ends.query_map((), |row| row.get::<_, i64>(0))?.collect::<Result<Vec<_>, _>>()?;
        let oldest = all.first().copied().unwrap_or(runs.next());
        for run in all {
            let mut rows = keys.query([run])?;
            while let Some(row) = rows.next()? {
                filters.insert(run, row.get(0)?);
            }
        }
        for entry in runs.current() {
            filters.insert(runs.next(), entry.key);
        }
        Ok(Self { runs, filters, oldest, forgotten: false })
    }

    /// What was answered under these keys within the last day.
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
            for run in self.filters.maybe(key) {
                candidates.extend(if run == in_memory {
                    self.runs.in_memory(key)
                } else {
                    self.runs.in_run(connection, run, key)?
                });
            }
            for row in candidates {
                if let Some(answer) = read(connection, row, scope, now)? {
                    found.insert(*scope, answer);
                    break;
                }
            }
        }
        Ok(())
    }

    /// Remembers answers, inside the writer's transaction.
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
        if std::mem::take(&mut self.forgotten) {
            self.filters.forget(self.oldest);
            self.oldest += 1;
        }
    }

    /// A filter may then say "maybe" about keys that came to nothing, which costs a search and no more.
    pub(super) fn rolled_back(&mut self) {
        self.runs.rolled_back();
        self.forgotten = false;
    }

    /// Forgets a little of what is older than a day. Returns whether anything was deleted.
    pub(super) fn maintain(&mut self, connection: &Connection, now: Timestamp) -> Result<bool, LogError> {
        let limit = millis(earlier(now, IDEMPOTENCY_TTL));
        // The newest row stays: rows are numbered on from it, and the runs rely on their numbers to rise.
        let deleted = connection
            .prepare_cached(
                "DELETE FROM answers WHERE row IN \
                 (SELECT row FROM (SELECT row, at FROM answers ORDER BY row LIMIT ?2) WHERE at < ?1) \
                 AND row < (SELECT max(row) FROM answers)",
            )?
            .execute((limit, MAINTAIN_ROWS))?;
        let run = self.oldest;
        if run >= self.runs.next() {
            return Ok(deleted > 0);
        }
        let over: bool = connection
            .prepare_cached(
                "SELECT NOT EXISTS (SELECT 1 FROM answers \
                 WHERE row <= (SELECT last FROM answer_run_ends WHERE run = ?1))",
            )?
            .query_row([run], |row| row.get(0))?;
        if over {
            connection.prepare_cached("DELETE FROM answer_runs WHERE run = ?1")?.execute([run])?;
            // The newest end stays: it says where the runs go on.
            connection
                .prepare_cached(
                    "DELETE FROM answer_run_ends WHERE run = ?1 AND run < (SELECT max(run) FROM answer_run_ends)",
                )?
                .execute([run])?;
            self.forgotten = true;
        }
        Ok(deleted > 0 || over)
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
            Self::Product { product, details } => {
                Outcome::Product(std::sync::Arc::new(CatalogProduct { product, details }))
            }
            Self::Refused { code, detail } => Outcome::RefusedBefore { code, detail },
        })
    }
}
