//! `ordercast simulate`: simulated customers and staff place and process orders through the HTTP API, and check that every
//! event arrives once and in order.
//!
//! - [`order_plan`]: the random plan of each order. [`participants`]: customers, staff and products.
//! - [`customer`] and [`staff`]: run the plans. [`listener`]: the live connections.
//! - [`results`]: counts and checks. [`report`]: the progress line and the summary.

mod customer;
mod listener;
mod order_plan;
mod participants;
mod report;
mod results;
mod staff;

use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use self::participants::Participants;
use self::results::Results;
use crate::cli::SimulateArgs;
use crate::client::error::ClientError;
use crate::clock;
use crate::config::sources::Environment;

/// Maximum open orders. Orders above it are counted as held back.
const MAX_OPEN_ORDERS: usize = 2_000;
/// How long to wait for the last events.
const LAST_EVENTS: Duration = Duration::from_secs(5);
/// Maximum attempts of one request.
const ATTEMPTS: u32 = 20;

/// Shared by all tasks.
#[derive(Debug, Default)]
struct Simulation {
    results: Mutex<Results>,
    /// Notified for every received event.
    progress: Notify,
    /// Start no new steps.
    closing: std::sync::atomic::AtomicBool,
}

impl Simulation {
    fn results(&self) -> MutexGuard<'_, Results> {
        self.results.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_closing(&self) -> bool {
        self.closing.load(std::sync::atomic::Ordering::Relaxed)
    }

    fn close(&self) {
        self.closing.store(true, std::sync::atomic::Ordering::Relaxed);
    }

    /// Sends a request, and retries while the server is unreachable or asks to wait. Records how long the answer took.
    /// Only for requests that are safe to retry.
    async fn ask<T, F>(&self, request: impl Fn() -> F) -> Result<T, ClientError>
    where
        F: Future<Output = Result<T, ClientError>>,
    {
        let mut attempt = 1;
        loop {
            let began = Instant::now();
            let answer = request().await;
            let error = match answer {
                Err(error) if !error.is_final() && attempt < ATTEMPTS && !self.is_closing() => error,
                answer => {
                    self.results().answered(began.elapsed());
                    return answer;
                }
            };
            let throttled = matches!(error, ClientError::Throttled { .. });
            self.results().waited(throttled, error.code());
            // Jitter, so that waiting requests are not all retried at the same time.
            let wait = error.wait().unwrap_or(Duration::from_millis(500));
            sleep(wait.mul_f64(1.0 + fastrand::f64() / 4.0)).await;
            attempt += 1;
        }
    }
}

/// Runs to the end or until interrupted, and prints a summary.
pub async fn run(args: &SimulateArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    let seed = args.seed.unwrap_or_else(|| u64::from_le_bytes(clock::random_bytes()) >> 32);
    let run = Arc::new(Simulation::default());
    let participants = Arc::new(participants::prepare(args, environment, &run).await?);
    let mut listeners = listener::start(&participants, &run).await?;
    let (staff_queue, tasks) = mpsc::channel(MAX_OPEN_ORDERS);
    let staff_worker = tokio::spawn(staff::work(participants.staff.clone(), Arc::clone(&run), tasks));

    let began = Instant::now();
    let progress = report::ProgressLine::start(Arc::clone(&run), args.length);
    let mut orders = place_orders(args, seed, &participants, &run, &staff_queue).await;
    drop(staff_queue);
    let placing = began.elapsed();

    progress.say("finishing");
    // Open orders have at most six steps left. After an interruption, only requests in flight are awaited.
    let deadline = Instant::now()
        + if run.is_closing() { LAST_EVENTS } else { args.pace * 30 + Duration::from_secs(20) };
    let interrupted = crate::interrupted();
    tokio::pin!(interrupted);
    loop {
        tokio::select! {
            done = timeout_at(deadline, orders.join_next()) => match done {
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => break,
            },
            () = &mut interrupted, if !run.is_closing() => run.close(),
        }
    }
    run.close();
    orders.shutdown().await;
    let _ = staff_worker.await;
    wait_for_events(&run).await;
    progress.end();
    listeners.shutdown().await;
    let results = run.results();
    report::summary(
        &results,
        &report::RunInfo { seed, placing, customers: participants.customers.len() },
        &mut anstream::stdout(),
    )?;
    Ok(if results.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Starts orders at the given rate, each in a task.
async fn place_orders(
    args: &SimulateArgs,
    seed: u64,
    participants: &Arc<Participants>,
    run: &Arc<Simulation>,
    staff_queue: &mpsc::Sender<staff::StaffTask>,
) -> JoinSet<()> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut orders = JoinSet::new();
    let room = Arc::new(Semaphore::new(MAX_OPEN_ORDERS));
    let end = Instant::now() + args.length;
    let mut next = Instant::now();
    let interrupted = crate::interrupted();
    tokio::pin!(interrupted);
    loop {
        next += order_plan::pause(&mut random, Duration::from_secs_f64(1.0 / args.rate));
        tokio::select! {
            () = sleep_until(next.min(end)) => {}
            () = &mut interrupted => {
                run.close();
                return orders;
            }
        }
        if next >= end {
            return orders;
        }
        while orders.try_join_next().is_some() {}
        let order_plan = order_plan::OrderPlan::draw(&mut random, participants, args.pace);
        match Arc::clone(&room).try_acquire_owned() {
            Ok(permit) => {
                let (participants, run, staff_queue) =
                    (Arc::clone(participants), Arc::clone(run), staff_queue.clone());
                orders.spawn(async move {
                    customer::run_order(&order_plan, &participants, &run, &staff_queue).await;
                    drop(permit);
                });
            }
            Err(_) => run.results().held_back += 1,
        }
    }
}

/// Waits until every expected event arrived, at most [`LAST_EVENTS`].
async fn wait_for_events(run: &Simulation) {
    let deadline = Instant::now() + LAST_EVENTS;
    loop {
        let progress = run.progress.notified();
        if run.results().missing() == 0 || timeout_at(deadline, progress).await.is_err() {
            return;
        }
    }
}
