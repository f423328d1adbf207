//! Counts and latencies, in total and per window, so that a report shows when a server slows down as its database
//! grows.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Serialize;

use crate::client::excerpt;
use crate::latency::{Latencies, Summary};
use crate::units::{mebibytes, micros_each, per_second, ratio};
use crate::usage::{Footprint, Probe, Usage};

const CREATED: u16 = 201;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoadResult {
    pub(crate) created: u64,
    /// Answers by status.
    pub(crate) statuses: BTreeMap<u16, u64>,
    /// Requests whose connection broke before the answer.
    pub(crate) lost: u64,
    pub(crate) first_failure: Option<String>,
    /// From the first request to the last answer.
    pub(crate) seconds: f64,
    pub(crate) per_second: f64,
    pub(crate) latency: Summary,
    /// Processor time of the server per request, in microseconds.
    pub(crate) server_micros: f64,
    /// Processor time of this program per request, in microseconds.
    pub(crate) generator_micros: f64,
    /// Share of the server's core that other processes used, 0 to 1.
    pub(crate) beside_server: f64,
    /// Share of the generator's core that other processes used, 0 to 1.
    pub(crate) beside_generator: f64,
    pub(crate) windows: Vec<Window>,
    pub(crate) held: Footprint,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Window {
    /// Answers up to the end of the window.
    pub(crate) until: u64,
    pub(crate) answers: u64,
    pub(crate) seconds: f64,
    pub(crate) per_second: f64,
    pub(crate) latency: Summary,
    /// Share of its core that the server used, 0 to 1.
    pub(crate) server_share: f64,
    /// Share of that core that others used, 0 to 1: processes, kernel threads, the hypervisor.
    pub(crate) beside_server: f64,
    /// Share of the generator's core that other processes used, 0 to 1.
    pub(crate) beside_generator: f64,
    /// MiB that the server wrote to disk.
    pub(crate) written_mebibytes: f64,
    pub(crate) held: Footprint,
}

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

#[derive(Debug)]
struct OpenWindow {
    began: Instant,
    before: Usage,
    answers: u64,
    latencies: Latencies,
}

impl<'a> LoadRecorder<'a> {
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

    pub(crate) fn lost(&mut self, error: &anyhow::Error) {
        self.lost += 1;
        self.first_failure.get_or_insert_with(|| format!("{error:#}"));
    }

    /// Requests that were answered or lost.
    pub(crate) fn finished(&self) -> u64 {
        self.answers + self.lost
    }

    /// Requests that did not create an order.
    pub(crate) fn failures(&self) -> u64 {
        self.finished() - self.created
    }

    /// Time since the last answer.
    pub(crate) fn quiet(&self) -> Duration {
        self.latest.elapsed()
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Counts and the first failure, for an error message.
    pub(crate) fn complaint(&self) -> String {
        let first = self.first_failure.as_deref().unwrap_or("none");
        format!("{} created, {} failed; the first failure: {first}", self.created, self.failures())
    }

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

/// The share of a time that was used, from the totals before and after.
fn share(after: Duration, before: Duration, length: Duration) -> f64 {
    ratio(after.saturating_sub(before).as_secs_f64(), length.as_secs_f64())
}
