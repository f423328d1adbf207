//! Who gives commands.

use serde::{Deserialize, Serialize};

use crate::id::{StoreId, UserId};

/// Who gives a command. Built from a verified token, never from the body of a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "origin", rename_all = "snake_case")]
pub enum Actor {
    Customer {
        user: UserId,
    },
    Staff {
        user: UserId,
        /// Staff see only this store.
        store: StoreId,
    },
    Driver {
        user: UserId,
    },
    /// A payment provider, with a verified signature.
    Gateway {
        /// For example `razorpay`.
        provider: Box<str>,
    },
    /// Ordercast itself: a timer, or the command line.
    System,
    /// Another program that changed the database.
    Outside,
}

/// The side that an [`Actor`] belongs to, without the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    Customer,
    Staff,
    Driver,
    Gateway,
    System,
    /// Another program that changed the database.
    Outside,
}

impl Origin {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Staff => "staff",
            Self::Driver => "driver",
            Self::Gateway => "gateway",
            Self::System => "system",
            Self::Outside => "outside",
        }
    }
}

/// The role of a user, from the account or the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Places orders. Also spelled `user`.
    Customer,
    /// Works for a store. Also spelled `admin`, `store_owner` or `storeOwner`.
    Staff,
    /// Delivers orders.
    Driver,
}

impl Role {
    /// The role that a token or an account names, in any letter case, with or without separators and Spring's `ROLE_`.
    /// Only whole words count: a word that contains "admin" is not an admin, and an e-mail address never grants a role.
    pub fn from_claim(claim: &str) -> Option<Self> {
        let letters = |c: &char| !matches!(c, '_' | '-' | ' ');
        let word: String =
            claim.trim().chars().filter(letters).flat_map(char::to_lowercase).take(32).collect();
        let prefixed = claim.trim().get(..5).is_some_and(|prefix| prefix.eq_ignore_ascii_case("role_"));
        Some(match if prefixed { &word[4..] } else { &*word } {
            "customer" | "user" => Self::Customer,
            "staff" | "admin" | "storeowner" => Self::Staff,
            "driver" => Self::Driver,
            _ => return None,
        })
    }

    /// The most privileged of several roles.
    pub fn strongest(roles: impl IntoIterator<Item = Self>) -> Option<Self> {
        roles.into_iter().max_by_key(|role| match role {
            Self::Customer => 0,
            Self::Driver => 1,
            Self::Staff => 2,
        })
    }

    /// The name on the wire and in our tokens.
    pub fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Staff => "staff",
            Self::Driver => "driver",
        }
    }
}

impl Actor {
    pub fn from_role(role: Role, user: UserId, store: StoreId) -> Self {
        match role {
            Role::Customer => Self::Customer { user },
            Role::Staff => Self::Staff { user, store },
            Role::Driver => Self::Driver { user },
        }
    }

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
    fn only_whole_role_words_count_in_any_spelling() {
        for staff in [
            "admin",
            "Admin",
            " ADMIN ",
            "storeOwner",
            "store_owner",
            "STORE-OWNER",
            "Store Owner",
            "ROLE_ADMIN",
        ] {
            assert_eq!(Role::from_claim(staff), Some(Role::Staff), "{staff:?}");
        }
        assert_eq!(Role::from_claim("User"), Some(Role::Customer));
        assert_eq!(Role::from_claim("DRIVER"), Some(Role::Driver));
        for other in
            ["administrator", "superadmin", "admin,user", "", "_", "ROLE_", "roleadmin", "system", "gateway"]
        {
            assert_eq!(Role::from_claim(other), None, "{other:?}");
        }
        assert_eq!(Role::strongest([Role::Driver, Role::Staff, Role::Customer]), Some(Role::Staff));
        assert_eq!(Role::strongest([]), None);
    }
}
