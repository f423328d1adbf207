//! Whom an event concerns, and how: the one rule behind live topics, the recipient index and inboxes.

use orders::{Actor, Audience, Event, Notification, Role, StoreId, Subject, UserId};

/// A person or a store that receives an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Recipient<'a> {
    Customer(&'a UserId),
    /// All staff of a store.
    Store(&'a StoreId),
    Driver(&'a UserId),
}

/// What an event means to one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relevance {
    /// An inbox entry about another person's action. It is unread at first.
    News,
    /// An inbox entry about the recipient's own action. It counts as read. For a store: an action of one of its staff,
    /// which is news to the rest of the staff.
    OwnAction,
    /// No inbox entry: only live subscribers receive the event.
    LiveOnly,
}

/// Everybody who receives an event about a subject: the store, and for an order its customer and its driver.
pub fn recipients(subject: &Subject) -> impl Iterator<Item = Recipient<'_>> {
    let (store, people) = match subject {
        Subject::Order { store, customer, driver, .. } => (store, Some((customer, driver.as_ref()))),
        Subject::Product { store, .. } => (store, None),
    };
    let people = people.into_iter().flat_map(|(customer, driver)| {
        std::iter::once(Recipient::Customer(customer)).chain(driver.map(Recipient::Driver))
    });
    std::iter::once(Recipient::Store(store)).chain(people)
}

impl Recipient<'_> {
    pub fn role(self) -> Role {
        match self {
            Self::Customer(_) => Role::Customer,
            Self::Store(_) => Role::Staff,
            Self::Driver(_) => Role::Driver,
        }
    }

    /// What an event means to this recipient, who must be one of its [`recipients`].
    pub fn relevance(self, event: &Event) -> Relevance {
        let own = match self {
            Self::Customer(user) | Self::Driver(user) => event.actor.user() == Some(user),
            Self::Store(_) => matches!(event.actor, Actor::Staff { .. }),
        };
        match (Notification::concerns(event, Audience::of(self.role())), own) {
            (false, _) => Relevance::LiveOnly,
            (true, true) => Relevance::OwnAction,
            (true, false) => Relevance::News,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use orders::{Change, Kind, OrderId, OrderNumber, ProductId, Status, Version};
    use uuid::Uuid;

    use super::*;

    fn user(name: &str) -> UserId {
        UserId::new(name).unwrap()
    }

    fn staff() -> Actor {
        Actor::Staff { user: user("sam"), store: StoreId::main() }
    }

    fn customer(name: &str) -> Actor {
        Actor::Customer { user: user(name) }
    }

    fn event(
        actor: Actor,
        driver: Option<&str>,
        (from, to): (Status, Status),
        changes: Vec<Change>,
    ) -> Event {
        let subject = Subject::Order {
            id: OrderId::new(Uuid::nil()),
            number: OrderNumber::FIRST,
            store: StoreId::main(),
            customer: user("asha"),
            driver: driver.map(user),
            from,
            to,
        };
        let kind = if from == to { Kind::OrderUpdated } else { Kind::OrderStatusChanged };
        Event { subject, kind, version: Version(2), actor, at: Timestamp::UNIX_EPOCH, changes }
    }

    fn shipped(actor: Actor, driver: Option<&str>) -> Event {
        event(actor, driver, (Status::Processing, Status::Shipped), Vec::new())
    }

    fn relevance(event: &Event) -> Vec<(Recipient<'_>, Relevance)> {
        recipients(&event.subject).map(|recipient| (recipient, recipient.relevance(event))).collect()
    }

    #[test]
    fn an_order_event_reaches_its_store_its_customer_and_its_driver() {
        let (asha, dara, store) = (user("asha"), user("dara"), StoreId::main());
        assert_eq!(
            relevance(&shipped(staff(), Some("dara"))),
            [
                (Recipient::Store(&store), Relevance::LiveOnly),
                (Recipient::Customer(&asha), Relevance::News),
                (Recipient::Driver(&dara), Relevance::News),
            ]
        );
        assert_eq!(recipients(&shipped(staff(), None).subject).count(), 2);
    }

    #[test]
    fn a_product_event_reaches_only_the_staff_of_its_store_live() {
        let subject = Subject::Product { id: ProductId::new(Uuid::nil()), store: StoreId::main() };
        let event = Event { subject, kind: Kind::ProductUpdated, ..shipped(staff(), None) };
        assert_eq!(relevance(&event), [(Recipient::Store(&StoreId::main()), Relevance::LiveOnly)]);
    }

    #[test]
    fn a_persons_own_action_is_no_news_to_them() {
        let reason = || Change::Cancelled { reason: None };
        let cancelled = |actor| event(actor, None, (Status::Pending, Status::Cancelled), vec![reason()]);
        let of =
            |event: &Event| relevance(event).into_iter().map(|(_, relevance)| relevance).collect::<Vec<_>>();
        assert_eq!(of(&cancelled(customer("asha"))), [Relevance::News, Relevance::OwnAction]);
        assert_eq!(of(&cancelled(staff())), [Relevance::LiveOnly, Relevance::News]);
        let delivered = shipped(Actor::Driver { user: user("dara") }, Some("dara"));
        assert_eq!(of(&delivered), [Relevance::LiveOnly, Relevance::News, Relevance::OwnAction]);
    }

    #[test]
    fn what_staff_report_is_news_to_their_colleagues() {
        let parcel = Change::Parcel { parcel: 1, state: orders::order::ShipmentState::Attempted };
        let attempted = event(staff(), None, (Status::Shipped, Status::Shipped), vec![parcel]);
        assert_eq!(Recipient::Store(&StoreId::main()).relevance(&attempted), Relevance::OwnAction);
    }

    #[test]
    fn an_internal_note_is_live_only() {
        let note = Change::Note { text: "call first".parse().unwrap() };
        let noted = event(staff(), Some("dara"), (Status::Shipped, Status::Shipped), vec![note]);
        assert!(relevance(&noted).iter().all(|(_, relevance)| *relevance == Relevance::LiveOnly));
    }
}
