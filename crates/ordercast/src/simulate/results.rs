//! Counts what happened, and checks what every connection received.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use orders::Status;

use crate::client::error::ClientError;
use crate::client::wire::{ApiEvent, ApiOrder, ApiReset};

/// Number of the newest delays that the progress line uses.
const RECENT: usize = 500;

/// Expected refusals: somebody else was faster, or a product is out of stock.
const EXPECTED: &[&str] =
    &["out_of_stock", "too_late_to_cancel", "final_status", "unchanged", "total_changed", "payment_state"];

/// The owner of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Observer {
    /// By index of the customer.
    Customer(usize),
    Staff,
}

#[derive(Debug, Default)]
pub(super) struct Results {
    pub(super) placed: u64,
    /// Orders that were not started, because too many were open.
    pub(super) held_back: u64,
    /// Expected refusals, by code.
    pub(super) refusals: BTreeMap<String, u64>,
    /// Unexpected errors, by code.
    pub(super) errors: BTreeMap<String, u64>,
    /// Times the server asked to wait.
    pub(super) throttled: u64,
    /// Retries because the server did not answer.
    pub(super) retried: u64,
    /// Response times.
    pub(super) answers: Delays,
    /// Time from an event's timestamp to its arrival.
    pub(super) lag: Delays,
    pub(super) repeated: u64,
    /// Events that arrived after a later event of their order.
    pub(super) out_of_order: u64,
    /// Lost connections.
    pub(super) lost: u64,
    /// Reconnects.
    pub(super) resumed: u64,
    /// Reconnects that had to start from the current state.
    pub(super) resets: u64,
    orders: HashMap<String, OrderProgress>,
    views: HashMap<(Observer, String), ObservedVersions>,
    watching: HashSet<Observer>,
}

/// The state of an order, by the server's answers.
#[derive(Debug)]
struct OrderProgress {
    customer: usize,
    version: u32,
    status: Status,
}

/// The versions of one order that one connection received.
#[derive(Debug, Default)]
struct ObservedVersions {
    versions: BTreeSet<u32>,
}

/// Expected events, by whether they arrived.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Coverage {
    pub(super) seen: u64,
    pub(super) missed: u64,
}

impl Results {
    /// The connection must receive every event from now on.
    pub(super) fn watches(&mut self, observer: Observer) {
        self.watching.insert(observer);
    }

    pub(super) fn placed(&mut self, order: &ApiOrder, customer: usize) {
        self.placed += 1;
        self.orders.insert(order.id.clone(), OrderProgress { customer, version: 0, status: order.status });
        self.changed(order);
    }

    /// An answer had a new state of an order.
    pub(super) fn changed(&mut self, order: &ApiOrder) {
        self.moved(&order.id, order.status, order.version);
    }

    /// The same for an answer to a bulk request.
    pub(super) fn moved(&mut self, order: &str, status: Status, version: u32) {
        if let Some(progress) = self.orders.get_mut(order)
            && version > progress.version
        {
            progress.version = version;
            progress.status = status;
        }
    }

    pub(super) fn refused(&mut self, error: &ClientError) {
        self.refused_code(error.code());
    }

    pub(super) fn refused_code(&mut self, code: &str) {
        let counts = if EXPECTED.contains(&code) { &mut self.refusals } else { &mut self.errors };
        *counts.entry(code.to_owned()).or_default() += 1;
    }

    pub(super) fn answered(&mut self, after: Duration) {
        self.answers.add(after);
    }

    pub(super) fn waited(&mut self, throttled: bool, code: &str) {
        if throttled {
            self.throttled += 1;
        } else {
            tracing::debug!(code, "retrying a request");
            self.retried += 1;
        }
    }

    pub(super) fn saw(&mut self, observer: Observer, event: &ApiEvent, now: Timestamp) {
        let Some(order) = &event.order_id else { return };
        self.lag.add(Duration::try_from(now.duration_since(event.at)).unwrap_or_default());
        // A location does not increment the version.
        if event.kind == "delivery.located" {
            return;
        }
        let view = self.views.entry((observer, order.clone())).or_default();
        if view.versions.last().is_some_and(|newest| *newest > event.version) {
            self.out_of_order += 1;
        }
        if !view.versions.insert(event.version) {
            self.repeated += 1;
        }
    }

    /// A connection started from the current state, which includes all earlier events.
    pub(super) fn reset(&mut self, observer: Observer, reset: &ApiReset) {
        self.resets += 1;
        for order in &reset.orders {
            self.views.entry((observer, order.id.clone())).or_default().versions.extend(1..=order.version);
        }
    }

    /// The coverage of the staff or of all customers.
    pub(super) fn coverage(&self, staff: bool) -> Coverage {
        let mut coverage = Coverage::default();
        for (order, progress) in &self.orders {
            let observer = if staff { Observer::Staff } else { Observer::Customer(progress.customer) };
            if !self.watching.contains(&observer) {
                continue;
            }
            let view = self.views.get(&(observer, order.clone()));
            let seen = view.map_or(0, |view| view.versions.range(..=progress.version).count() as u64);
            coverage.seen += seen;
            coverage.missed += u64::from(progress.version) - seen;
        }
        coverage
    }

    /// Expected events that have not arrived yet.
    pub(super) fn missing(&self) -> u64 {
        self.coverage(false).missed + self.coverage(true).missed
    }

    /// Events that reached the wrong customer.
    pub(super) fn leaks(&self) -> u64 {
        let strange = |(observer, order): &&(Observer, String)| match observer {
            Observer::Staff => false,
            Observer::Customer(n) => self.orders.get(order).is_some_and(|progress| progress.customer != *n),
        };
        self.views.keys().filter(strange).count() as u64
    }

    pub(super) fn by_status(&self) -> [(Status, usize); 6] {
        Status::ALL
            .map(|status| (status, self.orders.values().filter(|progress| progress.status == status).count()))
    }

    pub(super) fn is_clean(&self) -> bool {
        let wrong = self.missing() + self.repeated + self.out_of_order + self.leaks();
        wrong == 0 && self.errors.is_empty()
    }
}

/// Delays and their percentiles.
#[derive(Debug, Default)]
pub(super) struct Delays {
    /// Tenths of a millisecond, four bytes each: an hour at 1000/s takes 14 MB.
    all: Vec<u32>,
    recent: VecDeque<u32>,
}

impl Delays {
    fn add(&mut self, delay: Duration) {
        let tenths = u32::try_from(delay.as_micros() / 100).unwrap_or(u32::MAX);
        self.all.push(tenths);
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(tenths);
    }

    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    /// Percentiles in milliseconds. `shares` are from 0 to 100.
    pub(super) fn percentiles<const N: usize>(&self, shares: [usize; N]) -> [f64; N] {
        let mut sorted = self.all.clone();
        sorted.sort_unstable();
        shares.map(|share| at(&sorted, share))
    }

    /// A percentile of the newest delays, in milliseconds.
    pub(super) fn recent(&self, share: usize) -> f64 {
        let mut sorted: Vec<u32> = self.recent.iter().copied().collect();
        sorted.sort_unstable();
        at(&sorted, share)
    }
}

/// Nearest-rank percentile.
fn at(sorted: &[u32], share: usize) -> f64 {
    let rank = (sorted.len() * share).div_ceil(100).max(1) - 1;
    sorted.get(rank).map_or(0.0, |tenths| f64::from(*tenths) / 10.0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn order(version: u32, status: Status) -> ApiOrder {
        ApiOrder { id: "o".into(), number: "10001".into(), status, version, customer: None, total: None }
    }

    fn event(version: u32, kind: &str) -> ApiEvent {
        let event = json!({
            "id": version.to_string(), "kind": kind, "at": "2026-01-01T00:00:00Z", "version": version, "orderId": "o",
        });
        serde_json::from_value(event).unwrap()
    }

    fn watched() -> Results {
        let mut results = Results::default();
        results.watches(Observer::Customer(0));
        results.watches(Observer::Staff);
        results
    }

    const CUSTOMER: Observer = Observer::Customer(0);

    #[test]
    fn acknowledged_versions_must_reach_customer_and_staff() {
        let (mut results, now) = (watched(), "2026-01-01T00:00:01Z".parse().unwrap());
        results.saw(CUSTOMER, &event(1, "order.created"), now);
        results.placed(&order(1, Status::Pending), 0);
        assert_eq!(
            results.coverage(false),
            Coverage { seen: 1, missed: 0 },
            "an event may arrive before the answer"
        );
        assert_eq!(results.missing(), 1, "the staff's event is missing");
        results.saw(Observer::Staff, &event(1, "order.created"), now);
        results.changed(&order(3, Status::Shipped));
        assert_eq!(results.missing(), 4, "versions 2 and 3, both sides");
        for observer in [CUSTOMER, Observer::Staff] {
            results.saw(observer, &event(2, "order.status_changed"), now);
            results.saw(observer, &event(3, "order.status_changed"), now);
        }
        assert!(results.is_clean());
        assert_eq!(results.by_status()[2], (Status::Shipped, 1));
    }

    #[test]
    fn duplicates_reordering_and_leaks_are_counted() {
        let (mut results, now) = (watched(), "2026-01-01T00:00:01Z".parse().unwrap());
        results.placed(&order(2, Status::Processing), 0);
        results.saw(CUSTOMER, &event(2, "order.status_changed"), now);
        results.saw(CUSTOMER, &event(2, "delivery.located"), now);
        assert_eq!((results.repeated, results.out_of_order), (0, 0), "locations do not count");
        results.saw(CUSTOMER, &event(1, "order.created"), now);
        assert_eq!(results.out_of_order, 1);
        results.saw(CUSTOMER, &event(1, "order.created"), now);
        assert_eq!(results.repeated, 1);
        results.saw(Observer::Customer(1), &event(2, "order.status_changed"), now);
        assert_eq!(results.leaks(), 1);
        assert!(!results.is_clean());
    }

    #[test]
    fn expected_refusals_are_not_errors() {
        let mut results = Results::default();
        results.refused_code("too_late_to_cancel");
        assert!(results.is_clean());
        results.refused_code("internal");
        assert!(!results.is_clean());
    }

    #[test]
    fn percentiles_are_nearest_ranks() {
        let mut delays = Delays::default();
        for ms in 1..=100 {
            delays.add(Duration::from_millis(ms));
        }
        let shown =
            |delays: &Delays| delays.percentiles([50, 95, 99, 100]).map(|ms| ms.to_string()).join(" ");
        assert_eq!(shown(&delays), "50 95 99 100");
        assert_eq!(shown(&Delays::default()), "0 0 0 0");
    }
}
