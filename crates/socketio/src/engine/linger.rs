//! Closing a TCP stream without losing what was written last.

use std::io::ErrorKind;
use std::time::Duration;

use tokio::net::TcpStream;

/// How long to wait for the client to close after the server closed its side.
const LINGER: Duration = Duration::from_secs(2);

/// Waits until the client closes. Closing a socket with unread input would discard what was written last.
pub(crate) async fn linger(io: &TcpStream) {
    if rustix::net::shutdown(io, rustix::net::Shutdown::Write).is_err() {
        return;
    }
    let drain = async {
        let mut bytes = [0; 512];
        while io.readable().await.is_ok() {
            match io.try_read(&mut bytes) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => break,
            }
        }
    };
    drop(tokio::time::timeout(LINGER, drain).await);
}
