//! The table of all options. Flags, help texts, `ordercast config` and `docs/configuration.md` are generated from it.

#[derive(Debug)]
pub struct OptionSpec {
    /// The key in the file. The flag is `--` and the key with dashes; the variable is `ORDERCAST_` and the key in capitals.
    pub key: &'static str,
    /// Empty: the option has no default.
    pub default: &'static str,
    /// The placeholder of the value in the help.
    pub value: &'static str,
    pub help: &'static str,
    /// Other environment variables with the same meaning, as existing shops name them.
    pub aliases: &'static [Alias],
    pub scope: Scope,
}

pub const PREFIX: &str = "ORDERCAST_";

#[derive(Debug)]
pub struct Alias {
    pub name: &'static str,
    /// Put before the value of the variable: it makes an address of a port.
    pub prefix: &'static str,
}

/// Which commands accept an option as a flag. Every command reads all options from the environment and the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Commands that open the data directory.
    Data,
    /// `serve`, `doctor` and `config`.
    Server,
    /// No command: every user of the machine can read flags.
    Secret,
}

impl OptionSpec {
    /// The flag without the leading dashes.
    pub fn flag(&self) -> String {
        self.key.replace('_', "-")
    }

    pub fn variable(&self) -> String {
        format!("{PREFIX}{}", self.key.to_uppercase())
    }

    pub fn find(key: &str) -> Option<&'static Self> {
        OPTIONS.iter().find(|option| option.key == key)
    }
}

const fn alias(name: &'static str, prefix: &'static str) -> Alias {
    Alias { name, prefix }
}

const fn server(
    key: &'static str,
    default: &'static str,
    value: &'static str,
    help: &'static str,
) -> OptionSpec {
    OptionSpec { key, default, value, help, aliases: &[], scope: Scope::Server }
}

/// All options, in display order.
pub const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        aliases: &[alias("PORT", "0.0.0.0:")],
        ..server(
            "listen",
            "127.0.0.1:3000",
            "ADDRESS",
            "Address on which to serve HTTP. 0.0.0.0:3000 listens on every network interface. The variable PORT, which \
             hosting platforms set, means 0.0.0.0:PORT behind a trusted proxy",
        )
    },
    OptionSpec {
        aliases: &[alias("REALTIME_PORT", ":")],
        ..server(
            "realtime_listen",
            "",
            "ADDRESS",
            "Second address for live connections. A port alone (:3001) uses the host of --listen",
        )
    },
    OptionSpec {
        scope: Scope::Data,
        ..server("data", "./data", "DIRECTORY", "Directory of the database and the token secret")
    },
    server("store_name", "Ordercast", "NAME", "Name of the shop"),
    server(
        "store_timezone",
        "UTC",
        "ZONE",
        "Time zone in which days begin and end and pages show times, such as Asia/Kolkata. A demo is in Europe/Berlin",
    ),
    server(
        "store_location",
        "",
        "LATITUDE,LONGITUDE",
        "Where the store is, such as 53.55,9.99. The maps of staff start there",
    ),
    server("store_currency", "EUR", "CODE", "Currency of the prices (ISO 4217 code)"),
    OptionSpec {
        aliases: &[alias("FRONTEND_URL", "")],
        ..server(
            "frontend_url",
            "",
            "URL",
            "Public URL of the shop, used in links, with or without base_path. Pages of this origin may call the API. Default: this \
             server",
        )
    },
    server(
        "base_path",
        "",
        "PATH",
        "Path under which a proxy serves the shop, such as /shop for https://site.example/shop/. Links, cookies and pages \
         contain it. Requests are accepted with and without it. Default: the root of the host",
    ),
    server(
        "live_url",
        "",
        "URL",
        "Public URL of the live connections, if it differs from the shop's, without base_path, which is added. Default: the \
         page's own address, with the port of realtime_listen if that is set. Use the same host: pages sign in with a cookie that browsers do not \
         send to other hosts",
    ),
    server(
        "map_tiles",
        "",
        "TEMPLATE",
        "URL template of map tiles, such as https://tile.openstreetmap.org/{z}/{x}/{y}.png. Browsers load the tiles from \
         that host. Default: a built-in outline map",
    ),
    server("map_attribution", "", "TEXT", "Credit line for map_tiles, as required by the tile provider"),
    server(
        "image_origins",
        "",
        "ORIGINS",
        "Other origins from which pages may load product images, separated by commas, such as https://cdn.example. \
         Default: only this server",
    ),
    OptionSpec {
        aliases: &[alias("CORS_ORIGIN", "")],
        ..server(
            "cors_origins",
            "",
            "ORIGINS",
            "Other origins whose pages may call the API with cookies, separated by commas, such as \
             https://shop.example,http://localhost:5173 or, for apps, capacitor://localhost",
        )
    },
    server(
        "cookie_same_site",
        "lax",
        "SITES",
        "Pages for which browsers send the session cookie: lax for those of the server's own site, none for those of every \
         site whose origin is allowed, which needs TLS",
    ),
    server(
        "token_cookies",
        "",
        "NAMES",
        "Cookies of your own sign-in that hold a token signed with jwt_secret, such as token,jwt, separated by commas",
    ),
    server(
        "trusted_proxies",
        "",
        "NETWORKS",
        "Trust X-Forwarded-For and X-Forwarded-Proto from these addresses: networks such as 10.0.0.0/8, or the words \
         loopback and private, separated by commas. none trusts no proxy",
    ),
    OptionSpec {
        aliases: &[alias("JWT_SECRET", "")],
        scope: Scope::Secret,
        ..server(
            "jwt_secret",
            "",
            "SECRET",
            "Secret with which tokens are signed and verified (HS256). Default: generated on first start and kept in the \
             data directory",
        )
    },
    server(
        "allow_tokens_without_expiry",
        "false",
        "BOOL",
        "Accept tokens of another system that never expire",
    ),
    server(
        "access_token_lifetime",
        "15m",
        "TIME",
        "How long an access token is valid before it must be refreshed, in whole seconds",
    ),
    server(
        "session_lifetime",
        "30d",
        "TIME",
        "How long a session lasts, in whole seconds. Refreshing tokens does not extend it",
    ),
    server(
        "rate_limit_address",
        "6000/min burst 1500",
        "RATE",
        "Requests from one client address by clients that are not signed in: a number per s, min or h, with an optional \
         burst; or off",
    ),
    server(
        "rate_limit_account",
        "600/min burst 200",
        "RATE",
        "Requests of one account, in the same form; or off",
    ),
    server(
        "rate_limit_sign_in",
        "10/min",
        "RATE",
        "Failed attempts to sign in to one account from one client address, and attempts to reset a password from one \
         address. One address may fail for three times as many accounts, and create as many. One account may fail ten \
         times as often from all addresses together; or off",
    ),
    server("body_limit", "256KiB", "SIZE", "Maximum size of a request body"),
    server(
        "event_retention",
        "forever",
        "TIME",
        "How long events are kept, at least 24h. A client that was away for longer starts from the current state",
    ),
    server("max_streams_per_user", "20", "COUNT", "Maximum live connections of one user"),
    server(
        "max_streams_per_address",
        "500",
        "COUNT",
        "Maximum Socket.IO connections from one client address that are not signed in yet",
    ),
    server(
        "dialect",
        "standard",
        "NAME",
        "Dialect of live events for clients that do not choose one: standard, rooms or feed",
    ),
    server("max_joined_orders", "50", "COUNT", "Maximum number of orders that one live connection may join"),
    server(
        "join_events",
        "join_order,join-order,joinOrder,join_order_room,track_order",
        "NAMES",
        "More names of the Socket.IO event join-order-tracking, separated by commas. Each contains join or track; the \
         event that leaves an order has leave or untrack instead",
    ),
    server(
        "namespaces",
        "",
        "NAMES",
        "Socket.IO namespaces besides / that clients may connect to, separated by commas, such as /api. They mean /",
    ),
    server("ping_interval", "25s", "TIME", "Interval between pings to a Socket.IO client"),
    server("ping_timeout", "20s", "TIME", "How long a Socket.IO client may take to answer a ping"),
    server(
        "connect_timeout",
        "45s",
        "TIME",
        "How long a Socket.IO client may take to authenticate after it connected",
    ),
    server(
        "max_message",
        "100KB",
        "SIZE",
        "Maximum size of a Socket.IO message, or of the body of a long-polling request",
    ),
    server(
        "packets_per_second",
        "100",
        "COUNT",
        "Packets that one Socket.IO client may send per second. A faster client is read more slowly",
    ),
    server(
        "wal_cap",
        "256MiB",
        "SIZE",
        "Size to which the file of the database's write-ahead log is truncated when the log starts over. The file \
         can be larger while the log is in use",
    ),
    server("log", "info", "FILTER", "Log level, or levels per module such as info,ordercast_live=debug"),
    server("log_format", "text", "FORMAT", "Format of log lines: text, or json (one object per line)"),
    OptionSpec {
        aliases: &[alias("KAFKA_BROKER", "")],
        ..server(
            "kafka_broker",
            "",
            "BROKERS",
            "Accepted; this version has no Kafka relay yet, and says so at start",
        )
    },
];

/// Variables with our prefix that are not options: the configuration file, and what the client commands read.
pub const OTHER_VARIABLES: &[&str] =
    &["ORDERCAST_CONFIG", "ORDERCAST_URL", "ORDERCAST_TOKEN", "ORDERCAST_PASSWORD"];
