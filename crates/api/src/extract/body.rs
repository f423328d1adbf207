//! A body as bytes, limited in size and time.

use std::error::Error;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header::{CONNECTION, CONTENT_LENGTH};
use axum::http::{HeaderMap, HeaderValue};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::problem::{Code, Problem};

/// The largest body in bytes. The router sets it as `Extension(BodyLimit(n))`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimit(pub usize);

impl Default for BodyLimit {
    /// 256 KiB, several times an order of a thousand lines.
    fn default() -> Self {
        Self(256 * 1024)
    }
}

/// How long a body may take, from the first byte to the last. It limits the whole body and not each pause, so that
/// a client cannot hold a connection by sending a byte now and then. The largest body needs 9 KB/s, an order 100
/// B/s.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawBody(pub Bytes);

impl RawBody {
    /// SHA-256 of the bytes. An `Idempotency-Key` is bound to it. A member `retries` does not count: a client increments it
    /// when it sends the same request again.
    pub fn sha256(&self) -> [u8; 32] {
        let mut hash = [0; 32];
        let without = self.without_retries();
        hash.copy_from_slice(digest(&SHA256, without.as_deref().unwrap_or(&self.0)).as_ref());
        hash
    }

    fn without_retries(&self) -> Option<Vec<u8>> {
        const NAME: &str = "retries";
        if !self.0.windows(NAME.len()).any(|bytes| bytes == NAME.as_bytes()) {
            return None;
        }
        let mut members: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&self.0).ok()?;
        members.remove(NAME)?;
        serde_json::to_vec(&members).ok()
    }
}

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let BodyLimit(limit) = request.extensions().get().copied().unwrap_or_default();
        // A `Content-Length` above the limit is refused before the body is read.
        if announced(request.headers()).is_some_and(|length| length > limit) {
            return Err(too_large(limit));
        }
        read(request.into_body(), limit).await.map(Self)
    }
}

fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn read(body: Body, limit: usize) -> Result<Bytes, Problem> {
    match tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, limit).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        // The rest of the body may still arrive and must not be taken for another request (RFC 9110, section
        // 15.5.9).
        Err(_elapsed) => {
            Err(Problem::new(Code::BodyTimeout).header(CONNECTION, HeaderValue::from_static("close")))
        }
        Ok(Err(error)) if is_length_limit(&*error) => Err(too_large(limit)),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a request body is incomplete");
            Err(Problem::new(Code::IncompleteBody))
        }
    }
}

/// The error may be wrapped by other layers.
fn is_length_limit(error: &(dyn Error + 'static)) -> bool {
    error.is::<LengthLimitError>() || error.source().is_some_and(is_length_limit)
}

fn too_large(limit: usize) -> Problem {
    Problem::new(Code::BodyTooLarge)
        .detail(format!("The body may have at most {limit} bytes."))
        .member("limit", limit)
}

#[cfg(test)]
mod tests {
    use std::io;

    use futures_util::stream;

    use super::*;

    async fn extract(
        body: Body,
        headers: &[(&'static str, &'static str)],
        limit: usize,
    ) -> Result<RawBody, Problem> {
        let mut request = Request::new(body);
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        request.extensions_mut().insert(BodyLimit(limit));
        RawBody::from_request(request, &()).await
    }

    /// A body without a length that may break off.
    fn chunked<const N: usize>(chunks: [io::Result<&'static str>; N]) -> Body {
        Body::from_stream(stream::iter(chunks))
    }

    #[tokio::test]
    async fn the_limit_is_the_last_length_that_passes() {
        assert_eq!(extract("12345".into(), &[], 5).await.unwrap().0, "12345");
        let problem = extract("123456".into(), &[], 5).await.unwrap_err();
        assert_eq!((problem.code(), problem.status_code().as_u16()), (Code::BodyTooLarge, 413));
        assert_eq!(problem.members()["limit"], 5);
    }

    #[tokio::test]
    async fn a_body_without_a_length_is_counted_as_it_comes() {
        assert_eq!(extract(chunked([Ok("123"), Ok("45")]), &[], 5).await.unwrap().0, "12345");
        let problem = extract(chunked([Ok("123"), Ok("456")]), &[], 5).await.unwrap_err();
        assert_eq!(problem.code(), Code::BodyTooLarge);
    }

    #[tokio::test]
    async fn an_announced_length_is_enough_to_refuse() {
        let never_read = chunked([Err(io::Error::other("was read"))]);
        let problem = extract(never_read, &[("content-length", "6")], 5).await.unwrap_err();
        assert_eq!(problem.code(), Code::BodyTooLarge);
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_no_fault_of_ours() {
        let broken = chunked([Ok("123"), Err(io::ErrorKind::ConnectionReset.into())]);
        assert_eq!(extract(broken, &[], 5).await.unwrap_err().code(), Code::IncompleteBody);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_end_is_not_waited_for() {
        let began = tokio::time::Instant::now();
        let drops = stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Some((Ok::<_, io::Error>("1"), ()))
        });
        let problem = extract(Body::from_stream(drops), &[], 1000).await.unwrap_err();
        assert_eq!((problem.code(), problem.status_code().as_u16()), (Code::BodyTimeout, 408));
        assert_eq!(began.elapsed(), BODY_TIMEOUT);
    }

    #[test]
    fn the_hash_is_of_the_bytes() {
        // FIPS 180-2, appendix B.1.
        let hash = RawBody(Bytes::from("abc")).sha256();
        assert_eq!(hash[..8], [0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea]);
        assert_eq!(hash[28..], [0xf2, 0x00, 0x15, 0xad]);
    }
}
