//! A store's counts over time, for charts.

use axum::extract::State;
use eventlog::stats::{DeliveryTimes, Series};
use eventlog::{Cursor, ReadAt};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use orders::{Money, ProductId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::page::invalid;
use crate::app::AppState;
use crate::caller::Staff;
use crate::commands::database_error;
use crate::extract::{Query, time};
use crate::problem::Problem;

const MAX_POINTS: usize = 400;
const MAX_TOP_PRODUCTS: usize = 10;
const DEFAULT_HOURS: i64 = 24;
const DEFAULT_DAYS: i64 = 30;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SeriesQuery {
    /// From the hour or day of this time (RFC 3339). Default: the last 24 hours or 30 days, including the current
    /// one.
    #[serde(default, deserialize_with = "time")]
    from: Option<Timestamp>,
    /// To the end of the hour or day that contains the moment before this time (RFC 3339). Default: the current
    /// one.
    #[serde(default, deserialize_with = "time")]
    to: Option<Timestamp>,
    /// The length of one point: `hour` or `day` in the store's time zone. Default: `day`.
    #[param(value_type = Option<Bucket>)]
    bucket: Option<String>,
}

/// The length of one point of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SeriesBucket)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// One hour.
    Hour,
    /// One calendar day.
    Day,
}

/// A store's counts over time, exact at `cursor`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Series)]
#[serde(rename_all = "camelCase")]
pub struct SeriesView {
    /// The length of one point.
    bucket: Bucket,
    /// When the first point begins.
    #[serde(serialize_with = "orders::time::serialize")]
    from: Timestamp,
    /// When the last point ends.
    #[serde(serialize_with = "orders::time::serialize")]
    to: Timestamp,
    /// One for each hour or day, including empty ones.
    points: Vec<Point>,
    /// Delivery times over the whole period; null if nothing was delivered.
    #[schema(required)]
    delivery_time: Option<DeliveryTime>,
    /// The products ordered most over the whole period, by quantity; at most ten. Orders that were cancelled or refunded do
    /// not count.
    top_products: Vec<TopProduct>,
    /// The cursor at which the counts are exact.
    #[schema(value_type = String)]
    cursor: Cursor,
}

/// One hour or day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeriesPoint)]
pub struct Point {
    /// When it begins.
    #[serde(serialize_with = "orders::time::serialize")]
    at: Timestamp,
    /// Orders placed, including those cancelled later.
    orders: i64,
    /// Orders cancelled, whenever they were placed.
    cancelled: i64,
    /// Orders marked as delivered, whenever they were placed. An order that is corrected and marked again counts
    /// again.
    delivered: i64,
    /// Sum of the orders placed that were neither cancelled nor refunded, then or later, by currency.
    revenue: Vec<Money>,
}

/// Time from placing to delivery in seconds, exact to within 3.2 %.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryTime {
    /// Half of the deliveries took no longer.
    median: i64,
    /// Nine of ten deliveries took no longer.
    p90: i64,
}

/// Orders of one product. A product whose price changed its currency appears once per currency.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TopProduct {
    /// The product's id.
    product_id: ProductId,
    /// The product's current name.
    name: String,
    /// Units ordered.
    quantity: i64,
    /// Sum of these orders for the product.
    revenue: Money,
}

/// Get the store's counts over time
///
/// For charts: counts for each hour or day of the store's time zone, at most 400 points. The cost depends on the
/// length of the period, not on the number of orders.
#[utoipa::path(
    get, path = "/api/v1/stats/series", operation_id = "stats_series", tag = "orders", params(SeriesQuery),
    responses((status = OK, body = SeriesView), (status = "4XX", body = Problem, content_type = "application/problem+json")),
)]
pub async fn series(
    State(app): State<AppState>,
    staff: Staff,
    Query(filter): Query<SeriesQuery>,
) -> Result<axum::Json<SeriesView>, Problem> {
    let (bucket, edges) = filter.edges(&app.settings.zone, app.now())?;
    let found = app.read_backend.series(staff.store().clone(), edges.clone(), MAX_TOP_PRODUCTS).await;
    Ok(axum::Json(SeriesView::of(bucket, &edges, found.map_err(|error| database_error(&error))?)))
}

impl SeriesQuery {
    /// The length of a point, the start of the first point, and the end of each point.
    fn edges(self, zone: &TimeZone, now: Timestamp) -> Result<(Bucket, Vec<Timestamp>), Problem> {
        let bucket = match self.bucket.as_deref() {
            None | Some("day") => Bucket::Day,
            Some("hour") => Bucket::Hour,
            Some(_) => return Err(invalid("bucket", "must be hour or day")),
        };
        let to = self.to.unwrap_or_else(|| later(now, SignedDuration::from_millis(1)));
        // The last point contains the moment before `to`.
        let last = later(to, -SignedDuration::from_millis(1));
        let default_from = || match bucket {
            Bucket::Hour => later(last, -SignedDuration::from_hours(DEFAULT_HOURS - 1)),
            // Calendar days: not all have 24 hours.
            Bucket::Day => {
                let first = last.to_zoned(zone.clone()).checked_sub((DEFAULT_DAYS - 1).days());
                first.map_or(Timestamp::MIN, |first| first.timestamp())
            }
        };
        let from = self.from.unwrap_or_else(default_from);
        if from < Timestamp::UNIX_EPOCH {
            return Err(invalid("from", "must be a time after 1970"));
        }
        if to <= from {
            return Err(invalid("to", "must be after `from`"));
        }
        let too_late = || invalid("to", "is too far in the future");
        let mut edges = vec![bucket.begin(from, zone).ok_or_else(too_late)?];
        while edges.last().is_some_and(|last| *last < to) {
            if edges.len() > MAX_POINTS {
                return Err(invalid("from", "must be at most 400 hours or days before `to`"));
            }
            edges.push(edges.last().and_then(|last| bucket.next(*last, zone)).ok_or_else(too_late)?);
        }
        Ok((bucket, edges))
    }
}

impl Bucket {
    /// When the hour or day of a time began; `None` at the end of the calendar.
    fn begin(self, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            // By local time. When clocks go back, the repeated hour is a separate point.
            Self::Hour => {
                let offset = i64::from(zone.to_offset(at).seconds());
                let local = at.as_second() + offset;
                Timestamp::from_second(local - local.rem_euclid(3600) - offset).ok()
            }
            Self::Day => Some(at.to_zoned(zone.clone()).start_of_day().ok()?.timestamp()),
        }
    }

    /// When the hour or day that begins at a time ends.
    fn next(self, begin: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Hour => {
                let hour_on = begin.checked_add(SignedDuration::from_hours(1)).ok()?;
                // If clocks move by half an hour, one point is only half an hour long.
                let moved = zone.to_offset(begin) != zone.to_offset(hour_on);
                self.begin(hour_on, zone).filter(|next| *next > begin && !moved).or(Some(hour_on))
            }
            Self::Day => {
                let tomorrow = begin.to_zoned(zone.clone()).tomorrow().ok()?;
                Some(tomorrow.start_of_day().ok()?.timestamp())
            }
        }
    }
}

impl SeriesView {
    fn of(bucket: Bucket, edges: &[Timestamp], found: ReadAt<Series>) -> Self {
        let Series { intervals, deliveries, top_products } = found.value;
        let point = |(at, flows): (&Timestamp, Vec<(orders::Currency, eventlog::stats::OrderActivity)>)| {
            let mut point = Point { at: *at, orders: 0, cancelled: 0, delivered: 0, revenue: Vec::new() };
            for (currency, flow) in flows {
                point.orders += flow.placed;
                point.cancelled += flow.cancelled;
                point.delivered += flow.delivered;
                if flow.placed > 0 {
                    point.revenue.push(Money { amount: flow.net(), currency });
                }
            }
            point
        };
        let top = top_products.into_iter().map(|sold| TopProduct {
            product_id: sold.product,
            name: sold.name,
            quantity: sold.quantity,
            revenue: sold.revenue,
        });
        Self {
            bucket,
            from: edges.first().copied().unwrap_or_default(),
            to: edges.last().copied().unwrap_or_default(),
            points: edges.iter().zip(intervals).map(point).collect(),
            delivery_time: DeliveryTime::of(&deliveries),
            top_products: top.collect(),
            cursor: found.cursor,
        }
    }
}

impl DeliveryTime {
    fn of(times: &DeliveryTimes) -> Option<Self> {
        Some(Self { median: times.percentile(50)?, p90: times.percentile(90)? })
    }
}

/// Saturating addition.
fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(if by.is_negative() { Timestamp::MIN } else { Timestamp::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// The edges as local times.
    fn edges(zone: &str, bucket: &str, from: &str, to: &str) -> Vec<String> {
        let zone = TimeZone::get(zone).unwrap();
        let filter = SeriesQuery { from: Some(at(from)), to: Some(at(to)), bucket: Some(bucket.to_owned()) };
        let edges = filter.edges(&zone, at("2026-06-01T12:00:00Z")).unwrap().1;
        edges
            .into_iter()
            .map(|edge| edge.to_zoned(zone.clone()).strftime("%d %H:%M%:z").to_string())
            .collect()
    }

    #[test]
    fn hours_and_days_are_those_of_the_stores_clocks() {
        // One day of 23 hours and one of 25.
        let spring = edges("Europe/Berlin", "day", "2026-03-28T12:00:00Z", "2026-03-30T00:00:00Z");
        assert_eq!(spring, ["28 00:00+01:00", "29 00:00+01:00", "30 00:00+02:00", "31 00:00+02:00"]);
        let hours = edges("Europe/Berlin", "hour", "2026-03-29T00:10:00Z", "2026-03-29T01:10:00Z");
        assert_eq!(hours, ["29 01:00+01:00", "29 03:00+02:00", "29 04:00+02:00"]);
        let twice = edges("Europe/Berlin", "hour", "2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z");
        assert_eq!(twice, ["25 02:00+02:00", "25 02:00+01:00", "25 03:00+01:00"]);
        let odd = edges("Asia/Kathmandu", "hour", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z");
        assert_eq!(odd, ["01 05:00+05:45", "01 06:00+05:45", "01 07:00+05:45"]);
        let half = edges("Australia/Lord_Howe", "hour", "2026-04-04T14:00:00Z", "2026-04-04T16:30:00Z");
        let expected = ["05 01:00+11:00", "05 01:30+10:30", "05 02:00+10:30", "05 03:00+10:30"];
        assert_eq!(half, expected, "half an hour is repeated");
        // This day has no midnight: it begins at one o'clock.
        let gap = edges("America/Santiago", "day", "2026-09-06T12:00:00Z", "2026-09-06T13:00:00Z");
        assert_eq!(gap, ["06 01:00-03:00", "07 00:00-03:00"]);
    }

    #[test]
    fn every_edge_lies_between_quarters_of_an_hour() {
        let quarter = eventlog::stats::BUCKET_SECONDS;
        for zone in ["UTC", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"] {
            let zone = TimeZone::get(zone).unwrap();
            for bucket in ["hour", "day"] {
                let from = at("2026-03-20T00:00:00Z");
                let to = later(from, SignedDuration::from_hours(390));
                let filter = SeriesQuery { from: Some(from), to: Some(to), bucket: Some(bucket.to_owned()) };
                let edges = filter.edges(&zone, to).unwrap().1;
                assert!(edges.iter().all(|edge| edge.as_second() % quarter == 0), "{zone:?}");
                assert!(edges.windows(2).all(|pair| pair[0] < pair[1]));
                assert!(edges[0] <= from && *edges.last().unwrap() >= to);
            }
        }
    }

    #[test]
    fn the_usual_series_ends_with_the_present() {
        for (bucket, points) in [("hour", 24), ("day", 30)] {
            for now in ["2026-06-01T12:00:00Z", "2026-06-01T00:00:00Z", "2026-05-31T23:59:59.999Z"] {
                let filter = SeriesQuery { bucket: Some(bucket.to_owned()), ..SeriesQuery::default() };
                let edges = filter.edges(&TimeZone::UTC, at(now)).unwrap().1;
                assert_eq!(edges.len() - 1, points, "{bucket} {now}");
                assert!(edges[points - 1] <= at(now) && at(now) < edges[points], "{bucket} {now}");
            }
        }
        // Days of 23 and 25 hours count as days.
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        for now in ["2026-11-10T22:30:00Z", "2026-04-09T22:30:00Z"] {
            assert_eq!(SeriesQuery::default().edges(&berlin, at(now)).unwrap().1.len() - 1, 30, "{now}");
        }
    }
}
