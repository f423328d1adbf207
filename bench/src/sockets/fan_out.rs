//! An update told to everybody, beside a bare loop that writes the same bytes to as many sockets.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Serialize;

use super::shop::{Shop, Status};
use super::{floor, swarm::Swarm};
use crate::child::Server;
use crate::cli::SocketsOptions;
use crate::client::Client;
use crate::interrupt::Interrupt;
use crate::token;
use crate::units::float;
use crate::usage::Probe;

/// Everything that one step waits for comes within this time, or the run has failed.
const PATIENCE: Duration = Duration::from_mins(2);
/// Updates that are in flight together.
const IN_FLIGHT: usize = 16;
/// The customer whose topic everybody listens to.
const CROWD: u32 = 1_000_000;
/// How often the server and the bare loop take turns: what else the machine does disturbs both.
const TURNS: usize = 5;

/// Updates told to everybody.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FanOut {
    /// The bare loop, each time it was its turn.
    floor: Vec<Told>,
    /// The server, one update at a time, each time it was its turn.
    one: Vec<Told>,
    /// Deliveries a second with sixteen updates in flight.
    pub(crate) many_per_second: f64,
    /// Growth of the server's memory with sixteen in flight, in bytes.
    grown: f64,
}

/// How fast everybody was told.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Told {
    /// Deliveries a second.
    pub(crate) per_second: f64,
    /// Milliseconds until the last socket had an update, median.
    pub(crate) last_ms: f64,
}

impl FanOut {
    /// The median of the bare loop's turns.
    pub(crate) fn floor(&self) -> Told {
        middle(&self.floor)
    }

    /// The median of the server's turns.
    pub(crate) fn one(&self) -> Told {
        middle(&self.one)
    }
}

/// Everybody listens to one customer's orders.
pub(crate) fn run(
    options: &SocketsOptions,
    server: &Server,
    shop: &Shop,
    probe: &Probe,
    directory: &Path,
    interrupt: &Interrupt,
) -> Result<FanOut> {
    let count = options.connections;
    eprintln!("fan-out to {count} connections of one customer, in turns with the bare loop");
    let crowd = vec![token::customer(CROWD)?; count];
    let orders = shop.many(&crowd[0], IN_FLIGHT)?;
    let mut client = Client::new(server.address());
    let (mut status, mut bytes) = (Status::default(), 0);
    let (mut floor, mut one) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let mut swarm = Swarm::connect(server.address(), &crowd, interrupt)?;
        let mut lasts = Vec::new();
        let began = Instant::now();
        for _ in 0..options.updates {
            let before = (swarm.updates(), swarm.bytes());
            let start = Instant::now();
            shop.set_status(&mut client, &orders[..1], status.next())?;
            swarm.until_updates(before.0 + count, PATIENCE, interrupt)?;
            lasts.push(start.elapsed().as_secs_f64() * 1000.0);
            bytes = (swarm.bytes() - before.1) / count;
        }
        let per_second = float(u64::try_from(count * options.updates)?) / began.elapsed().as_secs_f64();
        let told = Told { per_second, last_ms: median(lasts) };
        eprintln!("  {per_second:.0}/s, the last after {:.1} ms, {bytes} bytes each", told.last_ms);
        one.push(told);
        swarm.cut();
        drop(swarm);
        let (per_second, last_ms) =
            floor::measure(options, count, bytes, options.updates, directory, interrupt)?;
        eprintln!("  the bare loop: {per_second:.0}/s, the last after {last_ms:.1} ms");
        floor.push(Told { per_second, last_ms });
    }
    let mut swarm = Swarm::connect(server.address(), &crowd, interrupt)?;
    let held = probe.look()?.held.memory;
    let began = Instant::now();
    for _ in 0..options.updates {
        let before = swarm.updates();
        shop.set_status(&mut client, &orders, status.next())?;
        swarm.until_updates(before + count * IN_FLIGHT, PATIENCE, interrupt)?;
    }
    let many_per_second =
        float(u64::try_from(count * options.updates * IN_FLIGHT)?) / began.elapsed().as_secs_f64();
    let grown = float(probe.look()?.held.memory.saturating_sub(held));
    eprintln!(
        "  sixteen in flight: {many_per_second:.0}/s; the server's memory grew by {:.1} MiB",
        grown / float(1 << 20)
    );
    swarm.cut();
    Ok(FanOut { floor, one, many_per_second, grown })
}

fn middle(turns: &[Told]) -> Told {
    let of = |figure: fn(&Told) -> f64| median(turns.iter().map(figure).collect());
    Told { per_second: of(|told| told.per_second), last_ms: of(|told| told.last_ms) }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
