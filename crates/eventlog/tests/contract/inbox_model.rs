//! Inboxes of a long random history, against a naive model.

use std::collections::BTreeSet;
use std::sync::Arc;

use ordercast_eventlog::inbox::MAX_UNREAD;
use ordercast_eventlog::{Inbox, InboxFilter, Mark, Seq, StoredEvent, Topic};
use orders::notification::Category;
use orders::{Notification, Subject};

use super::Backend;
use super::inbox::{of_customer, of_driver, page};
use super::shop::{store, user};
use super::walk::{STORES, Walk};

/// A second, independent implementation of inbox entries.
fn naive_entries(events: &[Arc<StoredEvent>], inbox: &Inbox) -> Vec<(Arc<StoredEvent>, bool)> {
    let mut entries = Vec::new();
    for stored in events.iter().rev() {
        let Subject::Order { store, customer, driver, .. } = &stored.event.subject else { continue };
        let theirs = match inbox.topic() {
            Topic::Customer(user) => customer == user,
            Topic::Driver(user) => driver.as_ref() == Some(user),
            Topic::Store(own) => store == own,
        };
        if theirs && Notification::new(&stored.event, inbox.audience(), None).is_some() {
            let own = stored.event.actor.user() == Some(inbox.reader());
            entries.push((Arc::clone(stored), own));
        }
    }
    entries
}

pub(crate) async fn pages_and_counts_are_those_of_a_naive_model<B: Backend>() {
    let mut walk = Walk::<B>::of(7, 1500).await;
    let mut inboxes: Vec<Inbox> = (0..3).map(|n| of_customer(&format!("customer-{n}"))).collect();
    inboxes.extend((0..2).map(|n| of_driver(&format!("driver-{n}"))));
    for name in STORES {
        for user in [user(&format!("staff-{name}")), user("temp")] {
            inboxes.push(Inbox::staff(user, store(name)));
        }
    }
    let mut read: Vec<BTreeSet<Seq>> = vec![BTreeSet::new(); inboxes.len()];
    for step in 0..160 {
        let n = walk.rng.usize(..inboxes.len());
        let (inbox, read) = (&inboxes[n], &mut read[n]);
        let naive = naive_entries(&walk.events, inbox);
        assert!(!naive.is_empty(), "nothing happened to {inbox:?}");
        let (entry, _) = &naive[walk.rng.usize(..naive.len())];
        let mark = match walk.rng.u8(..10) {
            0 if step > 60 => Mark::Through(entry.seq),
            _ => Mark::One { seq: entry.seq, id: entry.id },
        };
        let state = walk.log.mark_read(inbox, mark).await.state;
        match mark {
            Mark::One { seq, .. } => drop(read.insert(seq)),
            Mark::Through(_) | Mark::All => {
                read.extend(naive.iter().map(|(entry, _)| entry.seq).filter(|seq| *seq <= entry.seq));
            }
        }
        let is_read = |(entry, own): &(Arc<StoredEvent>, bool)| *own || read.contains(&entry.seq);
        let left = naive.iter().filter(|entry| !is_read(entry)).count();
        assert_eq!(state.unread, left.min(MAX_UNREAD), "{inbox:?} after {mark:?}");
        assert!(state.above.len() <= read.len());
        // A page.
        let category = walk.rng.bool().then(|| *walk.rng.choice(&Category::ALL).unwrap());
        let (only_unread, limit) = (walk.rng.bool(), walk.rng.usize(1..60));
        let upto = Seq(walk.rng.u64(0..=walk.events.len() as u64 + 1));
        let filter =
            InboxFilter { inbox: inbox.clone(), category, unread: only_unread, through: Some(upto), limit };
        let page = page(&walk.log, filter).await;
        let notification =
            |entry: &StoredEvent| Notification::new(&entry.event, inbox.audience(), None).unwrap();
        let load = naive.iter().filter(|entry| {
            entry.0.seq <= upto
                && category.is_none_or(|category| notification(&entry.0).category == category)
                && !(only_unread && is_read(entry))
        });
        let expected: Vec<_> = load.take(limit).map(|entry| (entry.0.seq, is_read(entry))).collect();
        let got: Vec<_> = page.entries.iter().map(|entry| (entry.stored.seq, entry.read)).collect();
        assert_eq!(got, expected, "{inbox:?}, {category:?}, unread {only_unread}, at most {limit}");
        assert_eq!(page.unread, left.min(MAX_UNREAD));
        if step == 100 {
            walk.log.restart().await;
        }
    }
}
