//! The measured server's process. It ends with this value: asked first, killed if it does not listen, by its own
//! process descriptor, so that no other process can ever be meant.

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

use crate::client::{Client, HttpRequest};
use crate::environment::Variable;
use crate::interrupt::Interrupt;
use crate::pinned;

/// The longest start.
const STARTS_WITHIN: Duration = Duration::from_mins(1);
/// How often a starting server is asked whether it is ready.
const ASKED_EVERY: Duration = Duration::from_millis(20);
/// The longest orderly end; after it, the process is killed.
const ENDS_WITHIN: Duration = Duration::from_secs(20);

/// How to start a server.
#[derive(Debug)]
pub(crate) struct Launch<'a> {
    /// Its binary, by its whole path: it runs in another directory.
    pub(crate) binary: &'a Path,
    /// The core it runs on.
    pub(crate) core: usize,
    /// A directory of its own: `data` and `server.log` are put into it.
    pub(crate) directory: &'a Path,
    /// Its whole environment.
    pub(crate) environment: &'a [Variable],
    /// More arguments.
    pub(crate) arguments: &'a [String],
}

/// A running server.
#[derive(Debug)]
pub(crate) struct ServerProcess {
    child: Child,
    /// Names this process and no later one of the same number.
    handle: OwnedFd,
    address: SocketAddr,
    log: PathBuf,
    data: PathBuf,
}

impl Launch<'_> {
    /// Starts the server, and waits until it says that it is ready.
    pub(crate) fn start(&self, interrupt: &Interrupt) -> Result<ServerProcess> {
        let address = free_address()?;
        let (log, data) = (self.directory.join("server.log"), self.directory.join("data"));
        fs::create_dir(&data)?;
        let output = File::create(&log)?;
        let child = pinned::command(self.core, self.binary)?
            .arg("serve")
            .args(["--listen", &address.to_string(), "--data"])
            .arg(&data)
            .args(self.arguments)
            .env_clear()
            .envs(self.environment.iter().map(|variable| (&variable.name, &variable.value)))
            .current_dir(self.directory)
            // Ctrl-C is meant for us; we stop the server ourselves.
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

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The directory of its database.
    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    /// The end of its log, to be shown beside an error.
    pub(crate) fn last_words(&self) -> String {
        const LINES: usize = 20;
        let log = fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        format!("the server's last words:\n  {}", lines[lines.len().saturating_sub(LINES)..].join("\n  "))
    }

    /// Ends it in an orderly way, and says how long that took. An error if it had to be killed.
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
            if Client::new(self.address).request(ask).is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
        }
        bail!("the server was not ready within {} s", STARTS_WITHIN.as_secs())
    }

    /// Waits for the process to end. A signal to ourselves ends the wait early, with `false`.
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
        // After an orderly stop both do nothing; otherwise an error or a panic is on its way out.
        if self.child.try_wait().is_ok_and(|status| status.is_some()) {
            return;
        }
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait()) {
            eprintln!("cannot kill the server's process {}: {error}", self.child.id());
        }
    }
}

/// An address on the loopback that nobody listens on now.
fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?;
    Ok(listener.local_addr()?)
}
