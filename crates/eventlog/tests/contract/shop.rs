//! Short constructors for the commands of a shop.

use jiff::Timestamp;
use ordercast_eventlog::{CommandRequest, ExternalUser, Idempotency, Submission};
use orders::command::{CreateProduct, PaymentOutcome, PlaceOrder, SetDelivery, SetStatus, StockCount};
use orders::order::{GeoPoint, PaymentMethod};
use orders::product::Details;
use orders::{
    Actor, Address, Command, Money, OrderId, OrderNumber, OrderRef, Partner, ProductId, Role, Status,
    StoreId, UserId,
};
use uuid::Uuid;

pub(crate) fn store(name: &str) -> StoreId {
    StoreId::new(name).unwrap()
}

pub(crate) fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

pub(crate) fn customer(name: &str) -> Actor {
    Actor::Customer { user: user(name) }
}

/// A member of a store's staff, named after the store.
pub(crate) fn staff(of: &str) -> Actor {
    Actor::Staff { user: user(&format!("staff-{of}")), store: store(of) }
}

pub(crate) fn driver(name: &str) -> Actor {
    Actor::Driver { user: user(name) }
}

pub(crate) fn gateway() -> Actor {
    Actor::Gateway { provider: "razorpay".into() }
}

pub(crate) fn euro(amount: i64) -> Money {
    Money { amount, currency: "EUR".parse().unwrap() }
}

pub(crate) fn address(name: &str, phone: Option<&str>) -> Address {
    Address {
        name: name.parse().unwrap(),
        phone: phone.map(|phone| phone.parse().unwrap()),
        line1: "12 Harbour Road".parse().unwrap(),
        line2: None,
        city: "Kochi".parse().unwrap(),
        region: None,
        postal_code: None,
        country: None,
    }
}

pub(crate) fn create(id: Uuid, amount: i64, on_hand: u32) -> Command {
    named(id, "Tea", amount, on_hand)
}

pub(crate) fn named(id: Uuid, name: &str, amount: i64, on_hand: u32) -> Command {
    Command::CreateProduct(CreateProduct {
        id: ProductId::new(id),
        name: name.parse().unwrap(),
        price: euro(amount),
        on_hand,
        details: Details::default(),
    })
}

pub(crate) fn count(product: ProductId, on_hand: u32) -> Command {
    Command::SetStock { product, stock: StockCount::OnHand(on_hand) }
}

pub(crate) fn placing(id: Uuid, of: &str, items: &[(ProductId, u32)]) -> PlaceOrder {
    PlaceOrder {
        id: OrderId::new(id),
        store: store(of),
        items: items.to_vec(),
        payment: PaymentMethod::CashOnDelivery,
        address: address("Asha Rao", None),
        expected_total: None,
        reference: None,
    }
}

pub(crate) fn place(id: Uuid, of: &str, items: &[(ProductId, u32)]) -> Command {
    Command::PlaceOrder(placing(id, of, items))
}

pub(crate) fn cancel(order: OrderRef) -> Command {
    Command::CancelOrder { order, reason: None }
}

pub(crate) fn set_status(order: OrderRef, status: Status) -> Command {
    Command::SetStatus(setting(order, status))
}

pub(crate) fn setting(order: OrderRef, status: Status) -> SetStatus {
    SetStatus { order, status, tracking_number: None, estimated_delivery: None, note: None, reason: None }
}

pub(crate) fn track(order: OrderRef, number: &str) -> Command {
    let tracking_number = Some(number.parse().unwrap());
    Command::SetStatus(SetStatus { tracking_number, ..setting(order, Status::Shipped) })
}

pub(crate) fn bring(order: OrderRef, driver: &str) -> Command {
    Command::SetDelivery(SetDelivery {
        order,
        partner: Some(Partner { name: driver.parse().unwrap(), phone: None }),
        driver: Some(user(driver)),
        location: None,
        estimated_delivery: None,
    })
}

pub(crate) fn expect_at(order: OrderRef, at: Timestamp) -> Command {
    let estimated_delivery = Some(at);
    Command::SetDelivery(SetDelivery {
        order,
        partner: None,
        driver: None,
        location: None,
        estimated_delivery,
    })
}

pub(crate) fn locate(order: OrderRef, latitude: f64) -> Command {
    let location = GeoPoint::new(latitude, 76.25).unwrap().into();
    Command::ReportLocation { order, location, waited: false }
}

pub(crate) fn pay(order: OrderRef) -> Command {
    Command::RecordPayment { order, outcome: PaymentOutcome::Paid, reference: None }
}

pub(crate) fn refund(order: OrderRef) -> Command {
    Command::RecordPayment { order, outcome: PaymentOutcome::Refunded, reference: None }
}

pub(crate) fn number(number: OrderNumber) -> OrderRef {
    OrderRef::Number(number)
}

/// A submission under a key. Scope and body are hashes: any bytes will do.
pub(crate) fn keyed(command: Command, actor: Actor, scope: u128, body: u128) -> Submission {
    let idempotency = Idempotency { scope: spread(scope), body: body.to_le_bytes() };
    Submission { idempotency: Some(idempotency), ..Submission::one(command, actor) }
}

/// Turns consecutive numbers into bytes that look like a hash.
fn spread(n: u128) -> [u8; 16] {
    n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_be_bytes()
}

pub(crate) fn bulk(requests: Vec<(Command, Actor)>) -> Submission {
    let requests =
        requests.into_iter().map(|(command, actor)| CommandRequest { command, actor, expected: None });
    Submission { requests: requests.collect(), idempotency: None, external_user: None }
}

/// A customer as the token of another issuer describes them.
pub(crate) fn external_user(id: &str, name: Option<&str>, email: Option<&str>) -> ExternalUser {
    ExternalUser {
        user: user(id),
        role: Role::Customer,
        store: StoreId::main(),
        name: name.map(str::to_owned),
        email: email.map(str::to_owned),
    }
}

/// A note on a delivered order, which changes nothing else about it.
pub(crate) fn note(order: OrderRef) -> Command {
    Command::SetStatus(SetStatus {
        note: Some("ask again".parse().unwrap()),
        ..setting(order, Status::Delivered)
    })
}
