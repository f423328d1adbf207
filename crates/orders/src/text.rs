//! Text that people type or paste: trimmed, bounded, without control characters, and without invisible characters that
//! programs add when somebody copies from them.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The rule that a text violates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    #[error("must not be empty")]
    Empty,
    #[error("must be at most {0} characters")]
    TooLong(usize),
    /// A control character, or a line break in a [`Line`].
    #[error("must not contain control characters, such as line breaks or tabs")]
    Control,
}

/// Invisible characters that only format text (Unicode general category Cf, without the visible signs in it): soft hyphens,
/// marks of direction, joiners, byte order marks.
pub fn is_format(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}')
        || matches!(c, '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}')
        || is_emoji_tag(c)
}

/// Tags spell the region of a flag inside an emoji.
fn is_emoji_tag(c: char) -> bool {
    matches!(c, '\u{e0001}' | '\u{e0020}'..='\u{e007f}')
}

/// Letters of some scripts and parts of an emoji are written with joiners between them.
fn joins(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}') || is_emoji_tag(c)
}

/// Text without the invisible characters that programs add when somebody copies a phone number, an e-mail address or a code.
pub fn without_format(text: &str) -> Cow<'_, str> {
    remove(text, is_format)
}

fn remove(text: &str, unwanted: fn(char) -> bool) -> Cow<'_, str> {
    // Nearly every text is clean.
    if text.is_ascii() || !text.contains(unwanted) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(unwanted, ""))
}

/// What is removed from a [`Line`]: everything that formats, except joiners inside.
fn unwanted_in_line(c: char) -> bool {
    is_format(c) && !joins(c)
}

/// What is removed from [`Prose`]: characters that change how the rest of a line is displayed, and can deceive readers. Marks
/// of direction are part of a text in two directions.
fn unwanted_in_prose(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Line ends as Windows and browsers' forms write them become `\n`.
fn unix_lines(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

fn check(
    text: &str,
    most: usize,
    unwanted: fn(char) -> bool,
    allowed: fn(char) -> bool,
) -> Result<Arc<str>, InvalidText> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || is_format(c) && !is_emoji_tag(c));
    let text = remove(text, unwanted);
    if text.is_empty() {
        return Err(InvalidText::Empty);
    }
    if text.len() > most && text.chars().count() > most {
        return Err(InvalidText::TooLong(most));
    }
    if text.chars().any(|c| c.is_control() && !allowed(c)) {
        return Err(InvalidText::Control);
    }
    Ok(text.into())
}

/// A phone number or a code: no invisible character belongs into it, not even a joiner. For
/// `#[serde(default, deserialize_with = "orders::text::code")]`.
pub fn code<'de, D: serde::Deserializer<'de>, const MOST: usize>(
    deserializer: D,
) -> Result<Option<Line<MOST>>, D::Error> {
    let Some(text) = Option::<Cow<'de, str>>::deserialize(deserializer)? else { return Ok(None) };
    Line::new(&without_format(&text)).map(Some).map_err(serde::de::Error::custom)
}

/// An optional field of a form. An empty text counts as absent, because forms send their empty fields. For
/// `#[serde(default, deserialize_with = "orders::text::optional")]`.
pub fn optional<'de, D: serde::Deserializer<'de>, const MOST: usize>(
    deserializer: D,
) -> Result<Option<Line<MOST>>, D::Error> {
    let text = Option::<Cow<'de, str>>::deserialize(deserializer)?;
    let Some(text) = text.filter(|text| !is_blank(text)) else { return Ok(None) };
    Line::new(&text).map(Some).map_err(serde::de::Error::custom)
}

/// Like [`optional`], for a phone number or a code; see [`code`].
pub fn optional_code<'de, D: serde::Deserializer<'de>, const MOST: usize>(
    deserializer: D,
) -> Result<Option<Line<MOST>>, D::Error> {
    let text = Option::<Cow<'de, str>>::deserialize(deserializer)?;
    let Some(text) = text.filter(|text| !is_blank(text)) else { return Ok(None) };
    Line::new(&without_format(&text)).map(Some).map_err(serde::de::Error::custom)
}

/// Whether a text has no visible character.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_format(c))
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $read:expr, $unwanted:expr, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(try_from = "std::borrow::Cow<'_, str>")]
        pub struct $name<const MOST: usize>(Arc<str>);

        impl<const MOST: usize> $name<MOST> {
            pub fn new(text: &str) -> Result<Self, InvalidText> {
                let read: fn(&str) -> Cow<'_, str> = $read;
                check(&read(text), MOST, $unwanted, $allowed).map(Self)
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<const MOST: usize> FromStr for $name<MOST> {
            type Err = InvalidText;

            fn from_str(text: &str) -> Result<Self, InvalidText> {
                Self::new(text)
            }
        }

        impl<const MOST: usize> TryFrom<std::borrow::Cow<'_, str>> for $name<MOST> {
            type Error = InvalidText;

            fn try_from(text: std::borrow::Cow<'_, str>) -> Result<Self, InvalidText> {
                Self::new(&text)
            }
        }

        impl<const MOST: usize> Serialize for $name<MOST> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<const MOST: usize> From<$name<MOST>> for String {
            fn from(text: $name<MOST>) -> Self {
                text.0.as_ref().to_owned()
            }
        }

        impl<const MOST: usize> fmt::Display for $name<MOST> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<const MOST: usize> fmt::Debug for $name<MOST> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        #[cfg(feature = "openapi")]
        impl<const MOST: usize> utoipa::PartialSchema for $name<MOST> {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .min_length(Some(1))
                    .max_length(Some(MOST))
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl<const MOST: usize> utoipa::ToSchema for $name<MOST> {
            fn name() -> std::borrow::Cow<'static, str> {
                format!("{}{MOST}", stringify!($name)).into()
            }
        }
    };
}

text!(
    /// One line of at most `MOST` characters: a name, a street, a tracking number.
    Line, |text| Cow::Borrowed(text), unwanted_in_line, |_| false
);
text!(
    /// Several lines of at most `MOST` characters in all: a note, a description.
    Prose, unix_lines, unwanted_in_prose, |c| c == '\n' || c == '\t'
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_and_bounded_in_characters_not_bytes() {
        assert_eq!(Line::<5>::new("  añil  ").unwrap().as_str(), "añil");
        assert!(Line::<5>::new("ñññññ").is_ok());
        assert_eq!(Line::<5>::new("ññññññ"), Err(InvalidText::TooLong(5)));
        assert_eq!(Line::<5>::new(" \t "), Err(InvalidText::Empty));
    }

    #[derive(Deserialize)]
    struct Codes {
        #[serde(deserialize_with = "code")]
        code: Option<Line<9>>,
    }

    #[test]
    fn invisible_characters_that_were_pasted_are_removed() {
        let line = |text: &str| Line::<99>::new(text).map(|line| line.as_str().to_owned());
        for pasted in [
            "\u{202a}+49 170 1234567\u{202c}",
            "+49\u{200b} 170\u{2060} 1234567\u{feff}",
            "\u{feff} \u{200e}+49 170 123\u{ad}4567\u{200f} ",
        ] {
            assert_eq!(line(pasted).unwrap(), "+49 170 1234567", "{pasted:?}");
        }
        assert_eq!(line("a\u{202e}b\u{2066}c").unwrap(), "abc", "directions deceive");
        // A Persian name and a family: the joiners inside are part of the spelling.
        for kept in ["علی\u{200c}رضا", "👩\u{200d}👧", "क\u{94d}\u{200d}ष", "🏴\u{e0067}\u{e0062}\u{e007f}"]
        {
            assert_eq!(line(kept).unwrap(), kept);
        }
        assert_eq!(line("\u{200d}Asha\u{200c}").unwrap(), "Asha", "not at the ends");
        for nothing in ["\u{200b}", " \u{feff}\u{200d} "] {
            assert_eq!(line(nothing), Err(InvalidText::Empty));
        }
        let prose = Prose::<99>::new("\u{feff}שלום\u{200f} (a\u{202e}b)\nbye").unwrap();
        assert_eq!(prose.as_str(), "שלום\u{200f} (ab)\nbye");
        let codes: Codes =
            serde_json::from_str("{\"code\": \"\u{200e}JD\u{200d}01\u{200c}4\u{202c}\"}").unwrap();
        assert_eq!(codes.code.unwrap().as_str(), "JD014");
    }

    #[test]
    fn control_characters_are_refused() {
        for bad in ["a\0b", "a\nb", "a\u{1b}[2Jb", "a\u{7f}b", "a\u{85}b"] {
            assert_eq!(Line::<99>::new(bad), Err(InvalidText::Control), "{bad:?}");
        }
        assert!(Prose::<99>::new("a\nb").is_ok());
        assert_eq!(Prose::<99>::new("a\0b"), Err(InvalidText::Control));
    }
}
