//! Which staff look at an order (row E11), as long as they are connected.

use std::collections::HashMap;
use std::sync::Mutex;

use eventlog::EphemeralEvent;
use orders::view::Person;
use orders::{OrderNumber, UserId};

use super::client::Client;
use super::{Authorizer, Gateway, Identity};
use crate::registry::lock;

/// Who order_opened at which order. In memory: a connection is here, or it is not.
#[derive(Default)]
pub struct Presence(Mutex<HashMap<OrderNumber, Vec<Viewer>>>);

struct Viewer {
    person: Person,
    /// Windows in which they have it open.
    windows: usize,
}

impl Presence {
    /// Who order_opened at an order, those who came first first.
    pub fn of(&self, order: OrderNumber) -> Vec<Person> {
        lock(&self.0).get(&order).map(|viewers| people(viewers)).unwrap_or_default()
    }

    /// Somebody opens an order. Everybody who order_opened at it now, where that changed.
    pub(super) fn open(&self, order: OrderNumber, person: Person) -> Option<Vec<Person>> {
        let mut orders = lock(&self.0);
        let viewers = orders.entry(order).or_default();
        if let Some(known) = viewers.iter_mut().find(|known| known.person.id == person.id) {
            known.windows += 1;
            return None;
        }
        viewers.push(Viewer { person, windows: 1 });
        Some(people(viewers))
    }

    /// Somebody closes an order. Everybody who order_opened at it now, where that changed.
    pub(super) fn close(&self, order: OrderNumber, user: &UserId) -> Option<Vec<Person>> {
        let mut orders = lock(&self.0);
        let viewers = orders.get_mut(&order)?;
        let index = viewers.iter().position(|known| known.person.id == *user)?;
        viewers[index].windows -= 1;
        if viewers[index].windows > 0 {
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
    pub(super) fn order_opened(&self, client: &Client<A>, order: OrderNumber) {
        let changed = self.presence.open(order, client.identity.person());
        let only = changed.is_none().then(|| client.identity.user().clone());
        let viewers = changed.unwrap_or_else(|| self.presence.of(order));
        self.send_viewers(client, order, viewers, only);
    }

    pub(super) fn order_closed(&self, client: &Client<A>, order: OrderNumber) {
        if let Some(viewers) = self.presence.close(order, client.identity.user()) {
            self.send_viewers(client, order, viewers, None);
        }
    }

    fn send_viewers(
        &self,
        client: &Client<A>,
        order: OrderNumber,
        viewers: Vec<Person>,
        only: Option<UserId>,
    ) {
        let store = client.identity.store().clone();
        self.hub.send_ephemeral(&EphemeralEvent::OrderViewers { store, order, viewers, only });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e11_somebody_is_there_until_their_last_window_closes() {
        let presence = Presence::default();
        let order: OrderNumber = OrderNumber(1001);
        let mira = Person { id: UserId::new("mira").unwrap(), name: Some("Mira".into()), email: None };
        assert_eq!(presence.open(order, mira.clone()).map(|people| people.len()), Some(1));
        assert!(presence.open(order, mira.clone()).is_none(), "a second window changes nothing");
        assert!(presence.close(order, &mira.id).is_none());
        assert_eq!(presence.close(order, &mira.id).map(|people| people.len()), Some(0));
        assert!(presence.of(order).is_empty());
        assert!(presence.close(order, &mira.id).is_none(), "leaving twice is leaving once");
    }
}
