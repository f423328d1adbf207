//! A shop for unit tests: two products, a customer, staff, a driver, and a clock.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::command::{CreateProduct, PaymentOutcome, PlaceOrder, SetDelivery, SetStatus, StockCount};
use crate::order::{GeoPoint, Order, Parcel, PaymentMethod, ShipmentState};
use crate::product::{Details, Stock};
use crate::{
    Actor, Address, Command, Event, Money, OrderId, OrderRef, ProductId, Refusal, Status, StoreId, UserId,
    World,
};

pub(super) const TEA: ProductId = ProductId::new(Uuid::from_u128(0xa));
pub(super) const POT: ProductId = ProductId::new(Uuid::from_u128(0xb));

pub(super) struct Shop {
    pub(super) world: World,
    pub(super) now: Timestamp,
}

impl Shop {
    /// 10 teas at 4.50 euro and 5 pots at 20.00 euro.
    pub(super) fn open() -> Self {
        let mut shop = Self { world: World::default(), now: Timestamp::UNIX_EPOCH };
        shop.must(&staff(), create(TEA, 450, 10));
        shop.must(&staff(), create(POT, 2000, 5));
        shop
    }

    /// With one order of two teas and a pot, delivered by [`driver`].
    pub(super) fn with_order(payment: PaymentMethod) -> (Self, OrderRef) {
        let mut shop = Self::open();
        let order = shop.place(&[(TEA, 2), (POT, 1)], payment);
        let driver = driver().user().cloned();
        let brings = SetDelivery { order, driver, partner: None, location: None, estimated_delivery: None };
        shop.must(&staff(), Command::SetDelivery(brings));
        (shop, order)
    }

    pub(super) fn place(&mut self, items: &[(ProductId, u32)], payment: PaymentMethod) -> OrderRef {
        let id = OrderId::new(Uuid::from_u128(0x100 + self.world.orders.len() as u128));
        self.must(&customer(), Command::PlaceOrder(place(id, items, payment)));
        OrderRef::Id(id)
    }

    pub(super) fn wait(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
    }

    /// Decides and applies. `None`: accepted without an event.
    pub(super) fn ask(&mut self, who: &Actor, command: &Command) -> Result<Option<Event>, Refusal> {
        let mut events = super::decide(&self.world, command, who, None, self.now)?;
        let event = events.pop();
        assert!(events.is_empty(), "one command, one event");
        if let Some(event) = &event {
            self.world.apply(event);
        }
        Ok(event)
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "tests read better without a borrow of what they just made"
    )]
    pub(super) fn must(&mut self, who: &Actor, command: Command) -> Event {
        match self.ask(who, &command) {
            Ok(Some(event)) => event,
            other => panic!("{command:?}: {other:?}"),
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "as above")]
    pub(super) fn refusal(&mut self, who: &Actor, command: Command) -> Refusal {
        match self.ask(who, &command) {
            Err(refusal) => refusal,
            Ok(event) => panic!("{command:?} was accepted: {event:?}"),
        }
    }

    pub(super) fn order(&self, name: OrderRef) -> &Order {
        self.world.order(name).unwrap()
    }

    pub(super) fn status(&self, name: OrderRef) -> Status {
        self.order(name).status()
    }

    pub(super) fn parcels(&self, name: OrderRef) -> Vec<ShipmentState> {
        self.order(name).shipments.iter().map(|parcel| parcel.state).collect()
    }

    pub(super) fn stock(&self, product: ProductId) -> Stock {
        self.world.products[&product].stock
    }
}

pub(super) fn set(order: OrderRef, status: Status) -> SetStatus {
    SetStatus { order, status, tracking_number: None, estimated_delivery: None, note: None, reason: None }
}

pub(super) fn set_status(order: OrderRef, status: Status) -> Command {
    Command::SetStatus(set(order, status))
}

pub(super) fn correct(order: OrderRef, status: Status) -> Command {
    let reason = Some("a slip of the finger".parse().unwrap());
    Command::SetStatus(SetStatus { reason, ..set(order, status) })
}

pub(super) fn cancel(order: OrderRef) -> Command {
    Command::CancelOrder { order, reason: None }
}

pub(super) fn parcel(order: OrderRef, parcel: Parcel, state: ShipmentState) -> Command {
    Command::MoveParcel { order, parcel, state }
}

pub(super) fn at(order: OrderRef, latitude: f64) -> Command {
    let location = GeoPoint::new(latitude, 76.2).unwrap().into();
    Command::ReportLocation { order, location, waited: false }
}

pub(super) fn money(order: OrderRef, outcome: PaymentOutcome, reference: &str) -> Command {
    let reference = (!reference.is_empty()).then(|| reference.parse().unwrap());
    Command::RecordPayment { order, outcome, reference }
}

pub(super) fn count(product: ProductId, on_hand: u32) -> Command {
    Command::SetStock { product, stock: StockCount::OnHand(on_hand) }
}

pub(super) fn create(id: ProductId, price: i64, on_hand: u32) -> Command {
    let name = if id == TEA { "Tea" } else { "Pot" }.parse().unwrap();
    Command::CreateProduct(CreateProduct {
        id,
        name,
        price: euro(price),
        on_hand,
        details: Details::default(),
    })
}

pub(super) fn place(id: OrderId, items: &[(ProductId, u32)], payment: PaymentMethod) -> PlaceOrder {
    let address = Address {
        name: "Asha".parse().unwrap(),
        phone: None,
        line1: "12 Harbour Road".parse().unwrap(),
        line2: None,
        city: "Kochi".parse().unwrap(),
        region: None,
        postal_code: None,
        country: None,
    };
    PlaceOrder {
        id,
        store: StoreId::main(),
        items: items.to_vec(),
        payment,
        address,
        expected_total: None,
        reference: None,
    }
}

pub(super) fn euro(amount: i64) -> Money {
    Money { amount, currency: "EUR".parse().unwrap() }
}

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

pub(super) fn customer() -> Actor {
    Actor::Customer { user: user("asha") }
}

pub(super) fn staff() -> Actor {
    Actor::Staff { user: user("sam"), store: StoreId::main() }
}

pub(super) fn driver() -> Actor {
    Actor::Driver { user: user("dee") }
}

pub(super) fn gateway() -> Actor {
    Actor::Gateway { provider: "razorpay".into() }
}
