//! Backups made while the database is used, and restored while it is not.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ordercast_eventlog::sqlite::{DataDirectoryLock, Database, DatabaseOptions, FILE, backup};
use ordercast_eventlog::{ErrorKind, OrderFilter, Seq, Submission, Topic, Writer};
use orders::{ProductId, Status, World};
use rusqlite::Connection;
use uuid::Uuid;

use crate::Sqlite;
use crate::contract::clock::TestClock;
use crate::contract::log::{Log, ordered};
use crate::contract::shop::{cancel, create, customer, keyed, number, place, set_status, staff, store, user};

const MAIN: &str = "main";

/// Places, cancels and ships orders until it is stopped.
async fn busy(writer: Writer, clock: Arc<TestClock>, tea: ProductId, who: usize, over: Arc<AtomicBool>) {
    let who = customer(&format!("customer-{who}"));
    while !over.load(Ordering::Relaxed) {
        let order = ordered(
            writer.submit(Submission::one(place(clock.uuid(), MAIN, &[(tea, 1)]), who.clone())).await,
        );
        let name = number(order.order.number);
        let then = if order.order.number.0.is_multiple_of(2) {
            cancel(name)
        } else {
            set_status(name, Status::Shipped)
        };
        ordered(writer.submit(Submission::one(then, staff(MAIN))).await);
    }
}

/// Checks that the data of a directory is consistent. Returns the length of the log.
async fn sound(directory: &Path) -> u64 {
    let database = Database::open(directory, &DatabaseOptions::default(), Uuid::nil()).unwrap();
    let read_backend = database.read_backend;
    let head = read_backend.head().await.unwrap().seq;
    let mut world = World::default();
    let mut at = Seq(0);
    while at < head {
        let page = read_backend.tail(Topic::Store(store(MAIN)), at, 1000).await.unwrap();
        for (event, seq) in page.events.iter().zip(at.0 + 1..) {
            assert_eq!(event.stored.seq, Seq(seq), "no gap");
            world.apply(&event.stored.event);
        }
        at = page.through;
    }
    for product in world.products.values() {
        assert_eq!(
            read_backend.product(product.id).await.unwrap().unwrap().product,
            *product,
            "the stock adds up"
        );
    }
    let filter = OrderFilter::newest(Topic::Store(store(MAIN)), 1_000_000);
    let page = read_backend.orders(filter).await.unwrap().value;
    assert_eq!(page.orders.len(), world.orders.len());
    for snapshot in &page.orders {
        assert_eq!(world.orders[&snapshot.order.id], snapshot.order);
    }
    head.0
}

fn beside(path: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    names
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_is_made_while_others_write_is_of_one_moment() {
    let log = Log::<Sqlite>::fresh().await;
    let tea = log.product(create(log.clock.uuid(), 450, 1_000_000), staff(MAIN)).await.product.id;
    let over = Arc::new(AtomicBool::new(false));
    let busy: Vec<_> = (0..8)
        .map(|n| tokio::spawn(busy(log.writer(), Arc::clone(&log.clock), tea, n, Arc::clone(&over))))
        .collect();
    let copies = tempfile::tempdir().unwrap();
    let mut before = 0;
    for n in 0..4 {
        while log.head().await.0 < before + 150 {
            tokio::task::yield_now().await;
        }
        before = log.head().await.0;
        let copy = copies.path().join(format!("copy-{n}"));
        log.read_backend().backup(&copy).await.unwrap();
        let after = log.head().await.0;
        // The copy needs no other file. It is moved to where a server finds it.
        let directory = tempfile::tempdir().unwrap();
        std::fs::copy(&copy, directory.path().join(FILE)).unwrap();
        let length = sound(directory.path()).await;
        assert!((before..=after).contains(&length), "{before} <= {length} <= {after}");
    }
    over.store(true, Ordering::Relaxed);
    for task in busy {
        task.await.unwrap();
    }
    assert_eq!(beside(copies.path()), ["copy-0", "copy-1", "copy-2", "copy-3"], "nothing else is left there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_never_replaces_a_file() {
    let log = Log::<Sqlite>::fresh().await;
    let directory = tempfile::tempdir().unwrap();
    let taken = directory.path().join("taken");
    std::fs::write(&taken, "precious").unwrap();
    let error = log.read_backend().backup(&taken).await.unwrap_err();
    assert!(error.to_string().contains("already exists"), "{error}");
    assert_eq!(std::fs::read_to_string(&taken).unwrap(), "precious");
    log.read_backend().backup(&directory.path().join("no/such/directory")).await.unwrap_err();
    // The files of an interrupted copy are replaced.
    std::fs::write(directory.path().join("copy.part"), "half").unwrap();
    log.read_backend().backup(&directory.path().join("copy")).await.unwrap();
    assert_eq!(beside(directory.path()), ["copy", "taken"]);
}

/// A shop with an order, a backup, and another order after the backup.
async fn copied() -> (Log<Sqlite>, tempfile::TempDir, PathBuf) {
    let log = Log::<Sqlite>::fresh().await;
    let tea = log.product(create(log.clock.uuid(), 450, 100), staff(MAIN)).await.product.id;
    let order = || keyed(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("asha"), 7, 7);
    ordered(log.submit(order()).await);
    let copies = tempfile::tempdir().unwrap();
    let copy = copies.path().join("copy");
    log.read_backend().backup(&copy).await.unwrap();
    log.order(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("asha")).await;
    (log, copies, copy)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_copy_is_another_history_and_the_old_file_is_kept() {
    let (mut log, _copies, copy) = copied().await;
    let old = log.read_backend().head().await.unwrap();
    log.stop();
    let directory = log.backend().directory().to_owned();
    let kept = backup::restore(&copy, &directory, Uuid::from_u128(99)).unwrap().unwrap();
    assert_eq!(beside(&directory), ["lock", FILE, kept.file_name().unwrap().to_str().unwrap()]);
    log.restart_after_stop().await;
    let new = log.read_backend().head().await.unwrap();
    assert_ne!(new.epoch, old.epoch, "the same seq means another event now");
    assert_eq!(new.seq, Seq(2), "what came after the copy is not in it");
    let newest = OrderFilter::newest(Topic::Customer(user("asha")), 10);
    assert_eq!(log.read_backend().orders(newest).await.unwrap().value.orders.len(), 1);
    // The backup includes idempotent responses, and new orders can be placed.
    let tea = log.read_backend().products(everything()).await.unwrap().0[0].product.id;
    let again =
        log.submit(keyed(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("asha"), 7, 7)).await.unwrap();
    assert!(again.replayed);
    assert_eq!(again.cursor, new);
    let next = log.order(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("ben")).await;
    assert_eq!(next.order.number.0, 10_002);
    log.stop();
    assert_eq!(sound(&directory).await, 3);
    // The replaced database is complete: restored, it has the later order, under a third epoch.
    let kept_too = backup::restore(&kept, &directory, Uuid::from_u128(100)).unwrap().unwrap();
    assert_ne!(kept, kept_too);
    assert_eq!(sound(&directory).await, old.seq.0);
    log.restart_after_stop().await;
    assert_ne!(log.read_backend().head().await.unwrap().epoch, old.epoch);
}

fn everything() -> ordercast_eventlog::ProductFilter {
    ordercast_eventlog::ProductFilter {
        store: None,
        text: None,
        category: None,
        archived: true,
        after: None,
        limit: 10,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_is_restored_into_an_empty_directory_too() {
    let (_log, _copies, copy) = copied().await;
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("fresh");
    assert_eq!(backup::restore(&copy, &data, Uuid::from_u128(99)).unwrap(), None);
    assert_eq!(sound(&data).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_server_is_not_restored_under() {
    let (log, _copies, copy) = copied().await;
    let directory = log.backend().directory();
    let lock = DataDirectoryLock::acquire(directory).unwrap();
    let error = backup::restore(&copy, directory, Uuid::from_u128(99)).unwrap_err();
    assert!(error.kind() == ErrorKind::InUse, "{error}");
    drop(lock);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_sound_copy_is_refused_and_changes_nothing() {
    let (mut log, copies, copy) = copied().await;
    log.stop();
    let directory = log.backend().directory().to_owned();
    let before = std::fs::read(directory.join(FILE)).unwrap();
    let bad = copies.path().join("bad");
    let whole = std::fs::read(&copy).unwrap();
    let mut damaged = whole.clone();
    for byte in &mut damaged[8192..20_000] {
        *byte = 0xa5;
    }
    let theirs = copies.path().join("theirs");
    Connection::open(&theirs).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    for (what, bytes) in [
        ("nothing", Vec::new()),
        ("prose", b"Dear diary, ".repeat(1000)),
        ("half of it", whole[..whole.len() / 2].to_vec()),
        ("damaged", damaged),
        ("another program's", std::fs::read(&theirs).unwrap()),
    ] {
        std::fs::write(&bad, bytes).unwrap();
        let answer = backup::restore(&bad, &directory, Uuid::from_u128(99));
        assert!(answer.is_err(), "{what}");
    }
    let missing = backup::restore(&copies.path().join("missing"), &directory, Uuid::from_u128(99));
    assert!(missing.is_err());
    assert!(!copies.path().join("missing").exists());
    assert_eq!(beside(&directory), ["lock", FILE]);
    assert!(std::fs::read(directory.join(FILE)).unwrap() == before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_beyond_repair_is_replaced_and_kept() {
    let (mut log, _copies, copy) = copied().await;
    log.stop();
    let directory = log.backend().directory().to_owned();
    std::fs::write(directory.join(FILE), "burnt").unwrap();
    std::fs::write(directory.join(format!("{FILE}-wal")), "ashes").unwrap();
    let kept = backup::restore(&copy, &directory, Uuid::from_u128(99)).unwrap().unwrap();
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), "burnt");
    assert_eq!(std::fs::read_to_string(format!("{}-wal", kept.display())).unwrap(), "ashes");
    assert_eq!(sound(&directory).await, 2);
}

/// The files of a data directory were copied by hand, with the newest orders in the write-ahead log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_beside_a_copied_file_is_not_forgotten() {
    let (log, _copies, _) = copied().await;
    let by_hand = tempfile::tempdir().unwrap();
    for suffix in ["", "-wal"] {
        let name = format!("{FILE}{suffix}");
        std::fs::copy(log.backend().directory().join(&name), by_hand.path().join(&name)).unwrap();
    }
    let directory = tempfile::tempdir().unwrap();
    backup::restore(&by_hand.path().join(FILE), directory.path(), Uuid::from_u128(99)).unwrap();
    assert_eq!(sound(directory.path()).await, 3);
}
