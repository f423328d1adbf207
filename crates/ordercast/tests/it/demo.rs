//! Demo mode: accounts that anybody may use while the shop is a demo.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::binary::{RunningServer, command};
use crate::support::within;

const MIRA: &str = "mira@example.com";

/// Signs in with a demo account. Returns the status and the token.
async fn sign_in(server: &RunningServer, email: &str) -> (u16, String) {
    let body = json!({"email": email, "password": "lantern-street"});
    let answer = server.ask("POST", "/api/v1/auth/login").json(&body).send().await;
    let token = answer.json()["accessToken"].as_str().unwrap_or_default().to_owned();
    (answer.status, token)
}

async fn config(server: &RunningServer) -> Value {
    server.ask("GET", "/api/v1/config").gives(200).await
}

async fn serve(data: &std::path::Path, arguments: &[&str]) -> RunningServer {
    let all = [arguments, &["--rate-limit-sign-in", "off"]].concat();
    RunningServer::serve_with(data, &all, &[]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_accounts_can_sign_in_only_in_a_demo() {
    let data = tempfile::tempdir().unwrap();
    let demo = serve(data.path(), &["--demo"]).await;
    let received = config(&demo).await;
    assert_eq!(
        (&received["demo"], &received["storeName"]),
        (&json!(true), &json!("Lantern Street Coffee & Tea"))
    );
    let mut tokens = Vec::new();
    for account in received["demoAccounts"].as_array().unwrap() {
        let (status, token) = sign_in(&demo, account["email"].as_str().unwrap()).await;
        assert_eq!(status, 200, "{account}");
        let me = demo.ask("GET", "/api/v1/me").by(&token).gives(200).await;
        assert_eq!((&me["role"], &me["name"]), (&account["role"], &account["name"]));
        tokens.push(token);
    }
    assert!(tokens.len() > 2);
    demo.stop().await;

    // The same data without `--demo`.
    let own = serve(data.path(), &[]).await;
    let received = config(&own).await;
    assert_eq!((&received["demo"], &received["demoAccounts"]), (&json!(false), &json!([])));
    for email in [MIRA, "asha@example.com", "greta@example.com"] {
        assert_eq!(sign_in(&own, email).await.0, 401, "{email}");
    }
    for token in &tokens {
        assert_eq!(own.ask("GET", "/api/v1/me").by(token).refused(401).await, "session_ended");
    }
    own.kill().await;
    let own = serve(data.path(), &[]).await;
    assert_eq!(sign_in(&own, MIRA).await.0, 401);
    own.stop().await;

    let demo = serve(data.path(), &["--demo"]).await;
    assert_eq!(sign_in(&demo, MIRA).await.0, 200);
    assert_eq!(demo.ask("GET", "/api/v1/me").by(&tokens[0]).refused(401).await, "session_ended");
    demo.kill().await;
    let own = serve(data.path(), &[]).await;
    assert_eq!(
        sign_in(&own, MIRA).await.0,
        401,
        "demo accounts are locked after a demo that was killed, too"
    );
    own.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_shop_is_in_berlin_unless_a_time_zone_is_configured() {
    let data = tempfile::tempdir().unwrap();
    let demo = serve(data.path(), &["--demo"]).await;
    assert_eq!(config(&demo).await["timeZone"], "Europe/Berlin");
    demo.stop().await;
    let elsewhere = serve(data.path(), &["--demo", "--store-timezone", "Asia/Kolkata"]).await;
    assert_eq!(config(&elsewhere).await["timeZone"], "Asia/Kolkata");
    elsewhere.stop().await;
    let own = serve(data.path(), &[]).await;
    assert_eq!(config(&own).await["timeZone"], "UTC");
    own.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_set_in_the_demo_does_not_work_in_the_real_shop() {
    let data = tempfile::tempdir().unwrap();
    let demo = serve(data.path(), &["--demo"]).await;
    let (_, mira) = sign_in(&demo, MIRA).await;
    let (_, asha) = sign_in(&demo, "asha@example.com").await;
    let id = demo.ask("GET", "/api/v1/me").by(&asha).gives(200).await["id"].as_str().unwrap().to_owned();
    let link = demo.ask("POST", &format!("/api/v1/users/{id}/reset-link")).by(&mira).send().await.json();
    let token = link["url"].as_str().unwrap().rsplit_once(['=', '#']).unwrap().1.to_owned();
    let body = json!({"token": token, "password": "a visitor's own"});
    let reset = demo.ask("POST", "/api/v1/auth/password-reset").json(&body).send().await;
    assert!((200..300).contains(&reset.status), "{link} {reset:?}");
    let theirs = json!({"email": "asha@example.com", "password": "a visitor's own"});
    let session = demo.ask("POST", "/api/v1/auth/login").json(&theirs).gives(200).await;
    let session = session["accessToken"].as_str().unwrap();
    demo.stop().await;

    let own = serve(data.path(), &[]).await;
    assert_eq!(own.ask("POST", "/api/v1/auth/login").json(&theirs).send().await.status, 401);
    assert_eq!(own.ask("GET", "/api/v1/me").by(session).refused(401).await, "session_ended");
    own.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_that_a_demo_did_not_create_never_becomes_a_demo() {
    let data = tempfile::tempdir().unwrap();
    serve(data.path(), &[]).await.stop().await;
    for _ in 0..2 {
        let server = serve(data.path(), &["--demo"]).await;
        assert_eq!(config(&server).await["demoAccounts"], json!([]));
        assert!(!server.welcome.contains("demo"), "{}", server.welcome);
        for email in [MIRA, "asha@example.com", "greta@example.com"] {
            assert_eq!(sign_in(&server, email).await.0, 401, "{email}");
        }
        assert!(server.log.text().contains("not created by --demo"), "{}", server.log.text());
        server.stop().await;
    }
}

/// The events in the log of a server that runs.
fn events(data: &Path) -> i64 {
    let read = || {
        let connection =
            Connection::open_with_flags(data.join("ordercast.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.query_row("SELECT count(*) FROM events", (), |row| row.get(0))
    };
    // It does not exist yet.
    read().unwrap_or(0)
}

/// Starts a demo, and kills it when the log has this many events.
async fn kill_at(data: &Path, wanted: i64) {
    let mut child = command(data, &["serve", "--demo", "--listen", "127.0.0.1:0"]).spawn().unwrap();
    within(async {
        while events(data) < wanted {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    })
    .await;
    child.kill().await.unwrap();
}

/// Every product and every order, without what differs between two shops.
async fn contents(server: &RunningServer) -> Vec<String> {
    let (_, mira) = sign_in(server, MIRA).await;
    let products = server.ask("GET", "/api/v1/products").gives(200).await;
    let mut contents: Vec<_> = products["products"]
        .as_array()
        .unwrap()
        .iter()
        .map(|product| format!("{} {}", product["name"], product["available"]))
        .collect();
    let orders = server.ask("GET", "/api/v1/orders?limit=100").by(&mira).gives(200).await;
    contents.extend(
        orders["orders"]
            .as_array()
            .unwrap()
            .iter()
            .map(|order| format!("{} {} {}", order["number"], order["status"], order["total"]["amount"])),
    );
    contents.sort();
    contents
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demo_that_is_killed_during_its_first_start_is_completed_by_the_next_one() {
    let data = tempfile::tempdir().unwrap();
    let whole = serve(data.path(), &["--demo"]).await;
    let wanted = contents(&whole).await;
    assert!(wanted.len() > 40, "{wanted:?}");
    whole.stop().await;
    let all = events(data.path());
    // The last one is killed three times.
    for kills in [&[1][..], &[20], &[all - 1], &[5, 30, 31]] {
        let data = tempfile::tempdir().unwrap();
        for events in kills {
            kill_at(data.path(), *events).await;
        }
        let server = serve(data.path(), &["--demo"]).await;
        assert_eq!(contents(&server).await, wanted, "killed at {kills:?} events");
        assert_eq!(config(&server).await["demo"], true);
        server.stop().await;
        assert_eq!(events(data.path()), all);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_demo_is_a_demo() {
    let (data, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    serve(data.path(), &["--demo"]).await.stop().await;
    let backup = data.path().join("backup.db");
    let backup = backup.to_str().unwrap();
    crate::binary::run(data.path(), &["backup", backup]).await.expect_success();
    crate::binary::run(copy.path(), &["restore", backup]).await.expect_success();
    let own = serve(copy.path(), &[]).await;
    assert_eq!(sign_in(&own, MIRA).await.0, 401);
    own.stop().await;
    let demo = serve(copy.path(), &["--demo"]).await;
    assert_eq!((config(&demo).await["demo"].clone(), sign_in(&demo, MIRA).await.0), (json!(true), 200));
    demo.stop().await;
}
