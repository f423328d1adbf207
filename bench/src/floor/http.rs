//! `http-floor`: the requests of the orders benchmark, sent by the same generator, against a server that only answers.

use std::path::Path;

use anyhow::{Context, Result};

use crate::cli::{HttpFloorOptions, LoadOptions};
use crate::cpu_affinity;
use crate::environment;
use crate::interrupt::Interrupt;
use crate::load::{self, LoadResult, Plan};
use crate::machine::Machine;
use crate::report::{self, FloorReport, Verdict};
use crate::server_process::Launch;
use crate::shop::Shop;
use crate::usage::Probe;

pub(crate) fn run(options: &HttpFloorOptions) -> Result<Verdict> {
    let interrupt = Interrupt::install()?;
    let machine = Machine::describe();
    let directory = tempfile::Builder::new().prefix("ordercast-bench-").tempdir()?;
    cpu_affinity::pin_to_core(options.load.client_core)?;
    let floor = measure(options.requests, &options.load, directory.path(), &interrupt)?;
    let report = FloorReport { machine, options, floor };
    report::floor::print(&report);
    report::save(options.load.json.as_deref(), &report)?;
    Ok(Verdict::Fine)
}

/// Starts the floor's server in a directory of its own, and sends it so many requests.
pub(crate) fn measure(
    requests: u64,
    options: &LoadOptions,
    directory: &Path,
    interrupt: &Interrupt,
) -> Result<LoadResult> {
    eprintln!("bare HTTP floor: {requests} requests");
    let directory = directory.join("http-floor");
    std::fs::create_dir(&directory)?;
    let own = std::env::current_exe().context("cannot find our own binary")?;
    let server = Launch {
        binary: &own,
        core: options.server_core,
        directory: &directory,
        environment: &environment::for_server(&[]),
        arguments: &[],
    }
    .start(interrupt)?;
    let shop = Shop::open(server.address(), options, interrupt)?;
    let plan = Plan {
        address: server.address(),
        connections: options.connections,
        requests,
        window: options.window,
        max_failures: options.max_failures,
        deadline: options.deadline(),
    };
    let probe = Probe {
        pid: server.pid(),
        data: server.data().to_owned(),
        server_core: options.server_core,
        client_core: options.client_core,
    };
    let load = load::drive(&plan, &mut shop.requests(options.seed, options), &probe, interrupt)?;
    server.stop()?;
    Ok(load)
}
