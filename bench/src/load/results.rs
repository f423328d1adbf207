//! What came back: counted, timed, and cut into windows, so that a server that slows down as its database grows is
//! seen to.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Serialize;

use crate::client::excerpt;
use crate::latency::{Latencies, Summary};
use crate::units::{mebibytes, micros_each, per_second, ratio};
use crate::usage::{Footprint, Probe, Usage};

/// The status of a created order.
const CREATED: u16 = 201;

/// What a load came to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoadResult {
    /// Orders that were answered 201.
    pub(crate) created: u64,
    /// Answers by status.
    pub(crate) statuses: BTreeMap<u16, u64>,
    /// Requests whose connection broke before the answer.
    pub(crate) lost: u64,
    /// The first failure, in words.
    pub(crate) first_failure: Option<String>,
    /// From the first request to the last answer.
    pub(crate) seconds: f64,
    /// Created orders per second.
    pub(crate) per_second: f64,
    /// How long each took, in milliseconds.
    pub(crate) latency: Summary,
    /// Processor time of the server per request, in microseconds.
    pub(crate) server_micros: f64,
    /// Processor time of this program per request, in microseconds.
    pub(crate) generator_micros: f64,
    /// What others took of the server's core, 0 to 1.
    pub(crate) beside_server: f64,
    /// What others took of this program's core, 0 to 1.
    pub(crate) beside_generator: f64,
    /// The same over time.
    pub(crate) windows: Vec<Window>,
    /// Memory and disk at the end.
    pub(crate) held: Footprint,
}

/// A part of a load.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Window {
    /// Answers up to its end.
    pub(crate) until: u64,
    /// Answers in it.
    pub(crate) answers: u64,
    /// How long it was.
    pub(crate) seconds: f64,
    /// Answers per second.
    pub(crate) per_second: f64,
    /// How long each took, in milliseconds.
    pub(crate) latency: Summary,
    /// The server's share of its core, 0 to 1.
    pub(crate) server_share: f64,
    /// What others took of that core, 0 to 1: other processes, the kernel's own threads, the hypervisor.
    pub(crate) beside_server: f64,
    /// What others took of this program's core, 0 to 1.
    pub(crate) beside_generator: f64,
    /// MiB the server caused to be written to disk.
    pub(crate) written_mebibytes: f64,
    /// Memory and disk at its end.
    pub(crate) held: Footprint,
}

/// Counts while a load runs.
#[derive(Debug)]
pub(crate) struct LoadRecorder<'a> {
    probe: &'a Probe,
    window: u64,
    began: Instant,
    before: Usage,
    latest: Instant,
    statuses: BTreeMap<u16, u64>,
    answers: u64,
    created: u64,
    lost: u64,
    first_failure: Option<String>,
    all: Latencies,
    windows: Vec<Window>,
    current: OpenWindow,
}

/// The window that is open.
#[derive(Debug)]
struct OpenWindow {
    began: Instant,
    before: Usage,
    answers: u64,
    latencies: Latencies,
}

impl<'a> LoadRecorder<'a> {
    /// The clock starts now.
    pub(crate) fn begin(window: u64, probe: &'a Probe) -> Result<Self> {
        let before = probe.look()?;
        let began = Instant::now();
        Ok(Self {
            probe,
            window,
            began,
            before,
            latest: began,
            statuses: BTreeMap::new(),
            answers: 0,
            created: 0,
            lost: 0,
            first_failure: None,
            all: Latencies::new()?,
            windows: Vec::new(),
            current: OpenWindow { began, before, answers: 0, latencies: Latencies::new()? },
        })
    }

    /// An answer came.
    pub(crate) fn answered(&mut self, status: u16, body: &[u8], sent: Instant, now: Instant) -> Result<()> {
        self.latest = now;
        self.answers += 1;
        *self.statuses.entry(status).or_default() += 1;
        if status == CREATED {
            self.created += 1;
        } else if self.first_failure.is_none() {
            self.first_failure = Some(format!("{status}: {}", excerpt(body)));
        }
        self.current.latencies.record(now - sent);
        self.current.answers += 1;
        if self.current.answers == self.window { self.cut() } else { Ok(()) }
    }

    /// A request stayed without an answer.
    pub(crate) fn lost(&mut self, error: &anyhow::Error) {
        self.lost += 1;
        self.first_failure.get_or_insert_with(|| format!("{error:#}"));
    }

    /// Requests that are over, one way or the other.
    pub(crate) fn finished(&self) -> u64 {
        self.answers + self.lost
    }

    /// Requests that created nothing.
    pub(crate) fn failures(&self) -> u64 {
        self.finished() - self.created
    }

    /// How long nobody was answered.
    pub(crate) fn quiet(&self) -> Duration {
        self.latest.elapsed()
    }

    /// How long it has been going on.
    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Why to give up, for an error message.
    pub(crate) fn complaint(&self) -> String {
        let first = self.first_failure.as_deref().unwrap_or("none");
        format!("{} created, {} failed; the first failure: {first}", self.created, self.failures())
    }

    /// Closes the window, and opens the next.
    fn cut(&mut self) -> Result<()> {
        let usage = self.probe.look()?;
        let OpenWindow { began, before, answers, latencies } = &mut self.current;
        let length = self.latest - *began;
        let share = |after, before| share(after, before, length);
        let window = Window {
            until: self.answers,
            answers: *answers,
            seconds: length.as_secs_f64(),
            per_second: per_second(*answers, length),
            latency: latencies.summary(),
            server_share: share(usage.server, before.server),
            beside_server: share(usage.beside_server, before.beside_server),
            beside_generator: share(usage.beside_generator, before.beside_generator),
            written_mebibytes: mebibytes(usage.written.saturating_sub(before.written)),
            held: usage.held,
        };
        eprintln!("  {:>9} answers, {:>7.0}/s", window.until, window.per_second);
        self.windows.push(window);
        self.all.absorb(latencies)?;
        (*began, *before, *answers) = (self.latest, usage, 0);
        Ok(())
    }

    /// The load is over.
    pub(crate) fn end(mut self) -> Result<LoadResult> {
        if self.current.answers > 0 {
            self.cut()?;
        }
        let (length, usage) = (self.latest - self.began, self.current.before);
        let spent =
            |after: Duration, before: Duration| micros_each(after.saturating_sub(before), self.answers);
        Ok(LoadResult {
            created: self.created,
            lost: self.lost,
            seconds: length.as_secs_f64(),
            per_second: per_second(self.created, length),
            latency: self.all.summary(),
            server_micros: spent(usage.server, self.before.server),
            generator_micros: spent(usage.generator, self.before.generator),
            beside_server: share(usage.beside_server, self.before.beside_server, length),
            beside_generator: share(usage.beside_generator, self.before.beside_generator, length),
            held: usage.held,
            statuses: self.statuses,
            first_failure: self.first_failure,
            windows: self.windows,
        })
    }
}

/// The part of a time in which something was used, of which the totals before and after are known.
fn share(after: Duration, before: Duration, length: Duration) -> f64 {
    ratio(after.saturating_sub(before).as_secs_f64(), length.as_secs_f64())
}
