//! `migrate`, `backup` and `restore`.

use serde_json::json;

use crate::binary::{RunningServer, run};
use crate::support::orders::{TestProduct, cart};
use crate::support::stream::Events;
use crate::support::users::{customer, staff};

async fn good(server: &RunningServer) -> TestProduct {
    let body = json!({"name": "Tea", "price": {"amount": 450, "currency": "EUR"}, "stock": 100});
    let made = server.ask("POST", "/api/v1/products").by(&staff("sam")).json(&body).gives(201).await;
    TestProduct(made["id"].as_str().unwrap().parse().unwrap())
}

async fn place(server: &RunningServer, good: TestProduct) -> serde_json::Value {
    server.ask("POST", "/api/v1/orders").by(&customer("asha")).json(&cart(&[(good, 1)])).gives(201).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_under_load_is_restored_with_a_new_epoch() {
    let data = tempfile::tempdir().unwrap();
    let server = RunningServer::serve(data.path(), &[]).await;
    let good = good(&server).await;
    let kept = place(&server, good).await;
    let copy = data.path().join("copy.db");
    let arguments = ["backup", copy.to_str().unwrap()];
    let (made, ()) = tokio::join!(run(data.path(), &arguments), async {
        for _ in 0..20 {
            place(&server, good).await;
        }
    });
    assert!(made.expect_success().contains("and checked it"));
    let permissions = std::fs::metadata(&copy).unwrap().permissions();
    let bits = std::os::unix::fs::PermissionsExt::mode(&permissions) & 0o777;
    assert_eq!(bits, 0o600, "a backup holds addresses, so only its owner may read it");
    let lost = place(&server, good).await;
    let (_, hello) = Events::open(server.ask("GET", "/api/v1/stream").by(&customer("asha"))).await;
    let again = run(data.path(), &arguments).await.expect_failure();
    assert!(again.contains("copy.db"), "the existing backup is not named: {again}");

    let restore = ["restore", copy.to_str().unwrap(), "--force"];
    let busy = run(data.path(), &restore).await.expect_failure();
    assert!(busy.contains(data.path().to_str().unwrap()), "the directory in use is not named: {busy}");
    server.stop().await;
    let careful = run(data.path(), &restore[..2]).await.expect_failure();
    assert!(careful.contains("--force"), "{careful}");
    let restored = run(data.path(), &restore).await.expect_success();
    assert!(restored.contains("the previous database is now"), "{restored}");

    let server = RunningServer::serve(data.path(), &[]).await;
    let path = |order: &serde_json::Value| format!("/api/v1/orders/{}", order["id"].as_str().unwrap());
    assert_eq!(server.ask("GET", &path(&kept)).by(&customer("asha")).gives(200).await, kept);
    server.ask("GET", &path(&lost)).by(&customer("asha")).refused(404).await;
    // The same position in the log is another event now.
    let old = server.ask("GET", "/api/v1/stream").by(&customer("asha")).header("last-event-id", &hello.id);
    let (mut stream, again) = Events::open(old).await;
    assert_eq!(again.data["recovered"], false);
    let reset = stream.next().await.unwrap();
    assert_eq!((&*reset.name, &reset.data["reason"]), ("reset", &json!("epoch_changed")));
    assert_ne!(reset.id.split(':').next(), hello.id.split(':').next());
    assert!(reset.data["orders"].as_array().unwrap().iter().any(|order| order["id"] == kept["id"]));
    let fresh = place(&server, good).await;
    assert_eq!(stream.next().await.unwrap().data["orderId"], fresh["id"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_this_version_needs_no_migration() {
    let data = tempfile::tempdir().unwrap();
    RunningServer::serve(data.path(), &[]).await.stop().await;
    let done = run(data.path(), &["migrate", "--dry-run"]).await.expect_success();
    assert!(done.contains("nothing to do"), "{done}");
    run(data.path(), &["migrate"]).await.expect_success();
    // A database of a newer version is refused.
    let newer = rusqlite::Connection::open(data.path().join("ordercast.db")).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    drop(newer);
    for arguments in [&["migrate"][..], &["serve", "--listen", "127.0.0.1:0"], &["user", "list"]] {
        let refused = run(data.path(), arguments).await.expect_failure();
        assert!(refused.contains("99"), "{arguments:?}: {refused}");
    }
}
