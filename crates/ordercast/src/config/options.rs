//! The table of every option.

/// One option, as a person meets it.
#[derive(Debug)]
pub struct Opt {
    /// Its key in the file. The flag is `--` and the key with dashes, the variable `ORDERCAST_` and the key in capitals.
    pub key: &'static str,
    /// What it is if nobody says anything; empty for nothing.
    pub default: &'static str,
    /// What stands for its value in the help.
    pub value: &'static str,
    /// What it is for.
    pub help: &'static str,
    /// Variables that mean the same, by the names the shops use (row A14).
    pub aliases: &'static [Alias],
    /// Who can set it on the command line.
    pub scope: Scope,
}

/// What our variables begin with.
pub const PREFIX: &str = "ORDERCAST_";

/// Another name for an option in the environment.
#[derive(Debug)]
pub struct Alias {
    /// The variable.
    pub name: &'static str,
    /// What stands before its value: a port becomes an address.
    pub prefix: &'static str,
}

/// Which commands take an option as a flag. From environment and file every command reads all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Every command that opens the data directory.
    Data,
    /// The commands about the server itself.
    Server,
    /// None: flags can be read by everybody on the machine, so secrets stay out of them.
    Secret,
}

impl Opt {
    /// The flag, without its dashes.
    pub fn flag(&self) -> String {
        self.key.replace('_', "-")
    }

    /// The variable.
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}", self.key.to_uppercase())
    }

    /// The option of a key.
    pub fn find(key: &str) -> Option<&'static Self> {
        OPTIONS.iter().find(|option| option.key == key)
    }
}

const fn alias(name: &'static str, prefix: &'static str) -> Alias {
    Alias { name, prefix }
}

const fn server(key: &'static str, default: &'static str, value: &'static str, help: &'static str) -> Opt {
    Opt { key, default, value, help, aliases: &[], scope: Scope::Server }
}

/// Every option, in the order they are shown.
pub const OPTIONS: &[Opt] = &[
    Opt {
        aliases: &[alias("PORT", "0.0.0.0:")],
        ..server(
            "listen",
            "127.0.0.1:3000",
            "ADDRESS",
            "Serve HTTP here. 0.0.0.0:3000 is every network interface. The variable PORT, as hosting platforms set it, \
             means 0.0.0.0:PORT and a trusted proxy in front",
        )
    },
    Opt {
        aliases: &[alias("REALTIME_PORT", ":")],
        ..server(
            "realtime_listen",
            "",
            "ADDRESS",
            "Serve the live connections at a second address too. A port alone (:3001) is on the host of --listen",
        )
    },
    Opt {
        scope: Scope::Data,
        ..server("data", "./data", "DIRECTORY", "Keep the database and the token secret in this directory")
    },
    server("store_name", "Ordercast", "NAME", "What the shop is called"),
    server("store_timezone", "UTC", "ZONE", "Where its days begin and end, such as Europe/Berlin"),
    server("store_currency", "EUR", "CODE", "What its prices are in, as ISO 4217 code"),
    Opt {
        aliases: &[alias("FRONTEND_URL", "")],
        ..server(
            "frontend_url",
            "",
            "URL",
            "Where people open the shop: links lead there, and its origin may call the API. Default: this server",
        )
    },
    server(
        "live_url",
        "",
        "URL",
        "Where browsers reach the live connections, if that is another address than the shop's. Default: with \
         realtime_listen its port on the host that the page came from, else the page's own address. Pages sign in \
         with a cookie, which other hosts do not get",
    ),
    server(
        "map_tiles",
        "",
        "TEMPLATE",
        "Show maps with these tiles, such as https://tile.openstreetmap.org/{z}/{x}/{y}.png; browsers then ask that \
         host for them. Default: an outline that comes with the pages",
    ),
    server("map_attribution", "", "TEXT", "The credit line of map_tiles, as its provider asks for it"),
    server(
        "image_origins",
        "",
        "ORIGINS",
        "Other hosts whose pictures of products the pages may show, separated by commas, such as https://cdn.example. \
         Default: pictures from this server alone",
    ),
    Opt {
        aliases: &[alias("CORS_ORIGIN", "")],
        ..server(
            "cors_origins",
            "",
            "ORIGINS",
            "Other origins whose pages may call the API with cookies, separated by commas, such as \
             https://shop.example,http://localhost:5173",
        )
    },
    server(
        "trusted_proxies",
        "",
        "NETWORKS",
        "Believe X-Forwarded-For and -Proto from these addresses: networks such as 10.0.0.0/8, or the words loopback \
         and private, separated by commas; none believes nobody",
    ),
    Opt {
        aliases: &[alias("JWT_SECRET", "")],
        scope: Scope::Secret,
        ..server(
            "jwt_secret",
            "",
            "SECRET",
            "Sign and verify tokens with this secret (HS256). Default: made at the first start, and kept in the data \
             directory",
        )
    },
    server(
        "allow_tokens_without_expiry",
        "false",
        "BOOL",
        "Accept tokens of another system that never expire",
    ),
    server("access_token_lifetime", "15m", "TIME", "How long an access token lasts before it is refreshed"),
    server(
        "session_lifetime",
        "30d",
        "TIME",
        "How long a sign-in lasts; refreshing its tokens does not prolong it",
    ),
    server(
        "rate_limit_address",
        "1200/min burst 300",
        "RATE",
        "Requests from one client address: so many per s, min or h, and how many at once; or off",
    ),
    server("rate_limit_account", "600/min burst 200", "RATE", "Requests of one account; or off"),
    server(
        "rate_limit_sign_in",
        "10/min",
        "RATE",
        "Attempts to sign in, register or reset a password, from one client address and for one e-mail address; or off",
    ),
    server("body_limit", "256KiB", "SIZE", "The largest request body"),
    server(
        "event_retention",
        "forever",
        "TIME",
        "How long events are kept; a client that was away for longer starts from the current state",
    ),
    server("max_streams_per_user", "20", "COUNT", "Live connections of one user"),
    server("max_streams_per_address", "100", "COUNT", "Live connections from one client address"),
    server(
        "dialect",
        "standard",
        "NAME",
        "Names and shapes of live events for clients that name none: standard, rooms or feed",
    ),
    server("max_joined_orders", "50", "COUNT", "Orders that one live connection may follow by joining them"),
    server("ping_interval", "25s", "TIME", "How often a Socket.IO client is asked whether it lives"),
    server("ping_timeout", "20s", "TIME", "How long it may take to answer that"),
    server(
        "connect_timeout",
        "45s",
        "TIME",
        "How long a Socket.IO client may take to say who it is, after it connected",
    ),
    server(
        "max_message",
        "100KB",
        "SIZE",
        "The largest message, or body of a long-polling request, of a Socket.IO client",
    ),
    server(
        "packets_per_second",
        "100",
        "COUNT",
        "Packets one Socket.IO client may send a second; a faster one is read more slowly",
    ),
    server("wal_cap", "256MiB", "SIZE", "Cut the database's write-ahead log down when it reaches this size"),
    server(
        "log",
        "info",
        "FILTER",
        "Which log lines to write: a level, or levels per part such as info,orders=debug",
    ),
    server("log_format", "text", "FORMAT", "text for people, json for machines (one object per line)"),
    Opt {
        aliases: &[alias("KAFKA_BROKER", "")],
        ..server(
            "kafka_broker",
            "",
            "BROKERS",
            "Accepted; this version has no Kafka relay yet, and says so at start",
        )
    },
];

/// Variables of our prefix that are no options: the configuration file, and what the client commands read.
pub const OTHER_VARIABLES: &[&str] =
    &["ORDERCAST_CONFIG", "ORDERCAST_URL", "ORDERCAST_TOKEN", "ORDERCAST_PASSWORD"];
