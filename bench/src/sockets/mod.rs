//! `sockets`: thousands of Socket.IO connections: the memory of an idle one, the time until an update reaches all of them,
//! and the time to reconnect.
//!
//! - [`clients`]: all clients in one thread over epoll, so that the generator is not the limit.
//! - [`fan_out`] and [`floor`]: one update to all clients, and the same in a bare loop. [`steady`]: a steady rate of updates.
//! - [`stalled_client`]: a client that reads nothing until the end.

mod clients;
mod fan_out;
pub(crate) mod floor;
mod goals;
mod shop;
mod stalled_client;
mod steady;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Serialize;

use self::clients::ClientPool;
use self::fan_out::FanOut;
use self::shop::SocketShop;
use self::stalled_client::{StalledClient, StalledClientResult};
use self::steady::Steady;
use crate::cli::SocketsOptions;
use crate::interrupt::Interrupt;
use crate::machine::Machine;
use crate::report::goals::Goal;
use crate::report::{self, Verdict};
use crate::server_process::{Launch, ServerProcess};
use crate::units::float;
use crate::usage::Probe;
use crate::{cpu_affinity, environment, token};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Measurements {
    connections: usize,
    /// Bytes of resident memory for each idle connection.
    bytes_each: f64,
    /// The same with `most` connections.
    bytes_each_at_most: f64,
    most: usize,
    /// Share of a core that idle connections used, pings included.
    idle_core: f64,
    /// Seconds until all clients have reconnected.
    back_seconds: f64,
    steady: Steady,
    fan_out: FanOut,
    #[serde(rename = "slept")]
    stalled_client: StalledClientResult,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    machine: Machine,
    options: &'a SocketsOptions,
    measurements: Measurements,
    goals: Vec<Goal>,
}

pub(crate) fn run(options: &SocketsOptions) -> Result<Verdict> {
    let interrupt = Interrupt::install()?;
    let machine = Machine::describe();
    clients::raise_file_limit()?;
    let binary = match &options.server {
        Some(binary) => binary.clone(),
        None => std::env::current_exe().context("cannot find our own binary")?.with_file_name("ordercast"),
    };
    let binary =
        binary.canonicalize().context("there is no server: build it first, or name it with --server")?;
    let directory = tempfile::Builder::new().prefix("ordercast-bench-").tempdir()?;
    cpu_affinity::pin_to_core(options.client_core)?;
    let extra =
        ["ORDERCAST_MAX_STREAMS_PER_USER=100000".parse(), "ORDERCAST_MAX_STREAMS_PER_ADDRESS=100000".parse()];
    let extra: Vec<_> = extra.into_iter().collect::<Result<_, _>>().map_err(anyhow::Error::msg)?;
    let server = Launch {
        binary: &binary,
        core: options.server_core,
        directory: directory.path(),
        environment: &environment::for_server(&extra),
        arguments: &[],
    }
    .start(&interrupt)?;
    let measurements = measure(options, &server, directory.path(), &interrupt)
        .inspect_err(|_| eprintln!("{}", server.last_words()))?;
    server.stop()?;
    let goals = goals::goals(&measurements);
    let missed = goals.iter().any(|goal| !goal.met);
    let report = Report { machine, options, measurements, goals };
    println!("\n{}", serde_json::to_string_pretty(&report.measurements)?);
    report::print_goals(&report.goals);
    report::save(options.json.as_deref(), &report)?;
    Ok(if options.check && missed { Verdict::Missed } else { Verdict::Fine })
}

fn measure(
    options: &SocketsOptions,
    server: &ServerProcess,
    directory: &std::path::Path,
    interrupt: &Interrupt,
) -> Result<Measurements> {
    let count = options.connections;
    let probe = Probe {
        pid: server.pid(),
        data: server.data().to_owned(),
        server_core: options.server_core,
        client_core: options.client_core,
    };
    let shop = SocketShop::open(server)?;
    // Open and close one connection first, so that one-time allocations are not counted.
    let mut clients = ClientPool::connect(server.address(), &[token::customer(0)?], interrupt)?;
    clients.cut();
    drop(clients);
    interrupt.pause(Duration::from_secs(1))?;
    let first_seq = shop.head()?;
    let stalled_client = StalledClient::connect(server.address(), &shop.staff)?;
    let empty = probe.look()?.held.memory;
    eprintln!("idle server: {} KiB", empty / 1024);

    eprintln!("{count} idle connections, each of another customer");
    let tokens = (0..u32::try_from(count)?).map(token::customer).collect::<Result<Vec<_>>>()?;
    let mut clients = ClientPool::connect(server.address(), &tokens, interrupt)?;
    interrupt.pause(Duration::from_secs(2))?;
    let held = probe.look()?.held.memory;
    let bytes_each = each(empty, held, count);
    eprintln!("  {bytes_each:.0} bytes each");

    let most = options.most;
    eprintln!("{most} idle connections");
    let more =
        (u32::try_from(count)?..u32::try_from(most)?).map(token::customer).collect::<Result<Vec<_>>>()?;
    let others = ClientPool::connect(server.address(), &more, interrupt)?;
    interrupt.pause(Duration::from_secs(2))?;
    let bytes_each_at_most = each(empty, probe.look()?.held.memory, most);
    eprintln!("  {bytes_each_at_most:.0} bytes each");
    drop(others);
    interrupt.pause(Duration::from_secs(2))?;
    eprintln!("idle for {} s", options.idle);
    let before = probe.look()?;
    let began = Instant::now();
    clients.serve_for(Duration::from_secs(options.idle), interrupt)?;
    let idle_core =
        probe.look()?.server.saturating_sub(before.server).as_secs_f64() / began.elapsed().as_secs_f64();
    eprintln!("  {:.2} % of a core", idle_core * 100.0);

    eprintln!("{} status changes a second for {} s", options.rate, options.steady);
    let orders = shop.orders(server, &tokens, interrupt)?;
    clients.settle(interrupt)?;
    let steady = steady::run(server.address(), &mut clients, &orders, &shop.staff, options, interrupt)?;

    eprintln!("{count} connections closed, and reconnecting");
    clients.cut();
    let began = Instant::now();
    clients.reconnect(interrupt)?;
    let back_seconds = began.elapsed().as_secs_f64();
    eprintln!("  {back_seconds:.2} s");

    clients.cut();
    drop(clients);
    interrupt.pause(Duration::from_secs(3))?;

    let fan_out = fan_out::run(options, server, &shop, &probe, directory, interrupt)?;

    eprintln!("the stalled client reads all events");
    let upto = shop.head()?;
    let stalled_client = stalled_client.resume(upto)?;
    eprintln!(
        "  {} events in {:.1} s, each once and in order; the server closed it {} times",
        stalled_client.events, stalled_client.seconds, stalled_client.closed
    );
    if stalled_client.events != upto - first_seq {
        bail!("the stalled client read {} of {} events", stalled_client.events, upto - first_seq);
    }
    Ok(Measurements {
        connections: count,
        bytes_each,
        bytes_each_at_most,
        most,
        idle_core,
        back_seconds,
        steady,
        fan_out,
        stalled_client,
    })
}

fn each(before: u64, after: u64, count: usize) -> f64 {
    float(after.saturating_sub(before)) / float(count as u64)
}
