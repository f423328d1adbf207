//! Ctrl-C and SIGTERM set a flag that every loop checks, so that processes and directories are cleaned up on the
//! normal way out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rustix::event::{Timespec, poll};
use rustix::io::Errno;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

#[derive(Debug, Clone)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// The first signal sets the flag. The second one ends the process at once, and its child with it, see
    /// [`cpu_affinity`](crate::cpu_affinity).
    pub(crate) fn install() -> Result<Self> {
        let asked = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // In this order: the second handler reads the flag of the first.
            signal_hook::flag::register_conditional_shutdown(signal, 1, Arc::clone(&asked))?;
            signal_hook::flag::register(signal, Arc::clone(&asked))?;
        }
        Ok(Self(asked))
    }

    /// Sleeps, and fails after a signal.
    pub(crate) fn pause(&self, time: Duration) -> Result<()> {
        let timeout = Timespec::try_from(time).context("too long a wait")?;
        match poll(&mut [], Some(&timeout)) {
            Ok(_) | Err(Errno::INTR) => self.check(),
            Err(error) => Err(error).context("cannot wait"),
        }
    }

    /// Fails after a signal.
    pub(crate) fn check(&self) -> Result<()> {
        if self.0.load(Ordering::Relaxed) {
            bail!("interrupted");
        }
        Ok(())
    }
}
