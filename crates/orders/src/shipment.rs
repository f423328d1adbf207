//! The parcels of an order.

use serde::{Deserialize, Serialize};

/// One parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shipment {
    /// 1, 2, 3 … within the order.
    pub parcel: Parcel,
    pub state: ShipmentState,
    /// For a returned parcel: whether it had arrived before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub arrived: bool,
}

impl Shipment {
    pub fn new(parcel: Parcel, state: ShipmentState) -> Self {
        Self { parcel, state, arrived: false }
    }

    /// Whether the parcel reached the customer, even if it was returned later.
    pub fn has_arrived(&self) -> bool {
        self.arrived || self.state.has_arrived()
    }

    /// Changes the state, and remembers whether a returned parcel had arrived.
    pub fn go(&mut self, state: ShipmentState) {
        self.arrived = state == ShipmentState::Returned && self.has_arrived();
        self.state = state;
    }

    /// Undoes an arrival: a delivered parcel is shipped again, and a returned parcel never arrived.
    pub fn unarrive(&mut self) {
        self.arrived = false;
        if self.state == ShipmentState::Delivered {
            self.state = ShipmentState::Shipped;
        }
    }
}

/// The number of a parcel within its order, from 1.
pub type Parcel = u16;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShipmentState {
    Packed,
    Shipped,
    OutForDelivery,
    /// The recipient was not there.
    Attempted,
    Delivered,
    /// Back in the store: from the customer, or without having reached them.
    Returned,
}

impl ShipmentState {
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

    /// Whether the parcel left the store, even if it was returned.
    pub fn has_left(self) -> bool {
        self != Self::Packed
    }

    /// Whether the customer has the parcel. [`Shipment::has_arrived`] also counts parcels that were returned.
    pub fn has_arrived(self) -> bool {
        self == Self::Delivered
    }
}
