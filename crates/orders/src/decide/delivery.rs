//! Delivery: partner, location and parcels.

use super::{DecisionContext, policy, status};
use crate::command::{LOCATION_INTERVAL, SetDelivery};
use crate::event::{Change, Event, Kind};
use crate::id::OrderRef;
use crate::order::{GeoPoint, Order, Parcel, Shipment, ShipmentState};
use crate::refusal::Refusal;
use crate::status::Stage;

/// `None`: the only part is a location that is not stored.
pub(super) fn set(context: &DecisionContext<'_>, set: &SetDelivery) -> Result<Option<Event>, Refusal> {
    let order = context.order(set.order)?;
    policy::may_manage(context.actor.origin())?;
    standing(order)?;
    let mut changes = Vec::new();
    let driver = set.driver.as_ref().filter(|driver| order.driver.as_ref() != Some(driver));
    // Name and phone are personal data, which this crate does not see, so a partner always counts as a change.
    if set.partner.is_some() || driver.is_some() {
        changes.push(Change::Partner { driver: driver.or(order.driver.as_ref()).cloned() });
    }
    if let Some(at) = set.estimated_delivery.filter(|at| order.estimated_delivery != Some(*at)) {
        changes.push(Change::EstimatedDelivery { at });
    }
    if changes.is_empty() {
        return match set.location {
            Some(point) => Ok(sampled(context, order, point)),
            None => Err(Refusal::Unchanged(
                "send a driver, a partner, a location or an expected time that differs",
            )),
        };
    }
    if let Some(point) = set.location.filter(|_| !is_over(order)) {
        changes.push(Change::Located { point });
    }
    Ok(Some(context.order_event(order, Kind::DeliveryUpdated, changes)))
}

/// `None`: the location is not stored.
pub(super) fn locate(
    context: &DecisionContext<'_>,
    name: OrderRef,
    point: GeoPoint,
) -> Result<Option<Event>, Refusal> {
    let order = context.order(name)?;
    policy::may_deliver(context.actor.origin())?;
    standing(order)?;
    Ok(sampled(context, order, point))
}

/// A location does not increment the version, so that it invalidates nobody's edit. A location soon after the last one is
/// not stored, and neither is one after the delivery, because it could show where the driver lives.
/// Both are accepted without an event, because devices send locations with every request.
fn sampled(context: &DecisionContext<'_>, order: &Order, point: GeoPoint) -> Option<Event> {
    let since = order.location.map(|last| context.now.duration_since(last.at));
    let fresh = since.is_none_or(|since| since >= LOCATION_INTERVAL);
    (fresh && !is_over(order)).then(|| {
        let mut event = context.order_event(order, Kind::DeliveryLocated, vec![Change::Located { point }]);
        event.version = order.version;
        event
    })
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
    fn a_location_from_staff_is_sampled_unless_it_comes_with_other_changes() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        let location = GeoPoint::new(9.9, 76.2).ok();
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
        let location = GeoPoint::new(9.9, 76.2).ok();
        assert_eq!(
            shop.ask(&staff(), &Command::SetDelivery(SetDelivery { location, ..delivery(order) })),
            Ok(None)
        );
        let soon = SetDelivery { location, estimated_delivery: Some(shop.now), ..delivery(order) };
        shop.must(&staff(), Command::SetDelivery(soon));
        assert_eq!(shop.order(order).location, None);
    }

    #[test]
    fn an_unchanged_delivery_is_refused() {
        let (mut shop, order) = Shop::with_order(CashOnDelivery);
        for set in [delivery(order), SetDelivery { driver: driver().user().cloned(), ..delivery(order) }] {
            assert_eq!(shop.refusal(&staff(), Command::SetDelivery(set)).code(), "unchanged");
        }
    }
}
