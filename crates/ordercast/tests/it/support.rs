//! A shop to ask: the real server in this process, on a port and in a directory of its own.
//!
//! - [`Shop`]: started with [`Shop::open`], or with options through [`Shop::with`], [`Shop::at`], [`Shop::on`] and
//!   [`Shop::demo`]. A test owns it.
//! - [`request`]: requests and answers. [`users`]: who asks, with tokens. [`orders`]: products and orders to ask about.
//! - [`clock`]: time that a test moves. [`stream`]: the stream of events.
//!   [`socket`]: Socket.IO. [`raw_http`]: requests that no client library would send.
//!
//! Nothing waits by sleeping: wait for what should happen, within [`PATIENCE`].

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

/// The longest anything may take before a test calls it broken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// What the tests' tokens are signed with.
pub(crate) const JWT_SECRET: &str = "a secret that only the tests know, 40 bytes";

/// A running server, and a client for it.
pub(crate) struct Shop {
    /// What its handlers share: to look behind the curtain.
    pub(crate) app: AppState,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Where its live gateway listens, if `REALTIME_PORT` gave it one.
    pub(crate) live_address: Option<SocketAddr>,
    client: reqwest::Client,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<anyhow::Result<()>>,
    directory: Option<TempDir>,
}

impl Shop {
    /// With rate limits off, and the secret the tests know.
    pub(crate) async fn open() -> Self {
        Self::with(&[]).await
    }

    /// With options, as environment variables: `[("ORDERCAST_RATE_LIMIT_ADDRESS", "3/min")]`.
    pub(crate) async fn with(variables: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut shop = Self::at(directory.path(), variables).await;
        shop.directory = Some(directory);
        shop
    }

    /// With a clock of its own, and such options.
    pub(crate) async fn on(clock: Arc<dyn Clock>, variables: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut shop = Self::start(directory.path(), variables, clock, None).await;
        shop.directory = Some(directory);
        shop
    }

    /// As `--demo` serves data that it made, without its goods and orders.
    pub(crate) async fn demo(clock: Arc<dyn Clock>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut shop = Self::demo_at(directory.path(), clock).await;
        shop.directory = Some(directory);
        shop
    }

    /// Likewise, in a directory that outlives it.
    pub(crate) async fn demo_at(data: &Path, clock: Arc<dyn Clock>) -> Self {
        Self::start(data, &[], clock, Some(offered())).await
    }

    /// In a directory that outlives it: to stop, and start again.
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
        // A proxy of the machine has nothing to do with it, and redirects are answers.
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let client = client.build().unwrap();
        Self { app, address, live_address, client, stop, ended, directory: None }
    }

    /// Stops in order, as on Ctrl-C; everything accepted is stored afterwards.
    pub(crate) async fn close(self) {
        let Self { app, stop, ended, client, .. } = self;
        // The writer ends when nobody holds it any more, and connections are drained when nobody keeps them.
        drop((app, client));
        stop.send(()).unwrap();
        within(ended).await.unwrap().unwrap();
    }

    /// Waits for its end, which nobody asked for; why.
    pub(crate) async fn fails(self) -> String {
        let Self { app, ended, client, stop: _asked_by_nobody, .. } = self;
        drop((app, client));
        within(ended).await.unwrap().unwrap_err().to_string()
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The last event of the log: unchanged means that nothing happened.
    pub(crate) async fn head(&self) -> u64 {
        self.app.read_backend.head().await.unwrap().seq.0
    }
}

/// The configuration these variables make, over what every test wants.
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
    // The test's own come last and so win; an empty one leaves the default alone.
    all.extend_from_slice(variables);
    let environment: Environment = all.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    Config::load(&Flags::default(), &environment).unwrap()
}

/// Where to connect to a listener, which may be on every interface.
fn reachable(listener: &TcpListener) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], listener.local_addr().unwrap().port()))
}

/// What a future comes to, which must not take longer than [`PATIENCE`].
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it takes too long")
}
