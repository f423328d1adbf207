//! An acknowledged order survives a power loss; an unacknowledged one is applied once or not at all.
//!
//! Many submitters write through the writer while the power "fails" at random moments: the files are copied as a
//! disk may hold them at that instant, and each copy is opened and checked. The disk is `support/power_loss`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

#[expect(dead_code, reason = "the contract needs more of it")]
#[path = "contract/clock.rs"]
mod clock;
#[path = "support/power_loss/mod.rs"]
mod power_loss;
#[expect(dead_code, reason = "the contract needs more of it")]
#[path = "contract/shop.rs"]
mod shop;

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use clock::TestClock;
use ordercast_eventlog::sqlite::{Database, DatabaseOptions, Synchronous};
use ordercast_eventlog::{
    OrderFilter, Outcome, ReadBackend, Receipt, Seq, Submission, SubmitError, Topic, Writer,
};
use orders::command::UpdateProduct;
use orders::order::Hold;
use orders::product::Details;
use orders::{Command, OrderId, ProductId, Status, StoreId, World};
use power_loss::PowerLoss;
use shop::{cancel, create, customer, keyed, number, place, staff, store};
use tokio::task::JoinSet;

const MAIN: &str = "main";
const STORES: [&str; 2] = [MAIN, "gallery"];
const SUBMITTERS: usize = 24;
const PRODUCT_EDITORS: usize = 6;
/// Cuts in the middle of a commit or a checkpoint, and between two of them.
const CUTS: usize = 8;
const BETWEEN_COMMITS: usize = 3;
const DEADLINE: Duration = Duration::from_mins(2);

/// A submission, by its idempotency key, and its answer.
#[derive(Default)]
struct Attempts {
    orders: Mutex<HashMap<u128, Attempt>>,
}

#[derive(Clone, Copy)]
struct Attempt {
    id: OrderId,
    acknowledged: bool,
    cancelled: bool,
}

impl Attempts {
    fn snapshot(&self) -> HashMap<u128, Attempt> {
        self.orders.lock().unwrap().clone()
    }

    fn acknowledged(&self) -> usize {
        self.orders.lock().unwrap().values().filter(|attempt| attempt.acknowledged).count()
    }
}

/// A shop on a simulated disk.
struct Shop {
    writer: Writer,
    thread: JoinHandle<()>,
    read_backend: Arc<dyn ReadBackend>,
    clock: Arc<TestClock>,
}

impl Shop {
    fn open(directory: &Path, clock: &Arc<TestClock>, options: &DatabaseOptions) -> Self {
        let database = Database::open(directory, options, clock.uuid()).unwrap();
        let clock = Arc::clone(clock);
        let (writer, thread) =
            Writer::start(database.write_backend, Arc::clone(&clock) as _, Box::new(drop)).unwrap();
        Self { writer, thread, read_backend: database.read_backend, clock }
    }

    fn close(self) {
        drop(self.writer);
        self.thread.join().unwrap();
    }

    async fn product(&self) -> ProductId {
        let id = self.clock.uuid();
        let receipt =
            self.writer.submit(Submission::one(create(id, 450, 1_000_000), staff(MAIN))).await.unwrap();
        assert!(matches!(receipt.outcomes[..], [Outcome::Product(_)]));
        ProductId::new(id)
    }
}

fn placed(receipt: &Receipt) -> OrderId {
    match &receipt.outcomes[..] {
        [Outcome::Order(snapshot)] => snapshot.order.id,
        other => panic!("{other:?}"),
    }
}

/// Orders, and cancels some of it, until the writer stops.
async fn submit_on(writer: Writer, clock: Arc<TestClock>, tea: ProductId, n: usize, attempts: Arc<Attempts>) {
    let who = customer(&format!("customer-{n}"));
    for i in 0.. {
        let key = n as u128 * 1_000_000 + i;
        let uuid = clock.uuid();
        let attempt = Attempt { id: OrderId::new(uuid), acknowledged: false, cancelled: false };
        attempts.orders.lock().unwrap().insert(key, attempt);
        let order = keyed(place(uuid, MAIN, &[(tea, 2)]), who.clone(), key, 1);
        let Ok(receipt) = writer.submit(order).await else { return };
        assert_eq!(placed(&receipt), attempt.id);
        attempts.orders.lock().unwrap().get_mut(&key).unwrap().acknowledged = true;
        if i % 3 == 0 {
            let Outcome::Order(snapshot) = &receipt.outcomes[0] else { panic!() };
            let cancelling = Submission::one(cancel(number(snapshot.order.number)), who.clone());
            let Ok(receipt) = writer.submit(cancelling).await else { return };
            placed(&receipt);
            attempts.orders.lock().unwrap().get_mut(&key).unwrap().cancelled = true;
        }
    }
}

/// Replaces a product's details, so that the log fills and checkpoints happen between the orders.
async fn edit_product(writer: Writer, clock: Arc<TestClock>) {
    let id = clock.uuid();
    let Ok(_) = writer.submit(Submission::one(create(id, 1, 1), staff("gallery"))).await else { return };
    for n in 0.. {
        let picture = format!("data:image/{n}{}", "x".repeat(15_000));
        let details = Some(Details { image: Some(picture.try_into().unwrap()), ..Details::default() });
        let product = ProductId::new(id);
        let update = UpdateProduct { product, name: None, price: None, archived: None, details };
        let Ok(_) = writer.submit(Submission::one(Command::UpdateProduct(update), staff("gallery"))).await
        else {
            return;
        };
    }
}

/// Checks that a database is consistent. Returns its orders and events.
async fn sound(read_backend: &dyn ReadBackend, context: &str) -> World {
    let head = read_backend.head().await.unwrap().seq;
    let (mut world, mut at) = (World::default(), Seq(0));
    while at < head {
        // The two stores have all events.
        let mut in_tails = HashMap::new();
        let upto = Seq(head.0.min(at.0 + 500));
        for of in STORES {
            let page = read_backend.tail(Topic::Store(store(of)), at, 500).await.unwrap();
            in_tails.extend(page.events.into_iter().map(|event| (event.stored.seq, event.stored)));
        }
        while at < upto {
            at = at.next();
            let stored = in_tails.get(&at).unwrap_or_else(|| panic!("{context}: event {at:?} is missing"));
            world.apply(&stored.event);
        }
    }
    let filter = OrderFilter::newest(Topic::Store(store(MAIN)), 1_000_000);
    let page = read_backend.orders(filter).await.unwrap().value;
    assert_eq!(page.orders.len(), world.orders.len(), "{context}: each order once");
    for snapshot in &page.orders {
        assert_eq!(world.orders[&snapshot.order.id], snapshot.order, "{context}");
    }
    let reserved = page.orders.iter().filter(|snapshot| snapshot.order.hold == Hold::Reserved);
    let reserved: u32 = reserved.flat_map(|snapshot| &snapshot.order.items).map(|item| item.quantity).sum();
    for product in world.products.values().filter(|product| product.store == StoreId::main()) {
        let product_entry = read_backend.product(product.id).await.unwrap().unwrap();
        assert_eq!(product_entry.product.stock.reserved, reserved, "{context}: the stock adds up");
    }
    world
}

/// How many acknowledged orders or cancellations a disk lost.
fn lost(world: &World, before: &HashMap<u128, Attempt>) -> usize {
    let missing = |attempt: &&Attempt| match world.orders.get(&attempt.id) {
        None => attempt.acknowledged,
        Some(order) => attempt.cancelled && order.status() != Status::Cancelled,
    };
    before.values().filter(missing).count()
}

/// Submits again what got no answer, with a new order id as a server would make it: there is one order for each key.
async fn retry(shop: &Shop, tea: ProductId, attempts: &HashMap<u128, Attempt>, world: &World) {
    let mut retries = JoinSet::new();
    // Every missing order, and enough of the others to see that they get the same answer again.
    let asks_again =
        |(key, attempt): &(u128, Attempt)| !world.orders.contains_key(&attempt.id) || key % 97 == 0;
    for (key, attempt) in attempts.clone().into_iter().filter(asks_again) {
        let (writer, id) = (shop.writer.clone(), shop.clock.uuid());
        retries.spawn(async move {
            let who = customer(&format!("customer-{}", key / 1_000_000));
            let receipt = writer.submit(keyed(place(id, MAIN, &[(tea, 2)]), who, key, 1)).await.unwrap();
            (attempt.id, OrderId::new(id), placed(&receipt), receipt.replayed)
        });
    }
    while let Some(answer) = retries.join_next().await {
        let (first, second, answered, replayed) = answer.unwrap();
        let was_there = world.orders.contains_key(&first);
        assert_eq!((answered, replayed), if was_there { (first, true) } else { (second, false) });
    }
    let after = sound(&*shop.read_backend, "after the retries").await;
    assert_eq!(after.orders.len(), attempts.len(), "one order for each key");
}

/// Cuts the power repeatedly under load. Returns how many acknowledged orders the disks lost.
async fn cut_under_load(name: &str, synchronous: Synchronous, random: bool) -> usize {
    let directory = tempfile::tempdir().unwrap();
    let power_loss = PowerLoss::register(name);
    let options = DatabaseOptions {
        synchronous,
        vfs: Some(power_loss.name().to_owned()),
        ..DatabaseOptions::default()
    };
    let clock = Arc::new(TestClock::new());
    let shop = Shop::open(directory.path(), &clock, &options);
    let tea = shop.product().await;
    let attempts = Arc::<Attempts>::default();
    let mut submitters = JoinSet::new();
    for n in 0..SUBMITTERS {
        submitters.spawn(submit_on(shop.writer.clone(), Arc::clone(&clock), tea, n, Arc::clone(&attempts)));
    }
    for _ in 0..PRODUCT_EDITORS {
        submitters.spawn(edit_product(shop.writer.clone(), Arc::clone(&clock)));
    }
    let mut rng = fastrand::Rng::with_seed(1);
    let mut cuts = Vec::new();
    let mut between = 0;
    for seed in 0.. {
        let (since, goal) = (Instant::now(), attempts.acknowledged() + rng.usize(5..50));
        while attempts.acknowledged() < goal {
            assert!(since.elapsed() < DEADLINE, "the writer does not get on");
            tokio::task::yield_now().await;
        }
        // Not right after an answer, when the writer waits for more to do: at any moment of the next commits.
        let (since, moment) = (Instant::now(), Duration::from_micros(rng.u64(0..5000)));
        while since.elapsed() < moment {
            std::thread::yield_now();
        }
        let copy = tempfile::tempdir().unwrap();
        // What was acknowledged before the cut must be there. What was submitted before the end of the cut may be.
        let before = attempts.snapshot();
        let cut = if random {
            power_loss.cut_at_random(directory.path(), copy.path(), seed).unwrap()
        } else {
            power_loss.cut_to(directory.path(), copy.path()).unwrap()
        };
        between += usize::from(cut.unsynced == 0);
        // Most of the time the writer is busy with other things than the disk; a few such cuts are enough.
        if cut.unsynced > 0 || between <= BETWEEN_COMMITS {
            cuts.push((copy, before, attempts.snapshot()));
        }
        let checkpointed = Database::file(directory.path()).metadata().unwrap().len() > 1 << 20;
        if cuts.len() - between.min(BETWEEN_COMMITS) >= CUTS
            && (checkpointed || synchronous == Synchronous::Normal)
        {
            break;
        }
    }
    submitters.shutdown().await;
    shop.close();
    let mut all_lost = 0;
    for (n, (copy, before, tried)) in cuts.into_iter().enumerate() {
        // Without syncs even the database file may be empty. All of its orders are then counted as lost.
        let options = DatabaseOptions {
            accept_data_loss: synchronous == Synchronous::Normal,
            ..DatabaseOptions::default()
        };
        let again = Shop::open(copy.path(), &clock, &options);
        let world = sound(&*again.read_backend, &format!("{name}, cut {n}")).await;
        let ids: HashSet<_> = tried.values().map(|attempt| attempt.id).collect();
        assert!(world.orders.keys().all(|id| ids.contains(id)));
        all_lost += lost(&world, &before);
        if synchronous == Synchronous::Full {
            retry(&again, tea, &tried, &world).await;
        }
        again.close();
    }
    all_lost
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_when_everything_unsynced_is_lost() {
    assert_eq!(cut_under_load("full-all", Synchronous::Full, false).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_when_unsynced_writes_arrive_at_random() {
    assert_eq!(cut_under_load("full-random", Synchronous::Full, true).await, 0);
}

/// This test can fail: with commits that are not synced, acknowledged orders are lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_sync_for_each_commit_acknowledged_orders_are_lost() {
    assert_ne!(cut_under_load("normal-all", Synchronous::Normal, false).await, 0);
    assert_ne!(cut_under_load("normal-random", Synchronous::Normal, true).await, 0);
}

/// The disk takes a few more writes and then none, at each point of a commit in turn.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fails_takes_nothing_back_and_the_writer_goes_on_when_it_is_well_again() {
    let power_loss = PowerLoss::register("failing");
    let options = DatabaseOptions { vfs: Some(power_loss.name().to_owned()), ..DatabaseOptions::default() };
    let clock = Arc::new(TestClock::new());
    let directory = tempfile::tempdir().unwrap();
    let shop = Shop::open(directory.path(), &clock, &options);
    let tea = shop.product().await;
    let mut tried = HashMap::new();
    let mut failed = 0;
    for point in 0..60 {
        power_loss.fail_after_writes(point);
        for n in 0..3 {
            let (key, uuid) = (u128::try_from(point * 10 + n).unwrap(), clock.uuid());
            let order = keyed(place(uuid, MAIN, &[(tea, 2)]), customer("customer-0"), key, 1);
            let answer = shop.writer.submit(order).await;
            assert!(matches!(answer, Ok(_) | Err(SubmitError::Failed(_))), "{answer:?}");
            failed += usize::from(answer.is_err());
            tried.insert(
                key,
                Attempt { id: OrderId::new(uuid), acknowledged: answer.is_ok(), cancelled: false },
            );
        }
        let copy = tempfile::tempdir().unwrap();
        power_loss.cut_to(directory.path(), copy.path()).unwrap();
        power_loss.fail_after_writes(usize::MAX);
        let again = Shop::open(copy.path(), &clock, &DatabaseOptions::default());
        let world = sound(&*again.read_backend, &format!("failing after {point} writes")).await;
        assert_eq!(lost(&world, &tried), 0, "after {point} writes");
        again.close();
        let world =
            sound(&*shop.read_backend, &format!("failed after {point} writes, and is well again")).await;
        for attempt in tried.values() {
            let there = world.orders.contains_key(&attempt.id);
            assert_eq!(there, attempt.acknowledged, "an order that was answered as failed does not exist");
        }
    }
    assert!(failed > 20, "only {failed} submissions failed");
    let world = sound(&*shop.read_backend, "at the end").await;
    retry(&shop, tea, &tried, &world).await;
    shop.close();
}
