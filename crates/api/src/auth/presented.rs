//! A token in the forms in which pages send it.

/// The token in a text: in quotes, after `Bearer`, or alone. `None` for an empty text, `null`, `undefined` or `Bearer` alone:
/// a page that cannot read its cookie sends these.
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
