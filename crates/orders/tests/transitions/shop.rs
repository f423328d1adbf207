//! A shop with one order in the status that a test needs.

use jiff::{SignedDuration, Timestamp};
use ordercast_orders::command::{CreateProduct, PaymentOutcome, PlaceOrder, SetDelivery, SetStatus};
use ordercast_orders::order::PaymentMethod;
use ordercast_orders::product::Details;
use ordercast_orders::text::Prose;
use ordercast_orders::{
    Actor, Address, Command, Event, Money, OrderId, OrderRef, ProductId, Refusal, Status, StoreId, UserId,
    World, decide,
};
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum PaidWhen {
    Never,
    BeforeProcessing,
    WhileShipped,
}

#[derive(Clone)]
pub(crate) struct Shop {
    world: World,
    pub(crate) order: OrderRef,
    now: Timestamp,
}

impl Shop {
    pub(crate) fn with_order(status: Status, came: PaidWhen, method: PaymentMethod) -> Self {
        let id = OrderId::new(Uuid::from_u128(1));
        let mut shop = Self { world: World::default(), order: OrderRef::Id(id), now: Timestamp::UNIX_EPOCH };
        let tea = ProductId::new(Uuid::from_u128(2));
        let price = Money { amount: 450, currency: "EUR".parse().unwrap() };
        let name = "Tea".parse().unwrap();
        let details = Details::default();
        shop.must(
            &staff(),
            &Command::CreateProduct(CreateProduct { id: tea, name, price, on_hand: 9, details }),
        );
        shop.must(&customer(), &Command::PlaceOrder(place(id, tea, method)));
        let driver = driver().user().cloned();
        let order = shop.order;
        let brings = SetDelivery { order, driver, partner: None, location: None, estimated_delivery: None };
        shop.must(&staff(), &Command::SetDelivery(brings));
        if came == PaidWhen::WhileShipped {
            shop.must(&staff(), &shop.set_status(Status::Shipped, false));
        }
        if came != PaidWhen::Never {
            shop.must(&gateway(), &shop.money());
        }
        if shop.status() != status {
            shop.must(&staff(), &shop.set_status(status, true));
        }
        assert_eq!(shop.status(), status, "{came:?}");
        shop
    }

    pub(crate) fn status(&self) -> Status {
        self.world.order(self.order).unwrap().status()
    }

    pub(crate) fn set_status(&self, status: Status, reason: bool) -> Command {
        Command::SetStatus(SetStatus {
            order: self.order,
            status,
            tracking_number: None,
            estimated_delivery: None,
            note: None,
            reason: why(reason),
        })
    }

    pub(crate) fn money(&self) -> Command {
        Command::RecordPayment { order: self.order, outcome: PaymentOutcome::Paid, reference: None }
    }

    /// [`ACCEPTED_WITHOUT_AN_EVENT`] when nothing changed.
    pub(crate) fn ask(&mut self, who: &Actor, command: &Command) -> Result<Event, Refusal> {
        self.now += SignedDuration::from_secs(1);
        let mut events = decide(&self.world, command, who, None, self.now)?;
        let event = events.pop().ok_or(ACCEPTED_WITHOUT_AN_EVENT)?;
        assert!(events.is_empty(), "one command, one event");
        self.world.apply(&event);
        Ok(event)
    }

    fn must(&mut self, who: &Actor, command: &Command) {
        self.ask(who, command).unwrap_or_else(|refusal| panic!("{who:?} {command:?}: {refusal}"));
    }
}

/// The order has the requested status already.
const ACCEPTED_WITHOUT_AN_EVENT: Refusal = Refusal::Unchanged("accepted");

fn place(id: OrderId, product: ProductId, payment: PaymentMethod) -> PlaceOrder {
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
        items: vec![(product, 2)],
        payment,
        address,
        expected_total: None,
        reference: None,
    }
}

pub(crate) fn why(given: bool) -> Option<Prose<500>> {
    given.then(|| "a slip of the finger".parse().unwrap())
}

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

pub(crate) fn customer() -> Actor {
    Actor::Customer { user: user("asha") }
}

pub(crate) fn staff() -> Actor {
    Actor::Staff { user: user("sam"), store: StoreId::main() }
}

pub(crate) fn driver() -> Actor {
    Actor::Driver { user: user("dee") }
}

pub(crate) fn gateway() -> Actor {
    Actor::Gateway { provider: "razorpay".into() }
}
