//! `ordercast-bench` measures a real server process from outside, over TCP.
//!
//! It starts the server itself on one core, works from another core, and says beside every number what the machine
//! alone would cost: a bare HTTP request, a bare `fdatasync`. Read in this order:
//!
//! - [`cli`]: what can be asked. [`orders`], [`floor`]: the benchmarks, from start to report.
//! - [`child`]: the server process, from start to certain end. [`environment`]: the options it is started with.
//!   [`pinned`]: which core a process runs on. [`interrupt`]: Ctrl-C.
//! - [`shop`]: the products and customers of a run. [`token`]: their tokens. [`client`]: one request after another.
//! - [`request`], [`response`]: HTTP/1.1 as bytes. [`load`]: many connections at once, each with one request in flight.
//! - [`pages`]: how quickly lists answer. [`sockets`]: live connections.
//! - [`latency`], [`usage`], [`disk`], [`machine`]: what is measured. [`report`]: how it is told.
//!
//! It never links the server's code: whatever speaks the HTTP contract can be measured.
//!
//! To add a benchmark: a subcommand in [`cli`], a file beside [`orders`], its goals in [`report::goals`], and a
//! section in `bench/README.md`.

mod child;
mod cli;
mod client;
mod disk;
mod environment;
mod floor;
mod interrupt;
mod latency;
mod load;
mod machine;
mod orders;
mod pages;
mod pinned;
mod report;
mod request;
mod response;
mod shop;
mod sockets;
mod token;
mod units;
mod usage;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::cli::{Cli, Command};
use crate::report::Verdict;

/// The run was measured, and missed a goal that `--check` asked for. (1 is a failed run, 2 a wrong command line.)
const MISSED: u8 = 3;

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(Verdict::Fine) => ExitCode::SUCCESS,
        Ok(Verdict::Missed) => ExitCode::from(MISSED),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<Verdict> {
    match command {
        Command::Orders(options) => orders::run(&options),
        Command::HttpFloor(options) => floor::http::run(&options),
        Command::Serve(options) => floor::server::serve(options.listen).map(|()| Verdict::Fine),
        Command::Sockets(options) => sockets::run(&options),
        Command::FanOut(options) => sockets::floor::serve(&options).map(|()| Verdict::Fine),
        Command::ExecPinned(options) => pinned::exec(&options).map(|never| match never {}),
    }
}
