//! `ordercast serve`: starts every part of the server, and stops them in order.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Context as _;
use api::app::{Demo, MapTiles, Ports};
use api::auth::password::Argon2Cost;
use api::auth::{AllowedOrigins, PasswordPool, TokenKeys, TokenOptions};
use api::base_path::BasePath;
use api::client_address::TrustedProxies;
use api::extract::BodyLimit;
use api::gateway::Sockets;
use api::metrics::Metrics;
use api::rate_limit::{LimiterClock, RateLimitSettings, RateLimits};
use api::revocations::Revocations;
use api::waiting_locations::WaitingLocations;
use api::{ApiSettings, App, AppState};
use eventlog::{Clock, ReadBackend, Storage, StorageConfig, Writer};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use live::order_counts::OrderCountsPublisher;
use live::{ConnectionLimits, Hub};
use orders::StoreId;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::cli::ServeArgs;
use crate::clock::System;
use crate::config::Config;
use crate::config::sources::Source;
use crate::config::values::StoreLocation;
use crate::served::ServedAt;
use crate::terminal::{is_broken_pipe, style};
use crate::{first_start, publish, reservations, secret};

/// How often to look for sessions that other processes ended.
const REVOCATIONS_EVERY: Duration = Duration::from_secs(2);
/// How often rate limits remove idle entries.
const LIMITS_EVERY: Duration = Duration::from_mins(1);
/// How long a password link is valid.
pub const RESET_LINK: SignedDuration = SignedDuration::from_hours(24);

/// Runs the server until it is interrupted.
pub async fn run(mut config: Config, args: ServeArgs) -> anyhow::Result<()> {
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    // Listen for the signal before the first start, so that an interrupted one still finishes its writes.
    let interrupted = crate::interrupted();
    config.accept_data_loss = args.accept_data_loss;
    make_private(&config.data)?;
    let mut lock = storage_config(&config).lock()?;
    let listener = open(config.listen, "listen")?;
    // The port of a free port, too.
    config.listen = listener.local_addr()?;
    let realtime = config.realtime_listen.map(|address| open(address, "realtime_listen")).transpose()?;
    let first_start::FirstStart { welcome, demo } = first_start::prepare(&config, args.demo).await?;
    if args.demo && !config.was_set("store_name") {
        crate::demo::SHOP_NAME.parse().map(|name| config.store_name = name)?;
    }
    // Without the machine's time zone database, the demo stays in UTC.
    if args.demo
        && !config.was_set("store_timezone")
        && let Ok(zone) = TimeZone::get(crate::demo::TIME_ZONE)
    {
        config.store_timezone = zone;
    }
    if args.demo && !config.was_set("store_location") {
        config.store_location =
            Some(crate::demo::LOCATION.parse::<StoreLocation>().map_err(anyhow::Error::msg)?.0);
    }
    let started = async {
        let server = Server::start(&config, demo, Arc::new(System)).await?;
        lock.announce(&ServedAt { address: config.listen, base_url: config.base_url() }.text())?;
        match announce(&config, &listener, realtime.as_ref(), &welcome) {
            // Nobody reads the standard output any more. The log goes on.
            Err(error) if is_broken_pipe(&error) => {}
            announced => announced?,
        }
        anyhow::Ok(server)
    };
    // The welcome text has the admin password, which is shown only once. Print it even if the start fails.
    let server = started.await.inspect_err(|_| drop(write!(anstream::stderr(), "{welcome}")))?;
    server.serve(listener, realtime, interrupted).await?;
    tracing::info!("stopped; every accepted request is stored");
    Ok(())
}

/// A running server without its sockets.
pub struct Server {
    pub app: AppState,
    sockets: Sockets,
    stop: watch::Sender<bool>,
    writer: std::thread::JoinHandle<()>,
}

impl Server {
    /// Opens the database and starts the writer. `clock` is used for orders, keys, tokens and sessions. `demo` comes from
    /// [`first_start::prepare`], which knows whether the data may be used as a demo.
    pub async fn start(config: &Config, demo: Option<Demo>, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let storage = Storage::open(&storage_config(config), clock.uuid())?;
        if let Some(from) = storage.upgraded_from() {
            tracing::info!(from, to = StorageConfig::newest_schema(), "database upgraded");
        }
        let read_backend = storage.read_backend();
        let hub = Arc::new(Hub::new(Arc::clone(&read_backend), read_backend.head().await?));
        let metrics = Arc::new(Metrics::default());
        let publish = publish::publisher(Arc::clone(&hub), Arc::clone(&metrics));
        let (writer, thread) =
            storage.start_writer(Arc::clone(&clock), publish).context("cannot start the writer thread")?;
        let (stop, stopping) = watch::channel(false);
        let app = assemble(config, demo, Components { writer, read_backend, clock, hub, metrics, stopping })?;
        // Sessions that ended while the server was down must be known before the first request.
        app.revocations.replace(app.revocations.version(), app.read_backend.revoked().await?);
        app.resume_waiting_locations().await?;
        let sockets = Sockets::new(&app, config.socketio.clone(), socket_options(config));
        Ok(Self { app, sockets, stop, writer: thread })
    }

    /// Serves until `interrupted` resolves, then stops in order: it accepts no new connections, finishes requests, tells
    /// streams to reconnect, and commits what the writer accepted. Also stops, with an error, when the writer failed:
    /// only a restart can accept orders again.
    pub async fn serve(
        self,
        listener: TcpListener,
        realtime: Option<TcpListener>,
        interrupted: impl Future<Output = ()>,
    ) -> anyhow::Result<()> {
        let Self { app, sockets, stop, writer } = self;
        let port = |listener: &TcpListener| listener.local_addr().map(|address| address.port());
        let ports = Ports { main: port(&listener)?, live: realtime.as_ref().map(port).transpose()? };
        // `serve` runs once, so the cell is empty.
        let _ = app.ports.set(ports);
        if ports.live.is_some() {
            app.origins.set_page_port(ports.main);
        }
        let mut tasks = vec![
            tokio::spawn(watch_revocations(Arc::clone(&app))),
            tokio::spawn(reservations::expire(Arc::clone(&app))),
            tokio::spawn(Arc::clone(&app.limits).remove_idle_periodically(LIMITS_EVERY)),
            tokio::spawn(sockets.clone().close_expired()),
            tokio::spawn(crate::clock::watch(Arc::clone(&app.clock))),
        ];
        // One fan-out task for each worker thread.
        let at_once = tokio::runtime::Handle::current().metrics().num_workers();
        tasks.push(tokio::spawn(Arc::clone(&app.hub).follow_log(app.writer.head())));
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
                    "the writer failed because of a bug in Ordercast. Everything acknowledged is stored; restart the server"
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
        // The writer thread ends when its last handle is dropped. A connection that was aborted may still hold one.
        let _ =
            tokio::time::timeout(Duration::from_secs(5), tokio::task::spawn_blocking(|| writer.join())).await;
        outcome
    }
}

pub fn storage_config(config: &Config) -> StorageConfig {
    StorageConfig {
        directory: config.data.clone(),
        wal_bytes: config.wal_cap,
        keep_events: config.event_retention,
        accept_data_loss: config.accept_data_loss,
        companions: vec![secret::path(config)],
    }
}

fn socket_options(config: &Config) -> live::gateway::GatewayOptions {
    live::gateway::GatewayOptions {
        dialect: config.dialect,
        max_joined: config.max_joined_orders as usize,
        join_events: config.join_events.clone(),
        namespaces: config.namespaces.clone(),
        silent_after: SignedDuration::try_from(config.socketio.ping_interval + config.socketio.ping_timeout)
            .unwrap_or(SignedDuration::ZERO),
    }
}

/// What [`assemble`] needs besides the configuration.
struct Components {
    writer: Writer,
    read_backend: Arc<dyn ReadBackend>,
    clock: Arc<dyn Clock>,
    hub: Arc<Hub>,
    metrics: Arc<Metrics>,
    stopping: watch::Receiver<bool>,
}

fn assemble(config: &Config, demo: Option<Demo>, components: Components) -> anyhow::Result<AppState> {
    let Components { writer, read_backend, clock, hub, metrics, stopping } = components;
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
        locations: WaitingLocations::default(),
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
            location: config.store_location,
            live_url: config.live_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned()),
            tiles: config.map_tiles.as_ref().map(|tiles| MapTiles {
                url: tiles.template.clone(),
                attribution: config.map_attribution.clone(),
                origin: tiles.origin.clone(),
            }),
            image_origins: config.image_origins.clone(),
            demo,
            cookies: config.cookies.clone(),
            access_token_lifetime: config.access_token_lifetime,
            session_lifetime: config.session_lifetime,
            reset_link_lifetime: RESET_LINK,
            base_url: config.base_url(),
            base_path: config.base_path.clone(),
            body_limit: BodyLimit(config.body_limit),
            version: env!("CARGO_PKG_VERSION"),
        },
        ports: OnceLock::new(),
        started_at,
    }))
}

/// The keys of the configured secret, or of the secret in the data directory, which is created if it is missing.
pub fn token_keys(config: &Config) -> anyhow::Result<TokenKeys> {
    let secret = secret::load_or_make(config)?;
    let allow_tokens_without_expiry = config.allow_tokens_without_expiry;
    Ok(TokenKeys::new(secret.reveal().as_bytes(), TokenOptions { allow_tokens_without_expiry })?)
}

fn rate_limits(config: &Config) -> RateLimitSettings {
    RateLimitSettings {
        address: config.rate_limit_address,
        account: config.rate_limit_account,
        sign_in: config.rate_limit_sign_in,
    }
}

/// Creates the data directory, accessible only by its owner, because it holds the token secret and personal data.
fn make_private(directory: &Path) -> anyhow::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(directory)
        .with_context(|| format!("cannot create the data directory {}", directory.display()))
}

fn open(address: SocketAddr, option: &str) -> anyhow::Result<TcpListener> {
    api::server::listen(address).with_context(|| {
        format!("cannot listen on {address}: choose another address with `{option}`, or stop the program that uses it")
    })
}

/// Prints the addresses and, on the first start, the admin password.
fn announce(
    config: &Config,
    listener: &TcpListener,
    realtime: Option<&TcpListener>,
    welcome: &str,
) -> anyhow::Result<()> {
    let address = listener.local_addr()?;
    let dialect = config.dialect.name();
    let origins = match config.cors_origins.as_slice() {
        [] => String::from("own"),
        others => others.join(","),
    };
    let base_path = Some(&config.base_path).filter(|path| !path.is_root());
    let shown_path = base_path.map(tracing::field::display);
    let serves = if realtime.is_some() { "shop,api" } else { "shop,api,live" };
    tracing::info!(%address, base_path = shown_path, serves, %dialect, %origins, data = %config.data.display(), "serving");
    if let Some(realtime) = realtime {
        tracing::info!(address = %realtime.local_addr()?, serves = "live", %dialect, %origins, "serving");
    }
    let mut out = anstream::stdout();
    let (bold, plain) = (style::STRONG, anstyle::Reset);
    let host = if address.ip().is_unspecified() || address.ip().is_loopback() {
        format!("localhost:{}", address.port())
    } else {
        address.to_string()
    };
    writeln!(out, "{bold}Ordercast {}{plain} is serving {}", env!("CARGO_PKG_VERSION"), config.store_name)?;
    if api::pages::is_built() {
        writeln!(out, "  shop                {bold}http://{host}{}{plain}", root_of(&config.base_path))?;
        writeln!(out, "  console             http://{host}{}/admin", config.base_path)?;
    } else {
        writeln!(out, "  web app             not in this binary; install Node, then run make build")?;
    }
    writeln!(out, "  API                 http://{host}{}/docs", config.base_path)?;
    if let Some(realtime) = realtime {
        writeln!(out, "  live connections    http://{}", realtime.local_addr()?)?;
    }
    writeln!(out, "  data                {}", config.data.display())?;
    write!(out, "{welcome}")?;
    // The path and flags of this process, because another one needs them to find the same server.
    let mut watch = std::env::args().next().unwrap_or_else(|| "ordercast".to_owned()) + " watch";
    let flag = |key| matches!(config.settings.source(key), Some(Source::Flag(_)));
    if flag("data") {
        watch = format!("{watch} --data {}", config.data.display());
    }
    if flag("listen") {
        watch = format!("{watch} --url http://{host}");
    }
    writeln!(
        out,
        "  watch orders        {watch}
  stop                Ctrl-C"
    )?;
    out.flush()?;
    Ok(())
}

/// The path of the shop's first page.
fn root_of(base_path: &BasePath) -> String {
    if base_path.is_root() { String::new() } else { format!("{base_path}/") }
}

/// Loads the sessions that other processes ended, such as `ordercast user passwd`.
async fn watch_revocations(app: AppState) {
    let mut interval = tokio::time::interval(REVOCATIONS_EVERY);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        let as_of = app.revocations.version();
        match app.read_backend.revoked().await {
            Ok(revoked) => app.revocations.replace(as_of, revoked),
            Err(error) => tracing::warn!(%error, "cannot load ended sessions; retrying"),
        }
    }
}
