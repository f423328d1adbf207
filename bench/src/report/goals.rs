//! The goals of the server.

use serde::Serialize;

use crate::floor::sqlite::SqliteFloor;
use crate::load::LoadResult;
use crate::pages::Page;
use crate::units::ratio;

/// Minimum orders per second.
const ORDERS_PER_SECOND: f64 = 12_000.0;
/// Maximum p99 of an order, in milliseconds.
const ORDER_P99: f64 = 25.0;
/// Minimum rate of the last window, relative to the first.
const LAST_TO_FIRST: f64 = 0.5;
/// Minimum rate, relative to the bare loop that writes the same rows.
const OF_BARE_LOOP: f64 = 0.6;
/// Maximum p99 of a page, in milliseconds.
const PAGE_P99: f64 = 5.0;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Goal {
    pub(crate) what: &'static str,
    pub(crate) asked: String,
    pub(crate) measured: String,
    pub(crate) met: bool,
}

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
