//! What commands print: each cause once, what to do, and the address of the server that runs.

use std::process::Stdio;
use std::sync::Arc;

use jiff::SignedDuration;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::binary::{RunningServer, command, run, run_with};
use crate::support::clock::AdjustableClock;
use crate::support::{Shop, within};

/// An error that repeats itself: `a: a`, or `b` in two parts.
#[track_caller]
fn says_it_once(error: &str) {
    let last = error.lines().find(|line| line.contains("error:")).unwrap();
    let parts: Vec<_> = last.split(": ").map(|part| part.trim().to_lowercase()).collect();
    let distinct: std::collections::BTreeSet<_> = parts.iter().collect();
    assert_eq!(distinct.len(), parts.len(), "{error}");
    assert!(last.matches("unable to open database file").count() <= 1, "{error}");
    assert!(!last.contains("entity already exists"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_cause_is_said_once_with_what_to_do() {
    let data = tempfile::tempdir().unwrap();
    let at = data.path();
    RunningServer::serve(at, &[]).await.stop().await;
    std::fs::write(at.join("taken.db"), "").unwrap();
    let taken = run(at, &["backup", "taken.db"]).await.expect_failure();
    says_it_once(&taken);
    assert!(taken.contains("taken.db already exists") && taken.contains("choose another name"), "{taken}");
    let missing = run(at, &["backup", "no/such/directory/copy.db"]).await.expect_failure();
    says_it_once(&missing);
    assert!(missing.contains("copy.db: name a file") && !missing.contains(".part"), "{missing}");

    // A directory where the database should be cannot be opened, whoever runs the command.
    std::fs::rename(at.join("ordercast.db"), at.join("kept.db")).unwrap();
    std::fs::create_dir(at.join("ordercast.db")).unwrap();
    for arguments in
        [&["user", "list"][..], &["migrate"], &["backup", "copy.db"], &["serve", "--listen", "127.0.0.1:0"]]
    {
        let error = run(at, arguments).await.expect_failure();
        says_it_once(&error);
        assert!(error.contains("ordercast.db") && error.contains("owner"), "{arguments:?}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restoring_something_that_is_no_backup_asks_for_one() {
    let data = tempfile::tempdir().unwrap();
    let at = data.path();
    std::fs::write(at.join("diary.txt"), "Dear diary, ".repeat(1000)).unwrap();
    std::fs::write(at.join("empty.db"), "").unwrap();
    rusqlite::Connection::open(at.join("theirs.db"))
        .unwrap()
        .execute_batch("CREATE TABLE theirs (x)")
        .unwrap();
    for file in ["diary.txt", "empty.db", "theirs.db", "none.db"] {
        let error = run(at, &["restore", file]).await.expect_failure();
        says_it_once(&error);
        assert!(error.contains(file) && error.contains("`ordercast backup`"), "{error}");
        assert!(!error.contains("move it away"), "{error}");
    }
    assert!(!at.join("ordercast.db").exists());
    let shop = tempfile::tempdir().unwrap();
    RunningServer::serve(shop.path(), &[]).await.stop().await;
    run(shop.path(), &["backup", "whole.db"]).await.expect_success();
    let whole = std::fs::read(shop.path().join("whole.db")).unwrap();
    std::fs::write(at.join("half.db"), &whole[..8192]).unwrap();
    let error = run(at, &["restore", "half.db"]).await.expect_failure();
    assert!(error.contains("half.db is damaged: name another backup"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_knows_a_server_with_other_data() {
    let (data, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = RunningServer::serve(data.path(), &[]).await;
    let address = server.address.to_string();
    let ours = run(data.path(), &["doctor", "--listen", &address]).await;
    assert!(ours.out.contains("is served by Ordercast"), "{}", ours.out);
    let theirs = run(other.path(), &["doctor", "--listen", &address]).await;
    assert!(
        !theirs.status.success() && theirs.out.contains("another Ordercast, with other data, uses"),
        "{}",
        theirs.out
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn output_that_nobody_reads_any_more_is_no_error() {
    let data = tempfile::tempdir().unwrap();
    RunningServer::serve(data.path(), &["--demo"]).await.stop().await;
    for arguments in
        [&["user", "list"][..], &["openapi"], &["config"], &["config", "--markdown"], &["doctor"]]
    {
        let mut child = command(data.path(), arguments).stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = within(child.wait_with_output()).await.unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!error.contains("error:") && !error.contains("panicked"), "{arguments:?}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_link_has_the_address_of_the_server_that_runs() {
    let data = tempfile::tempdir().unwrap();
    let link = async || run(data.path(), &["user", "reset-link", "admin@example.com"]).await.expect_success();
    let server = RunningServer::serve(data.path(), &[]).await;
    let printed = link().await;
    let wanted = format!("http://localhost:{}/reset-password#token=", server.address.port());
    assert!(printed.starts_with(&wanted), "{printed}");
    server.stop().await;
    let printed = link().await;
    assert!(printed.starts_with("http://localhost:3000/") && printed.contains("No server runs"), "{printed}");

    let public = RunningServer::serve(data.path(), &["--frontend-url", "https://shop.example"]).await;
    let printed = link().await;
    assert!(printed.starts_with("https://shop.example/reset-password#token="), "{printed}");
    public.kill().await;
    assert!(
        link().await.starts_with("http://localhost:3000/"),
        "nothing is believed of a server that was killed"
    );
    let named = [("ORDERCAST_FRONTEND_URL", "https://other.example")];
    let printed =
        run_with(data.path(), &["user", "reset-link", "admin@example.com"], &named).await.expect_success();
    assert!(printed.starts_with("https://other.example/"), "{printed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_finds_the_server_that_runs_on_the_data() {
    let data = tempfile::tempdir().unwrap();
    let server = RunningServer::serve(data.path(), &[]).await;
    let found = run(data.path(), &["doctor"]).await.out;
    assert!(found.contains(&format!("at {} is served by Ordercast", server.address)), "{found}");
    assert!(!found.contains("is free"), "{found}");
    server.stop().await;
    let found = run(data.path(), &["doctor", "--listen", "127.0.0.1:0"]).await.out;
    assert!(found.contains("is free"), "{found}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_and_the_log_say_that_a_clock_was_ahead() {
    let data = tempfile::tempdir().unwrap();
    let ahead = AdjustableClock::default();
    ahead.advance(SignedDuration::from_mins(10));
    let shop = Shop::at_time(data.path(), Arc::new(ahead)).await;
    shop.product("Tea", 10).await;
    shop.close().await;
    let found = run(data.path(), &["doctor", "--listen", "127.0.0.1:0"]).await.out;
    assert!(found.contains("the clock is behind now, or was ahead then"), "{found}");
    let server = RunningServer::serve(data.path(), &[]).await;
    assert!(server.log.text().contains("the clock was set back since something was stored"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_goes_on_when_nobody_reads_its_output() {
    let data = tempfile::tempdir().unwrap();
    let mut child = command(data.path(), &["serve", "--listen", "127.0.0.1:0"]).spawn().unwrap();
    drop(child.stdout.take());
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = within(async {
        loop {
            let line = log.next_line().await.unwrap().expect("the server ended");
            if line.contains("serving address=") {
                return line;
            }
        }
    })
    .await;
    let address = line.split_once("address=").unwrap().1.split_whitespace().next().unwrap();
    let health = within(reqwest::get(format!("http://{address}/health"))).await.unwrap();
    assert_eq!(health.status(), 200);
    child.kill().await.unwrap();
}
