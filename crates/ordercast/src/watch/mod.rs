//! `ordercast watch`: prints live events in the terminal.
//!
//! Events go to standard output, notices about the connection to standard error. Exits with success when it is
//! interrupted, or when its output is closed.

mod format;
mod order_cache;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::anyhow;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;
use tokio::time::{Instant, timeout};

use self::order_cache::OrderCache;
use crate::cli::WatchArgs;
use crate::client::credentials;
use crate::client::error::ClientError;
use crate::client::stream::{Update, follow};
use crate::client::wire::ApiConnected;
use crate::clock;
use crate::config::sources::Environment;
use crate::terminal::{printable, style};

/// A resumed stream that is silent for this long has sent all missed events.
const CAUGHT_UP_AFTER: Duration = Duration::from_millis(750);

/// Runs until it is interrupted or refused.
pub async fn run(args: &WatchArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    let staff = credentials::staff(&args.server, environment, "ordercast-watch", "ordercast watch")?;
    let mut updates = follow(staff.client.clone(), args.since.clone());
    let mut out = Output { events: Box::new(anstream::stdout()), notices: Box::new(anstream::stderr()) };
    let mut watch = Watch {
        json: args.json,
        url: staff.client.base().to_string(),
        zone: TimeZone::system(),
        day: None,
        order_cache: OrderCache::new(staff.client),
        catch_up: None,
        lost: None,
    };
    let interrupted = crate::interrupted();
    tokio::pin!(interrupted);
    loop {
        let patience = if watch.catch_up.is_some() { CAUGHT_UP_AFTER } else { Duration::MAX };
        let shown = tokio::select! {
            () = &mut interrupted => return Ok(ExitCode::SUCCESS),
            next = timeout(patience, updates.recv()) => match next {
                Err(_) => {
                    watch.caught_up(&mut out);
                    Ok(())
                }
                Ok(None) => return Ok(ExitCode::SUCCESS),
                Ok(Some(Update::Refused(error))) => return Err(refused(&watch.url, &error)),
                Ok(Some(update)) => watch.show(update, &mut out).await,
            },
        };
        match shown {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(ExitCode::SUCCESS),
            shown => shown?,
        }
    }
}

/// Adds advice to a refusal.
fn refused(url: &str, error: &ClientError) -> anyhow::Error {
    let advice = match error {
        ClientError::Unauthorized { .. } => {
            "check the e-mail address and password, or the token: it may have expired, or belong to another server. On \
             the server's machine, pass --data instead"
        }
        ClientError::Forbidden { .. } => "use a staff account",
        ClientError::Refused { status: 400, .. } => "check --since: it must be a cursor from --json",
        _ => "check --url",
    };
    anyhow!("{url}: {error}; {advice}")
}

struct Output {
    events: Box<dyn Write + Send>,
    notices: Box<dyn Write + Send>,
}

impl Output {
    fn notice(&mut self, style: anstyle::Style, text: &str) {
        // Standard error may be closed; only events matter.
        let _ = writeln!(self.notices, "{style}●{style:#} {}{}{:#}", style::DIM, printable(text), style::DIM);
    }
}

/// Counts the missed events after a reconnect.
struct CatchUp {
    events: u32,
    since: Timestamp,
}

struct Watch {
    json: bool,
    url: String,
    zone: TimeZone,
    day: Option<jiff::civil::Date>,
    order_cache: OrderCache,
    catch_up: Option<CatchUp>,
    lost: Option<Instant>,
}

impl Watch {
    async fn show(&mut self, update: Update, out: &mut Output) -> io::Result<()> {
        match update {
            Update::Connected { connected, resumed } => self.connected(&connected, resumed, out).await,
            Update::Event { cursor, event, raw } => {
                if let Some(catch_up) = &mut self.catch_up {
                    if event.at < catch_up.since {
                        catch_up.events += 1;
                    } else {
                        self.caught_up(out);
                    }
                }
                if self.json {
                    writeln!(out.events, "{}", json!({ "cursor": cursor, "event": raw }))?;
                } else {
                    self.date_line(event.at, out)?;
                    let details = self.order_cache.details_for(&event).await;
                    writeln!(out.events, "{}", format::event_line(&event, &details, &self.zone))?;
                }
                out.events.flush()?;
            }
            Update::Repeated { event } => tracing::debug!(event = event.id, "an event arrived twice"),
            Update::Reset(reset) => {
                for order in &reset.orders {
                    self.order_cache.insert(order);
                }
                let why =
                    reset.reason.as_deref().unwrap_or("the history since then is gone").replace('_', " ");
                out.notice(style::WARN, &format!("starting from the present: {why}"));
            }
            Update::Lost { why, attempt, wait } => {
                self.lost.get_or_insert_with(Instant::now);
                self.catch_up = None;
                let wait = wait.as_secs_f64();
                let text = format!("not connected: {why}; reconnecting in {wait:.1} s (attempt {attempt})");
                out.notice(style::BAD, &text);
            }
            // The loop handles it, and ends.
            Update::Refused(_) => {}
        }
        Ok(())
    }

    async fn connected(&mut self, connected: &ApiConnected, resumed: bool, out: &mut Output) {
        let away = self.lost.take().map(|since| since.elapsed().as_secs());
        let text = match (away, &connected.user) {
            (Some(seconds), _) if resumed => format!("connected again after {seconds} s"),
            (_, Some(user)) => format!("connected to {} as {}; press Ctrl-C to stop", self.url, user.label()),
            _ => format!("connected to {}; press Ctrl-C to stop", self.url),
        };
        out.notice(style::GOOD, &text);
        if connected.role == "user" {
            out.notice(style::WARN, "this is a customer account, so only its own orders are shown");
        }
        if resumed {
            self.catch_up = Some(CatchUp { events: 0, since: clock::now() });
        } else if !self.json {
            self.order_cache.load_newest().await;
        }
    }

    fn caught_up(&mut self, out: &mut Output) {
        let Some(catch_up) = self.catch_up.take() else { return };
        let text = match catch_up.events {
            0 => "caught up: no missed events".to_owned(),
            1 => "caught up: 1 missed event".to_owned(),
            n => format!("caught up: {n} missed events"),
        };
        out.notice(style::GOOD, &text);
    }

    /// Prints the date when the day changes, because lines have only the time.
    fn date_line(&mut self, at: Timestamp, out: &mut Output) -> io::Result<()> {
        let day = at.to_zoned(self.zone.clone()).date();
        if self.day.replace(day).is_none_or(|before| before != day) {
            writeln!(out.events, "{}{}{:#}", style::DIM, day.strftime("%A, %-d %B %Y"), style::DIM)?;
        }
        Ok(())
    }
}
