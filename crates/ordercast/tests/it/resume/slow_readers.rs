//! Clients that do not read do not make the server use more memory.

use eventlog::{CommandRequest, Submission};
use orders::command::SetStatus;
use orders::{Actor, Command, OrderRef, Status, StoreId, UserId};

use super::{seqs, take};
use crate::support::Shop;
use crate::support::users::{customer, staff};

/// More than the hub keeps in memory, so that memory has grown to what it will be.
const TO_FILL: usize = 17_000;
/// What happens while nobody reads.
const UNREAD: usize = 5_000;
/// Who does not read.
const READERS: usize = 20;

/// Staff write long notes to an order: as much text an event as there can be.
async fn notes(shop: &Shop, order: OrderRef, count: usize) {
    let actor = Actor::Staff { user: UserId::new("sam").unwrap(), store: StoreId::main() };
    let note = SetStatus {
        order,
        status: Status::Pending,
        tracking_number: None,
        estimated_delivery: None,
        note: Some("n".repeat(2000).parse().unwrap()),
        reason: None,
    };
    let request = CommandRequest { command: Command::SetStatus(note), actor, expected: None };
    for done in (0..count).step_by(500) {
        let requests = vec![request.clone(); 500.min(count - done)];
        let submission = Submission { requests, idempotency: None, external_user: None };
        let receipt = shop.app.writer.submit(submission).await.unwrap();
        assert!(receipt.outcomes.iter().all(|outcome| matches!(outcome, eventlog::Outcome::Order(_))));
    }
}

/// Memory of this process in MiB; the server is in it.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() / 1024
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg(target_os = "linux")]
async fn slow_readers_cost_no_memory_and_lose_no_events() {
    let shop = Shop::with(&[("ORDERCAST_MAX_STREAMS_PER_USER", "100")]).await;
    let good = shop.product("Tea", 5).await;
    let order = OrderRef::Id(shop.place(&customer("asha"), good, 1).await.id.parse().unwrap());
    // One who reads has every event put into words.
    let (mut reader, _) = shop.listen(&staff("sam")).await;
    let (filled, ()) = tokio::join!(take(&mut reader, TO_FILL), notes(&shop, order, TO_FILL));
    drop(filled);
    drop(reader);
    let (mut silent, mut begin) = (Vec::new(), 0);
    for _ in 0..READERS {
        let (stream, hello) = shop.listen(&staff("sam")).await;
        begin = super::seq(&hello.id);
        silent.push(stream);
    }
    let before = resident();
    notes(&shop, order, UNREAD).await;
    let head = begin + UNREAD as u64;
    let grown = resident().saturating_sub(before);
    // A queue for each would hold 5,000 events of 2 KiB twenty times; other tests of this process take some too.
    assert!(grown < 120, "{READERS} readers who do not read cost {grown} MiB");
    for stream in &mut silent[..2] {
        let all = take(stream, UNREAD).await;
        assert_eq!(seqs(&all), (begin + 1..=head).collect::<Vec<_>>(), "each once, in order");
    }
}
