//! Signing in and out, tokens, cookies and allowed origins.

mod limits;
mod pages;
mod tokens;

use api::auth::password::Password;
use eventlog::accounts::AccountChange;
use serde_json::{Value, json};

use crate::support::Shop;
use crate::support::users::{PASSWORD, Session, id_of, staff, staff_of};

#[tokio::test]
async fn registering_signs_in_with_tokens_and_a_cookie_that_scripts_cannot_read() {
    let shop = Shop::open().await;
    let body = json!({"email": " Asha@Example.com ", "password": PASSWORD, "name": "Asha Rao"});
    let answer = shop.post("/api/v1/auth/register", &body).send().await;
    assert_eq!((answer.status, answer.header("cache-control")), (201, "no-store"), "{}", answer.text);
    let account = answer.json()["user"].clone();
    assert_eq!((&account["email"], &account["role"]), (&json!("asha@example.com"), &json!("customer")));
    let lasts = answer.json()["expiresIn"].as_i64().unwrap();
    assert!((890..=900).contains(&lasts), "not a quarter of an hour: {lasts}");
    let cookie = answer.header("set-cookie").to_owned();
    let parts: Vec<_> = cookie.split("; ").skip(1).collect();
    for flag in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(parts.contains(&flag), "{flag} is missing: {cookie}");
    }
    let age = parts.iter().find_map(|part| part.strip_prefix("Max-Age=")?.parse::<i64>().ok()).unwrap();
    assert!((2_591_900..=2_592_000).contains(&age), "not 30 days: {age}");
    assert!(!parts.iter().any(|part| *part == "Secure" || part.starts_with("Domain")), "{cookie}");
    let session = Session::read(&answer);
    for ask in [shop.get("/api/v1/me").by(&session.token), shop.get("/api/v1/me").cookie(&session.cookie)] {
        let me = ask.send().await;
        assert_eq!((me.status, me.json(), me.header("cache-control")), (200, account.clone(), "no-store"));
    }
    let asked = || shop.get("/api/v1/auth/session");
    for ask in [asked().by(&session.token), asked().cookie(&session.cookie)] {
        let answer = ask.send().await;
        assert_eq!(
            answer.json(),
            json!({"account": account}),
            "the same account for the token and the cookie"
        );
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    assert_eq!(asked().gives(200).await, json!({"account": null}), "the account is null without a session");
    assert_eq!(asked().by("nonsense").refused(401).await, "invalid_token");
    let again = json!({"email": "ASHA@example.com", "password": PASSWORD, "name": "Another"});
    assert_eq!(shop.post("/api/v1/auth/register", &again).refused(409).await, "email_taken");
    shop.login("ASHA@EXAMPLE.COM").await;
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_look_the_same() {
    let shop = Shop::open().await;
    shop.register("asha@example.com").await;
    let login = |email: &str| {
        shop.post("/api/v1/auth/login", &json!({"email": email, "password": "wrong password"})).send()
    };
    let (known, unknown) = (login("asha@example.com").await, login("ben@example.com").await);
    assert_eq!((known.status, &*known.code()), (401, "invalid_credentials"));
    assert_eq!(known.text, unknown.text);
    assert_eq!(known.header("set-cookie"), "");
}

#[tokio::test]
async fn a_refresh_token_works_once() {
    let shop = Shop::open().await;
    let refresh = |token: &str| shop.post("/api/v1/auth/refresh", &json!({"refreshToken": token}));
    let first = shop.register("asha@example.com").await;
    let answer = refresh(&first.refresh).send().await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
    let second = Session::read(&answer);
    assert_ne!(first.refresh, second.refresh);
    let third = Session::read(&refresh(&second.refresh).send().await);
    shop.get("/api/v1/me").by(&third.token).gives(200).await;
    // The answer may have been lost, and two tabs may refresh at once: for a moment, the last token gets the same answer
    // again. A later repetition ends the session: see `expiry.rs`.
    let again = Session::read(&refresh(&second.refresh).send().await);
    assert_eq!((&again.token, &again.refresh), (&third.token, &third.refresh));
    for made_up in ["", "x", &"A".repeat(86), &second.refresh[1..]] {
        assert_eq!(refresh(made_up).refused(401).await, "session_ended");
    }
    let fourth = Session::read(&refresh(&third.refresh).send().await);
    shop.get("/api/v1/me").by(&fourth.token).gives(200).await;
    assert_eq!(
        refresh(&third.token).refused(401).await,
        "session_ended",
        "an access token refreshes nothing"
    );
}

#[tokio::test]
async fn signing_out_voids_the_sessions_tokens_at_once_and_closes_its_streams() {
    let shop = Shop::open().await;
    let session = shop.register("asha@example.com").await;
    let other = shop.login("asha@example.com").await;
    let (mut stream, _) = shop.listen(&session.token).await;
    let answer = shop.ask("POST", "/api/v1/auth/logout").by(&session.token).send().await;
    assert_eq!(answer.status, 204);
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("ordercast_session=;") && cookie.contains("Max-Age=0"), "{cookie}");
    assert!(cookie.contains("HttpOnly") && cookie.contains("Path=/"), "{cookie}");
    assert_eq!(shop.get("/api/v1/me").by(&session.token).refused(401).await, "session_ended");
    assert_eq!(shop.get("/api/v1/me").cookie(&session.cookie).refused(401).await, "session_ended");
    assert_eq!(shop.get("/api/v1/stream").by(&session.token).refused(401).await, "session_ended");
    let refresh = shop.post("/api/v1/auth/refresh", &json!({"refreshToken": session.refresh}));
    assert_eq!(refresh.refused(401).await, "session_ended");
    let goodbye = stream.until("reconnect").await;
    assert!(goodbye.data["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{goodbye:?}");
    assert_eq!(stream.next().await, None);
    shop.get("/api/v1/me").by(&other.token).gives(200).await;
}

#[tokio::test]
async fn an_email_address_that_contains_admin_gets_the_customer_role() {
    let shop = Shop::open().await;
    for email in ["admin@example.com", "admin.staff@admin.example", "store_owner+admin@example.com"] {
        let session = shop.register(email).await;
        let me = shop.get("/api/v1/me").by(&session.token).gives(200).await;
        assert_eq!(me["role"], "customer");
        assert_eq!(shop.get("/api/v1/stats").by(&session.token).refused(403).await, "forbidden");
    }
}

/// The request of the reset page.
fn token_of(link: &Value) -> String {
    link["url"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned()
}

#[tokio::test]
async fn a_password_is_reset_by_a_link_that_works_once_and_ends_every_session() {
    let shop = Shop::with(&[("FRONTEND_URL", "https://shop.example/")]).await;
    let sam = staff("sam");
    let session = shop.register("asha@example.com").await;
    let (mut stream, _) = shop.listen(&session.token).await;
    let path = format!("/api/v1/users/{}/reset-link", session.user);
    let answer = shop.ask("POST", &path).by(&sam).send().await;
    assert_eq!((answer.status, answer.header("cache-control")), (201, "no-store"), "{}", answer.text);
    let link = answer.json();
    assert!(
        link["url"].as_str().unwrap().starts_with("https://shop.example/reset-password#token="),
        "{link}"
    );
    let reset = |token: &str, password: &str| {
        shop.post("/api/v1/auth/password-reset", &json!({"token": token, "password": password}))
    };
    assert_eq!(
        reset(&token_of(&link), "short").refused(422).await,
        "weak_password",
        "it is not used up by a mistake"
    );
    assert_eq!(
        reset(&token_of(&link), " ASHA@example.com ").refused(422).await,
        "weak_password",
        "the e-mail address is no password, as in registration"
    );
    reset(&token_of(&link), "a new and better one").gives(204).await;
    assert_eq!(reset(&token_of(&link), "the attacker's secret").refused(410).await, "link_invalid");
    // Sessions end at once, also within the second of their sign-in.
    assert_eq!(shop.get("/api/v1/me").by(&session.token).refused(401).await, "session_ended");
    assert_eq!(shop.get("/api/v1/me").cookie(&session.cookie).refused(401).await, "session_ended");
    let refresh = shop.post("/api/v1/auth/refresh", &json!({"refreshToken": session.refresh}));
    assert_eq!(refresh.refused(401).await, "session_ended");
    stream.until("reconnect").await;
    let login = |password: &str| {
        shop.post("/api/v1/auth/login", &json!({"email": "asha@example.com", "password": password}))
    };
    assert_eq!(login(PASSWORD).refused(401).await, "invalid_credentials");
    let fresh = Session::read(&login("a new and better one").send().await);
    shop.get("/api/v1/me").by(&fresh.token).gives(200).await;
}

#[tokio::test]
async fn staff_create_reset_links_only_for_customers_of_their_store() {
    let shop = Shop::open().await;
    let (sam, nora) = (staff("sam"), staff_of("nora", "north"));
    let customer = shop.register("asha@example.com").await;
    let colleague = shop.account("kim@example.com", orders::Role::Staff, "main").await;
    let ask = |user: &str, who: &str| shop.ask("POST", &format!("/api/v1/users/{user}/reset-link")).by(who);
    ask(&customer.user, &sam).gives(201).await;
    ask("Asha%40Example.com", &sam).gives(201).await;
    assert_eq!(ask("nobody%40example.com", &sam).refused(404).await, "user_not_found");
    assert_eq!(ask("asha%40example.com", &nora).refused(404).await, "user_not_found");
    // Staff who could set the password could sign in as the customer, and see their orders in other stores.
    assert_eq!(ask(&customer.user, &nora).refused(404).await, "user_not_found");
    assert_eq!(ask(&colleague.user, &sam).refused(404).await, "user_not_found");
    assert_eq!(ask("kim%40example.com", &sam).refused(404).await, "user_not_found");
    assert_eq!(ask(&customer.user, &customer.token).refused(403).await, "forbidden");
    let foreign = id_of("asha").replace('|', "%7C");
    assert_eq!(ask(&foreign, &sam).refused(404).await, "user_not_found");
}

/// Sign-ins wait for each other's hashes, so some verify the old password before it is changed and go on afterwards.
#[tokio::test]
async fn no_session_that_started_with_the_old_password_outlives_its_change() {
    let shop = Shop::open().await;
    let asha = shop.register("asha@example.com").await;
    let changed = Password::new("a new and better one", "asha@example.com").unwrap();
    let changed = shop.app.passwords.hash(&changed).await.unwrap();
    let login = || async {
        let body = json!({"email": "asha@example.com", "password": PASSWORD});
        shop.post("/api/v1/auth/login", &body).send().await
    };
    let change = async {
        let user = asha.user.parse().unwrap();
        // While the sign-ins are waiting for their hashes.
        login().await;
        let change = AccountChange::SetPassword { user, password_hash: changed.clone() };
        shop.app.writer.account(change).await.unwrap().unwrap();
    };
    let (answers, ()) = tokio::join!(futures_util::future::join_all((0..12).map(|_| login())), change);
    for answer in &answers {
        assert!(matches!(answer.status, 200 | 401), "{}", answer.text);
        if answer.status == 200 {
            let refresh = json!({"refreshToken": Session::read(answer).refresh});
            let refresh = shop.post("/api/v1/auth/refresh", &refresh);
            assert_eq!(refresh.refused(401).await, "session_ended", "it goes on with the old password");
        } else {
            assert_eq!(answer.code(), "invalid_credentials");
        }
    }
}

#[tokio::test]
async fn a_password_typed_in_a_decomposed_form_matches() {
    let shop = Shop::open().await;
    let (composed, decomposed) = ("Caf\u{e9} au lait", "Cafe\u{301} au lait");
    let login = |email: &str, password: &str| {
        shop.post("/api/v1/auth/login", &json!({"email": email, "password": password}))
    };
    for (email, typed) in [("asha@example.com", composed), ("ben@example.com", decomposed)] {
        let body = json!({"email": email, "password": typed, "name": "Asha"});
        shop.post("/api/v1/auth/register", &body).gives(201).await;
        for typed in [composed, decomposed] {
            login(email, typed).gives(200).await;
        }
        assert_eq!(login(email, "Cafe au lait").refused(401).await, "invalid_credentials");
    }
}
