//! Placeholder for the commands that open the database.

use anyhow::bail;

use crate::cli::{BackupArgs, MigrateArgs, RestoreArgs, TokenArgs, UserAddArgs, UserListArgs, UserPasswdArgs, UserResetLinkArgs};
use crate::config::Config;
use crate::config::sources::Environment;
use crate::doctor::Check;

/// What only the database can tell. Must not create one.
pub async fn checks(config: &Config) -> Vec<Check> {
    let _ = config;
    Vec::new()
}

/// Adds an account.
pub async fn user_add(config: Config, args: UserAddArgs, environment: &Environment) -> anyhow::Result<()> {
    let _ = (config, args, environment);
    bail!("not wired in this build")
}

/// Lists the accounts.
pub async fn user_list(config: Config, args: UserListArgs) -> anyhow::Result<()> {
    let _ = (config, args);
    bail!("not wired in this build")
}

/// Sets a password.
pub async fn user_passwd(config: Config, args: UserPasswdArgs, environment: &Environment) -> anyhow::Result<()> {
    let _ = (config, args, environment);
    bail!("not wired in this build")
}

/// Prints a link to set a new password.
pub async fn user_reset_link(config: Config, args: UserResetLinkArgs) -> anyhow::Result<()> {
    let _ = (config, args);
    bail!("not wired in this build")
}

/// Prints an access token.
pub async fn token(config: Config, args: TokenArgs) -> anyhow::Result<()> {
    let _ = (config, args);
    bail!("not wired in this build")
}

/// Brings the database to this version's shape.
pub async fn migrate(config: Config, args: MigrateArgs) -> anyhow::Result<()> {
    let _ = (config, args);
    bail!("not wired in this build")
}

/// Copies the database.
pub async fn backup(config: Config, args: BackupArgs) -> anyhow::Result<()> {
    let _ = (config, args);
    bail!("not wired in this build")
}

/// Replaces the database by a backup.
pub async fn restore(config: Config, args: RestoreArgs) -> anyhow::Result<()> {
    let _ = (config, args);
    bail!("not wired in this build")
}
