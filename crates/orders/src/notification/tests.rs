use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::id::{OrderId, StoreId, UserId};
use crate::order::Version;

fn asha() -> Actor {
    Actor::Customer { user: UserId::new("asha").unwrap() }
}

fn sam() -> Actor {
    Actor::Staff { user: UserId::new("sam").unwrap(), store: StoreId::main() }
}

fn event(actor: Actor, from: Status, to: Status, changes: Vec<Change>) -> Event {
    let id = OrderId::new(Uuid::nil());
    let (store, customer) = (StoreId::main(), UserId::new("asha").unwrap());
    let subject = Subject::Order { id, number: OrderNumber(10_231), store, customer, driver: None, from, to };
    let kind = if from == to { Kind::OrderUpdated } else { Kind::OrderStatusChanged };
    Event { subject, kind, version: Version(2), actor, at: Timestamp::UNIX_EPOCH, changes }
}

fn notification(event: &Event, audience: Audience) -> (Category, Severity, String) {
    let notification = Notification::new(event, audience, None).unwrap();
    (notification.category, notification.severity, notification.message)
}

#[test]
fn each_status_has_its_color() {
    for (to, severity) in [
        (Status::Processing, Severity::Info),
        (Status::Shipped, Severity::Info),
        (Status::Paid, Severity::Success),
        (Status::Delivered, Severity::Success),
        (Status::Cancelled, Severity::Warning),
    ] {
        let changed = event(sam(), Status::Pending, to, vec![]);
        assert_eq!(notification(&changed, Audience::Customer).1, severity, "{to}");
    }
}

#[test]
fn the_message_names_the_order_and_hides_what_the_audience_may_not_see() {
    let tracking = Change::TrackingNumber { number: "TRACK-1".parse().unwrap() };
    let note = Change::Note { text: "haggles".parse().unwrap() };
    let shipped = event(sam(), Status::Processing, Status::Shipped, vec![tracking, note]);
    let message = "Order #10231 has shipped. Tracking number: TRACK-1".to_owned();
    assert_eq!(notification(&shipped, Audience::Customer), (Category::Delivery, Severity::Info, message));
    assert_eq!(Notification::new(&shipped, Audience::Staff, None), None, "staff shipped it");
    assert_eq!(Notification::new(&shipped, Audience::Link, None), None);
}

#[test]
fn a_cancellation_notifies_the_other_party() {
    let reason = Some("changed my mind".parse().unwrap());
    let cancelled = |actor| {
        event(actor, Status::Pending, Status::Cancelled, vec![Change::Cancelled { reason: reason.clone() }])
    };
    let by_customer = cancelled(asha());
    assert_eq!(
        notification(&by_customer, Audience::Customer).2,
        "You cancelled order #10231: changed my mind"
    );
    assert_eq!(notification(&by_customer, Audience::Staff).2, "Order #10231 was cancelled: changed my mind");
    let by_staff = cancelled(sam());
    assert_eq!(notification(&by_staff, Audience::Customer).2, "Order #10231 was cancelled: changed my mind");
    assert!(!Notification::concerns(&by_staff, Audience::Staff));
}

#[test]
fn an_assignment_names_the_partner_if_the_name_is_known() {
    let assigned = event(sam(), Status::Shipped, Status::Shipped, vec![Change::Partner { driver: None }]);
    let jonas = Partner { name: "Jonas Brandt".parse().unwrap(), phone: None };
    let message = |audience, partner| Notification::new(&assigned, audience, partner).unwrap().message;
    assert_eq!(message(Audience::Customer, Some(&jonas)), "Jonas Brandt will deliver #10231");
    assert_eq!(message(Audience::Customer, None), "A driver was assigned to #10231");
    assert_eq!(message(Audience::Driver, Some(&jonas)), "Order #10231 was assigned to you");
}

#[test]
fn an_internal_note_makes_no_notification() {
    let note = Change::Note { text: "haggles".parse().unwrap() };
    let noted = event(sam(), Status::Shipped, Status::Shipped, vec![note]);
    for audience in [Audience::Customer, Audience::Driver, Audience::Link, Audience::Staff] {
        assert!(!Notification::concerns(&noted, audience), "{audience:?}");
    }
}

#[test]
fn categories_are_found_by_their_names() {
    for category in Category::ALL {
        assert_eq!(Category::from_name(category.name()), Some(category));
        assert_eq!(serde_json::to_value(category).unwrap(), category.name());
    }
    assert_eq!(Category::from_name("orders"), None);
}
