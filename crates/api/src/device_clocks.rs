//! Clocks of devices that are ahead of the server's.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use orders::{OrderRef, UserId};

/// How long the lead of a clock is remembered. A device sends its kept locations within this time. If the lead were remembered
/// for longer, a clock that was wrong once would make later locations look old.
const REMEMBERED: SignedDuration = SignedDuration::from_secs(60);
/// The most clocks that are remembered.
const MAX_CLOCKS: usize = 50_000;

/// How far the clocks of devices are ahead, by user and order.
#[derive(Debug, Default)]
pub(crate) struct DeviceClocks(Mutex<HashMap<(UserId, OrderRef), ClockLead>>);

#[derive(Debug, Clone, Copy)]
struct ClockLead {
    ahead: SignedDuration,
    seen: Timestamp,
}

impl ClockLead {
    fn is_recent(self, now: Timestamp) -> bool {
        now.duration_since(self.seen) < REMEMBERED
    }
}

impl DeviceClocks {
    /// When a device measured a location, by the server's clock. `stated` is the time by the device's clock. If that clock is
    /// ahead, its newest time counts as `now`, and earlier locations keep their distance from the newest.
    pub(crate) fn measured_at(
        &self,
        user: &UserId,
        order: OrderRef,
        stated: Timestamp,
        now: Timestamp,
    ) -> Timestamp {
        if stated <= now {
            return stated;
        }
        let new = ClockLead { ahead: stated.duration_since(now), seen: now };
        let mut clocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if clocks.len() >= MAX_CLOCKS {
            clocks.retain(|_, known| known.is_recent(now));
            if clocks.len() >= MAX_CLOCKS {
                return now;
            }
        }
        let known = clocks.entry((user.clone(), order)).or_insert(new);
        if new.ahead >= known.ahead || !known.is_recent(now) {
            *known = new;
        }
        stated.saturating_sub(known.ahead).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use orders::OrderNumber;

    use super::*;

    #[test]
    fn positions_of_a_clock_that_is_ahead_keep_their_order() {
        let clocks = DeviceClocks::default();
        let (dev, order) = (UserId::new("dev").unwrap(), OrderRef::Number(OrderNumber::FIRST));
        let start: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
        let at = |seconds| start + SignedDuration::from_secs(seconds);
        let measured = |stated, now| clocks.measured_at(&dev, order, at(stated), at(now));
        assert_eq!(measured(-90, 0), at(-90), "a kept position");
        assert_eq!(measured(3600, 0), at(0));
        assert_eq!(measured(3590, 1), at(-10), "a kept position of a clock that is an hour ahead");
        assert_eq!(measured(3601, 1), at(1));
        assert_eq!(measured(3655, 2), at(2));
        assert_eq!(measured(2_000_000_000, 3), at(3), "a clock that is wrong once");
        assert_eq!(measured(4, 4), at(4));
        assert_eq!(measured(3670, 70), at(70), "it is forgotten");
        let other = UserId::new("ann").unwrap();
        assert_eq!(clocks.measured_at(&other, order, at(100), at(71)), at(71));
    }
}
