//! A test shop: the real server in this process, with its own port and directory.
//!
//! - [`Shop`]: started with [`Shop::open`], or with options through [`Shop::with`], [`Shop::at`], [`Shop::on`] and
//!   [`Shop::demo`]. A test owns it.
//! - [`request`]: requests and responses. [`users`]: users and their tokens. [`orders`]: products and orders.
//! - [`clock`]: a clock that a test moves. [`stream`]: the event stream.
//!   [`socket`]: Socket.IO. [`raw_http`]: requests that an HTTP client library refuses to send.
//!
//! Tests do not sleep: they wait for an event, for at most [`PATIENCE`].

pub(crate) mod clock;
pub(crate) mod orders;
pub(crate) mod raw_http;
pub(crate) mod request;
pub(crate) mod socket;
pub(crate) mod stream;
pub(crate) mod users;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use api::AppState;
use api::app::Demo;
use eventlog::Clock;
use ordercast::clock::System;
use ordercast::config::Config;
use ordercast::config::flags::Flags;
use ordercast::config::sources::Environment;
use ordercast::demo::accounts::offered;
use ordercast::serve::Server;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The longest a test waits before it fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// The key of the tests' tokens.
pub(crate) const JWT_SECRET: &str = "a secret that only the tests know, 40 bytes";

/// A running server, and a client for it.
pub(crate) struct Shop {
    pub(crate) app: AppState,
    pub(crate) address: SocketAddr,
    /// The live gateway's address, if `REALTIME_PORT` is set.
    pub(crate) live_address: Option<SocketAddr>,
    client: reqwest::Client,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<anyhow::Result<()>>,
    directory: Option<TempDir>,
}

impl Shop {
    /// Rate limits are off, and the tests know the secret.
    pub(crate) async fn open() -> Self {
        Self::with(&[]).await
    }

    /// Sets options as environment variables: `[("ORDERCAST_RATE_LIMIT_ADDRESS", "3/min")]`.
    pub(crate) async fn with(variables: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut shop = Self::at(directory.path(), variables).await;
        shop.directory = Some(directory);
        shop
    }

    pub(crate) async fn on(clock: Arc<dyn Clock>, variables: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut shop = Self::start(directory.path(), variables, clock, None).await;
        shop.directory = Some(directory);
        shop
    }

    /// Uses a directory that outlives the shop, and a clock of the test.
    pub(crate) async fn at_time(data: &Path, clock: Arc<dyn Clock>) -> Self {
        Self::start(data, &[], clock, None).await
    }

    /// A shop in demo mode, but without the products and orders of the demo.
    pub(crate) async fn demo(clock: Arc<dyn Clock>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut shop = Self::demo_at(directory.path(), clock).await;
        shop.directory = Some(directory);
        shop
    }

    /// Like [`Shop::demo`], in a directory that outlives the shop.
    pub(crate) async fn demo_at(data: &Path, clock: Arc<dyn Clock>) -> Self {
        Self::start(data, &[], clock, Some(offered())).await
    }

    /// Uses a directory that outlives the shop, so that a test can restart it.
    pub(crate) async fn at(data: &Path, variables: &[(&str, &str)]) -> Self {
        Self::start(data, variables, Arc::new(System), None).await
    }

    async fn start(
        data: &Path,
        variables: &[(&str, &str)],
        clock: Arc<dyn Clock>,
        demo: Option<Demo>,
    ) -> Self {
        let config = config(data, variables);
        let listener = api::server::listen(config.listen).unwrap();
        let realtime = config.realtime_listen.map(|address| api::server::listen(address).unwrap());
        let address = reachable(&listener);
        let live_address = realtime.as_ref().map(reachable);
        let server = Server::start(&config, demo, clock).await.unwrap();
        let app = Arc::clone(&server.app);
        let (stop, stopped) = oneshot::channel::<()>();
        let ended = tokio::spawn(server.serve(listener, realtime, async {
            let _ = stopped.await;
        }));
        // Ignore proxies of the machine, and return redirects instead of following them.
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let client = client.build().unwrap();
        Self { app, address, live_address, client, stop, ended, directory: None }
    }

    /// Shuts down gracefully, as on Ctrl-C.
    pub(crate) async fn close(self) {
        let Self { app, stop, ended, client, .. } = self;
        // The writer ends when its last handle is dropped, and the drain ends when no client keeps a connection.
        drop((app, client));
        stop.send(()).unwrap();
        within(ended).await.unwrap().unwrap();
    }

    /// Waits until the server stops by itself, and returns the error.
    pub(crate) async fn fails(self) -> String {
        let Self { app, ended, client, stop: _stop, .. } = self;
        drop((app, client));
        within(ended).await.unwrap().unwrap_err().to_string()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The position of the log's last event. If it is unchanged, nothing happened.
    pub(crate) async fn head(&self) -> u64 {
        self.app.read_backend.head().await.unwrap().seq.0
    }
}

/// The configuration of these variables on top of the tests' defaults.
pub(crate) fn config(data: &Path, variables: &[(&str, &str)]) -> Config {
    let listens = variables.iter().any(|(name, _)| matches!(*name, "PORT" | "ORDERCAST_LISTEN"));
    let secret = variables.iter().any(|(name, _)| matches!(*name, "JWT_SECRET" | "ORDERCAST_JWT_SECRET"));
    let mut all = vec![
        ("ORDERCAST_DATA", data.to_str().unwrap()),
        ("ORDERCAST_RATE_LIMIT_ADDRESS", "off"),
        ("ORDERCAST_RATE_LIMIT_ACCOUNT", "off"),
        ("ORDERCAST_RATE_LIMIT_SIGN_IN", "off"),
    ];
    if !listens {
        all.push(("ORDERCAST_LISTEN", "127.0.0.1:0"));
    }
    if !secret {
        all.push(("JWT_SECRET", JWT_SECRET));
    }
    // The test's own variables come last and take precedence. An empty one leaves the default of the server.
    all.extend_from_slice(variables);
    let environment: Environment = all.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    Config::load(&Flags::default(), &environment).unwrap()
}

/// The loopback address of a listener, which may listen on every interface.
fn reachable(listener: &TcpListener) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], listener.local_addr().unwrap().port()))
}

/// Awaits a future for at most [`PATIENCE`].
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("timed out")
}
