//! The command line: commands, arguments and help texts.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use orders::Role;
use url::Url;

use crate::config::flags::{DataFlags, ServerFlags};
use crate::config::values::{TokenLifetime, span};

/// Live orders for a shop. Customers and staff see every change at once, and no event is lost.
#[derive(Debug, Parser)]
#[command(name = "ordercast", version, max_term_width = 110, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    pub command: CliCommand,
}

const EXAMPLES: &str = "\
Start here:
  ordercast serve --demo        start a demo shop on http://localhost:3000
  ordercast watch               show every order live, in a second terminal
  ordercast simulate --rate 5   send simulated traffic, from a third terminal

An option is read from its flag, else from its environment variable (ORDERCAST_…), else
from ordercast.toml, else it has its default. `ordercast config` shows every value and
where it came from. `ordercast doctor` finds problems and says how to fix them.";

#[derive(Debug, Subcommand)]
pub enum CliCommand {
    /// Run the server
    Serve(Box<ServeArgs>),
    /// Manage accounts
    #[command(subcommand)]
    User(UserCommand),
    /// Print an access token for a user, for scripts and for testing the API
    #[command(after_help = TOKEN_EXAMPLES)]
    Token(TokenArgs),
    /// Show orders live in this terminal
    #[command(after_help = WATCH_EXAMPLES)]
    Watch(WatchArgs),
    /// Simulate customers and staff, and check that every event arrives once and in order
    #[command(after_help = SIMULATE_EXAMPLES)]
    Simulate(SimulateArgs),
    /// Upgrade the database to the schema of this version (`serve` does this too)
    Migrate(MigrateArgs),
    /// Copy the database to a file; the server may be running
    #[command(after_help = BACKUP_EXAMPLES)]
    Backup(BackupArgs),
    /// Replace the database with a backup; stop the server first
    Restore(RestoreArgs),
    /// Check the configuration, data, ports and machine, and say how to fix problems
    Doctor(Box<DoctorArgs>),
    /// Show every option, its value, and where the value came from
    Config(Box<ConfigArgs>),
    /// Print the OpenAPI 3.1 document of the HTTP API; a server serves it at /api/openapi.json
    Openapi,
    /// Print the AsyncAPI 3 document of the live events; a server serves it at /api/asyncapi.json
    Asyncapi,
}

/// `ordercast serve`
#[derive(Debug, Args)]
#[command(after_help = SERVE_EXAMPLES)]
pub struct ServeArgs {
    /// Fill an empty database with a demo shop: products, orders in every status, and accounts with public passwords.
    /// Do not use it for a real shop
    #[arg(long)]
    pub demo: bool,
    /// Start although a part of the database is missing: its content, or its write-ahead log. What it held is lost. Without
    /// this flag the server refuses to start and says what is missing
    #[arg(long)]
    pub accept_data_loss: bool,
    #[command(flatten)]
    pub config: ServerFlags,
}

const SERVE_EXAMPLES: &str = "\
Examples:
  ordercast serve --demo
  ordercast serve --listen 0.0.0.0:8080 --data /var/lib/ordercast --store-name \"Tea & Co\"
  PORT=8080 JWT_SECRET=… FRONTEND_URL=https://shop.example ordercast serve

Set the token secret with ORDERCAST_JWT_SECRET (or JWT_SECRET) or in the file. There is no
flag for it, because every user of the machine can read flags.
The first start creates an admin account and prints its password once.";

/// `ordercast user …`
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add an account; asks for a password unless --generate is given
    #[command(after_help = USER_EXAMPLES)]
    Add(UserAddArgs),
    /// List the accounts
    List(UserListArgs),
    /// Set the password of an account, and end all of its sessions
    Passwd(UserPasswdArgs),
    /// Print a one-time password link
    ResetLink(UserResetLinkArgs),
}

const USER_EXAMPLES: &str = "\
Examples:
  ordercast user add mira@shop.example --name Mira --role staff
  ordercast user add bot@shop.example --role staff --generate
  ORDERCAST_PASSWORD=… ordercast user add asha@example.com";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoleArg {
    /// Places orders
    #[value(alias = "user")]
    Customer,
    /// Manages the store
    #[value(aliases = ["admin", "store_owner"])]
    Staff,
    /// Delivers orders
    Driver,
}

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Customer => Self::Customer,
            RoleArg::Staff => Self::Staff,
            RoleArg::Driver => Self::Driver,
        }
    }
}

/// `ordercast user add`
#[derive(Debug, Args)]
pub struct UserAddArgs {
    /// The e-mail address to sign in with
    pub email: String,
    /// The display name (default: the part of the address before the @)
    #[arg(long)]
    pub name: Option<String>,
    /// The role of the account
    #[arg(long, value_enum, default_value = "customer")]
    pub role: RoleArg,
    /// Generate a random password and print it once
    #[arg(long)]
    pub generate: bool,
    #[command(flatten)]
    pub config: DataFlags,
}

/// `ordercast user list`
#[derive(Debug, Args)]
pub struct UserListArgs {
    /// List only accounts with this role
    #[arg(long, value_enum)]
    pub role: Option<RoleArg>,
    /// Print one JSON object per line
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub config: DataFlags,
}

/// `ordercast user passwd`
#[derive(Debug, Args)]
pub struct UserPasswdArgs {
    /// E-mail address or id of the account
    pub user: String,
    /// Generate a random password and print it once
    #[arg(long)]
    pub generate: bool,
    #[command(flatten)]
    pub config: DataFlags,
}

/// `ordercast user reset-link`
#[derive(Debug, Args)]
pub struct UserResetLinkArgs {
    /// E-mail address or id of the account
    pub user: String,
    #[command(flatten)]
    pub config: DataFlags,
}

/// `ordercast token`
#[derive(Debug, Args)]
pub struct TokenArgs {
    /// E-mail address or id of the account
    pub user: String,
    /// How long the token is valid, in whole seconds
    #[arg(long, value_name = "TIME", default_value = "1h")]
    pub lifetime: TokenLifetime,
    #[command(flatten)]
    pub config: DataFlags,
}

const TOKEN_EXAMPLES: &str = "\
Example:
  curl -H \"Authorization: Bearer $(ordercast token admin@example.com)\" \\
       http://localhost:3000/api/v1/orders";

/// Which server to use, and how to sign in.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub struct ServerArgs {
    /// URL of the server (default: this machine, at the configured port)
    #[arg(long, env = "ORDERCAST_URL", value_parser = server_url)]
    pub url: Option<Url>,
    /// Sign in as this staff account; the password is read from `ORDERCAST_PASSWORD`, or asked for
    #[arg(long)]
    pub email: Option<String>,
    /// Access token of a staff account, see `ordercast token`; ignored with --email
    #[arg(long, env = "ORDERCAST_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// The token secret in the data directory signs in, when the server runs on this machine.
    #[command(flatten)]
    pub config: DataFlags,
}

/// `ordercast watch`
#[derive(Debug, Args)]
pub struct WatchArgs {
    /// Start after this cursor, as --json prints it (default: start now)
    #[arg(long, value_name = "CURSOR")]
    pub since: Option<String>,
    /// Print one JSON object per event
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub server: ServerArgs,
}

const WATCH_EXAMPLES: &str = "\
On the server's machine, the token secret in the data directory is used to sign you in.
Examples:
  ordercast watch
  ordercast watch --data /var/lib/ordercast
  ordercast watch --url https://shop.example --email mira@shop.example
  ordercast watch --json | jq 'select(.event.status == \"cancelled\")'";

/// `ordercast simulate`
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// Orders per second, on average
    #[arg(long, value_name = "N", default_value = "2", value_parser = rate)]
    pub rate: f64,
    /// How long to create orders, such as 90s or 5m
    #[arg(long = "for", value_name = "TIME", default_value = "60s", value_parser = duration)]
    pub length: Duration,
    /// Number of customers
    #[arg(long, value_name = "N", default_value = "20", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub customers: u32,
    /// Repeat the random choices of an earlier run
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u64>,
    /// Average time that staff take for one step of an order
    #[arg(long, value_name = "TIME", default_value = "1500ms", value_parser = duration)]
    pub pace: Duration,
    #[command(flatten)]
    pub server: ServerArgs,
}

const SIMULATE_EXAMPLES: &str = "\
The orders are stored like real ones. Use a test shop, never a production shop.
Exits with 1 when an event was missed, arrived twice or out of order, or a request failed.
Examples:
  ordercast simulate --rate 5 --for 60s
  ordercast simulate --rate 50 --for 5m --customers 200 --seed 7
The server limits requests per address. For high rates, start it with
--rate-limit-address off --rate-limit-account off.";

/// `ordercast migrate`
#[derive(Debug, Args)]
pub struct MigrateArgs {
    /// Show what would be done, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub config: DataFlags,
}

/// `ordercast backup`
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The file to write; it must not exist
    pub to: PathBuf,
    #[command(flatten)]
    pub config: DataFlags,
}

const BACKUP_EXAMPLES: &str = "\
Example:
  ordercast backup orders-$(date +%F).db
The backup does not contain the token secret. Keep data/jwt-secret too; without it,
everybody must sign in again after a restore.";

/// `ordercast restore`
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The backup file
    pub from: PathBuf,
    /// Replace an existing database; it is renamed and kept
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub config: DataFlags,
}

/// `ordercast doctor`
#[derive(Debug, Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    pub config: ServerFlags,
}

/// `ordercast config`
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// Print docs/configuration.md, the page about every option
    #[arg(long)]
    pub markdown: bool,
    #[command(flatten)]
    pub config: ServerFlags,
}

fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "must be a duration such as 90s, 5m or 1h 30m".to_owned();
    span(text).ok_or_else(wrong).and_then(|span| Duration::try_from(span).map_err(|_| wrong()))
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse::<f64>().ok().filter(|rate| (0.01..=10_000.0).contains(rate));
    rate.ok_or_else(|| "must be a number from 0.01 to 10000".to_owned())
}

fn server_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| "must be a URL such as http://127.0.0.1:3000 or https://shop.example".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn durations_have_units() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("5m"), Ok(Duration::from_mins(5)));
        assert_eq!(duration("1h 30m"), Ok(Duration::from_mins(90)));
        assert_eq!(duration("1500ms"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("2d"), Ok(Duration::from_hours(48)));
        for bad in ["", "0s", "-5s", "90", "soon"] {
            assert!(duration(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_help_shows_every_option_with_its_variables() {
        let arguments =
            ["ordercast", "serve", "--listen", "0.0.0.0:1", "--demo", "--allow-tokens-without-expiry"];
        let cli = Cli::try_parse_from(arguments).unwrap();
        let CliCommand::Serve(serve) = cli.command else { panic!("serve") };
        assert!(serve.demo);
        assert_eq!(serve.config.0.get("listen"), Some("0.0.0.0:1"));
        assert_eq!(serve.config.0.get("allow_tokens_without_expiry"), Some("true"));
        let mut command = Cli::command();
        let help = command.find_subcommand_mut("serve").unwrap().render_long_help().to_string();
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        for option in crate::config::options::OPTIONS {
            let is_secret = option.scope == crate::config::options::Scope::Secret;
            assert_eq!(help.contains(&format!("--{}", option.flag())), !is_secret, "{}", option.key);
        }
        assert!(help.contains("[env: ORDERCAST_LISTEN, PORT] [default: 127.0.0.1:3000]"), "{help}");
    }

    #[test]
    fn a_token_lasts_whole_seconds() {
        let parse = |lifetime| Cli::try_parse_from(["ordercast", "token", "mira", "--lifetime", lifetime]);
        let error = parse("1500ms").unwrap_err().to_string();
        assert!(error.contains("at least 1s, in whole seconds"), "{error}");
        assert!(parse("1s").is_ok());
    }

    #[test]
    fn a_secret_has_no_flag() {
        assert!(Cli::try_parse_from(["ordercast", "serve", "--jwt-secret", "x"]).is_err());
    }
}
