//! Who may do what, and who may see what. No other module decides this.

use crate::actor::{Actor, Origin};
use crate::command::PaymentOutcome;
use crate::id::{StoreId, UserId};
use crate::order::{Order, PaymentMethod};
use crate::refusal::Refusal;

/// Whether an actor may know that an order exists. Others get [`Refusal::UnknownOrder`].
pub fn may_see(actor: &Actor, order: &Order) -> bool {
    match actor {
        Actor::Customer { user } => *user == order.customer,
        Actor::Staff { store, .. } => *store == order.store,
        Actor::Driver { user } => order.driver.as_ref() == Some(user),
        Actor::Gateway { .. } | Actor::System | Actor::Outside => true,
    }
}

/// Only customers place orders. Staff need a customer account for that.
pub(super) fn may_place(by: Origin) -> Result<(), Refusal> {
    match by {
        Origin::Customer => Ok(()),
        Origin::Staff => Err(Refusal::Forbidden("only customers can place orders; staff cannot")),
        _ => Err(Refusal::Forbidden("only customers can place orders")),
    }
}

/// Staff find and change orders by their reference, so only people whom the shop's own sign-in vouches for may set one.
/// Anybody can register a local account, and could take the reference of another order.
pub(super) fn may_refer(customer: &UserId) -> Result<(), Refusal> {
    if customer.issuer().is_some() { Ok(()) } else { Err(Refusal::ReferenceNotAllowed) }
}

/// Canceling an order: its customer until processing starts, the store until it is delivered.
pub(super) fn may_cancel(by: Origin, order: &Order) -> Result<(), Refusal> {
    let status = order.status();
    if by == Origin::Customer {
        return match order.is_cancelled() {
            true => Err(Refusal::Final { status }),
            false if order.customer_may_cancel() => Ok(()),
            false => Err(Refusal::TooLateToCancel { status }),
        };
    }
    may_manage(by)?;
    if status.is_final() { Err(Refusal::Final { status }) } else { Ok(()) }
}

/// Statuses, delivery, refunds.
pub(super) fn may_manage(by: Origin) -> Result<(), Refusal> {
    match by {
        Origin::Staff | Origin::System => Ok(()),
        _ => Err(Refusal::Forbidden("only the store's staff can do this")),
    }
}

/// Locations and parcels: the store, and the driver of the order.
pub(super) fn may_deliver(by: Origin) -> Result<(), Refusal> {
    match by {
        Origin::Staff | Origin::System | Origin::Driver => Ok(()),
        _ => Err(Refusal::Forbidden("only the store's staff and the order's driver can do this")),
    }
}

/// Payment providers report online payments. Staff and drivers report cash, and staff report refunds.
pub(super) fn may_record(by: Origin, order: &Order, outcome: PaymentOutcome) -> Result<(), Refusal> {
    match (by, outcome) {
        (Origin::Gateway | Origin::System, _) => return Ok(()),
        (_, PaymentOutcome::Refunded) => return may_manage(by),
        (_, PaymentOutcome::Authorized | PaymentOutcome::Paid | PaymentOutcome::Failed) => {
            may_deliver(by)?;
        }
    }
    if outcome == PaymentOutcome::Authorized || order.payment.method != PaymentMethod::CashOnDelivery {
        return Err(Refusal::Forbidden("an online payment is recorded by its payment provider"));
    }
    // Cash for a cancelled order can be handed back at once. A late report of a provider must still be recorded.
    if order.is_cancelled() { Err(Refusal::Final { status: order.status() }) } else { Ok(()) }
}

/// Only the timer expires reservations.
pub(super) fn may_expire(by: Origin) -> Result<(), Refusal> {
    match by {
        Origin::System => Ok(()),
        _ => Err(Refusal::Forbidden("only the server expires reservations")),
    }
}

/// Only staff change the catalogue, and only that of their store.
pub(super) fn may_stock(actor: &Actor) -> Result<&StoreId, Refusal> {
    match actor {
        Actor::Staff { store, .. } => Ok(store),
        _ => Err(Refusal::Forbidden("only the store's staff can change the catalogue")),
    }
}
