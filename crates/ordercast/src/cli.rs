//! The command line: every command, its arguments, and what its help says.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use orders::Role;
use url::Url;

use crate::config::flags::{DataFlags, ServerFlags};
use crate::config::values::span;

/// Live orders for a shop: customers and staff see every change at once, and nothing is lost on the way.
#[derive(Debug, Parser)]
#[command(name = "ordercast", version, max_term_width = 110, after_help = EXAMPLES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Start here:
  ordercast serve --demo        a shop with goods, customers and orders, on http://localhost:3000
  ordercast watch               in a second terminal: every order, live
  ordercast simulate --rate 5   in a third: customers and staff who keep it busy

Options come from flags, over the environment (ORDERCAST_…), over ordercast.toml, over
defaults. `ordercast config` shows each one and where it came from; `ordercast doctor`
says what is wrong.";

/// One command each.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server
    Serve(Box<ServeArgs>),
    /// Manage accounts
    #[command(subcommand)]
    User(UserCommand),
    /// Print an access token for a user, for scripts and for trying the API
    #[command(after_help = TOKEN_EXAMPLES)]
    Token(TokenArgs),
    /// Follow the orders in this terminal, live
    #[command(after_help = WATCH_EXAMPLES)]
    Watch(WatchArgs),
    /// Let virtual customers and staff keep a server busy, and check that every event arrives
    #[command(after_help = SIMULATE_EXAMPLES)]
    Simulate(SimulateArgs),
    /// Bring the database to this version's shape (`serve` does it too)
    Migrate(MigrateArgs),
    /// Copy the database to a file, while the server runs
    #[command(after_help = BACKUP_EXAMPLES)]
    Backup(BackupArgs),
    /// Replace the database by a backup; the server must be stopped
    Restore(RestoreArgs),
    /// Check configuration, data, ports and machine, and say what to do
    Doctor(Box<DoctorArgs>),
    /// Show the configuration, and where each value came from
    Config(Box<ConfigArgs>),
    /// Print the description of the HTTP API, as OpenAPI 3.1; a server has it at /api/openapi.json
    Openapi,
    /// Print the description of the live events, as AsyncAPI 3; a server has it at /api/asyncapi.json
    Asyncapi,
}

/// `ordercast serve`
#[derive(Debug, Args)]
#[command(after_help = SERVE_EXAMPLES)]
pub struct ServeArgs {
    /// Fill an empty database with a demo shop: goods with pictures, orders in every status, and accounts that anybody
    /// may use. Not for a shop that sells
    #[arg(long)]
    pub demo: bool,
    /// Every option.
    #[command(flatten)]
    pub config: ServerFlags,
}

const SERVE_EXAMPLES: &str = "\
Examples:
  ordercast serve --demo
  ordercast serve --listen 0.0.0.0:8080 --data /var/lib/ordercast --store-name \"Tea & Co\"
  PORT=8080 JWT_SECRET=… FRONTEND_URL=https://shop.example ordercast serve

The token secret is taken from ORDERCAST_JWT_SECRET (or JWT_SECRET) or the file, never from
a flag, because flags can be read by everybody on the machine.
The first start makes an admin and prints the password, once.";

/// `ordercast user …`
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add an account; asks for the password, or makes one
    #[command(after_help = USER_EXAMPLES)]
    Add(UserAddArgs),
    /// List the accounts
    List(UserListArgs),
    /// Set the password of an account, and sign it out everywhere
    Passwd(UserPasswdArgs),
    /// Print a link with which the person can set a new password, once
    ResetLink(UserResetLinkArgs),
}

const USER_EXAMPLES: &str = "\
Examples:
  ordercast user add mira@shop.example --name Mira --role staff
  ordercast user add bot@shop.example --role staff --generate
  ORDERCAST_PASSWORD=… ordercast user add asha@example.com";

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoleArg {
    /// Buys
    #[value(alias = "user")]
    Customer,
    /// Runs the store
    #[value(aliases = ["admin", "store_owner"])]
    Staff,
    /// Brings parcels
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
    /// The name others see (default: the part of the address before the @)
    #[arg(long)]
    pub name: Option<String>,
    /// What the account may do
    #[arg(long, value_enum, default_value = "customer")]
    pub role: RoleArg,
    /// Make a random password and print it, once
    #[arg(long)]
    pub generate: bool,
    /// Where the data is.
    #[command(flatten)]
    pub config: DataFlags,
}

/// `ordercast user list`
#[derive(Debug, Args)]
pub struct UserListArgs {
    /// Only accounts of this role
    #[arg(long, value_enum)]
    pub role: Option<RoleArg>,
    /// One JSON object per line
    #[arg(long)]
    pub json: bool,
    /// Where the data is.
    #[command(flatten)]
    pub config: DataFlags,
}

/// `ordercast user passwd`
#[derive(Debug, Args)]
pub struct UserPasswdArgs {
    /// Whose: e-mail address or id
    pub user: String,
    /// Make a random password and print it, once
    #[arg(long)]
    pub generate: bool,
    /// Where the data is.
    #[command(flatten)]
    pub config: DataFlags,
}

/// `ordercast user reset-link`
#[derive(Debug, Args)]
pub struct UserResetLinkArgs {
    /// Whose: e-mail address or id
    pub user: String,
    /// Where the data is.
    #[command(flatten)]
    pub config: DataFlags,
}

/// `ordercast token`
#[derive(Debug, Args)]
pub struct TokenArgs {
    /// Whose: e-mail address or id
    pub user: String,
    /// How long it is good for
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = duration)]
    pub lifetime: Duration,
    /// Where the data is.
    #[command(flatten)]
    pub config: DataFlags,
}

const TOKEN_EXAMPLES: &str = "\
Example:
  curl -H \"Authorization: Bearer $(ordercast token admin@example.com)\" \\
       http://localhost:3000/api/v1/orders";

/// Which server, and who asks.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub struct ServerArgs {
    /// Where the server is (default: this machine, at the configured port)
    #[arg(long, env = "ORDERCAST_URL", value_parser = server_url)]
    pub url: Option<Url>,
    /// Sign in as this staff account, with the password from `ORDERCAST_PASSWORD` or typed
    #[arg(long)]
    pub email: Option<String>,
    /// An access token of a staff account, see `ordercast token`; --email comes before it
    #[arg(long, env = "ORDERCAST_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// Where the data is, when the server runs on this machine: no sign-in is needed then.
    #[command(flatten)]
    pub config: DataFlags,
}

/// `ordercast watch`
#[derive(Debug, Args)]
pub struct WatchArgs {
    /// Start with what happened after this cursor, as --json prints it, instead of now
    #[arg(long, value_name = "CURSOR")]
    pub since: Option<String>,
    /// Print events as JSON, one per line, for programs
    #[arg(long)]
    pub json: bool,
    /// Which server, and who asks.
    #[command(flatten)]
    pub server: ServerArgs,
}

const WATCH_EXAMPLES: &str = "\
Next to a server no sign-in is needed: the token secret in the data directory speaks for you.
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
    /// How long to place orders, such as 90s or 5m
    #[arg(long = "for", value_name = "TIME", default_value = "60s", value_parser = duration)]
    pub length: Duration,
    /// How many customers
    #[arg(long, value_name = "N", default_value = "20", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub customers: u32,
    /// Repeat the carts and choices of an earlier run
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u64>,
    /// How long staff take for one step of an order, on average
    #[arg(long, value_name = "TIME", default_value = "1500ms", value_parser = duration)]
    pub pace: Duration,
    /// Which server, and who works there.
    #[command(flatten)]
    pub server: ServerArgs,
}

const SIMULATE_EXAMPLES: &str = "\
The orders are real: run it against a shop for trying, never against one that sells.
Ends with 1 if an event was missed, came twice or out of order, or anything went wrong.
Examples:
  ordercast simulate --rate 5 --for 60s
  ordercast simulate --rate 50 --for 5m --customers 200 --seed 7
A server counts requests per address; for high rates start it with
--rate-limit-address off --rate-limit-account off.";

/// `ordercast migrate`
#[derive(Debug, Args)]
pub struct MigrateArgs {
    /// Only say what would be done
    #[arg(long)]
    pub dry_run: bool,
    /// Where the data is.
    #[command(flatten)]
    pub config: DataFlags,
}

/// `ordercast backup`
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The file to write; it must not exist
    pub to: PathBuf,
    /// Where the data is.
    #[command(flatten)]
    pub config: DataFlags,
}

const BACKUP_EXAMPLES: &str = "\
Example:
  ordercast backup orders-$(date +%F).db
The token secret is not in it: keep data/jwt-secret as well, or everybody signs in again
after a restore.";

/// `ordercast restore`
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The backup
    pub from: PathBuf,
    /// Replace the database that is there; it is kept beside, renamed
    #[arg(long)]
    pub force: bool,
    /// Where the data is.
    #[command(flatten)]
    pub config: DataFlags,
}

/// `ordercast doctor`
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Every option.
    #[command(flatten)]
    pub config: ServerFlags,
}

/// `ordercast config`
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// Print the guide's page about every option instead
    #[arg(long)]
    pub markdown: bool,
    /// Every option.
    #[command(flatten)]
    pub config: ServerFlags,
}

fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "write a time such as 90s, 5m or 1h 30m".to_owned();
    span(text).ok_or_else(wrong).and_then(|span| Duration::try_from(span).map_err(|_| wrong()))
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse::<f64>().ok().filter(|rate| (0.01..=10_000.0).contains(rate));
    rate.ok_or_else(|| "write a number from 0.01 to 10000".to_owned())
}

fn server_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| "write an address such as http://127.0.0.1:3000 or https://shop.example".to_owned())
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
    fn times_are_written_as_people_do() {
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
    fn options_are_flags_with_their_variables_in_the_help() {
        let arguments =
            ["ordercast", "serve", "--listen", "0.0.0.0:1", "--demo", "--allow-tokens-without-expiry"];
        let cli = Cli::try_parse_from(arguments).unwrap();
        let Command::Serve(serve) = cli.command else { panic!("serve") };
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
    fn secrets_are_no_flags() {
        assert!(Cli::try_parse_from(["ordercast", "serve", "--jwt-secret", "x"]).is_err());
    }
}
