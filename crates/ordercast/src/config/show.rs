//! The configuration for people: each value, where it came from, secrets redacted.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::Config;
use super::sources::{Setting, Source};
use crate::terminal::{printable, style};

/// A longer value pushes its source to the right.
const MOST_COLUMNS: usize = 40;

/// Writes every option, one per line, and then the warnings.
pub fn show(config: &Config, out: &mut dyn Write) -> io::Result<()> {
    let shown = |setting: &Setting| match setting.shown() {
        "" => "-".to_owned(),
        text => printable(text),
    };
    let keys = config.settings.iter().map(|setting| setting.option.key.len()).max().unwrap_or(0);
    let texts =
        config.settings.iter().map(|setting| shown(setting).width()).max().unwrap_or(0).min(MOST_COLUMNS);
    for setting in config.settings.iter() {
        let strong = if setting.source == Source::Default { style::PLAIN } else { style::STRONG };
        let text = shown(setting);
        let gap = " ".repeat(texts.saturating_sub(text.width()));
        let (key, dim) = (setting.option.key, style::DIM);
        writeln!(out, "{key:keys$}  {strong}{text}{strong:#}{gap}  {dim}{}{dim:#}", setting.source)?;
    }
    for warning in &config.warnings {
        writeln!(out, "{}!{:#} {}", style::WARN, style::WARN, printable(warning))?;
    }
    Ok(())
}
