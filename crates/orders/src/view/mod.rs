//! What somebody is shown: an [order](OrderView) or an [event](EventView) as one audience may see it, in the wire's
//! shape (camelCase JSON).

mod event;
mod order;

use serde::Serialize;

use crate::audience::{Audience, Field};
use crate::contact::Partner;
use crate::id::UserId;

pub use event::{ActorView, EventContext, EventFacts, EventOrder, EventView};
pub use order::{
    CancellationView, DeliveryView, ItemView, LocationView, OrderView, PaymentView, ShipmentView,
};

/// Somebody with an account, as they are shown to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// Their id.
    pub id: UserId,
    /// Their name, where one is known and not erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their e-mail address, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

fn partner_for(partner: &Partner, audience: Audience) -> Partner {
    Partner {
        name: partner.name.clone(),
        phone: partner.phone.clone().filter(|_| audience.sees(Field::PartnerPhone)),
    }
}
