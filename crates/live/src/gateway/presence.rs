//! Which staff have an order open, while they are connected.

use std::collections::HashMap;
use std::sync::Mutex;

use eventlog::EphemeralEvent;
use orders::view::Person;
use orders::{OrderNumber, UserId};

use super::client::ConnectedClient;
use super::{Authorizer, Gateway, Identity};
use crate::sync::lock;

/// The viewers of each order. In memory, because connections are.
#[derive(Default)]
pub struct Presence(Mutex<HashMap<OrderNumber, Vec<Viewer>>>);

struct Viewer {
    person: Person,
    /// How many of their connections have the order open.
    connections: usize,
}

impl Presence {
    /// The viewers of an order, in the order in which they opened it.
    fn of(&self, order: OrderNumber) -> Vec<Person> {
        lock(&self.0).get(&order).map(|viewers| people(viewers)).unwrap_or_default()
    }

    /// A connection opened an order. Returns the viewers if that changed them.
    fn open(&self, order: OrderNumber, person: Person) -> Option<Vec<Person>> {
        let mut orders = lock(&self.0);
        let viewers = orders.entry(order).or_default();
        if let Some(viewer) = viewers.iter_mut().find(|viewer| viewer.person.id == person.id) {
            viewer.connections += 1;
            return None;
        }
        viewers.push(Viewer { person, connections: 1 });
        Some(people(viewers))
    }

    /// A connection closed an order. Returns the viewers if that changed them.
    fn close(&self, order: OrderNumber, user: &UserId) -> Option<Vec<Person>> {
        let mut orders = lock(&self.0);
        let viewers = orders.get_mut(&order)?;
        let index = viewers.iter().position(|viewer| viewer.person.id == *user)?;
        viewers[index].connections -= 1;
        if viewers[index].connections > 0 {
            return None;
        }
        viewers.remove(index);
        let left = people(viewers);
        if left.is_empty() {
            orders.remove(&order);
        }
        Some(left)
    }
}

fn people(viewers: &[Viewer]) -> Vec<Person> {
    viewers.iter().map(|viewer| viewer.person.clone()).collect()
}

impl<A: Authorizer> Gateway<A> {
    /// A client of the staff opened an order. All staff of the store receive the new viewers; where the person had it open
    /// already, only they do.
    pub(super) fn order_opened(&self, client: &ConnectedClient<A>, order: OrderNumber) {
        let changed = self.presence.open(order, client.identity.person());
        let only = changed.is_none().then(|| client.identity.user().clone());
        let viewers = changed.unwrap_or_else(|| self.presence.of(order));
        self.send_viewers(client, order, viewers, only);
    }

    pub(super) fn order_closed(&self, client: &ConnectedClient<A>, order: OrderNumber) {
        if let Some(viewers) = self.presence.close(order, client.identity.user()) {
            self.send_viewers(client, order, viewers, None);
        }
    }

    fn send_viewers(
        &self,
        client: &ConnectedClient<A>,
        order: OrderNumber,
        viewers: Vec<Person>,
        only: Option<UserId>,
    ) {
        let store = client.identity.store().clone();
        self.hub.send_ephemeral(EphemeralEvent::OrderViewers { store, order, viewers, only });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_viewer_is_present_until_their_last_connection_closes() {
        let presence = Presence::default();
        let order: OrderNumber = OrderNumber(1001);
        let mira = Person { id: UserId::new("mira").unwrap(), name: Some("Mira".into()), email: None };
        assert_eq!(presence.open(order, mira.clone()).map(|people| people.len()), Some(1));
        assert!(presence.open(order, mira.clone()).is_none(), "a second connection changes nothing");
        assert!(presence.close(order, &mira.id).is_none());
        assert_eq!(presence.close(order, &mira.id).map(|people| people.len()), Some(0));
        assert!(presence.of(order).is_empty());
        assert!(presence.close(order, &mira.id).is_none(), "closing twice changes nothing");
    }
}
