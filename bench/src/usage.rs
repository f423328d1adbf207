//! Measures processor time, memory and disk, from `/proc` (proc(5)) and the data directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Serialize;

#[derive(Debug)]
pub(crate) struct Probe {
    pub(crate) pid: u32,
    pub(crate) data: PathBuf,
    pub(crate) server_core: usize,
    pub(crate) client_core: usize,
}

/// What was used up to a moment, and what is in use at it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    /// Processor time of the server, since it started.
    pub(crate) server: Duration,
    /// Processor time of this program, since it started.
    pub(crate) generator: Duration,
    /// Time others used of the server's core: other processes, threads of the kernel, the hypervisor.
    pub(crate) beside_server: Duration,
    /// Time others used of this program's core.
    pub(crate) beside_generator: Duration,
    /// Bytes the server caused to be written to disk.
    pub(crate) written: u64,
    /// What is in use.
    pub(crate) held: Footprint,
}

/// Memory and disk in use at a moment, in bytes.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Footprint {
    /// The server's resident memory.
    pub(crate) memory: u64,
    /// The most it ever was.
    pub(crate) peak_memory: u64,
    /// Files of the database, without the write-ahead log.
    pub(crate) database: u64,
    /// The write-ahead log: files that end in `-wal`.
    pub(crate) write_ahead_log: u64,
}

/// Processor time of the calling thread, and bytes this program caused to be written to disk, since they started.
pub(crate) fn of_thread() -> Result<(Duration, u64)> {
    let time = processor_time(&read("/proc/thread-self/stat")?).context("no times in stat")?;
    // Not every system tells.
    let written = read("/proc/self/io").ok().and_then(|io| value(&io, "write_bytes:")).unwrap_or_default();
    Ok((time, written))
}

impl Probe {
    /// Looks now.
    pub(crate) fn look(&self) -> Result<Usage> {
        let process = format!("/proc/{}", self.pid);
        let status = read(&format!("{process}/status"))?;
        let (database, write_ahead_log) = files(&self.data)?;
        let server = processor_time(&read(&format!("{process}/stat"))?).context("no times in stat")?;
        let generator = processor_time(&read("/proc/self/stat")?).context("no times in stat")?;
        let cores = read("/proc/stat")?;
        let others = |core: usize| -> Result<Duration> {
            let measured = [(self.server_core, server), (self.client_core, generator)];
            let ours = measured.iter().filter(|(on, _)| *on == core).map(|(_, time)| *time).sum();
            Ok(busy(&cores, core).with_context(|| format!("no times of core {core}"))?.saturating_sub(ours))
        };
        Ok(Usage {
            server,
            generator,
            beside_server: others(self.server_core)?,
            beside_generator: others(self.client_core)?,
            // Not every system tells.
            written: read(&format!("{process}/io"))
                .ok()
                .and_then(|io| value(&io, "write_bytes:"))
                .unwrap_or_default(),
            held: Footprint {
                memory: value(&status, "VmRSS:").unwrap_or_default() * 1024,
                peak_memory: value(&status, "VmHWM:").unwrap_or_default() * 1024,
                database,
                write_ahead_log,
            },
        })
    }
}

fn read(path: &str) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {path}"))
}

fn ticks(count: u64) -> Duration {
    Duration::from_millis(count * 1000 / rustix::param::clock_ticks_per_second())
}

/// User and system time of `/proc/PID/stat`: fields 14 and 15. The name, field 2, may itself hold spaces and brackets.
fn processor_time(stat: &str) -> Option<Duration> {
    let mut fields = stat.rsplit_once(") ")?.1.split(' ').skip(11);
    Some(ticks(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?))
}

/// How long a core did not idle: everything in its line of `/proc/stat` but idle, iowait and the guests' share, which
/// user time includes already.
fn busy(stat: &str, core: usize) -> Option<Duration> {
    let prefix = format!("cpu{core} ");
    let line = stat.lines().find_map(|line| line.strip_prefix(&prefix))?;
    let times = line.split_whitespace().take(8).enumerate().filter(|(field, _)| !matches!(field, 3 | 4));
    let sum = times.map(|(_, text)| text.parse::<u64>().ok()).sum::<Option<u64>>()?;
    Some(ticks(sum))
}

/// The number after a name.
fn value(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

/// Bytes of all files below a directory: those of the database, and those of write-ahead logs. A file that goes away
/// while we look counts as nothing.
fn files(directory: &Path) -> Result<(u64, u64)> {
    let (mut database, mut log) = (0, 0);
    let entries = fs::read_dir(directory).with_context(|| format!("cannot read {}", directory.display()))?;
    for entry in entries.flatten() {
        let Ok(found) = entry.metadata() else { continue };
        if found.is_dir() {
            let below = files(&entry.path()).unwrap_or_default();
            database += below.0;
            log += below.1;
        } else if entry.file_name().as_encoded_bytes().ends_with(b"-wal") {
            log += found.len();
        } else {
            database += found.len();
        }
    }
    Ok((database, log))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_past_a_strange_name() {
        let stat = "42 (a) b) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20";
        let tick = ticks(1);
        assert_eq!(processor_time(stat), Some(tick * 200));
        assert_eq!(processor_time("nonsense"), None);
    }

    #[test]
    fn a_core_is_busy_when_it_does_not_idle() {
        let stat = "cpu  1 1 1 1 1 1 1 1 0 0\ncpu0 10 1 5 900 90 0 2 3 10 0\ncpu10 1 1 1 1 1 1 1 1 0 0\n";
        assert_eq!(busy(stat, 0), Some(ticks(21)));
        assert_eq!(busy(stat, 10), Some(ticks(6)));
        assert_eq!(busy(stat, 1), None);
    }

    #[test]
    fn the_log_is_counted_apart_from_the_database() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("a.db"), [0; 10]).unwrap();
        fs::write(directory.path().join("a.db-wal"), [0; 7]).unwrap();
        fs::create_dir(directory.path().join("more")).unwrap();
        fs::write(directory.path().join("more/b.db"), [0; 5]).unwrap();
        assert_eq!(files(directory.path()).unwrap(), (15, 7));
    }

    #[test]
    fn our_own_process_can_be_looked_at() {
        let directory = tempfile::tempdir().unwrap();
        let probe = Probe {
            pid: std::process::id(),
            data: directory.path().to_owned(),
            server_core: 0,
            client_core: 0,
        };
        let usage = probe.look().unwrap();
        assert!(usage.held.memory > 0 && usage.held.peak_memory >= usage.held.memory);
    }
}
