//! The `ordercast` binary. All code is in the library.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use ordercast::cli::Cli;
use ordercast::config::sources::Environment;
use ordercast::terminal::{is_broken_pipe, style};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    // Orders and backups have personal data, so new files are readable only by their owner.
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    match ordercast::run(Cli::parse(), &Environment::of_process()).await {
        Ok(code) => code,
        // Such as `ordercast user list | head`: the reader has all it wanted.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let bad = style::BAD;
            let _ = writeln!(anstream::stderr(), "{bad}error:{bad:#} {error:#}");
            ExitCode::FAILURE
        }
    }
}
