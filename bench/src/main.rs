//! `ordercast-bench` measures a real server process from outside, over TCP.
//!
//! It starts the server on one core, generates load on another core, and prints beside every number what the machine
//! alone would cost: a bare HTTP request, a bare `fdatasync`. Read the modules in this order:
//!
//! - [`cli`]: the command line. [`orders`], [`floor`]: the benchmarks, from start to report.
//! - [`server_process`]: the server process. [`environment`]: its environment.
//!   [`cpu_affinity`]: pins processes to cores. [`interrupt`]: handles Ctrl-C.
//! - [`shop`]: products and customers of a run. [`token`]: their tokens. [`client`]: one request at a time.
//! - [`request`], [`response`]: HTTP/1.1 as bytes. [`load`]: many connections at once, each with one request in flight.
//! - [`pages`]: times lists. [`sockets`]: live connections.
//! - [`latency`], [`usage`], [`disk`], [`machine`]: measurements. [`report`]: the output.
//!
//! It does not link the server's code: any server with the same HTTP API can be measured.
//!
//! To add a benchmark, add a subcommand to [`cli`], a file beside [`orders`], its goals to [`report::goals`], and a
//! section to `bench/README.md`.

mod cli;
mod client;
mod cpu_affinity;
mod disk;
mod environment;
mod floor;
mod interrupt;
mod latency;
mod load;
mod machine;
mod orders;
mod pages;
mod report;
mod request;
mod response;
mod server_process;
mod shop;
mod sockets;
mod token;
mod units;
mod usage;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::cli::{BenchCommand, Cli};
use crate::report::Verdict;

/// Exit code of a run that missed a goal under `--check`. 1 is a failed run, 2 an invalid command line.
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

fn run(command: BenchCommand) -> Result<Verdict> {
    match command {
        BenchCommand::Orders(options) => orders::run(&options),
        BenchCommand::HttpFloor(options) => floor::http::run(&options),
        BenchCommand::Serve(options) => floor::server::serve(options.listen).map(|()| Verdict::Fine),
        BenchCommand::Sockets(options) => sockets::run(&options),
        BenchCommand::FanOut(options) => sockets::floor::serve(&options).map(|()| Verdict::Fine),
        BenchCommand::ExecPinned(options) => cpu_affinity::exec(&options).map(|never| match never {}),
    }
}
