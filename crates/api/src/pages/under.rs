//! Writes the base path into a page.
//!
//! The web app's files refer to each other by relative URLs, so they work under every path. The page is served at every
//! address of the app, so its URLs begin with a slash. The app reads its base path from a `meta` element, because the content
//! security policy allows no inline script.

use crate::base_path::BasePath;

/// The page with its own URLs below the base path.
pub(super) fn under(base_path: &BasePath, page: &str) -> String {
    let mut page = page.to_owned();
    for attribute in ["href", "src"] {
        page = page.replace(&format!("{attribute}=\"/"), &format!("{attribute}=\"{base_path}/"));
    }
    page.replace(
        "<meta name=\"base-path\" content=\"\"",
        &format!("<meta name=\"base-path\" content=\"{base_path}\""),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_apps_page_and_all_its_files_are_below_the_base_path() {
        let page = include_str!("../../../../web/app/index.html");
        let moved = under(&"/shop".parse().unwrap(), page);
        assert!(moved.contains(r#"<meta name="base-path" content="/shop" />"#), "{moved}");
        assert!(moved.contains(r#"<script src="/shop/theme.js">"#), "{moved}");
        assert!(!moved.contains(r#"="/icon.svg"#) && moved.contains(r#"="/shop/icon.svg"#), "{moved}");
        assert_eq!(under(&BasePath::default(), page), page);
    }
}
