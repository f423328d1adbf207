//! Placeholder for the wiring of the server.

use anyhow::bail;

use crate::cli::ServeArgs;
use crate::config::Config;

/// Runs the server until it is interrupted.
pub async fn run(config: Config, args: ServeArgs) -> anyhow::Result<()> {
    let _ = (config, args);
    bail!("not wired in this build")
}
