//! The secret that signs tokens: configured, or generated once and kept in the data directory.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::clock;
use crate::config::Config;
use crate::config::values::Secret;

pub const FILE: &str = "jwt-secret";
/// RFC 7518, section 3.2: the key is at least as long as the hash.
pub const RECOMMENDED_BYTES: usize = 32;

/// The file of the generated secret.
pub fn path(config: &Config) -> PathBuf {
    config.data.join(FILE)
}

/// The configured or stored secret; `None` if there is none yet. Never generates one.
pub fn existing(config: &Config) -> anyhow::Result<Option<Secret>> {
    match &config.jwt_secret {
        Some(secret) => Ok(Some(secret.clone())),
        None => read(&path(config)),
    }
}

/// The configured or stored secret; generates one if there is none. The data directory must exist.
pub fn load_or_make(config: &Config) -> anyhow::Result<Secret> {
    if let Some(secret) = existing(config)? {
        return Ok(secret);
    }
    let path = path(config);
    make(&path, &clock::random_text::<RECOMMENDED_BYTES>())
        .with_context(|| format!("cannot write the token secret {}", path.display()))?;
    // Another process may have been first.
    read(&path)?
        .with_context(|| format!("the token secret {} disappeared while it was created", path.display()))
}

fn read(path: &Path) -> anyhow::Result<Option<Secret>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => bail!("cannot read the token secret {}: {error}", path.display()),
    };
    let secret = text.trim();
    if secret.is_empty() {
        bail!(
            "the token secret {} is empty; delete the file to generate a new one (everybody must sign in again)",
            path.display()
        );
    }
    keep_private(path)?;
    Ok(Some(Secret::new(secret)))
}

/// Writes the secret atomically. Does nothing if the file exists.
fn make(path: &Path, secret: &str) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    // Created with O_EXCL and mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    writeln!(file, "{secret}")?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => fs::File::open(directory)?.sync_all(),
        Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(refused) => Err(refused.error),
    }
}

/// Whether other users may read the file.
#[cfg(unix)]
pub fn is_exposed(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

/// Windows files inherit the access list of their directory.
#[cfg(not(unix))]
pub fn is_exposed(_: &Path) -> io::Result<bool> {
    Ok(false)
}

/// Makes the file readable only by its owner, and warns, because somebody may have read it already.
fn keep_private(path: &Path) -> anyhow::Result<()> {
    if !is_exposed(path)? {
        return Ok(());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if let Err(error) = fs::set_permissions(path, fs::Permissions::from_mode(0o600)) {
            bail!(
                "other users can read the token secret {0}, and its permissions cannot be changed ({error}); run chmod 600 {0}",
                path.display()
            );
        }
    }
    tracing::warn!(
        path = %path.display(),
        "the token secret was readable by other users of this machine; now it is not. If they are not to be trusted, \
         delete it and restart: a new one is made, and everybody signs in again"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::flags::Flags;
    use crate::config::sources::Environment;

    fn config(data: &Path, more: &[(&str, &str)]) -> Config {
        let pairs = [("ORDERCAST_DATA", data.to_str().unwrap())];
        let environment = pairs.into_iter().chain(more.iter().copied()).collect::<Environment>();
        Config::load(&Flags::default(), &environment).unwrap()
    }

    #[test]
    fn a_secret_is_made_once_and_kept_private() {
        let data = tempfile::tempdir().unwrap();
        let config = config(data.path(), &[]);
        assert_eq!(existing(&config).unwrap(), None);
        let first = load_or_make(&config).unwrap();
        assert_eq!(first.reveal().len(), 43, "32 bytes in base64url");
        assert_eq!(load_or_make(&config).unwrap(), first);
        assert!(!is_exposed(&path(&config)).unwrap());
        make(&path(&config), "another").unwrap();
        assert_eq!(load_or_make(&config).unwrap(), first, "the first one stays");
        assert_eq!(fs::read_dir(data.path()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn a_configured_secret_is_used_and_never_written() {
        let data = tempfile::tempdir().unwrap();
        let config = config(data.path(), &[("JWT_SECRET", "the shop's old secret")]);
        assert_eq!(load_or_make(&config).unwrap().reveal(), "the shop's old secret");
        assert!(!path(&config).exists());
    }

    #[test]
    #[cfg(unix)]
    fn an_exposed_file_is_closed_and_an_empty_one_refused() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().unwrap();
        let config = config(data.path(), &[]);
        fs::write(path(&config), "abc\n").unwrap();
        fs::set_permissions(path(&config), fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(existing(&config).unwrap().unwrap().reveal(), "abc");
        assert!(!is_exposed(&path(&config)).unwrap());
        fs::write(path(&config), "\n").unwrap();
        assert!(existing(&config).unwrap_err().to_string().contains("delete the file"));
    }
}
