//! The bare loop of the fan-out: one thread, an epoll instance with every socket, and a loop of writes.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::event::{Timespec, epoll};

use crate::cli::{FanOutOptions, SocketsOptions};
use crate::cpu_affinity;
use crate::interrupt::Interrupt;
use crate::units::float;

/// Timeout.
const PATIENCE: Duration = Duration::from_mins(1);

/// The loop, in a process of its own. The first connection controls it: each byte triggers an update.
pub(crate) fn serve(options: &FanOutOptions) -> Result<()> {
    let listener = TcpListener::bind(options.listen)?;
    let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    let mut sockets = Vec::with_capacity(options.connections + 1);
    for number in 0..=options.connections {
        let (socket, _) = listener.accept()?;
        socket.set_nodelay(true)?;
        socket.set_nonblocking(true)?;
        epoll::add(&poll, &socket, epoll::EventData::new_u64(number as u64), epoll::EventFlags::IN)?;
        sockets.push(socket);
    }
    let update = vec![b'u'; options.bytes];
    let [commander, listeners @ ..] = sockets.as_mut_slice() else { bail!("nobody connected") };
    commander.write_all(b"r")?;
    let mut events = Vec::with_capacity(64);
    loop {
        events.clear();
        epoll::wait(&poll, rustix::buffer::spare_capacity(&mut events), None)?;
        if events.iter().any(|event| event.data.u64() == 0) {
            let mut byte = [0];
            if commander.read(&mut byte)? == 0 {
                return Ok(());
            }
            for listener in &mut *listeners {
                listener.write_all(&update)?;
            }
        }
    }
}

/// Deliveries per second, and the median of the milliseconds until the last socket has an update.
pub(crate) fn measure(
    options: &SocketsOptions,
    count: usize,
    bytes: usize,
    updates: usize,
    directory: &Path,
    interrupt: &Interrupt,
) -> Result<(f64, f64)> {
    let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
    let own = std::env::current_exe().context("cannot find our own binary")?;
    let mut child = cpu_affinity::command(options.server_core, &own)?
        .args(["fan-out", "--listen", &address.to_string()])
        .args(["--connections", &count.to_string(), "--bytes", &bytes.to_string()])
        .current_dir(directory)
        .spawn()?;
    let measured = drive(address, count, bytes, updates, interrupt);
    child.kill()?;
    child.wait()?;
    measured
}

fn drive(
    address: std::net::SocketAddr,
    count: usize,
    bytes: usize,
    updates: usize,
    interrupt: &Interrupt,
) -> Result<(f64, f64)> {
    let began = Instant::now();
    let mut commander = loop {
        match TcpStream::connect(address) {
            Ok(stream) => break stream,
            Err(error) if began.elapsed() > PATIENCE => return Err(error.into()),
            Err(_) => interrupt.pause(Duration::from_millis(20))?,
        }
    };
    commander.set_nodelay(true)?;
    let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    let mut sockets = Vec::with_capacity(count);
    for number in 0..count {
        let socket = TcpStream::connect(address)?;
        socket.set_nonblocking(true)?;
        epoll::add(&poll, &socket, epoll::EventData::new_u64(number as u64), epoll::EventFlags::IN)?;
        sockets.push(socket);
    }
    commander.read_exact(&mut [0])?;
    let mut lasts = Vec::new();
    let (mut buffer, mut events) = (vec![0; 64 * 1024], Vec::with_capacity(1024));
    let began = Instant::now();
    for _ in 0..updates {
        let start = Instant::now();
        commander.write_all(b"u")?;
        let mut missing = count * bytes;
        while missing > 0 {
            interrupt.check()?;
            if start.elapsed() > PATIENCE {
                bail!("{missing} bytes did not come");
            }
            events.clear();
            let timeout = Timespec::try_from(Duration::from_millis(100)).context("too long a wait")?;
            epoll::wait(&poll, rustix::buffer::spare_capacity(&mut events), Some(&timeout))?;
            for event in &events {
                missing -= sockets[usize::try_from(event.data.u64())?].read(&mut buffer)?;
            }
        }
        lasts.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    let per_second = float((count * updates) as u64) / began.elapsed().as_secs_f64();
    lasts.sort_by(f64::total_cmp);
    Ok((per_second, lasts[lasts.len() / 2]))
}
