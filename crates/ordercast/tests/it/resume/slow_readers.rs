//! Slow readers do not increase the server's memory.

use eventlog::{CommandRequest, Submission};
use orders::command::SetStatus;
use orders::{Actor, Command, OrderRef, Status, StoreId, UserId};

use super::{seqs, take};
use crate::support::Shop;
use crate::support::users::{customer, staff};

/// More events than the hub keeps in memory, so that its memory is at its maximum before the measurement.
const TO_FILL: usize = 17_000;
/// Events while the slow readers do not read.
const UNREAD: usize = 5_000;
/// Number of slow readers.
const READERS: usize = 20;

/// Staff add the longest possible notes to an order.
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

/// Memory of this process, which includes the server, in MiB.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() / 1024
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg(target_os = "linux")]
async fn slow_readers_cost_no_memory_and_lose_no_events() {
    let shop = Shop::with(&[("ORDERCAST_MAX_STREAMS_PER_USER", "100")]).await;
    let product = shop.product("Tea", 5).await;
    let order = OrderRef::Id(shop.place(&customer("asha"), product, 1).await.id.parse().unwrap());
    // A client that reads makes the server render every event.
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
    // A queue for each reader would hold 5,000 events of 2 KiB twenty times. Other tests of this process use memory,
    // too.
    assert!(grown < 120, "{READERS} slow readers cost {grown} MiB");
    for stream in &mut silent[..2] {
        let all = take(stream, UNREAD).await;
        assert_eq!(
            seqs(&all),
            (begin + 1..=head).collect::<Vec<_>>(),
            "an event is missing, repeated or out of order"
        );
    }
}
