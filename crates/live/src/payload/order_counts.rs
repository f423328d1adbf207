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
    /// The sum of all orders that were neither cancelled nor refunded, by currency.
    pub revenue: Vec<Money>,
    /// Since midnight in the store's time zone.
    pub today: CountsToday,
    /// Up to where the counts are exact.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub cursor: Cursor,
}

/// How many orders are in each status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
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
    /// The sum of the orders placed that were neither cancelled nor refunded, by currency.
    pub revenue: Vec<Money>,
}

/// The counts of a customer's own orders, exact at `cursor`.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CustomerStats))]
#[serde(rename_all = "camelCase")]
pub struct CustomerOrderCounts {
    /// All orders that the customer ever placed.
    pub total: i64,
    /// Orders that are neither delivered nor cancelled.
    pub active: i64,
    /// How many are in each status.
    pub by_status: CountsByStatus,
    /// Up to where the counts are exact.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub cursor: Cursor,
}

impl From<&ReadAt<Vec<(Status, i64)>>> for CustomerOrderCounts {
    fn from(counts: &ReadAt<Vec<(Status, i64)>>) -> Self {
        let mut by_status = CountsByStatus::default();
        for (status, orders) in &counts.value {
            *by_status.of(*status) += orders;
        }
        Self {
            total: by_status.total(),
            active: by_status.active(),
            by_status,
            cursor: counts.cursor.clone(),
        }
    }
}

impl CountsByStatus {
    fn of(&mut self, status: Status) -> &mut i64 {
        match status {
            Status::Pending => &mut self.pending,
            Status::Processing => &mut self.processing,
            Status::Shipped => &mut self.shipped,
            Status::Paid => &mut self.paid,
            Status::Delivered => &mut self.delivered,
            Status::Cancelled => &mut self.cancelled,
        }
    }

    fn active(&self) -> i64 {
        self.pending + self.processing + self.shipped + self.paid
    }

    fn total(&self) -> i64 {
        self.active() + self.delivered + self.cancelled
    }
}

impl From<&ReadAt<eventlog::stats::Stats>> for OrderCounts {
    fn from(stats: &ReadAt<eventlog::stats::Stats>) -> Self {
        let mut by_status = CountsByStatus::default();
        let mut revenue: Vec<Money> = Vec::new();
        for (status, currency, tally) in &stats.value.by_status {
            *by_status.of(*status) += tally.orders;
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
            if flow.placed > 0 {
                today.revenue.push(Money { amount: flow.net(), currency: *currency });
            }
        }
        let (total, active) = (by_status.total(), by_status.active());
        Self { total, active, by_status, revenue, today, cursor: stats.cursor.clone() }
    }
}
