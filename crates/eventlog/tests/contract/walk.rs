//! A long random history of several stores, customers and drivers, with every kind of command. The same seed gives the
//! same history.

use std::sync::Arc;

use fastrand::Rng;
use jiff::SignedDuration;
use ordercast_eventlog::{Outcome, StoredEvent, Submission, Topic, Writer};
use orders::command::{PlaceOrder, SetStatus, StockCount, UpdateProduct};
use orders::order::{PaymentMethod, ShipmentState};
use orders::{Actor, Command, OrderRef, ProductId, Status, StoreId, Subject, World};

use super::Backend;
use super::clock::TestClock;
use super::log::{Log, queue};
use super::shop::{
    bring, cancel, customer, driver, expect_at, gateway, locate, named, number, pay, placing, refund,
    setting, staff, store, user,
};

pub(crate) const STORES: [&str; 3] = ["main", "second", "third"];
const CUSTOMERS: usize = 7;
const DRIVERS: usize = 3;
/// How many commands wait for the writer at a time, which is about the size of a batch.
const AT_A_TIME: usize = 48;

/// A log with a random history, and the events that the writer published.
pub(crate) struct Walk<B: Backend> {
    pub(crate) log: Log<B>,
    pub(crate) events: Vec<Arc<StoredEvent>>,
    pub(crate) rng: Rng,
}

/// What a random command can be about.
struct Known {
    products: Vec<(StoreId, ProductId)>,
    orders: Vec<(StoreId, String, OrderRef)>,
}

impl<B: Backend> Walk<B> {
    pub(crate) async fn of(seed: u64, steps: usize) -> Self {
        let log = Log::<B>::fresh().await;
        let mut rng = Rng::with_seed(seed);
        let mut known = Known { products: Vec::new(), orders: Vec::new() };
        for of in STORES {
            for n in 0..4 {
                let create = named(log.clock.uuid(), &format!("Thing {n} of {of}"), 100 + n, 5000);
                let made = log.product(create, staff(of)).await;
                known.products.push((store(of), made.product.id));
            }
        }
        let mut done = 0;
        while done < steps {
            let commands: Vec<_> = (0..AT_A_TIME).map(|_| command(&mut rng, &known, &log.clock)).collect();
            done += commands.len();
            for (outcome, who) in all_at_once(&log.writer(), commands).await {
                if let Outcome::Order(snapshot) = outcome
                    && snapshot.order.version.0 == 1
                    && snapshot.order.location.is_none()
                {
                    known.orders.push((snapshot.order.store.clone(), who, number(snapshot.order.number)));
                }
            }
            log.clock.advance(SignedDuration::from_millis(rng.i64(0..90_000)));
        }
        let events = log.published.events();
        assert!(events.len() * 3 > steps, "only {} of {steps} steps happened", events.len());
        Self { log, events, rng }
    }

    /// The events of a topic.
    pub(crate) fn of_topic(&self, topic: &Topic) -> Vec<Arc<StoredEvent>> {
        self.events.iter().filter(|event| concerns(event, topic)).cloned().collect()
    }

    pub(crate) fn topics() -> Vec<Topic> {
        let stores = STORES.iter().map(|name| Topic::Store(store(name)));
        let customers = (0..CUSTOMERS).map(|n| Topic::Customer(user(&format!("customer-{n}"))));
        let drivers = (0..DRIVERS).map(|n| Topic::Driver(user(&format!("driver-{n}"))));
        stores.chain(customers).chain(drivers).collect()
    }

    /// The orders that the events lead to.
    pub(crate) fn world(&self) -> World {
        let mut world = World::default();
        for stored in &self.events {
            world.apply(&stored.event);
        }
        world
    }
}

fn concerns(stored: &StoredEvent, topic: &Topic) -> bool {
    match (topic, &stored.event.subject) {
        (Topic::Store(id), subject) => subject.store() == id,
        (Topic::Customer(id), Subject::Order { customer, .. }) => customer == id,
        (Topic::Driver(id), Subject::Order { driver, .. }) => driver.as_ref() == Some(id),
        (Topic::Customer(_) | Topic::Driver(_), Subject::Product { .. }) => false,
    }
}

/// Submits commands one after the other without waiting, so that they share batches.
async fn all_at_once(writer: &Writer, commands: Vec<(Command, Actor)>) -> Vec<(Outcome, String)> {
    let mut waiting = Vec::new();
    for (command, actor) in commands {
        let who = actor.user().map(|user| user.as_str().to_owned()).unwrap_or_default();
        waiting.push((queue(writer, Submission::one(command, actor)), who));
    }
    let mut outcomes = Vec::new();
    for (submission, who) in waiting {
        outcomes.push((submission.await.unwrap().outcomes.remove(0), who));
    }
    outcomes
}

fn command(rng: &mut Rng, known: &Known, clock: &TestClock) -> (Command, Actor) {
    let (of, product) = rng.choice(&known.products).cloned().unwrap();
    let what = rng.u32(0..100);
    if known.orders.is_empty() || what < 40 {
        return place(rng, known, &of, clock);
    }
    if what < 46 {
        return (change(rng, product), staff(of.as_str()));
    }
    let (of, who, order) = rng.choice(&known.orders).cloned().unwrap();
    let staff = staff(of.as_str());
    match what {
        46..52 => (cancel(order), customer(&who)),
        52..60 => (bring(order, &format!("driver-{}", rng.usize(0..DRIVERS))), staff),
        60..68 => (locate(order, f64::from(rng.u32(0..90))), staff),
        68..71 => (locate(order, 1.0), driver(&format!("driver-{}", rng.usize(0..DRIVERS)))),
        71..75 => (pay(order), gateway()),
        75 => (refund(order), staff),
        76..79 => (Command::ExpireReservation { order }, Actor::System),
        79..82 => (expect_at(order, clock.now() + SignedDuration::from_hours(1)), staff),
        82..86 => {
            let state = *rng
                .choice(&[ShipmentState::Packed, ShipmentState::Shipped, ShipmentState::Delivered])
                .unwrap();
            (Command::MoveParcel { order, parcel: rng.u16(1..3), state }, staff)
        }
        _ => {
            let status = *rng.choice(&Status::ALL).unwrap();
            let reason = rng.bool().then(|| "a slip of the finger".parse().unwrap());
            let note = (rng.u8(..) < 50).then(|| "ring twice".parse().unwrap());
            (Command::SetStatus(SetStatus { reason, note, ..setting(order, status) }), staff)
        }
    }
}

fn place(rng: &mut Rng, known: &Known, of: &StoreId, clock: &TestClock) -> (Command, Actor) {
    let mine: Vec<ProductId> =
        known.products.iter().filter(|(store, _)| store == of).map(|(_, id)| *id).collect();
    let items: Vec<_> = (0..rng.usize(1..3)).map(|_| (*rng.choice(&mine).unwrap(), rng.u32(1..4))).collect();
    let payment = if rng.bool() { PaymentMethod::Online } else { PaymentMethod::CashOnDelivery };
    let order = PlaceOrder { payment, ..placing(clock.uuid(), of.as_str(), &items) };
    (Command::PlaceOrder(order), customer(&format!("customer-{}", rng.usize(0..CUSTOMERS))))
}

fn change(rng: &mut Rng, product: ProductId) -> Command {
    if rng.bool() {
        return Command::SetStock { product, stock: StockCount::Change(rng.i64(-5..50)) };
    }
    let name = Some(format!("Thing called {}", rng.u32(..)).parse().unwrap());
    Command::UpdateProduct(UpdateProduct { product, name, price: None, archived: None, details: None })
}
