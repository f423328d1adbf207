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

fn joined(numbers: &[u64]) -> Remembered {
    Remembered::Joins(orders(numbers))
}

#[test]
fn a_client_that_comes_back_within_ten_minutes_has_its_joins() {
    let joins = JoinCache::default();
    connect(&joins, "phone", &[1001]);
    joins.update("phone", orders(&[1001, 1002]));
    joins.disconnect("phone", leaving(0));
    assert_eq!(joins.recall("phone", None, at(9)), joined(&[1001, 1002]));
    let expired = Remembered::Expired(orders(&[1001, 1002]).leave_all(Seq(7)));
    assert_eq!(joins.recall("phone", None, at(11)), expired);
    assert_eq!(joins.recall("phone", Some(at(0)), at(25 * 60)), Remembered::Unknown);
}

#[test]
fn a_client_that_is_not_known_had_joined_nothing_if_its_joins_would_be_known() {
    let joins = JoinCache::default();
    assert_eq!(joins.recall("phone", Some(at(0)), at(60)), joined(&[]));
    assert_eq!(joins.recall("phone", Some(at(0)), at(25 * 60)), Remembered::Unknown);
    assert_eq!(joins.recall("phone", None, at(0)), Remembered::Unknown, "of another version");
    joins.load_failed(at(1));
    assert_eq!(joins.recall("phone", Some(at(0)), at(2)), Remembered::Unknown);
    assert_eq!(joins.recall("phone", Some(at(2)), at(2)), joined(&[]));
}

#[test]
fn joins_survive_a_restart() {
    let joins = JoinCache::default();
    connect(&joins, "phone", &[1001]);
    connect(&joins, "desk", &[1002]);
    joins.disconnect("desk", leaving(0));
    let joins = restarted(&joins, 5);
    assert_eq!(joins.recall("phone", None, at(14)), joined(&[1001]), "it left when the server stopped");
    assert_eq!(joins.recall("desk", None, at(9)), joined(&[1002]));
    assert!(matches!(joins.recall("desk", None, at(11)), Remembered::Expired(_)));
    connect(&joins, "phone", &[1001]);
    assert_eq!(joins.take_unsaved().len(), 1, "that it is back");
}

#[test]
fn another_connection_of_the_user_has_the_joins_of_the_one_that_was_lost_last() {
    let joins = JoinCache::default();
    for (client, order, minute) in [("phone", 1001, 0), ("desk", 1002, 1), ("car", 1003, 2)] {
        connect(&joins, client, &[order]);
        joins.disconnect(client, Departure { returns: client != "car", ..leaving(minute) });
    }
    let ben = UserId::new("ben").unwrap();
    let standard = DialectId::default();
    assert_eq!(joins.inherit(&ben, standard, at(3)), None, "somebody else's");
    assert_eq!(joins.inherit(&asha(), "rooms".parse().unwrap(), at(3)), None, "of another dialect");
    let inherited = |joins: &JoinCache, minute| {
        joins.inherit(&asha(), standard, at(minute)).map(|(joins, left)| (joins, left.seq))
    };
    assert_eq!(inherited(&joins, 3), Some((orders(&[1002]), Seq(7))));
    let joins = restarted(&joins, 4);
    assert_eq!(inherited(&joins, 4), Some((orders(&[1001]), Seq(7))));
    assert_eq!(joins.inherit(&asha(), standard, at(4)), None, "each once, and not after a goodbye");
    assert_eq!(joins.recall("desk", None, at(4)), joined(&[1002]), "it may still come back itself");
}

#[test]
fn a_client_that_reconnected_is_not_evicted() {
    let joins = JoinCache::default();
    connect(&joins, "phone", &[1001]);
    joins.disconnect("phone", leaving(0));
    connect(&joins, "phone", &[1001]);
    assert_eq!(joins.recall("phone", None, at(25 * 60)), joined(&[1001]));
    assert_eq!(joins.inherit(&asha(), DialectId::default(), at(1)), None, "it is connected");
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
    assert_eq!(joins.recall("phone", Some(at(0)), at(2)), Remembered::Unknown);
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
    assert_eq!(joins.recall("phone", None, at(11)), Remembered::Expired(orders(&[1001]).leave_all(Seq(9))));
}
