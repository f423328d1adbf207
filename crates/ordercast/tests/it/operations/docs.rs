//! The API reference at `/docs`.

use crate::support::Shop;

/// A binary without the web app has a short page with links to the documents.
fn is_built() -> bool {
    let built = api::pages::is_built();
    if !built {
        eprintln!("not tested: the web app is not built");
    }
    built
}

#[tokio::test]
async fn the_reference_is_a_page_with_a_strict_policy() {
    let shop = Shop::open().await;
    for path in ["/docs", "/docs/"] {
        let page = shop.get(path).send().await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.header("content-type").starts_with("text/html"), "{:?}", page.headers);
        assert!(page.text.contains("<title>Ordercast API</title>"), "{path}");
        for document in ["/api/openapi.json", "/api/asyncapi.json"] {
            assert!(page.text.contains(&format!("href=\"{document}\"")), "{path} links to {document}");
        }
        let policy = page.header("content-security-policy");
        for rule in
            ["default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'"]
        {
            assert!(policy.contains(rule), "{policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    }
}

#[tokio::test]
async fn the_reference_is_cached_like_other_pages() {
    if !is_built() {
        return;
    }
    let shop = Shop::open().await;
    let page = shop.get("/docs").header("accept-encoding", "br").send().await;
    assert_eq!((page.header("cache-control"), page.header("content-encoding")), ("no-cache", "br"));
    let tag = page.header("etag");
    let again = shop.get("/docs").header("accept-encoding", "br").header("if-none-match", tag).send().await;
    assert_eq!((again.status, again.header("etag"), again.text.as_str()), (304, tag, ""));
    assert_eq!(again.header("content-security-policy"), page.header("content-security-policy"));
    let head = shop.ask("HEAD", "/docs").header("accept-encoding", "br").send().await;
    assert_eq!((head.status, head.header("etag"), head.text.as_str()), (200, tag, ""));
    let file = shop.get("/docs.html").header("accept", "text/html").send().await;
    assert_eq!(file.status, 404, "the file has no address of its own, where it would have no policy");
}

#[tokio::test]
async fn the_reference_loads_nothing_from_other_hosts() {
    let shop = Shop::open().await;
    let page = shop.get("/docs").send().await.text;
    let mut loaded = 0;
    for (at, tag) in ["<script", "<link", "<img"].iter().flat_map(|tag| page.match_indices(tag)) {
        let element = page[at..].split('>').next().unwrap();
        let address = |attribute| element.split(attribute).nth(1).and_then(|rest| rest.split('"').next());
        // An element without an address would be an inline script.
        let address =
            address(" src=\"").or_else(|| address(" href=\"")).unwrap_or_else(|| panic!("{element}>"));
        assert!(address.starts_with('/') && !address.starts_with("//"), "{tag} loads {address}");
        let file = shop.get(address).send().await;
        assert_eq!(file.status, 200, "{address}");
        loaded += 1;
        if file.header("content-type").starts_with("text/css") {
            assert!(!file.text.contains("@import") && !file.text.contains("url(http"), "{address}");
        }
    }
    assert!(loaded > 2 || !is_built(), "{loaded} files");
}

#[tokio::test]
async fn the_reference_has_every_operation() {
    if !is_built() {
        return;
    }
    let shop = Shop::open().await;
    let page = shop.get("/docs").send().await.text;
    let text = without_tags(&page);
    let document = shop.get("/api/openapi.json").gives(200).await;
    let mut operations = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let route = format!("{} {path} ", method.to_uppercase());
            assert!(text.contains(&route), "{route}is missing: run scripts/build-app.sh");
            let id = operation["operationId"].as_str().unwrap();
            assert!(page.contains(&format!("id=\"operation-{id}\"")), "{id} has no heading");
            assert!(page.contains(&format!("href=\"#operation-{id}\"")), "nothing links to {id}");
            operations += 1;
        }
    }
    assert!(operations > 30, "{operations}");
    for code in api::problem::Code::ALL {
        assert!(page.contains(&format!("id=\"error-{}\"", code.name())), "{}", code.name());
    }
}

/// The text of a page, with single spaces.
fn without_tags(page: &str) -> String {
    let text: String =
        page.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
