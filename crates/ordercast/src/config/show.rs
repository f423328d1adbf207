//! The configuration for people: each value, where it came from, secrets redacted.

use std::io::{self, Write};

use super::Config;
use super::sources::Source;
use crate::terminal::style;

/// Writes every option, one per line, and then the warnings.
pub fn show(config: &Config, out: &mut dyn Write) -> io::Result<()> {
    let width = config.settings.iter().map(|setting| setting.option.key.len()).max().unwrap_or(0);
    for setting in config.settings.iter() {
        let text = if setting.shown().is_empty() { "-" } else { setting.shown() };
        let text = crate::terminal::printable(text);
        let key = setting.option.key;
        let (dim, strong) = match setting.source {
            Source::Default => (style::DIM, style::PLAIN),
            _ => (style::DIM, style::STRONG),
        };
        writeln!(out, "{key:width$}  {strong}{text}{strong:#}  {dim}{}{dim:#}", setting.source)?;
    }
    for warning in &config.warnings {
        writeln!(out, "{}!{:#} {}", style::WARN, style::WARN, crate::terminal::printable(warning))?;
    }
    Ok(())
}
