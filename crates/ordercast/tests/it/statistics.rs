//! Statistics: a store's orders and revenue over time.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::support::Shop;
use crate::support::clock::AdjustableClock;
use crate::support::orders::cart;
use crate::support::users::patient;

#[tokio::test]
async fn series_count_events_in_their_time_bucket() {
    let clock = Arc::new(AdjustableClock::default());
    let shop = Shop::on(clock.clone(), &[("ORDERCAST_STORE_TIMEZONE", "Asia/Kolkata")]).await;
    let (asha, sam) = (patient("asha", "user"), patient("sam", "admin"));
    let (tea, cup) = (shop.product("Tea", 1000).await, shop.product("Cup", 1000).await);
    let place = async |lines: &[_]| {
        let view = shop.post("/api/v1/orders", &cart(lines)).by(&asha).gives(201).await;
        format!("/api/v1/orders/{}", view["id"].as_str().unwrap())
    };
    let set = async |path: &str, status: &str| {
        shop.put(&format!("{path}/status"), &json!({"status": status})).by(&sam).gives(200).await
    };
    let first = place(&[(tea, 2), (cup, 5)]).await;
    let second = place(&[(tea, 1)]).await;
    set(&second, "cancelled").await;
    clock.advance(SignedDuration::from_hours(26));
    let third = place(&[(tea, 4)]).await;
    set(&first, "delivered").await;
    clock.advance(SignedDuration::from_mins(30));
    set(&third, "delivered").await;

    let days = shop.get("/api/v1/stats/series?bucket=day").by(&sam).gives(200).await;
    let stats = shop.get("/api/v1/stats").by(&sam).gives(200).await;
    assert_eq!((&days["bucket"], &days["cursor"]), (&json!("day"), &stats["cursor"]));
    let points = days["points"].as_array().unwrap();
    assert_eq!((points.len(), &points[0]["at"]), (30, &days["from"]));
    let sum = |field: &str| points.iter().map(|point| point[field].as_i64().unwrap()).sum::<i64>();
    assert_eq!([sum("orders"), sum("cancelled"), sum("delivered")], [3, 1, 2]);
    // Days begin at midnight in the store's time zone.
    let at = |value: &Value| value.as_str().unwrap().parse::<Timestamp>().unwrap();
    for point in points {
        assert_eq!(at(&point["at"]).to_string()[11..], *"18:30:00Z");
    }
    // The first two events are on one day, and the last two on another.
    let busy: Vec<_> = points.iter().filter(|point| point["orders"] != 0).collect();
    assert_eq!(
        (&busy[0]["orders"], &busy[0]["revenue"]),
        (&json!(2), &json!([{"amount": 8750, "currency": "EUR"}]))
    );
    assert_eq!(
        (&busy[1]["orders"], &busy[1]["revenue"]),
        (&json!(1), &json!([{"amount": 5000, "currency": "EUR"}]))
    );
    assert_eq!(points.iter().filter(|point| point["revenue"] == json!([])).count(), 28);

    let eur = |amount: i64| json!({"amount": amount, "currency": "EUR"});
    assert_eq!(
        days["topProducts"],
        json!([
            {"productId": tea.0, "name": "Tea", "quantity": 6, "revenue": eur(7500)},
            {"productId": cup.0, "name": "Cup", "quantity": 5, "revenue": eur(6250)},
        ])
    );
    let about = |received: &Value, exact: i64| {
        let off = (received.as_i64().unwrap() - exact).abs();
        assert!(off * 1000 <= exact * 40, "{received} is not close to {exact}");
    };
    about(&days["deliveryTime"]["median"], 30 * 60);
    about(&days["deliveryTime"]["p90"], 26 * 3600);

    // An hour later there is one more point. The points do not depend on the requested period.
    let hours = shop.get("/api/v1/stats/series?bucket=hour").by(&sam).gives(200).await;
    let points = hours["points"].as_array().unwrap();
    assert_eq!(points.len(), 24);
    let seconds = |pair: &[Value]| at(&pair[1]["at"]).duration_since(at(&pair[0]["at"])).as_secs();
    assert!(points.windows(2).all(|pair| seconds(pair) == 3600));
    let now = ordercast::clock::now() + SignedDuration::from_mins(26 * 60 + 30);
    assert!(at(&points[23]["at"]) <= now && now < at(&hours["to"]), "{}", hours["to"]);
    let recent: i64 = points.iter().map(|point| point["orders"].as_i64().unwrap()).sum();
    assert_eq!((recent, &hours["topProducts"][0]["quantity"]), (1, &json!(4)));
    clock.advance(SignedDuration::from_hours(1));
    let later = shop.get("/api/v1/stats/series?bucket=hour").by(&sam).gives(200).await;
    assert!(at(&later["from"]) > at(&points[0]["at"]) && later["points"].as_array().unwrap().len() == 24);
}

#[tokio::test]
async fn a_store_without_orders_has_empty_series() {
    let shop = Shop::open().await;
    let path = "/api/v1/stats/series?from=2026-01-01T10:30:00Z&to=2026-01-01T12:00:01Z&bucket=hour";
    let series = shop.get(path).by(&patient("sam", "admin")).gives(200).await;
    let point = |at: &str| json!({"at": at, "orders": 0, "cancelled": 0, "delivered": 0, "revenue": []});
    let expected = json!({
        "bucket": "hour", "from": "2026-01-01T10:00:00.000Z", "to": "2026-01-01T13:00:00.000Z",
        "points": [point("2026-01-01T10:00:00.000Z"), point("2026-01-01T11:00:00.000Z"), point("2026-01-01T12:00:00.000Z")],
        "deliveryTime": null, "topProducts": [], "cursor": series["cursor"],
    });
    assert_eq!(series, expected);
    let most = "/api/v1/stats/series?from=2024-12-01T00:00:00Z&to=2026-01-05T00:00:00Z&bucket=day";
    let most = shop.get(most).by(&patient("sam", "admin")).gives(200).await;
    assert_eq!(most["points"].as_array().unwrap().len(), 400);
}

/// The same number in tiles and series, and today is never more than everything.
#[tokio::test]
async fn revenue_is_net_of_cancellations_and_refunds_everywhere() {
    let clock = Arc::new(AdjustableClock::default());
    let shop = Shop::on(clock.clone(), &[]).await;
    let (asha, sam) = (patient("asha", "user"), patient("sam", "admin"));
    let (tea, cup) = (shop.product("Tea", 1000).await, shop.product("Cup", 1000).await);
    let revenue = async || {
        let stats = shop.get("/api/v1/stats").by(&sam).gives(200).await;
        let days = shop.get("/api/v1/stats/series?bucket=day").by(&sam).gives(200).await;
        let hours = shop.get("/api/v1/stats/series?bucket=hour").by(&sam).gives(200).await;
        let amount = |money: &Value| money[0]["amount"].as_i64().unwrap_or_default();
        let sum = |series: &Value| {
            series["points"].as_array().unwrap().iter().map(|point| amount(&point["revenue"])).sum()
        };
        let top = days["topProducts"].as_array().unwrap().iter();
        let products = top.map(|product| product["revenue"]["amount"].as_i64().unwrap()).sum();
        let today = amount(&stats["today"]["revenue"]);
        let last_day = amount(&days["points"][29]["revenue"]);
        let all: [i64; 4] = [amount(&stats["revenue"]), sum(&days), sum(&hours), products];
        assert!(all.iter().all(|each| *each == all[0]), "{all:?}");
        assert_eq!(today, last_day);
        (all[0], today)
    };
    let kept = shop.place(&asha, tea, 1).await;
    let (refunded, cancelled) = (shop.place(&asha, tea, 2).await, shop.place(&asha, cup, 3).await);
    assert_eq!(revenue().await.0, 6 * 1250);
    shop.advance(&cancelled, "cancelled").await;
    assert_eq!(revenue().await.0, 3 * 1250);
    shop.advance(&refunded, "paid").await;
    assert_eq!(revenue().await.0, 3 * 1250);
    let order = refunded.id.parse().unwrap();
    let refund = orders::Command::RecordPayment {
        order: orders::OrderRef::Id(order),
        outcome: orders::command::PaymentOutcome::Refunded,
        reference: None,
    };
    shop.app.writer.submit(eventlog::Submission::one(refund, orders::Actor::System)).await.unwrap();
    assert_eq!(revenue().await.0, 1250);
    // A refunded order that is cancelled counts once.
    shop.advance(&refunded, "cancelled").await;
    assert_eq!(revenue().await.0, 1250);
    // What is cancelled the next day was not sold today.
    clock.advance(SignedDuration::from_hours(20));
    shop.place(&asha, cup, 1).await;
    // `advance` signs tokens that ended while the clock moved.
    let cancel = json!({"status": "cancelled"});
    shop.put(&kept.path("/status"), &cancel).by(&sam).gives(200).await;
    assert_eq!(revenue().await.0, 1250);
    let (all, today) = revenue().await;
    assert!(today <= all, "{today} of {all}");
}
