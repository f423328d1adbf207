//! Event streams: each subscriber receives its own events once and in order, also after a disconnect.

mod slow_readers;

use std::time::Duration;

use jiff::SignedDuration;
use orders::Role;
use serde_json::json;

use crate::support::Shop;
use crate::support::orders::cart;
use crate::support::stream::{Events, StreamEvent};
use crate::support::users::{customer, now, staff, staff_of, token};

/// The next events of orders and products. Skips others.
async fn take(stream: &mut Events, count: usize) -> Vec<StreamEvent> {
    let mut taken = Vec::new();
    while taken.len() < count {
        let event = stream.next().await.unwrap();
        if event.name.starts_with("order.") || event.name.starts_with("product.") {
            taken.push(event);
        }
    }
    taken
}

/// The log position in a cursor.
fn seq(cursor: &str) -> u64 {
    cursor.split_once(':').unwrap().1.parse().unwrap()
}

fn seqs(events: &[StreamEvent]) -> Vec<u64> {
    events.iter().map(|event| seq(&event.id)).collect()
}

/// Checks that no event is pending: the next one is that of a new order.
async fn assert_no_other_event(
    shop: &Shop,
    stream: &mut Events,
    customer: &str,
    product: crate::support::orders::TestProduct,
) {
    let placed = shop.place(customer, product, 1).await;
    let next = take(stream, 1).await.remove(0);
    assert_eq!((&*next.name, &next.data["orderId"]), ("order.created", &placed.view["id"]));
}

#[tokio::test]
async fn a_stream_begins_with_the_user_and_the_cursor() {
    let shop = Shop::open().await;
    shop.product("Tea", 5).await;
    for (token, role, user) in [(customer("asha"), "user", "asha"), (staff("sam"), "admin", "sam")] {
        let (_stream, hello) = shop.listen(&token).await;
        assert_eq!(hello.data["message"], "Connected to real-time service");
        assert_eq!((&hello.data["role"], &hello.data["recovered"]), (&json!(role), &json!(false)));
        assert_eq!(hello.data["user"]["id"], user);
        assert_eq!(hello.data["cursor"], hello.id, "the stream begins at its cursor");
        assert_eq!(hello.data["head"], hello.id, "a new stream missed nothing");
    }
}

/// Events reach live connections before the response, so a stream opened after the response does not repeat its event.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_opened_after_a_response_begins_after_its_event() {
    let shop = Shop::open().await;
    let (product, asha) = (shop.product("Tea", 1000).await, customer("asha"));
    for _ in 0..50 {
        let placed = shop.post("/api/v1/orders", &cart(&[(product, 1)])).by(&asha).send().await;
        let (_stream, hello) = shop.listen(&asha).await;
        assert_eq!(hello.id, placed.header("ordercast-cursor"));
    }
}

#[tokio::test]
async fn missed_events_arrive_once_in_order_by_header_and_by_query() {
    let shop = Shop::open().await;
    let product = shop.product("Tea", 50).await;
    let asha = customer("asha");
    let (mut stream, hello) = shop.listen(&asha).await;
    let first = shop.place(&asha, product, 1).await;
    shop.place(&customer("ben"), product, 1).await;
    shop.advance(&first, "processing").await;
    let before = take(&mut stream, 2).await;
    assert_eq!(
        before.iter().map(|event| &*event.name).collect::<Vec<_>>(),
        ["order.created", "order.status_changed"]
    );
    assert_eq!(
        before.iter().map(|event| event.data["version"].as_u64().unwrap()).collect::<Vec<_>>(),
        [1, 2]
    );
    drop(stream);

    // While the customer is disconnected.
    shop.advance(&first, "shipped").await;
    let second = shop.place(&asha, product, 1).await;
    shop.place(&customer("ben"), product, 1).await;
    shop.advance(&second, "cancelled").await;
    let last = &before[1].id;
    let (by_header, again) = shop.resume(&asha, last).await;
    assert_eq!((&again.data["recovered"], &again.id), (&json!(true), last));
    // Events of both customers count.
    let head = again.data["head"].as_str().unwrap();
    assert_eq!(seq(head), seq(last) + 4, "the head is the last missed event");
    let query = shop.get(&format!("/api/v1/stream?last_event_id={last}"));
    let (by_query, _) = Events::open(query.by(&asha)).await;
    // A browser that reconnects sends the header together with its old URL.
    let both = shop.get(&format!("/api/v1/stream?last_event_id={}", hello.id));
    let (by_both, _) = Events::open(both.by(&asha).header("last-event-id", last)).await;
    let mut received = Vec::new();
    let mut streams = [by_header, by_query, by_both];
    for stream in &mut streams {
        let missed = take(stream, 3).await;
        let names: Vec<_> = missed.iter().map(|event| &*event.name).collect();
        assert_eq!(names, ["order.status_changed", "order.created", "order.cancelled"]);
        assert!(seqs(&missed).is_sorted_by(|a, b| a < b) && seqs(&missed)[0] > seq(last));
        received.push(missed);
    }
    assert!(received.windows(2).all(|two| two[0] == two[1]), "the streams received different events");
    let next = shop.place(&asha, product, 1).await;
    for stream in &mut streams {
        assert_eq!(take(stream, 1).await[0].data["orderId"], next.view["id"], "an event was repeated");
    }
}

/// Replacements of `EventSource` put the cursor into the query, add parameters of their own, and take a refusal as final.
#[tokio::test]
async fn polyfills_of_event_source_resume_by_query() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let asha = customer("asha");
    let (_, hello) = shop.listen(&asha).await;
    let placed = shop.place(&asha, tea, 1).await;
    let cursor = &hello.id;
    for query in [
        format!("lastEventId={cursor}"),
        format!("Last-Event-ID={}", cursor.replace(':', "%3A")),
        format!("last-event-id={cursor}&_=1769860800500"),
        format!("evs_preamble=1&evs_last_event_id={cursor}"),
        format!("lastEventId=&ts=1&lastEventId={cursor}&withCredentials=true&r=0.5&r=0.6"),
        format!("lastEventId=nonsense&lastEventId={cursor}&limit=many&%ff=%ff"),
    ] {
        let opened = shop.get(&format!("/api/v1/stream?{query}")).by(&asha);
        let (mut events, _) = Events::open(opened).await;
        assert_eq!(events.until("order.created").await.data["orderId"], placed.id, "{query}");
    }
    // Unknown parameters alone are no cursor: the stream begins now.
    let opened = shop.get("/api/v1/stream?cursor=1&limit=many&cursor=2").by(&asha);
    let (mut events, _) = Events::open(opened).await;
    let next = shop.place(&asha, tea, 1).await;
    assert_eq!(events.until("order.created").await.data["orderId"], next.id);
    // A cursor that nobody gave out is no reason to refuse, but the client is told to start over.
    let (mut events, hello) = Events::open(shop.get("/api/v1/stream?lastEventId=x").by(&asha)).await;
    assert_eq!(hello.data["recovered"], false);
    assert_eq!(events.until("reset").await.data["reason"], "unknown_cursor");
}

#[tokio::test]
async fn proxies_neither_compress_nor_buffer_a_stream() {
    let shop = Shop::open().await;
    let opened =
        shop.get("/api/v1/stream").by(&customer("asha")).header("accept-encoding", "gzip, br").open().await;
    let header = |name: &str| opened.headers().get(name).map(|value| value.to_str().unwrap());
    assert_eq!(header("cache-control"), Some("no-store, no-transform"));
    assert_eq!((header("x-accel-buffering"), header("content-encoding")), (Some("no"), None));
}

#[tokio::test]
async fn subscribers_receive_only_their_own_events() {
    let shop = Shop::open().await;
    let north = staff_of("nora", "north");
    let (here, there) = (shop.product("Tea", 50).await, shop.product_by(&north, "Soap", 50).await);
    let (mut asha, hello) = shop.listen(&customer("asha")).await;
    let (mut main, _) = shop.listen(&staff("sam")).await;
    let (mut other, _) = shop.listen(&north).await;
    shop.place(&customer("ben"), here, 1).await;
    let mut cart = crate::support::orders::cart(&[(there, 1)]);
    cart["storeId"] = json!("north");
    shop.post("/api/v1/orders", &cart).by(&customer("ben")).gives(201).await;
    let asked = shop.place(&customer("asha"), here, 1).await;
    let begin = seq(&hello.id);
    let main = take(&mut main, 2).await;
    assert_eq!(seqs(&main), [begin + 1, begin + 3]);
    assert_eq!(main[0].data["customer"]["id"], "ben");
    assert_eq!(main[1].data["orderId"], asked.view["id"]);
    assert_eq!(seqs(&take(&mut other, 1).await), [begin + 2]);
    let only = take(&mut asha, 1).await;
    assert_eq!(seqs(&only), [begin + 3], "only the customer's own order");
    // A resumed stream receives the same events.
    let (mut asha, _) = shop.resume(&customer("asha"), &hello.id).await;
    assert_eq!(take(&mut asha, 1).await, only);
    let (mut other, _) = shop.resume(&north, &hello.id).await;
    assert_eq!(seqs(&take(&mut other, 1).await), [begin + 2]);
}

#[tokio::test]
async fn an_invalid_cursor_resets_to_the_current_state() {
    let shop = Shop::open().await;
    let product = shop.product("Tea", 50).await;
    let asha = customer("asha");
    let mut placed = shop.place(&asha, product, 1).await;
    shop.place(&customer("ben"), product, 1).await;
    let (_, hello) = shop.listen(&asha).await;
    let epoch = hello.id.split_once(':').unwrap().0;
    for (sent, reason) in [
        ("garbage", "unknown_cursor"),
        ("\u{fc}ber", "unknown_cursor"),
        (":", "unknown_cursor"),
        (&format!("{epoch}:-1"), "unknown_cursor"),
        (&format!("{epoch}:99999999"), "unknown_cursor"),
        (&format!("{epoch}:{}", "9".repeat(400)), "unknown_cursor"),
        ("0123456789ab:1", "epoch_changed"),
    ] {
        let (mut stream, hello) = shop.resume(&asha, sent).await;
        assert_eq!((&hello.data["recovered"], &*hello.id), (&json!(false), ""), "{sent}");
        let reset = stream.next().await.unwrap();
        assert_eq!((&*reset.name, &reset.data["reason"]), ("reset", &json!(reason)), "{sent}");
        assert_eq!(reset.data["cursor"], reset.id);
        let orders = reset.data["orders"].as_array().unwrap();
        assert!(orders.iter().all(|order| order["customer"]["id"] == "asha"), "{orders:?}");
        assert_eq!(orders[0]["id"], placed.view["id"], "newest first");
        placed = shop.place(&asha, product, 1).await;
        assert_eq!(seqs(&take(&mut stream, 1).await), [seq(&reset.id) + 1]);
    }
}

#[tokio::test]
async fn a_stream_resumes_exactly_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let shop = Shop::at(directory.path(), &[]).await;
    let product = shop.product("Tea", 500).await;
    let asha = customer("asha");
    let (mut stream, _) = shop.listen(&asha).await;
    let first = shop.place(&asha, product, 1).await;
    let last = take(&mut stream, 1).await.remove(0).id;
    drop(stream);
    // Enough events for several chunks.
    let mut expected = vec![];
    for _ in 0..150 {
        expected.push(shop.place(&asha, product, 1).await.number);
    }
    shop.advance(&first, "processing").await;
    shop.close().await;
    let shop = Shop::at(directory.path(), &[]).await;
    let (mut stream, again) = shop.resume(&asha, &last).await;
    assert_eq!(again.data["recovered"], true);
    let missed = take(&mut stream, 151).await;
    let numbers: Vec<_> =
        missed[..150].iter().map(|event| event.data["orderNumber"].as_str().unwrap()).collect();
    assert_eq!(numbers, expected);
    assert_eq!(missed[150].data["status"], "processing");
    assert_no_other_event(&shop, &mut stream, &asha, product).await;
}

#[tokio::test]
async fn signing_out_closes_the_sessions_streams_and_no_others() {
    let shop = Shop::open().await;
    let phone = shop.account("sam@shop.example", Role::Staff, "main").await;
    let laptop = shop.login("sam@shop.example").await;
    let (mut here, _) = shop.listen(&phone.token).await;
    let (mut there, _) = shop.listen(&laptop.token).await;
    shop.ask("POST", "/api/v1/auth/logout").by(&phone.token).send().await;
    let goodbye = here.until("reconnect").await;
    assert_eq!(goodbye.data, json!({"code": 4501, "reason": "session_ended"}));
    assert_eq!(
        (&*goodbye.id, here.next().await),
        ("", None),
        "the last event has no cursor, and the stream ends"
    );
    shop.product("Tea", 5).await;
    take(&mut there, 1).await;
}

#[tokio::test]
async fn a_stream_ends_with_its_token_and_the_next_one_resumes() {
    let shop = Shop::open().await;
    let product = shop.product("Tea", 5).await;
    let end = now() + SignedDuration::from_secs(1);
    let brief = token(&json!({"sub": "asha", "exp": end.as_second() + 1}));
    let (mut stream, hello) = shop.listen(&brief).await;
    let goodbye = stream.until("reconnect").await;
    assert_eq!(goodbye.data, json!({"code": 4002, "reason": "token_expired", "afterMs": 0}));
    assert_eq!(stream.next().await, None);
    let placed = shop.place(&customer("asha"), product, 1).await;
    let (mut stream, _) = shop.resume(&customer("asha"), &hello.id).await;
    assert_eq!(take(&mut stream, 1).await[0].data["orderId"], placed.view["id"]);
}

#[tokio::test]
async fn staff_get_the_counts_and_customers_do_not() {
    let shop = Shop::open().await;
    let product = shop.product("Tea", 5).await;
    let (mut sam, _) = shop.listen(&staff("sam")).await;
    let (mut asha, _) = shop.listen(&customer("asha")).await;
    let counts = sam.until("stats.updated").await;
    assert_eq!((&counts.data["total"], &*counts.id), (&json!(0), ""), "counts have no cursor");
    shop.place(&customer("asha"), product, 2).await;
    let counts = sam.until("stats.updated").await;
    assert_eq!(counts.data["byStatus"]["pending"], 1);
    assert_eq!(counts.data["revenue"], json!([{"amount": 2500, "currency": "EUR"}]));
    assert_eq!(asha.next().await.unwrap().name, "order.created");
    let more = tokio::time::timeout(Duration::from_millis(600), asha.next()).await;
    assert!(more.is_err(), "{more:?}");
}

#[tokio::test]
async fn a_stream_requires_authentication() {
    let shop = Shop::open().await;
    assert_eq!(shop.get("/api/v1/stream").refused(401).await, "unauthenticated");
    assert_eq!(shop.get("/api/v1/stream").by("x.y.z").refused(401).await, "invalid_token");
    for query in ["lastEventId=x", "cursor=1", "limit=many"] {
        let stream = shop.get(&format!("/api/v1/stream?{query}"));
        assert_eq!(stream.refused(401).await, "unauthenticated", "{query}");
    }
}
