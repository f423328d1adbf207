//! The command line: the real binary in its own directory.

mod backups;
mod concurrent_writes;
mod messages;
mod watch_and_simulate;

use serde_json::Value;

use crate::binary::{RunningServer, run, run_with};
use crate::support::JWT_SECRET;

const PASSWORD: &[(&str, &str)] = &[("ORDERCAST_PASSWORD", "correct horse battery")];

/// The password that a first start prints.
fn printed_password(welcome: &str) -> &str {
    let (_, after) = welcome.split_once("admin@example.com").unwrap();
    after.split_once("password ").unwrap().1.split_whitespace().next().unwrap()
}

/// Signs in. Returns the status of the response.
async fn sign_in(server: &RunningServer, email: &str, password: &str) -> u16 {
    let body = serde_json::json!({"email": email, "password": password});
    server.ask("POST", "/api/v1/auth/login").json(&body).send().await.status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_start_creates_a_shop_and_prints_its_password_once() {
    let data = tempfile::tempdir().unwrap();
    let server = RunningServer::serve_with(data.path(), &["--demo"], &[]).await;
    let password = printed_password(&server.welcome).to_owned();
    assert_eq!(sign_in(&server, "admin@example.com", &password).await, 200);
    let products = server.ask("GET", "/api/v1/products").gives(200).await;
    assert!(products["products"].as_array().unwrap().len() > 5);
    let secret = data.path().join("jwt-secret");
    assert!(!server.log.text().contains(&password), "the log contains the password");
    server.stop().await;
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&secret), 0o600);
        for file in std::fs::read_dir(data.path()).unwrap() {
            let file = file.unwrap().path();
            assert_eq!(mode(&file), 0o600, "{} is readable by others", file.display());
        }
    }
    let again = RunningServer::serve_with(data.path(), &["--demo"], &[]).await;
    assert!(
        !again.welcome.contains(&password) && !again.welcome.contains("shown only once"),
        "{}",
        again.welcome
    );
    assert_eq!(sign_in(&again, "admin@example.com", &password).await, 200);
    again.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_first_start_still_prints_the_password() {
    let data = tempfile::tempdir().unwrap();
    // A directory cannot be read as a file.
    std::fs::create_dir(data.path().join("jwt-secret")).unwrap();
    let error = run(data.path(), &["serve", "--listen", "127.0.0.1:0"]).await.expect_failure();
    assert!(error.contains("cannot read the token secret"), "{error}");
    let password = printed_password(&error).to_owned();
    std::fs::remove_dir(data.path().join("jwt-secret")).unwrap();
    let server = RunningServer::serve_with(data.path(), &[], &[]).await;
    assert_eq!(sign_in(&server, "admin@example.com", &password).await, 200, "{}", server.welcome);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_demo_setup_is_completed_by_the_next_start() {
    let data = tempfile::tempdir().unwrap();
    RunningServer::serve(data.path(), &[]).await.stop().await;
    run_with(data.path(), &["user", "add", "asha@example.com", "--name", "Asha Rao"], PASSWORD)
        .await
        .expect_success();
    let server = RunningServer::serve_with(data.path(), &["--demo"], &[]).await;
    let products = server.ask("GET", "/api/v1/products").gives(200).await;
    assert!(products["products"].as_array().unwrap().len() > 5);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_are_managed_while_the_server_runs() {
    let data = tempfile::tempdir().unwrap();
    let server = RunningServer::serve(data.path(), &["--rate-limit-sign-in", "off"]).await;
    let at = data.path();
    let added =
        run_with(at, &["user", "add", "mira@shop.example", "--name", "Mira", "--role", "staff"], PASSWORD);
    assert!(added.await.expect_success().contains("added staff mira@shop.example"));
    let made =
        run(at, &["user", "add", "bot@shop.example", "--role", "admin", "--generate"]).await.expect_success();
    let made = made.split_once("password ").unwrap().1.split_whitespace().next().unwrap().to_owned();
    assert_eq!(sign_in(&server, "mira@shop.example", PASSWORD[0].1).await, 200);
    assert_eq!(sign_in(&server, "bot@shop.example", &made).await, 200);

    let list = run(at, &["user", "list", "--json"]).await.expect_success();
    let users: Vec<Value> = list.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let emails: Vec<_> = users.iter().map(|user| user["email"].as_str().unwrap()).collect();
    assert_eq!(emails, ["admin@example.com", "mira@shop.example", "bot@shop.example"]);
    assert!(users.iter().all(|user| user["role"] == "staff"), "{list}");
    let list = run(at, &["user", "list", "--role", "customer"]).await.expect_success();
    assert_eq!(list, "");

    let other = &[("ORDERCAST_PASSWORD", "another good secret")];
    run_with(at, &["user", "passwd", "mira@shop.example"], other).await.expect_success();
    assert_eq!(sign_in(&server, "mira@shop.example", PASSWORD[0].1).await, 401);
    assert_eq!(sign_in(&server, "mira@shop.example", other[0].1).await, 200);

    let link = run(at, &["user", "reset-link", "mira@shop.example"]).await.expect_success();
    let token = link.lines().next().unwrap().rsplit_once(['=', '#', '/']).unwrap().1.to_owned();
    let body = serde_json::json!({"token": token, "password": "a third good secret"});
    let reset = server.ask("POST", "/api/v1/auth/password-reset").json(&body);
    let reset = reset.send().await;
    assert!((200..300).contains(&reset.status), "{link}{reset:?}");
    assert_eq!(sign_in(&server, "mira@shop.example", "a third good secret").await, 200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn setting_a_password_ends_the_users_streams() {
    use crate::support::stream::Events;
    let data = tempfile::tempdir().unwrap();
    let server = RunningServer::serve(data.path(), &[]).await;
    let token = run_with(data.path(), &["token", "admin@example.com"], &[("JWT_SECRET", JWT_SECRET)])
        .await
        .expect_success();
    let token = token.trim();
    let (mut stream, hello) = Events::open(server.ask("GET", "/api/v1/stream").by(token)).await;
    assert_eq!(hello.data["user"]["email"], "admin@example.com");
    run_with(data.path(), &["user", "passwd", "admin@example.com"], PASSWORD).await.expect_success();
    let goodbye = stream.until("reconnect").await;
    assert_eq!(
        goodbye.data["code"], 4501,
        "the server closes streams after a sign-out by another process: {goodbye:?}"
    );
    assert_eq!(server.ask("GET", "/api/v1/me").by(token).refused(401).await, "session_ended");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_printed_token_works_until_it_expires() {
    let data = tempfile::tempdir().unwrap();
    // The secret is the one that the server generated.
    let server = RunningServer::serve_with(data.path(), &[], &[]).await;
    let token = run(data.path(), &["token", "admin@example.com", "--lifetime", "2s"]).await.expect_success();
    let token = token.trim().to_owned();
    let me = server.ask("GET", "/api/v1/me").by(&token).gives(200).await;
    assert_eq!(me["email"], "admin@example.com");
    server.ask("GET", "/api/v1/orders").by(&token).gives(200).await;
    let ended = async {
        while server.ask("GET", "/api/v1/me").by(&token).send().await.status == 200 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    crate::support::within(ended).await;
    assert_eq!(server.ask("GET", "/api/v1/me").by(&token).refused(401).await, "token_expired");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_say_what_to_do() {
    let data = tempfile::tempdir().unwrap();
    let at = data.path();
    for arguments in [
        &["user", "list"][..],
        &["user", "add", "a@example.com", "--generate"],
        &["token", "admin@example.com"],
        &["migrate"],
        &["backup", "copy.db"],
    ] {
        let error = run(at, arguments).await.expect_failure();
        assert!(error.contains("there is no database in"), "{arguments:?}: {error}");
        assert!(error.contains("ordercast serve"), "{arguments:?} does not say what to do: {error}");
    }
    assert_eq!(std::fs::read_dir(at).unwrap().count(), 0, "a failed command created files");

    let server = RunningServer::serve(at, &[]).await;
    let unknown = run(at, &["token", "nobody@example.com"]).await.expect_failure();
    assert!(unknown.contains("nobody@example.com") && unknown.contains("ordercast user list"), "{unknown}");
    let twice = run_with(at, &["user", "add", "admin@example.com"], PASSWORD).await.expect_failure();
    assert!(twice.contains("admin@example.com"), "{twice}");
    let weak = run_with(at, &["user", "add", "b@example.com"], &[("ORDERCAST_PASSWORD", "short")])
        .await
        .expect_failure();
    assert!(weak.contains("ORDERCAST_PASSWORD"), "{weak}");
    let none = run(at, &["user", "passwd", "admin@example.com"]).await.expect_failure();
    assert!(none.contains("--generate"), "the error without a terminal names no alternative: {none}");

    let elsewhere = tempfile::tempdir().unwrap();
    let port = server.address.to_string();
    let taken = run(elsewhere.path(), &["serve", "--listen", &port]).await.expect_failure();
    assert!(taken.contains(&port) && taken.contains("listen"), "{taken}");
    server.stop().await;

    std::fs::write(elsewhere.path().join("ordercast.toml"), "stor_name = \"Tea\"\n").unwrap();
    let typo = run(elsewhere.path(), &["serve"]).await.expect_failure();
    assert!(typo.contains("stor_name") && typo.contains("store_name"), "{typo}");
    let value =
        run_with(elsewhere.path(), &["config"], &[("ORDERCAST_BODY_LIMIT", "much")]).await.expect_failure();
    assert!(value.contains("BODY_LIMIT") || value.contains("body_limit"), "{value}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn config_and_doctor_describe_the_setup() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("ordercast.toml"), "store_name = \"Tea & Co\"\n").unwrap();
    let variables = [("JWT_SECRET", JWT_SECRET), ("PORT", "4567")];
    let shown =
        run_with(data.path(), &["config", "--store-currency", "INR"], &variables).await.expect_success();
    for part in ["Tea & Co", "ordercast.toml", "INR", "0.0.0.0:4567", "PORT"] {
        assert!(shown.contains(part), "{part} is missing in {shown}");
    }
    assert!(!shown.contains(JWT_SECRET), "the secret is shown: {shown}");

    let server = RunningServer::serve(data.path(), &[]).await;
    let listen = server.address.to_string();
    let healthy =
        run_with(data.path(), &["doctor", "--listen", &listen], &[("JWT_SECRET", JWT_SECRET)]).await;
    assert!(healthy.out.contains("database"), "{healthy:?}");
    assert!(healthy.status.success(), "{healthy:?}");
    server.stop().await;
    std::fs::write(data.path().join("ordercast.db"), "this is not a database, but long enough to be read")
        .unwrap();
    let broken = run(data.path(), &["doctor"]).await;
    assert!(!broken.status.success() && broken.out.contains("ordercast restore"), "{broken:?}");
}
