//! Clients that retry, over a database that fails in every way at random.

use ordercast_eventlog::{ErrorKind, Inbox, Mark, MarkRead, Seq, SubmitError, Writer};
use orders::{OrderId, ProductId};

use super::Backend;
use super::commits::agrees;
use super::faulty::{CommitFault, Faults, Faulty};
use super::log::{DEADLINE, Log, ordered};
use super::shop::{create, customer, keyed, place, staff, user};

const CLIENTS: u128 = 12;
/// How many orders each client places.
const ORDERS: u128 = 15;

/// Submits with the same key until the submission is accepted.
async fn place_until_accepted(writer: &Writer, tea: ProductId, id: OrderId, key: u128, who: &str) -> Seq {
    loop {
        let order = place(id.uuid(), "main", &[(tea, 1)]);
        match writer.submit(keyed(order, customer(who), key, key)).await {
            Ok(receipt) => {
                let cursor = receipt.cursor.clone();
                assert_eq!(ordered(Ok(receipt)).order.id, id);
                return cursor.seq;
            }
            Err(SubmitError::Busy | SubmitError::CommitUnknown | SubmitError::Failed(_)) => {
                tokio::task::yield_now().await;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

pub(crate) async fn each_submission_happens_once_whatever_fails<B: Backend>() {
    for seed in 0..8 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let log = Log::<Faulty<B>>::fresh().await;
        let tea = log.product(create(log.clock.uuid(), 450, 1000), staff("main")).await.product.id;
        log.backend().faults().shared = rng.bool();
        let mut clients = tokio::task::JoinSet::new();
        for client in 0..CLIENTS {
            let (writer, clock) = (log.writer(), log.clock.clone());
            let published = log.published.clone();
            clients.spawn(async move {
                let who = format!("customer-{client}");
                for n in 0..ORDERS {
                    let id = OrderId::new(clock.uuid());
                    let seq = place_until_accepted(&writer, tea, id, client * ORDERS + n, &who).await;
                    let is_published = published.events().iter().any(|event| event.seq == seq);
                    assert!(is_published, "events are published before the answer");
                    let inbox = Inbox::customer(user(&who));
                    drop(writer.mark_read(MarkRead { inbox, mark: Mark::All }).await);
                }
            });
        }
        let since = std::time::Instant::now();
        while !clients.is_empty() {
            assert!(since.elapsed() < DEADLINE, "seed {seed}: the clients make no progress");
            let batches = {
                let mut faults = log.backend().faults();
                match rng.u8(0..9) {
                    0 => faults.commits.push_back(CommitFault::AfterCommit),
                    1 => faults.commits.push_back(CommitFault::BeforeCommit),
                    2 => faults.lookups = rng.usize(1..4),
                    3 => faults.writes.push_back(ErrorKind::Rejected),
                    4 => drop(faults.locked_products.insert(tea)),
                    _ => faults.locked_products.clear(),
                }
                faults.begun.len() + rng.usize(1..4)
            };
            while !clients.is_empty() && log.backend().faults().begun.len() < batches {
                tokio::task::yield_now().await;
                while let Some(done) = clients.try_join_next() {
                    done.unwrap();
                }
            }
        }
        *log.backend().faults() = Faults::default();
        let events = log.read_backend().events(Seq(0), 10_000).await.unwrap().events;
        assert_eq!(events.len() as u128, 1 + CLIENTS * ORDERS, "seed {seed}: a product and the orders");
        log.settle().await;
        agrees(&log, tea, u32::try_from(CLIENTS * ORDERS).unwrap()).await;
    }
}
