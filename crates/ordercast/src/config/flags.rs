//! The options as command-line arguments.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command};

use super::options::{OPTIONS, OptionSpec, Scope};

/// The values of flags.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    file: Option<PathBuf>,
    values: BTreeMap<&'static str, String>,
}

impl Flags {
    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    fn read(matches: &ArgMatches, taken: fn(&OptionSpec) -> bool) -> Self {
        let file = matches.get_one::<PathBuf>("config").cloned();
        let given = |option: &OptionSpec| matches.get_one::<String>(option.key).cloned();
        let taken = OPTIONS.iter().filter(|option| taken(option));
        Self { file, values: taken.filter_map(|option| Some((option.key, given(option)?))).collect() }
    }
}

/// Flags of a command that only needs the data directory.
#[derive(Debug, Clone, Default)]
pub struct DataFlags(pub Flags);

/// Flags of a server command: all options except secrets.
#[derive(Debug, Clone, Default)]
pub struct ServerFlags(pub Flags);

fn for_data(option: &OptionSpec) -> bool {
    option.scope == Scope::Data
}

fn for_server(option: &OptionSpec) -> bool {
    option.scope != Scope::Secret
}

fn arguments(mut command: Command, taken: fn(&OptionSpec) -> bool) -> Command {
    let file = Arg::new("config")
        .long("config")
        .value_name("FILE")
        .value_parser(clap::value_parser!(PathBuf))
        .help_heading("Configuration")
        .help("Read options from this TOML file [env: ORDERCAST_CONFIG] [default: ./ordercast.toml, if it exists]");
    command = command.arg(file);
    for option in OPTIONS.iter().filter(|option| taken(option)) {
        let names: Vec<String> = std::iter::once(option.variable())
            .chain(option.aliases.iter().map(|a| a.name.to_owned()))
            .collect();
        let default =
            if option.default.is_empty() { String::new() } else { format!(" [default: {}]", option.default) };
        let mut arg = Arg::new(option.key)
            .long(option.flag())
            .value_name(option.value)
            .help_heading("Configuration")
            .help(format!("{} [env: {}]{default}", option.help, names.join(", ")));
        if option.value == "BOOL" {
            arg = arg.num_args(0..=1).require_equals(true).default_missing_value("true");
        }
        command = command.arg(arg);
    }
    command
}

macro_rules! flags {
    ($name:ident, $taken:ident) => {
        impl clap::Args for $name {
            fn augment_args(command: Command) -> Command {
                arguments(command, $taken)
            }

            fn augment_args_for_update(command: Command) -> Command {
                arguments(command, $taken)
            }
        }

        impl clap::FromArgMatches for $name {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                Ok(Self(Flags::read(matches, $taken)))
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                self.0 = Flags::read(matches, $taken);
                Ok(())
            }
        }
    };
}

flags!(DataFlags, for_data);
flags!(ServerFlags, for_server);
