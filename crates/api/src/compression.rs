//! Compresses answers of the API with gzip. The app's files are compressed when they are built: see `pages`. Its pages are
//! compressed here when a base path was written into them.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{And, Predicate as _, SizeAbove};

/// A smaller answer fits into one packet anyway.
const MIN_BYTES: u64 = 1024;

type IsCompressible = fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool;

/// Compresses JSON, CSV and pages of at least [`MIN_BYTES`]. Event streams are never compressed, because compression holds
/// events back. Answers that must not be stored are not compressed either: they have tokens, and the length of a compressed
/// answer could reveal them (BREACH).
pub(crate) fn layer() -> CompressionLayer<And<SizeAbove, IsCompressible>> {
    let json: IsCompressible = |_, _, headers, _| is_compressible(headers);
    // Higher levels take several times as long and save a few percent of JSON.
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(MIN_BYTES).and(json))
}

fn is_compressible(headers: &HeaderMap) -> bool {
    let has = |name, part: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(part))
    };
    let is_text = ["json", "text/html", "text/csv"].into_iter().any(|kind| has(CONTENT_TYPE, kind));
    is_text && !has(CACHE_CONTROL, "no-store") && !has(CACHE_CONTROL, "no-transform")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_json_and_pages_without_secrets_are_compressed() {
        for (kind, cached, expected) in [
            ("application/json", "private, no-cache", true),
            ("application/problem+json", "private, no-cache", true),
            ("text/html; charset=utf-8", "no-cache", true),
            ("text/csv; charset=utf-8", "private, no-cache", true),
            ("application/json", "no-store", false),
            ("text/event-stream", "no-store, no-transform", false),
            ("text/event-stream", "private", false),
            ("application/octet-stream", "private", false),
        ] {
            let value = HeaderValue::from_static;
            let headers = [(CONTENT_TYPE, value(kind)), (CACHE_CONTROL, value(cached))].into_iter().collect();
            assert_eq!(is_compressible(&headers), expected, "{kind} {cached}");
        }
    }
}
