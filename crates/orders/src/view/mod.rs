//! [Orders](OrderView) and [events](EventView) as one audience may see them, in the JSON of the wire.

mod event;
mod order;
mod tracking;

use serde::Serialize;

use crate::audience::{Audience, Field};
use crate::contact::Partner;
use crate::id::UserId;

pub use event::{ActorView, EventContext, EventFacts, EventOrder, EventView};
pub use order::{
    CancellationView, DeliveryView, ItemView, LocationView, OrderView, PaymentView, ShipmentView,
};
pub use tracking::TrackingStep;

/// A user, as shown to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// Their id, in the shop that they come from.
    #[serde(serialize_with = "UserId::serialize_subject")]
    pub id: UserId,
    /// Absent if unknown or erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

fn partner_for(partner: &Partner, audience: Audience) -> Partner {
    Partner {
        name: partner.name.clone(),
        phone: partner.phone.clone().filter(|_| audience.sees(Field::PartnerPhone)),
    }
}
