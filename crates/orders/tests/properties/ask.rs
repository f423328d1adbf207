//! The commands of a walk. An index selects one of the existing orders or products, modulo their count.

use jiff::Timestamp;
use ordercast_orders::command::{
    CreateProduct, PaymentOutcome, PlaceOrder, SetDelivery, SetStatus, StockCount, UpdateProduct,
};
use ordercast_orders::order::{GeoPoint, Parcel, PaymentMethod, ShipmentState};
use ordercast_orders::product::{Details, Stock};
use ordercast_orders::{
    Address, Command, Money, OrderId, OrderNumber, OrderRef, Partner, ProductId, Status, StoreId, World,
};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use super::marks;
use super::walk::Who;

#[derive(Debug, Clone)]
pub(crate) enum What {
    Place { other_store: bool, lines: Vec<(usize, u32)>, online: bool, again: bool, total: Option<bool> },
    Cancel { order: usize, reason: bool },
    Set { order: usize, status: Status, reason: bool, extras: bool },
    Deliver { order: usize, partner: bool, driver: Option<bool>, location: Option<i8>, estimate: bool },
    Locate { order: usize, point: i8 },
    Parcel { order: usize, parcel: Parcel, state: ShipmentState },
    Pay { order: usize, outcome: PaymentOutcome, reference: Option<u8> },
    Expire { order: usize },
    Create { id: usize, price: i64, on_hand: u32 },
    Update { product: usize, price: Option<(i64, bool)>, archived: Option<bool>, renamed: bool },
    Count { product: usize, count: StockCount },
}

pub(crate) fn what() -> impl Strategy<Value = What> {
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
        (0..12_u32).prop_map(StockCount::OnHand),
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
        8 => (order(), select(Status::ALL.to_vec()), prop::bool::weighted(0.7), prop::bool::weighted(0.3))
            .prop_map(|(order, status, reason, extras)| What::Set { order, status, reason, extras }),
        2 => (order(), any::<bool>(), option::of(any::<bool>()), option::of(any::<i8>()), any::<bool>()).prop_map(
            |(order, partner, driver, location, estimate)| What::Deliver { order, partner, driver, location, estimate }
        ),
        1 => (order(), any::<i8>()).prop_map(|(order, point)| What::Locate { order, point }),
        6 => (order(), 0..4_u16, select(states)).prop_map(|(order, parcel, state)| What::Parcel {
            order,
            parcel,
            state
        }),
        4 => (order(), outcome, option::of(0..3_u8))
            .prop_map(|(order, outcome, reference)| What::Pay { order, outcome, reference }),
        1 => order().prop_map(|order| What::Expire { order }),
        1 => (0..6_usize, price(), 0..30_u32).prop_map(|(id, price, on_hand)| What::Create { id, price, on_hand }),
        1 => (0..5_usize, option::of((price(), any::<bool>())), option::of(any::<bool>()), any::<bool>()).prop_map(
            |(product, price, archived, renamed)| What::Update { product, price, archived, renamed }
        ),
        2 => (0..5_usize, count).prop_map(|(product, count)| What::Count { product, count }),
    ]
}

impl What {
    /// An actor who may give this command: `drawn` if several may.
    pub(crate) fn likely(&self, drawn: Who) -> Who {
        match self {
            Self::Place { other_store: false, .. } => Who::Asha,
            Self::Place { other_store: true, .. } => Who::Ben,
            Self::Expire { .. } => Who::System,
            Self::Pay { .. } => Who::Gateway,
            Self::Locate { .. } => Who::Dee,
            Self::Cancel { .. } => drawn,
            _ => Who::Sam,
        }
    }

    pub(crate) fn command(&self, world: &World) -> Command {
        let id = |n: usize| OrderId::new(Uuid::from_u128(n as u128));
        // The last index is an unknown order. Odd indices refer to an order by its number.
        let order = |n: usize| {
            let n = n % (world.orders.len() + 1);
            let number = OrderNumber(OrderNumber::FIRST.0 + n as u64);
            if n.is_multiple_of(2) { OrderRef::Id(id(n)) } else { OrderRef::Number(number) }
        };
        let point = |n: i8| GeoPoint::new(f64::from(n) / 7.0, f64::from(n) / 0.9).unwrap();
        let driver = |dee: bool| if dee { Who::Dee } else { Who::Eli }.actor().user().cloned().unwrap();
        let later = Timestamp::from_second(1_800_000_000).unwrap();
        match self.clone() {
            Self::Place { other_store: other, lines, online, again, total } => {
                // Even products belong to one store, odd ones to the other. One line of five is of the wrong store.
                let sold = |n: usize| {
                    product(if n < 4 { n % 2 * 2 + usize::from(other) } else { usize::from(!other) })
                };
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
                    reference: None,
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
            Self::Deliver { order: n, partner, driver: dee, location: at, estimate } => {
                Command::SetDelivery(SetDelivery {
                    order: order(n),
                    partner: partner.then(partner_with_phone),
                    driver: dee.map(driver),
                    location: at.map(|n| point(n).into()),
                    estimated_delivery: estimate.then_some(later),
                })
            }
            Self::Locate { order: n, point: at } => {
                Command::ReportLocation { order: order(n), location: point(at).into(), waited: false }
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
                price: price.map(|(amount, euros)| if euros { euro(amount) } else { dollars(amount) }),
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

fn dollars(amount: i64) -> Money {
    Money { amount, currency: "USD".parse().unwrap() }
}

pub(crate) fn other_store() -> StoreId {
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
