//! Locations of deliveries: which of them are stored and sent.

use std::sync::Arc;

use eventlog::StateOwner;
use serde_json::{Value, json};

use crate::binary::RunningServer;
use crate::support::clock::AdjustableClock;
use crate::support::orders::address;
use crate::support::users::{customer, driver, id_of, staff};
use crate::support::{Shop, within};

/// The latitude and time of an order's location.
async fn location(shop: &Shop, who: &str, path: &str) -> (Value, String) {
    let order = shop.get(path).by(who).gives(200).await;
    let location = &order["delivery"]["location"];
    (location["latitude"].clone(), location["at"].as_str().unwrap().to_owned())
}

/// Returns when no location waits.
async fn none_waits(shop: &Shop) {
    let waiting = async || shop.app.read_backend.kept_states(StateOwner::Locations).await.unwrap();
    within(async {
        while !waiting().await.is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_location_soon_after_another_is_sent_when_the_interval_ends() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, dev) = (customer("asha"), driver("dev"));
    let placed = shop.place(&asha, tea, 1).await;
    shop.assign(&placed, &id_of("dev")).await;
    let (mut hers, _) = shop.listen(&asha).await;
    let report = async |latitude: f64| {
        let body = json!({"location": {"lat": latitude, "lng": 10.0, "accuracy": 4.5}});
        shop.put(&placed.path("/delivery"), &body).by(&dev).gives(200).await;
    };
    for latitude in [1.0, 2.0, 3.0] {
        report(latitude).await;
    }
    let mut seen = Vec::new();
    for _ in 0..2 {
        let located = hers.until("delivery.located").await.data["location"].clone();
        seen.push((located["latitude"].as_f64().unwrap(), located["accuracy"].as_f64().unwrap()));
    }
    assert_eq!(seen, [(1.0, 4.5), (3.0, 4.5)]);
    assert_eq!(location(&shop, &asha, &placed.path("")).await.0, 3.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_location_that_was_answered_outlives_a_killed_server() {
    let data = tempfile::tempdir().unwrap();
    let server = RunningServer::serve(data.path(), &[]).await;
    let (asha, sam, dev) = (customer("asha"), staff("sam"), driver("dev"));
    let tea = json!({"name": "Tea", "price": {"amount": 450, "currency": "EUR"}, "stock": 10});
    let tea = server.ask("POST", "/api/v1/products").by(&sam).json(&tea).gives(201).await;
    let body = json!({"items": [{"productId": tea["id"], "quantity": 1}], "shippingAddress": address(),
        "paymentMethod": "cash_on_delivery"});
    let order = server.ask("POST", "/api/v1/orders").by(&asha).json(&body).gives(201).await;
    let path = format!("/api/v1/orders/{}", order["id"].as_str().unwrap());
    let delivery = format!("{path}/delivery");
    let partner = json!({"partner": {"name": "Dev"}, "driverId": id_of("dev")});
    server.ask("PUT", &delivery).by(&sam).json(&partner).gives(200).await;
    for latitude in [1.0, 2.0, 3.0] {
        let body = json!({"location": {"lat": latitude, "lng": 10.0}});
        server.ask("PUT", &delivery).by(&dev).json(&body).gives(200).await;
    }
    server.kill().await;
    let server = RunningServer::serve(data.path(), &[]).await;
    within(async {
        while server.ask("GET", &path).by(&asha).gives(200).await["delivery"]["location"]["latitude"] != 3.0 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    })
    .await;
    server.stop().await;
}

/// The idempotency key is stored with the order, and the location after it. A server that is killed in between has stored only
/// the key.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_location_that_was_not_answered_is_stored_when_the_request_is_repeated() {
    let data = tempfile::tempdir().unwrap();
    let server = RunningServer::serve(data.path(), &[]).await;
    let (asha, sam, dev) = (customer("asha"), staff("sam"), driver("dev"));
    let tea = json!({"name": "Tea", "price": {"amount": 450, "currency": "EUR"}, "stock": 10});
    let tea = server.ask("POST", "/api/v1/products").by(&sam).json(&tea).gives(201).await;
    let body = json!({"items": [{"productId": tea["id"], "quantity": 1}], "shippingAddress": address(),
        "paymentMethod": "cash_on_delivery"});
    let order = server.ask("POST", "/api/v1/orders").by(&asha).json(&body).gives(201).await;
    let path = format!("/api/v1/orders/{}", order["id"].as_str().unwrap());
    let delivery = format!("{path}/delivery");
    let partner = json!({"partner": {"name": "Dev"}, "driverId": id_of("dev")});
    server.ask("PUT", &delivery).by(&sam).json(&partner).gives(200).await;
    let report = |server: &RunningServer, latitude: f64| {
        let body = json!({"location": {"lat": latitude, "lng": 10.0}});
        let key = format!("location {latitude}");
        server.ask("PUT", &delivery).by(&dev).header("idempotency-key", &key).json(&body)
    };
    for latitude in [1.0, 2.0] {
        report(&server, latitude).gives(200).await;
    }
    server.kill().await;
    let database = rusqlite::Connection::open(data.path().join("ordercast.db")).unwrap();
    database.execute("DELETE FROM kept_states WHERE owner = 'locations'", []).unwrap();
    drop(database);
    let server = RunningServer::serve(data.path(), &[]).await;
    let repeated = report(&server, 2.0).send().await;
    assert_eq!((repeated.status, repeated.header("idempotency-replayed")), (200, "true"));
    within(async {
        while server.ask("GET", &path).by(&asha).gives(200).await["delivery"]["location"]["latitude"] != 2.0 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    })
    .await;
    server.stop().await;
}

#[tokio::test]
async fn a_repeated_request_does_not_bring_an_old_location_back() {
    let clock = Arc::new(AdjustableClock::default());
    let shop = Shop::on(clock.clone(), &[]).await;
    let tea = shop.product("Tea", 10).await;
    let (asha, dev) = (customer("asha"), driver("dev"));
    let placed = shop.place(&asha, tea, 1).await;
    shop.assign(&placed, &id_of("dev")).await;
    let (mut hers, _) = shop.listen(&asha).await;
    let report = async |latitude: f64| {
        let body = json!({"location": {"lat": latitude, "lng": 10.0}});
        let ask = shop.put(&placed.path("/delivery"), &body).by(&dev);
        ask.header("idempotency-key", &format!("location {latitude}")).gives(200).await;
    };
    report(1.0).await;
    // This location is too soon, so it waits.
    report(2.0).await;
    for expected in [1.0, 2.0] {
        assert_eq!(hers.until("delivery.located").await.data["location"]["latitude"], expected);
    }
    let waiting = async || shop.app.read_backend.kept_states(StateOwner::Locations).await.unwrap();
    none_waits(&shop).await;
    for latitude in [3.0, 4.0] {
        clock.advance(jiff::SignedDuration::from_secs(10));
        report(latitude).await;
        assert_eq!(hers.until("delivery.located").await.data["location"]["latitude"], latitude);
        for old in [1.0, 2.0] {
            report(old).await;
        }
        let waiting = waiting().await;
        assert!(waiting.is_empty(), "{waiting:?}");
    }
    assert_eq!(location(&shop, &asha, &placed.path("")).await.0, 4.0);
}

#[tokio::test]
async fn of_positions_of_a_device_whose_clock_is_ahead_the_newest_wins() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 100).await;
    let (asha, dev) = (customer("asha"), driver("dev"));
    for (arrival, told) in [(vec![9, 8, 7, 0], vec![9.0]), (vec![3, 1, 9, 2, 0], vec![3.0, 9.0])] {
        let placed = shop.place(&asha, tea, 1).await;
        shop.assign(&placed, &id_of("dev")).await;
        let (mut hers, _) = shop.listen(&asha).await;
        let ahead = ordercast::clock::now() + jiff::SignedDuration::from_hours(1);
        for n in arrival {
            let at = ahead + jiff::SignedDuration::from_secs(10 * n);
            let body =
                json!({"location": {"latitude": n, "longitude": 10, "timestamp": at.as_millisecond()}});
            shop.put(&placed.path("/delivery"), &body).by(&dev).gives(200).await;
        }
        for latitude in told {
            assert_eq!(hers.until("delivery.located").await.data["location"]["latitude"], latitude);
        }
        none_waits(&shop).await;
        assert_eq!(location(&shop, &asha, &placed.path("")).await.0, 9.0);
    }
}

#[tokio::test]
async fn of_positions_that_a_device_kept_the_newest_by_its_own_time_wins() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let (asha, dev) = (customer("asha"), driver("dev"));
    let placed = shop.place(&asha, tea, 1).await;
    shop.assign(&placed, &id_of("dev")).await;
    let (mut hers, _) = shop.listen(&asha).await;
    let start = ordercast::clock::now() - jiff::SignedDuration::from_mins(10);
    let minute = |n: i64| start + jiff::SignedDuration::from_mins(n);
    // The newest is neither the first nor the last one that arrives.
    for n in [3, 1, 9, 4, 0, 8, 2, 5, 7, 6] {
        let at = match n % 3 {
            0 => json!({"at": minute(n).to_string()}),
            1 => json!({"timestamp": minute(n).as_millisecond()}),
            _ => json!({"at": minute(n).as_millisecond().to_string()}),
        };
        let mut place = json!({"latitude": n, "longitude": 10.0});
        place.as_object_mut().unwrap().append(&mut at.as_object().unwrap().clone());
        shop.put(&placed.path("/delivery"), &json!({"location": place})).by(&dev).gives(200).await;
    }
    for expected in [3.0, 9.0] {
        assert_eq!(hers.until("delivery.located").await.data["location"]["latitude"], expected);
    }
    assert_eq!(location(&shop, &asha, &placed.path("")).await, (json!(9.0), orders::time::text(minute(9))));
    // An old location arrives later.
    let late = json!({"location": {"lat": 5, "lng": 10, "timestamp": minute(5).to_string()}});
    shop.put(&placed.path("/delivery"), &late).by(&dev).gives(200).await;
    assert_eq!(location(&shop, &asha, &placed.path("")).await.0, 9.0);
    // The locations of a device whose clock is ahead do not hide later ones.
    let ahead = json!({"location": {"lat": 10, "lng": 10, "timestamp": "2099-01-01T00:00:00Z"}});
    shop.put(&placed.path("/delivery"), &ahead).by(&dev).gives(200).await;
    assert_eq!(hers.until("delivery.located").await.data["location"]["latitude"], 10.0);
    let next = json!({"location": {"lat": 11, "lng": 10}});
    shop.put(&placed.path("/delivery"), &next).by(&dev).gives(200).await;
    assert_eq!(hers.until("delivery.located").await.data["location"]["latitude"], 11.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stored_locations_that_cannot_be_read_are_removed_at_a_start() {
    let data = tempfile::tempdir().unwrap();
    RunningServer::serve(data.path(), &[]).await.stop().await;
    let database = rusqlite::Connection::open(data.path().join("ordercast.db")).unwrap();
    for (key, state) in [("10001", "{}"), ("01903e4c-0000-7000-8000-000000000000", "{\"location\": 1}")] {
        let insert = "INSERT INTO kept_states (owner, key, state) VALUES ('locations', ?1, ?2)";
        database.execute(insert, [key, state]).unwrap();
    }
    RunningServer::serve(data.path(), &[]).await.stop().await;
    let left =
        database.query_row("SELECT count(*) FROM kept_states", [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(left, 0);
}
