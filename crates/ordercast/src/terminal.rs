//! Terminal output: colors, columns, and escaping of text from outside.

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Styles. `anstream` removes them in a pipe and with `NO_COLOR`.
pub mod style {
    use anstyle::{AnsiColor, Style};
    use orders::Status;

    pub const PLAIN: Style = Style::new();
    pub const STRONG: Style = Style::new().bold();
    pub const DIM: Style = Style::new().dimmed();
    pub const GOOD: Style = AnsiColor::Green.on_default();
    pub const WARN: Style = AnsiColor::Yellow.on_default();
    pub const BAD: Style = AnsiColor::Red.on_default();
    pub const INFO: Style = AnsiColor::Blue.on_default();

    /// The color of a status.
    pub const fn of(status: Status) -> Style {
        match status {
            Status::Pending => DIM,
            Status::Processing | Status::Shipped => INFO,
            Status::Paid | Status::Delivered => GOOD,
            Status::Cancelled => WARN,
        }
    }

    /// A symbol that identifies the status without color.
    pub const fn glyph(status: Status) -> char {
        match status {
            Status::Pending => '○',
            Status::Processing => '◔',
            Status::Shipped => '▶',
            Status::Paid => '◆',
            Status::Delivered => '●',
            Status::Cancelled => '✕',
        }
    }
}

/// Whether whoever read the standard output has stopped reading.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    // Only an error of writing is an I/O error itself. Those of the network are inside of others.
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Escapes control characters and direction overrides, and replaces line breaks with spaces, so that the text cannot
/// control the terminal.
pub fn printable(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => clean.push(' '),
            '\r' => {}
            _ if c.is_control() || changes_direction(c) => {
                let _ = write!(clean, "\\u{{{:x}}}", u32::from(c));
            }
            _ => clean.push(c),
        }
    }
    clean
}

fn changes_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Truncates or pads a text to a number of columns.
pub fn column(text: &str, columns: usize) -> String {
    let width = text.width();
    if width <= columns {
        return format!("{text}{}", " ".repeat(columns - width));
    }
    let mut cut = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > columns {
            break;
        }
        cut.push(c);
    }
    cut.push('…');
    let width = cut.width();
    cut + &" ".repeat(columns.saturating_sub(width))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_reaches_the_terminal_raw() {
        assert_eq!(printable("Asha\u{1b}[2J\u{7}Rao"), "Asha\\u{1b}[2J\\u{7}Rao");
        assert_eq!(printable("a\r\nb\tc"), "a b c");
        assert_eq!(printable("\u{9b}31m"), "\\u{9b}31m", "the one-character form of ESC [");
        assert_eq!(printable("abc\u{202e}def"), "abc\\u{202e}def");
        assert_eq!(printable("Ünïcödé 茶"), "Ünïcödé 茶");
    }

    #[test]
    fn columns_line_up_for_wide_letters_too() {
        assert_eq!(column("Asha", 6), "Asha  ");
        assert_eq!(column("Bartholomew", 6), "Barth…");
        assert_eq!(column("茶茶茶", 6), "茶茶茶");
        assert_eq!(column("茶茶茶茶", 6), "茶茶… ");
    }
}
