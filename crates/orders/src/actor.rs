//! Who acts.

use serde::{Deserialize, Serialize};

use crate::id::{StoreId, UserId};

/// Who gives a command, as far as the rules care. Made from a verified token, never from a request's body.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "origin", rename_all = "snake_case")]
pub enum Actor {
    /// A customer, who owns the orders they placed.
    Customer {
        /// Who.
        user: UserId,
    },
    /// Somebody who works for a store.
    Staff {
        /// Who.
        user: UserId,
        /// For which store; they see no other.
        store: StoreId,
    },
    /// Somebody who brings parcels.
    Driver {
        /// Who.
        user: UserId,
    },
    /// A payment provider, speaking through a verified signature.
    Gateway {
        /// Which, such as `razorpay`.
        provider: Box<str>,
    },
    /// Ordercast itself: timers, the command line.
    System,
    /// A change made behind our back, in the database.
    Outside,
}

/// Where an event came from. The wire name of [`Actor`] without the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The customer.
    Customer,
    /// The store.
    Staff,
    /// The driver.
    Driver,
    /// A payment provider.
    Gateway,
    /// Ordercast itself.
    System,
    /// A program that wrote to the database.
    Outside,
}

/// What a user's account or token says they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Buys. Also spelled `user`.
    Customer,
    /// Works for a store. Also spelled `admin` or `store_owner`.
    Staff,
    /// Brings parcels.
    Driver,
}

impl Role {
    /// The role a token's `role` claim means. Only these exact words: nothing is inferred from an e-mail address
    /// or from a word that contains "admin" (row X1).
    pub fn from_claim(claim: &str) -> Option<Self> {
        Some(match claim {
            "customer" | "user" => Self::Customer,
            "staff" | "admin" | "store_owner" => Self::Staff,
            "driver" => Self::Driver,
            _ => return None,
        })
    }

    /// The word used on our wire and in our tokens.
    pub fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Staff => "staff",
            Self::Driver => "driver",
        }
    }
}

impl Actor {
    /// Somebody with an account, acting in their role.
    pub fn from_role(role: Role, user: UserId, store: StoreId) -> Self {
        match role {
            Role::Customer => Self::Customer { user },
            Role::Staff => Self::Staff { user, store },
            Role::Driver => Self::Driver { user },
        }
    }

    /// Where this actor's events come from.
    pub fn origin(&self) -> Origin {
        match self {
            Self::Customer { .. } => Origin::Customer,
            Self::Staff { .. } => Origin::Staff,
            Self::Driver { .. } => Origin::Driver,
            Self::Gateway { .. } => Origin::Gateway,
            Self::System => Origin::System,
            Self::Outside => Origin::Outside,
        }
    }

    /// The person, where there is one.
    pub fn user(&self) -> Option<&UserId> {
        match self {
            Self::Customer { user } | Self::Staff { user, .. } | Self::Driver { user } => Some(user),
            Self::Gateway { .. } | Self::System | Self::Outside => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x1_only_exact_role_words_count() {
        assert_eq!(Role::from_claim("admin"), Some(Role::Staff));
        assert_eq!(Role::from_claim("user"), Some(Role::Customer));
        for other in ["Admin", "administrator", "superadmin", "admin ", "", "system", "gateway"] {
            assert_eq!(Role::from_claim(other), None, "{other:?}");
        }
    }
}
