//! Changes orders at a steady rate, and measures the time until the customer's socket has the event.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use serde_json::json;

use super::clients::ClientPool;
use super::shop::StatusCycle;
use crate::cli::SocketsOptions;
use crate::client::{HttpClient, HttpRequest};
use crate::interrupt::Interrupt;
use crate::latency::{Latencies, Summary};
use crate::units::float;

const WORKERS: usize = 16;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Steady {
    /// Target rate of changes.
    pub(crate) asked: f64,
    /// Actual rate of changes.
    pub(crate) per_second: f64,
    /// From sending the request to reading the event, HTTP and commit included.
    pub(crate) from_request: Summary,
    /// From reading the answer to reading the event. The server answers right after it committed and published.
    pub(crate) from_answer: Summary,
}

#[derive(Clone, Copy)]
struct PendingChange {
    sent: Instant,
    answered: Option<Instant>,
    heard: Option<Instant>,
}

/// Changes one order of each client.
pub(crate) fn run(
    address: SocketAddr,
    clients: &mut ClientPool,
    orders: &[String],
    staff: &str,
    options: &SocketsOptions,
    interrupt: &Interrupt,
) -> Result<Steady> {
    let changes: Vec<Mutex<Option<PendingChange>>> = orders.iter().map(|_| Mutex::new(None)).collect();
    let (from_request, from_answer) = (Mutex::new(Latencies::new()?), Mutex::new(Latencies::new()?));
    let (over, made) = (AtomicBool::new(false), AtomicUsize::new(0));
    let time = Duration::from_secs(options.steady);
    let before = clients.updates();
    clients.heard = Some(Vec::new());
    let settle = |change: &PendingChange| -> Result<()> {
        let (Some(answered), Some(heard)) = (change.answered, change.heard) else { return Ok(()) };
        lock(&from_request)?.record(heard.saturating_duration_since(change.sent));
        lock(&from_answer)?.record(heard.saturating_duration_since(answered));
        Ok(())
    };
    let began = Instant::now();
    std::thread::scope(|scope| -> Result<()> {
        let workers: Vec<_> = (0..WORKERS)
            .map(|worker| {
                let (changes, over, made, settle) = (&changes, &over, &made, &settle);
                scope.spawn(move || -> Result<()> {
                    let mut client = HttpClient::new(address);
                    let mut status = StatusCycle::default();
                    let pause = Duration::from_secs_f64(float(WORKERS as u64) / f64::from(options.rate));
                    let mut due =
                        Instant::now() + pause.mul_f64(float(worker as u64) / float(WORKERS as u64));
                    while !over.load(Ordering::Relaxed) {
                        let round = status.next();
                        for customer in (worker..orders.len()).step_by(WORKERS) {
                            if over.load(Ordering::Relaxed) {
                                break;
                            }
                            interrupt.pause(due.saturating_duration_since(Instant::now()))?;
                            due += pause;
                            let change = PendingChange { sent: Instant::now(), answered: None, heard: None };
                            *lock(&changes[customer])? = Some(change);
                            set(&mut client, staff, &orders[customer], round)?;
                            made.fetch_add(1, Ordering::Relaxed);
                            if let Some(change) = &mut *lock(&changes[customer])? {
                                change.answered = Some(Instant::now());
                                settle(change)?;
                            }
                        }
                    }
                    Ok(())
                })
            })
            .collect();
        let listened = (|| {
            while began.elapsed() < time {
                clients.turn(Duration::from_millis(10))?;
                interrupt.check()?;
                for (client, at) in clients.heard.replace(Vec::new()).unwrap_or_default() {
                    if let Some(change) = &mut *lock(&changes[client])? {
                        change.heard = Some(at);
                        settle(change)?;
                    }
                }
            }
            Ok(())
        })();
        over.store(true, Ordering::Relaxed);
        for worker in workers {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        }
        listened
    })?;
    let made = made.load(Ordering::Relaxed);
    let per_second = float(made as u64) / began.elapsed().as_secs_f64();
    clients.heard = None;
    clients.settle(interrupt)?;
    let heard = clients.updates() - before;
    if heard != made {
        bail!("{made} changes were made, and {heard} were heard of");
    }
    let steady = Steady {
        asked: f64::from(options.rate),
        per_second,
        from_request: lock(&from_request)?.summary(),
        from_answer: lock(&from_answer)?.summary(),
    };
    eprintln!(
        "  {per_second:.0}/s; p50 {:.2} ms, p99 {:.2} ms from the request; p50 {:.2} ms, p99 {:.2} ms from the answer",
        steady.from_request.p50, steady.from_request.p99, steady.from_answer.p50, steady.from_answer.p99
    );
    Ok(steady)
}

fn set(client: &mut HttpClient, staff: &str, order: &str, status: &str) -> Result<()> {
    let path = format!("/api/v1/orders/{order}/status");
    let body = json!({ "status": status, "reason": "a benchmark" }).to_string();
    client
        .request(HttpRequest { method: "PUT", path: &path, token: Some(staff), body: Some(&body) })?
        .json(200)?;
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> Result<std::sync::MutexGuard<'_, T>> {
    mutex.lock().ok().context("another thread failed")
}
