//! A session that ends while its client connects.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use eventlog::Snapshot;
use http::request::Parts;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ordercast_live::dialect::DialectId;
use ordercast_live::gateway::{Authorizer, Denial, Gateway, GatewayOptions, Identity, Rejection};
use ordercast_live::limits::ConnectionPermit;
use ordercast_live::order_counts::OrderCountsPublisher;
use ordercast_live::{Close, ConnectionLimits};
use orders::view::Person;
use orders::{OrderRef, Role, Status, StoreId, UserId};
use socketio::engine::Engine;
use socketio::{HandshakeError, Service, SocketIo, SocketIoConfig};
use tokio::sync::watch;
use tower_service::Service as _;

use super::fixed_log::FixedLog;
use super::shop::{DEADLINE, user};

struct Asha {
    user: UserId,
    store: StoreId,
}

impl Identity for Asha {
    fn user(&self) -> &UserId {
        &self.user
    }

    fn role(&self) -> Role {
        Role::Customer
    }

    fn store(&self) -> &StoreId {
        &self.store
    }

    fn person(&self) -> Person {
        Person { id: self.user.clone(), name: None, email: None }
    }

    fn expires_at(&self) -> Option<Timestamp> {
        None
    }
}

/// Ends every session right after its token was verified.
struct EndsSessions {
    limits: Arc<ConnectionLimits>,
    ended: AtomicBool,
    changes: watch::Sender<u64>,
}

fn not_found() -> Denial {
    Denial { code: "order_not_found", message: "The order does not exist.".into() }
}

impl Authorizer for EndsSessions {
    type Handshake = ();
    type Identity = Asha;

    fn handshake(&self, _: &Parts) -> Result<(), HandshakeError> {
        Ok(())
    }

    fn dialect(&self, (): &()) -> Option<DialectId> {
        None
    }

    fn authenticate(&self, (): &(), _: Option<&str>) -> Result<(Asha, ConnectionPermit), Rejection> {
        let permit = self.limits.acquire(user("asha")).unwrap();
        self.ended.store(true, Ordering::SeqCst);
        self.changes.send_modify(|changes| *changes += 1);
        Ok((Asha { user: user("asha"), store: StoreId::main() }, permit))
    }

    fn close_reason(&self, _: &Asha) -> Option<Close> {
        self.ended.load(Ordering::SeqCst).then_some(Close::SessionEnded)
    }

    fn revocations(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn check_rate(&self, _: &Asha) -> Result<(), Denial> {
        Ok(())
    }

    async fn order_ref(&self, _: &Asha, _: &str) -> Result<OrderRef, Denial> {
        Err(not_found())
    }

    async fn visible_order(&self, _: &Asha, _: OrderRef) -> Result<Arc<Snapshot>, Denial> {
        Err(not_found())
    }

    async fn set_status(&self, _: &Asha, _: OrderRef, _: Status) -> Result<Arc<Snapshot>, Denial> {
        Err(not_found())
    }

    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn seal(&self, text: &str) -> String {
        text.to_owned()
    }

    fn unseal(&self, sealed: &str) -> Option<String> {
        Some(sealed.to_owned())
    }
}

type Sockets = Service<SocketIo<Gateway<EndsSessions>>>;

async fn send(
    sockets: &mut Sockets,
    method: Method,
    query: &str,
    body: &'static str,
) -> (StatusCode, String) {
    let uri = format!("/socket.io/?EIO=4&transport=polling{query}");
    let request = Request::builder().method(method).uri(uri).body(Full::<Bytes>::from(body)).unwrap();
    let response = tokio::time::timeout(DEADLINE, sockets.call(request)).await.expect("a response").unwrap();
    let status = response.status();
    let body: Bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// The task that closes connections checks those that are tracked. It does not run here: it ran before this client was.
#[tokio::test(start_paused = true)]
async fn a_session_that_ends_while_its_client_connects_is_closed() {
    let hub = Arc::new(FixedLog::default()).hub();
    let authorizer = EndsSessions {
        limits: ConnectionLimits::new(10, 10),
        ended: AtomicBool::new(false),
        changes: watch::Sender::new(0),
    };
    let counts =
        OrderCountsPublisher::new(Arc::clone(&hub), TimeZone::UTC, Arc::new(|| Timestamp::UNIX_EPOCH));
    let options = GatewayOptions { max_joined: 10, ..GatewayOptions::default() };
    let gateway = Gateway::new(authorizer, Arc::clone(&hub), counts, options);
    let config = SocketIoConfig::default();
    let mut sockets = Service::new(Engine::new(SocketIo::new(gateway, &config), config));

    let (_, opened) = send(&mut sockets, Method::GET, "", "").await;
    let opened: serde_json::Value = serde_json::from_str(opened.strip_prefix('0').unwrap()).unwrap();
    let sid = format!("&sid={}", opened["sid"].as_str().unwrap());
    assert_eq!(send(&mut sockets, Method::POST, &sid, "40").await, (StatusCode::OK, "ok".to_owned()));
    loop {
        let (status, received) = send(&mut sockets, Method::GET, &sid, "").await;
        let pinged = received.split('\u{1e}').any(|packet| packet == "2");
        assert!(!pinged, "the connection is still open at the first ping: {received}");
        if status == StatusCode::BAD_REQUEST || received.split('\u{1e}').any(|packet| packet == "1") {
            break;
        }
    }
    assert_eq!(hub.topics(), 0);
}
