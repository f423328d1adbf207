//! Who may see which field. Every view of an order or an event uses this table.

use serde::{Deserialize, Serialize};

use crate::actor::{Actor, Role};

/// The reader of a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    Customer,
    Staff,
    Driver,
    /// The holder of a tracking link.
    Link,
}

/// A field or group of fields that only some audiences may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The customer's account: id, name, e-mail address.
    Customer,
    /// Which member of the staff did something.
    StaffPerson,
    /// Notes of the staff.
    InternalNote,
    /// Street, name and phone of the recipient.
    Address,
    /// The phone number of the delivery partner. Everybody may see the partner's name.
    PartnerPhone,
    /// Why an order was cancelled or corrected.
    Reason,
    /// Prices and the payment.
    Money,
    /// The payment provider's reference.
    PaymentReference,
}

impl Audience {
    /// The audience of a role, for an order that the person may see.
    pub fn of(role: Role) -> Self {
        match role {
            Role::Customer => Self::Customer,
            Role::Staff => Self::Staff,
            Role::Driver => Self::Driver,
        }
    }

    /// The audience of the answer to an actor's own command.
    pub fn of_actor(actor: &Actor) -> Self {
        match actor {
            Actor::Customer { .. } => Self::Customer,
            Actor::Driver { .. } => Self::Driver,
            Actor::Staff { .. } | Actor::Gateway { .. } | Actor::System | Actor::Outside => Self::Staff,
        }
    }

    pub fn sees(self, field: Field) -> bool {
        match self {
            Self::Staff => true,
            Self::Customer => {
                matches!(
                    field,
                    Field::Customer | Field::Address | Field::PartnerPhone | Field::Reason | Field::Money
                )
            }
            // The driver needs the address, and the amount of cash to collect.
            Self::Driver => {
                matches!(field, Field::Address | Field::PartnerPhone | Field::Reason | Field::Money)
            }
            Self::Link => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_staff_see_notes_and_names_of_staff() {
        for audience in [Audience::Customer, Audience::Driver, Audience::Link] {
            for field in [Field::InternalNote, Field::StaffPerson, Field::PaymentReference] {
                assert!(!audience.sees(field), "{audience:?} {field:?}");
            }
        }
        assert!(Audience::Staff.sees(Field::InternalNote));
        assert!(!Audience::Link.sees(Field::Address));
    }
}
