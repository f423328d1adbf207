//! The parcels of an order.

use serde::{Deserialize, Serialize};

/// One parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shipment {
    /// 1, 2, 3 … within the order.
    pub parcel: Parcel,
    /// How far it got.
    pub state: ShipmentState,
    /// Of a returned one: whether it had arrived before it came back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub arrived: bool,
}

impl Shipment {
    /// A parcel that is there now.
    pub fn new(parcel: Parcel, state: ShipmentState) -> Self {
        Self { parcel, state, arrived: false }
    }

    /// Whether it reached the customer, even if it came back later.
    pub fn has_arrived(&self) -> bool {
        self.arrived || self.state.has_arrived()
    }

    /// Moves it, and remembers whether what comes back had arrived.
    pub fn go(&mut self, state: ShipmentState) {
        self.arrived = state == ShipmentState::Returned && self.has_arrived();
        self.state = state;
    }

    /// Takes an arrival back: a delivered parcel is on the road again, a returned one came back without arriving.
    pub fn unarrive(&mut self) {
        self.arrived = false;
        if self.state == ShipmentState::Delivered {
            self.state = ShipmentState::Shipped;
        }
    }
}

/// Counts the parcels of one order from 1.
pub type Parcel = u16;

/// How far a parcel got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShipmentState {
    /// Ready to leave.
    Packed,
    /// Left the store.
    Shipped,
    /// On the last vehicle.
    OutForDelivery,
    /// Nobody was home.
    Attempted,
    /// Arrived.
    Delivered,
    /// Came back to the store, from the customer or without having reached them.
    Returned,
}

impl ShipmentState {
    /// The wire name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Packed => "packed",
            Self::Shipped => "shipped",
            Self::OutForDelivery => "out_for_delivery",
            Self::Attempted => "attempted",
            Self::Delivered => "delivered",
            Self::Returned => "returned",
        }
    }

    /// Whether it left the store, even if it came back.
    pub fn has_left(self) -> bool {
        self != Self::Packed
    }

    /// Whether it is with the customer. [`Shipment::has_arrived`] also knows of what came back from there.
    pub fn has_arrived(self) -> bool {
        self == Self::Delivered
    }
}
