//! What one can listen to.

use eventlog::{Scope, StoredEvent};
use orders::{Audience, StoreId, Subject, UserId};

/// One listener's subject: the orders of a customer, a store or a driver.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A customer's own orders.
    User(UserId),
    /// A store's orders and products, for its staff.
    Store(StoreId),
    /// The orders a driver brings.
    Driver(UserId),
}

impl Topic {
    /// As whom its events are shown.
    pub fn audience(&self) -> Audience {
        match self {
            Self::User(_) => Audience::Customer,
            Self::Store(_) => Audience::Staff,
            Self::Driver(_) => Audience::Driver,
        }
    }

    /// The same, as a question to the log.
    pub fn scope(&self) -> Scope {
        match self {
            Self::User(user) => Scope::Customer(user.clone()),
            Self::Store(store) => Scope::Store(store.clone()),
            Self::Driver(user) => Scope::Driver(user.clone()),
        }
    }

    /// Whom an event concerns.
    pub fn of(stored: &StoredEvent) -> Vec<Self> {
        match &stored.event.subject {
            Subject::Order { store, customer, driver, .. } => {
                let mut topics = vec![Self::Store(store.clone()), Self::User(customer.clone())];
                topics.extend(driver.clone().map(Self::Driver));
                topics
            }
            Subject::Product { store, .. } => vec![Self::Store(store.clone())],
        }
    }
}
