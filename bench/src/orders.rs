//! `orders`: creates orders on many connections, each durable before its answer, then reads the lists.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::cli::{OnOff, OrdersOptions};
use crate::client::{HttpClient, HttpRequest};
use crate::disk::Disk;
use crate::interrupt::Interrupt;
use crate::load::{self, LoadResult, Plan};
use crate::machine::Machine;
use crate::pages::{self, Page};
use crate::report::{self, OrdersReport, Verdict, goals};
use crate::server_process::{Launch, ServerProcess};
use crate::shop::Shop;
use crate::units::{float, ratio};
use crate::usage::Probe;
use crate::{cpu_affinity, environment, floor};

pub(crate) fn run(options: &OrdersOptions) -> Result<Verdict> {
    let interrupt = Interrupt::install()?;
    let binary = binary(options)?;
    let machine = Machine::describe();
    let base = options.data.clone().unwrap_or_else(std::env::temp_dir);
    let directory = tempfile::Builder::new()
        .prefix("ordercast-bench-")
        .disable_cleanup(options.keep)
        .tempdir_in(&base)
        .with_context(|| format!("cannot make a directory in {}", base.display()))?;
    cpu_affinity::pin_to_core(options.load.client_core)?;

    let disk = Disk::probe(directory.path())?;
    let http_floor = match options.floor {
        OnOff::On => {
            Some(floor::http::measure(options.floor_requests, &options.load, directory.path(), &interrupt)?)
        }
        OnOff::Off => None,
    };
    let server = start(options, &binary, directory.path(), &interrupt)?;
    let (load, pages, batches) =
        measure(options, &server, &interrupt).inspect_err(|_| eprintln!("{}", server.last_words()))?;
    let data = server.data().to_owned();
    let stopped_in = server.stop()?;
    let sqlite_floor = match (options.floor, batches) {
        (OnOff::On, Some(batches)) => {
            eprintln!("the same rows in a bare loop");
            let (core, batch) = (options.load.server_core, ratio(float(load.created), batches));
            Some(floor::sqlite::measure(&data, directory.path(), core, batch, load.per_second, &interrupt)?)
        }
        _ => None,
    };

    let goals = goals::of_orders(&load, &pages, sqlite_floor.as_ref());
    let missed = goals.iter().any(|goal| !goal.met);
    let report = OrdersReport {
        machine,
        options,
        disk,
        http_floor,
        sqlite_floor,
        orders: load,
        pages,
        stop_seconds: stopped_in.as_secs_f64(),
        goals,
    };
    report::orders::print(&report);
    report::save(options.load.json.as_deref(), &report)?;
    if options.keep {
        println!("kept: {}", directory.path().display());
    }
    Ok(if options.check && missed { Verdict::Missed } else { Verdict::Fine })
}

fn start(
    options: &OrdersOptions,
    binary: &Path,
    directory: &Path,
    interrupt: &Interrupt,
) -> Result<ServerProcess> {
    Launch {
        binary,
        core: options.load.server_core,
        directory,
        environment: &environment::for_server(&options.env),
        arguments: &options.server_arguments,
    }
    .start(interrupt)
}

fn measure(
    options: &OrdersOptions,
    server: &ServerProcess,
    interrupt: &Interrupt,
) -> Result<(LoadResult, Vec<Page>, Option<f64>)> {
    let start = Instant::now();
    let shop = Shop::open(server.address(), &options.load, interrupt)?;
    shop.deliver(options.delivered, &options.load, interrupt)?;
    eprintln!("orders: {} (the shop was ready after {:.1} s)", options.orders, start.elapsed().as_secs_f64());
    let plan = Plan {
        address: server.address(),
        connections: options.load.connections,
        requests: options.orders,
        window: options.load.window,
        max_failures: options.load.max_failures,
        deadline: options.load.deadline(),
    };
    let probe = Probe {
        pid: server.pid(),
        data: server.data().to_owned(),
        server_core: options.load.server_core,
        client_core: options.load.client_core,
    };
    let mut requests = shop.requests(options.load.seed, &options.load);
    let before = batches(server)?;
    let load = load::drive(&plan, &mut requests, &probe, interrupt)?;
    let batches = batches(server)?.zip(before).map(|(after, before)| after - before);
    eprintln!("lists: {} requests each", options.page_requests);
    let pages = pages::read(server.address(), &shop, options.page_requests, interrupt)?;
    Ok((load, pages, batches))
}

/// Committed transactions, from the server's metrics; `None` for another server.
fn batches(server: &ServerProcess) -> Result<Option<f64>> {
    let answer = HttpClient::new(server.address()).request(HttpRequest {
        method: "GET",
        path: "/metrics",
        token: None,
        body: None,
    })?;
    let text = String::from_utf8_lossy(&answer.body);
    let count = text.lines().find_map(|line| line.strip_prefix("ordercast_batches_committed_total "));
    Ok(count.and_then(|count| count.trim().parse().ok()))
}

/// The server of `--server`, or else the `ordercast` beside this program.
fn binary(options: &OrdersOptions) -> Result<PathBuf> {
    let binary = match &options.server {
        Some(binary) => binary.clone(),
        None => std::env::current_exe().context("cannot find our own binary")?.with_file_name("ordercast"),
    };
    binary.canonicalize().with_context(|| {
        format!("there is no server at {}; build it first, or name it with --server", binary.display())
    })
}
