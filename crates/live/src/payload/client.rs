//! What clients send over Socket.IO, and how it is answered.

use jiff::Timestamp;
use orders::order::Version;
use orders::text::Line;
use orders::view::OrderView;
use orders::{OrderNumber, Status};
use serde::Serialize;
use serde_json::Value;

pub use super::denial::Denial;
use super::order_name::OrderName;

/// An acknowledgement.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(crate) enum Acknowledgement {
    Order(OrderAcknowledged),
    Update(StatusUpdated),
    Done(Done),
    Denied(Denied),
}

/// The present state of the order.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderAcknowledged {
    #[cfg_attr(feature = "openapi", schema(schema_with = always_true))]
    ok: bool,
    // Without a description of its own: utoipa adds `type: object` to an inlined schema that has one.
    #[cfg_attr(feature = "openapi", schema(inline))]
    order_id: OrderName,
    order_number: OrderNumber,
    pub(crate) status: Status,
    version: Version,
    #[serde(skip_serializing_if = "Option::is_none")]
    tracking_number: Option<Line<100>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "orders::time::serialize")]
    estimated_delivery: Option<Timestamp>,
    #[serde(serialize_with = "orders::time::serialize")]
    updated_at: Timestamp,
}

impl OrderAcknowledged {
    pub(crate) fn new(order: &OrderView, name: OrderName) -> Self {
        Self {
            ok: true,
            order_id: name,
            order_number: order.number,
            status: order.status,
            version: order.version,
            tracking_number: order.tracking_number.clone(),
            estimated_delivery: order.estimated_delivery,
            updated_at: order.updated_at,
        }
    }
}

/// The order was changed.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct StatusUpdated {
    #[serde(flatten)]
    pub(crate) order: OrderAcknowledged,
    /// How many of the customer's connections received it.
    pub(crate) live: usize,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct Done {
    #[cfg_attr(feature = "openapi", schema(schema_with = always_true))]
    pub(crate) ok: bool,
}

/// It was refused.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct Denied {
    #[cfg_attr(feature = "openapi", schema(schema_with = always_false))]
    pub(crate) ok: bool,
    pub(crate) error: Denial,
}

/// What was refused, and why.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = AskedInVain))]
pub(crate) struct ErrorPayload<'a> {
    /// The name of the event that was refused.
    pub(crate) event: &'a str,
    pub(crate) code: &'static str,
    /// For people.
    pub(crate) message: &'a str,
    #[cfg_attr(feature = "openapi", schema(required, value_type = Value))]
    pub(crate) argument: Option<&'a Value>,
}

#[cfg(feature = "openapi")]
pub use described::messages;

#[cfg(feature = "openapi")]
use described::{always_false, always_true};

/// Schemas of what is only received or differs from what serde derives.
#[cfg(feature = "openapi")]
mod described {
    use orders::Status;
    use serde::Serialize;
    use serde_json::json;
    use utoipa::ToSchema;
    use utoipa::openapi::schema::Type;
    use utoipa::openapi::{Object, ObjectBuilder};

    use super::{Denied, Done, OrderAcknowledged, OrderName, StatusUpdated};
    use crate::payload::MessageDoc;
    use crate::payload::doc_roles::{EVERYBODY, STAFF};

    pub(super) fn always_true() -> Object {
        ObjectBuilder::new().schema_type(Type::Boolean).enum_values(Some([json!(true)])).build()
    }

    pub(super) fn always_false() -> Object {
        ObjectBuilder::new().schema_type(Type::Boolean).enum_values(Some([json!(false)])).build()
    }

    #[derive(Serialize, ToSchema)]
    #[serde(rename_all = "camelCase")]
    struct OrderArgument {
        #[schema(inline)]
        order_id: OrderName,
    }

    /// An order's id or number.
    #[derive(Serialize, ToSchema)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "describes what is received")]
    enum NamedOrder {
        Text(String),
        Number(u64),
        Object(#[schema(inline)] OrderArgument),
    }

    /// An order, and its new status.
    #[derive(Serialize, ToSchema)]
    #[serde(rename_all = "camelCase")]
    struct StatusUpdate {
        #[schema(inline)]
        order_id: OrderName,
        status: Status,
    }

    #[derive(Serialize, ToSchema)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "describes structs that are serialized apart")]
    enum JoinAcknowledged {
        Order(OrderAcknowledged),
        Denied(Denied),
    }

    #[derive(Serialize, ToSchema)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "describes structs that are serialized apart")]
    enum UpdateAcknowledged {
        Update(StatusUpdated),
        Denied(Denied),
    }

    #[derive(Serialize, ToSchema)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "describes structs that are serialized apart")]
    enum LeaveAcknowledged {
        Done(Done),
        Denied(Denied),
    }

    /// What clients may send in every dialect, each with its acknowledgement.
    pub fn messages() -> Vec<(MessageDoc, MessageDoc)> {
        let acknowledgement = "The acknowledgement, if one was asked for";
        vec![
            (
                MessageDoc::new::<NamedOrder>(
                    "join-order-tracking",
                    EVERYBODY,
                    "Join an order: the acknowledgement has its state, and every change follows",
                ),
                MessageDoc::new::<JoinAcknowledged>("join-order-tracking.ack", &[], acknowledgement),
            ),
            (
                MessageDoc::new::<NamedOrder>("leave-order-tracking", EVERYBODY, "Leave an order"),
                MessageDoc::new::<LeaveAcknowledged>("leave-order-tracking.ack", &[], acknowledgement),
            ),
            (
                MessageDoc::new::<StatusUpdate>(
                    "admin-status-update",
                    STAFF,
                    "Set an order's status. Everybody concerned receives the change",
                ),
                MessageDoc::new::<UpdateAcknowledged>("admin-status-update.ack", &[], acknowledgement),
            ),
        ]
    }
}
