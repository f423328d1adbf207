//! The progress line and the summary.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::task::JoinHandle;
use tokio::time::{Instant, interval};

use super::Simulation;
use super::results::{Delays, Results};
use crate::terminal::style;

/// Shown only in a terminal.
pub(super) struct ProgressLine {
    bar: ProgressBar,
    ticker: JoinHandle<()>,
}

impl ProgressLine {
    pub(super) fn start(run: Arc<Simulation>, length: Duration) -> Self {
        let bar = ProgressBar::new(u64::try_from(length.as_millis()).unwrap_or(u64::MAX));
        let style = ProgressStyle::with_template(
            "{spinner:.blue} {bar:16.blue/black.bright} {elapsed} {prefix}{wide_msg}",
        );
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let shown = bar.clone();
        let ticker = tokio::spawn(async move {
            let began = Instant::now();
            let mut tick = interval(Duration::from_millis(200));
            loop {
                tick.tick().await;
                let line = line(&run.results(), began.elapsed().min(length));
                shown.set_position(u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX));
                shown.set_message(line);
            }
        });
        Self { bar, ticker }
    }

    pub(super) fn say(&self, what: &'static str) {
        self.bar.set_prefix(format!("{what} · "));
    }

    pub(super) fn end(self) {
        self.ticker.abort();
        self.bar.finish_and_clear();
    }
}

fn line(results: &Results, elapsed: Duration) -> String {
    let rate = per_second(results.placed, elapsed);
    let seen = results.coverage(false).seen + results.coverage(true).seen;
    let mut line = format!(
        "{} orders ({rate:.1}/s) · {seen} events seen, {} to come · p95 {:.0} ms",
        results.placed,
        results.missing(),
        results.lag.recent(95),
    );
    let errors: u64 = results.errors.values().sum();
    if errors > 0 {
        let _ = write!(line, " · {errors} errors");
    }
    if results.throttled > 0 {
        let _ = write!(line, " · {} waits for the rate limit", results.throttled);
    }
    line
}

pub(super) struct RunInfo {
    pub(super) seed: u64,
    /// How long orders were placed.
    pub(super) placing: Duration,
    pub(super) customers: usize,
}

/// Prints the summary.
pub(super) fn summary(results: &Results, setting: &RunInfo, out: &mut dyn Write) -> io::Result<()> {
    let seconds = setting.placing.as_secs_f64();
    writeln!(out, "{} customers ordered for {seconds:.0} s (seed {})", setting.customers, setting.seed)?;
    let rate = per_second(results.placed, setting.placing);
    row(
        out,
        "orders",
        &format!("{} placed ({rate:.1}/s){}", results.placed, list(&results.refusals, " · refused: ")),
    )?;
    let statuses: Vec<_> = results
        .by_status()
        .into_iter()
        .map(|(status, n)| {
            let color = style::of(status);
            format!("{color}{} {}{color:#} {n}", style::glyph(status), status.name())
        })
        .collect();
    row(out, "now", &statuses.join("  "))?;
    row(out, "requests", &format!("{}, {}", results.answers.count(), delays(&results.answers)))?;
    if results.throttled + results.retried + results.held_back > 0 {
        let text = format!(
            "{} waits for the rate limit, {} requests sent again, {} orders held back",
            results.throttled, results.retried, results.held_back
        );
        row(out, "", &warning(&text))?;
        if results.throttled > 0 {
            row(
                out,
                "",
                "for a higher rate, start the server with --rate-limit-address off --rate-limit-account off",
            )?;
        }
    }
    for (name, staff) in [("customers", false), ("staff", true)] {
        let coverage = results.coverage(staff);
        row(out, name, &format!("{} events seen, {}", coverage.seen, count(coverage.missed, "missed")))?;
    }
    let order = format!(
        "{}, {}, {}",
        count(results.repeated, "twice"),
        count(results.out_of_order, "out of order"),
        count(results.leaks(), "to the wrong customer")
    );
    row(out, "", &order)?;
    row(out, "delay", &format!("{} from the event's time to its arrival", delays(&results.lag)))?;
    if results.lost > 0 {
        let text = format!(
            "{} lost, {} reconnected, {} of them without missed events",
            results.lost, results.resumed, results.resets
        );
        row(out, "connections", &text)?;
    }
    if results.errors.is_empty() {
        row(out, "errors", "none")
    } else {
        let bad = style::BAD;
        row(out, "errors", &format!("{bad}{}{bad:#}", list(&results.errors, "")))
    }
}

fn row(out: &mut dyn Write, name: &str, text: &str) -> io::Result<()> {
    writeln!(out, "  {}{name:<12}{:#}{text}", style::DIM, style::DIM)
}

fn delays(delays: &Delays) -> String {
    let [half, most, nearly_all] = delays.percentiles([50, 95, 99]);
    format!("p50 {half:.1} ms, p95 {most:.1} ms, p99 {nearly_all:.1} ms")
}

fn count(n: u64, what: &str) -> String {
    let color = if n == 0 { style::GOOD } else { style::BAD };
    format!("{color}{n} {what}{color:#}")
}

fn warning(text: &str) -> String {
    format!("{}{text}{:#}", style::WARN, style::WARN)
}

fn list(counts: &std::collections::BTreeMap<String, u64>, before: &str) -> String {
    if counts.is_empty() {
        return String::new();
    }
    let parts: Vec<_> =
        counts.iter().map(|(code, n)| format!("{n} {}", crate::terminal::printable(code))).collect();
    format!("{before}{}", parts.join(", "))
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
fn per_second(n: u64, elapsed: Duration) -> f64 {
    n as f64 / elapsed.as_secs_f64().max(0.001)
}
