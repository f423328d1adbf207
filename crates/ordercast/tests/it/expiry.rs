//! Tokens, links and sessions expire, on a clock that the test moves.

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::json;

use crate::support::Shop;
use crate::support::clock::AdjustableClock;
use crate::support::orders::cart;
use crate::support::request::TestRequest;
use crate::support::users::{PASSWORD, Session, patient};

#[tokio::test]
async fn an_idempotency_key_is_known_for_a_day() {
    let clock = Arc::new(AdjustableClock::default());
    let shop = Shop::on(clock.clone(), &[]).await;
    let product = shop.product("Tea", 50).await;
    let asha = patient("asha", "user");
    let order = |quantity| {
        let body = cart(&[(product, quantity)]);
        shop.post("/api/v1/orders", &body).by(&asha).header("idempotency-key", "once")
    };
    let first = order(1).gives(201).await;
    clock.advance(SignedDuration::from_hours(24) - SignedDuration::from_mins(1));
    let again = order(1).send().await;
    assert_eq!((&again.json()["id"], again.header("idempotency-replayed")), (&first["id"], "true"));
    assert_eq!(order(2).refused(422).await, "idempotency_key_reused");
    clock.advance(SignedDuration::from_mins(2));
    let other = order(2).gives(201).await;
    assert_ne!(first["id"], other["id"], "a key is forgotten after a day");
}

#[tokio::test]
async fn access_tokens_end_after_a_quarter_of_an_hour_and_sessions_after_a_month() {
    let clock = Arc::new(AdjustableClock::default());
    let shop = Shop::on(clock.clone(), &[]).await;
    let refresh = |token: &str| shop.post("/api/v1/auth/refresh", &json!({"refreshToken": token}));
    let session = shop.register("asha@example.com").await;
    clock.advance(SignedDuration::from_mins(14));
    shop.get("/api/v1/me").by(&session.token).gives(200).await;
    clock.advance(SignedDuration::from_mins(2));
    assert_eq!(shop.get("/api/v1/me").by(&session.token).refused(401).await, "token_expired");
    let fresh = Session::read(&refresh(&session.refresh).send().await);
    shop.get("/api/v1/me").by(&fresh.token).gives(200).await;
    shop.get("/api/v1/me").cookie(&session.cookie).gives(200).await;
    clock.advance(SignedDuration::from_hours(24 * 30) - SignedDuration::from_mins(20));
    let last = Session::read(&refresh(&fresh.refresh).send().await);
    clock.advance(SignedDuration::from_mins(5));
    assert_eq!(refresh(&last.refresh).refused(401).await, "session_ended");
    assert_eq!(shop.get("/api/v1/me").by(&last.token).refused(401).await, "token_expired");
    assert_eq!(shop.get("/api/v1/me").cookie(&session.cookie).refused(401).await, "token_expired");
}

#[tokio::test]
async fn reusing_a_refresh_token_ends_the_session_and_its_streams() {
    let clock = Arc::new(AdjustableClock::default());
    let shop = Shop::on(clock.clone(), &[]).await;
    let refresh =
        |token: &str| -> TestRequest { shop.post("/api/v1/auth/refresh", &json!({"refreshToken": token})) };
    for spent in 0..3 {
        let first = shop.register(&format!("asha{spent}@example.com")).await;
        let other = shop.login(&format!("asha{spent}@example.com")).await;
        let mut sessions = vec![first];
        for _ in 0..3 {
            clock.advance(SignedDuration::from_mins(10));
            let next = refresh(&sessions.last().unwrap().refresh).send().await;
            sessions.push(Session::read(&next));
        }
        let newest = sessions.pop().unwrap();
        let (mut stream, _) = shop.listen(&newest.token).await;
        clock.advance(SignedDuration::from_mins(1));
        // The server cannot tell the owner of the session from a thief.
        assert_eq!(refresh(&sessions[spent].refresh).refused(401).await, "session_ended");
        assert_eq!(stream.until("reconnect").await.data["code"], 4501);
        assert_eq!(refresh(&newest.refresh).refused(401).await, "session_ended", "token {spent} of 3");
        assert_eq!(shop.get("/api/v1/me").by(&newest.token).refused(401).await, "session_ended");
        refresh(&other.refresh).gives(200).await;
    }
}

#[tokio::test]
async fn a_page_that_keeps_the_token_from_sign_in_stays_live_as_long_as_its_session() {
    let clock = Arc::new(AdjustableClock::default());
    let shop = Shop::on(clock.clone(), &[]).await;
    let product = shop.product("Tea", 50).await;
    let session = shop.register("asha@example.com").await;
    let (mut stream, _) = shop.listen(&session.token).await;
    let mut socket = shop.socket(json!({"token": session.token})).await;
    socket.until("connected").await;
    clock.advance(SignedDuration::from_hours(24 * 20));
    // It is open, and may reconnect with the same token.
    let fresh = Session::read(
        &shop.post("/api/v1/auth/refresh", &json!({"refreshToken": session.refresh})).send().await,
    );
    shop.place(&fresh.token, product, 1).await;
    stream.until("order.created").await;
    socket.until("order:created").await;
    let (mut again, _) = shop.listen(&session.token).await;
    let mut reconnected = shop.socket(json!({"token": session.token})).await;
    reconnected.until("connected").await;
    shop.get("/api/orders/manage").by(&session.token).gives(200).await;
    // Other requests need a fresh token.
    assert_eq!(shop.get("/api/v1/me").by(&session.token).refused(401).await, "token_expired");
    // Signing out needs no fresh token, and ends everything at once.
    shop.ask("POST", "/api/v1/auth/logout").by(&session.token).gives(204).await;
    assert_eq!(shop.get("/api/v1/me").by(&fresh.token).refused(401).await, "session_ended");
    for stream in [&mut stream, &mut again] {
        assert_eq!(stream.until("reconnect").await.data["code"], 4501);
    }
    assert_eq!(shop.get("/api/v1/stream").by(&session.token).refused(401).await, "session_ended");
    assert_eq!(shop.get("/api/orders/manage").by(&session.token).refused(401).await, "session_ended");
    // A session that is not ended ends by itself.
    let session = shop.login("asha@example.com").await;
    clock.advance(SignedDuration::from_hours(24 * 31));
    assert_eq!(shop.get("/api/v1/stream").by(&session.token).refused(401).await, "token_expired");
}

#[tokio::test]
async fn a_lost_answer_to_a_refresh_is_given_again_for_half_a_minute() {
    let clock = Arc::new(AdjustableClock::default());
    let shop = Shop::on(clock.clone(), &[]).await;
    let refresh =
        |token: &str| -> TestRequest { shop.post("/api/v1/auth/refresh", &json!({"refreshToken": token})) };
    let session = shop.register("asha@example.com").await;
    clock.advance(SignedDuration::from_mins(10));
    let lost = Session::read(&refresh(&session.refresh).send().await);
    clock.advance(SignedDuration::from_secs(25));
    let again = Session::read(&refresh(&session.refresh).send().await);
    assert_eq!((&again.token, &again.refresh), (&lost.token, &lost.refresh));
    // Two tabs at once.
    clock.advance(SignedDuration::from_mins(10));
    let (one, other) = tokio::join!(refresh(&again.refresh).send(), refresh(&again.refresh).send());
    assert_eq!((one.status, other.status), (200, 200), "{} {}", one.text, other.text);
    let (one, other) = (Session::read(&one), Session::read(&other));
    assert_eq!(one.refresh, other.refresh);
    clock.advance(SignedDuration::from_secs(31));
    shop.get("/api/v1/me").by(&one.token).gives(200).await;
    assert_eq!(refresh(&again.refresh).refused(401).await, "session_ended", "later it was stolen");
    assert_eq!(refresh(&one.refresh).refused(401).await, "session_ended");
}

#[tokio::test]
async fn every_recent_refresh_token_gets_the_newest_answer() {
    let clock = Arc::new(AdjustableClock::default());
    let shop = Shop::on(clock.clone(), &[]).await;
    let refresh =
        |token: &str| -> TestRequest { shop.post("/api/v1/auth/refresh", &json!({"refreshToken": token})) };
    let first = shop.register("asha@example.com").await;
    // One tab is reloaded three times, and refreshes each time. The other tab sends the used tokens again.
    let mut newest = first.refresh.clone();
    let mut used = Vec::new();
    for _ in 0..3 {
        clock.advance(SignedDuration::from_secs(5));
        let next = Session::read(&refresh(&newest).send().await);
        used.push(std::mem::replace(&mut newest, next.refresh));
    }
    for token in used.iter().rev() {
        let again = Session::read(&refresh(token).send().await);
        assert_eq!(again.refresh, newest);
        shop.get("/api/v1/me").by(&again.token).gives(200).await;
    }
    // Each used token counts as stolen 30 seconds after its own use.
    clock.advance(SignedDuration::from_secs(21));
    refresh(&used[1]).gives(200).await;
    assert_eq!(refresh(&used[0]).refused(401).await, "session_ended");
    assert_eq!(refresh(&newest).refused(401).await, "session_ended");
}

#[tokio::test]
async fn a_reset_link_ends_after_a_day() {
    let clock = Arc::new(AdjustableClock::default());
    let shop = Shop::on(clock.clone(), &[]).await;
    let asha = shop.register("asha@example.com").await;
    let path = format!("/api/v1/users/{}/reset-link", asha.user);
    let link = shop.ask("POST", &path).by(&patient("sam", "admin")).gives(201).await;
    let token = link["url"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned();
    clock.advance(SignedDuration::from_hours(24) + SignedDuration::from_secs(1));
    let reset = json!({"token": token, "password": "a new and better one"});
    assert_eq!(shop.post("/api/v1/auth/password-reset", &reset).refused(410).await, "link_invalid");
    shop.login("asha@example.com").await;
}

/// The clock is ahead for a while, an order is placed and a password is set. Then it is set right.
#[tokio::test]
async fn a_clock_that_was_ahead_once_breaks_no_account() {
    for ahead in [SignedDuration::from_hours(2), SignedDuration::from_hours(24 * 40)] {
        let clock = Arc::new(AdjustableClock::default());
        let shop = Shop::on(clock.clone(), &[]).await;
        let product = shop.product("Tea", 50).await;
        let (asha, sam) = (shop.register("asha@example.com").await, patient("sam", "admin"));
        let path = format!("/api/v1/users/{}/reset-link", asha.user);
        let reset = async || {
            let link = shop.ask("POST", &path).by(&sam).gives(201).await;
            let token = link["url"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned();
            let body = json!({"token": token, "password": PASSWORD});
            shop.post("/api/v1/auth/password-reset", &body).gives(204).await;
        };
        clock.advance(ahead);
        shop.place(&patient("ben", "user"), product, 1).await;
        reset().await;
        let early = shop.login("asha@example.com").await;
        clock.advance(-ahead);
        // The session from then goes on, and new ones work.
        for session in [early, shop.login("asha@example.com").await] {
            shop.get("/api/v1/me").by(&session.token).gives(200).await;
            let refresh = json!({"refreshToken": session.refresh});
            let next = Session::read(&shop.post("/api/v1/auth/refresh", &refresh).send().await);
            shop.get("/api/v1/me").by(&next.token).gives(200).await;
        }
        reset().await;
        let session = shop.login("asha@example.com").await;
        shop.get("/api/v1/me").by(&session.token).gives(200).await;
    }
}

/// Signed-out sessions stay signed out, and open sessions and reset links stay valid.
#[tokio::test]
async fn a_clock_that_was_ahead_once_ends_and_revives_no_session() {
    let clock = Arc::new(AdjustableClock::default());
    let shop = Shop::on(clock.clone(), &[]).await;
    let (asha, gone) = (shop.register("asha@example.com").await, shop.login("asha@example.com").await);
    let (ben, sam) = (shop.register("ben@example.com").await, patient("sam", "admin"));
    shop.ask("POST", "/api/v1/auth/logout").by(&gone.token).gives(204).await;
    let link = async |user: &str| {
        let link = shop.ask("POST", &format!("/api/v1/users/{user}/reset-link")).by(&sam).gives(201).await;
        let token = link["url"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned();
        json!({"token": token, "password": PASSWORD})
    };
    let early = link(&asha.user).await;
    for ahead in [SignedDuration::from_hours(24 * 40), SignedDuration::from_hours(24 * 300)] {
        for by in [ahead, -ahead] {
            clock.advance(by);
            // Maintenance follows each write, and a new password loads the revoked sessions again.
            for _ in 0..3 {
                clock.advance(SignedDuration::from_secs(2));
                let reset = link(&ben.user).await;
                shop.post("/api/v1/auth/password-reset", &reset).gives(204).await;
            }
        }
        assert_eq!(shop.get("/api/v1/me").by(&gone.token).refused(401).await, "session_ended");
        assert_eq!(shop.get("/api/v1/me").cookie(&gone.cookie).refused(401).await, "session_ended");
        shop.get("/api/v1/me").by(&asha.token).gives(200).await;
    }
    shop.post("/api/v1/auth/refresh", &json!({"refreshToken": asha.refresh})).gives(200).await;
    shop.post("/api/v1/auth/password-reset", &early).gives(204).await;
}
