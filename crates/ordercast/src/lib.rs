//! The parts of the binary: command line, configuration, and commands.
//!
//! - [`cli`]: the commands and their help. [`config`]: the options and their sources.
//! - [`clock`], [`secret`], [`logging`], [`terminal`]: used by every command.
//! - [`serve`] and [`admin`]: the server, and the commands that open its database. [`reservations`]: the task that expires
//!   unpaid reservations. [`served`]: where a running server answers.
//! - [`client`]: a client of the HTTP API, used by [`watch`] and [`simulate`].
//! - [`doctor`]: finds problems and says how to fix them. [`demo`]: the data of the demo shop.
//!
//! It is a library only so that tests can start a server in their own process.

pub mod admin;
pub mod cli;
pub mod client;
pub mod clock;
pub mod config;
pub mod demo;
pub mod doctor;
pub mod first_start;
pub mod logging;
pub mod publish;
pub mod reservations;
pub mod secret;
pub mod serve;
pub mod served;
pub mod simulate;
pub mod terminal;
pub mod watch;

use std::io::Write as _;
use std::process::ExitCode;

use self::cli::{Cli, CliCommand, UserCommand};
use self::config::Config;
use self::config::flags::Flags;
use self::config::sources::Environment;

/// Runs a command. The caller prints an error.
pub async fn run(cli: Cli, environment: &Environment) -> anyhow::Result<ExitCode> {
    match cli.command {
        CliCommand::Serve(args) => serve::run(ready(&args.config.0, environment)?, *args).await?,
        CliCommand::User(UserCommand::Add(args)) => {
            admin::user_add(ready(&args.config.0, environment)?, args, environment).await?;
        }
        CliCommand::User(UserCommand::List(args)) => {
            admin::user_list(ready(&args.config.0, environment)?, args).await?;
        }
        CliCommand::User(UserCommand::Passwd(args)) => {
            admin::user_passwd(ready(&args.config.0, environment)?, args, environment).await?;
        }
        CliCommand::User(UserCommand::ResetLink(args)) => {
            admin::user_reset_link(ready(&args.config.0, environment)?, args).await?;
        }
        CliCommand::Token(args) => admin::token(ready(&args.config.0, environment)?, args).await?,
        CliCommand::Migrate(args) => admin::migrate(ready(&args.config.0, environment)?, args).await?,
        CliCommand::Backup(args) => admin::backup(ready(&args.config.0, environment)?, args).await?,
        CliCommand::Restore(args) => admin::restore(ready(&args.config.0, environment)?, args).await?,
        CliCommand::Watch(args) => return watch::run(&args, environment).await,
        CliCommand::Simulate(args) => return simulate::run(&args, environment).await,
        CliCommand::Doctor(args) => {
            let config = Config::load(&args.config.0, environment);
            return Ok(doctor::run(config, admin::checks, &mut anstream::stdout()).await?);
        }
        CliCommand::Config(args) if args.markdown => {
            write!(anstream::stdout(), "{}", config::markdown::page())?;
        }
        CliCommand::Config(args) => {
            config::show::show(&Config::load(&args.config.0, environment)?, &mut anstream::stdout())?;
        }
        CliCommand::Openapi => print_json(&api::router::document())?,
        CliCommand::Asyncapi => print_json(&api::asyncapi::document(None))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Indented, so that the document can be kept in a repository and diffed.
fn print_json(document: &impl serde::Serialize) -> anyhow::Result<()> {
    Ok(writeln!(anstream::stdout(), "{}", serde_json::to_string_pretty(document)?)?)
}

/// Loads the configuration of a command that opens the data, and starts logging.
fn ready(flags: &Flags, environment: &Environment) -> anyhow::Result<Config> {
    let config = Config::load(flags, environment)?;
    logging::start(&config);
    Ok(config)
}

/// Waits for Ctrl-C or SIGTERM. The handlers are installed by the call, not by the first poll, so a signal in between is
/// not lost.
pub fn interrupted() -> impl Future<Output = ()> + Send {
    #[cfg(unix)]
    let asked = {
        use tokio::signal::unix::{SignalKind, signal};
        [signal(SignalKind::interrupt()), signal(SignalKind::terminate())]
    };
    async move {
        #[cfg(unix)]
        if let [Ok(mut interrupt), Ok(mut terminate)] = asked {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
        let _ = tokio::signal::ctrl_c().await;
    }
}
