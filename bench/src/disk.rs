//! Measures the disk of the database: the file system, and the cost of one durable append.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde::Serialize;

use crate::latency::{Latencies, Summary};

const APPENDS: usize = 200;
/// One page of SQLite.
const APPENDED: [u8; 4096] = [0x5a; 4096];
/// A slow disk gets fewer appends.
const LONG_ENOUGH: Duration = Duration::from_secs(10);

/// The disk under a directory.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Disk {
    pub(crate) directory: PathBuf,
    /// The file system's type, such as `ext4`. On `tmpfs` nothing is durable, and `fdatasync` is free.
    pub(crate) filesystem: String,
    /// Its device.
    pub(crate) device: String,
    /// Appending 4 KiB to a file and `fdatasync`: milliseconds.
    pub(crate) durable_append: Summary,
    pub(crate) appends: usize,
}

impl Disk {
    /// The directory must exist.
    pub(crate) fn probe(directory: &Path) -> Result<Self> {
        let directory =
            directory.canonicalize().with_context(|| format!("cannot find {}", directory.display()))?;
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
        let (device, filesystem) = mounted(&mounts, &directory);
        let (durable_append, appends) = durable_append(&directory)
            .with_context(|| format!("cannot measure the disk under {}", directory.display()))?;
        Ok(Self { directory, filesystem, device, durable_append, appends })
    }
}

fn durable_append(directory: &Path) -> Result<(Summary, usize)> {
    let path = directory.join("fdatasync-probe");
    let mut file = OpenOptions::new().create_new(true).append(true).open(&path)?;
    let mut latencies = Latencies::new()?;
    let (mut appends, began) = (0, Instant::now());
    while appends < APPENDS && began.elapsed() < LONG_ENOUGH {
        let start = Instant::now();
        file.write_all(&APPENDED)?;
        file.sync_data()?;
        latencies.record(start.elapsed());
        appends += 1;
    }
    fs::remove_file(&path)?;
    Ok((latencies.summary(), appends))
}

/// The device and type of the file system of a path: the longest mount point above it, and the last one mounted
/// there. Spaces in mount points are written as `\040`, see `proc_mounts(5)`.
fn mounted(mounts: &str, path: &Path) -> (String, String) {
    let mut best = (0, "unknown", "unknown");
    for line in mounts.lines() {
        let mut fields = line.split(' ');
        let (Some(device), Some(point), Some(kind)) = (fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        let point = point.replace("\\040", " ");
        if path.starts_with(&point) && point.len() >= best.0 {
            best = (point.len(), device, kind);
        }
    }
    (best.1.to_owned(), best.2.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_mount_point_wins() {
        let mounts = "/dev/a / ext4 rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n/dev/b /tmp/my\\040disk xfs rw 0 0\n";
        let kind = |path: &str| mounted(mounts, Path::new(path)).1;
        assert_eq!(kind("/home/x"), "ext4");
        assert_eq!(kind("/tmp/x"), "tmpfs");
        assert_eq!(kind("/tmpx"), "ext4");
        assert_eq!(kind("/tmp/my disk/x"), "xfs");
        assert_eq!(mounted("", Path::new("/")).0, "unknown");
    }

    #[test]
    fn a_probe_leaves_nothing_behind() {
        let directory = tempfile::tempdir().unwrap();
        let disk = Disk::probe(directory.path()).unwrap();
        assert!(disk.appends > 0 && disk.durable_append.p50 > 0.0);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}
