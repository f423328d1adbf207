//! Every dialect renders every kind of event as recorded in `tests/fixtures/dialects.json`.
//!
//! Key order is not compared: JSON objects are unordered. After an intended change, run the test with
//! `ORDERCAST_RECORD=1` and review the diff of the file.

use std::path::Path;
use std::sync::Arc;

use eventlog::{Cursor, Epoch, EventWithContext, Seq, StoredEvent};
use jiff::Timestamp;
use orders::event::Subject;
use orders::order::{GeoPoint, OrderItem, Parcel, PaymentMethod, ShipmentState, Version};
use orders::view::{
    DeliveryView, EventContext, ItemView, LocationView, OrderView, PaymentView, Person, ShipmentView,
};
use orders::{
    Actor, Address, Audience, Change, Event, EventId, Kind, Money, OrderId, OrderNumber, Partner, ProductId,
    Status, StoreId, UserId,
};
use serde_json::{Map, Value};
use socketio::Frame;
use uuid::Uuid;

use super::*;

const AUDIENCES: [(&str, Audience); 2] = [("customer", Audience::Customer), ("staff", Audience::Staff)];

fn at() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn money(amount: i64) -> Money {
    Money { amount, currency: "EUR".parse().unwrap() }
}

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn product_id() -> ProductId {
    ProductId::new(Uuid::from_u128(7))
}

fn customer() -> Person {
    Person { id: user("asha"), name: Some("Asha Rao".into()), email: Some("asha@example.com".into()) }
}

fn partner() -> Partner {
    Partner { name: "Dora".parse().unwrap(), phone: Some("+491701234567".parse().unwrap()) }
}

fn address() -> Address {
    Address {
        name: "Asha Rao".parse().unwrap(),
        phone: Some("+491701234567".parse().unwrap()),
        line1: "12 Harbour Road".parse().unwrap(),
        line2: None,
        city: "Hamburg".parse().unwrap(),
        region: None,
        postal_code: None,
        country: None,
    }
}

fn staff() -> Actor {
    Actor::Staff { user: user("mira"), store: StoreId::main() }
}

fn event(kind: Kind, actor: Actor, from: Status, to: Status, changes: Vec<Change>) -> Event {
    let subject = match kind {
        Kind::ProductCreated | Kind::ProductUpdated => {
            Subject::Product { id: product_id(), store: StoreId::main() }
        }
        _ => Subject::Order {
            id: OrderId::new(Uuid::from_u128(1)),
            number: OrderNumber(1001),
            store: StoreId::main(),
            customer: user("asha"),
            driver: Some(user("dev")),
            from,
            to,
        },
    };
    Event { subject, kind, version: Version(3), actor, at: at(), changes }
}

/// Events that dialects render differently.
fn events() -> Vec<(&'static str, Event)> {
    use Status::{Cancelled, Pending, Processing, Shipped};
    let asha = || Actor::Customer { user: user("asha") };
    let item = OrderItem {
        product: product_id(),
        name: "Tea".parse().unwrap(),
        quantity: 2,
        unit_price: money(450),
    };
    let placed = Change::Placed {
        items: vec![item],
        total: money(900),
        method: PaymentMethod::CashOnDelivery,
        reference: None,
        reserved_at: None,
    };
    let shipped = vec![
        Change::Parcel { parcel: Parcel::from(1u16), state: ShipmentState::Shipped },
        Change::TrackingNumber { number: "TRACK-1".parse().unwrap() },
        Change::EstimatedDelivery { at: at() },
    ];
    let note = vec![Change::Note { text: "careful".parse().unwrap() }];
    let located = vec![Change::Located {
        point: GeoPoint::new(53.5, 10.0).unwrap(),
        measured_at: None,
        accuracy: None,
    }];
    let cancelled = vec![Change::Cancelled { reason: Some("changed my mind".parse().unwrap()) }];
    let product =
        vec![Change::ProductCreated { name: "Tea".parse().unwrap(), price: money(450), on_hand: 9 }];
    let driver = Actor::Driver { user: user("dev") };
    vec![
        ("created", event(Kind::OrderCreated, asha(), Pending, Pending, vec![placed])),
        ("note", event(Kind::OrderUpdated, staff(), Processing, Processing, note)),
        ("shipped", event(Kind::OrderStatusChanged, staff(), Processing, Shipped, shipped)),
        ("located", event(Kind::DeliveryLocated, driver, Shipped, Shipped, located)),
        ("cancelled", event(Kind::OrderCancelled, asha(), Pending, Cancelled, cancelled)),
        ("product created", event(Kind::ProductCreated, staff(), Pending, Pending, product)),
    ]
}

fn context() -> EventContext {
    EventContext {
        reference: None,
        actor_name: Some("Mira".into()),
        customer: Some(customer()),
        partner: Some(partner()),
        address: Some(address()),
        tracking_number: Some("TRACK-1".parse().unwrap()),
        estimated_delivery: Some(at()),
        transitions: None,
    }
}

fn payloads(frames: &[Frame]) -> Value {
    let payload = |frame: &Frame| {
        let text = std::str::from_utf8(frame.payload()).unwrap();
        serde_json::from_str::<Value>(text.strip_prefix("42").unwrap()).unwrap()
    };
    frames.iter().map(payload).collect()
}

#[test]
fn every_dialect_renders_every_event_as_recorded() {
    let cursor = Cursor { epoch: Epoch::stored("e1"), seq: Seq(9) };
    let mut rendered = Map::new();
    for dialect in DialectId::all() {
        for (audience_name, audience) in AUDIENCES {
            let name = format!("{} {audience_name}", dialect.name());
            for (event_name, event) in events() {
                let id = EventId::new(Uuid::from_u128(5));
                let stored = Arc::new(StoredEvent { seq: Seq(9), id, event });
                let event = EventWithContext { stored, context: context() };
                for (joined_name, joined) in [("joined", Joined::ById), ("not joined", Joined::No)] {
                    let frames = dialect.frames(&event, &cursor, audience, joined);
                    rendered.insert(format!("{name} {event_name} {joined_name}"), payloads(&frames));
                }
            }
            let frames = state_frames(dialect, &order(), &cursor, audience);
            rendered.insert(format!("{name} state"), payloads(&frames));
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/dialects.json");
    if std::env::var_os("ORDERCAST_RECORD").is_some() {
        let lines: Vec<String> = rendered
            .iter()
            .map(|(name, payloads)| format!("{}: {payloads}", Value::from(name.as_str())))
            .collect();
        std::fs::write(&path, format!("{{\n{}\n}}\n", lines.join(",\n"))).unwrap();
    }
    let recorded: Map<String, Value> =
        serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(recorded.len(), rendered.len());
    for (name, payloads) in rendered {
        assert_eq!(payloads, recorded[&name], "{name}");
    }
}

fn state_frames(dialect: DialectId, order: &OrderView, cursor: &Cursor, audience: Audience) -> Box<[Frame]> {
    let mut messages = Messages::default();
    dialect.get().state(order, audience, &mut messages);
    messages.frames(cursor)
}

fn order() -> OrderView {
    OrderView {
        id: OrderId::new(Uuid::from_u128(1)),
        number: OrderNumber(1001),
        reference: None,
        store_id: StoreId::main(),
        customer: Some(customer()),
        status: Status::Shipped,
        progress: 75,
        version: Version(3),
        items: vec![ItemView {
            product_id: product_id(),
            name: "Tea".parse().unwrap(),
            quantity: 2,
            unit_price: None,
        }],
        total: Some(money(900)),
        payment: Some(PaymentView {
            method: PaymentMethod::CashOnDelivery,
            status: "pending",
            reference: None,
            reserved_until: None,
        }),
        shipments: vec![ShipmentView { parcel: Parcel::from(1u16), status: ShipmentState::Shipped }],
        tracking_number: Some("TRACK-1".parse().unwrap()),
        estimated_delivery: Some(at()),
        shipping_address: None,
        delivery: Some(DeliveryView {
            partner: Some(partner()),
            location: Some(LocationView { latitude: 53.5, longitude: 10.0, at: at(), accuracy: None }),
        }),
        cancellation: None,
        allowed_transitions: Vec::new(),
        can_cancel: false,
        created_at: at(),
        updated_at: at(),
    }
}

#[test]
fn what_a_client_is_sent_for_a_joined_order_names_it_as_the_client_did() {
    let cursor = Cursor { epoch: Epoch::stored("e1"), seq: Seq(9) };
    let name = OrderName::Number(1001);
    let rooms = ["order-status-updated", "order:updated", "delivery:updated", "delivery:located"];
    let feed = ["order-status-updated", "single_order_update", "order_notification"];
    for (dialect, own) in [("standard", &rooms[..1]), ("rooms", &rooms[..]), ("feed", &feed[..])] {
        let dialect: DialectId = dialect.parse().unwrap();
        for (event_name, event) in events() {
            let stored = Arc::new(StoredEvent { seq: Seq(9), id: EventId::new(Uuid::from_u128(5)), event });
            let event = EventWithContext { stored, context: context() };
            for audience in [Audience::Customer, Audience::Staff] {
                let frames = dialect.frames(&event, &cursor, audience, Joined::ByName(&name));
                for sent in payloads(&frames).as_array().unwrap() {
                    let (kind, order) = (sent[0].as_str().unwrap(), &sent[1]["orderId"]);
                    if order.is_null() || kind == "notification" {
                        continue;
                    }
                    assert_eq!(order == 1001, own.contains(&kind), "{} {event_name} {kind}", dialect.name());
                }
            }
        }
    }
}

#[test]
fn dialects_are_found_by_their_names() {
    for dialect in DialectId::all() {
        assert_eq!(dialect.name().parse(), Ok(dialect));
    }
    assert_eq!(DialectId::default().name(), "standard");
    let unknown = "klingon".parse::<DialectId>().unwrap_err();
    assert_eq!(unknown.to_string(), "there is no dialect `klingon`: use `standard`, `rooms` or `feed`");
}
