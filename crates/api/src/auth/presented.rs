//! A token in the forms in which pages send it.

/// The token in a text that a client sends as one: it may be in quotes, or follow `Bearer`. `None` for what a page sends that
/// has no token itself, because only its cookie has it.
pub(crate) fn presented(text: &str) -> Option<&str> {
    let text = text.trim().trim_matches('"').trim();
    let token = match text.split_once([' ', '+']) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim().trim_matches('"'),
        _ => text,
    };
    let is_none = ["", "null", "undefined", "bearer"].iter().any(|none| token.eq_ignore_ascii_case(none));
    (!is_none).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_as_pages_send_it() {
        for text in [
            "a.b.c",
            " a.b.c ",
            "\"a.b.c\"",
            "Bearer a.b.c",
            "bearer  a.b.c",
            "BEARER+a.b.c",
            "\"Bearer a.b.c\"",
        ] {
            assert_eq!(presented(text), Some("a.b.c"), "{text}");
        }
        for none in
            ["", "  ", "null", "undefined", "\"\"", "Bearer", "Bearer ", "Bearer null", "bearer undefined"]
        {
            assert_eq!(presented(none), None, "{none}");
        }
    }
}
