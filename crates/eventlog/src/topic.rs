//! Whose events, orders or inbox entries: a customer's, a store's or a driver's.
//!
//! Everything that depends on these three cases is derived here: the role of the reader, the [`Audience`] that decides
//! which fields they see, and which events concern them. The caller has checked that the reader may see the topic.

use orders::{Audience, Role, StoreId, Subject, UserId};

use crate::recipients::{Recipient, recipients};

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
        recipients(subject).map(Self::of_recipient).collect()
    }

    /// Whether an event belongs to this topic.
    pub fn contains(&self, subject: &Subject) -> bool {
        recipients(subject).any(|recipient| recipient == self.as_recipient())
    }

    fn of_recipient(recipient: Recipient<'_>) -> Self {
        match recipient {
            Recipient::Customer(user) => Self::Customer(user.clone()),
            Recipient::Store(store) => Self::Store(store.clone()),
            Recipient::Driver(user) => Self::Driver(user.clone()),
        }
    }

    fn as_recipient(&self) -> Recipient<'_> {
        match self {
            Self::Customer(user) => Recipient::Customer(user),
            Self::Store(store) => Recipient::Store(store),
            Self::Driver(user) => Recipient::Driver(user),
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
