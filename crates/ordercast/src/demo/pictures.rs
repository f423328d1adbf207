//! Drawings as SVG in percent-encoded `data:` URLs, so that the catalog needs no files.

use std::fmt::Write as _;

/// The drawing as `data:image/svg+xml,…`.
pub(super) fn address(svg: &str) -> String {
    // Line breaks are only between tags, and single quotes need no encoding.
    let svg = svg.trim().replace('\n', "").replace('"', "'");
    let mut address = String::from("data:image/svg+xml,");
    for byte in svg.bytes() {
        match byte {
            b'<' | b'>' | b'#' | b'%' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | ..=b' ' | 0x7f.. => {
                let _ = write!(address, "%{byte:02X}");
            }
            _ => address.push(char::from(byte)),
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_fits_into_an_attribute() {
        let drawn = address("<svg viewBox=\"0 0 4 4\">\n<path fill=\"#fff\"/>\n</svg>\n");
        assert_eq!(
            drawn,
            "data:image/svg+xml,%3Csvg%20viewBox='0%200%204%204'%3E%3Cpath%20fill='%23fff'/%3E%3C/svg%3E"
        );
    }
}
