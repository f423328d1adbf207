//! Kills the real server under load at random moments, again and again, with the same data.
//!
//! - [`load`]: customers who retry until each order is answered, and staff who process the orders.
//! - [`reconnecting_client`]: live connections that resume with their last event id.
//! - [`ledger`]: checks the database at the end.
//!
//! `ORDERCAST_CRASHES` sets how often the server is killed. The default is 20.

mod ledger;
mod load;
mod reconnecting_client;

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use crate::binary::RunningServer;
use crate::support::users::{customer, staff};
use crate::support::within;
use load::Load;
use reconnecting_client::ReconnectingClient;

/// Customers who place orders at the same time.
const CUSTOMERS: usize = 16;
/// Maximum number of orders between two crashes.
const ORDERS_BETWEEN_CRASHES: u64 = 150;
/// Maximum delay after that in microseconds, so that a crash can happen at any moment of a request.
const MAX_DELAY_MICROS: u64 = 30_000;

fn arguments(listen: &str) -> [&str; 10] {
    [
        "--listen",
        listen,
        "--rate-limit-address",
        "off",
        "--rate-limit-account",
        "off",
        "--log",
        "warn",
        "--store-name",
        "Crash & Sons",
    ]
}

async fn product(server: &RunningServer, name: &str) -> String {
    let body = json!({"name": name, "price": {"amount": 450, "currency": "EUR"}, "stock": load::STOCK});
    let made = server.ask("POST", "/api/v1/products").by(&staff("sam")).json(&body).gives(201).await;
    made["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killing_the_server_loses_no_acknowledged_order_and_duplicates_none() {
    let crashes: usize = std::env::var("ORDERCAST_CRASHES").map_or(20, |count| count.parse().unwrap());
    let data = tempfile::tempdir().unwrap();
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let mut server = RunningServer::serve(data.path(), &arguments("127.0.0.1:0")).await;
    let listen = server.address.to_string();
    let products = [product(&server, "Tea").await, product(&server, "Cups").await];

    let load = Arc::new(Load::new(server.address, products));
    let mut followers = vec![ReconnectingClient::start(server.address, staff("sam")).await];
    for n in 0..3 {
        followers.push(ReconnectingClient::start(server.address, customer(&load::name(n))).await);
    }
    let workers = load.start(CUSTOMERS);
    for _ in 0..crashes {
        load.wait_for(load.answered() + random.u64(1..ORDERS_BETWEEN_CRASHES)).await;
        tokio::time::sleep(Duration::from_micros(random.u64(0..MAX_DELAY_MICROS))).await;
        server.kill().await;
        server = RunningServer::serve(data.path(), &arguments(&listen)).await;
    }
    // A last round without a crash, so that every interrupted request gets its answer.
    load.wait_for(load.answered() + ORDERS_BETWEEN_CRASHES).await;
    load.stop(workers).await;
    let head = within(reconnecting_client::head(server.address)).await;
    let mut followed = Vec::new();
    for follower in followers {
        followed.push(follower.finish(&head).await);
    }
    server.stop().await;
    let (orders, retried, replayed) = load.result();
    let events = ledger::check(data.path(), &orders, &followed);
    println!(
        "{crashes} kills: {} orders acknowledged ({retried} after a retry, {replayed} of them replayed), \
         {} status changes, {} events in the log, {} checked on live connections over {} resumptions",
        orders.len(),
        load.moved(),
        events,
        followed.iter().map(|heard| heard.seqs.len()).sum::<usize>(),
        followed.iter().map(|heard| heard.resumed).sum::<usize>(),
    );
}
