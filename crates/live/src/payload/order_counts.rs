//! A store's counts.

use eventlog::{Cursor, ReadAt};
use orders::{Money, Status};
use serde::Serialize;

/// A store's counts, exact at `cursor`.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Stats))]
#[serde(rename_all = "camelCase")]
pub struct OrderCounts {
    /// All orders ever placed.
    pub total: i64,
    /// Orders that are neither delivered nor cancelled.
    pub active: i64,
    /// How many are in each status.
    pub by_status: CountsByStatus,
    /// The sum of all orders that were not cancelled, by currency.
    pub revenue: Vec<Money>,
    /// Since midnight in the store's time zone.
    pub today: CountsToday,
    /// Up to where the counts are exact.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub cursor: Cursor,
}

/// How many orders are in each status.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = StatsByStatus))]
pub struct CountsByStatus {
    pub pending: i64,
    pub processing: i64,
    pub shipped: i64,
    pub paid: i64,
    pub delivered: i64,
    pub cancelled: i64,
}

/// What happened today.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = StatsToday))]
#[serde(rename_all = "camelCase")]
pub struct CountsToday {
    /// Orders placed.
    pub orders: i64,
    /// Orders cancelled, whenever they were placed.
    pub cancelled: i64,
    /// Orders delivered, whenever they were placed.
    pub delivered: i64,
    /// The sum of the orders placed, by currency.
    pub revenue: Vec<Money>,
}

impl From<&ReadAt<eventlog::stats::Stats>> for OrderCounts {
    fn from(stats: &ReadAt<eventlog::stats::Stats>) -> Self {
        let mut by_status = CountsByStatus::default();
        let mut revenue: Vec<Money> = Vec::new();
        for (status, currency, tally) in &stats.value.by_status {
            let count = match status {
                Status::Pending => &mut by_status.pending,
                Status::Processing => &mut by_status.processing,
                Status::Shipped => &mut by_status.shipped,
                Status::Paid => &mut by_status.paid,
                Status::Delivered => &mut by_status.delivered,
                Status::Cancelled => &mut by_status.cancelled,
            };
            *count += tally.orders;
            if *status != Status::Cancelled {
                match revenue.iter_mut().find(|money| money.currency == *currency) {
                    Some(money) => money.amount += tally.amount,
                    None => revenue.push(Money { amount: tally.amount, currency: *currency }),
                }
            }
        }
        let mut today = CountsToday::default();
        for (currency, flow) in &stats.value.since {
            today.orders += flow.placed;
            today.cancelled += flow.cancelled;
            today.delivered += flow.delivered;
            today.revenue.push(Money { amount: flow.amount, currency: *currency });
        }
        let CountsByStatus { pending, processing, shipped, paid, delivered, cancelled } = by_status;
        let active = pending + processing + shipped + paid;
        let total = active + delivered + cancelled;
        Self { total, active, by_status, revenue, today, cursor: stats.cursor.clone() }
    }
}
