//! A server whose database cannot be written refuses orders, says so, and is not ready.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::binary::RunningServer;
use crate::support::orders::address;
use crate::support::request::TestResponse;
use crate::support::users::{customer, staff};
use crate::support::within;

async fn create(server: &RunningServer, name: &str) -> TestResponse {
    let body = json!({"name": name, "price": {"amount": 450, "currency": "EUR"}, "stock": 7});
    server.ask("POST", "/api/v1/products").by(&staff("sam")).json(&body).send().await
}

async fn names(server: &RunningServer) -> Vec<String> {
    let listed = server.ask("GET", "/api/v1/products").gives(200).await;
    let name = |product: &Value| product["name"].as_str().unwrap().to_owned();
    listed["products"].as_array().unwrap().iter().map(name).collect()
}

async fn refuses_and_is_not_ready(server: &RunningServer, what: &str) {
    let refused = create(server, "Cups").await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (503, "storage_unavailable"),
        "{what}: {}",
        refused.text
    );
    let ready = server.ask("GET", "/health/ready").gives(503).await;
    assert_eq!(ready["status"], "unavailable", "{what}");
    assert!(ready["detail"].as_str().unwrap().contains("cannot be written"), "{what}: {ready}");
    server.ask("GET", "/health").gives(200).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_refuses_writes_until_there_is_room_again() {
    let data = tempfile::tempdir().unwrap();
    let server = RunningServer::serve_with_limited_files(data.path()).await;
    assert_eq!(create(&server, "Tea").await.status, 201);
    server.ask("GET", "/health/ready").gives(200).await;
    server.limit_files(Some(4096));
    refuses_and_is_not_ready(&server, "no file may grow").await;
    assert_eq!(names(&server).await, ["Tea"], "reads go on");
    server.limit_files(None);
    assert_eq!(create(&server, "Pot").await.status, 201);
    server.ask("GET", "/health/ready").gives(200).await;
    assert_eq!(names(&server).await.len(), 2);
    server.stop().await;
}

/// A join is acknowledged only if it survives a restart.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_join_that_cannot_be_stored_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let server = RunningServer::serve_with_limited_files(data.path()).await;
    let sam = staff("sam");
    let product = create(&server, "Tea").await.json()["id"].as_str().unwrap().to_owned();
    let order = json!({"items": [{"productId": product, "quantity": 1}], "shippingAddress": address(), "paymentMethod": "cod"});
    let order = server.ask("POST", "/api/v1/orders").by(&customer("asha")).json(&order).gives(201).await;
    let opened = server.ask("GET", "/socket.io/?EIO=4&transport=polling").send().await;
    let open: Value = serde_json::from_str(&opened.text[1..]).unwrap();
    let path = format!("/socket.io/?EIO=4&transport=polling&sid={}", open["sid"].as_str().unwrap());
    let send = async |packet: String| server.ask("POST", &path).body("text/plain", packet).send().await;
    send(format!("40{}", json!({"token": sam, "dialect": "rooms"}))).await;
    let join = async |id: usize| {
        send(format!("42{id}{}", json!(["join-order-tracking", order["id"]]))).await;
        let answer = format!("43{id}[");
        let polled = async {
            loop {
                let polled = server.ask("GET", &path).send().await.text;
                if let Some((_, answer)) = polled.split_once(&answer) {
                    return answer.to_owned();
                }
            }
        };
        within(polled).await
    };
    server.limit_files(Some(4096));
    for id in 0..2 {
        let refused = join(id).await;
        assert!(refused.contains("storage_unavailable"), "it has not joined: {refused}");
    }
    server.limit_files(None);
    let joined = join(2).await;
    assert!(joined.contains("\"ok\":true"), "{joined}");
    server.stop().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn readiness_finds_a_full_disk_before_any_order_is_lost_to_it() {
    let data = tempfile::tempdir().unwrap();
    let server = RunningServer::serve_with_limited_files(data.path()).await;
    server.limit_files(Some(4096));
    server.ask("GET", "/health/ready").gives(503).await;
    server.limit_files(None);
    server.ask("GET", "/health/ready").gives(200).await;
    server.stop().await;
}

/// Changes the bytes of a file in place.
#[cfg(unix)]
fn overwrite(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    File::options().write(true).open(path).unwrap().write_all(&bytes).unwrap();
}

/// What is done to the files, and how.
#[cfg(unix)]
type Damage<'a> = (&'a str, &'a dyn Fn(&Path));

#[cfg(unix)]
#[tokio::test]
async fn a_database_that_is_no_longer_the_file_on_disk_is_not_written() {
    let shorten = |path: &Path, keep: fn(u64) -> u64| {
        let file = File::options().write(true).open(path).unwrap();
        file.set_len(keep(file.metadata().unwrap().len())).unwrap();
    };
    let damages: [Damage; 14] = [
        ("the directory is deleted", &|data| fs::remove_dir_all(data).unwrap()),
        ("the directory is moved away", &|data| fs::rename(data, data.with_extension("away")).unwrap()),
        ("the database is deleted", &|data| fs::remove_file(data.join("ordercast.db")).unwrap()),
        ("the write-ahead log is deleted", &|data| fs::remove_file(data.join("ordercast.db-wal")).unwrap()),
        ("the shared memory is deleted", &|data| fs::remove_file(data.join("ordercast.db-shm")).unwrap()),
        ("the database is replaced by a copy", &|data| {
            let (database, copy) = (data.join("ordercast.db"), data.join("copy"));
            fs::copy(&database, &copy).unwrap();
            fs::rename(copy, database).unwrap();
        }),
        ("the database is emptied", &|data| shorten(&data.join("ordercast.db"), |_| 0)),
        ("the database is cut in half", &|data| shorten(&data.join("ordercast.db"), |length| length / 2)),
        ("the database is overwritten with zeros", &|data| {
            overwrite(&data.join("ordercast.db"), |bytes| bytes.fill(0));
        }),
        ("the start of the database is overwritten", &|data| {
            overwrite(&data.join("ordercast.db"), |bytes| bytes[..512].fill(7));
        }),
        ("a backup is copied over the database", &|data| {
            let (database, backup) = (data.join("ordercast.db"), data.join("backup"));
            eventlog::sqlite::backup::copy(&database, &backup).unwrap();
            let copy = fs::read(backup).unwrap();
            overwrite(&database, |bytes| bytes[..copy.len()].copy_from_slice(&copy));
        }),
        ("the write-ahead log is emptied", &|data| shorten(&data.join("ordercast.db-wal"), |_| 0)),
        ("the write-ahead log is cut in half", &|data| {
            shorten(&data.join("ordercast.db-wal"), |length| length / 2);
        }),
        ("the last page of the write-ahead log is cut off", &|data| {
            shorten(&data.join("ordercast.db-wal"), |length| length - 1);
        }),
    ];
    for (what, damage) in damages {
        let parent = tempfile::tempdir().unwrap();
        let data = parent.path().join("data");
        fs::create_dir(&data).unwrap();
        let server = RunningServer::serve(&data, &[]).await;
        for name in ["Tea", "Kettle", "Tray"] {
            assert_eq!(create(&server, name).await.status, 201, "{what}");
        }
        damage(&data);
        refuses_and_is_not_ready(&server, what).await;
        let log = server.log.text();
        assert!(
            log.contains("ordercast.db") && log.contains("restore a backup"),
            "{what}: it says what to do: {log}"
        );
        refuses_and_is_not_ready(&server, what).await;
        server.kill().await;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_log_that_another_program_copies_into_the_database_is_not_missed() {
    let data = tempfile::tempdir().unwrap();
    let server = RunningServer::serve(data.path(), &[]).await;
    for name in ["Tea", "Cups", "Pot"] {
        assert_eq!(create(&server, name).await.status, 201);
        run_other_program(data.path(), "");
        assert_eq!(fs::metadata(data.path().join("ordercast.db-wal")).unwrap().len(), 0);
        server.ask("GET", "/health/ready").gives(200).await;
    }
    assert_eq!(names(&server).await.len(), 3);
    server.stop().await;
}

/// Copies the write-ahead log into the database, as other programs do.
#[cfg(unix)]
fn run_other_program(data: &Path, sql: &str) {
    let program = rusqlite::Connection::open(data.join("ordercast.db")).unwrap();
    program.execute_batch(sql).unwrap();
    program.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(())).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn an_older_copy_over_the_database_is_noticed_and_a_vacuum_is_none() {
    let data = tempfile::tempdir().unwrap();
    RunningServer::serve(data.path(), &[]).await.stop().await;
    let database = data.path().join("ordercast.db");
    let older = fs::read(&database).unwrap();
    let server = RunningServer::serve(data.path(), &[]).await;
    run_other_program(data.path(), "CREATE TABLE junk (x); INSERT INTO junk VALUES (zeroblob(1000000))");
    assert_eq!(create(&server, "Tea").await.status, 201);
    let grown = fs::metadata(&database).unwrap().len();
    run_other_program(data.path(), "DROP TABLE junk; VACUUM");
    assert!(fs::metadata(&database).unwrap().len() < grown);
    assert_eq!(create(&server, "Cups").await.status, 201);
    server.ask("GET", "/health/ready").gives(200).await;

    run_other_program(data.path(), "CREATE TABLE more (x); INSERT INTO more VALUES (zeroblob(1000000))");
    assert_eq!(create(&server, "Pot").await.status, 201);
    // As `cp` does it: the same file, shorter.
    fs::write(&database, older).unwrap();
    refuses_and_is_not_ready(&server, "an older copy").await;
    refuses_and_is_not_ready(&server, "an older copy").await;
    server.kill().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_directory_that_is_put_back_is_written_again() {
    let parent = tempfile::tempdir().unwrap();
    let (data, away) = (parent.path().join("data"), parent.path().join("away"));
    fs::create_dir(&data).unwrap();
    let server = RunningServer::serve(&data, &[]).await;
    fs::rename(&data, &away).unwrap();
    refuses_and_is_not_ready(&server, "moved").await;
    fs::rename(&away, &data).unwrap();
    assert_eq!(create(&server, "Tea").await.status, 201);
    server.ask("GET", "/health/ready").gives(200).await;
    server.stop().await;
}
