use super::*;

#[test]
fn a_list_is_read_as_browsers_write_origins() {
    let list = "https://Shop.Example:443/, http://localhost:5173 http://[::1]:80,,https://bücher.example";
    let origins = AllowedOrigins::parse(list).unwrap();
    for origin in
        ["https://shop.example", "http://localhost:5173", "http://[::1]", "https://xn--bcher-kva.example"]
    {
        assert!(origins.contains(origin), "{origin}: {origins:?}");
    }
    assert_eq!(origins.iter().count(), 4);
    assert_eq!(AllowedOrigins::parse("").unwrap().iter().count(), 0);
}

#[test]
fn origins_of_apps_can_be_allowed() {
    let apps = [
        "capacitor://localhost",
        "ionic://localhost",
        "tauri://localhost",
        "app://-",
        "my-shop://localhost:8100",
    ];
    let origins = AllowedOrigins::parse(&apps.join(",")).unwrap();
    for origin in apps {
        assert!(origins.contains(origin), "{origin}");
    }
    assert!(AllowedOrigins::parse("Capacitor://LOCALHOST/").unwrap().contains("capacitor://localhost"));
    let headers: HeaderMap = [(ORIGIN, "tauri://localhost".parse().unwrap())].into_iter().collect();
    assert!(origins.check(Purpose::Change, &headers, &Uri::from_static("/"), false).is_ok());
    for bad in [
        "capacitor://",
        "capacitor://localhost/app",
        "capacitor://localhost?x",
        "capacitor://a b",
        "1app://localhost",
        "capacitor://localhost:99999",
        "capacitor://me@localhost",
        "htps://shop.example",
        "file://localhost",
        "javascript://localhost",
        "capacitor:localhost",
        "capacitor://*",
    ] {
        assert!(AllowedOrigins::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn an_entry_that_is_no_origin_is_told_why() {
    for (entry, why) in [
        ("*", "every page"),
        ("https://*.shop.example", "wildcards"),
        ("shop.example", "scheme"),
        ("localhost:3000", "http://"),
        ("ftp://shop.example", "http://"),
        ("https://shop.example/app", "no path"),
        ("https://shop.example?x", "no path"),
        ("https://me@shop.example", "user name"),
        ("https://shop.example:99999", "port"),
        ("https://", "URL"),
        ("null", "scheme"),
    ] {
        let error = AllowedOrigins::parse(entry).unwrap_err().to_string();
        assert!(error.contains(entry) && error.contains(why), "{entry}: {error}");
    }
}

fn judge(purpose: Purpose, list: &[(&'static str, &'static str)], secure: bool) -> bool {
    let headers: HeaderMap =
        list.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
    let origins = AllowedOrigins::parse("https://shop.example").unwrap();
    origins.check(purpose, &headers, &Uri::from_static("/"), secure).is_ok()
}

#[test]
fn only_our_own_and_allowed_pages_use_the_cookie() {
    let host = ("host", "api.example:8080");
    for purpose in [Purpose::Read, Purpose::Change] {
        for (origin, secure, allowed) in [
            ("https://shop.example", false, true),
            ("https://shop.example", true, true),
            ("http://shop.example", false, false),
            ("https://shop.example:8443", false, false),
            ("https://shop.example.evil.example", false, false),
            ("https://evil.example", false, false),
            ("http://api.example:8080", false, true),
            ("http://API.example:8080", false, true),
            ("https://api.example:8080", false, false),
            ("https://api.example:8080", true, true),
            ("http://api.example:8080", true, false),
            ("http://api.example", false, false),
            ("null", false, false),
            ("", false, false),
            ("://api.example:8080", false, false),
            ("file://", false, false),
        ] {
            assert_eq!(
                judge(purpose, &[("origin", origin), host], secure),
                allowed,
                "{purpose:?} {origin} {secure}"
            );
        }
    }
}

#[test]
fn a_change_without_an_origin_needs_a_browser_that_vouches() {
    let host = ("host", "api.example");
    for (site, allowed) in
        [("same-origin", true), ("none", true), ("same-site", false), ("cross-site", false), ("", false)]
    {
        assert_eq!(judge(Purpose::Change, &[host, ("sec-fetch-site", site)], true), allowed, "{site}");
    }
    assert!(!judge(Purpose::Change, &[host], true));
    assert!(judge(Purpose::Read, &[host], true));
}

#[test]
fn another_page_may_link_to_a_response_but_not_embed_it() {
    for site in ["same-site", "cross-site"] {
        for (mode, dest, allowed) in [
            ("navigate", "document", true),
            ("navigate", "iframe", false),
            ("navigate", "object", false),
            ("no-cors", "image", false),
            ("no-cors", "script", false),
        ] {
            let sent = [
                ("host", "api.example"),
                ("sec-fetch-site", site),
                ("sec-fetch-mode", mode),
                ("sec-fetch-dest", dest),
            ];
            assert_eq!(judge(Purpose::Read, &sent, true), allowed, "{site} {mode} {dest}");
            assert!(!judge(Purpose::Change, &sent, true), "{site} {mode} {dest}");
        }
        assert!(!judge(Purpose::Read, &[("sec-fetch-site", site)], true), "{site}");
        assert!(judge(Purpose::Read, &[("sec-fetch-site", site), ("sec-fetch-mode", "navigate")], true));
    }
    for site in ["same-origin", "none", ""] {
        let image = [("sec-fetch-site", site), ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")];
        assert!(judge(Purpose::Read, &image, true), "{site}");
    }
}

#[test]
fn our_own_page_is_known_behind_a_proxy_that_hides_the_host() {
    let page =
        [("origin", "https://orders.example"), ("host", "10.0.0.7:3000"), ("sec-fetch-site", "same-origin")];
    assert!(judge(Purpose::Change, &page, false));
    let sibling = [
        ("origin", "https://blog.orders.example"),
        ("host", "10.0.0.7:3000"),
        ("sec-fetch-site", "same-site"),
    ];
    assert!(!judge(Purpose::Change, &sibling, false));
    assert!(!judge(Purpose::Read, &sibling, false));
}

#[test]
fn the_host_may_be_in_the_address() {
    let headers: HeaderMap = [(ORIGIN, "https://api.example".parse().unwrap())].into_iter().collect();
    let uri = Uri::from_static("https://api.example/orders");
    assert_eq!(AllowedOrigins::default().check(Purpose::Change, &headers, &uri, true), Ok(()));
}

#[test]
fn our_own_pages_use_the_live_connections_port_of_the_same_host() {
    let origins = AllowedOrigins::default();
    let judge = |origin: &str, host: &str, secure| {
        let headers = [(ORIGIN, origin), (HOST, host)];
        let headers: HeaderMap =
            headers.into_iter().map(|(name, value)| (name, value.parse().unwrap())).collect();
        origins.check(Purpose::Read, &headers, &Uri::from_static("/"), secure).is_ok()
    };
    assert!(!judge("http://shop.local:3000", "shop.local:3001", false), "there is no such port");
    origins.set_page_port(3000);
    for (origin, host, allowed) in [
        ("http://shop.local:3000", "shop.local:3001", true),
        ("http://SHOP.local:3000", "shop.local:3001", true),
        ("http://[::1]:3000", "[::1]:3001", true),
        ("http://shop.local:3002", "shop.local:3001", false),
        ("http://shop.local", "shop.local:3001", false),
        ("http://evil.local:3000", "shop.local:3001", false),
        ("http://shop.local.evil:3000", "shop.local:3001", false),
        ("https://shop.local:3000", "shop.local:3001", false),
        ("http://shop.local:3000:3000", "shop.local:3001", false),
        ("http://shop.local:3000@evil.local", "shop.local:3001", false),
        ("http://:3000", ":3001", false),
    ] {
        assert_eq!(judge(origin, host, false), allowed, "{origin} {host}");
        assert!(!judge(origin, host, true), "a TLS proxy has its own ports: {origin}");
    }
    let pages = AllowedOrigins::default();
    pages.set_page_port(80);
    let headers: HeaderMap = [(HOST, "shop.local:3001".parse().unwrap())].into_iter().collect();
    assert!(pages.may_read("http://shop.local", &headers, &Uri::from_static("/")));
}

#[test]
fn a_refusal_is_a_403_that_names_the_origin() {
    let problem = Problem::from(OriginRefused::NotAllowed("https://evil.example".into()));
    assert_eq!((problem.code(), problem.status_code().as_u16()), (Code::OriginNotAllowed, 403));
    assert!(problem.message().contains("https://evil.example"));
    assert_eq!(Purpose::of(&Method::DELETE), Purpose::Change);
    assert_eq!(Purpose::of(&Method::GET), Purpose::Read);
}
