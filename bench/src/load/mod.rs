//! A closed-loop load generator: each connection has one request in flight, and sends the next one when the answer
//! arrives. One thread, one epoll instance and two system calls per request, so that it costs far less than the
//! server.
//!
//! - [`connection`]: one connection. [`results`]: counts and latencies, in total and per window.
//! - This module: the loop and its timeouts.

mod connection;
mod results;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use rustix::fd::OwnedFd;

use crate::interrupt::Interrupt;
use crate::load::connection::{LoadConnection, Received};
use crate::load::results::LoadRecorder;
pub(crate) use crate::load::results::{LoadResult, Window};
use crate::request::OrderRequests;
use crate::usage::Probe;

/// A server that sends no answer for this long hangs.
const STALLED: Duration = Duration::from_secs(30);
/// Timeout of one epoll wait.
const LOOKS_UP: Duration = Duration::from_millis(200);

#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) address: SocketAddr,
    /// Number of connections, each with one request in flight.
    pub(crate) connections: u16,
    pub(crate) requests: u64,
    pub(crate) window: u64,
    /// More failures end the run.
    pub(crate) max_failures: u64,
    /// Timeout of the load.
    pub(crate) deadline: Duration,
}

/// Sends the planned number of requests, and returns the results.
pub(crate) fn drive(
    plan: &Plan,
    requests: &mut OrderRequests,
    probe: &Probe,
    interrupt: &Interrupt,
) -> Result<LoadResult> {
    let mut driver = LoadDriver::connect(plan, requests)?;
    let mut recorder = LoadRecorder::begin(plan.window, probe)?;
    driver.send_all()?;
    let mut events = Vec::with_capacity(usize::from(plan.connections));
    let pause = Timespec::try_from(LOOKS_UP).context("too long a wait")?;
    while recorder.finished() < plan.requests {
        interrupt.check()?;
        match epoll::wait(&driver.epoll, spare_capacity(&mut events), Some(&pause)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error).context("cannot wait for answers"),
        }
        for event in events.drain(..) {
            driver.on_readable(event.data.u64(), &mut recorder)?;
        }
        if recorder.failures() > plan.max_failures {
            bail!("{}", recorder.complaint());
        }
        ensure!(
            recorder.quiet() < STALLED,
            "no answer for {} s; {}",
            STALLED.as_secs(),
            recorder.complaint()
        );
        ensure!(
            recorder.elapsed() < plan.deadline,
            "not done after {} s; {}",
            plan.deadline.as_secs(),
            recorder.complaint()
        );
    }
    recorder.end()
}

struct LoadDriver<'a> {
    plan: &'a Plan,
    requests: &'a mut OrderRequests,
    epoll: OwnedFd,
    /// `None` when nothing is left to send.
    connections: Vec<Option<LoadConnection>>,
    sent: u64,
}

impl<'a> LoadDriver<'a> {
    fn connect(plan: &'a Plan, requests: &'a mut OrderRequests) -> Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).context("no epoll")?;
        let mut driver = Self { plan, requests, epoll, connections: Vec::new(), sent: 0 };
        for index in 0..usize::from(plan.connections) {
            let connection = driver.open(index)?;
            driver.connections.push(Some(connection));
        }
        Ok(driver)
    }

    fn open(&self, index: usize) -> Result<LoadConnection> {
        let connection = LoadConnection::open(self.plan.address)?;
        let name = epoll::EventData::new_u64(u64::try_from(index)?);
        epoll::add(&self.epoll, connection.stream(), name, epoll::EventFlags::IN)
            .context("cannot watch a connection")?;
        Ok(connection)
    }

    fn send_all(&mut self) -> Result<()> {
        (0..self.connections.len()).try_for_each(|index| self.send(index))
    }

    /// Sends the next request, or closes the connection when all were sent.
    fn send(&mut self, index: usize) -> Result<()> {
        if self.sent == self.plan.requests {
            self.connections[index] = None;
        } else if let Some(connection) = &mut self.connections[index] {
            self.sent += 1;
            connection.send(self.requests).context("cannot send")?;
        }
        Ok(())
    }

    fn on_readable(&mut self, name: u64, recorder: &mut LoadRecorder<'_>) -> Result<()> {
        let index = usize::try_from(name)?;
        // An event of a connection that was closed or replaced during this round.
        let Some(connection) = &mut self.connections[index] else { return Ok(()) };
        let stays = match connection.receive() {
            Ok(Received::Nothing) => return Ok(()),
            Ok(Received::Answer { sent, status, body, close }) => {
                recorder.answered(status, body, sent, Instant::now())?;
                !close
            }
            Err(error) => {
                recorder.lost(&error);
                false
            }
        };
        if !stays && self.sent < self.plan.requests && recorder.failures() <= self.plan.max_failures {
            self.connections[index] = None;
            self.connections[index] = Some(self.open(index)?);
        }
        self.send(index)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{Ipv4Addr, TcpListener};
    use std::thread;

    use super::*;

    /// A server that answers every request with these bytes, and closes a connection after a number of them.
    fn answering(answer: &'static str, per_connection: usize) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                thread::spawn(move || {
                    let mut request = [0; 4096];
                    for _ in 0..per_connection {
                        if !stream.read(&mut request).is_ok_and(|count| count > 0) {
                            return;
                        }
                        stream.write_all(answer.as_bytes()).unwrap();
                    }
                    // Read the next request, so that closing sends FIN instead of RST.
                    let _ = stream.read(&mut request);
                });
            }
        });
        address
    }

    fn driven(address: SocketAddr) -> Result<LoadResult> {
        let plan = Plan {
            address,
            connections: 4,
            requests: 100,
            window: 30,
            max_failures: 5,
            deadline: Duration::from_secs(20),
        };
        let products = vec!["a".to_owned(), "b".to_owned()];
        let mut requests = OrderRequests::new(address, &["t".to_owned()], products, 1, true);
        let data = tempfile::tempdir()?;
        let probe =
            Probe { pid: std::process::id(), data: data.path().to_owned(), server_core: 0, client_core: 0 };
        drive(&plan, &mut requests, &probe, &Interrupt::install()?)
    }

    #[test]
    fn every_request_is_answered_once_and_falls_into_a_window() {
        let load = driven(answering("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}", 1000)).unwrap();
        assert_eq!((load.created, load.lost), (100, 0));
        assert_eq!(load.windows.iter().map(|window| window.answers).collect::<Vec<_>>(), [30, 30, 30, 10]);
    }

    #[test]
    fn a_server_that_says_it_closes_is_connected_to_again() {
        let answer = "HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        let load = driven(answering(answer, 1)).unwrap();
        assert_eq!((load.created, load.lost), (100, 0));
    }

    #[test]
    fn too_many_refusals_end_the_run_and_tell_the_first() {
        let answer = "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 8\r\n\r\nnot now!";
        let error = driven(answering(answer, 1000)).unwrap_err().to_string();
        assert!(error.contains("0 created") && error.contains("429: not now!"), "{error}");
    }

    #[test]
    fn requests_on_broken_connections_are_lost() {
        let error = driven(answering("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", 2)).unwrap_err();
        assert!(error.to_string().contains("closed the connection instead of answering"), "{error}");
    }
}
