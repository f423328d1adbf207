//! Who may see what: a second implementation, independent of the code under test.

use ordercast_orders::audience::Audience;
use ordercast_orders::event::{Change, Event, Subject};
use ordercast_orders::view::{EventContext, EventView, OrderView, Person};
use ordercast_orders::{
    Actor, Command, Contact, EventId, Notification, Order, OrderTransitions, Refusal, Status, decide,
};
use proptest::prelude::*;
use uuid::Uuid;

use super::marks;
use super::walk::{Moment, Who};

/// Whether somebody may know an order. This repeats the rules, independently of the code under test.
fn may_know(who: Who, order: &Order) -> bool {
    match who {
        Who::Asha => order.customer.as_str() == marks::CUSTOMER_ID,
        Who::Ben => order.customer.as_str() == "ben",
        Who::OutsideAsha => order.customer.as_str() == format!("idp|{}", marks::CUSTOMER_ID),
        Who::Sam => order.store.as_str() == "main",
        Who::Olga => order.store.as_str() == "other",
        Who::Dee => order.driver.as_ref().is_some_and(|driver| driver.as_str() == marks::DRIVER_ID),
        Who::Eli => order.driver.as_ref().is_some_and(|driver| driver.as_str() == "eli"),
        Who::Gateway | Who::System | Who::Outside => true,
    }
}

pub(crate) fn others_cannot_see_the_order(moment: &Moment<'_>) -> Result<(), TestCaseError> {
    let named = moment.command.order();
    let order = named.and_then(|name| moment.before.order(name));
    if let Some(order) = order.filter(|order| !may_know(moment.who, order)) {
        prop_assert_eq!(moment.answer, &Err(Refusal::UnknownOrder));
        // The same refusal as if the order did not exist.
        let mut without = moment.before.clone();
        without.orders.remove(&order.id);
        without.numbers.remove(&order.number);
        let answer = decide(&without, moment.command, moment.actor, moment.expected, moment.now);
        prop_assert_eq!(answer, Err(Refusal::UnknownOrder));
    }
    if named.is_some() && order.is_none() {
        prop_assert_eq!(moment.answer, &Err(Refusal::UnknownOrder));
    }
    let Ok(Some(event)) = moment.answer else { return Ok(()) };
    prop_assert_eq!(&event.actor, moment.actor);
    if let (Command::SetStatus(_), who) = (moment.command, moment.actor) {
        prop_assert!(matches!(who, Actor::Staff { .. } | Actor::System), "{:?} set a status", who);
    }
    if matches!(moment.command, Command::PlaceOrder(_)) {
        let by_customer = matches!(moment.actor, Actor::Customer { .. });
        prop_assert!(by_customer, "{:?} placed an order", moment.actor);
        for id in moment.command.products() {
            let store = &moment.before.products[&id].store;
            prop_assert_eq!(store, event.subject.store(), "a product of another store");
        }
    }
    if let (Subject::Product { store, .. }, Actor::Staff { store: own, .. }) = (&event.subject, moment.actor)
    {
        prop_assert_eq!(store, own);
    }
    // Other orders stay unchanged.
    for (id, order) in &moment.after.orders {
        let own = matches!(&event.subject, Subject::Order { id: own, .. } if own == id);
        prop_assert!(own || moment.before.orders.get(id) == Some(order), "another order changed");
    }
    Ok(())
}

/// Values that an audience must never read. The driver needs the address, and the customer the driver's phone.
fn secrets(audience: Audience) -> Vec<&'static str> {
    const STORE: [&str; 4] = [marks::NOTE, marks::STAFF_ID, marks::STAFF_NAME, marks::REFERENCE];
    const CUSTOMER: [&str; 3] = [marks::CUSTOMER_ID, marks::CUSTOMER_NAME, marks::CUSTOMER_MAIL];
    const ADDRESS: [&str; 4] = [marks::RECIPIENT, marks::RECIPIENT_PHONE, marks::STREET, marks::CITY];
    const DRIVER: [&str; 2] = [marks::DRIVER_ID, marks::DRIVER_NAME];
    let link = [marks::PARTNER_PHONE, marks::REASON, "\"amount\"", "payment"];
    match audience {
        Audience::Staff => Vec::new(),
        Audience::Customer => [&STORE[..], &DRIVER].concat(),
        Audience::Driver => [&STORE[..], &CUSTOMER].concat(),
        Audience::Link => [&STORE[..], &DRIVER, &CUSTOMER, &ADDRESS, &link].concat(),
    }
}

pub(crate) fn views_hide_fields(moment: &Moment<'_>) -> Result<(), TestCaseError> {
    let Ok(Some(event)) = moment.answer else { return Ok(()) };
    let Subject::Order { id, .. } = &event.subject else { return Ok(()) };
    let order = &moment.after.orders[id];
    let contact = contact();
    let context = context(event, order, &contact);
    for audience in [Audience::Customer, Audience::Driver, Audience::Link, Audience::Staff] {
        let customer = context.customer.clone();
        let mut seen =
            vec![serde_json::to_string(&OrderView::new(order, &contact, customer, audience)).unwrap()];
        if EventView::concerns(event, audience) {
            let view = EventView::new(EventId::new(Uuid::nil()), event, &context, audience);
            seen.push(serde_json::to_string(&view).unwrap());
        }
        if let Some(notification) = Notification::new(event, audience, context.partner.as_ref()) {
            prop_assert!(
                EventView::concerns(event, audience),
                "a notification of an event that the audience cannot see"
            );
            prop_assert!(notification.message.contains(&order.number.to_string()));
            seen.push(notification.message);
        }
        for (json, secret) in
            seen.iter().flat_map(|json| secrets(audience).into_iter().map(move |it| (json, it)))
        {
            prop_assert!(!json.contains(secret), "{:?} reads {}: {}", audience, secret, json);
        }
    }
    views_show_the_change(event, &context)
}

/// The audiences that a change concerns can read it.
fn views_show_the_change(event: &Event, context: &EventContext) -> Result<(), TestCaseError> {
    let read = |audience| {
        serde_json::to_string(&EventView::new(EventId::new(Uuid::nil()), event, context, audience))
    };
    let staff = read(Audience::Staff).unwrap();
    prop_assert!(EventView::concerns(event, Audience::Staff));
    for change in &event.changes {
        if let Change::Note { .. } = change {
            prop_assert!(staff.contains(marks::NOTE));
        }
        if let Change::Cancelled { reason: Some(_) } | Change::Corrected { .. } = change {
            prop_assert!(staff.contains(marks::REASON));
            prop_assert!(read(Audience::Customer).unwrap().contains(marks::REASON));
        }
        if let Change::Partner { .. } = change {
            prop_assert!(read(Audience::Customer).unwrap().contains(marks::PARTNER_PHONE));
        }
    }
    if let Some((from, to)) = statuses(event).filter(|(from, to)| from != to) {
        for audience in [Audience::Customer, Audience::Driver, Audience::Link] {
            prop_assert!(EventView::concerns(event, audience), "{} to {} concerns {:?}", from, to, audience);
        }
    }
    Ok(())
}

/// The status before and after an event of an order.
pub(crate) fn statuses(event: &Event) -> Option<(Status, Status)> {
    match event.subject {
        Subject::Order { from, to, .. } => Some((from, to)),
        Subject::Product { .. } => None,
    }
}

fn contact() -> Contact {
    let address = super::ask::address();
    Contact { shipping: Some(address), partner: Some(super::ask::partner_with_phone()) }
}

fn context(event: &Event, order: &Order, contact: &Contact) -> EventContext {
    let actor_name = match event.actor {
        Actor::Staff { .. } => Some(marks::STAFF_NAME),
        Actor::Driver { .. } => Some(marks::DRIVER_NAME),
        Actor::Customer { .. } => Some(marks::CUSTOMER_NAME),
        Actor::Gateway { .. } | Actor::System | Actor::Outside => None,
    };
    let customer = Person {
        id: order.customer.clone(),
        name: Some(marks::CUSTOMER_NAME.to_owned()),
        email: Some(marks::CUSTOMER_MAIL.to_owned()),
    };
    EventContext {
        reference: order.reference.clone(),
        tracking_number: order.tracking_number.clone(),
        estimated_delivery: order.estimated_delivery,
        actor_name: actor_name.map(str::to_owned),
        customer: Some(customer),
        partner: contact.partner.clone(),
        address: contact.shipping.clone(),
        transitions: Some(OrderTransitions::of(order)),
    }
}
