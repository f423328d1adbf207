//! The live connections: one per customer and one of the staff, each noting what it sees.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{anyhow, bail};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::Run;
use super::cast::Cast;
use super::tally::Viewer;
use crate::client::stream::{Update, follow};
use crate::clock;

/// How long connecting may take at the start.
const TO_CONNECT: Duration = Duration::from_secs(15);

/// Opens every connection, waits until it stands, and leaves it listening.
pub(super) async fn start(cast: &Cast, run: &Arc<Run>) -> anyhow::Result<JoinSet<()>> {
    let deadline = Instant::now() + TO_CONNECT;
    let customers =
        cast.customers.iter().enumerate().map(|(n, customer)| (Viewer::Customer(n), &customer.client));
    let opened: Vec<_> = std::iter::once((Viewer::Staff, &cast.staff))
        .chain(customers)
        .map(|(viewer, client)| (viewer, follow(client.clone(), None)))
        .collect();
    let mut listeners = JoinSet::new();
    let mut deaf = 0_usize;
    for (viewer, mut updates) in opened {
        match connected(viewer, &mut updates, deadline).await {
            Ok(()) => {
                run.tally().watches(viewer);
                listeners.spawn(listen(viewer, updates, Arc::clone(run)));
            }
            // Without the staff there is no run; a customer more or less is only said.
            Err(error) if viewer == Viewer::Staff => return Err(error),
            Err(error) => {
                if deaf == 0 {
                    eprintln!("a customer has no live connection: {error:#}");
                }
                deaf += 1;
            }
        }
    }
    if deaf > 0 {
        eprintln!(
            "{deaf} customers order without a live connection; the server may allow more with --max-streams-per-address"
        );
    }
    Ok(listeners)
}

async fn connected(
    viewer: Viewer,
    updates: &mut mpsc::Receiver<Update>,
    deadline: Instant,
) -> anyhow::Result<()> {
    let mut last = "it took too long".to_owned();
    while let Ok(update) = timeout_at(deadline, updates.recv()).await {
        match update {
            Some(Update::Connected { hello, .. }) => {
                if viewer == Viewer::Staff && hello.role == "user" {
                    bail!(
                        "the account is a customer's; simulate needs one of the staff (--email or --token)"
                    );
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

async fn listen(viewer: Viewer, mut updates: mpsc::Receiver<Update>, run: Arc<Run>) {
    while let Some(update) = updates.recv().await {
        let mut tally = run.tally();
        match update {
            Update::Event { event, .. } => tally.saw(viewer, &event, clock::now()),
            Update::Repeated { .. } => tally.repeated += 1,
            Update::Lost { attempt, .. } => tally.lost += u64::from(attempt == 1),
            Update::Connected { .. } => tally.resumed += 1,
            Update::Reset(reset) => tally.reset(viewer, &reset),
            Update::Refused(error) => tally.refused(&error),
        }
        drop(tally);
        run.progress.notify_one();
    }
}
