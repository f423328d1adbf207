//! A long-polling client that opens a connection for each request.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::application::DEADLINE;

/// Sends a request. The caller reads the response with [`answer`].
pub(crate) async fn request(address: SocketAddr, method: &str, sid: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let sid = if sid.is_empty() { String::new() } else { format!("&sid={sid}") };
    let length = body.len();
    let request = format!(
        "{method} /socket.io/?EIO=4&transport=polling{sid} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

/// Reads the status and the body of a response.
pub(crate) async fn answer(mut stream: TcpStream) -> (u16, String) {
    let mut bytes = Vec::new();
    tokio::time::timeout(DEADLINE, stream.read_to_end(&mut bytes)).await.unwrap().unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

pub(crate) struct PollingClient {
    address: SocketAddr,
    pub(crate) sid: String,
}

impl PollingClient {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let (status, body) = answer(request(address, "GET", "", "").await).await;
        assert_eq!(status, 200);
        let open: serde_json::Value = serde_json::from_str(body.strip_prefix('0').unwrap()).unwrap();
        Self { address, sid: open["sid"].as_str().unwrap().to_owned() }
    }

    /// Connected to the namespace `/`.
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let client = Self::open(address).await;
        assert_eq!(client.post("40").await, (200, "ok".to_owned()));
        assert!(client.get().await.1.starts_with("40{"));
        client
    }

    /// Sends a `GET` without reading the response.
    pub(crate) async fn start_get(&self) -> TcpStream {
        request(self.address, "GET", &self.sid, "").await
    }

    pub(crate) async fn get(&self) -> (u16, String) {
        answer(self.start_get().await).await
    }

    /// Sends a `POST` without reading the response.
    pub(crate) async fn start_post(&self, body: &str) -> TcpStream {
        request(self.address, "POST", &self.sid, body).await
    }

    /// Sends a `POST` whose body is never completed.
    pub(crate) async fn stall(&self) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let sid = &self.sid;
        let head = format!(
            "POST /socket.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n4"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        answer(stream).await
    }

    pub(crate) async fn post(&self, body: &str) -> (u16, String) {
        answer(self.start_post(body).await).await
    }

    /// Polls until `count` packets were received.
    pub(crate) async fn packets(&self, count: usize) -> Vec<String> {
        let mut packets: Vec<String> = Vec::new();
        while packets.len() < count {
            let (status, body) = self.get().await;
            assert_eq!(status, 200, "{body}");
            packets.extend(body.split('\x1e').filter(|packet| *packet != "6").map(str::to_owned));
        }
        packets
    }
}
