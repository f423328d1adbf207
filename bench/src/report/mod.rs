//! What is told at the end: a table to read, and the same as JSON.
//!
//! - [`goals`]: what is asked of the server, and whether it held. [`table`]: columns.
//! - [`orders`], [`floor`]: the pages.

pub(crate) mod floor;
pub(crate) mod goals;
pub(crate) mod orders;
mod table;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::cli::{HttpFloorOptions, OrdersOptions};
use crate::disk::Disk;
use crate::floor::sqlite::SqliteFloor;
use crate::load::LoadResult;
use crate::machine::Machine;
use crate::pages::Page;
use crate::report::goals::Goal;

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It was measured, and nothing was asked of the numbers, or they held.
    Fine,
    /// `--check` was given, and a goal was missed.
    Missed,
}

/// The report of `orders`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrdersReport<'a> {
    /// Where.
    pub(crate) machine: Machine,
    /// With which options.
    pub(crate) options: &'a OrdersOptions,
    /// On which disk.
    pub(crate) disk: Disk,
    /// What HTTP alone costs.
    pub(crate) http_floor: Option<LoadResult>,
    /// What the same rows cost in a bare loop.
    pub(crate) sqlite_floor: Option<SqliteFloor>,
    /// What orders cost.
    pub(crate) orders: LoadResult,
    /// What lists cost.
    pub(crate) pages: Vec<Page>,
    /// How long the server took to stop.
    pub(crate) stop_seconds: f64,
    /// What was asked of all this.
    pub(crate) goals: Vec<Goal>,
}

/// The report of `http-floor`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FloorReport<'a> {
    /// Where.
    pub(crate) machine: Machine,
    /// With which options.
    pub(crate) options: &'a HttpFloorOptions,
    /// What HTTP alone costs.
    pub(crate) floor: LoadResult,
}

/// Writes a report to a file, if there is one.
pub(crate) fn print_goals(goals: &[goals::Goal]) {
    println!("Goals\n{}", orders::goals(goals));
}

/// Writes a report as JSON, where that was asked for.
pub(crate) fn save(file: Option<&Path>, report: &impl Serialize) -> Result<()> {
    let Some(file) = file else { return Ok(()) };
    let mut json = serde_json::to_string_pretty(report)?;
    json.push('\n');
    fs::write(file, json).with_context(|| format!("cannot write {}", file.display()))
}
