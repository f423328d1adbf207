//! Refuses a command, or returns the event that follows.

mod delivery;
#[cfg(test)]
mod fixture;
mod payment;
mod place_order;
pub mod policy;
mod product;
mod status;
mod transition;

pub use transition::{AllowedTransition, OrderTransitions, allowed_transitions};

use jiff::Timestamp;

use crate::actor::Actor;
use crate::command::Command;
use crate::event::{Change, Event, Kind, Subject};
use crate::id::OrderRef;
use crate::order::{Order, Version};
use crate::refusal::Refusal;
use crate::world::World;

/// Decides one command. `expected` is the version that the sender saw, if the request has one.
///
/// An empty list means that the command was accepted without an event. The location came right after another, was measured
/// before the stored one, or came after the delivery; or the order has the status or delivery already.
pub fn decide(
    world: &World,
    command: &Command,
    actor: &Actor,
    expected: Option<Version>,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let context = DecisionContext { world, actor, expected, now };
    let event = match command {
        Command::PlaceOrder(place) => place_order::place_order(&context, place)?,
        Command::CancelOrder { order, reason } => status::cancel(&context, *order, reason.as_ref())?,
        Command::SetStatus(set) => return Ok(status::set(&context, set)?.into_iter().collect()),
        Command::SetDelivery(set) => return Ok(delivery::set(&context, set)?.into_iter().collect()),
        Command::ReportLocation { order, location, waited } => {
            return Ok(delivery::locate(&context, *order, location, *waited)?.into_iter().collect());
        }
        Command::MoveParcel { order, parcel, state } => {
            delivery::move_parcel(&context, *order, *parcel, *state)?
        }
        Command::RecordPayment { order, outcome, reference } => {
            payment::record(&context, *order, *outcome, reference.as_ref())?
        }
        Command::ExpireReservation { order } => payment::expire(&context, *order)?,
        Command::CreateProduct(create) => product::create(&context, create)?,
        Command::UpdateProduct(update) => product::update(&context, update)?,
        Command::SetStock { product, stock } => product::count(&context, *product, *stock)?,
    };
    Ok(vec![event])
}

struct DecisionContext<'a> {
    world: &'a World,
    actor: &'a Actor,
    expected: Option<Version>,
    now: Timestamp,
}

impl<'a> DecisionContext<'a> {
    /// The named order, if the actor may see it and it has the expected version.
    fn order(&self, name: OrderRef) -> Result<&'a Order, Refusal> {
        let order = self.visible(name)?;
        self.check_version(order.version)?;
        Ok(order)
    }

    /// The named order, if the actor may see it.
    fn visible(&self, name: OrderRef) -> Result<&'a Order, Refusal> {
        let order = self.world.order(name).filter(|order| policy::may_see(self.actor, order));
        order.ok_or(Refusal::UnknownOrder)
    }

    fn check_version(&self, current: Version) -> Result<(), Refusal> {
        match self.expected {
            Some(expected) if expected != current => Err(Refusal::VersionConflict { expected, current }),
            _ => Ok(()),
        }
    }

    /// The event of these changes to an order. A change of status overrides `kind`.
    fn order_event(&self, order: &Order, kind: Kind, changes: Vec<Change>) -> Event {
        let mut event = Event {
            subject: Subject::Order {
                id: order.id,
                number: order.number,
                store: order.store.clone(),
                customer: order.customer.clone(),
                driver: order.driver.clone(),
                from: order.status(),
                to: order.status(),
            },
            kind,
            version: order.version.next(),
            actor: self.actor.clone(),
            at: self.now.max(order.updated_at),
            changes,
        };
        let mut after = order.clone();
        after.apply(&event);
        if let Subject::Order { from, to, driver, .. } = &mut event.subject {
            *to = after.status();
            *driver = after.driver;
            if from != to && kind != Kind::OrderCancelled {
                event.kind = Kind::OrderStatusChanged;
            }
        }
        event
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::fixture::{Shop, cancel, customer, staff};
    use crate::order::PaymentMethod::CashOnDelivery;

    #[test]
    fn a_command_for_another_version_is_refused_with_the_current_one() {
        let (shop, order) = Shop::with_order(CashOnDelivery);
        let ask = |expected| decide(&shop.world, &cancel(order), &staff(), Some(expected), shop.now);
        let (expected, current) = (Version(1), Version(2));
        assert_eq!(ask(expected), Err(Refusal::VersionConflict { expected, current }));
        assert!(ask(current).is_ok());
    }

    #[test]
    fn time_does_not_go_back_within_an_order() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        let before = shop.order(order).updated_at;
        shop.wait(-60);
        assert_eq!(shop.must(&customer(), cancel(order)).at, before);
        assert_eq!(shop.order(order).updated_at, before);
    }

    #[test]
    fn the_last_version_does_not_overflow() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        let last = Version(u32::MAX);
        for order in shop.world.orders.values_mut() {
            order.version = last;
        }
        assert_eq!(shop.must(&customer(), cancel(order)).version, last);
    }
}
