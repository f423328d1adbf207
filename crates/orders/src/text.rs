//! Text that people type: trimmed, bounded, and without control characters.

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
    /// A control character, a direction override, or a line break in a [`Line`].
    #[error("must not contain control characters")]
    Control,
}

/// Characters that change how the rest of a line is displayed, and can be used to deceive readers.
fn deceives(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn check(text: &str, most: usize, allowed: fn(char) -> bool) -> Result<Arc<str>, InvalidText> {
    let text = text.trim();
    if text.is_empty() {
        return Err(InvalidText::Empty);
    }
    if text.len() > most && text.chars().count() > most {
        return Err(InvalidText::TooLong(most));
    }
    if text.chars().any(|c| deceives(c) && !allowed(c)) {
        return Err(InvalidText::Control);
    }
    Ok(text.into())
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(try_from = "std::borrow::Cow<'_, str>")]
        pub struct $name<const MOST: usize>(Arc<str>);

        impl<const MOST: usize> $name<MOST> {
            pub fn new(text: &str) -> Result<Self, InvalidText> {
                check(text, MOST, $allowed).map(Self)
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
    Line, |_| false
);
text!(
    /// Several lines of at most `MOST` characters in all: a note, a description.
    Prose, |c| c == '\n' || c == '\t'
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

    #[test]
    fn control_characters_and_direction_overrides_are_refused() {
        for bad in ["a\0b", "a\nb", "a\u{1b}[2Jb", "a\u{202e}b", "a\u{7f}b"] {
            assert_eq!(Line::<99>::new(bad), Err(InvalidText::Control), "{bad:?}");
        }
        assert!(Prose::<99>::new("a\nb").is_ok());
        assert_eq!(Prose::<99>::new("a\0b"), Err(InvalidText::Control));
    }
}
