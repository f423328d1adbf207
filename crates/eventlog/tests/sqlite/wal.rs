//! The write-ahead log stays short while others read and write.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use ordercast_eventlog::sqlite::FILE;
use ordercast_eventlog::{OrderFilter, ReadBackend, Submission, Topic, Writer};
use orders::command::UpdateProduct;
use orders::product::{Details, ImageUrl};
use orders::{Command, ProductId};

use crate::Sqlite;
use crate::contract::log::{DEADLINE, Log};
use crate::contract::shop::{bulk, create, customer, keyed, place, staff, store};

const MAIN: &str = "main";
const MIB: u64 = 1 << 20;
/// A checkpoint starts at 2000 pages, about 8 MiB, and the writer goes on meanwhile.
const CAP: u64 = 24 * MIB;

/// Replaces a product's details, about 16 KiB, repeatedly.
async fn paint(writer: Writer, product: ProductId, times: u32) {
    for n in 0..times {
        let picture = format!("data:image/{n:05}{}", "x".repeat(15_000));
        let image = Some(ImageUrl::try_from(picture).unwrap());
        let details = Some(Details { image, ..Details::default() });
        let update = UpdateProduct { product, name: None, price: None, archived: None, details };
        let submission = Submission::one(Command::UpdateProduct(update), staff(MAIN));
        writer.submit(submission).await.unwrap();
    }
}

/// Replaces the details of several products at once.
async fn paint_all(log: &Log<Sqlite>, products: &[ProductId], times: u32) {
    let mut painters = tokio::task::JoinSet::new();
    for product in products {
        painters.spawn(paint(log.writer(), *product, times));
    }
    painters.join_all().await;
}

/// Reads all the time.
async fn read(read_backend: Arc<dyn ReadBackend>, over: Arc<AtomicBool>) {
    while !over.load(Ordering::Relaxed) {
        read_backend.orders(OrderFilter::newest(Topic::Store(store(MAIN)), 10)).await.unwrap();
        read_backend.head().await.unwrap();
    }
}

/// The size of the log file in bytes.
fn size(log: &Log<Sqlite>) -> u64 {
    wal(log).metadata().unwrap().len()
}

fn wal(log: &Log<Sqlite>) -> PathBuf {
    log.backend().directory().join(format!("{FILE}-wal"))
}

async fn products(log: &Log<Sqlite>, n: u32) -> Vec<ProductId> {
    let mut products = Vec::new();
    for _ in 0..n {
        products.push(log.product(create(log.clock.uuid(), 1, 100_000), staff(MAIN)).await.product.id);
    }
    products
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_stays_short_under_sustained_load() {
    let log = Log::<Sqlite>::fresh().await;
    let over = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..3).map(|_| tokio::spawn(read(log.read_backend(), Arc::clone(&over)))).collect();
    let mut painters = tokio::task::JoinSet::new();
    for product in products(&log, 16).await {
        painters.spawn(paint(log.writer(), product, 200));
    }
    let mut largest = 0;
    while !painters.is_empty() {
        painters.try_join_next().transpose().unwrap();
        largest = largest.max(size(&log));
        tokio::task::yield_now().await;
    }
    over.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.unwrap();
    }
    assert!(largest < CAP, "it grew to {} MiB", largest / MIB);
    // 3200 replaced details went through it.
    assert!(largest > 4 * MIB, "too little was written: {largest}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_reader_lets_it_grow_and_it_shrinks_again_afterwards() {
    const HELD_BACK: u64 = 14 * MIB;
    let log = Log::<Sqlite>::fresh().await;
    let products = products(&log, 16).await;
    let reader = log.backend().raw();
    reader.execute_batch("BEGIN").unwrap();
    reader.query_row("SELECT count(*) FROM events", (), |row| row.get::<_, i64>(0)).unwrap();
    let since = Instant::now();
    while size(&log) < HELD_BACK {
        paint_all(&log, &products, 10).await;
        assert!(since.elapsed() < DEADLINE, "the reader should hold it back");
    }
    reader.execute_batch("COMMIT").unwrap();
    // Truncated to the configured size.
    while size(&log) > 4 * MIB {
        paint_all(&log, &products, 10).await;
        assert!(since.elapsed() < DEADLINE * 2, "it is still {} MiB", size(&log) / MIB);
    }
}

/// An order writes about the same few pages, however many orders, customers and keys there are. A B-tree over customers
/// or keys would cost one page more for each.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_are_written_one_behind_the_other() {
    const BATCH: u32 = 100;
    let mut log = Log::<Sqlite>::fresh().await;
    let product = products(&log, 1).await[0];
    let mut rng = fastrand::Rng::with_seed(1);
    let mut submission = |log: &Log<Sqlite>, key: u128| {
        let requests = (0..BATCH).map(|_| {
            let who = customer(&format!("customer-{}", rng.u32(0..3000)));
            (place(log.clock.uuid(), MAIN, &[(product, 1)]), who)
        });
        let keyed = keyed(place(uuid::Uuid::nil(), MAIN, &[]), customer("x"), key, 1);
        Submission { idempotency: keyed.idempotency, ..bulk(requests.collect()) }
    };
    for n in 0..100 {
        log.submit(submission(&log, n)).await.unwrap();
    }
    // The log starts over, so that its size is what was written.
    log.restart().await;
    log.submit(submission(&log, 100)).await.unwrap();
    let before = size(&log);
    for n in 0..10 {
        log.submit(submission(&log, 200 + n)).await.unwrap();
    }
    let pages = (size(&log) - before) / 4096 / 10;
    assert!(pages < 80, "{BATCH} orders of as many customers took {pages} pages");
}
