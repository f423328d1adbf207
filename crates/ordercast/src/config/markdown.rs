//! The table of options as a page of the guide: `docs/configuration.md`.

use std::fmt::Write as _;

use super::options::{OPTIONS, OptionSpec, Scope};

/// The whole page. What people read there is written in the table of options, or here.
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    for option in OPTIONS {
        row(&mut page, option);
    }
    page.push_str(VALUES);
    page
}

fn row(page: &mut String, option: &OptionSpec) {
    let flag = match option.scope {
        Scope::Secret => "none: others can read flags".to_owned(),
        _ if option.value == "BOOL" => format!("`--{}`", option.flag()),
        Scope::Data | Scope::Server => format!("`--{} {}`", option.flag(), option.value),
    };
    let mut variables = format!("`{}`", option.variable());
    for alias in option.aliases {
        // Writing to a string cannot fail.
        let _ = write!(variables, ", `{}`", alias.name);
    }
    let default = if option.default.is_empty() { "none".to_owned() } else { format!("`{}`", option.default) };
    let _ = writeln!(page, "| `{}` | {flag} | {variables} | {default} | {} |", option.key, option.help);
}

const HEAD: &str = "\
# Configuration

<!-- Written by `make docs`, from crates/ordercast/src/config/. -->

Flags win over the environment, which wins over the file, which wins over the defaults. The file is `ordercast.toml` in the
directory where Ordercast is started, or the one that `--config FILE` or `ORDERCAST_CONFIG` names. What is misspelt is told:
an unknown flag or key is an error, an unknown variable that begins with `ORDERCAST_` a warning.

```sh
ordercast config           # each value, and where it came from; secrets are not shown
ordercast doctor           # what is wrong, and what to do
```

| in the file | flag | environment | default | meaning |
|---|---|---|---|---|
";

const VALUES: &str = "
`--data` is a flag of every command that opens the data, the others of `serve`, `doctor` and `config`. From the environment
and the file every command reads all of them.

## Values

- TIME: `90s`, `5m`, `1h 30m`, `30d`; for `event_retention` also `forever`.
- SIZE: bytes, or `64KiB`, `256MiB`, `1GiB`.
- RATE: `1200/min burst 300` allows 300 requests at once, and then 1200 per minute. Without `burst`, the requests of a whole
  period may come at once. Both numbers are 1 to 1000000. `off` means no limit.
- Switches: `true` or `false`; the flag alone is `true`, and `--flag=false` switches off.
- Lists: separated by commas; in the file also as lists.

## In the file

```toml
listen = \"127.0.0.1:3000\"
data = \"/var/lib/ordercast\"
store_name = \"Lantern Street Coffee & Tea\"
store_timezone = \"Europe/Berlin\"
frontend_url = \"https://shop.example\"
trusted_proxies = \"loopback\"
```

## Other variables

- `ORDERCAST_CONFIG`: the file.
- `ORDERCAST_URL`, `ORDERCAST_TOKEN`: the server that `watch` and `simulate` talk to, and as whom.
- `ORDERCAST_PASSWORD`: for the commands that set or need a password, so that it stands in no shell history.
- `NO_COLOR`: no colours.

## What cannot be set

The head of a request may be 64 KiB large, with 100 headers. A client has 30 seconds to send a body, and 75 seconds to send
a head or its next request. Live connections have no time limit but their token's.
";
