//! Raw requests that an HTTP client library refuses to send.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::request::TestResponse;
use super::{Shop, within};

impl Shop {
    /// Sends bytes and reads one response. The server may close the connection before it read all bytes.
    pub(crate) async fn raw(&self, request: impl AsRef<[u8]>) -> TestResponse {
        let exchange = async {
            let mut stream = TcpStream::connect(self.address).await.unwrap();
            let (mut incoming, mut outgoing) = stream.split();
            // The server may respond and close the connection while the request is still being sent.
            let _ = outgoing.write_all(request.as_ref()).await;
            let mut bytes = Vec::new();
            let mut chunk = [0; 4096];
            loop {
                if let Some(answer) = parse(&bytes) {
                    return answer;
                }
                match incoming.read(&mut chunk).await {
                    Ok(n) if n > 0 => bytes.extend_from_slice(&chunk[..n]),
                    _ => panic!("incomplete response: {:?}", String::from_utf8_lossy(&bytes)),
                }
            }
        };
        within(exchange).await
    }

    /// Sends a request line and headers without a body.
    pub(crate) async fn raw_head(&self, line: &str, headers: &[(&str, &[u8])]) -> TestResponse {
        let mut request = format!("{line} HTTP/1.1\r\nhost: {}\r\n", self.address).into_bytes();
        for (name, value) in headers {
            request.extend_from_slice(name.as_bytes());
            request.extend_from_slice(b": ");
            request.extend_from_slice(value);
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        self.raw(request).await
    }
}

/// A response with a `Content-Length`; `None` while it is incomplete.
fn parse(bytes: &[u8]) -> Option<TestResponse> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().unwrap();
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        headers.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
    }
    let length = headers.get("content-length").map_or(0, |length| length.to_str().unwrap().parse().unwrap());
    let body = bytes[end + 4..].get(..length)?;
    Some(TestResponse { status, headers, text: String::from_utf8(body.to_vec()).unwrap() })
}
