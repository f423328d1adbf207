//! A notification that is read in one tab is read in the others.

use std::pin::pin;
use std::sync::Arc;

use eventlog::{CommittedBatch, EphemeralEvent, Inbox, ReadState, Seq};
use futures_util::{FutureExt as _, StreamExt as _};
use ordercast_live::sse::{self, StreamUser};
use orders::view::Person;
use orders::{EventId, Role};
use serde_json::json;
use uuid::Uuid;

use super::closing::{never, parsed, text};
use super::fixed_log::FixedLog;
use super::shop::{of_customer, user};

fn read(through: u64, above: &[u64], unread: usize) -> Arc<ReadState> {
    let id = |seq: u64| EventId::new(Uuid::from_u128(seq.into()));
    let above = above.iter().map(|seq| (Seq(*seq), id(*seq))).collect();
    Arc::new(ReadState { through: Seq(through), above, unread })
}

fn tell(hub: &ordercast_live::Hub, who: &str, state: Arc<ReadState>) {
    let ephemeral = vec![EphemeralEvent::InboxRead { inbox: Inbox::customer(user(who)), state }];
    hub.publish(CommittedBatch { events: Vec::new(), ephemeral, at: jiff::Timestamp::UNIX_EPOCH });
}

#[tokio::test]
async fn every_tab_of_a_person_gets_the_last_read_state() {
    let hub = Arc::new(FixedLog::default()).hub();
    let asha = || hub.watch_inbox(Inbox::customer(user("asha")));
    let (mut first, mut second) = (asha(), asha());
    let mut ben = hub.watch_inbox(Inbox::customer(user("ben")));
    tell(&hub, "asha", read(3, &[], 2));
    tell(&hub, "asha", read(3, &[5], 1));
    for tab in [&mut first, &mut second] {
        tab.changed().await;
        assert_eq!(tab.take_changed(), Some(read(3, &[5], 1)));
        assert_eq!(tab.take_changed(), None, "once");
    }
    assert!(ben.changed().now_or_never().is_none() && ben.take_changed().is_none());
    assert!(asha().take_changed().is_none(), "a tab that comes later lists it");
    assert_eq!(hub.watched_inboxes(), 2);
    drop((first, second));
    assert_eq!(hub.watched_inboxes(), 1);
}

#[tokio::test]
async fn a_stream_sends_what_was_read_elsewhere() {
    let hub = Arc::new(FixedLog::default()).hub();
    let person = Person { id: user("asha"), name: None, email: None };
    let listener = StreamUser { role: Role::Customer, person };
    let inbox = Some(hub.watch_inbox(Inbox::customer(user("asha"))));
    let noon = Box::new(|| "2026-03-01T12:00:00Z".parse().unwrap());
    let subscription = hub.subscribe(of_customer("asha"), None);
    let mut stream = pin!(sse::stream(subscription, &listener, false, None, inbox, never(), noon));
    stream.next().await.unwrap();
    assert!(stream.next().now_or_never().is_none(), "nothing yet");
    tell(&hub, "asha", read(7, &[9], 4));
    let (event, id, data) = parsed(&text(&stream.next().await.unwrap()));
    assert_eq!((event.as_str(), id), ("notifications.read", None));
    let ids = ["00000000-0000-0000-0000-000000000009"];
    assert_eq!(data, json!({"through": "log:7", "ids": ids, "unread": 4}));
}
