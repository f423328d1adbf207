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
    #[command(subcommand)]
    pub(crate) command: BenchCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BenchCommand {
    /// Create orders on many keep-alive connections, then read the lists
    Orders(OrdersOptions),
    /// Send the same requests to a server that only answers: the cost of HTTP on this machine
    HttpFloor(HttpFloorOptions),
    /// Open thousands of Socket.IO connections: idle, with updates, and reconnecting
    Sockets(SocketsOptions),
    /// Run the bare loop that the connections are compared with
    #[command(hide = true)]
    FanOut(FanOutOptions),
    /// Run the server of the HTTP floor; accepts the arguments of a real server
    #[command(hide = true)]
    Serve(ServeOptions),
    /// Pin to a core, exit with the parent, and run another program
    #[command(hide = true)]
    ExecPinned(ExecPinnedOptions),
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OnOff {
    /// On.
    On,
    /// Off.
    Off,
}

/// The load, which is the same for the server and for the floor.
#[derive(Debug, Clone, Args, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoadOptions {
    /// Keep-alive connections, each with one request in flight.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub(crate) connections: u16,
    /// Products to choose from; each order has two
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    pub(crate) products: u32,
    /// Customers to choose from at random
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) customers: u32,
    /// Send a unique Idempotency-Key with every order
    #[arg(long, value_enum, default_value_t = OnOff::On)]
    pub(crate) idempotency_key: OnOff,
    /// Orders per row of the table over time
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) window: u64,
    /// Seed of all random choices; the same seed sends the same orders
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// The core that the server is pinned to
    #[arg(long, default_value_t = 0)]
    pub(crate) server_core: usize,
    /// The core that the load generator is pinned to
    #[arg(long, default_value_t = 1)]
    pub(crate) client_core: usize,
    /// Stop after this number of answers other than 201
    #[arg(long, default_value_t = 100)]
    pub(crate) max_failures: u64,
    /// Stop a load after this number of seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 1800)]
    pub(crate) timeout: u64,
    /// Also write the report to this file, as JSON
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) json: Option<PathBuf>,
}

impl LoadOptions {
    pub(crate) fn deadline(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}

#[derive(Debug, Clone, Args, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrdersOptions {
    /// The server's binary; it is started as `ordercast serve --listen 127.0.0.1:PORT --data DIR`. [default: the
    /// `ordercast` beside this program]
    #[arg(long, value_name = "BINARY")]
    pub(crate) server: Option<PathBuf>,
    /// Number of orders; the goals are for 1000000
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) orders: u64,
    /// Directory in which a temporary directory for the database is created [default: the system's temporary directory]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Orders that are delivered before the load, so that a list of them must find the oldest rows
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=1000))]
    pub(crate) delivered: u32,
    /// Requests per list
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) page_requests: u32,
    /// Also measure the HTTP floor
    #[arg(long, value_enum, default_value_t = OnOff::On)]
    pub(crate) floor: OnOff,
    /// Requests to the HTTP floor
    #[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) floor_requests: u64,
    /// Additional environment variable of the server; can be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) env: Vec<Variable>,
    /// Keep the database and the server's log
    #[arg(long)]
    pub(crate) keep: bool,
    /// Exit with 3 when a goal is missed
    #[arg(long)]
    pub(crate) check: bool,
    #[command(flatten)]
    pub(crate) load: LoadOptions,
    /// Additional arguments of the server, after `--`
    #[arg(last = true, value_name = "ARGUMENT")]
    pub(crate) server_arguments: Vec<String>,
}

#[derive(Debug, Clone, Args, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpFloorOptions {
    /// Number of requests
    #[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) requests: u64,
    #[command(flatten)]
    pub(crate) load: LoadOptions,
}

#[derive(Debug, Clone, Args, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SocketsOptions {
    /// The server's binary. [default: the `ordercast` beside this program]
    #[arg(long, value_name = "BINARY")]
    pub(crate) server: Option<PathBuf>,
    /// Number of connections; the goals are for 10000
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u16).range(1..=19_000).map(usize::from))]
    pub(crate) connections: usize,
    /// Number of connections of the second memory measurement
    #[arg(long, default_value_t = 19_000, value_parser = clap::value_parser!(u16).range(1..=19_500).map(usize::from))]
    pub(crate) most: usize,
    /// Seconds of the idle phase
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) idle: u64,
    /// Status changes per second of the steady load
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) rate: u32,
    /// Seconds of the steady load
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) steady: u64,
    /// Updates sent to all connections, one at a time and sixteen at a time
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=1000).map(usize::from))]
    pub(crate) updates: usize,
    /// The core that the server is pinned to
    #[arg(long, default_value_t = 0)]
    pub(crate) server_core: usize,
    /// The core that the load generator is pinned to
    #[arg(long, default_value_t = 1)]
    pub(crate) client_core: usize,
    /// Also write the report to this file, as JSON
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) json: Option<PathBuf>,
    /// Exit with 3 when a goal is missed
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FanOutOptions {
    #[arg(long)]
    pub(crate) listen: SocketAddr,
    #[arg(long)]
    pub(crate) connections: usize,
    /// Bytes of an update.
    #[arg(long)]
    pub(crate) bytes: usize,
}

#[derive(Debug, Args)]
pub(crate) struct ServeOptions {
    #[arg(long)]
    pub(crate) listen: SocketAddr,
    /// Ignored: this server stores nothing.
    #[arg(long)]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ExecPinnedOptions {
    #[arg(long)]
    pub(crate) core: usize,
    /// The parent process.
    #[arg(long)]
    pub(crate) parent: u32,
    #[arg(last = true, required = true)]
    pub(crate) program: Vec<String>,
}
