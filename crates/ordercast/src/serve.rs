//! `ordercast serve`: everything wired together, and taken apart again in order.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Context as _;
use api::app::{Demo, MapTiles, Ports};
use api::auth::password::Argon2Cost;
use api::auth::{AllowedOrigins, PasswordPool, TokenKeys, TokenOptions};
use api::client_address::TrustedProxies;
use api::extract::BodyLimit;
use api::gateway::Sockets;
use api::metrics::Metrics;
use api::rate_limit::{LimiterClock, RateLimitSettings, RateLimits};
use api::revocations::Revocations;
use api::{ApiSettings, App, AppState};
use eventlog::sqlite::{DataDirectoryLock, Database, DatabaseOptions};
use eventlog::{Clock, ReadBackend, Writer};
use jiff::SignedDuration;
use live::order_counts::OrderCountsPublisher;
use live::{ConnectionLimits, Hub};
use orders::StoreId;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::cli::ServeArgs;
use crate::clock::System;
use crate::config::Config;
use crate::config::sources::Source;
use crate::terminal::style;
use crate::{first_start, publish, reservations, secret};

/// How often other processes' sign-outs are looked for.
const REVOCATIONS_EVERY: Duration = Duration::from_secs(2);
/// How often limits forget those who have been idle.
const LIMITS_EVERY: Duration = Duration::from_mins(1);
/// How long a link to set a new password works.
pub const RESET_LINK: SignedDuration = SignedDuration::from_hours(24);

/// Runs the server until it is interrupted.
pub async fn run(mut config: Config, args: ServeArgs) -> anyhow::Result<()> {
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    // From here on: a first start that is interrupted ends in order, and what it made is whole.
    let interrupted = crate::interrupted();
    make_private(&config.data)?;
    let _lock = DataDirectoryLock::acquire(&config.data)?;
    let listener = open(config.listen, "listen")?;
    let realtime = config.realtime_listen.map(|address| open(address, "realtime_listen")).transpose()?;
    let first_start::Prepared { welcome, demo } = first_start::prepare(&config, args.demo).await?;
    if args.demo && !config.was_set("store_name") {
        crate::demo::SHOP_NAME.parse().map(|name| config.store_name = name)?;
    }
    let started = async {
        let server = Server::start(&config, demo, Arc::new(System)).await?;
        announce(&config, &listener, realtime.as_ref(), &welcome)?;
        anyhow::Ok(server)
    };
    // The password in it is shown this once, also when nothing comes of the start.
    let server = started.await.inspect_err(|_| drop(write!(anstream::stderr(), "{welcome}")))?;
    server.serve(listener, realtime, interrupted).await?;
    tracing::info!("stopped: everything accepted is stored");
    Ok(())
}

/// A running server without its sockets.
pub struct Server {
    /// What its handlers share.
    pub app: AppState,
    sockets: Sockets,
    stop: watch::Sender<bool>,
    writer: std::thread::JoinHandle<()>,
}

impl Server {
    /// Opens the database and starts the writer. The clock is everybody's: of orders, keys, tokens and sessions. `demo`
    /// comes from [`first_start::prepare`], which knows whether this data may be played with.
    pub async fn start(config: &Config, demo: Option<Demo>, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let database = Database::open(&config.data, &options(config), clock.uuid())?;
        if database.migrated_from != 0 && database.migrated_from != Database::schema() {
            tracing::info!(
                from = database.migrated_from,
                to = Database::schema(),
                "the database was upgraded"
            );
        }
        let read_backend: Arc<dyn ReadBackend> = database.read_backend;
        let hub = Arc::new(Hub::new(Arc::clone(&read_backend), read_backend.head().await?));
        let metrics = Arc::new(Metrics::default());
        let publish = publish::publisher(Arc::clone(&hub), Arc::clone(&metrics));
        let (writer, thread) = Writer::start(database.write_backend, Arc::clone(&clock), publish)
            .context("could not start the writer's thread")?;
        let (stop, stopping) = watch::channel(false);
        let app = assemble(config, demo, Parts { writer, read_backend, clock, hub, metrics, stopping })?;
        // Whose session ended while nobody served must not be let in by the first request.
        app.revocations.replace(app.read_backend.revoked(app.now()).await?);
        let sockets = Sockets::new(&app, config.socketio.clone(), socket_options(config));
        Ok(Self { app, sockets, stop, writer: thread })
    }

    /// Serves until `interrupted` resolves, then ends in order: no new connections; requests finish and streams are
    /// told to come back; the writer commits what it accepted. A writer that failed ends it too, with an error: a fresh
    /// start goes on from what is stored, and nothing else would take orders again.
    pub async fn serve(
        self,
        listener: TcpListener,
        realtime: Option<TcpListener>,
        interrupted: impl Future<Output = ()>,
    ) -> anyhow::Result<()> {
        let Self { app, sockets, stop, writer } = self;
        let port = |listener: &TcpListener| listener.local_addr().map(|address| address.port());
        let ports = Ports { main: port(&listener)?, live: realtime.as_ref().map(port).transpose()? };
        // It serves once, so this is the first time.
        let _ = app.ports.set(ports);
        if ports.live.is_some() {
            app.origins.set_page_port(ports.main);
        }
        let mut tasks = vec![
            tokio::spawn(watch_revocations(Arc::clone(&app))),
            tokio::spawn(reservations::expire(Arc::clone(&app))),
            tokio::spawn(Arc::clone(&app.limits).remove_idle_periodically(LIMITS_EVERY)),
            tokio::spawn(sockets.clone().close_expired()),
        ];
        // As many as can write to connections at the same time.
        let at_once = tokio::runtime::Handle::current().metrics().num_workers();
        tasks.extend((0..at_once).map(|_| tokio::spawn(Arc::clone(&app.hub).run_fanout())));
        let stopped = |mut stopping: watch::Receiver<bool>| async move {
            let _ = stopping.wait_for(|stopping| *stopping).await;
        };
        let main = api::server::serve(
            listener,
            api::router::router(Arc::clone(&app), &sockets),
            stopped(stop.subscribe()),
        );
        let beside = async {
            if let Some(realtime) = realtime {
                let router = api::router::live_router(Arc::clone(&app), &sockets);
                api::server::serve(realtime, router, stopped(stop.subscribe())).await;
            }
        };
        let end = async {
            let outcome = tokio::select! {
                () = interrupted => Ok(()),
                () = app.writer.failed() => Err(anyhow::anyhow!(
                    "the writer failed, which is a mistake in Ordercast: what was acknowledged is stored; start again"
                )),
            };
            tracing::info!("stopping");
            stop.send_replace(true);
            sockets.close();
            outcome
        };
        let ((), (), outcome) = tokio::join!(main, beside, end);
        for task in tasks {
            task.abort();
            let _ = task.await;
        }
        drop((app, sockets));
        // Everything that held the writer is gone, unless a connection had to be cut; then it ends with the process.
        let _ =
            tokio::time::timeout(Duration::from_secs(5), tokio::task::spawn_blocking(|| writer.join())).await;
        outcome
    }
}

/// How the database is opened.
pub fn options(config: &Config) -> DatabaseOptions {
    let wal_mib = u32::try_from(config.wal_cap >> 20).unwrap_or(u32::MAX).max(1);
    DatabaseOptions { wal_mib, keep_events: config.event_retention, ..DatabaseOptions::default() }
}

/// What Socket.IO clients get.
fn socket_options(config: &Config) -> live::gateway::Options {
    live::gateway::Options { dialect: config.dialect, max_joined: config.max_joined_orders as usize }
}

struct Parts {
    writer: Writer,
    read_backend: Arc<dyn ReadBackend>,
    clock: Arc<dyn Clock>,
    hub: Arc<Hub>,
    metrics: Arc<Metrics>,
    stopping: watch::Receiver<bool>,
}

fn assemble(config: &Config, demo: Option<Demo>, parts: Parts) -> anyhow::Result<AppState> {
    let Parts { writer, read_backend, clock, hub, metrics, stopping } = parts;
    let started_at = clock.now();
    let now = Arc::clone(&clock);
    let order_counts = OrderCountsPublisher::new(
        Arc::clone(&hub),
        config.store_timezone.clone(),
        Arc::new(move || now.now()),
    );
    let at_once = std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1));
    Ok(Arc::new(App {
        writer,
        read_backend,
        hub,
        order_counts,
        connections: ConnectionLimits::new(
            config.max_streams_per_user as usize,
            config.max_streams_per_address as usize,
        ),
        keys: token_keys(config)?,
        passwords: PasswordPool::new(Argon2Cost::default(), at_once, 64),
        revocations: Arc::new(Revocations::default()),
        limits: Arc::new(RateLimits::new(&rate_limits(config), &LimiterClock::machine())),
        origins: AllowedOrigins::parse(&config.cors_origins.join(","))?,
        trusted_proxies: TrustedProxies::from(config.trusted_proxies.clone()),
        clock,
        metrics,
        stopping,
        settings: ApiSettings {
            store: StoreId::main(),
            store_name: config.store_name.to_string(),
            currency: config.store_currency,
            zone: config.store_timezone.clone(),
            live_url: config.live_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned()),
            tiles: config.map_tiles.as_ref().map(|tiles| MapTiles {
                url: tiles.template.clone(),
                attribution: config.map_attribution.clone(),
                origin: tiles.origin.clone(),
            }),
            image_origins: config.image_origins.clone(),
            demo,
            access_token_lifetime: config.access_token_lifetime,
            session_lifetime: config.session_lifetime,
            reset_link_lifetime: RESET_LINK,
            base_url: config.base_url(),
            body_limit: BodyLimit(config.body_limit),
            version: env!("CARGO_PKG_VERSION"),
        },
        ports: OnceLock::new(),
        started_at,
    }))
}

/// The keys of the configured secret, or of the one in the data directory, which is made if there is none.
pub fn token_keys(config: &Config) -> anyhow::Result<TokenKeys> {
    let secret = secret::load_or_make(config)?;
    let allow_tokens_without_expiry = config.allow_tokens_without_expiry;
    Ok(TokenKeys::new(secret.reveal().as_bytes(), TokenOptions { allow_tokens_without_expiry })?)
}

fn rate_limits(config: &Config) -> RateLimitSettings {
    RateLimitSettings {
        address: config.rate_limit_address,
        account: config.rate_limit_account,
        sign_in_address: config.rate_limit_sign_in,
        sign_in_email: config.rate_limit_sign_in,
    }
}

/// Makes the data directory, for its owner only: it holds the token secret and personal data.
fn make_private(directory: &Path) -> anyhow::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(directory)
        .with_context(|| format!("cannot make the data directory {}", directory.display()))
}

fn open(address: SocketAddr, option: &str) -> anyhow::Result<TcpListener> {
    api::server::listen(address).with_context(|| {
        format!("cannot listen on {address}: choose another address with `{option}`, or stop what uses it")
    })
}

/// What a person needs to know next.
fn announce(
    config: &Config,
    listener: &TcpListener,
    realtime: Option<&TcpListener>,
    welcome: &str,
) -> anyhow::Result<()> {
    let address = listener.local_addr()?;
    tracing::info!(%address, data = %config.data.display(), "serving");
    let mut out = anstream::stdout();
    let (bold, plain) = (style::STRONG, anstyle::Reset);
    let host = if address.ip().is_unspecified() || address.ip().is_loopback() {
        format!("localhost:{}", address.port())
    } else {
        address.to_string()
    };
    writeln!(out, "{bold}Ordercast {}{plain} serves {}", env!("CARGO_PKG_VERSION"), config.store_name)?;
    if api::pages::is_built() {
        writeln!(out, "  the shop            {bold}http://{host}{plain}")?;
        writeln!(out, "  the console         http://{host}/admin")?;
    } else {
        writeln!(out, "  the web app         not in this binary: install Node and build it with make run")?;
    }
    writeln!(out, "  the API             http://{host}/docs")?;
    if let Some(realtime) = realtime {
        writeln!(out, "  live connections    http://{}", realtime.local_addr()?)?;
    }
    writeln!(out, "  data                {}", config.data.display())?;
    write!(out, "{welcome}")?;
    // As it was started here: it need not be on the PATH, and another process does not know this one's flags.
    let mut watch = std::env::args().next().unwrap_or_else(|| "ordercast".to_owned()) + " watch";
    let flag = |key| matches!(config.settings.source(key), Some(Source::Flag(_)));
    if flag("data") {
        watch = format!("{watch} --data {}", config.data.display());
    }
    if flag("listen") {
        watch = format!("{watch} --url http://{host}");
    }
    writeln!(out, "  follow the orders   {watch}    stop with Ctrl-C")?;
    out.flush()?;
    Ok(())
}

/// Sign-outs made by other processes, such as `ordercast user passwd`, count here too.
async fn watch_revocations(app: AppState) {
    let mut interval = tokio::time::interval(REVOCATIONS_EVERY);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        match app.read_backend.revoked(app.clock.now()).await {
            Ok(revoked) => app.revocations.replace(revoked),
            Err(error) => tracing::warn!(%error, "cannot look for ended sessions"),
        }
    }
}
