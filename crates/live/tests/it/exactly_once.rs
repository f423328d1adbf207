//! Each subscriber gets every event of its topic once, in order.

use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use eventlog::{Cursor, Seq};
use ordercast_live::{Hub, Subscription, Topic};
use orders::{OrderNumber, Status};
use proptest::prelude::*;

use super::shop::{DEADLINE, Shop, drain, of_customer, of_store, poll_once, seqs, user};

/// Some rings are smaller than a burst. A burst is larger than what is kept with a topic.
const RINGS: [usize; 4] = [1, 3, 16, 4096];
const CUSTOMERS: [&str; 3] = ["asha", "ben", "chi"];

#[derive(Debug, Clone)]
enum Step {
    PlaceOrder(usize),
    /// More orders than positions are kept with a topic.
    Burst(usize),
    Move(usize),
    Note(usize),
    Bring(usize),
    OfAnotherStore,
    Publish(usize),
    /// This many batches are never published.
    Lose(usize),
    /// The hub reads from the log what it lacks.
    CatchUp,
    Subscribe(usize),
    /// Resume from anywhere in the log.
    Resume(usize, prop::sample::Index),
    Portion(prop::sample::Index),
    Drain(prop::sample::Index),
    /// Poll `next` this often, then drop it.
    Cancel(prop::sample::Index, usize),
    /// Subscribe again after the last event.
    Reconnect(prop::sample::Index),
    Leave(prop::sample::Index),
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..CUSTOMERS.len();
    let topic = 0..topics().len();
    let any = any::<prop::sample::Index>;
    prop_oneof![
        6 => who.clone().prop_map(Step::PlaceOrder),
        1 => who.prop_map(Step::Burst),
        4 => (0..20usize).prop_map(Step::Move),
        2 => (0..20usize).prop_map(Step::Note),
        2 => (0..20usize).prop_map(Step::Bring),
        1 => Just(Step::OfAnotherStore),
        8 => (1..6usize).prop_map(Step::Publish),
        2 => (1..4usize).prop_map(Step::Lose),
        3 => Just(Step::CatchUp),
        4 => topic.clone().prop_map(Step::Subscribe),
        4 => (topic, any()).prop_map(|(topic, at)| Step::Resume(topic, at)),
        4 => any().prop_map(Step::Portion),
        2 => any().prop_map(Step::Drain),
        5 => (any(), 1..4usize).prop_map(|(of, polls)| Step::Cancel(of, polls)),
        3 => any().prop_map(Step::Reconnect),
        1 => any().prop_map(Step::Leave),
    ]
}

fn topics() -> Vec<Topic> {
    let mut topics: Vec<_> = CUSTOMERS.into_iter().map(of_customer).collect();
    topics.extend([of_store("main"), of_store("north"), Topic::Driver(user("dara"))]);
    topics
}

struct Listening {
    subscription: Subscription,
    topic: Topic,
    /// Where it started.
    after: Seq,
    got: Vec<Seq>,
}

impl Listening {
    fn begin(hub: &Arc<Hub>, topic: &Topic, after: Option<Cursor>) -> Self {
        let subscription = hub.subscribe(topic.clone(), after);
        let after = subscription.cursor().seq;
        Self { subscription, topic: topic.clone(), after, got: Vec::new() }
    }

    async fn cancel(&mut self, polls: usize) {
        let mut next = pin!(self.subscription.next());
        for _ in 0..polls {
            if let Poll::Ready(delivery) = poll_once(next.as_mut()).await {
                self.got.extend(seqs(&delivery.unwrap()));
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    fn reconnect(&mut self, hub: &Arc<Hub>) {
        let last = hub.cursor_at(self.got.last().copied().unwrap_or(self.after));
        self.subscription = hub.subscribe(self.topic.clone(), Some(last));
    }
}

async fn play(ring: usize, steps: Vec<Step>) {
    let shop = Shop::open().await;
    let hub = shop.hub(ring).await;
    let topics = topics();
    let mut orders: Vec<OrderNumber> = Vec::new();
    let mut listening: Vec<Listening> = Vec::new();
    for step in steps {
        match step {
            Step::PlaceOrder(who) => orders.push(shop.place(CUSTOMERS[who]).await),
            Step::Burst(who) => {
                for _ in 0..70 {
                    orders.push(shop.place(CUSTOMERS[who]).await);
                }
            }
            Step::Move(which) => {
                if let Some(order) = orders.get(which) {
                    let _ =
                        shop.set(*order, Status::Processing).await || shop.set(*order, Status::Shipped).await;
                }
            }
            Step::Note(which) => {
                if let Some(order) = orders.get(which) {
                    shop.note(*order, "fragile").await;
                }
            }
            Step::Bring(which) => {
                if let Some(order) = orders.get(which) {
                    shop.bring(*order, "dara").await;
                }
            }
            Step::OfAnotherStore => drop(shop.product("north").await),
            Step::Publish(batches) => {
                for _ in 0..batches {
                    shop.publish(&hub);
                }
            }
            Step::Lose(batches) => {
                for _ in 0..batches {
                    shop.lose();
                }
            }
            Step::CatchUp => hub.catch_up(shop.head().await).await.unwrap(),
            Step::Subscribe(topic) => listening.push(Listening::begin(&hub, &topics[topic], None)),
            Step::Resume(topic, at) => {
                let head = shop.head().await;
                let seq = Seq(at.index(usize::try_from(head.seq.0).unwrap() + 1) as u64);
                listening.push(Listening::begin(&hub, &topics[topic], Some(Cursor { seq, ..head })));
            }
            _ if listening.is_empty() => {}
            Step::Portion(of) => {
                let one = of.get_mut(&mut listening);
                if let Some(delivery) = one.subscription.pending().await.unwrap() {
                    one.got.extend(seqs(&delivery));
                }
            }
            Step::Drain(of) => {
                let one = of.get_mut(&mut listening);
                one.got.extend(drain(&mut one.subscription).await);
            }
            Step::Cancel(of, polls) => of.get_mut(&mut listening).cancel(polls).await,
            Step::Reconnect(of) => of.get_mut(&mut listening).reconnect(&hub),
            Step::Leave(of) => drop(listening.swap_remove(of.index(listening.len()))),
        }
    }
    shop.settle().await;
    shop.publish_all(&hub);
    shop.follow(&hub);
    for mut one in listening {
        let truth = shop.truth(one.topic.clone()).await;
        let expected: Vec<Seq> = truth.iter().map(|event| event.seq).filter(|seq| *seq > one.after).collect();
        // A subscriber that lacks events must be woken, not only find them when it asks.
        while one.got.len() < expected.len() {
            one.got.extend(super::shop::next(&mut one.subscription).await);
        }
        one.got.extend(drain(&mut one.subscription).await);
        assert_eq!(one.got, expected, "{:?} from {:?}", one.topic, one.after);
    }
    assert_eq!(hub.topics(), 0, "nobody listens, nothing is kept for them");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        max_shrink_iters: 200,
        max_shrink_time: 60_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn each_subscriber_gets_its_topic_once_in_order(
        ring in prop::sample::select(&RINGS[..]),
        steps in prop::collection::vec(step(), 1..90),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let played = runtime.block_on(async { tokio::time::timeout(DEADLINE * 4, play(ring, steps)).await });
        played.expect("nothing waits forever");
    }
}
