//! `order-status-updated`: what a client that joined an order receives in every dialect.

use jiff::Timestamp;
use orders::order::Version;
use orders::text::Line;
use orders::view::OrderView;
use orders::{Change, Event, EventId, OrderId, OrderNumber, Reference, Status, Subject};
use serde::Serialize;

use super::{Joined, Message, Messages, RenderInput};
#[cfg(feature = "openapi")]
use crate::payload::order_name::OrderName;

const NAME: &str = "order-status-updated";

/// An order that was joined. Without `eventId` and `previousStatus` it is the present state, for a client that missed changes.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderStatusUpdated<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = EventId, required = false))]
    event_id: Option<EventId>,
    #[cfg_attr(feature = "openapi", schema(value_type = OrderName, inline))]
    order_id: OrderId,
    order_number: OrderNumber,
    /// The order's id in the shop that it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a Reference>,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Status, required = false))]
    previous_status: Option<Status>,
    version: Version,
    /// In every event once the order has one: clients show the number of the last event.
    #[serde(skip_serializing_if = "Option::is_none")]
    tracking_number: Option<&'a Line<100>>,
    /// In every event once the order has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "orders::time::serialize")]
    estimated_delivery: Option<Timestamp>,
    #[serde(serialize_with = "orders::time::serialize")]
    updated_at: Timestamp,
}

/// Renders an event for a client that joined its order. Other changes than those of the status, the tracking number and the
/// expected time have other names in each dialect.
pub(super) fn event(input: &RenderInput<'_>, messages: &mut Messages) {
    let (true, true, Some(order)) = (input.is_joined(), input.is_tracking_update(), input.order()) else {
        return;
    };
    let facts = &input.view.facts;
    let updated = OrderStatusUpdated {
        event_id: Some(input.view.id),
        order_id: order.order_id,
        order_number: order.order_number,
        reference: order.reference.as_ref(),
        status: order.status,
        previous_status: Some(order.previous_status),
        version: input.view.version,
        tracking_number: facts.tracking_number.as_ref().or(input.context.tracking_number.as_ref()),
        estimated_delivery: facts.estimated_delivery.or(input.context.estimated_delivery),
        updated_at: input.view.at,
    };
    messages.append(Message::of_joined(NAME, &updated, input.joined));
}

/// Whether a client that joined the order is sent the event: see [`RenderInput::is_tracking_update`].
pub(crate) fn is_tracking_update(event: &Event) -> bool {
    let Subject::Order { from, to, .. } = event.subject else { return false };
    let tracking =
        |change: &Change| matches!(change, Change::TrackingNumber { .. } | Change::EstimatedDelivery { .. });
    from != to || event.changes.iter().any(tracking)
}

/// The present state of an order.
pub(crate) fn state(order: &OrderView, joined: Joined<'_>) -> Message {
    let updated = OrderStatusUpdated {
        event_id: None,
        order_id: order.id,
        order_number: order.number,
        status: order.status,
        previous_status: None,
        version: order.version,
        reference: order.reference.as_ref(),
        tracking_number: order.tracking_number.as_ref(),
        estimated_delivery: order.estimated_delivery,
        updated_at: order.updated_at,
    };
    Message::of_joined(NAME, &updated, joined)
}
