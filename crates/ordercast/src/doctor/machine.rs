//! The clock, and the operating system's limits.

use std::time::SystemTime;

use jiff::Timestamp;

use super::Check;
use crate::clock;
use crate::config::Config;
use crate::serve::storage_config;

pub(super) fn checks(config: &Config) -> Vec<Check> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has more to say"))]
    let mut checks = vec![clock(config)];
    #[cfg(unix)]
    checks.push(open_files(config));
    checks
}

/// Tokens, ids and event times depend on the clock.
fn clock(config: &Config) -> Check {
    const ABOUT: &str = "clock";
    let now = clock::now();
    let advice = "set the clock, and keep it synchronized with NTP";
    let year = now.to_zoned(jiff::tz::TimeZone::UTC).year();
    if !(2025..2100).contains(&year) {
        return Check::error(ABOUT, format!("the clock says that the year is {year}"), advice);
    }
    match newest(config) {
        Some(newest) if newest > now + jiff::SignedDuration::from_mins(5) => {
            let found = format!(
                "the clock says {now}, but the data was written at {newest}: the clock is behind now, or was ahead then"
            );
            let advice = format!(
                "{advice}; if it is right now, new events get the time {newest} until then, unpaid orders that were placed while it was \
                 ahead keep their goods until then, and nothing else is affected"
            );
            Check::error(ABOUT, found, advice)
        }
        _ => Check::good(ABOUT, format!("{now:.0}")),
    }
}

/// The newest time in the data, or of its files. The data shows a clock that was ahead once, also after it was set right.
fn newest(config: &Config) -> Option<Timestamp> {
    let files = std::fs::read_dir(&config.data).ok()?;
    let times = files.filter_map(|file| file.ok()?.metadata().ok()?.modified().ok());
    let modified = times.max().and_then(|at: SystemTime| Timestamp::try_from(at).ok());
    let stored = storage_config(config).newest_time().ok().flatten();
    modified.max(stored)
}

#[cfg(unix)]
fn open_files(config: &Config) -> Check {
    const ABOUT: &str = "open files";
    /// Files that are open besides connections, with a margin.
    const OWN: u64 = 256;
    let limits = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let Some(limit) = limits.current else { return Check::good(ABOUT, "no limit") };
    let connections = limit.saturating_sub(OWN);
    let found = format!("limit {limit}, enough for about {connections} live connections");
    let at_least = u64::from(config.max_streams_per_address) + OWN;
    if limit < at_least.max(1024) {
        let hard = limits.maximum.map_or_else(|| "unlimited".to_owned(), |hard| hard.to_string());
        let advice = format!("run ulimit -n {hard} before starting, or set LimitNOFILE= in the systemd unit");
        return Check::warning(ABOUT, found, advice);
    }
    Check::good(ABOUT, found)
}
