//! Fictitious people. Their e-mail addresses end in `example.com`, which is reserved (RFC 2606).

use orders::Address;
use orders::text::Line;

#[derive(Debug, Clone, Copy)]
pub struct DemoCustomer {
    pub name: &'static str,
    pub email: &'static str,
}

pub const CUSTOMERS: &[DemoCustomer] = &[
    DemoCustomer { name: "Asha Rao", email: "asha@example.com" },
    DemoCustomer { name: "Ben Carter", email: "ben@example.com" },
    DemoCustomer { name: "Chiara Russo", email: "chiara@example.com" },
    DemoCustomer { name: "Daniel Okafor", email: "daniel@example.com" },
    DemoCustomer { name: "Emilia Novák", email: "emilia@example.com" },
    DemoCustomer { name: "Farid Haddad", email: "farid@example.com" },
    DemoCustomer { name: "Greta Lindqvist", email: "greta@example.com" },
];

const FIRST: &[&str] = &[
    "Ada", "Bilal", "Clara", "Dmitri", "Elena", "Femi", "Grace", "Hugo", "Indira", "Jonas", "Kaya", "Liam",
    "Mei", "Nadia", "Oscar", "Priya", "Quentin", "Rosa", "Samir", "Tess", "Uma", "Viktor", "Wanda", "Yusuf",
    "Zoë",
];
const LAST: &[&str] = &[
    "Adler", "Brooks", "Costa", "Diaz", "Eriksen", "Fischer", "Gupta", "Haas", "Ito", "Jensen", "Kowalski",
    "Lopez", "Martin", "Nakamura", "Oduya", "Petrov", "Quinn", "Romano", "Sato", "Tanaka", "Usman", "Vogel",
    "Weber",
];
const STREETS: &[(&str, &str, &str)] = &[
    ("Harbour Road", "Hamburg", "20457"),
    ("Mill Lane", "Berlin", "10247"),
    ("Orchard Street", "Leipzig", "04109"),
    ("Station Square", "Köln", "50667"),
    ("Lantern Street", "Berlin", "10115"),
    ("Castle Hill", "Dresden", "01067"),
    ("Market ProductRow", "Bremen", "28195"),
];

/// The name of the n-th of many people: 575 different ones, events again.
pub fn name(n: u32) -> String {
    let n = n as usize;
    format!("{} {}", FIRST[n % FIRST.len()], LAST[n % LAST.len()])
}

/// The address of person `n`.
///
/// # Panics
///
/// If `name` does not have 1 to 120 characters in one line.
pub fn address(n: u32, name: &str) -> Address {
    let (street, city, code) = STREETS[n as usize % STREETS.len()];
    Address {
        name: line(name),
        phone: Some(line(&format!("+49 30 5550{:03}", n % 1000))),
        line1: line(&format!("{street} {}", n % 89 + 1)),
        line2: None,
        city: line(city),
        region: None,
        postal_code: Some(line(code)),
        country: Some(line("DE")),
    }
}

/// A constant text that is known to be valid.
pub(super) fn line<const MOST: usize>(text: &str) -> Line<MOST> {
    Line::new(text).unwrap_or_else(|rule| panic!("{text:?} {rule}"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn there_are_many_different_names() {
        assert_eq!((0..575).map(name).collect::<HashSet<_>>().len(), 575);
        let _ = address(u32::MAX, &name(u32::MAX));
    }
}
