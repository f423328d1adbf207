//! A Socket.IO client over long-polling, as far as the tests need one (Engine.IO 4, Socket.IO 5).

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::{Shop, within};

/// What separates packets in a payload (Engine.IO protocol, "Packet encoding, HTTP long-polling").
const SEPARATOR: char = '\x1e';

/// An event, as a client hears it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SocketEvent {
    /// Its name.
    pub(crate) name: String,
    /// What it says.
    pub(crate) data: Value,
    /// Its place in the log; empty where it has none.
    pub(crate) offset: String,
}

/// A connected client.
pub(crate) struct PollingClient<'a> {
    shop: &'a Shop,
    path: String,
    heard: VecDeque<SocketEvent>,
    acks: Vec<(usize, Value)>,
    asked: usize,
}

impl Shop {
    /// Connects with such `auth`.
    pub(crate) async fn socket(&self, auth: Value) -> PollingClient<'_> {
        let opened = self.get("/socket.io/?EIO=4&transport=polling").send().await;
        assert_eq!(opened.status, 200, "{}", opened.text);
        let open: Value = serde_json::from_str(opened.text.strip_prefix('0').unwrap()).unwrap();
        let path = format!("/socket.io/?EIO=4&transport=polling&sid={}", open["sid"].as_str().unwrap());
        let (heard, acks) = (VecDeque::new(), Vec::new());
        let mut socket = PollingClient { shop: self, path, heard, acks, asked: 0 };
        socket.post(&format!("40{auth}")).await;
        socket.poll(true).await;
        socket
    }
}

impl PollingClient<'_> {
    /// The next event.
    pub(crate) async fn next(&mut self) -> SocketEvent {
        let next = async {
            loop {
                if let Some(said) = self.heard.pop_front() {
                    return said;
                }
                self.poll(false).await;
            }
        };
        within(next).await
    }

    /// The next event of this name, past any others.
    pub(crate) async fn until(&mut self, name: &str) -> SocketEvent {
        let seek = async {
            loop {
                let said = self.next().await;
                if said.name == name {
                    return said;
                }
            }
        };
        within(seek).await
    }

    /// Sends an event without asking for an acknowledgement.
    pub(crate) async fn tell(&mut self, name: &str, argument: Value) {
        self.post(&format!("42{}", json!([name, argument]))).await;
    }

    /// Sends an event; its acknowledgement. What comes before it is heard later.
    pub(crate) async fn ask(&mut self, name: &str, argument: Value) -> Value {
        let id = self.asked;
        self.asked += 1;
        self.post(&format!("42{id}{}", json!([name, argument]))).await;
        let answer = async {
            loop {
                if let Some(place) = self.acks.iter().position(|(of, _)| *of == id) {
                    return self.acks.swap_remove(place).1;
                }
                self.poll(false).await;
            }
        };
        within(answer).await
    }

    async fn post(&self, packet: &str) {
        let sent = self.shop.ask("POST", &self.path).body("text/plain;charset=UTF-8", packet.to_owned());
        let answer = sent.send().await;
        assert_eq!((answer.status, &*answer.text), (200, "ok"), "{packet}");
    }

    /// One answer's packets; `connecting`: among them is that the namespace was connected to.
    async fn poll(&mut self, connecting: bool) {
        let answer = self.shop.get(&self.path).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        for packet in answer.text.split(SEPARATOR) {
            match packet.as_bytes() {
                b"2" => self.post("3").await,
                b"1" => panic!("the server closed"),
                [b'4', b'0', ..] if connecting => {}
                [b'4', b'2', ..] => self.heard.push_back(parse_event(&packet[2..])),
                [b'4', b'3', ..] => {
                    let json = packet.find('[').unwrap();
                    let id = packet[2..json].parse().unwrap();
                    let mut args: Vec<Value> = serde_json::from_str(&packet[json..]).unwrap();
                    self.acks.push((id, args.remove(0)));
                }
                b"6" => {}
                _ => panic!("not expected: {packet}"),
            }
        }
    }
}

fn parse_event(json: &str) -> SocketEvent {
    let args: Vec<Value> = serde_json::from_str(json).unwrap();
    assert!(args.len() <= 3, "{json}");
    let text = |place: usize| args.get(place).and_then(Value::as_str).unwrap_or_default().to_owned();
    SocketEvent { name: text(0), data: args[1].clone(), offset: text(2) }
}
