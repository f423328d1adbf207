//! Which source wins, what the shops' names mean, and what is said about mistakes.

use std::time::Duration;

use clap::{Args, FromArgMatches};

use super::flags::{Flags, ServerFlags};
use super::options::{OPTIONS, OptionSpec, Scope};
use super::sources::Environment;
use super::*;

fn flags(arguments: &[&str]) -> Flags {
    let command = ServerFlags::augment_args(clap::Command::new("test"));
    let matches = command.get_matches_from(std::iter::once("test").chain(arguments.iter().copied()));
    ServerFlags::from_arg_matches(&matches).unwrap().0
}

fn load(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::load(&flags(arguments), &environment.iter().copied().collect::<Environment>())
}

fn problems(environment: &[(&str, &str)]) -> Vec<String> {
    load(&[], environment).unwrap_err().problems
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

fn from_file(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let file = file(text);
    load(&["--config", file.path().to_str().unwrap()], environment)
}

#[test]
fn every_default_is_valid_and_every_option_has_one_line_of_help() {
    let config = load(&[], &[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(config.store_currency.code(), "EUR");
    assert_eq!(config.warnings, Vec::<String>::new());
    assert_eq!(config.rate_limit_address.to_string(), "6000/min burst 1500");
    assert_eq!((config.body_limit, config.wal_cap), (256 * 1024, 256 * 1024 * 1024));
    assert_eq!(config.event_retention, None);
    for option in OPTIONS {
        assert!(!option.help.is_empty() && !option.help.contains('\n'), "{}", option.key);
        assert_eq!(OPTIONS.iter().filter(|other| other.key == option.key).count(), 1, "{}", option.key);
    }
}

#[test]
fn the_configuration_page_is_generated_from_the_table() {
    let page = include_str!("../../../../docs/configuration.md");
    assert!(page == markdown::page(), "docs/configuration.md is outdated: run `make docs`");
    for option in OPTIONS {
        assert!(page.contains(&format!("| `{}` |", option.key)) && page.contains(&option.variable()));
        assert!(!option.help.contains('|'), "{} would be cut into two columns", option.key);
    }
}

#[test]
fn the_intervals_and_limits_of_live_connections_can_be_chosen() {
    let environment = [
        ("ORDERCAST_PING_INTERVAL", "5s"),
        ("ORDERCAST_PING_TIMEOUT", "1500ms"),
        ("ORDERCAST_CONNECT_TIMEOUT", "10s"),
        ("ORDERCAST_MAX_MESSAGE", "64KiB"),
        ("ORDERCAST_PACKETS_PER_SECOND", "20"),
    ];
    let chosen = load(&[], &environment).unwrap().socketio;
    assert_eq!(chosen.ping_interval, Duration::from_secs(5));
    assert_eq!(chosen.ping_timeout, Duration::from_millis(1500));
    assert_eq!(chosen.connect_timeout, Duration::from_secs(10));
    assert_eq!((chosen.max_payload, chosen.packets_per_second), (64 * 1024, 20));
    for (name, wrong) in [
        ("ORDERCAST_PING_INTERVAL", "0s"),
        ("ORDERCAST_PING_INTERVAL", "500us"),
        ("ORDERCAST_PING_TIMEOUT", "30d"),
        ("ORDERCAST_MAX_MESSAGE", "much"),
        ("ORDERCAST_MAX_MESSAGE", "20"),
    ] {
        assert_eq!(problems(&[(name, wrong)]).len(), 1, "{name}={wrong}");
    }
}

#[test]
fn flags_win_over_environment_over_file_over_defaults() {
    let text = "listen = \"127.0.0.1:1\"\ndata = \"from-file\"\nstore_name = \"File\"";
    let file = file(text);
    let path = file.path().to_str().unwrap();
    let environment = [
        ("ORDERCAST_LISTEN", "127.0.0.1:2"),
        ("ORDERCAST_STORE_NAME", "Variable"),
        ("ORDERCAST_CONFIG", path),
    ];
    let config = load(&["--listen", "127.0.0.1:3"], &environment).unwrap();
    assert_eq!(config.listen.port(), 3);
    assert_eq!(config.store_name.as_str(), "Variable");
    assert_eq!(config.data, PathBuf::from("from-file"));
    assert_eq!(config.store_currency.code(), "EUR");
    let source = |key| config.settings.source(key).unwrap().to_string();
    assert_eq!(source("listen"), "--listen");
    assert_eq!(source("store_name"), "environment ORDERCAST_STORE_NAME");
    assert_eq!(source("data"), path);
    assert_eq!(source("store_currency"), "default");
}

#[test]
fn the_shops_names_are_aliases() {
    let config = load(
        &[],
        &[
            ("PORT", "8080"),
            ("REALTIME_PORT", "8081"),
            ("CORS_ORIGIN", "http://localhost:5173, https://Shop.example:443/"),
            ("JWT_SECRET", "0123456789012345678901234567890123456789"),
            ("FRONTEND_URL", "https://www.shop.example/store"),
            ("KAFKA_BROKER", "localhost:9092"),
        ],
    )
    .unwrap();
    assert_eq!(config.listen.to_string(), "0.0.0.0:8080");
    assert_eq!(config.realtime_listen.unwrap().to_string(), "0.0.0.0:8081");
    let origins = ["http://localhost:5173", "https://shop.example", "https://www.shop.example"];
    assert_eq!(config.cors_origins, origins, "the front end's own origin too");
    assert_eq!(config.jwt_secret.as_ref().unwrap().reveal().len(), 40);
    assert_eq!(config.base_url(), "https://www.shop.example/store");
    assert!(
        config.warnings.iter().any(|warning| warning.contains("no Kafka relay")),
        "{:?}",
        config.warnings
    );
}

#[test]
fn the_own_name_wins_over_the_alias() {
    let config = load(&[], &[("PORT", "8080"), ("ORDERCAST_LISTEN", "127.0.0.1:9")]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:9");
    assert!(config.trusted_proxies.is_empty());
}

#[test]
fn a_platform_that_sets_the_port_has_its_proxy_trusted() {
    let config = load(&[], &[("PORT", "8080")]).unwrap();
    let trusts = |text: &str| {
        config
            .trusted_proxies
            .iter()
            .any(|network| network.contains(&text.parse::<std::net::IpAddr>().unwrap()))
    };
    assert!(trusts("10.1.2.3") && trusts("127.0.0.1") && trusts("fd00::1") && trusts("100.64.0.9"));
    assert!(!trusts("203.0.113.9"));
    assert!(config.warnings.iter().any(|warning| warning.contains("PORT")));
    let config = load(&["--trusted-proxies", ""], &[("PORT", "8080")]).unwrap();
    assert!(config.trusted_proxies.is_empty(), "what is said counts");
}

#[test]
fn a_realtime_port_stays_on_the_main_host() {
    let config = load(&[], &[("REALTIME_PORT", "3001")]).unwrap();
    assert_eq!(config.realtime_listen.unwrap().to_string(), "127.0.0.1:3001");
    assert!(problems(&[("REALTIME_PORT", "3000")])[0].contains("both 127.0.0.1:3000"));
}

#[test]
fn an_unknown_key_is_reported_with_the_most_similar_key() {
    let error = from_file("lisen = \"127.0.0.1:1\"\nzzz = 1\n[store]\nname = \"x\"", &[]).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("unknown key \"lisen\"; did you mean \"listen\"?"), "{text}");
    assert!(text.contains("unknown key \"zzz\"; `ordercast config` lists"), "{text}");
    assert!(text.contains("unknown key \"store\"; did you mean \"store_"), "{text}");
    let error = from_file("listen = \"a\"\nlisten = \"b\"", &[]).unwrap_err();
    assert!(error.to_string().contains("line 2, is not valid TOML"), "{error}");
    let error = load(&["--config", "/nowhere/at/all.toml"], &[]).unwrap_err();
    assert!(error.to_string().contains("cannot read the configuration file"), "{error}");
}

#[test]
fn a_file_has_numbers_lists_and_booleans() {
    let text = "max_streams_per_user = 7\nallow_tokens_without_expiry = true\ncors_origins = [\"http://a.example\", \"http://b.example\"]";
    let config = from_file(text, &[]).unwrap();
    assert_eq!(config.max_streams_per_user, 7);
    assert!(config.allow_tokens_without_expiry);
    assert_eq!(config.cors_origins.len(), 2);
}

#[test]
fn all_errors_are_reported_at_once_with_valid_values() {
    let problems = problems(&[
        ("ORDERCAST_LISTEN", "3000"),
        ("CORS_ORIGIN", "*"),
        ("ORDERCAST_RATE_LIMIT_SIGN_IN", "0/min"),
        ("ORDERCAST_BODY_LIMIT", "lots"),
        ("ORDERCAST_SESSION_LIFETIME", "-1d"),
        ("ORDERCAST_STORE_TIMEZONE", "Middle-earth"),
        ("ORDERCAST_STORE_CURRENCY", "euros"),
        ("ORDERCAST_TRUSTED_PROXIES", "10.0.0.0/33"),
        ("ORDERCAST_MAX_STREAMS_PER_USER", "0"),
        ("ORDERCAST_LOG_FORMAT", "xml"),
        ("PORT", "70000"),
    ]);
    assert_eq!(problems.len(), 10, "{problems:#?}");
    for part in [
        "such as 127.0.0.1:3000",
        "name the origins",
        "600/min",
        "256MiB",
        "30d",
        "Europe/Berlin",
        "EUR",
        "loopback",
    ] {
        assert!(problems.iter().any(|problem| problem.contains(part)), "{part}: {problems:#?}");
    }
    assert!(problems[0].contains("environment ORDERCAST_LISTEN"), "{}", problems[0]);
}

#[test]
fn an_unknown_variable_of_ours_is_a_warning() {
    let config = load(&[], &[("ORDERCAST_LISTN", "x"), ("ORDERCAST_TOKEN", "x"), ("OTHER", "x")]).unwrap();
    assert_eq!(
        config.warnings,
        ["the variable ORDERCAST_LISTN is not an option of ordercast; did you mean ORDERCAST_LISTEN?"]
    );
}

#[test]
fn an_empty_variable_is_unset_but_an_empty_secret_is_refused() {
    let config = load(&[], &[("ORDERCAST_LISTEN", ""), ("CORS_ORIGIN", " ")]).unwrap();
    assert_eq!(config.listen.port(), 3000);
    assert!(problems(&[("JWT_SECRET", "")])[0].contains("is empty; set a secret"));
}

#[test]
fn a_short_secret_is_a_warning_and_no_secret_is_ever_shown() {
    let config = load(&[], &[("JWT_SECRET", "hunter2")]).unwrap();
    assert!(config.warnings.iter().any(|warning| warning.contains("jwt_secret has 7 bytes")));
    let mut out = Vec::new();
    show::show(&config, &mut out).unwrap();
    let shown = String::from_utf8(out).unwrap() + &format!("{config:?}");
    assert!(!shown.contains("hunter2") && shown.contains("(secret)"), "{shown}");
}

#[test]
fn limits_can_be_switched_off() {
    let config = load(&["--rate-limit-address", "off", "--event-retention", "90d"], &[]).unwrap();
    assert_eq!(config.rate_limit_address, Rate::Off);
    assert_eq!(config.event_retention, Some(SignedDuration::from_hours(90 * 24)));
    let config = load(&["--rate-limit-account", "5/s burst 9"], &[]).unwrap();
    assert_eq!(config.rate_limit_account.to_string(), "5/s burst 9");
}

#[test]
fn a_rate_that_cannot_be_enforced_is_refused_with_the_maximum() {
    let largest = load(&["--rate-limit-address", "1000000/s"], &[]).unwrap();
    assert_eq!(largest.rate_limit_address.to_string(), "1000000/s");
    for rate in ["1000001/s", "4000000000/s", "99999999999/min", "5/s burst 4294967295"] {
        for option in ["--rate-limit-address", "--rate-limit-account", "--rate-limit-sign-in"] {
            let error = load(&[option, rate], &[]).unwrap_err().to_string();
            assert!(error.contains("at most 1000000 per s, min or h"), "{error}");
        }
    }
    let error = load(&["--rate-limit-address", "0/s"], &[]).unwrap_err().to_string();
    assert!(error.contains("at least 1 request"), "{error}");
}

#[test]
fn links_lead_to_the_front_end_or_here() {
    let base = |arguments: &[&str]| load(arguments, &[]).unwrap().base_url();
    assert_eq!(base(&[]), "http://localhost:3000");
    assert_eq!(base(&["--listen", "0.0.0.0:80"]), "http://localhost:80");
    assert_eq!(base(&["--listen", "192.0.2.7:8080"]), "http://192.0.2.7:8080");
    assert_eq!(base(&["--listen", "[2001:db8::7]:8080"]), "http://[2001:db8::7]:8080");
    assert_eq!(base(&["--frontend-url", "https://shop.example/"]), "https://shop.example");
}

#[test]
fn every_option_is_found_by_its_key() {
    for option in OPTIONS {
        assert_eq!(OptionSpec::find(option.key).map(|found| found.key), Some(option.key));
        assert_eq!(option.scope == Scope::Secret, option.key == "jwt_secret");
    }
}

#[test]
fn the_stores_location_is_a_latitude_and_a_longitude() {
    for (text, (latitude, longitude)) in
        [("53.55,9.99", (53.55, 9.99)), ("-36.85, 174.76", (-36.85, 174.76)), ("90,-180", (90.0, -180.0))]
    {
        let point = load(&[], &[("ORDERCAST_STORE_LOCATION", text)]).unwrap().store_location.unwrap();
        assert_eq!((point.latitude(), point.longitude()), (latitude, longitude));
    }
    assert_eq!(load(&[], &[]).unwrap().store_location, None);
    for bad in ["Hamburg", "53.55", "53.55;9.99", "91,0", "0,181", "NaN,0", "1,2,3"] {
        assert!(problems(&[("ORDERCAST_STORE_LOCATION", bad)])[0].starts_with("store_location"), "{bad}");
    }
}

#[test]
fn tiles_are_a_template_of_one_host() {
    for (template, origin) in [
        ("https://tile.example/{z}/{x}/{y}.png", "https://tile.example"),
        ("https://{s}.Tile.example:8443/{z}/{x}/{y}{r}.png?key=a", "https://*.tile.example:8443"),
        ("http://localhost:8080/{z}/{y}/{x}", "http://localhost:8080"),
    ] {
        let config = load(&[], &[("ORDERCAST_MAP_TILES", template), ("ORDERCAST_MAP_ATTRIBUTION", "x")]);
        let config = config.unwrap();
        assert_eq!(config.map_tiles.unwrap().origin, origin);
        assert_eq!(config.warnings, Vec::<String>::new());
    }
    let config = load(&[], &[("ORDERCAST_MAP_TILES", "https://tile.example/{z}/{x}/{y}.png")]).unwrap();
    assert!(config.warnings[0].contains("map_attribution"), "{:?}", config.warnings);
    for bad in [
        "https://tile.example/",
        "tile.example/{z}/{x}/{y}.png",
        "ftp://tile.example/{z}/{x}/{y}.png",
        "https://me@tile.example/{z}/{x}/{y}.png",
        "https://{z}.tile.example/{x}/{y}.png",
        "https://a.{s}.tile.example/{z}/{x}/{y}.png",
        "https://tile.example; script-src *//{z}/{x}/{y}.png",
        "https://*/{z}/{x}/{y}.png",
        "https://tile.example/{z}/{x}/{y}/{key}",
    ] {
        assert!(problems(&[("ORDERCAST_MAP_TILES", bad)])[0].starts_with("map_tiles"), "{bad}");
    }
}

#[test]
fn pictures_come_from_hosts_with_tls_that_were_named() {
    let config =
        load(&[], &[("ORDERCAST_IMAGE_ORIGINS", "https://CDN.example, https://img.example:8443")]).unwrap();
    assert_eq!(config.image_origins, ["https://cdn.example", "https://img.example:8443"]);
    assert!(load(&[], &[]).unwrap().image_origins.is_empty());
    for bad in [
        "*",
        "https:",
        "http://cdn.example",
        "https://cdn.example/shop",
        "cdn.example",
        "https://a; script-src *",
        "https://*",
        "https://*.cdn.example",
        "https://a;sandbox",
        "https://a'b",
    ] {
        assert!(problems(&[("ORDERCAST_IMAGE_ORIGINS", bad)])[0].starts_with("image_origins"), "{bad}");
    }
}

#[test]
fn the_live_connections_have_an_address_without_a_path() {
    let live = |text: &str| load(&[], &[("ORDERCAST_LIVE_URL", text)]);
    assert_eq!(
        live("https://live.shop.example").unwrap().live_url.unwrap().as_str(),
        "https://live.shop.example/"
    );
    for bad in ["live.shop.example", "https://shop.example/live", "ws://live.shop.example"] {
        assert!(live(bad).is_err(), "{bad}");
    }
    for (address, doubts) in [("https://shop.example:8443", 0), ("https://live.shop.example", 1)] {
        let environment = [("ORDERCAST_LIVE_URL", address), ("FRONTEND_URL", "https://shop.example")];
        let warnings = load(&[], &environment).unwrap().warnings;
        assert_eq!(warnings.len(), doubts, "{address}: {warnings:?}");
        assert!(
            warnings.iter().all(|warning| warning.contains("cookie stays with its host")),
            "{warnings:?}"
        );
    }
}

#[test]
fn proxies_are_named_by_address_network_and_kind() {
    let config =
        load(&[], &[("ORDERCAST_TRUSTED_PROXIES", "loopback,private, 203.0.113.7, ::ffff:198.51.100.3")]);
    let trusted = config.unwrap().trusted_proxies;
    for (ip, is) in [
        ("127.9.9.9", true),
        ("::1", true),
        ("172.31.0.1", true),
        ("172.32.0.1", false),
        ("192.168.1.1", true),
        ("203.0.113.7", true),
        ("203.0.113.8", false),
        ("198.51.100.3", true),
    ] {
        let ip: std::net::IpAddr = ip.parse().unwrap();
        assert_eq!(trusted.iter().any(|network| network.contains(&ip)), is, "{ip}");
    }
    for wrong in ["10.0.0.0/33", "proxy.example", "10.0.0", "Private", "*"] {
        let told = problems(&[("ORDERCAST_TRUSTED_PROXIES", &format!("loopback,{wrong}"))]);
        assert!(told[0].contains(&format!("{wrong:?}")), "{told:?}");
    }
}

#[test]
fn a_platforms_proxy_is_not_trusted_with_trusted_proxies_none() {
    let platform = [("PORT", "8080"), ("ORDERCAST_TRUSTED_PROXIES", "none")];
    let config = load(&[], &platform).unwrap();
    assert!(config.trusted_proxies.is_empty() && config.warnings.is_empty(), "{:?}", config.warnings);
    assert!(!load(&[], &platform[..1]).unwrap().trusted_proxies.is_empty());
}

#[test]
fn the_write_ahead_log_has_the_configured_bytes() {
    for (size, bytes) in [("512KiB", 512 << 10), ("1500000", 1_500_000), ("8GiB", 8 << 30)] {
        let config = load(&["--wal-cap", size], &[]).unwrap();
        assert_eq!(crate::serve::storage_config(&config).wal_bytes, bytes, "{size}");
    }
}
