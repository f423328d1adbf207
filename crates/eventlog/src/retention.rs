//! Retention: which events may be deleted. Orders are kept.
//!
//! Only the oldest events are deleted, without a gap, so that one position says what is gone. An event stays while it
//! is younger than [`Retention::keep`], while its order is open, or while a consumer has not read it; and so does every
//! event after it.

use jiff::{SignedDuration, Timestamp};
use orders::{OrderNumber, Subject};

use crate::consumers::{Consumer, RetentionHold};
use crate::cursor::Seq;
use crate::stored_event::StoredEvent;

/// How long events are kept at least.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    pub keep: SignedDuration,
    /// How much longer a consumer that has not read an event can hold it back.
    pub keep_for_consumers: SignedDuration,
}

/// Decides for the oldest events, one after the other, whether they may be deleted. The first one that may not ends
/// the search.
#[derive(Debug)]
pub(crate) struct Pruning {
    /// Younger events stay.
    older_than: Timestamp,
    hold: RetentionHold,
}

impl Pruning {
    /// `pruned` is the newest event that is deleted already.
    pub(crate) fn new(retention: Retention, consumers: &[Consumer], pruned: Seq, now: Timestamp) -> Self {
        let older_than = earlier(now, retention.keep);
        let hold = RetentionHold::new(consumers, pruned, earlier(older_than, retention.keep_for_consumers));
        Self { older_than, hold }
    }

    /// Whether an event may be deleted. `is_final` tells whether an order has reached a final status; it is asked only
    /// when nothing else keeps the event.
    pub(crate) fn may_delete<E>(
        &self,
        stored: &StoredEvent,
        is_final: impl FnOnce(OrderNumber) -> Result<bool, E>,
    ) -> Result<bool, E> {
        if stored.event.at >= self.older_than || self.hold.keeps(stored.seq, stored.event.at) {
            return Ok(false);
        }
        match &stored.event.subject {
            Subject::Order { number, .. } => is_final(*number),
            Subject::Product { .. } => Ok(true),
        }
    }
}

/// A time so long before another; the earliest time when there is none.
pub(crate) fn earlier(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_sub(by).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use orders::{Actor, Event, EventId, Kind, OrderId, ProductId, Status, StoreId, UserId, Version};
    use uuid::Uuid;

    use super::*;

    const DAY: i64 = 24 * 3600;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn stored(seq: u64, seconds: i64, subject: Subject) -> StoredEvent {
        let event = Event {
            subject,
            kind: Kind::OrderUpdated,
            version: Version(1),
            actor: Actor::System,
            at: at(seconds),
            changes: Vec::new(),
        };
        StoredEvent { seq: Seq(seq), id: EventId::new(Uuid::nil()), event }
    }

    fn product() -> Subject {
        Subject::Product { id: ProductId::new(Uuid::nil()), store: StoreId::main() }
    }

    fn order() -> Subject {
        Subject::Order {
            id: OrderId::new(Uuid::nil()),
            number: OrderNumber::FIRST,
            store: StoreId::main(),
            customer: UserId::new("asha").unwrap(),
            driver: None,
            from: Status::Pending,
            to: Status::Pending,
        }
    }

    /// Keeps events for a day, and for three more days for consumers; now is the end of the tenth day.
    fn pruning(consumers: &[Consumer]) -> Pruning {
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        let retention = Retention { keep: days(1), keep_for_consumers: days(3) };
        Pruning::new(retention, consumers, Seq(4), at(10 * DAY))
    }

    fn may_delete(pruning: &Pruning, stored: &StoredEvent, order_is_final: bool) -> bool {
        pruning.may_delete(stored, |_| Ok::<_, Infallible>(order_is_final)).unwrap()
    }

    #[test]
    fn events_stay_for_the_configured_time() {
        let pruning = pruning(&[]);
        assert!(may_delete(&pruning, &stored(5, 9 * DAY - 1, product()), false));
        assert!(!may_delete(&pruning, &stored(5, 9 * DAY, product()), false));
    }

    #[test]
    fn events_of_an_open_order_stay() {
        let pruning = pruning(&[]);
        assert!(!may_delete(&pruning, &stored(5, 0, order()), false));
        assert!(may_delete(&pruning, &stored(5, 0, order()), true));
    }

    #[test]
    fn events_that_a_consumer_has_not_read_stay_for_its_extra_time() {
        let consumer = |position| Consumer {
            name: "relay".parse().unwrap(),
            position: Seq(position),
            updated_at: at(0),
        };
        let pruning = pruning(&[consumer(6)]);
        assert!(may_delete(&pruning, &stored(6, 8 * DAY, product()), false), "it has read this one");
        assert!(!may_delete(&pruning, &stored(7, 8 * DAY, product()), false));
        assert!(may_delete(&pruning, &stored(7, 6 * DAY - 1, product()), false), "its extra time is over");
        let lost = self::pruning(&[consumer(3)]);
        assert!(may_delete(&lost, &stored(5, 8 * DAY, product()), false), "it missed an event already");
    }

    #[test]
    fn the_order_is_asked_for_last() {
        let asked = |_| -> Result<bool, Infallible> { panic!("a young event stays whatever its order is") };
        assert!(!pruning(&[]).may_delete(&stored(5, 10 * DAY, order()), asked).unwrap());
    }
}
