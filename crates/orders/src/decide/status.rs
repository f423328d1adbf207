//! Setting the status: changes lifecycle, payment and parcels together.

use super::transition::Transition;
use super::{DecisionContext, payment, policy};
use crate::command::{PaymentOutcome, SetStatus};
use crate::event::{Change, Event, Kind};
use crate::id::OrderRef;
use crate::order::{Hold, Order, ShipmentState};
use crate::product::StockMove;
use crate::refusal::Refusal;
use crate::status::Stage;
use crate::text::Prose;

/// `None`: the order has this status already, and nothing else comes with it. A client that did not get the answer to its
/// first attempt sends the same again.
pub(super) fn set(context: &DecisionContext<'_>, set: &SetStatus) -> Result<Option<Event>, Refusal> {
    let order = context.visible(set.order)?;
    let transition = Transition::check(context.actor.origin(), order, set.status);
    if let Err(conflict) = context.check_version(order.version) {
        // Accepted despite an old version: probably the answer to the first attempt was lost (RFC 9110, section 13.1.1).
        let is_done = matches!(transition, Ok(Transition::None)) && extras(order, set).is_empty();
        return if is_done { Ok(None) } else { Err(conflict) };
    }
    let (kind, mut changes) = match transition? {
        Transition::Cancel => (Kind::OrderCancelled, cancelling(order, set.reason.as_ref())),
        Transition::None => (Kind::OrderUpdated, Vec::new()),
        Transition::RecordPayment => {
            (Kind::PaymentChanged, payment::changes(context, order, PaymentOutcome::Paid, None))
        }
        Transition::Advance(stage) => (Kind::OrderUpdated, forward(context, order, stage)?),
        Transition::MoveBack { to, undo_payment } => {
            (Kind::OrderUpdated, back(context, order, to, undo_payment, set)?)
        }
    };
    changes.extend(extras(order, set));
    if changes.is_empty() {
        return Ok(None);
    }
    if order.is_cancelled() {
        return Err(Refusal::Final { status: order.status() });
    }
    Ok(Some(context.order_event(order, kind, changes)))
}

pub(super) fn cancel(
    context: &DecisionContext<'_>,
    name: OrderRef,
    reason: Option<&Prose<500>>,
) -> Result<Event, Refusal> {
    let order = context.order(name)?;
    policy::may_cancel(context.actor.origin(), order)?;
    Ok(context.order_event(order, Kind::OrderCancelled, cancelling(order, reason)))
}

/// Releases goods that are still in the store. Shipped goods return to the stock when the staff count them.
fn cancelling(order: &Order, reason: Option<&Prose<500>>) -> Vec<Change> {
    let mut changes = vec![Change::Cancelled { reason: reason.cloned() }];
    if order.hold == Hold::Reserved {
        changes.push(Change::Hold { hold: Hold::Released });
    }
    changes
}

fn back(
    context: &DecisionContext<'_>,
    order: &Order,
    to: Stage,
    undo_payment: bool,
    set: &SetStatus,
) -> Result<Vec<Change>, Refusal> {
    let reason = set.reason.clone();
    let reason = reason.ok_or(Refusal::ReasonNeeded { from: order.status(), to: set.status })?;
    let mut changes = vec![Change::Corrected { to, reason }];
    if undo_payment {
        changes.push(payment::due_again());
    }
    if to < Stage::Shipped && order.hold == Hold::Consumed {
        fits_back(context, order)?;
        changes.push(Change::Hold { hold: Hold::Reserved });
    }
    Ok(changes)
}

fn forward(context: &DecisionContext<'_>, order: &Order, to: Stage) -> Result<Vec<Change>, Refusal> {
    let mut changes = Vec::new();
    if !order.processing {
        changes.push(Change::ProcessingStarted);
    }
    let target = match to {
        Stage::Shipped => ShipmentState::Shipped,
        Stage::Delivered => ShipmentState::Delivered,
        Stage::Pending | Stage::Processing => {
            changes.extend(retaken(context, order));
            return Ok(changes);
        }
    };
    if order.shipments.is_empty() {
        changes.push(Change::Parcel { parcel: 1, state: target });
    }
    for parcel in &order.shipments {
        let behind = if to == Stage::Shipped { !parcel.state.has_left() } else { !parcel.has_arrived() };
        if behind {
            changes.push(Change::Parcel { parcel: parcel.parcel, state: target });
        }
    }
    changes.extend(leaving(context, order)?);
    Ok(changes)
}

/// The goods leave the store. An order without a reservation takes them from the available stock.
pub(super) fn leaving(context: &DecisionContext<'_>, order: &Order) -> Result<Option<Change>, Refusal> {
    match order.hold {
        Hold::Consumed => return Ok(None),
        Hold::Reserved => {}
        Hold::Released => available(context, order)?,
    }
    Ok(Some(Change::Hold { hold: Hold::Consumed }))
}

/// An order that lost its reservation gets it back when it is paid late or processing starts, if the stock suffices. If
/// not, the order continues without a reservation, and cannot be shipped.
pub(super) fn retaken(context: &DecisionContext<'_>, order: &Order) -> Option<Change> {
    let lost = order.hold == Hold::Released && !order.is_cancelled();
    (lost && available(context, order).is_ok()).then_some(Change::Hold { hold: Hold::Reserved })
}

/// Checks that goods that return to the store do not exceed the maximum stock.
fn fits_back(context: &DecisionContext<'_>, order: &Order) -> Result<(), Refusal> {
    for (id, n) in order.quantities() {
        let stock = context.world.products.get(&id).map(|product| product.stock);
        if stock.is_some_and(|stock| stock.after(StockMove::Unconsume(n)).is_none()) {
            return Err(Refusal::StockOutOfRange);
        }
    }
    Ok(())
}

/// Checks that the available stock suffices for the order.
fn available(context: &DecisionContext<'_>, order: &Order) -> Result<(), Refusal> {
    for (id, wanted) in order.quantities() {
        let Some(product) = context.world.products.get(&id) else { return Err(Refusal::UnknownProduct(id)) };
        let available = product.stock.available();
        if wanted > available {
            let name = product.name.as_str().to_owned();
            return Err(Refusal::OutOfStock { product: id, name, wanted, available });
        }
    }
    Ok(())
}

/// The changes of the details that come with a status.
fn extras(order: &Order, set: &SetStatus) -> Vec<Change> {
    let tracking =
        set.tracking_number.clone().filter(|number| order.tracking_number.as_ref() != Some(number));
    let estimate = set.estimated_delivery.filter(|at| order.estimated_delivery != Some(*at));
    let tracking = tracking.map(|number| Change::TrackingNumber { number });
    let estimate = estimate.map(|at| Change::EstimatedDelivery { at });
    let note = set.note.clone().map(|text| Change::Note { text });
    tracking.into_iter().chain(estimate).chain(note).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::fixture::{
        POT, Shop, TEA, cancel, correct, count, customer, parcel, set, set_status, staff,
    };
    use crate::order::PaymentMethod::CashOnDelivery;
    use crate::order::ShipmentState::{Delivered, Packed, Returned, Shipped};
    use crate::product::Stock;
    use crate::status::Status;
    use crate::{Command, Version};

    /// Two parcels: the first delivered, the second returned after it was delivered.
    fn with_parcels() -> (Shop, OrderRef) {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        for (n, state) in [(1, Packed), (2, Packed), (1, Delivered), (2, Delivered), (2, Returned)] {
            shop.must(&staff(), parcel(order, n, state));
        }
        assert_eq!(shop.status(order), Status::Delivered);
        (shop, order)
    }

    #[test]
    fn a_status_moves_every_parcel_that_is_behind() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        for n in 1..=3 {
            shop.must(&staff(), parcel(order, n, Packed));
        }
        shop.must(&staff(), set_status(order, Status::Shipped));
        assert_eq!(shop.parcels(order), [Shipped; 3]);
        shop.must(&staff(), parcel(order, 2, Returned));
        shop.must(&staff(), parcel(order, 3, Delivered));
        shop.must(&staff(), set_status(order, Status::Delivered));
        assert_eq!(shop.parcels(order), [Delivered; 3]);
    }

    #[test]
    fn a_correction_to_shipped_undoes_arrivals_and_keeps_returns() {
        let (mut shop, order) = with_parcels();
        assert_eq!(shop.refusal(&staff(), set_status(order, Status::Shipped)).code(), "reason_required");
        shop.must(&staff(), correct(order, Status::Shipped));
        assert_eq!((shop.status(order), shop.parcels(order)), (Status::Shipped, vec![Shipped, Returned]));
        shop.must(&staff(), parcel(order, 1, Delivered));
        assert_eq!(shop.status(order), Status::Shipped, "the other one never arrived");
    }

    #[test]
    fn a_correction_to_processing_returns_the_goods_to_the_stock() {
        let (mut shop, order) = with_parcels();
        assert_eq!(shop.stock(TEA), Stock { on_hand: 8, reserved: 0 });
        shop.must(&staff(), correct(order, Status::Processing));
        assert_eq!((shop.status(order), shop.parcels(order)), (Status::Processing, vec![Packed, Packed]));
        assert_eq!(shop.stock(TEA), Stock { on_hand: 10, reserved: 2 });
        shop.must(&staff(), correct(order, Status::Pending));
        assert_eq!((shop.status(order), shop.parcels(order)), (Status::Pending, vec![]));
        shop.must(&customer(), cancel(order));
        assert_eq!(shop.stock(TEA), Stock { on_hand: 10, reserved: 0 });
    }

    #[test]
    fn a_correction_that_the_stock_cannot_hold_is_refused() {
        let (mut shop, order) = with_parcels();
        shop.must(&staff(), count(POT, Stock::MOST));
        assert_eq!(shop.refusal(&staff(), correct(order, Status::Processing)), Refusal::StockOutOfRange);
        shop.must(&staff(), correct(order, Status::Shipped));
    }

    #[test]
    fn cancelling_releases_goods_in_the_store_and_not_shipped_goods() {
        for (status, on_hand) in [(Status::Processing, 10), (Status::Shipped, 8)] {
            let (mut shop, order) = Shop::with_order(CashOnDelivery);
            shop.must(&staff(), set_status(order, status));
            shop.must(&staff(), cancel(order));
            assert_eq!(shop.stock(TEA), Stock { on_hand, reserved: 0 }, "{status}");
            assert_eq!(shop.refusal(&staff(), cancel(order)), Refusal::Final { status: Status::Cancelled });
        }
    }

    #[test]
    fn the_same_status_again_makes_an_event_only_if_something_comes_with_it() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        let with_note = || SetStatus { note: "call first".parse().ok(), ..set(order, Status::Shipped) };
        shop.must(&staff(), set_status(order, Status::Shipped));
        assert_eq!(shop.ask(&staff(), &set_status(order, Status::Shipped)), Ok(None));
        assert_eq!(shop.refusal(&customer(), set_status(order, Status::Shipped)).code(), "forbidden");
        assert_eq!(shop.must(&staff(), Command::SetStatus(with_note())).kind, Kind::OrderUpdated);
        let tracked = || SetStatus { tracking_number: "TRACK-1".parse().ok(), ..set(order, Status::Shipped) };
        shop.must(&staff(), Command::SetStatus(tracked()));
        assert_eq!(shop.ask(&staff(), &Command::SetStatus(tracked())), Ok(None));
        shop.must(&staff(), cancel(order));
        assert_eq!(shop.ask(&staff(), &set_status(order, Status::Cancelled)), Ok(None));
        let noted = SetStatus { note: "call first".parse().ok(), ..set(order, Status::Cancelled) };
        assert_eq!(shop.refusal(&staff(), Command::SetStatus(noted)).code(), "final_status");
        assert_eq!(shop.refusal(&staff(), Command::SetStatus(with_note())).code(), "final_status");
    }

    #[test]
    fn a_payment_is_recorded_once_also_where_it_does_not_change_the_status() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        shop.must(&staff(), set_status(order, Status::Delivered));
        shop.must(&staff(), set_status(order, Status::Paid));
        assert_eq!(shop.status(order), Status::Delivered);
        assert_eq!(shop.ask(&staff(), &set_status(order, Status::Paid)), Ok(None));
    }

    #[test]
    fn a_status_with_extras_is_one_event() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        let extras = SetStatus {
            tracking_number: "TRACK-1".parse().ok(),
            estimated_delivery: Some(shop.now),
            note: "call first".parse().ok(),
            ..set(order, Status::Shipped)
        };
        let event = shop.must(&staff(), Command::SetStatus(extras));
        assert_eq!((event.kind, event.version), (Kind::OrderStatusChanged, Version(3)));
        assert_eq!(
            shop.order(order).tracking_number.as_ref().map(crate::text::Line::as_str),
            Some("TRACK-1")
        );
    }
}
