//! Ctrl-C and `kill`: remembered here, looked at by every loop, so that children and directories are cleaned up
//! on the ordinary way out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rustix::event::{Timespec, poll};
use rustix::io::Errno;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// Whether somebody asked us to stop.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on the first signal is remembered, and the second one ends the process at once (its child then
    /// dies with it, see [`pinned`](crate::pinned)).
    pub(crate) fn install() -> Result<Self> {
        let asked = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // In this order: the second signal has to find what the first one left.
            signal_hook::flag::register_conditional_shutdown(signal, 1, Arc::clone(&asked))?;
            signal_hook::flag::register(signal, Arc::clone(&asked))?;
        }
        Ok(Self(asked))
    }

    /// Waits a while, or until somebody asks us to stop.
    pub(crate) fn pause(&self, time: Duration) -> Result<()> {
        let timeout = Timespec::try_from(time).context("too long a wait")?;
        match poll(&mut [], Some(&timeout)) {
            Ok(_) | Err(Errno::INTR) => self.check(),
            Err(error) => Err(error).context("cannot wait"),
        }
    }

    /// Fails once somebody asked us to stop.
    pub(crate) fn check(&self) -> Result<()> {
        if self.0.load(Ordering::Relaxed) {
            bail!("interrupted");
        }
        Ok(())
    }
}
