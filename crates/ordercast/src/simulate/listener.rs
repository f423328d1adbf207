//! The live connections, one per customer and one of the staff. Each records the events that it receives.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{anyhow, bail};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::Simulation;
use super::participants::Participants;
use super::results::Observer;
use crate::client::stream::{Update, follow};
use crate::clock;

const TO_CONNECT: Duration = Duration::from_secs(15);

/// Opens all connections, and returns the tasks that read them.
pub(super) async fn start(participants: &Participants, run: &Arc<Simulation>) -> anyhow::Result<JoinSet<()>> {
    let deadline = Instant::now() + TO_CONNECT;
    let customers = participants
        .customers
        .iter()
        .enumerate()
        .map(|(n, customer)| (Observer::Customer(n), &customer.client));
    let opened: Vec<_> = std::iter::once((Observer::Staff, &participants.staff))
        .chain(customers)
        .map(|(observer, client)| (observer, follow(client.clone(), None)))
        .collect();
    let mut listeners = JoinSet::new();
    let mut without_connection = 0_usize;
    for (observer, mut updates) in opened {
        match connected(observer, &mut updates, deadline).await {
            Ok(()) => {
                run.results().watches(observer);
                listeners.spawn(listen(observer, updates, Arc::clone(run)));
            }
            // The simulation needs the staff's connection. A missing customer connection is only reported.
            Err(error) if observer == Observer::Staff => return Err(error),
            Err(error) => {
                if without_connection == 0 {
                    eprintln!("cannot open a customer's live connection: {error:#}");
                }
                without_connection += 1;
            }
        }
    }
    if without_connection > 0 {
        eprintln!(
            "{without_connection} customers have no live connection; raise --max-streams-per-address on the server"
        );
    }
    Ok(listeners)
}

async fn connected(
    observer: Observer,
    updates: &mut mpsc::Receiver<Update>,
    deadline: Instant,
) -> anyhow::Result<()> {
    let mut last = "timeout".to_owned();
    while let Ok(update) = timeout_at(deadline, updates.recv()).await {
        match update {
            Some(Update::Connected { connected, .. }) => {
                if observer == Observer::Staff && connected.role == "user" {
                    bail!("this is a customer account; simulate needs a staff account (--email or --token)");
                }
                return Ok(());
            }
            Some(Update::Lost { why, .. }) => last = why,
            Some(Update::Refused(error)) => return Err(error.into()),
            Some(_) => {}
            None => break,
        }
    }
    Err(anyhow!("cannot open a live connection: {last}"))
}

async fn listen(observer: Observer, mut updates: mpsc::Receiver<Update>, run: Arc<Simulation>) {
    while let Some(update) = updates.recv().await {
        let mut results = run.results();
        match update {
            Update::Event { event, .. } => results.saw(observer, &event, clock::now()),
            Update::Repeated { .. } => results.repeated += 1,
            Update::Lost { attempt, .. } => results.lost += u64::from(attempt == 1),
            Update::Connected { .. } => results.resumed += 1,
            Update::Reset(reset) => results.reset(observer, &reset),
            Update::Refused(error) => results.refused(&error),
        }
        drop(results);
        run.progress.notify_one();
    }
}
