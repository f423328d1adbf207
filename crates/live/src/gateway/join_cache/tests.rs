use orders::OrderNumber;
use orders::order::Version;

use super::super::joins::JoinedOrder;
use super::*;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_772_366_400 + minute * 60).unwrap()
}

fn leaving(minute: i64) -> Departure {
    Departure { at: at(minute), seq: Seq(7), silent_since: None, returns: true }
}

fn orders(numbers: &[u64]) -> Joins {
    let mut joins = Joins::default();
    for &number in numbers {
        joins.join(JoinedOrder {
            order: OrderNumber(number),
            name: None,
            version: Version(1),
            inherited: false,
        });
    }
    joins
}

fn asha() -> UserId {
    UserId::new("asha").unwrap()
}

fn connect(joins: &JoinCache, client: &str, numbers: &[u64]) {
    joins.connect(client, &asha(), DialectId::default(), orders(numbers));
}

/// A cache that was filled from what another one stored.
fn restarted(joins: &JoinCache, minute: i64) -> JoinCache {
    let stored = joins.take_unsaved().into_iter().filter_map(|change| match change {
        StateChange::Keep(stored) => Some(stored),
        StateChange::Remove { .. } => None,
    });
    let again = JoinCache::default();
    again.load(stored.collect(), Departure { seq: Seq(9), ..leaving(minute) });
    again
}

#[expect(clippy::unnecessary_wraps, reason = "what `recall` returns")]
fn joined(numbers: &[u64]) -> Option<Joins> {
    Some(orders(numbers))
}

/// The orders that a client without a `pid` inherits, and where each was left.
fn inherit(joins: &JoinCache, minute: i64) -> Vec<(u64, u64)> {
    let inherited = joins.inherit(&asha(), DialectId::default(), 50, at(minute));
    inherited.into_iter().map(|(joined, left)| (joined.order.0, left.seq.0)).collect()
}

#[test]
fn a_client_that_comes_back_within_a_day_has_its_joins() {
    let joins = JoinCache::default();
    connect(&joins, "phone", &[1001]);
    joins.update("phone", orders(&[1001, 1002]));
    joins.disconnect("phone", leaving(0));
    assert_eq!(joins.recall("phone", None, at(23 * 60)), joined(&[1001, 1002]));
    assert_eq!(joins.recall("phone", Some(at(0)), at(25 * 60)), None);
}

#[test]
fn a_client_that_is_not_known_had_joined_nothing_if_its_joins_would_be_known() {
    let joins = JoinCache::default();
    assert_eq!(joins.recall("phone", Some(at(0)), at(60)), joined(&[]));
    assert_eq!(joins.recall("phone", Some(at(0)), at(25 * 60)), None);
    assert_eq!(joins.recall("phone", None, at(0)), None, "of another version");
    joins.load_failed(at(1));
    assert_eq!(joins.recall("phone", Some(at(0)), at(2)), None);
    assert_eq!(joins.recall("phone", Some(at(2)), at(2)), joined(&[]));
}

#[test]
fn joins_survive_a_restart() {
    let joins = JoinCache::default();
    connect(&joins, "phone", &[1001]);
    connect(&joins, "desk", &[1002]);
    joins.disconnect("desk", leaving(0));
    let joins = restarted(&joins, 5);
    let day = 24 * 60;
    assert_eq!(joins.recall("desk", None, at(day)), joined(&[1002]));
    assert_eq!(joins.recall("desk", None, at(day + 1)), None);
    assert_eq!(joins.recall("phone", None, at(day + 5)), joined(&[1001]), "it left when the server stopped");
    connect(&joins, "phone", &[1001]);
    assert_eq!(joins.take_unsaved().len(), 2, "that it is back, and that the other one is gone");
}

#[test]
fn a_client_without_a_pid_has_the_joins_of_all_lost_connections_of_its_user() {
    let joins = JoinCache::default();
    for (client, orders, minute) in
        [("phone", &[1001, 1000][..], 0), ("desk", &[1000, 1002], 1), ("car", &[1003], 2)]
    {
        connect(&joins, client, orders);
        let left = Departure { returns: client != "car", seq: Seq(minute), ..leaving(2) };
        joins.disconnect(client, left);
    }
    let (ben, standard) = (UserId::new("ben").unwrap(), DialectId::default());
    assert_eq!(joins.inherit(&ben, standard, 50, at(3)), [], "somebody else's");
    assert_eq!(joins.inherit(&asha(), "rooms".parse().unwrap(), 50, at(3)), [], "of another dialect");
    let mut all = inherit(&joins, 3);
    all.sort_unstable();
    assert_eq!(all, [(1000, 1), (1001, 0), (1002, 1)], "not after a goodbye");
    let bounded = joins.inherit(&asha(), standard, 2, at(3));
    let mut bounded: Vec<_> = bounded.iter().map(|(joined, _)| joined.order.0).collect();
    bounded.sort_unstable();
    assert_eq!(bounded, [1000, 1002], "the last ones of each");
    assert_eq!(joins.recall("desk", None, at(4)), joined(&[1000, 1002]), "it may still come back itself");
}

#[test]
fn every_tab_has_the_joins_after_a_restart_and_a_page_that_is_opened_later_has_none() {
    let joins = JoinCache::default();
    for (client, order) in [("first tab", 1001), ("second tab", 1002)] {
        connect(&joins, client, &[order]);
    }
    let joins = restarted(&joins, 0);
    for (tab, minute) in [("a page without joins", 1), ("one tab", 1), ("a tab in the background", 3)] {
        let mut both = inherit(&joins, minute);
        both.sort_unstable();
        assert_eq!(both, [(1001, 9), (1002, 9)], "{tab}");
    }
    let joins = restarted(&joins, 4);
    assert_eq!(inherit(&joins, 4), [], "a page that is opened later");
    let late = JoinCache::default();
    connect(&late, "phone", &[1001]);
    late.disconnect("phone", leaving(0));
    assert_eq!(inherit(&late, 11), [], "after ten minutes");
    connect(&late, "phone", &[1001]);
    late.disconnect("phone", leaving(12));
    assert_eq!(inherit(&late, 13), [(1001, 7)], "it was lost again");
}

#[test]
fn a_client_that_reconnected_is_not_evicted() {
    let joins = JoinCache::default();
    connect(&joins, "phone", &[1001]);
    joins.disconnect("phone", leaving(0));
    connect(&joins, "phone", &[1001]);
    assert_eq!(joins.recall("phone", None, at(25 * 60)), joined(&[1001]));
    assert_eq!(inherit(&joins, 1), [], "it is connected");
}

#[test]
fn an_old_connection_that_is_found_dead_later_changes_nothing() {
    let joins = JoinCache::default();
    connect(&joins, "phone", &[1001]);
    connect(&joins, "phone", &[1001]);
    joins.disconnect("phone", leaving(0));
    assert_eq!(joins.recall("phone", None, at(60)), joined(&[1001]), "the new connection is open");
}

#[test]
fn the_joins_of_disconnected_clients_are_bounded() {
    let joins = JoinCache::default();
    for (client, minute) in [("phone", 0), ("desk", 1), ("car", 2)] {
        connect(&joins, client, &[1001, 1002]);
        joins.disconnect(client, leaving(minute));
    }
    joins.take_unsaved();
    {
        let mut entries = lock(&joins.0);
        entries.evict(at(2), 6);
        assert_eq!((entries.clients.len(), entries.disconnects.len(), entries.weight), (2, 2, 6));
        assert_eq!(entries.users[&asha()].len(), 2);
    }
    let gone = StateChange::Remove { key: "phone".into() };
    assert_eq!(joins.take_unsaved(), std::slice::from_ref(&gone), "the oldest");
    joins.not_saved(vec![gone]);
    assert_eq!(joins.take_unsaved().len(), 1);
    assert_eq!(joins.recall("phone", Some(at(0)), at(2)), None);
}

#[test]
fn a_client_that_comes_and_goes_counts_once() {
    let joins = JoinCache::default();
    for minute in 0..2000 {
        connect(&joins, "phone", &[1001]);
        joins.disconnect("phone", leaving(minute));
    }
    let entries = lock(&joins.0);
    assert_eq!((entries.clients.len(), entries.weight), (1, 2));
    assert!(entries.disconnects.len() <= MIN_COMPACTED + 2, "{}", entries.disconnects.len());
}

#[test]
fn a_client_leaves_once_however_often_the_server_starts() {
    let joins = JoinCache::default();
    connect(&joins, "phone", &[1001]);
    let joins = restarted(&restarted(&joins, 0), 11);
    assert_eq!(inherit(&joins, 11), []);
}
