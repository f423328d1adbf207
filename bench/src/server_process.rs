//! The process of the measured server. Dropping the value stops it: with SIGTERM, then with SIGKILL, through a pidfd, so
//! that no other process can be hit.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::client::{HttpClient, HttpRequest};
use crate::cpu_affinity;
use crate::environment::Variable;
use crate::interrupt::Interrupt;

/// Timeout of the start.
const STARTS_WITHIN: Duration = Duration::from_mins(1);
/// Interval between readiness checks.
const ASKED_EVERY: Duration = Duration::from_millis(20);
/// Timeout of a graceful stop.
const ENDS_WITHIN: Duration = Duration::from_secs(20);

/// How to start a server.
#[derive(Debug)]
pub(crate) struct Launch<'a> {
    /// An absolute path, because the server runs in another directory.
    pub(crate) binary: &'a Path,
    pub(crate) core: usize,
    /// An empty directory for `data` and `server.log`.
    pub(crate) directory: &'a Path,
    /// The complete environment.
    pub(crate) environment: &'a [Variable],
    /// More arguments.
    pub(crate) arguments: &'a [String],
}

/// A running server.
#[derive(Debug)]
pub(crate) struct ServerProcess {
    child: Child,
    /// A pidfd, which never refers to a later process with the same id.
    handle: OwnedFd,
    address: SocketAddr,
    log: PathBuf,
    data: PathBuf,
}

impl Launch<'_> {
    /// Starts the server, and waits until it is ready.
    pub(crate) fn start(&self, interrupt: &Interrupt) -> Result<ServerProcess> {
        let address = free_address()?;
        let (log, data) = (self.directory.join("server.log"), self.directory.join("data"));
        fs::create_dir(&data)?;
        let output = File::create(&log)?;
        let child = cpu_affinity::command(self.core, self.binary)?
            .arg("serve")
            .args(["--listen", &address.to_string(), "--data"])
            .arg(&data)
            .args(self.arguments)
            .env_clear()
            .envs(self.environment.iter().map(|variable| (&variable.name, &variable.value)))
            .current_dir(self.directory)
            // Ctrl-C must reach only the benchmark, which stops the server itself.
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .context("cannot start the server")?;
        let mut server = ServerProcess::own(child, address, log, data)?;
        eprintln!("server: {} as process {} on {address}", self.binary.display(), server.pid());
        server.ready(interrupt).inspect_err(|_| eprintln!("{}", server.last_words()))?;
        Ok(server)
    }
}

impl ServerProcess {
    fn own(mut child: Child, address: SocketAddr, log: PathBuf, data: PathBuf) -> Result<Self> {
        let opened = i32::try_from(child.id())
            .ok()
            .and_then(Pid::from_raw)
            .context("a process without a number")
            .and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).context("cannot hold the server's process"));
        match opened {
            Ok(handle) => Ok(Self { child, handle, address, log, data }),
            Err(error) => {
                child.kill()?;
                child.wait()?;
                Err(error)
            }
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    /// The last lines of the server's log, for error messages.
    pub(crate) fn last_words(&self) -> String {
        const LINES: usize = 20;
        let log = fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        format!("the server's last words:\n  {}", lines[lines.len().saturating_sub(LINES)..].join("\n  "))
    }

    /// Stops the server, and returns how long that took. An error if it had to be killed.
    pub(crate) fn stop(mut self) -> Result<Duration> {
        let start = Instant::now();
        if let Some(status) = self.child.try_wait()? {
            bail!("the server ended before it was asked to: {status}\n{}", self.last_words());
        }
        pidfd_send_signal(&self.handle, Signal::TERM).context("cannot ask the server to stop")?;
        while start.elapsed() < ENDS_WITHIN {
            if self.ends_within(Duration::from_millis(100))? {
                self.child.wait()?;
                return Ok(start.elapsed());
            }
        }
        bail!("the server did not stop within {} s\n{}", ENDS_WITHIN.as_secs(), self.last_words())
    }

    fn ready(&mut self, interrupt: &Interrupt) -> Result<()> {
        let start = Instant::now();
        let ask = HttpRequest { method: "GET", path: "/health/ready", token: None, body: None };
        while start.elapsed() < STARTS_WITHIN {
            interrupt.check()?;
            if self.ends_within(ASKED_EVERY)? {
                bail!("the server ended while it started: {}", self.child.wait()?);
            }
            if HttpClient::new(self.address).request(ask).is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
        }
        bail!("the server was not ready within {} s", STARTS_WITHIN.as_secs())
    }

    /// Waits for the process to end. A signal to the benchmark ends the wait early, with `false`.
    fn ends_within(&self, time: Duration) -> Result<bool> {
        let timeout = Timespec::try_from(time).context("too long a wait")?;
        match poll(&mut [PollFd::new(&self.handle, PollFlags::IN)], Some(&timeout)) {
            Ok(ready) => Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(error) => Err(error).context("cannot wait for the server"),
        }
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // Only after an error or a panic is the process still running.
        if self.child.try_wait().is_ok_and(|status| status.is_some()) {
            return;
        }
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait()) {
            eprintln!("cannot kill the server's process {}: {error}", self.child.id());
        }
    }
}

/// A free address on the loopback interface.
fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?;
    Ok(listener.local_addr()?)
}
