//! Whose events, orders or inbox entries: a customer's, a store's or a driver's.
//!
//! Everything that depends on these three cases is derived here: the role of the reader, the [`Audience`] that decides
//! which fields they see, and which events concern them. The caller has checked that the reader may see the topic.

use orders::{Audience, Role, StoreId, Subject, UserId};

/// What a reader can list, subscribe to and resume.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Topic {
    /// The orders that a customer placed.
    Customer(UserId),
    /// The orders and products of a store.
    Store(StoreId),
    /// The orders that a driver delivers.
    Driver(UserId),
}

impl Topic {
    /// The topic of a user. `store` is used for staff only.
    pub fn of_user(role: Role, user: &UserId, store: &StoreId) -> Self {
        match role {
            Role::Customer => Self::Customer(user.clone()),
            Role::Staff => Self::Store(store.clone()),
            Role::Driver => Self::Driver(user.clone()),
        }
    }

    /// Every topic that an event belongs to.
    pub fn of_subject(subject: &Subject) -> Vec<Self> {
        match subject {
            Subject::Order { store, customer, driver, .. } => {
                let mut topics = vec![Self::Store(store.clone()), Self::Customer(customer.clone())];
                topics.extend(driver.clone().map(Self::Driver));
                topics
            }
            Subject::Product { store, .. } => vec![Self::Store(store.clone())],
        }
    }

    /// Whether an event belongs to this topic.
    pub fn contains(&self, subject: &Subject) -> bool {
        match (self, subject) {
            (Self::Store(own), subject) => subject.store() == own,
            (Self::Customer(own), Subject::Order { customer, .. }) => customer == own,
            (Self::Driver(own), Subject::Order { driver, .. }) => driver.as_ref() == Some(own),
            (Self::Customer(_) | Self::Driver(_), Subject::Product { .. }) => false,
        }
    }

    /// The role of its readers.
    pub fn role(&self) -> Role {
        match self {
            Self::Customer(_) => Role::Customer,
            Self::Store(_) => Role::Staff,
            Self::Driver(_) => Role::Driver,
        }
    }

    /// Which fields its readers see.
    pub fn audience(&self) -> Audience {
        Audience::of(self.role())
    }
}

/// The inbox of one person in one role. The entries of a store are shared by its staff; what is read is stored for each
/// of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Inbox {
    reader: UserId,
    topic: Topic,
}

impl Inbox {
    /// The inbox of a user. `store` is used for staff only.
    pub fn of_user(role: Role, reader: UserId, store: &StoreId) -> Self {
        let topic = Topic::of_user(role, &reader, store);
        Self { reader, topic }
    }

    /// A customer's inbox.
    pub fn customer(reader: UserId) -> Self {
        Self { topic: Topic::Customer(reader.clone()), reader }
    }

    /// A driver's inbox.
    pub fn driver(reader: UserId) -> Self {
        Self { topic: Topic::Driver(reader.clone()), reader }
    }

    /// A store's inbox, as one of its staff reads it.
    pub fn staff(reader: UserId, store: StoreId) -> Self {
        Self { topic: Topic::Store(store), reader }
    }

    /// The person who reads it.
    pub fn reader(&self) -> &UserId {
        &self.reader
    }

    /// Whose events its entries are made from.
    pub fn topic(&self) -> &Topic {
        &self.topic
    }

    /// Which fields its reader sees.
    pub fn audience(&self) -> Audience {
        self.topic.audience()
    }
}
