//! Payments, and the reservation of unpaid orders.

use super::{DecisionContext, policy, status};
use crate::actor::Origin;
use crate::command::PaymentOutcome;
use crate::event::{Change, Event, Kind};
use crate::id::OrderRef;
use crate::order::{Hold, Order, PaymentMethod, PaymentState};
use crate::refusal::Refusal;
use crate::text::Line;

/// A report of the payment provider, or of who took the cash.
pub(super) fn record(
    context: &DecisionContext<'_>,
    name: OrderRef,
    outcome: PaymentOutcome,
    reference: Option<&Line<128>>,
) -> Result<Event, Refusal> {
    let order = context.order(name)?;
    check(context.actor.origin(), order, outcome, reference)?;
    Ok(context.order_event(order, Kind::PaymentChanged, changes(context, order, outcome, reference)))
}

/// Checks a payment report, for every command that can bring one.
pub(super) fn check(
    by: Origin,
    order: &Order,
    outcome: PaymentOutcome,
    reference: Option<&Line<128>>,
) -> Result<(), Refusal> {
    policy::may_record(by, order, outcome)?;
    let state = order.payment.state;
    let refused = |why| Err(Refusal::PaymentState { state: state.name(), why });
    let known = reference.is_none() || reference == order.payment.reference.as_ref();
    match (outcome, state) {
        (PaymentOutcome::Refunded, PaymentState::Paid { .. } | PaymentState::Authorized) => Ok(()),
        (PaymentOutcome::Refunded, _) => refused("only received payments can be refunded"),
        (_, PaymentState::Paid { .. }) => refused("it was paid already"),
        (_, PaymentState::Refunded | PaymentState::None) => refused("no payment is due"),
        (PaymentOutcome::Authorized, PaymentState::Authorized) => refused("it was authorized already"),
        // Another failed attempt is recorded; the same one is refused.
        (PaymentOutcome::Failed, PaymentState::Failed) if known => refused("it was recorded already"),
        _ => Ok(()),
    }
}

/// The changes of a payment report that [`check`] accepted.
pub(super) fn changes(
    context: &DecisionContext<'_>,
    order: &Order,
    outcome: PaymentOutcome,
    reference: Option<&Line<128>>,
) -> Vec<Change> {
    let mut changes =
        vec![Change::Payment { state: outcome.state(order.stage()), reference: reference.cloned() }];
    if matches!(outcome, PaymentOutcome::Paid | PaymentOutcome::Authorized) {
        changes.extend(status::retaken(context, order));
    }
    changes
}

/// Only cash can be undone. The provider refunds an online payment.
pub(super) fn may_undo(order: &Order) -> Result<(), Refusal> {
    match order.payment.method {
        PaymentMethod::CashOnDelivery => Ok(()),
        PaymentMethod::Online => {
            let state = order.payment.state.name();
            Err(Refusal::PaymentState { state, why: "an online payment is undone by its refund" })
        }
    }
}

/// Cash that was recorded by mistake is due again.
pub(super) fn due_again() -> Change {
    Change::Payment { state: PaymentState::Pending, reference: None }
}

pub(super) fn expire(context: &DecisionContext<'_>, name: OrderRef) -> Result<Event, Refusal> {
    let order = context.order(name)?;
    policy::may_expire(context.actor.origin())?;
    let now = context.world.clock.unwrap_or(context.now);
    match order.reservation_ends() {
        Some(end) if now >= end => {
            Ok(context.order_event(order, Kind::OrderUpdated, vec![Change::Hold { hold: Hold::Released }]))
        }
        _ => Err(Refusal::NotExpired),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Actor;
    use crate::command::PaymentOutcome::{Authorized, Failed, Paid, Refunded};
    use crate::command::{Command, RESERVATION};
    use crate::decide::fixture::{
        POT, Shop, TEA, cancel, correct, count, create, customer, driver, gateway, money, parcel, set_status,
        staff,
    };
    use crate::order::PaymentMethod::{CashOnDelivery, Online};
    use crate::order::ShipmentState;
    use crate::product::Stock;
    use crate::status::Status;

    const MINUTES_15: i64 = 15 * 60;

    fn expire(order: OrderRef) -> Command {
        Command::ExpireReservation { order }
    }

    /// An online order with an expired reservation.
    fn expired() -> (Shop, OrderRef) {
        let (mut shop, order) = Shop::with_order(Online);
        shop.wait(MINUTES_15);
        shop.must(&Actor::System, expire(order));
        (shop, order)
    }

    #[test]
    fn a_reservation_lasts_15_minutes_and_expires_once() {
        let (mut shop, order) = Shop::with_order(Online);
        assert_eq!(shop.stock(TEA), Stock { on_hand: 10, reserved: 2 });
        shop.wait(MINUTES_15 - 1);
        assert_eq!(shop.refusal(&Actor::System, expire(order)), Refusal::NotExpired);
        shop.wait(1);
        for who in [customer(), staff(), driver(), gateway()] {
            assert_eq!(shop.refusal(&who, expire(order)).code(), "forbidden");
        }
        let event = shop.must(&Actor::System, expire(order));
        assert_eq!((event.kind, shop.status(order)), (Kind::OrderUpdated, Status::Pending));
        assert_eq!(shop.stock(TEA), Stock { on_hand: 10, reserved: 0 });
        assert_eq!(shop.refusal(&Actor::System, expire(order)), Refusal::NotExpired);
    }

    #[test]
    fn a_reservation_ends_by_the_clock_when_that_was_ahead_once() {
        let mut shop = Shop::open();
        let behind = |shop: &Shop| Some(shop.now - jiff::SignedDuration::from_hours(24 * 40));
        shop.wait(3600 * 24 * 365);
        shop.world.clock = behind(&shop);
        let order = shop.place(&[(TEA, 2)], Online);
        let placed = shop.order(order);
        assert_eq!(placed.reservation_ends(), behind(&shop).map(|clock| clock + RESERVATION));
        assert_eq!(shop.refusal(&Actor::System, expire(order)), Refusal::NotExpired);
        shop.world.clock = behind(&shop).map(|clock| clock + RESERVATION);
        shop.must(&Actor::System, expire(order));
        assert_eq!(shop.stock(TEA), Stock { on_hand: 10, reserved: 0 });
    }

    #[test]
    fn paid_cash_and_processing_orders_keep_their_reservation() {
        let cash = Shop::with_order(CashOnDelivery);
        let mut held = Shop::with_order(Online);
        held.0.must(&gateway(), money(held.1, Authorized, "pay_1"));
        let mut at_work = Shop::with_order(Online);
        at_work.0.must(&staff(), set_status(at_work.1, Status::Processing));
        for (mut shop, order) in [cash, held, at_work] {
            shop.wait(MINUTES_15);
            assert_eq!(shop.refusal(&Actor::System, expire(order)), Refusal::NotExpired);
        }
    }

    #[test]
    fn a_refused_payment_lets_the_reservation_expire() {
        let (mut shop, order) = Shop::with_order(Online);
        shop.must(&gateway(), money(order, Failed, "pay_1"));
        shop.wait(MINUTES_15);
        shop.must(&Actor::System, expire(order));
    }

    #[test]
    fn a_late_payment_takes_the_goods_again_while_there_are_any() {
        for outcome in [Paid, Authorized] {
            let (mut shop, order) = expired();
            shop.must(&gateway(), money(order, outcome, "pay_1"));
            assert_eq!(shop.order(order).hold, Hold::Reserved);
            assert_eq!(shop.stock(TEA).reserved, 2);
        }
    }

    #[test]
    fn a_late_payment_is_recorded_even_when_the_goods_are_gone() {
        let (mut shop, order) = expired();
        shop.must(&staff(), count(POT, 0));
        shop.must(&gateway(), money(order, Paid, "pay_1"));
        assert_eq!((shop.status(order), shop.order(order).hold), (Status::Paid, Hold::Released));
        assert_eq!(shop.stock(TEA).reserved, 0, "all of it or nothing");
        assert_eq!(shop.refusal(&staff(), set_status(order, Status::Shipped)).code(), "out_of_stock");
        shop.must(&staff(), count(POT, 1));
        shop.must(&staff(), set_status(order, Status::Shipped));
        assert_eq!(shop.stock(POT), Stock { on_hand: 0, reserved: 0 });
    }

    #[test]
    fn starting_on_an_expired_order_takes_the_goods_again() {
        for start in
            [|order| set_status(order, Status::Processing), |order| parcel(order, 1, ShipmentState::Packed)]
        {
            let (mut shop, order) = expired();
            shop.must(&staff(), start(order));
            assert_eq!(shop.order(order).hold, Hold::Reserved);
        }
    }

    #[test]
    fn an_online_payment_is_recorded_by_its_provider_whichever_command_is_used() {
        let (mut shop, order) = Shop::with_order(Online);
        for who in [staff(), driver()] {
            assert_eq!(shop.refusal(&who, money(order, Paid, "")).code(), "forbidden");
        }
        assert_eq!(shop.refusal(&staff(), set_status(order, Status::Paid)).code(), "forbidden");
        assert_eq!(shop.refusal(&customer(), money(order, Paid, "")).code(), "forbidden");
        shop.must(&gateway(), money(order, Paid, "pay_1"));
    }

    #[test]
    fn only_a_provider_holds_money() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        for who in [staff(), driver()] {
            assert_eq!(shop.refusal(&who, money(order, Authorized, "")).code(), "forbidden");
        }
    }

    #[test]
    fn a_report_that_comes_twice_counts_once() {
        let (mut shop, order) = Shop::with_order(Online);
        shop.must(&gateway(), money(order, Failed, "pay_1"));
        assert_eq!(shop.refusal(&gateway(), money(order, Failed, "pay_1")).code(), "payment_state");
        shop.must(&gateway(), money(order, Failed, "pay_2"));
        for outcome in [Authorized, Paid] {
            shop.must(&gateway(), money(order, outcome, "pay_3"));
            assert_eq!(shop.refusal(&gateway(), money(order, outcome, "pay_3")).code(), "payment_state");
        }
        for late in [Authorized, Failed] {
            assert_eq!(shop.refusal(&gateway(), money(order, late, "pay_3")).code(), "payment_state");
        }
    }

    #[test]
    fn a_refund_gives_back_what_came_and_only_once() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        assert_eq!(shop.refusal(&staff(), money(order, Refunded, "")).code(), "payment_state");
        shop.must(&driver(), money(order, Paid, ""));
        assert_eq!(shop.status(order), Status::Paid);
        assert_eq!(shop.refusal(&driver(), money(order, Refunded, "")).code(), "forbidden");
        shop.must(&staff(), money(order, Refunded, ""));
        assert_eq!(shop.status(order), Status::Pending, "it is not paid any more");
        assert_eq!(shop.refusal(&staff(), money(order, Refunded, "")).code(), "payment_state");
        assert_eq!(shop.refusal(&staff(), set_status(order, Status::Paid)).code(), "payment_state");
    }

    #[test]
    fn money_for_a_cancelled_order_is_recorded_and_goes_back() {
        let (mut shop, order) = Shop::with_order(Online);
        shop.must(&customer(), cancel(order));
        let event = shop.must(&gateway(), money(order, Paid, "pay_1"));
        assert_eq!((event.kind, shop.order(order).hold), (Kind::PaymentChanged, Hold::Released));
        shop.must(&staff(), money(order, Refunded, ""));
        assert_eq!(shop.status(order), Status::Cancelled);
    }

    #[test]
    fn nobody_takes_cash_for_a_cancelled_order() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        shop.must(&staff(), cancel(order));
        for who in [staff(), driver()] {
            let refusal = shop.refusal(&who, money(order, Paid, ""));
            assert_eq!(refusal, Refusal::Final { status: Status::Cancelled });
        }
    }

    #[test]
    fn corrected_cash_is_due_again() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        shop.must(&staff(), set_status(order, Status::Shipped));
        shop.must(&staff(), parcel(order, 2, ShipmentState::Delivered));
        shop.must(&driver(), money(order, Paid, ""));
        assert_eq!(shop.refusal(&staff(), set_status(order, Status::Shipped)).code(), "reason_required");
        shop.must(&staff(), correct(order, Status::Shipped));
        assert_eq!(shop.parcels(order), [ShipmentState::Shipped, ShipmentState::Delivered], "as they were");
        assert_eq!(shop.order(order).payment.state, PaymentState::Pending);
        assert_eq!(shop.order(order).hold, Hold::Consumed, "the goods are still on the road");
        shop.must(&driver(), money(order, Paid, ""));
        assert_eq!(shop.status(order), Status::Paid);
    }

    #[test]
    fn nothing_is_due_for_what_costs_nothing() {
        let mut shop = Shop::open();
        let gift = crate::ProductId::new(uuid::Uuid::from_u128(0xc));
        shop.must(&staff(), create(gift, 0, 9));
        let order = shop.place(&[(gift, 1)], Online);
        assert_eq!(shop.order(order).payment.state, PaymentState::None);
        assert_eq!(shop.refusal(&gateway(), money(order, Paid, "pay_1")).code(), "payment_state");
        shop.wait(MINUTES_15);
        assert_eq!(shop.refusal(&Actor::System, expire(order)), Refusal::NotExpired);
    }
}
