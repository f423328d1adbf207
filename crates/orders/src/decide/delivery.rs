//! Delivery: partner, location and parcels.

use jiff::Timestamp;

use super::{DecisionContext, policy, status};
use crate::command::{LOCATION_INTERVAL, SetDelivery};
use crate::event::{Change, Event, Kind};
use crate::id::OrderRef;
use crate::order::{LocationReport, Order, Parcel, Shipment, ShipmentState};
use crate::refusal::Refusal;
use crate::status::Stage;

/// `None` if nothing changes, or if the only change is a location that is not stored.
pub(super) fn set(context: &DecisionContext<'_>, set: &SetDelivery) -> Result<Option<Event>, Refusal> {
    let order = context.order(set.order)?;
    policy::may_manage(context.actor.origin())?;
    standing(order)?;
    let mut changes = Vec::new();
    let driver = set.driver.as_ref().filter(|driver| order.driver.as_ref() != Some(driver));
    // Name and phone are personal data, which is not part of the order: see `Command::without_known`.
    if set.partner.is_some() || driver.is_some() {
        changes.push(Change::Partner { driver: driver.or(order.driver.as_ref()).cloned() });
    }
    if let Some(at) = set.estimated_delivery.filter(|at| order.estimated_delivery != Some(*at)) {
        changes.push(Change::EstimatedDelivery { at });
    }
    if changes.is_empty() {
        return Ok(set.location.and_then(|report| sampled(context, order, &report, false)));
    }
    if let Some(report) = set.location.filter(|report| is_newest(context, order, report) && !is_over(order)) {
        changes.push(located(context, &report));
    }
    Ok(Some(context.order_event(order, Kind::DeliveryUpdated, changes)))
}

/// `None`: the location is not stored.
pub(super) fn locate(
    context: &DecisionContext<'_>,
    name: OrderRef,
    location: &LocationReport,
    waited: bool,
) -> Result<Option<Event>, Refusal> {
    let order = context.order(name)?;
    policy::may_deliver(context.actor.origin())?;
    standing(order)?;
    Ok(sampled(context, order, location, waited))
}

/// A location does not increment the version, so that it invalidates nobody's edit. A location soon after the last one is
/// not stored, unless the caller has `waited`; neither is one that was measured before the last one, nor one after the
/// delivery, because it could show where the driver lives.
/// All are accepted without an event, because devices send locations with every request, and kept ones late.
fn sampled(
    context: &DecisionContext<'_>,
    order: &Order,
    report: &LocationReport,
    waited: bool,
) -> Option<Event> {
    let since = order.location.map(|last| context.now.duration_since(last.at));
    let is_stored = order
        .location
        .is_some_and(|last| last.point == report.point && last.measured_at == measured_at(context, report));
    let due = if waited { !is_stored } else { since.is_none_or(|since| since >= LOCATION_INTERVAL) };
    (due && is_newest(context, order, report) && !is_over(order)).then(|| {
        let mut event = context.order_event(order, Kind::DeliveryLocated, vec![located(context, report)]);
        event.version = order.version;
        event
    })
}

/// Whether a location was measured no earlier than the stored one.
fn is_newest(context: &DecisionContext<'_>, order: &Order, report: &LocationReport) -> bool {
    let measured = measured_at(context, report).unwrap_or(context.now);
    order.location.is_none_or(|last| measured >= last.measured())
}

/// A device whose clock is ahead measured now. Otherwise it would hide the locations of other devices for so long.
fn measured_at(context: &DecisionContext<'_>, report: &LocationReport) -> Option<Timestamp> {
    report.measured_at.map(|at| at.min(context.now))
}

fn located(context: &DecisionContext<'_>, report: &LocationReport) -> Change {
    let LocationReport { point, accuracy, .. } = *report;
    Change::Located { point, measured_at: measured_at(context, report), accuracy }
}

pub(super) fn move_parcel(
    context: &DecisionContext<'_>,
    name: OrderRef,
    parcel: Parcel,
    state: ShipmentState,
) -> Result<Event, Refusal> {
    const MOST_PARCELS: u16 = 100;
    let order = context.order(name)?;
    policy::may_deliver(context.actor.origin())?;
    standing(order)?;
    let known = order.shipments.iter().find(|shipment| shipment.parcel == parcel);
    let fresh = u16::try_from(order.shipments.len()).unwrap_or(u16::MAX).saturating_add(1);
    match known {
        None if parcel != fresh || parcel > MOST_PARCELS => {
            return Err(Refusal::ParcelState("parcels are numbered 1, 2, 3 … up to 100"));
        }
        None => {
            policy::may_manage(context.actor.origin())?;
            if is_over(order) {
                return Err(Refusal::Final { status: order.status() });
            }
            if matches!(state, ShipmentState::Attempted | ShipmentState::Returned) {
                return Err(Refusal::ParcelState("a new parcel was not on the road yet"));
            }
        }
        Some(shipment) if shipment.state == state => {
            return Err(Refusal::Unchanged("the parcel has this state already"));
        }
        Some(shipment) if !follows(shipment, state) => {
            return Err(Refusal::ParcelState(
                "a parcel goes forward, comes back once it left, and goes out again only if it never arrived",
            ));
        }
        Some(_) => {}
    }
    let mut changes = Vec::new();
    if !order.processing {
        changes.push(Change::ProcessingStarted);
    }
    changes.push(Change::Parcel { parcel, state });
    if state.has_left() {
        changes.extend(status::leaving(context, order)?);
    } else {
        changes.extend(status::retaken(context, order));
    }
    Ok(context.order_event(order, Kind::DeliveryUpdated, changes))
}

/// Whether a parcel may change from one state to another.
fn follows(from: &Shipment, to: ShipmentState) -> bool {
    use ShipmentState::{Attempted, Delivered, OutForDelivery, Packed, Returned, Shipped};
    match from.state {
        Packed => matches!(to, Shipped | OutForDelivery | Delivered),
        Shipped => matches!(to, OutForDelivery | Attempted | Delivered | Returned),
        OutForDelivery => matches!(to, Attempted | Delivered | Returned),
        Attempted => matches!(to, OutForDelivery | Delivered | Returned),
        Delivered => to == Returned,
        Returned => !from.has_arrived() && matches!(to, Shipped | OutForDelivery),
    }
}

fn is_over(order: &Order) -> bool {
    order.stage() == Stage::Delivered
}

fn standing(order: &Order) -> Result<(), Refusal> {
    if order.is_cancelled() { Err(Refusal::Final { status: order.status() }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Command;
    use crate::decide::fixture::{Shop, TEA, at, customer, driver, parcel, set_status, staff};
    use crate::event::Subject;
    use crate::order::GeoPoint;
    use crate::order::PaymentMethod::CashOnDelivery;
    use crate::order::ShipmentState::{Attempted, Delivered, OutForDelivery, Packed, Returned, Shipped};
    use crate::status::Status;

    fn delivery(order: OrderRef) -> SetDelivery {
        SetDelivery { order, partner: None, driver: None, location: None, estimated_delivery: None }
    }

    #[test]
    fn an_order_is_delivered_when_its_last_parcel_arrives() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        for (n, state, status) in [
            (1, Packed, Status::Processing),
            (2, Packed, Status::Processing),
            (1, Shipped, Status::Shipped),
            (1, Delivered, Status::Shipped),
            (2, OutForDelivery, Status::Shipped),
            (2, Attempted, Status::Shipped),
            (2, Delivered, Status::Delivered),
            (2, Returned, Status::Delivered),
        ] {
            shop.must(&staff(), parcel(order, n, state));
            assert_eq!(shop.status(order), status, "parcel {n} {}", state.name());
        }
    }

    #[test]
    fn a_parcel_that_came_back_without_arriving_is_not_delivered_and_can_be_sent_again() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        shop.must(&staff(), set_status(order, Status::Shipped));
        for state in [Attempted, Returned] {
            shop.must(&driver(), parcel(order, 1, state));
            assert_eq!(shop.status(order), Status::Shipped);
        }
        assert_eq!(shop.refusal(&driver(), parcel(order, 1, Delivered)).code(), "parcel_state");
        shop.must(&staff(), parcel(order, 1, OutForDelivery));
        shop.must(&driver(), parcel(order, 1, Delivered));
        assert_eq!(shop.status(order), Status::Delivered);
        shop.must(&driver(), parcel(order, 1, Returned));
        assert_eq!(shop.refusal(&staff(), parcel(order, 1, Shipped)).code(), "parcel_state");
    }

    #[test]
    fn a_new_parcel_starts_in_the_store_and_only_while_something_is_still_to_come() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        for state in [Attempted, Returned] {
            assert_eq!(shop.refusal(&staff(), parcel(order, 1, state)).code(), "parcel_state");
        }
        assert_eq!(shop.refusal(&staff(), parcel(order, 2, Packed)).code(), "parcel_state");
        assert_eq!(shop.refusal(&driver(), parcel(order, 1, Packed)).code(), "forbidden");
        shop.must(&staff(), parcel(order, 1, Delivered));
        assert_eq!(
            shop.refusal(&staff(), parcel(order, 2, Packed)),
            Refusal::Final { status: Status::Delivered },
            "delivered would go back to shipped"
        );
    }

    #[test]
    fn completing_an_order_leaves_what_was_returned_after_it_arrived() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        for (n, state) in [(1, Packed), (2, Packed), (1, Delivered), (1, Returned)] {
            shop.must(&staff(), parcel(order, n, state));
        }
        shop.must(&staff(), set_status(order, Status::Delivered));
        assert_eq!(shop.parcels(order), [Returned, Delivered]);
    }

    #[test]
    fn an_event_names_the_driver_who_has_the_order_from_then_on() {
        let mut shop = Shop::open();
        let order = shop.place(&[(TEA, 1)], CashOnDelivery);
        let set = SetDelivery { driver: driver().user().cloned(), ..delivery(order) };
        let event = shop.must(&staff(), Command::SetDelivery(set));
        let Subject::Order { driver: named, .. } = event.subject else { panic!("an order's event") };
        assert_eq!(named.as_ref(), driver().user());
    }

    #[test]
    fn the_driver_moves_the_parcel_and_the_customer_does_not() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        shop.must(&staff(), parcel(order, 1, Packed));
        shop.must(&driver(), parcel(order, 1, OutForDelivery));
        assert_eq!(shop.refusal(&customer(), parcel(order, 1, Delivered)).code(), "forbidden");
        assert_eq!(shop.refusal(&driver(), parcel(order, 1, OutForDelivery)).code(), "unchanged");
    }

    #[test]
    fn locations_are_sampled_and_leave_the_version_alone() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        shop.must(&staff(), set_status(order, Status::Shipped));
        let version = shop.order(order).version;
        let mut kept = 0;
        for second in 0..10 {
            kept += usize::from(shop.ask(&driver(), &at(order, f64::from(second))).unwrap().is_some());
            shop.wait(1);
        }
        assert_eq!(kept, 5, "one in two seconds");
        assert_eq!(shop.order(order).version, version);
        assert_eq!(shop.order(order).location.map(|located| located.point.latitude().round()), Some(8.0));
    }

    #[test]
    fn the_newest_location_by_the_devices_own_time_wins() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        shop.wait(3600);
        let opened = shop.now;
        let mut report = |latitude: f64, measured: i64, waited| {
            let location = LocationReport {
                measured_at: Some(opened + jiff::SignedDuration::from_secs(measured)),
                ..LocationReport::from(GeoPoint::new(latitude, 76.2).unwrap())
            };
            let command = Command::ReportLocation { order, location, waited };
            shop.ask(&driver(), &command).unwrap();
            shop.order(order).location.unwrap().point.latitude().to_string()
        };
        assert_eq!(report(1.0, -60, false), "1");
        assert_eq!(report(2.0, -30, false), "1", "too soon");
        assert_eq!(report(2.0, -30, true), "2");
        assert_eq!(report(3.0, -45, true), "2", "it was there before");
        assert_eq!(report(4.0, 600, true), "4");
        assert_eq!(report(5.0, 0, true), "5", "a clock that is ahead hides nobody");
        let set = SetDelivery {
            estimated_delivery: Some(opened),
            location: Some(LocationReport {
                measured_at: Some(Timestamp::UNIX_EPOCH),
                ..LocationReport::from(GeoPoint::new(6.0, 76.2).unwrap())
            }),
            ..delivery(order)
        };
        assert_eq!(shop.must(&staff(), Command::SetDelivery(set)).changes.len(), 1);
    }

    #[test]
    fn a_location_from_staff_is_sampled_unless_it_comes_with_other_changes() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        let location = GeoPoint::new(9.9, 76.2).ok().map(LocationReport::from);
        let here = SetDelivery { location, ..delivery(order) };
        assert!(shop.ask(&staff(), &Command::SetDelivery(here.clone())).unwrap().is_some());
        assert!(shop.ask(&staff(), &Command::SetDelivery(here.clone())).unwrap().is_none());
        let soon = SetDelivery { estimated_delivery: Some(shop.now), ..here };
        assert_eq!(shop.must(&staff(), Command::SetDelivery(soon)).changes.len(), 2);
    }

    #[test]
    fn locations_after_the_delivery_are_not_stored() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        shop.must(&staff(), set_status(order, Status::Delivered));
        assert_eq!(shop.ask(&driver(), &at(order, 9.9)), Ok(None));
        let location = GeoPoint::new(9.9, 76.2).ok().map(LocationReport::from);
        assert_eq!(
            shop.ask(&staff(), &Command::SetDelivery(SetDelivery { location, ..delivery(order) })),
            Ok(None)
        );
        let soon = SetDelivery { location, estimated_delivery: Some(shop.now), ..delivery(order) };
        shop.must(&staff(), Command::SetDelivery(soon));
        assert_eq!(shop.order(order).location, None);
    }

    #[test]
    fn an_unchanged_delivery_is_accepted_without_an_event() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        for set in [delivery(order), SetDelivery { driver: driver().user().cloned(), ..delivery(order) }] {
            assert_eq!(shop.ask(&staff(), &Command::SetDelivery(set)), Ok(None));
        }
    }
}
