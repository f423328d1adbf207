//! A database of an earlier version.

use ordercast_log::sqlite::Database;
use ordercast_log::{Inbox, InboxFilter, Mark, Scope, Seq};

use super::Sqlite;
use super::contract::log::Log;
use super::contract::shop::{set_status, staff, user};
use super::contract::walk::Walk;

/// Takes away what version 2 brought.
fn back_to_version_1(log: &Log<Sqlite>) {
    log.backend()
        .raw()
        .execute_batch(
            "DROP TABLE topic_runs; DROP TABLE topic_run_ends; DROP TABLE inboxes;
             DELETE FROM meta WHERE name = 'inboxes_since';
             DELETE FROM users WHERE id LIKE 'driver-%';
             PRAGMA user_version = 1;",
        )
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inbox_is_filled_from_the_events_of_version_1_and_they_count_as_read() {
    let mut walk = Walk::<Sqlite>::of(11, 1200).await;
    let asha = Inbox::Customer(user("customer-1"));
    let driver = Inbox::Driver(user("driver-1"));
    let sam = Inbox::Staff { user: user("temp"), store: orders::StoreId::main() };
    let inboxes = [asha, driver, sam];
    let every = |inbox: &Inbox| InboxFilter {
        inbox: inbox.clone(),
        category: None,
        unread: false,
        upto: None,
        limit: 500,
    };
    let mut before = Vec::new();
    for inbox in &inboxes {
        let page = walk.log.queries().inbox(every(inbox)).await.unwrap().value;
        assert!(page.lines.len() > 20 && page.unread > 10, "{inbox:?}: {}", page.unread);
        before.push(page);
    }
    walk.log.stop();
    back_to_version_1(&walk.log);
    assert_eq!(Database::inspect(walk.log.backend().directory()).unwrap(), Some(1));
    walk.log.restart_after_stop().await;
    assert_eq!(Database::inspect(walk.log.backend().directory()).unwrap(), Some(Database::schema()));
    for _ in 0..2 {
        for (inbox, before) in inboxes.iter().zip(&before) {
            let page = walk.log.queries().inbox(every(inbox)).await.unwrap().value;
            let places = |page: &ordercast_log::InboxPage| -> Vec<Seq> {
                page.lines.iter().map(|line| line.recorded.seq).collect()
            };
            assert_eq!(places(&page), places(before));
            assert!(page.unread == 0 && page.lines.iter().all(|line| line.read));
        }
        for scope in Walk::<Sqlite>::scopes() {
            let tail = walk.log.queries().tail(scope.clone(), Seq(3), 100_000).await.unwrap();
            let expected: Vec<_> =
                walk.of_scope(&scope).into_iter().filter(|event| event.seq > Seq(3)).collect();
            let told: Vec<_> = tail.events.iter().map(|told| told.recorded.clone()).collect();
            assert_eq!(told, expected, "{scope:?}");
        }
        walk.log.restart().await;
    }
    // What happens from now on is news.
    let scope = Scope::Customer(user("customer-1"));
    let open = walk.world().orders.into_values().find(|order| {
        order.customer == user("customer-1") && order.store.as_str() == "main" && !order.status().is_final()
    });
    let open = open.unwrap();
    let name = orders::OrderRef::Number(open.number);
    walk.log.order(set_status(name, orders::Status::Delivered), staff("main")).await;
    assert_eq!(walk.log.queries().unread(inboxes[0].clone()).await.unwrap().value, 1);
    assert_eq!(
        walk.log.queries().tail(scope, Seq(walk.events.len() as u64), 9).await.unwrap().events.len(),
        1
    );
    assert_eq!(walk.log.mark_read(&inboxes[0], Mark::All).await.state.unread, 0);
}
