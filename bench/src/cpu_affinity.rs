//! Pins a process to a core, and ends it with the benchmark.
//!
//! The server is started through this program (`exec-pinned`), which sets both on itself and then executes the
//! server. This needs no unsafe code between fork and exec and no `taskset`, and the server sees one core from its
//! first instruction.

use std::convert::Infallible;
use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};
use rustix::thread::{CpuSet, sched_setaffinity};

use crate::cli::ExecPinnedOptions;

/// Pins the calling thread, and every process that it starts, to one core.
pub(crate) fn pin_to_core(core: usize) -> Result<()> {
    if core >= CpuSet::MAX_CPU {
        bail!("there is no core {core}");
    }
    let mut only = CpuSet::new();
    only.set(core);
    sched_setaffinity(None, &only).with_context(|| {
        format!("cannot run on core {core}; choose others with --server-core and --client-core")
    })
}

/// A command that runs a program on one core, and ends it with this process.
pub(crate) fn command(core: usize, program: &std::path::Path) -> Result<Command> {
    let own = std::env::current_exe().context("cannot find our own binary")?;
    let mut command = Command::new(own);
    command
        .arg("exec-pinned")
        .args(["--core", &core.to_string(), "--parent", &std::process::id().to_string(), "--"])
        .arg(program);
    Ok(command)
}

/// Executes the program of [`command`].
pub(crate) fn exec(options: &ExecPinnedOptions) -> Result<Infallible> {
    pin_to_core(options.core)?;
    set_parent_process_death_signal(Some(Signal::KILL)).context("cannot ask to die with the benchmark")?;
    // The parent may have ended before the request, which then has no effect.
    let parent = getppid().map(Pid::as_raw_nonzero).map(|pid| pid.get().cast_unsigned());
    if parent != Some(options.parent) {
        bail!("the benchmark is gone");
    }
    let [program, arguments @ ..] = options.program.as_slice() else { bail!("no program to run") };
    let error = Command::new(program).args(arguments).exec();
    Err(error).with_context(|| format!("cannot run {program}"))
}
