//! `sockets`: very many Socket.IO connections: what an idle one costs, how fast an update reaches all of them, and how
//! fast they come back.
//!
//! [`swarm`] is the clients: one thread over epoll, so that the generator is not what is measured. [`floor`] is a bare
//! loop that writes the same bytes to as many sockets. [`steady`] has orders change while everybody listens.

pub(crate) mod floor;
mod steady;
mod swarm;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use serde_json::{Value, json};

use self::steady::Steady;
use self::swarm::Swarm;
use crate::child::{Launch, Server};
use crate::cli::SocketsOptions;
use crate::client::{Ask, Client};
use crate::interrupt::Interrupt;
use crate::machine::Machine;
use crate::report::goals::Goal;
use crate::report::{self, Verdict};
use crate::units::{float, ratio};
use crate::usage::Probe;
use crate::{environment, pinned, token};

/// Everything that one step waits for comes within this time, or the run has failed.
const PATIENCE: Duration = Duration::from_mins(2);
/// Updates that are in flight together.
const IN_FLIGHT: usize = 16;
/// The customer whose topic everybody listens to in the fan-out.
const CROWD: u32 = 1_000_000;

/// What was measured.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Figures {
    connections: usize,
    /// Bytes of resident memory for each idle connection, over the idle server.
    bytes_each: f64,
    /// The same with as many as a process may open files.
    bytes_each_at_most: f64,
    most: usize,
    /// Share of a core that idle connections took, pings included.
    idle_core: f64,
    /// Seconds until everybody who was cut off is back and greeted.
    back_seconds: f64,
    steady: Steady,
    fan_out: FanOut,
}

/// Updates told to everybody.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FanOut {
    /// Deliveries a second of the bare loop.
    floor_per_second: f64,
    /// Milliseconds from the first to the last of the bare loop's sockets.
    floor_last_ms: f64,
    /// One update at a time.
    one_per_second: f64,
    /// Milliseconds until the last socket has an update, median.
    one_last_ms: f64,
    /// With sixteen updates in flight.
    many_per_second: f64,
    /// What the socket that never read got when it read again.
    slow_reader_got: usize,
    /// Growth of the server's memory in the course of the fan-out, in bytes.
    grown: f64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    machine: Machine,
    options: &'a SocketsOptions,
    figures: Figures,
    goals: Vec<Goal>,
}

/// The subcommand.
pub(crate) fn run(options: &SocketsOptions) -> Result<Verdict> {
    let interrupt = Interrupt::install()?;
    let machine = Machine::describe();
    swarm::raise_file_limit()?;
    let binary = match &options.server {
        Some(binary) => binary.clone(),
        None => std::env::current_exe().context("cannot find our own binary")?.with_file_name("ordercast"),
    };
    let binary =
        binary.canonicalize().context("there is no server: build it first, or name it with --server")?;
    let directory = tempfile::Builder::new().prefix("ordercast-bench-").tempdir()?;
    pinned::to_core(options.client_core)?;
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
    let figures = measure(options, &server, directory.path(), &interrupt)
        .inspect_err(|_| eprintln!("{}", server.last_words()))?;
    server.stop()?;
    let goals = goals(&figures);
    let missed = goals.iter().any(|goal| !goal.met);
    let report = Report { machine, options, figures, goals };
    println!("\n{}", serde_json::to_string_pretty(&report.figures)?);
    report::print_goals(&report.goals);
    report::save(options.json.as_deref(), &report)?;
    Ok(if options.check && missed { Verdict::Missed } else { Verdict::Fine })
}

fn measure(
    options: &SocketsOptions,
    server: &Server,
    directory: &std::path::Path,
    interrupt: &Interrupt,
) -> Result<Figures> {
    let count = options.connections;
    let probe = Probe {
        pid: server.pid(),
        data: server.data().to_owned(),
        server_core: options.server_core,
        client_core: options.client_core,
    };
    let shop = Shop::open(server)?;
    // One connection comes and goes first, so that what the server makes once is not counted.
    let mut swarm = Swarm::connect(server.address(), &[token::customer(0)?], interrupt)?;
    swarm.cut();
    drop(swarm);
    interrupt.pause(Duration::from_secs(1))?;
    let empty = probe.look()?.held.memory;
    eprintln!("idle server: {} KiB", empty / 1024);

    eprintln!("{count} idle connections, each of a customer of its own");
    let tokens = (0..u32::try_from(count)?).map(token::customer).collect::<Result<Vec<_>>>()?;
    let mut swarm = Swarm::connect(server.address(), &tokens, interrupt)?;
    interrupt.pause(Duration::from_secs(2))?;
    let held = probe.look()?.held.memory;
    let bytes_each = each(empty, held, count);
    eprintln!("  {bytes_each:.0} bytes each");

    let most = options.most;
    eprintln!("{most} idle connections");
    let more =
        (u32::try_from(count)?..u32::try_from(most)?).map(token::customer).collect::<Result<Vec<_>>>()?;
    let others = Swarm::connect(server.address(), &more, interrupt)?;
    interrupt.pause(Duration::from_secs(2))?;
    let bytes_each_at_most = each(empty, probe.look()?.held.memory, most);
    eprintln!("  {bytes_each_at_most:.0} bytes each");
    drop(others);
    interrupt.pause(Duration::from_secs(2))?;
    eprintln!("idle for {} s", options.idle);
    let before = probe.look()?;
    let began = Instant::now();
    swarm.serve_for(Duration::from_secs(options.idle), interrupt)?;
    let idle_core =
        probe.look()?.server.saturating_sub(before.server).as_secs_f64() / began.elapsed().as_secs_f64();
    eprintln!("  {:.2} % of a core", idle_core * 100.0);

    eprintln!("{} status changes a second for {} s", options.rate, options.steady);
    let orders = shop.orders(server, &tokens, interrupt)?;
    swarm.settle(interrupt)?;
    let steady = steady::run(server.address(), &mut swarm, &orders, &shop.staff, options, interrupt)?;

    eprintln!("{count} connections cut off, and back at once");
    swarm.cut();
    let began = Instant::now();
    swarm.reconnect(interrupt)?;
    let back_seconds = began.elapsed().as_secs_f64();
    eprintln!("  {back_seconds:.2} s");

    swarm.cut();
    drop(swarm);
    interrupt.pause(Duration::from_secs(3))?;

    let fan_out = fan_out(options, server, &shop, &probe, directory, interrupt)?;
    Ok(Figures {
        connections: count,
        bytes_each,
        bytes_each_at_most,
        most,
        idle_core,
        back_seconds,
        steady,
        fan_out,
    })
}

/// Everybody listens to one customer's orders.
fn fan_out(
    options: &SocketsOptions,
    server: &Server,
    shop: &Shop,
    probe: &Probe,
    directory: &std::path::Path,
    interrupt: &Interrupt,
) -> Result<FanOut> {
    let count = options.connections;
    eprintln!("fan-out to {count} connections of one customer");
    let crowd = vec![token::customer(CROWD)?; count];
    let orders = shop.many(&crowd[0], IN_FLIGHT)?;
    let mut swarm = Swarm::connect(server.address(), &crowd, interrupt)?;
    // It is told everything that the others are told, and reads nothing of it.
    let mut slow = Swarm::connect(server.address(), &crowd[..1], interrupt)?;
    slow.take_little()?;
    let before_fan_out = probe.look()?.held.memory;
    let mut client = Client::new(server.address());
    let (mut lasts, mut status) = (Vec::new(), Status::default());
    let began = Instant::now();
    let mut bytes = 0;
    for _ in 0..options.updates {
        let before = (swarm.updates(), swarm.bytes());
        let start = Instant::now();
        shop.set_status(&mut client, &orders[..1], status.next())?;
        swarm.until_updates(before.0 + count, PATIENCE, interrupt)?;
        lasts.push(start.elapsed().as_secs_f64() * 1000.0);
        bytes = (swarm.bytes() - before.1) / count;
    }
    let one_per_second = float(u64::try_from(count * options.updates)?) / began.elapsed().as_secs_f64();
    lasts.sort_by(f64::total_cmp);
    let one_last_ms = lasts[lasts.len() / 2];
    eprintln!(
        "  one at a time: {one_per_second:.0}/s, the last after {one_last_ms:.1} ms, {bytes} bytes each"
    );
    let began = Instant::now();
    for _ in 0..options.updates {
        let before = swarm.updates();
        shop.set_status(&mut client, &orders, status.next())?;
        swarm.until_updates(before + count * IN_FLIGHT, PATIENCE, interrupt)?;
    }
    let many_per_second =
        float(u64::try_from(count * options.updates * IN_FLIGHT)?) / began.elapsed().as_secs_f64();
    let grown = float(probe.look()?.held.memory.saturating_sub(before_fan_out));
    eprintln!(
        "  sixteen in flight: {many_per_second:.0}/s; the server's memory grew by {:.1} MiB",
        grown / float(1 << 20)
    );
    // A window that was shut opens slowly: what matters is that all of it comes.
    let expected = swarm.updates_of(0);
    slow.until_updates(expected, PATIENCE, interrupt)?;
    slow.settle(interrupt)?;
    let slow_reader_got = slow.updates_of(0);
    if slow_reader_got != expected {
        bail!("the socket that did not read got {slow_reader_got} updates, and its neighbours {expected}");
    }
    eprintln!("  the socket that did not read got all {slow_reader_got} when it read again");
    slow.cut();
    drop(slow);
    swarm.cut();
    drop(swarm);

    eprintln!("the bare loop");
    let (floor_per_second, floor_last_ms) =
        floor::measure(options, count, bytes, options.updates, directory, interrupt)?;
    eprintln!("  {floor_per_second:.0}/s, the last after {floor_last_ms:.1} ms");
    Ok(FanOut {
        floor_per_second,
        floor_last_ms,
        one_per_second,
        one_last_ms,
        many_per_second,
        slow_reader_got,
        grown,
    })
}

fn each(before: u64, after: u64, count: usize) -> f64 {
    float(after.saturating_sub(before)) / float(count as u64)
}

fn goals(figures: &Figures) -> Vec<Goal> {
    let goal = |what, asked: String, measured: String, met| Goal { what, asked, measured, met };
    let one = ratio(figures.fan_out.one_per_second, figures.fan_out.floor_per_second);
    let many = ratio(figures.fan_out.many_per_second, 0.85 * figures.fan_out.floor_per_second);
    let last = ratio(figures.fan_out.one_last_ms, figures.fan_out.floor_last_ms);
    let steady = &figures.steady;
    vec![
        goal(
            "memory of an idle connection",
            "at most 4096 bytes".into(),
            format!("{:.0} bytes", figures.bytes_each),
            figures.bytes_each <= 4096.0,
        ),
        goal(
            "the same at the most connections",
            "at most 4096 bytes".into(),
            format!("{:.0} bytes at {}", figures.bytes_each_at_most, figures.most),
            figures.bytes_each_at_most <= 4096.0,
        ),
        goal(
            "idle connections, pings included",
            "under 3 % of a core".into(),
            format!("{:.2} %", figures.idle_core * 100.0),
            figures.idle_core < 0.03,
        ),
        goal(
            "one update at a time",
            "at least 0.85 of the bare loop".into(),
            format!("{one:.2} of {:.0}/s", figures.fan_out.floor_per_second),
            one >= 0.85,
        ),
        goal(
            "sixteen updates in flight",
            "at least 4 times 0.85 of the bare loop".into(),
            format!("{many:.2} times: {:.0}/s", figures.fan_out.many_per_second),
            many >= 4.0,
        ),
        goal(
            "the last socket has an update",
            "within 1.3 times the bare loop's time".into(),
            format!("{last:.2} times: {:.1} ms", figures.fan_out.one_last_ms),
            last <= 1.3,
        ),
        goal(
            "status change to socket, p50",
            "under 1 ms".into(),
            format!(
                "{:.2} ms from the answer, {:.2} ms from the request",
                steady.from_answer.p50, steady.from_request.p50
            ),
            steady.from_answer.p50 < 1.0,
        ),
        goal(
            "status change to socket, p99",
            "under 5 ms".into(),
            format!(
                "{:.2} ms from the answer, {:.2} ms from the request",
                steady.from_answer.p99, steady.from_request.p99
            ),
            steady.from_answer.p99 < 5.0,
        ),
        goal(
            "status changes a second meanwhile",
            format!("at least {}", steady.asked * 0.99),
            format!("{:.0}", steady.per_second),
            steady.per_second >= steady.asked * 0.99,
        ),
        goal(
            "all back after being cut off",
            "within 1.5 s".into(),
            format!("{:.2} s", figures.back_seconds),
            figures.back_seconds <= 1.5,
        ),
    ]
}

/// Statuses that an order can go through for ever: forwards, and back with a reason.
#[derive(Default)]
pub(crate) struct Status(bool);

impl Status {
    pub(crate) fn next(&mut self) -> &'static str {
        self.0 = !self.0;
        if self.0 { "shipped" } else { "processing" }
    }
}

/// A product, and who may change orders.
struct Shop {
    staff: String,
    product: String,
    address: std::net::SocketAddr,
}

impl Shop {
    fn open(server: &Server) -> Result<Self> {
        let staff = token::staff()?;
        let body = json!({
            "name": "Everything", "sku": "BENCH", "category": "bench",
            "price": { "amount": 100, "currency": "INR" }, "stock": 500_000_000,
        });
        let body = body.to_string();
        let ask = Ask { method: "POST", path: "/api/v1/products", token: Some(&staff), body: Some(&body) };
        let product = id(&Client::new(server.address()).ask(ask)?.json(201)?)?;
        Ok(Self { staff, product, address: server.address() })
    }

    /// One order of each of these customers.
    fn orders(&self, server: &Server, tokens: &[String], interrupt: &Interrupt) -> Result<Vec<String>> {
        let mut client = Client::new(server.address());
        let place = |token: &String| {
            interrupt.check()?;
            self.place(&mut client, token)
        };
        tokens.iter().map(place).collect()
    }

    /// So many orders of one customer.
    fn many(&self, token: &str, count: usize) -> Result<Vec<String>> {
        let mut client = Client::new(self.address);
        (0..count).map(|_| self.place(&mut client, token)).collect()
    }

    fn place(&self, client: &mut Client, token: &str) -> Result<String> {
        let body = json!({
            "items": [{ "productId": self.product, "quantity": 1 }],
            "shippingAddress": {
                "name": "Asha", "line1": "1 Lane", "city": "Pune", "postalCode": "411001", "country": "IN"
            },
            "paymentMethod": "cash_on_delivery",
        });
        let body = body.to_string();
        let ask = Ask { method: "POST", path: "/api/v1/orders", token: Some(token), body: Some(&body) };
        id(&client.ask(ask)?.json(201)?)
    }

    /// Sets the status of some orders, in one commit.
    fn set_status(&self, client: &mut Client, orders: &[String], status: &str) -> Result<()> {
        let body = json!({ "orders": orders, "status": status, "reason": "a benchmark" }).to_string();
        let ask = Ask {
            method: "POST",
            path: "/api/v1/orders/bulk-status",
            token: Some(&self.staff),
            body: Some(&body),
        };
        let answer = client.ask(ask)?.json(200)?;
        if answer["changed"] != orders.len() {
            bail!("not every order changed: {answer}");
        }
        Ok(())
    }
}

fn id(created: &Value) -> Result<String> {
    Ok(created["id"].as_str().with_context(|| format!("no id in {created}"))?.to_owned())
}
