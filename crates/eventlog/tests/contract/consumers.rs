//! Named consumers: their positions are stored like everything else, and retention waits for them, up to a limit.

use jiff::SignedDuration;
use ordercast_eventlog::consumers::KEEP_FOR_CONSUMERS;
use ordercast_eventlog::{
    Consumer, ConsumerChange, ConsumerError, ConsumerName, ConsumerRefusal, Cursor, Epoch, LogConsumer, Seq,
    StartAt, TailError,
};
use orders::ProductId;

use super::Backend;
use super::log::Log;
use super::shop::{count, create, staff};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn name(text: &str) -> ConsumerName {
    text.parse().unwrap()
}

async fn change<B: Backend>(log: &Log<B>, change: ConsumerChange) -> Result<Consumer, ConsumerRefusal> {
    log.writer().consumer(change).await.unwrap()
}

async fn register<B: Backend>(log: &Log<B>, consumer: &str, start: StartAt) -> Consumer {
    change(log, ConsumerChange::Register { name: name(consumer), start }).await.unwrap()
}

async fn advance<B: Backend>(log: &Log<B>, consumer: &str, seq: u64) -> Result<Consumer, ConsumerRefusal> {
    let to = Cursor { seq: Seq(seq), ..log.read_backend().head().await.unwrap() };
    change(log, ConsumerChange::Advance { name: name(consumer), to }).await
}

/// Names and positions of all consumers.
async fn registered<B: Backend>(log: &Log<B>) -> Vec<(String, u64)> {
    let consumers = log.read_backend().consumers().await.unwrap().value;
    consumers.into_iter().map(|consumer| (consumer.name.to_string(), consumer.position.0)).collect()
}

/// A log with so many events about one product.
async fn with_events<B: Backend>(keep: Option<SignedDuration>, events: u32) -> (Log<B>, ProductId) {
    let log = Log::<B>::keeping(keep).await;
    let tea = log.product(create(log.clock.uuid(), 450, 1), staff("main")).await.product.id;
    count_stock(&log, tea, events - 1).await;
    (log, tea)
}

async fn count_stock<B: Backend>(log: &Log<B>, product: ProductId, times: u32) {
    for n in 0..times {
        let on_hand = if n % 2 == 0 { 2 } else { 3 };
        log.product(count(product, on_hand), staff("main")).await;
    }
}

/// The first event that can be read.
async fn oldest<B: Backend>(log: &Log<B>) -> u64 {
    let mut after = Seq(0);
    while let Err(error) = log.read_backend().events(after, 1).await {
        assert!(matches!(error, TailError::Pruned), "{error}");
        after = after.next();
    }
    after.next().0
}

pub(crate) async fn a_position_is_stored_and_never_goes_back<B: Backend>() {
    let (mut log, _) = with_events::<B>(None, 5).await;
    assert_eq!(register(&log, "relay", StartAt::Oldest).await.position, Seq(0));
    assert_eq!(register(&log, "mail", StartAt::Head).await.position, Seq(5));
    assert_eq!(advance(&log, "relay", 3).await.unwrap().position, Seq(3));
    assert_eq!(advance(&log, "relay", 2).await.unwrap().position, Seq(3));
    assert_eq!(advance(&log, "relay", 6).await, Err(ConsumerRefusal::PastHead));
    let to = Cursor { epoch: Epoch::stored("another"), seq: Seq(4) };
    let elsewhere = ConsumerChange::Advance { name: name("relay"), to };
    assert_eq!(change(&log, elsewhere).await, Err(ConsumerRefusal::EpochChanged));
    log.restart().await;
    assert_eq!(registered(&log).await, [("mail".to_owned(), 5), ("relay".to_owned(), 3)]);
    assert_eq!(register(&log, "relay", StartAt::Head).await.position, Seq(3), "it is registered already");
    let removed = change(&log, ConsumerChange::Remove { name: name("relay") }).await.unwrap();
    assert_eq!(removed.position, Seq(3));
    assert_eq!(advance(&log, "relay", 4).await, Err(ConsumerRefusal::Unknown(name("relay"))));
    let again = change(&log, ConsumerChange::Remove { name: name("relay") }).await;
    assert_eq!(again, Err(ConsumerRefusal::Unknown(name("relay"))));
    assert_eq!(registered(&log).await, [("mail".to_owned(), 5)]);
    assert_eq!(log.head().await, Seq(5), "positions are not events");
}

pub(crate) async fn a_consumer_gets_every_event_since_its_stored_position<B: Backend>() {
    let (mut log, tea) = with_events::<B>(None, 5).await;
    let open = async |log: &Log<B>| {
        LogConsumer::open(name("relay"), StartAt::Oldest, log.read_backend(), log.writer()).await.unwrap()
    };
    let mut consumer = open(&log).await;
    let seqs = async |consumer: &mut LogConsumer, limit| {
        let page = consumer.next(limit).await.unwrap();
        page.events.iter().map(|event| event.stored.seq.0).collect::<Vec<_>>()
    };
    assert_eq!(seqs(&mut consumer, 2).await, [1, 2]);
    consumer.acknowledge().await.unwrap();
    assert_eq!(seqs(&mut consumer, 2).await, [3, 4]);
    drop(consumer);
    log.restart().await;
    let mut consumer = open(&log).await;
    assert_eq!(seqs(&mut consumer, 10).await, [3, 4, 5], "what was not acknowledged comes again");
    assert_eq!(consumer.acknowledge().await.unwrap().position, Seq(5));
    // It waits for the next event.
    let next = tokio::spawn(async move { consumer.next(10).await.unwrap().through });
    log.product(count(tea, 9), staff("main")).await;
    assert_eq!(next.await.unwrap(), Seq(6));
}

pub(crate) async fn the_slowest_consumer_holds_back_retention<B: Backend>() {
    let (log, tea) = with_events::<B>(Some(HOUR), 9).await;
    for consumer in ["a", "b"] {
        register(&log, consumer, StartAt::Oldest).await;
    }
    advance(&log, "a", 7).await.unwrap();
    advance(&log, "b", 4).await.unwrap();
    log.clock.advance(HOUR * 2);
    log.maintain(3).await;
    assert_eq!(oldest(&log).await, 5);
    advance(&log, "b", 6).await.unwrap();
    log.maintain(3).await;
    assert_eq!(oldest(&log).await, 7);
    change(&log, ConsumerChange::Remove { name: name("b") }).await.unwrap();
    log.maintain(3).await;
    assert_eq!(oldest(&log).await, 8);
    // A consumer that starts at the oldest event starts here.
    assert_eq!(register(&log, "c", StartAt::Oldest).await.position, Seq(7));
    count_stock(&log, tea, 1).await;
    assert_eq!(oldest(&log).await, 8);
}

pub(crate) async fn a_consumer_that_is_too_slow_is_told_what_it_lost<B: Backend>() {
    let (log, tea) = with_events::<B>(Some(HOUR), 4).await;
    let mut slow =
        LogConsumer::open(name("slow"), StartAt::Oldest, log.read_backend(), log.writer()).await.unwrap();
    assert_eq!(slow.next(1).await.unwrap().through, Seq(1));
    slow.acknowledge().await.unwrap();
    log.clock.advance(KEEP_FOR_CONSUMERS);
    log.maintain(3).await;
    assert_eq!(oldest(&log).await, 2, "within the limit");
    log.clock.advance(HOUR * 2);
    log.maintain(3).await;
    assert_eq!(oldest(&log).await, 4, "the limit is exceeded, so retention goes on");
    assert!(matches!(slow.next(10).await, Err(ConsumerError::Pruned(_))));
    assert!(matches!(slow.acknowledge().await, Err(ConsumerError::Pruned(_))));
    // It holds back nothing any more.
    count_stock(&log, tea, 3).await;
    log.clock.advance(HOUR * 2);
    log.maintain(3).await;
    assert_eq!(oldest(&log).await, 7);
    change(&log, ConsumerChange::Remove { name: name("slow") }).await.unwrap();
    let mut again =
        LogConsumer::open(name("slow"), StartAt::Oldest, log.read_backend(), log.writer()).await.unwrap();
    assert_eq!(again.next(10).await.unwrap().through, Seq(7));
    again.acknowledge().await.unwrap();
}
