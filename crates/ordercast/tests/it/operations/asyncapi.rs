//! The `AsyncAPI` document: every event that a client receives is in it and matches its schema, and nothing else is
//! in it.

mod schema_checker;

use futures_util::{FutureExt as _, StreamExt as _};
use live::sse::{self, StreamUser};
use orders::{Role, UserId};
use serde_json::{Value, json};

use self::schema_checker::SchemaChecker;
use crate::support::orders::PlacedOrder;
use crate::support::socket::SocketIoClient;
use crate::support::stream::Events;
use crate::support::users::{customer, driver, id_of, staff};
use crate::support::{Shop, within};

const DIALECTS: [&str; 3] = ["standard", "rooms", "feed"];

/// A client's connection, and whether it received everything.
struct CheckedClient<'a> {
    socket: SocketIoClient<'a>,
    dialect: &'static str,
    who: &'static str,
    joined: bool,
}

impl<'a> CheckedClient<'a> {
    async fn open(
        shop: &'a Shop,
        dialect: &'static str,
        who: &'static str,
        token: &str,
        joined: bool,
    ) -> Self {
        let socket = shop.socket(json!({"token": token, "dialect": dialect})).await;
        Self { socket, dialect, who, joined }
    }

    /// Sends an event. The event and its acknowledgement are checked.
    async fn ask(&mut self, checker: &mut SchemaChecker, name: &str, argument: Value) -> Value {
        checker.check(self.dialect, name, self.who, &argument);
        let answer = self.socket.ask(name, argument).await;
        checker.check(self.dialect, &format!("{name}.ack"), "", &answer);
        answer
    }

    /// Checks events until the client received the last ones that concern it: the delivery and the read state.
    async fn receive_all(&mut self, checker: &mut SchemaChecker) {
        let follows = self.joined || self.dialect != "rooms";
        let (mut delivered, mut read) = (!follows, false);
        let (mut counted, mut looked) = (self.who != "staff", self.who != "staff");
        while !(delivered && read && counted && looked) {
            let event = self.socket.next().await;
            checker.check(self.dialect, &event.name, self.who, &event.data);
            delivered |= event.data["status"] == "delivered" && !event.offset.is_empty();
            read |= event.name == "notifications:read";
            counted |= event.data.get("byStatus").is_some();
            looked |= event.name == "order:presence";
        }
    }
}

/// Causes every kind of event of an order and a product.
async fn everything(shop: &Shop, order: &PlacedOrder, asha: &str, dev: &str, sam: &str) {
    let cup = shop.product("Cup", 5).await;
    shop.put(&format!("/api/v1/products/{cup}"), &json!({"name": "Mug"})).by(sam).gives(200).await;
    let gone = shop.place(asha, cup, 1).await;
    shop.post(&gone.path("/cancel"), &json!({"reason": "broken"})).by(sam).gives(200).await;
    shop.assign(order, &id_of("dev")).await;
    let status = |body: Value| shop.put(&order.path("/status"), &body).by(sam);
    status(json!({"status": "processing", "note": "careful"})).gives(200).await;
    status(json!({"status": "processing", "note": "very"})).gives(200).await;
    status(json!({"status": "paid"})).gives(200).await;
    let expected = "2031-05-01T10:00:00Z";
    let shipped = json!({"status": "shipped", "trackingNumber": "TRACK-1", "estimatedDelivery": expected});
    status(shipped).gives(200).await;
    status(json!({"status": "processing", "reason": "wrong parcel"})).gives(200).await;
    status(json!({"status": "shipped"})).gives(200).await;
    let place = json!({"location": {"latitude": 53.5, "longitude": 10.0}});
    shop.put(&order.path("/delivery"), &place).by(dev).gives(200).await;
    let partner = json!({"partner": {"name": "Dora"}, "estimatedDelivery": "2031-05-02T10:00:00Z"});
    shop.put(&order.path("/delivery"), &partner).by(sam).gives(200).await;
    status(json!({"status": "delivered"})).gives(200).await;
}

#[tokio::test]
async fn every_live_event_matches_the_document() {
    let shop = Shop::with(&[("ORDERCAST_MAX_STREAMS_PER_USER", "64")]).await;
    let mut checker = SchemaChecker::of(shop.get("/api/asyncapi.json").gives(200).await);
    let (asha, sam, dev) = (customer("asha"), staff("sam"), driver("dev"));
    let people = [("customer", &asha), ("staff", &sam), ("driver", &dev)];
    let tea = shop.product("Tea", 10).await;
    let order = shop.place(&asha, tea, 1).await;
    shop.assign(&order, &id_of("dev")).await;
    let mut clients = Vec::new();
    for dialect in DIALECTS {
        for (who, token) in people {
            for joined in [false, true] {
                let mut client = CheckedClient::open(&shop, dialect, who, token, joined).await;
                if joined {
                    let answer = client.ask(&mut checker, "join-order-tracking", json!(order.number)).await;
                    assert_eq!((&answer["ok"], &answer["orderId"]), (&json!(true), &json!(order.number)));
                }
                clients.push(client);
            }
        }
    }
    let mut streams = Vec::new();
    for (who, token) in people {
        let (events, connected) = shop.listen(token).await;
        checker.check("stream", &connected.name, who, &connected.data);
        streams.push((who, events));
    }
    let mut mia = CheckedClient::open(&shop, "rooms", "staff", &staff("mia"), true).await;
    mia.ask(&mut checker, "join-order-tracking", json!(order.id)).await;
    everything(&shop, &order, &asha, &dev, &sam).await;
    for (_, token) in people {
        shop.ask("POST", "/api/v1/notifications/read-all").by(token).gives(200).await;
    }
    for client in &mut clients {
        client.receive_all(&mut checker).await;
        let answer = client.ask(&mut checker, "leave-order-tracking", json!({"orderId": order.id})).await;
        assert_eq!(answer["ok"], true);
        let answer = client.ask(&mut checker, "join-order-tracking", json!("77777")).await;
        assert_eq!(answer["error"]["code"], "order_not_found");
        client.socket.tell("join-order-tracking", json!(["nonsense"])).await;
        let refused = client.socket.until("error").await;
        checker.check(client.dialect, "error", client.who, &refused.data);
        let another = shop.place(&asha, tea, 1).await;
        let update = json!({"orderId": another.number, "status": "processing"});
        let answer = client.ask(&mut checker, "admin-status-update", update).await;
        assert_eq!(answer["ok"], client.who == "staff", "{answer}");
        shop.post(&another.path("/cancel"), &json!({})).by(&sam).gives(200).await;
    }
    resets(&shop, &mut checker, &people).await;
    for (who, events) in &mut streams {
        let (mut delivered, mut read, mut counted) = (false, false, *who != "staff");
        while !(delivered && read && counted) {
            let event = events.next().await.unwrap();
            checker.check("stream", &event.name, who, &event.data);
            delivered |= event.data["status"] == "delivered";
            read |= event.name == "notifications.read";
            counted |= event.name == "stats.updated";
        }
    }
    let heartbeat = heartbeat(&shop).await;
    checker.check("stream", "heartbeat", "customer", &heartbeat);
    let zoe = shop.register("zoe@example.com").await;
    let (mut hers, _) = shop.listen(&zoe.token).await;
    shop.ask("POST", "/api/v1/auth/logout").by(&zoe.token).gives(204).await;
    let reconnect = hers.until("reconnect").await;
    checker.check("stream", "reconnect", "customer", &reconnect.data);
    checker.every_message_was_checked();
}

/// Connects with a cursor of an unknown log.
async fn resets(shop: &Shop, checker: &mut SchemaChecker, people: &[(&'static str, &String)]) {
    for (who, token) in people {
        for dialect in DIALECTS {
            let auth = json!({"token": token, "dialect": dialect, "cursor": "nonsense"});
            let mut socket = shop.socket(auth).await;
            let mut begun = false;
            loop {
                let event = socket.next().await;
                checker.check(dialect, &event.name, who, &event.data);
                begun |= event.name == "reset";
                if begun && !event.offset.is_empty() {
                    break;
                }
            }
        }
        let (mut events, _): (Events, _) = shop.resume(token, "nonsense").await;
        let reset = events.until("reset").await;
        checker.check("stream", "reset", who, &reset.data);
    }
}

/// A heartbeat of a stream on a paused clock.
async fn heartbeat(shop: &Shop) -> Value {
    let user = UserId::new("nobody").unwrap();
    let subscription = shop.app.hub.subscribe(live::Topic::Customer(user.clone()), None);
    let listener = StreamUser {
        role: Role::Customer,
        person: orders::view::Person { id: user, name: None, email: None },
    };
    let never = std::future::pending().boxed();
    let now = Box::new(ordercast::clock::now);
    let stream = sse::stream(subscription, &listener, false, None, None, never, now);
    let mut stream = std::pin::pin!(stream);
    within(stream.next()).await.unwrap();
    tokio::time::pause();
    let frame = stream.next().await.unwrap();
    tokio::time::resume();
    let text = std::str::from_utf8(&frame).unwrap();
    let data = text.strip_prefix("event: heartbeat\ndata: ").unwrap();
    serde_json::from_str(data.trim_end()).unwrap()
}

#[tokio::test]
async fn the_document_is_valid_asyncapi_3() {
    let shop = Shop::with(&[("FRONTEND_URL", "https://shop.example")]).await;
    let answer = shop.get("/api/asyncapi.json").send().await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    let document = answer.json();
    assert_eq!(document["asyncapi"], "3.0.0");
    let mut checker = SchemaChecker::of(document.clone());
    checker.references_exist();
    for server in ["sockets", "streams"] {
        assert!(document["servers"][server]["host"].as_str().is_some_and(|host| !host.contains('/')));
    }
    for operation in document["operations"].as_object().unwrap().values() {
        assert!(["send", "receive"].contains(&operation["action"].as_str().unwrap()));
        let channel = operation["channel"]["$ref"].as_str().unwrap();
        for message in operation["messages"].as_array().unwrap() {
            let message = message["$ref"].as_str().unwrap();
            assert!(message.starts_with(&format!("{channel}/messages/")), "{message} is of another channel");
        }
    }
    let openapi = shop.get("/api/openapi.json").gives(200).await;
    assert!(openapi["info"]["description"].as_str().unwrap().contains("/api/asyncapi.json"));
}
