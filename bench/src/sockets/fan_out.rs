//! Fan-out of one update to all connections, compared with a bare loop that writes the same bytes to as many sockets.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Serialize;

use super::shop::{SocketShop, StatusCycle};
use super::{clients::ClientPool, floor};
use crate::cli::SocketsOptions;
use crate::client::HttpClient;
use crate::interrupt::Interrupt;
use crate::server_process::ServerProcess;
use crate::token;
use crate::units::float;
use crate::usage::Probe;

/// Timeout of one step.
const PATIENCE: Duration = Duration::from_mins(2);
/// Concurrent updates.
const IN_FLIGHT: usize = 16;
/// All clients subscribe to the topic of this customer.
const SHARED_CUSTOMER: u32 = 1_000_000;
/// Turns of server and bare loop, alternating, so that disturbances affect both.
const TURNS: usize = 5;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FanOut {
    /// One sample per turn.
    floor: Vec<FanOutSample>,
    /// One update at a time, one sample per turn.
    one: Vec<FanOutSample>,
    /// Deliveries per second with sixteen updates in flight.
    pub(crate) many_per_second: f64,
    /// Growth of the server's memory with sixteen updates in flight, in bytes.
    grown: f64,
}

#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FanOutSample {
    /// Deliveries per second.
    pub(crate) per_second: f64,
    /// Median of the milliseconds until the last socket had an update.
    pub(crate) last_ms: f64,
}

impl FanOut {
    pub(crate) fn floor(&self) -> FanOutSample {
        middle(&self.floor)
    }

    pub(crate) fn one(&self) -> FanOutSample {
        middle(&self.one)
    }
}

pub(crate) fn run(
    options: &SocketsOptions,
    server: &ServerProcess,
    shop: &SocketShop,
    probe: &Probe,
    directory: &Path,
    interrupt: &Interrupt,
) -> Result<FanOut> {
    let count = options.connections;
    eprintln!("fan-out to {count} connections of one customer, in turns with the bare loop");
    let tokens = vec![token::customer(SHARED_CUSTOMER)?; count];
    let orders = shop.many(&tokens[0], IN_FLIGHT)?;
    let mut client = HttpClient::new(server.address());
    let (mut status, mut bytes) = (StatusCycle::default(), 0);
    let (mut floor, mut one) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let mut clients = ClientPool::connect(server.address(), &tokens, interrupt)?;
        let mut lasts = Vec::new();
        let began = Instant::now();
        for _ in 0..options.updates {
            let before = (clients.updates(), clients.bytes());
            let start = Instant::now();
            shop.set_status(&mut client, &orders[..1], status.next())?;
            clients.until_updates(before.0 + count, PATIENCE, interrupt)?;
            lasts.push(start.elapsed().as_secs_f64() * 1000.0);
            bytes = (clients.bytes() - before.1) / count;
        }
        let per_second = float(u64::try_from(count * options.updates)?) / began.elapsed().as_secs_f64();
        let sample = FanOutSample { per_second, last_ms: median(lasts) };
        eprintln!("  {per_second:.0}/s, the last after {:.1} ms, {bytes} bytes each", sample.last_ms);
        one.push(sample);
        clients.cut();
        drop(clients);
        let (per_second, last_ms) =
            floor::measure(options, count, bytes, options.updates, directory, interrupt)?;
        eprintln!("  the bare loop: {per_second:.0}/s, the last after {last_ms:.1} ms");
        floor.push(FanOutSample { per_second, last_ms });
    }
    let mut clients = ClientPool::connect(server.address(), &tokens, interrupt)?;
    let held = probe.look()?.held.memory;
    let began = Instant::now();
    for _ in 0..options.updates {
        let before = clients.updates();
        shop.set_status(&mut client, &orders, status.next())?;
        clients.until_updates(before + count * IN_FLIGHT, PATIENCE, interrupt)?;
    }
    let many_per_second =
        float(u64::try_from(count * options.updates * IN_FLIGHT)?) / began.elapsed().as_secs_f64();
    let grown = float(probe.look()?.held.memory.saturating_sub(held));
    eprintln!(
        "  sixteen in flight: {many_per_second:.0}/s; the server's memory grew by {:.1} MiB",
        grown / float(1 << 20)
    );
    clients.cut();
    Ok(FanOut { floor, one, many_per_second, grown })
}

fn middle(turns: &[FanOutSample]) -> FanOutSample {
    let of = |figure: fn(&FanOutSample) -> f64| median(turns.iter().map(figure).collect());
    FanOutSample { per_second: of(|sample| sample.per_second), last_ms: of(|sample| sample.last_ms) }
}

fn median(mut measurements: Vec<f64>) -> f64 {
    measurements.sort_by(f64::total_cmp);
    measurements.get(measurements.len() / 2).copied().unwrap_or_default()
}
