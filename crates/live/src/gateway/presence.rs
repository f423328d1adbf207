//! Which staff look at an order (row E11), as long as they are connected.

use std::collections::HashMap;
use std::sync::Mutex;

use orders::view::Person;
use orders::{OrderNumber, UserId};
use serde::Serialize;

use super::client::{Client, frame};
use super::{Gate, Gateway, Pass, topic};
use crate::notice::Notice;
use crate::seat::lock;

/// Who looks at which order. In memory: a connection is here, or it is not.
#[derive(Default)]
pub struct Presence(Mutex<HashMap<OrderNumber, Vec<Looking>>>);

struct Looking {
    person: Person,
    /// Windows in which they have it open.
    windows: usize,
}

impl Presence {
    /// Who looks at an order, those who came first first.
    pub fn of(&self, order: OrderNumber) -> Vec<Person> {
        lock(&self.0).get(&order).map(|looking| people(looking)).unwrap_or_default()
    }

    /// Somebody opens an order. Everybody who looks at it now, where that changed.
    pub(super) fn arrive(&self, order: OrderNumber, person: Person) -> Option<Vec<Person>> {
        let mut orders = lock(&self.0);
        let looking = orders.entry(order).or_default();
        if let Some(known) = looking.iter_mut().find(|known| known.person.id == person.id) {
            known.windows += 1;
            return None;
        }
        looking.push(Looking { person, windows: 1 });
        Some(people(looking))
    }

    /// Somebody closes an order. Everybody who looks at it now, where that changed.
    pub(super) fn depart(&self, order: OrderNumber, user: &UserId) -> Option<Vec<Person>> {
        let mut orders = lock(&self.0);
        let looking = orders.get_mut(&order)?;
        let place = looking.iter().position(|known| known.person.id == *user)?;
        looking[place].windows -= 1;
        if looking[place].windows > 0 {
            return None;
        }
        looking.remove(place);
        let left = people(looking);
        if left.is_empty() {
            orders.remove(&order);
        }
        Some(left)
    }
}

fn people(looking: &[Looking]) -> Vec<Person> {
    looking.iter().map(|looking| looking.person.clone()).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    order_number: OrderNumber,
    people: &'a [Person],
}

impl<G: Gate> Gateway<G> {
    /// A staff member's client opened an order: the store's staff are told who looks at it, or where that is nothing
    /// new, whoever opened another window.
    pub(super) fn looks(&self, client: &Client<G>, order: OrderNumber) {
        let news = self.presence.arrive(order, client.pass.person());
        let only = news.is_none().then(|| client.pass.user().clone());
        let people = news.unwrap_or_else(|| self.presence.of(order));
        self.tell_presence(client, order, &people, only);
    }

    /// It closed it.
    pub(super) fn looks_away(&self, client: &Client<G>, order: OrderNumber) {
        if let Some(people) = self.presence.depart(order, client.pass.user()) {
            self.tell_presence(client, order, &people, None);
        }
    }

    fn tell_presence(&self, client: &Client<G>, order: OrderNumber, people: &[Person], only: Option<UserId>) {
        let Ok(json) = serde_json::to_string(&Told { order_number: order, people }) else { return };
        self.hub.tell(&topic(&client.pass), Notice { only, frame: frame("order:presence", &json) });
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
        assert_eq!(presence.arrive(order, mira.clone()).map(|people| people.len()), Some(1));
        assert!(presence.arrive(order, mira.clone()).is_none(), "a second window changes nothing");
        assert!(presence.depart(order, &mira.id).is_none());
        assert_eq!(presence.depart(order, &mira.id).map(|people| people.len()), Some(0));
        assert!(presence.of(order).is_empty());
        assert!(presence.depart(order, &mira.id).is_none(), "leaving twice is leaving once");
    }
}
