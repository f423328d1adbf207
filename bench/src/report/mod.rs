//! Reports: tables for people, and JSON.
//!
//! - [`goals`]: the goals. [`table`]: columns of text.
//! - [`orders`], [`floor`]: the reports.

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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// All goals were met, or `--check` was not given.
    Fine,
    /// `--check` was given, and a goal was missed.
    Missed,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrdersReport<'a> {
    pub(crate) machine: Machine,
    pub(crate) options: &'a OrdersOptions,
    pub(crate) disk: Disk,
    pub(crate) http_floor: Option<LoadResult>,
    pub(crate) sqlite_floor: Option<SqliteFloor>,
    pub(crate) orders: LoadResult,
    pub(crate) pages: Vec<Page>,
    pub(crate) stop_seconds: f64,
    pub(crate) goals: Vec<Goal>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FloorReport<'a> {
    pub(crate) machine: Machine,
    pub(crate) options: &'a HttpFloorOptions,
    pub(crate) floor: LoadResult,
}

pub(crate) fn print_goals(goals: &[goals::Goal]) {
    println!("Goals\n{}", orders::goals(goals));
}

/// Writes a report as JSON, if a file is given.
pub(crate) fn save(file: Option<&Path>, report: &impl Serialize) -> Result<()> {
    let Some(file) = file else { return Ok(()) };
    let mut json = serde_json::to_string_pretty(report)?;
    json.push('\n');
    fs::write(file, json).with_context(|| format!("cannot write {}", file.display()))
}
