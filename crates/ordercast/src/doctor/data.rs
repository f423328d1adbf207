//! The data directory and the secret in it.

use std::io;
use std::path::Path;

use super::Check;
use crate::config::Config;
use crate::secret;

/// Less free space than this stops a shop soon …
const MIB: u64 = 1 << 20;
const TOO_LITTLE: u64 = 100 * MIB;
/// … and less than this one day.
const LITTLE: u64 = 1024 * MIB;

pub(super) fn checks(config: &Config) -> Vec<Check> {
    let directory = &config.data;
    let mut checks = Vec::new();
    match std::fs::metadata(directory) {
        Ok(metadata) if metadata.is_dir() => checks.push(writable(directory)),
        Ok(_) => {
            let found = format!("{} is a file", directory.display());
            checks.push(Check::broken("data", found, "name a directory with --data"));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => checks.push(missing(directory)),
        Err(error) => {
            let found = format!("cannot look into {}: {error}", directory.display());
            checks.push(Check::broken("data", found, "let the user who runs ordercast own the directory"));
        }
    }
    checks.extend(space(directory));
    checks.push(token_secret(config));
    checks
}

fn writable(directory: &Path) -> Check {
    match tempfile::tempfile_in(directory) {
        Ok(_) => Check::good("data", format!("{} can be written", shown(directory))),
        Err(error) => Check::broken(
            "data",
            format!("cannot write into {}: {error}", directory.display()),
            "let the user who runs ordercast own the directory",
        ),
    }
}

/// The first start makes it, if what is above it can be written.
fn missing(directory: &Path) -> Check {
    match tempfile::tempfile_in(above(directory)) {
        Ok(_) => Check::good(
            "data",
            format!("{} does not exist yet; the first start makes it", directory.display()),
        ),
        Err(error) => Check::broken(
            "data",
            format!("{} does not exist, and cannot be made: {error}", directory.display()),
            "make it, and let the user who runs ordercast own it; or name another with --data",
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
    let found = format!("{} MiB are free for the database", free / MIB);
    Some(if free < TOO_LITTLE {
        Check::broken("space", found, "make room: without it no order can be stored")
    } else if free < LITTLE {
        Check::doubtful("space", found, "make room, or move the data directory, before it runs out")
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
        Ok(false) => Check::good(ABOUT, format!("{}, for its owner only", shown(&path))),
        Ok(true) => Check::doubtful(
            ABOUT,
            format!("other users of this machine can read {}", path.display()),
            format!(
                "run chmod 600 {}; if they are not to be trusted, delete it instead and restart",
                path.display()
            ),
        ),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Check::good(ABOUT, "none yet; the first start makes one in the data directory")
        }
        Err(error) => Check::broken(
            ABOUT,
            format!("cannot look at {}: {error}", path.display()),
            "let the user who runs ordercast own the data directory",
        ),
    }
}

fn shown(path: &Path) -> String {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf()).display().to_string()
}
