//! What is asked of the server, and whether it held.

use serde::Serialize;

use crate::floor::sqlite::SqliteFloor;
use crate::load::LoadResult;
use crate::pages::Page;
use crate::units::ratio;

/// Orders per second, at least.
const ORDERS_PER_SECOND: f64 = 12_000.0;
/// Milliseconds within which 99 of 100 orders are answered.
const ORDER_P99: f64 = 25.0;
/// The last window's rate over the first one's, at least.
const LAST_TO_FIRST: f64 = 0.5;
/// The rate over that of a bare loop that writes the same rows, at least.
const OF_BARE_LOOP: f64 = 0.6;
/// Milliseconds within which 99 of 100 pages are answered.
const PAGE_P99: f64 = 5.0;

/// One thing that is asked.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Goal {
    /// Of what.
    pub(crate) what: &'static str,
    /// What is asked.
    pub(crate) asked: String,
    /// What it is.
    pub(crate) measured: String,
    /// Whether that is enough.
    pub(crate) met: bool,
}

/// The goals of `orders`.
pub(crate) fn of_orders(load: &LoadResult, pages: &[Page], sqlite: Option<&SqliteFloor>) -> Vec<Goal> {
    let failures = load.lost + load.statuses.values().sum::<u64>() - load.created;
    let mut goals = vec![
        Goal {
            what: "every order created",
            asked: "no failures".to_owned(),
            measured: format!("{failures} failures"),
            met: failures == 0,
        },
        Goal {
            what: "orders, whole run",
            asked: format!("at least {ORDERS_PER_SECOND:.0}/s"),
            measured: format!("{:.0}/s", load.per_second),
            met: load.per_second >= ORDERS_PER_SECOND,
        },
        Goal {
            what: "orders, p99",
            asked: format!("under {ORDER_P99} ms"),
            measured: format!("{:.2} ms", load.latency.p99),
            met: load.latency.p99 < ORDER_P99,
        },
    ];
    if let [first, .., last] = load.windows.as_slice() {
        let kept = ratio(last.per_second, first.per_second);
        goals.push(Goal {
            what: "rate of the last window to the first",
            asked: format!("at least {LAST_TO_FIRST}"),
            measured: format!("{kept:.2}"),
            met: kept >= LAST_TO_FIRST,
        });
    }
    if let Some(floor) = sqlite {
        goals.push(Goal {
            what: "rate to that of a bare loop writing the same rows",
            asked: format!("at least {OF_BARE_LOOP}"),
            measured: format!("{:.2} of {:.0}/s", floor.kept, floor.per_second),
            met: floor.kept >= OF_BARE_LOOP,
        });
    }
    if let Some(slowest) = pages.iter().max_by(|a, b| a.latency.p99.total_cmp(&b.latency.p99)) {
        goals.push(Goal {
            what: "slowest list, p99",
            asked: format!("under {PAGE_P99} ms"),
            measured: format!("{:.2} ms ({})", slowest.latency.p99, slowest.name),
            met: slowest.latency.p99 < PAGE_P99,
        });
    }
    goals
}
