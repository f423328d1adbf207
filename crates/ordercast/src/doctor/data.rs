//! The data directory and the secret in it.

use std::io;
use std::path::Path;

use super::Check;
use crate::config::Config;
use crate::secret;

const MIB: u64 = 1 << 20;
/// Less free space than this is an error.
const TOO_LITTLE: u64 = 100 * MIB;
/// Less free space than this is a warning.
const LITTLE: u64 = 1024 * MIB;

pub(super) fn checks(config: &Config) -> Vec<Check> {
    let directory = &config.data;
    let mut checks = Vec::new();
    match std::fs::metadata(directory) {
        Ok(metadata) if metadata.is_dir() => checks.push(writable(directory)),
        Ok(_) => {
            let found = format!("{} is not a directory", directory.display());
            checks.push(Check::error("data", found, "pass a directory with --data"));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => checks.push(missing(directory)),
        Err(error) => {
            let found = format!("cannot read {}: {error}", directory.display());
            checks.push(Check::error(
                "data",
                found,
                "make the user that runs ordercast the owner of the directory",
            ));
        }
    }
    checks.extend(space(directory));
    checks.push(token_secret(config));
    checks
}

fn writable(directory: &Path) -> Check {
    match tempfile::tempfile_in(directory) {
        Ok(_) => Check::good("data", format!("{} is writable", shown(directory))),
        Err(error) => Check::error(
            "data",
            format!("cannot write to {}: {error}", directory.display()),
            "make the user that runs ordercast the owner of the directory",
        ),
    }
}

/// The first start creates the directory, if its parent is writable.
fn missing(directory: &Path) -> Check {
    match tempfile::tempfile_in(above(directory)) {
        Ok(_) => Check::good(
            "data",
            format!("{} does not exist yet; the first start creates it", directory.display()),
        ),
        Err(error) => Check::error(
            "data",
            format!("{} does not exist and cannot be created: {error}", directory.display()),
            "create it for the user that runs ordercast, or pass another directory with --data",
        ),
    }
}

/// The nearest directory that exists.
fn above(directory: &Path) -> &Path {
    let above = directory.ancestors().find(|path| path.is_dir());
    above.unwrap_or(Path::new("."))
}

#[cfg(unix)]
fn space(directory: &Path) -> Option<Check> {
    let volume = rustix::fs::statvfs(above(directory)).ok()?;
    let free = volume.f_bavail.saturating_mul(volume.f_frsize);
    let found = format!("{} MiB free for the database", free / MIB);
    Some(if free < TOO_LITTLE {
        Check::error("space", found, "free some disk space, or orders cannot be stored")
    } else if free < LITTLE {
        Check::warning("space", found, "free some disk space, or move the data directory")
    } else {
        Check::good("space", found)
    })
}

#[cfg(not(unix))]
fn space(_: &Path) -> Option<Check> {
    None
}

fn token_secret(config: &Config) -> Check {
    const ABOUT: &str = "token secret";
    if config.jwt_secret.is_some() {
        return Check::good(ABOUT, "configured");
    }
    let path = secret::path(config);
    match secret::is_exposed(&path) {
        Ok(false) => Check::good(ABOUT, format!("{}, readable only by its owner", shown(&path))),
        Ok(true) => Check::warning(
            ABOUT,
            format!("other users of this machine can read {}", path.display()),
            format!(
                "run chmod 600 {}; if you do not trust those users, delete the file instead and restart",
                path.display()
            ),
        ),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Check::good(ABOUT, "none yet; the first start creates one in the data directory")
        }
        Err(error) => Check::error(
            ABOUT,
            format!("cannot read {}: {error}", path.display()),
            "make the user that runs ordercast the owner of the data directory",
        ),
    }
}

fn shown(path: &Path) -> String {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf()).display().to_string()
}
