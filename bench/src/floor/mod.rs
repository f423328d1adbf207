//! Floors: what the machine alone costs, measured in the same run, so that a number says something about the server.
//!
//! - [`http`]: the benchmark against [`server`], which only reads a request and answers.
//! - [`sqlite`]: the rows of a run, written again by a bare loop of prepared statements.
//!
//! To add a floor: a file here that gives something [`report`](crate::report) can print, and a line in
//! `bench/README.md` about what it leaves out.

pub(crate) mod http;
pub(crate) mod server;
pub(crate) mod sqlite;
