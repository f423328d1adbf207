//! Who may see which field. Every view of an order or an event goes through here.

use serde::{Deserialize, Serialize};

use crate::actor::{Actor, Role};

/// For whom something is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The order's customer.
    Customer,
    /// The store's staff.
    Staff,
    /// The order's driver.
    Driver,
    /// Whoever holds a tracking link.
    Link,
}

/// A field, or a group of them, that not everybody may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The customer's account: id, name, e-mail.
    Customer,
    /// Which person of the store did something. Others read "the store".
    StaffPerson,
    /// Notes the staff write for themselves.
    InternalNote,
    /// Street, name and phone of the recipient.
    Address,
    /// The phone of who brings it; their name is for everybody who waits for them.
    PartnerPhone,
    /// Why an order was cancelled or corrected, in somebody's own words.
    Reason,
    /// Prices and the payment.
    Money,
    /// The payment provider's reference.
    PaymentReference,
}

impl Audience {
    /// The audience somebody is in when they look at an order they may see.
    pub fn of(role: Role) -> Self {
        match role {
            Role::Customer => Self::Customer,
            Role::Staff => Self::Staff,
            Role::Driver => Self::Driver,
        }
    }

    /// The audience of an actor's own answer.
    pub fn of_actor(actor: &Actor) -> Self {
        match actor {
            Actor::Customer { .. } => Self::Customer,
            Actor::Driver { .. } => Self::Driver,
            Actor::Staff { .. } | Actor::Gateway { .. } | Actor::System | Actor::Outside => Self::Staff,
        }
    }

    /// Whether this audience may see that field.
    pub fn sees(self, field: Field) -> bool {
        match self {
            Self::Staff => true,
            Self::Customer => {
                matches!(
                    field,
                    Field::Customer | Field::Address | Field::PartnerPhone | Field::Reason | Field::Money
                )
            }
            // Who brings it needs the address, and the amount of cash to take.
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
