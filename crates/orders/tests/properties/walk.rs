//! A random walk: anybody asks for anything, at any time, of a few products and the orders that came of it.

use jiff::{SignedDuration, Timestamp};
use ordercast_orders::command::{
    CreateProduct, PaymentOutcome, PlaceOrder, SetDelivery, SetStatus, StockCount, UpdateProduct,
};
use ordercast_orders::order::{Parcel, PaymentMethod, Place, ShipmentState, Version};
use ordercast_orders::product::{Details, Stock};
use ordercast_orders::{
    Actor, Address, Command, Event, Money, OrderId, OrderNumber, OrderRef, Partner, ProductId, Refusal,
    Status, StoreId, UserId, World, decide,
};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use super::marks;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Asha,
    Ben,
    /// Somebody else's token with Asha's id as its subject.
    OutsideAsha,
    Sam,
    /// Works for the other store.
    Olga,
    Dee,
    Eli,
    Gateway,
    System,
    Outside,
}

/// One step of the walk. Indices name what there is by then, modulo its count.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    who: Who,
    what: What,
    /// Seconds since the step before; a clock can also stand still or jump back.
    wait: i64,
    /// How many versions ago they looked, if they say so.
    saw: Option<u32>,
}

#[derive(Debug, Clone)]
enum What {
    Place { other_store: bool, lines: Vec<(usize, u32)>, online: bool, again: bool, total: Option<bool> },
    Cancel { order: usize, reason: bool },
    Set { order: usize, status: Status, reason: bool, extras: bool },
    Deliver { order: usize, partner: bool, driver: Option<bool>, place: Option<i8>, estimate: bool },
    Locate { order: usize, place: i8 },
    Parcel { order: usize, parcel: Parcel, state: ShipmentState },
    Pay { order: usize, outcome: PaymentOutcome, reference: Option<u8> },
    Expire { order: usize },
    Create { id: usize, price: i64, on_hand: u32 },
    Update { product: usize, price: Option<i64>, archived: Option<bool>, renamed: bool },
    Count { product: usize, count: StockCount },
}

/// What one step came to.
pub(crate) struct Moment<'a> {
    pub(crate) before: &'a World,
    pub(crate) after: &'a World,
    pub(crate) who: Who,
    pub(crate) actor: &'a Actor,
    pub(crate) command: &'a Command,
    pub(crate) expected: Option<Version>,
    pub(crate) now: Timestamp,
    pub(crate) answer: &'a Result<Option<Event>, Refusal>,
}

/// Walks from an empty world and shows every moment to the visitor.
pub(crate) fn walk<V>(steps: &[Step], mut visit: V) -> Result<World, TestCaseError>
where
    V: FnMut(&Moment<'_>) -> Result<(), TestCaseError>,
{
    let mut world = World::default();
    let mut now = Timestamp::from_second(1_700_000_000).unwrap();
    let stocked = (0..4).map(stocking);
    for step in stocked.chain(steps.iter().cloned()) {
        now += SignedDuration::from_secs(step.wait);
        let actor = step.who.actor();
        let (command, expected) = step.command(&world);
        let mut events = match decide(&world, &command, &actor, expected, now) {
            Ok(events) => events,
            Err(refusal) => {
                let answer = Err(refusal);
                let (before, after, who) = (&world, &world, step.who);
                let (actor, command, answer) = (&actor, &command, &answer);
                visit(&Moment { before, after, who, actor, command, expected, now, answer })?;
                continue;
            }
        };
        prop_assert!(events.len() <= 1, "one command, one event: {events:?}");
        let before = world.clone();
        if let Some(event) = events.first() {
            world.apply(event);
        }
        let answer = &Ok(events.pop());
        let (actor, command) = (&actor, &command);
        let after = &world;
        visit(&Moment { before: &before, after, who: step.who, actor, command, expected, now, answer })?;
    }
    Ok(world)
}

/// Two stores with two products each come first, so that short walks get somewhere.
fn stocking(id: usize) -> Step {
    let who = if id % 2 == 0 { Who::Sam } else { Who::Olga };
    Step { who, what: What::Create { id, price: 450, on_hand: 20 }, wait: 0, saw: None }
}

pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 1..60)
}

fn step() -> impl Strategy<Value = Step> {
    let who = prop_oneof![
        6 => Just(Who::Sam),
        3 => Just(Who::Asha),
        2 => Just(Who::Gateway),
        2 => Just(Who::System),
        1 => select(vec![Who::Ben, Who::OutsideAsha, Who::Olga, Who::Dee, Who::Eli, Who::Outside]),
    ];
    let wait = prop_oneof![4 => Just(1), 2 => Just(0), 1 => Just(60), 1 => Just(16 * 60), 1 => Just(-5)];
    let saw = prop_oneof![6 => Just(None), 2 => Just(Some(0)), 1 => Just(Some(1))];
    // Most steps are asked by somebody who has a chance.
    (who, what(), wait, saw, prop::bool::weighted(0.7)).prop_map(|(who, what, wait, saw, likely)| {
        let who = if likely { what.likely(who) } else { who };
        Step { who, what, wait, saw }
    })
}

fn what() -> impl Strategy<Value = What> {
    let order = || 0..4_usize;
    let lines = || prop::collection::vec((0..5_usize, prop_oneof![9 => 1..6_u32, 1 => Just(0)]), 0..4);
    let outcome = select(vec![
        PaymentOutcome::Authorized,
        PaymentOutcome::Paid,
        PaymentOutcome::Failed,
        PaymentOutcome::Refunded,
    ]);
    let states = vec![
        ShipmentState::Packed,
        ShipmentState::Shipped,
        ShipmentState::OutForDelivery,
        ShipmentState::Attempted,
        ShipmentState::Delivered,
        ShipmentState::Returned,
    ];
    let count = prop_oneof![
        (0..40_u32).prop_map(StockCount::OnHand),
        Just(StockCount::OnHand(Stock::MOST)),
        (-10..30_i64).prop_map(StockCount::Change),
    ];
    let total = || prop_oneof![4 => Just(None), 2 => Just(Some(true)), 1 => Just(Some(false))];
    let price = || prop_oneof![3 => 0..500_i64, 1 => Just(Money::MOST), 1 => Just(-1)];
    prop_oneof![
        5 => (prop::bool::weighted(0.1), lines(), any::<bool>(), prop::bool::weighted(0.1), total()).prop_map(
            |(other_store, lines, online, again, total)| What::Place { other_store, lines, online, again, total }
        ),
        1 => (order(), any::<bool>()).prop_map(|(order, reason)| What::Cancel { order, reason }),
        8 => (order(), select(Status::ALL.to_vec()), prop::bool::weighted(0.7), prop::bool::weighted(0.2))
            .prop_map(|(order, status, reason, extras)| What::Set { order, status, reason, extras }),
        2 => (order(), any::<bool>(), option::of(any::<bool>()), option::of(any::<i8>()), any::<bool>()).prop_map(
            |(order, partner, driver, place, estimate)| What::Deliver { order, partner, driver, place, estimate }
        ),
        1 => (order(), any::<i8>()).prop_map(|(order, place)| What::Locate { order, place }),
        6 => (order(), 0..4_u16, select(states)).prop_map(|(order, parcel, state)| What::Parcel {
            order,
            parcel,
            state
        }),
        4 => (order(), outcome, option::of(0..3_u8))
            .prop_map(|(order, outcome, reference)| What::Pay { order, outcome, reference }),
        1 => order().prop_map(|order| What::Expire { order }),
        1 => (0..6_usize, price(), 0..30_u32).prop_map(|(id, price, on_hand)| What::Create { id, price, on_hand }),
        1 => (0..5_usize, option::of(price()), option::of(any::<bool>()), any::<bool>()).prop_map(
            |(product, price, archived, renamed)| What::Update { product, price, archived, renamed }
        ),
        2 => (0..5_usize, count).prop_map(|(product, count)| What::Count { product, count }),
    ]
}

impl What {
    /// Somebody who may ask for this, unless the given one may as well.
    fn likely(&self, who: Who) -> Who {
        match self {
            Self::Place { other_store: false, .. } => Who::Asha,
            Self::Place { other_store: true, .. } => Who::Ben,
            Self::Set { .. } | Self::Deliver { .. } | Self::Parcel { .. } => Who::Sam,
            Self::Create { .. } | Self::Update { .. } | Self::Count { .. } => Who::Sam,
            Self::Expire { .. } => Who::System,
            Self::Pay { .. } => Who::Gateway,
            Self::Locate { .. } => Who::Dee,
            Self::Cancel { .. } => who,
        }
    }
}

impl Who {
    fn actor(self) -> Actor {
        let user = |name: &str| UserId::new(name).unwrap();
        match self {
            Self::Asha => Actor::Customer { user: user(marks::CUSTOMER_ID) },
            Self::Ben => Actor::Customer { user: user("ben") },
            Self::OutsideAsha => {
                Actor::Customer { user: UserId::external("idp", marks::CUSTOMER_ID).unwrap() }
            }
            Self::Sam => Actor::Staff { user: user(marks::STAFF_ID), store: StoreId::main() },
            Self::Olga => Actor::Staff { user: user("olga"), store: other_store() },
            Self::Dee => Actor::Driver { user: user(marks::DRIVER_ID) },
            Self::Eli => Actor::Driver { user: user("eli") },
            Self::Gateway => Actor::Gateway { provider: "razorpay".into() },
            Self::System => Actor::System,
            Self::Outside => Actor::Outside,
        }
    }
}

impl Step {
    fn command(&self, world: &World) -> (Command, Option<Version>) {
        let command = self.what.command(world);
        let order = command.order().and_then(|order| world.order(order)).map(|order| order.version);
        let product = command.products().next().and_then(|id| world.products.get(&id)).map(|it| it.version);
        let current = order.or(product);
        let expected = self.saw.zip(current).map(|(ago, current)| Version(current.0.saturating_sub(ago)));
        (command, expected)
    }
}

impl What {
    fn command(&self, world: &World) -> Command {
        let id = |n: usize| OrderId::new(Uuid::from_u128(n as u128));
        // The last one does not exist; odd ones are named by number.
        let order = |n: usize| {
            let n = n % (world.orders.len() + 1);
            let number = OrderNumber(OrderNumber::FIRST.0 + n as u64);
            if n % 2 == 0 { OrderRef::Id(id(n)) } else { OrderRef::Number(number) }
        };
        let place = |n: i8| Place::new(f64::from(n) / 7.0, f64::from(n) / 0.9).unwrap();
        let driver = |dee: bool| if dee { Who::Dee } else { Who::Eli }.actor().user().cloned().unwrap();
        let later = Timestamp::from_second(1_800_000_000).unwrap();
        match self.clone() {
            Self::Place { other_store: other, lines, online, again, total } => {
                // Four of five lines are of this store: its products are the even ones, or the odd ones.
                let sold = |n: usize| product(if n < 4 { n % 2 * 2 + usize::from(other) } else { n });
                let items: Vec<_> = lines.iter().map(|(n, quantity)| (sold(*n), *quantity)).collect();
                let cost = || -> Option<Money> {
                    let line =
                        |(id, quantity): &(ProductId, u32)| world.products.get(id)?.price.times(*quantity);
                    let lines: Option<Vec<Money>> = items.iter().map(line).collect();
                    lines?.into_iter().try_fold(euro(0), Money::plus)
                };
                let expected_total = total.and_then(|right| if right { cost() } else { Some(euro(1)) });
                Command::PlaceOrder(PlaceOrder {
                    id: id(world.orders.len().saturating_sub(usize::from(again))),
                    store: if other { other_store() } else { StoreId::main() },
                    items,
                    payment: if online { PaymentMethod::Online } else { PaymentMethod::CashOnDelivery },
                    address: address(),
                    expected_total,
                })
            }
            Self::Cancel { order: n, reason } => Command::CancelOrder {
                order: order(n),
                reason: reason.then(|| marks::REASON.parse().unwrap()),
            },
            Self::Set { order: n, status, reason, extras } => Command::SetStatus(SetStatus {
                order: order(n),
                status,
                tracking_number: extras.then(|| "TRACK-1".parse().unwrap()),
                estimated_delivery: extras.then_some(later),
                note: extras.then(|| marks::NOTE.parse().unwrap()),
                reason: reason.then(|| marks::REASON.parse().unwrap()),
            }),
            Self::Deliver { order: n, partner, driver: dee, place: at, estimate } => {
                Command::SetDelivery(SetDelivery {
                    order: order(n),
                    partner: partner.then(partner_with_phone),
                    driver: dee.map(driver),
                    place: at.map(place),
                    estimated_delivery: estimate.then_some(later),
                })
            }
            Self::Locate { order: n, place: at } => {
                Command::ReportLocation { order: order(n), place: place(at) }
            }
            Self::Parcel { order: n, parcel, state } => {
                Command::MoveParcel { order: order(n), parcel, state }
            }
            Self::Pay { order: n, outcome, reference } => {
                let reference = reference.map(|n| format!("{}-{n}", marks::REFERENCE).parse().unwrap());
                Command::RecordPayment { order: order(n), outcome, reference }
            }
            Self::Expire { order: n } => Command::ExpireReservation { order: order(n) },
            Self::Create { id, price, on_hand } => Command::CreateProduct(CreateProduct {
                id: product(id),
                name: "Tea".parse().unwrap(),
                price: euro(price),
                on_hand,
                details: Details::default(),
            }),
            Self::Update { product: id, price, archived, renamed } => Command::UpdateProduct(UpdateProduct {
                product: product(id),
                name: renamed.then(|| "Green tea".parse().unwrap()),
                price: price.map(euro),
                archived,
                details: None,
            }),
            Self::Count { product: id, count } => Command::SetStock { product: product(id), stock: count },
        }
    }
}

fn product(n: usize) -> ProductId {
    ProductId::new(Uuid::from_u128(n as u128))
}

fn euro(amount: i64) -> Money {
    Money { amount, currency: "EUR".parse().unwrap() }
}

fn other_store() -> StoreId {
    StoreId::new("other").unwrap()
}

pub(crate) fn address() -> Address {
    Address {
        name: marks::RECIPIENT.parse().unwrap(),
        phone: Some(marks::RECIPIENT_PHONE.parse().unwrap()),
        line1: marks::STREET.parse().unwrap(),
        line2: None,
        city: marks::CITY.parse().unwrap(),
        region: None,
        postal_code: None,
        country: None,
    }
}

pub(crate) fn partner_with_phone() -> Partner {
    Partner { name: "Dee of Speedy".parse().unwrap(), phone: Some(marks::PARTNER_PHONE.parse().unwrap()) }
}
