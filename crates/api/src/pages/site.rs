//! The app's files, with their content types, caching, and precompressed encodings.
//!
//! The app's build writes `x.js.br` and `x.js.gz` next to `x.js`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use rust_embed::{Embed, EmbeddedFile};

use super::under::under;
use crate::base_path::BasePath;
use crate::commands::same_tag;

/// Empty if the app was not built.
#[derive(Embed)]
#[folder = "../../web/app/dist"]
#[allow_missing = true]
struct EmbeddedFiles;

/// File names below this path contain a hash of the content, so they can be cached for good.
const HASHED_PREFIX: &str = "/assets/";
const INDEX_PATH: &str = "/index.html";
const DOCS_PATH: &str = "/docs.html";

/// Files by path.
pub(super) struct Site(HashMap<String, Asset>);

#[derive(Clone)]
pub(super) struct Asset {
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
    /// Of the uncompressed file. The `ETag` of an encoding adds its name.
    hash: String,
    kind: String,
    cached: &'static str,
}

impl Site {
    /// The files in this binary.
    pub(super) fn embedded() -> &'static Self {
        static SITE: LazyLock<Site> = LazyLock::new(|| {
            let named =
                EmbeddedFiles::iter().filter_map(|name| Some((name.to_string(), EmbeddedFiles::get(&name)?)));
            Site::of(&named.map(|(name, file)| (name, File::from(file))).collect())
        });
        &SITE
    }

    fn of(files: &HashMap<String, File>) -> Self {
        let form =
            |name: &str, ending: &str| files.get(&format!("{name}.{ending}")).map(|file| file.bytes.clone());
        // Dotfiles belong to the build, and compressed files are encodings of other files.
        let shown = |name: &str| {
            let form = name.strip_suffix(".br").or_else(|| name.strip_suffix(".gz"));
            !name.starts_with('.') && form.is_none_or(|plain| !files.contains_key(plain))
        };
        let assets = files.iter().filter(|(name, _)| shown(name)).map(|(name, file)| {
            let path = format!("/{name}");
            let cached = if path.starts_with(HASHED_PREFIX) {
                "public, max-age=31536000, immutable"
            } else {
                "no-cache"
            };
            let asset = Asset {
                plain: file.bytes.clone(),
                brotli: form(name, "br"),
                gzip: form(name, "gz"),
                hash: file.hash.clone(),
                kind: file.kind.clone(),
                cached,
            };
            (path, asset)
        });
        Self(assets.collect())
    }

    /// The file at a path. Pages are served at other paths, with a content security policy.
    pub(super) fn file(&self, path: &str) -> Option<&Asset> {
        self.0.get(path).filter(|_| path != INDEX_PATH && path != DOCS_PATH)
    }

    /// The page that serves every address of the app below a base path.
    pub(super) fn page(&self, base_path: &BasePath) -> Option<Asset> {
        self.0.get(INDEX_PATH)?.under(base_path)
    }

    /// The API reference below a base path.
    pub(super) fn docs(&self, base_path: &BasePath) -> Option<Asset> {
        self.0.get(DOCS_PATH)?.under(base_path)
    }
}

struct File {
    bytes: Bytes,
    hash: String,
    kind: String,
}

impl From<EmbeddedFile> for File {
    fn from(file: EmbeddedFile) -> Self {
        let bytes = match file.data {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => bytes.into(),
        };
        let hash = file.metadata.sha256_hash().iter().take(12).fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        });
        let kind = file.metadata.mimetype();
        let text = kind.starts_with("text/") || kind.ends_with("javascript") || kind.ends_with("json");
        let kind = if text { format!("{kind}; charset=utf-8") } else { kind.to_owned() };
        Self { bytes, hash, kind }
    }
}

impl Asset {
    /// A page with its links below a base path. Then it is compressed when it is sent: see `compression`.
    fn under(&self, base_path: &BasePath) -> Option<Self> {
        if base_path.is_root() {
            return Some(self.clone());
        }
        let plain = under(base_path, std::str::from_utf8(&self.plain).ok()?).into();
        let hash = format!("{}{}", self.hash, base_path.as_str().replace('/', "."));
        Some(Self { plain, brotli: None, gzip: None, hash, ..self.clone() })
    }

    /// The file, or 304 if the browser has it (RFC 9110, section 13.1.2).
    pub(super) fn answer(&self, request: &HeaderMap) -> Response {
        let (bytes, encoding) = match (&self.brotli, &self.gzip) {
            (Some(brotli), _) if accepts_encoding(request, "br") => (brotli, "br"),
            (_, Some(gzip)) if accepts_encoding(request, "gzip") => (gzip, "gzip"),
            _ => (&self.plain, ""),
        };
        let tag = format!("\"{}{encoding}\"", self.hash);
        let known = request.get_all(IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
        let known =
            known.flat_map(|tags| tags.split(',')).any(|known| known.trim() == "*" || same_tag(known, &tag));
        let mut response = if known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut response = Body::from(bytes.clone()).into_response();
            if let Ok(kind) = HeaderValue::try_from(&*self.kind) {
                response.headers_mut().insert(CONTENT_TYPE, kind);
            }
            if !encoding.is_empty() {
                response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
            }
            response
        };
        let headers = response.headers_mut();
        if let Ok(tag) = HeaderValue::try_from(tag) {
            headers.insert(ETAG, tag);
        }
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(self.cached));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        response
    }
}

/// Whether the client accepts an encoding (RFC 9110, section 12.5.3).
fn accepts_encoding(request: &HeaderMap, coding: &str) -> bool {
    let lists = request.get_all(ACCEPT_ENCODING).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|entry| {
        let (name, weight) = entry.split_once(';').unwrap_or((entry, ""));
        let refused =
            weight.trim().strip_prefix("q=").and_then(|q| q.trim().parse::<f32>().ok()) == Some(0.0);
        name.trim().eq_ignore_ascii_case(coding) && !refused
    })
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    fn site(names: &[&str]) -> Site {
        let file = |name: &str| File {
            bytes: Bytes::from(format!("bytes of {name}")),
            hash: "abc".into(),
            kind: "text/javascript; charset=utf-8".into(),
        };
        Site::of(&names.iter().map(|name| ((*name).to_owned(), file(name))).collect())
    }

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        list.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    async fn body(response: Response) -> String {
        String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_browser_gets_the_smallest_form_that_it_takes() {
        let site = site(&["assets/a.js", "assets/a.js.br", "assets/a.js.gz", "b.js", "b.js.gz"]);
        for (path, takes, form) in [
            ("/assets/a.js", "gzip, deflate, br, zstd", "br"),
            ("/assets/a.js", "gzip;q=1.0, br;q=0", "gzip"),
            ("/assets/a.js", "identity", ""),
            ("/b.js", "br, GZIP", "gzip"),
        ] {
            let answer = site.file(path).unwrap().answer(&headers(&[("accept-encoding", takes)]));
            assert_eq!(answer.headers()[VARY], "accept-encoding");
            let encoding =
                answer.headers().get(CONTENT_ENCODING).map(|form| form.to_str().unwrap().to_owned());
            assert_eq!(encoding.unwrap_or_default(), form, "{path} {takes}");
            let ending = match form {
                "br" => ".br",
                "gzip" => ".gz",
                _ => "",
            };
            assert_eq!(body(answer).await, format!("bytes of {}{ending}", &path[1..]));
        }
    }

    #[tokio::test]
    async fn a_name_with_a_hash_is_kept_for_good_and_everything_else_is_asked_for_again() {
        let site = site(&["assets/a-x1.js", "index.html", "sw.js"]);
        let hashed = site.file("/assets/a-x1.js").unwrap().answer(&HeaderMap::new());
        assert_eq!(hashed.headers()[CACHE_CONTROL], "public, max-age=31536000, immutable");
        for asset in [&site.page(&BasePath::default()).unwrap(), site.file("/sw.js").unwrap()] {
            let first = asset.answer(&HeaderMap::new());
            assert_eq!(first.headers()[CACHE_CONTROL], "no-cache");
            let again = asset.answer(&headers(&[("if-none-match", "\"other\", W/\"abc\"")]));
            assert_eq!(
                (again.status(), again.headers()[ETAG].clone()),
                (StatusCode::NOT_MODIFIED, first.headers()[ETAG].clone())
            );
            assert_eq!(body(again).await, "");
        }
        let other_form = headers(&[("if-none-match", "\"abcbr\"")]);
        assert_eq!(site.file("/sw.js").unwrap().answer(&other_form).status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn the_page_has_another_tag_under_another_path() {
        let site = site(&["index.html", "index.html.br"]);
        let takes = headers(&[("accept-encoding", "br")]);
        let tag = |path: &str| {
            let page = site.page(&path.parse().unwrap()).unwrap().answer(&takes);
            let encoded = page.headers().contains_key(CONTENT_ENCODING);
            (page.headers()[ETAG].to_str().unwrap().to_owned(), encoded)
        };
        assert_eq!(tag(""), ("\"abcbr\"".to_owned(), true));
        assert_eq!(tag("/shop"), ("\"abc.shop\"".to_owned(), false));
    }

    #[test]
    fn the_builds_own_files_and_the_forms_are_nobodys_address() {
        let site = site(&[
            ".vite/manifest.json",
            "assets/a.js",
            "assets/a.js.br",
            "index.html",
            "docs.html",
            "notes.gz",
        ]);
        for hidden in
            ["/.vite/manifest.json", "/assets/a.js.br", "/index.html", "/docs.html", "/../secret", "/assets/"]
        {
            assert!(site.file(hidden).is_none(), "{hidden}");
        }
        assert!(site.file("/notes.gz").is_some(), "a compressed file without an original is served");
    }
}
