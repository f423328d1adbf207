//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::TypedValueParser as _;
use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::Serialize;

use crate::environment::Variable;

/// Measures an Ordercast server from outside, pinned to one core.
#[derive(Debug, Parser)]
#[command(name = "ordercast-bench", version)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What can be measured, and two things the benchmark asks of itself in a process of its own.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Customers create orders on many keep-alive connections; then the lists are read.
    Orders(OrdersOptions),
    /// The same requests against a server that only answers: what HTTP itself costs on this machine.
    HttpFloor(HttpFloorOptions),
    /// Very many Socket.IO connections: idle, told of updates, cut off and back.
    Sockets(SocketsOptions),
    /// The bare loop that the connections are compared with.
    #[command(hide = true)]
    FanOut(FanOutOptions),
    /// The floor's server. It takes the arguments of a real one.
    #[command(hide = true)]
    Serve(ServeOptions),
    /// Moves to a core, asks to die with its parent, and becomes another program.
    #[command(hide = true)]
    ExecPinned(ExecPinnedOptions),
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// How the load is made; the same for the server and for its floor.
#[derive(Debug, Clone, Args, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoadOptions {
    /// Keep-alive connections, each with one request in flight.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub(crate) connections: u16,
    /// Products the orders choose from, two of them each.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    pub(crate) products: u32,
    /// Customers the orders are spread over, at random.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) customers: u32,
    /// Send a unique Idempotency-Key with every order, as clients should.
    #[arg(long, value_enum, default_value_t = Switch::On)]
    pub(crate) idempotency_key: Switch,
    /// Orders per line of the table over time.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) window: u64,
    /// Seed of every random choice: the same seed sends the same orders.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// The core the server is pinned to.
    #[arg(long, default_value_t = 0)]
    pub(crate) server_core: usize,
    /// The core this program is pinned to.
    #[arg(long, default_value_t = 1)]
    pub(crate) client_core: usize,
    /// Give up after so many requests that were not answered 201.
    #[arg(long, default_value_t = 100)]
    pub(crate) max_failures: u64,
    /// Give up when a load has not ended after so many seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 1800)]
    pub(crate) timeout: u64,
    /// Write the report to this file as JSON, too.
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) json: Option<PathBuf>,
}

impl LoadOptions {
    /// The longest that one load may take.
    pub(crate) fn deadline(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}

/// Options of `orders`.
#[derive(Debug, Clone, Args, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrdersOptions {
    /// The server's binary; it is started as `ordercast serve --listen 127.0.0.1:PORT --data DIR`. [default: the
    /// `ordercast` beside this program]
    #[arg(long, value_name = "BINARY")]
    pub(crate) server: Option<PathBuf>,
    /// How many orders to create. The goals are stated for 1000000.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) orders: u64,
    /// Where the database goes: a new directory in here, removed at the end. [default: the system's temporary one]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Orders set to `delivered` before the load, so that a list of them has the oldest rows to find.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=1000))]
    pub(crate) delivered: u32,
    /// Requests per list.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) page_requests: u32,
    /// Measure the HTTP floor in the same run.
    #[arg(long, value_enum, default_value_t = Switch::On)]
    pub(crate) floor: Switch,
    /// Requests to the HTTP floor.
    #[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) floor_requests: u64,
    /// One more environment variable for the server; may be given again.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) env: Vec<Variable>,
    /// Leave the database and the server's log where they are.
    #[arg(long)]
    pub(crate) keep: bool,
    /// Exit with 3 when a goal is missed.
    #[arg(long)]
    pub(crate) check: bool,
    /// How the load is made.
    #[command(flatten)]
    pub(crate) load: LoadOptions,
    /// More arguments for the server, after `--`.
    #[arg(last = true, value_name = "ARGUMENT")]
    pub(crate) server_arguments: Vec<String>,
}

/// Options of `http-floor`.
#[derive(Debug, Clone, Args, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpFloorOptions {
    /// How many requests to send.
    #[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) requests: u64,
    /// How the load is made.
    #[command(flatten)]
    pub(crate) load: LoadOptions,
}

/// Options of `sockets`.
#[derive(Debug, Clone, Args, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SocketsOptions {
    /// The server's binary. [default: the `ordercast` beside this program]
    #[arg(long, value_name = "BINARY")]
    pub(crate) server: Option<PathBuf>,
    /// Connections. The goals are stated for 10000.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u16).range(1..=19_000).map(usize::from))]
    pub(crate) connections: usize,
    /// Connections for the last look at the memory.
    #[arg(long, default_value_t = 19_000, value_parser = clap::value_parser!(u16).range(1..=19_500).map(usize::from))]
    pub(crate) most: usize,
    /// Seconds for which the connections are idle.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) idle: u64,
    /// Status changes a second of the steady load.
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) rate: u32,
    /// Seconds of the steady load.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) steady: u64,
    /// Updates that are told to everybody, one at a time and sixteen at a time.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=1000).map(usize::from))]
    pub(crate) updates: usize,
    /// The core the server is pinned to.
    #[arg(long, default_value_t = 0)]
    pub(crate) server_core: usize,
    /// The core this program is pinned to.
    #[arg(long, default_value_t = 1)]
    pub(crate) client_core: usize,
    /// Write the report to this file as JSON, too.
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) json: Option<PathBuf>,
    /// Exit with 3 when a goal is missed.
    #[arg(long)]
    pub(crate) check: bool,
}

/// Options of `fan-out`.
#[derive(Debug, Args)]
pub(crate) struct FanOutOptions {
    /// The address to listen on.
    #[arg(long)]
    pub(crate) listen: SocketAddr,
    /// Sockets to write to.
    #[arg(long)]
    pub(crate) connections: usize,
    /// Bytes of an update.
    #[arg(long)]
    pub(crate) bytes: usize,
}

/// Options of `serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeOptions {
    /// The address to listen on.
    #[arg(long)]
    pub(crate) listen: SocketAddr,
    /// Taken and ignored: it stores nothing.
    #[arg(long)]
    pub(crate) data: Option<PathBuf>,
}

/// Options of `exec-pinned`.
#[derive(Debug, Args)]
pub(crate) struct ExecPinnedOptions {
    /// The core to run on.
    #[arg(long)]
    pub(crate) core: usize,
    /// The process to die with.
    #[arg(long)]
    pub(crate) parent: u32,
    /// The program and its arguments.
    #[arg(last = true, required = true)]
    pub(crate) program: Vec<String>,
}
