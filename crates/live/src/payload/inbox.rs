//! Notifications, and what is known of their readers.

use eventlog::{Cursor, Epoch, EventWithContext, ReadState};
use jiff::Timestamp;
use orders::notification::{Category, Notification, Severity};
use orders::view::{EventOrder, EventView, Person};
use orders::{Audience, EventId, OrderId, OrderNumber, Origin, Status};
use serde::Serialize;

/// An entry of the receiver's inbox, as `GET /api/v1/notifications` has it. `id` is the id of the event, too.
#[derive(Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Notification))]
#[serde(rename_all = "camelCase")]
pub(crate) struct LiveNotification {
    pub(crate) id: EventId,
    pub(crate) category: Category,
    severity: Severity,
    #[cfg_attr(feature = "openapi", schema(example = "Order shipped"))]
    pub(crate) title: &'static str,
    #[cfg_attr(feature = "openapi", schema(example = "Order #10231 has shipped. Tracking number: TRACK-1"))]
    pub(crate) message: String,
    order_id: OrderId,
    order_number: OrderNumber,
    status: Status,
    #[serde(serialize_with = "orders::time::serialize")]
    at: Timestamp,
    /// Whether you did it yourself.
    own: bool,
    /// What you did yourself counts as read.
    pub(crate) read: bool,
}

impl LiveNotification {
    /// `None` if the event is not an inbox entry for the audience.
    pub(crate) fn new(
        event: &EventWithContext,
        view: &EventView,
        order: &EventOrder,
        audience: Audience,
    ) -> Option<Self> {
        let partner = event.context.partner.as_ref();
        let event = &event.stored.event;
        let Notification { category, severity, title, message } =
            Notification::new(event, audience, partner)?;
        let own = audience == Audience::Customer && event.actor.origin() == Origin::Customer;
        Some(Self {
            id: view.id,
            category,
            severity,
            title,
            message,
            order_id: order.order_id,
            order_number: order.order_number,
            status: order.status,
            at: view.at,
            own,
            read: own,
        })
    }
}

/// What you have read, in this tab or another. The last one is complete.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReadView))]
pub(crate) struct NotificationsRead<'a> {
    /// Everything up to here is read.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    through: Cursor,
    /// And these later ones.
    ids: Vec<&'a EventId>,
    /// 999 means 999 or more.
    #[cfg_attr(feature = "openapi", schema(maximum = 999))]
    unread: usize,
}

impl<'a> NotificationsRead<'a> {
    pub(crate) fn new(state: &'a ReadState, epoch: Epoch) -> Self {
        let through = Cursor { epoch, seq: state.through };
        Self { through, ids: state.above.values().collect(), unread: state.unread }
    }
}

/// The staff who have an order open now.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Presence))]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderViewersPayload<'a> {
    pub(crate) order_number: OrderNumber,
    pub(crate) people: &'a [Person],
}
