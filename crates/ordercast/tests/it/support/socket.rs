//! A minimal Socket.IO client over long-polling (Engine.IO 4, Socket.IO 5).

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::{Shop, within};

/// Separates packets in a payload (Engine.IO protocol, "Packet encoding, HTTP long-polling").
const SEPARATOR: char = '\x1e';

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SocketEvent {
    pub(crate) name: String,
    pub(crate) data: Value,
    /// The event's cursor; empty if it has none.
    pub(crate) offset: String,
}

pub(crate) struct SocketIoClient<'a> {
    shop: &'a Shop,
    path: String,
    heard: VecDeque<SocketEvent>,
    acks: Vec<(usize, Value)>,
    asked: usize,
}

impl Shop {
    pub(crate) async fn socket(&self, auth: Value) -> SocketIoClient<'_> {
        let opened = self.get("/socket.io/?EIO=4&transport=polling").send().await;
        assert_eq!(opened.status, 200, "{}", opened.text);
        let open: Value = serde_json::from_str(opened.text.strip_prefix('0').unwrap()).unwrap();
        let path = format!("/socket.io/?EIO=4&transport=polling&sid={}", open["sid"].as_str().unwrap());
        let (heard, acks) = (VecDeque::new(), Vec::new());
        let mut socket = SocketIoClient { shop: self, path, heard, acks, asked: 0 };
        socket.post(&format!("40{auth}")).await;
        socket.poll(true).await;
        socket
    }
}

impl SocketIoClient<'_> {
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

    /// Leaves the namespace. The connection stays open.
    pub(crate) async fn leave(&mut self) {
        self.post("41").await;
    }

    /// The next event that was received already.
    pub(crate) fn heard(&mut self) -> Option<SocketEvent> {
        self.heard.pop_front()
    }

    /// The next event with this name. Skips others.
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

    /// Sends an event without an acknowledgement.
    pub(crate) async fn tell(&mut self, name: &str, argument: Value) {
        self.post(&format!("42{}", json!([name, argument]))).await;
    }

    /// Sends an event and returns its acknowledgement. Events that arrive first are queued.
    pub(crate) async fn ask(&mut self, name: &str, argument: Value) -> Value {
        let id = self.asked;
        self.asked += 1;
        self.post(&format!("42{id}{}", json!([name, argument]))).await;
        let answer = async {
            loop {
                if let Some(index) = self.acks.iter().position(|(of, _)| *of == id) {
                    return self.acks.swap_remove(index).1;
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

    /// Reads the packets of one response. While `connecting`, one of them confirms the namespace.
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
                _ => panic!("unexpected packet: {packet}"),
            }
        }
    }
}

fn parse_event(json: &str) -> SocketEvent {
    let args: Vec<Value> = serde_json::from_str(json).unwrap();
    assert!(args.len() <= 3, "{json}");
    let text = |index: usize| args.get(index).and_then(Value::as_str).unwrap_or_default().to_owned();
    SocketEvent { name: text(0), data: args[1].clone(), offset: text(2) }
}
