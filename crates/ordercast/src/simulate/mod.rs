//! `ordercast simulate`: virtual customers and staff drive real orders through the HTTP API, and check that every
//! event arrives, once and in order.
//!
//! - [`script`]: what each order will be, drawn from a seed. [`cast`]: who takes part, and what they sell.
//! - [`customer`] and [`staff`]: playing it. [`listener`]: the live connections that check.
//! - [`tally`]: what happened, and what should have. [`report`]: telling it.

mod cast;
mod customer;
mod listener;
mod report;
mod script;
mod staff;
mod tally;

use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use self::cast::Cast;
use self::tally::Tally;
use crate::cli::SimulateArgs;
use crate::client::error::ClientError;
use crate::clock;
use crate::config::sources::Environment;

/// Orders that may be under way at once; more are counted as held back.
const UNDER_WAY: usize = 2_000;
/// How long the last events may take once nothing more is asked for.
const LAST_EVENTS: Duration = Duration::from_secs(5);
/// How often one request is tried while the server asks to wait or does not answer.
const ATTEMPTS: u32 = 20;

/// What every player shares.
#[derive(Debug, Default)]
struct Run {
    tally: Mutex<Tally>,
    /// Something was seen.
    progress: Notify,
    /// No new steps are begun.
    closing: std::sync::atomic::AtomicBool,
}

impl Run {
    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_closing(&self) -> bool {
        self.closing.load(std::sync::atomic::Ordering::Relaxed)
    }

    fn close(&self) {
        self.closing.store(true, std::sync::atomic::Ordering::Relaxed);
    }

    /// Sends a request, again while the server asks to wait or nobody answers, and counts how long an answer took.
    /// Only for requests that a second attempt does not double.
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
                    self.tally().answered(began.elapsed());
                    return answer;
                }
            };
            let throttled = matches!(error, ClientError::Throttled { .. });
            self.tally().waited(throttled, error.code());
            // A little longer for each, so that those who wait do not all come back at once.
            let wait = error.wait().unwrap_or(Duration::from_millis(500));
            sleep(wait.mul_f64(1.0 + fastrand::f64() / 4.0)).await;
            attempt += 1;
        }
    }
}

/// Runs to the end, or until it is interrupted, and tells what happened.
pub async fn run(args: &SimulateArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    let seed = args.seed.unwrap_or_else(|| u64::from_le_bytes(clock::random_bytes()) >> 32);
    let run = Arc::new(Run::default());
    let cast = Arc::new(cast::gather(args, environment, &run).await?);
    let mut listeners = listener::start(&cast, &run).await?;
    let (desk, wishes) = mpsc::channel(UNDER_WAY);
    let desk_task = tokio::spawn(staff::work(cast.staff.clone(), Arc::clone(&run), wishes));

    let began = Instant::now();
    let progress = report::Progress::start(Arc::clone(&run), args.length);
    let mut orders = place_orders(args, seed, &cast, &run, &desk).await;
    drop(desk);
    let placing = began.elapsed();

    progress.say("finishing");
    // Five or six steps are left at most, and an interruption takes only those under way.
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
    let _ = desk_task.await;
    all_seen(&run).await;
    progress.end();
    listeners.shutdown().await;
    let tally = run.tally();
    report::summary(
        &tally,
        &report::Setting { seed, placing, customers: cast.customers.len() },
        &mut anstream::stdout(),
    )?;
    Ok(if tally.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Begins orders at the wanted rate; each then lives in a task of its own.
async fn place_orders(
    args: &SimulateArgs,
    seed: u64,
    cast: &Arc<Cast>,
    run: &Arc<Run>,
    desk: &mpsc::Sender<staff::Wish>,
) -> JoinSet<()> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut orders = JoinSet::new();
    let room = Arc::new(Semaphore::new(UNDER_WAY));
    let end = Instant::now() + args.length;
    let mut next = Instant::now();
    let interrupted = crate::interrupted();
    tokio::pin!(interrupted);
    loop {
        next += script::pause(&mut random, Duration::from_secs_f64(1.0 / args.rate));
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
        let script = script::Script::draw(&mut random, cast, args.pace);
        match Arc::clone(&room).try_acquire_owned() {
            Ok(permit) => {
                let (cast, run, desk) = (Arc::clone(cast), Arc::clone(run), desk.clone());
                orders.spawn(async move {
                    customer::play(&script, &cast, &run, &desk).await;
                    drop(permit);
                });
            }
            Err(_) => run.tally().held_back += 1,
        }
    }
}

/// Waits until every event that should be seen is seen, or for too long.
async fn all_seen(run: &Run) {
    let deadline = Instant::now() + LAST_EVENTS;
    loop {
        let progress = run.progress.notified();
        if run.tally().missing() == 0 || timeout_at(deadline, progress).await.is_err() {
            return;
        }
    }
}
