//! Search for orders by customer: which words a customer is found by, and what a search text asks for.

use orders::Address;

/// A customer is found by this many recipients: the last new ones that an order was sent to.
const MAX_RECIPIENTS: usize = 8;
/// Further words of a search text are ignored.
const MAX_WORDS: usize = 8;
/// Shorter digit sequences are not searched as a phone number.
const MIN_PHONE_DIGITS: usize = 5;

/// What a search text asks for. Every word must be the beginning of a word of the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchWords {
    /// Letters and digits only, never empty.
    pub words: Vec<String>,
    /// The digits, where the text looks like a phone number: they match instead of the words, however they are grouped.
    pub phone: Option<String>,
}

impl SearchWords {
    /// `None` when the text has no words.
    pub fn parse(text: &str) -> Option<Self> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let words: Vec<String> = words.take(MAX_WORDS).map(str::to_owned).collect();
        if words.is_empty() {
            return None;
        }
        let is_phone = text.chars().all(|c| c.is_ascii_digit() || " +-/().".contains(c));
        let digits = digits(text);
        let phone = (is_phone && digits.len() >= MIN_PHONE_DIGITS).then_some(digits);
        Some(Self { words, phone })
    }
}

/// The words a customer is found by: a line for the account, then a line for each recipient, newest first.
#[derive(Debug, Clone, Copy)]
pub struct SearchDocument<'a>(pub &'a str);

impl SearchDocument<'_> {
    /// The document with the customer's account and a recipient in it; `None` when it need not change.
    pub fn with(
        self,
        name: Option<&str>,
        email: Option<&str>,
        recipient: Option<&Address>,
    ) -> Option<String> {
        let account = account_line(name, email);
        let recipient = recipient.map(recipient_line);
        // Nearly every order is to a recipient that is known.
        if self.contains(&account, recipient.as_deref()) {
            return None;
        }
        let after = self.replaced(&account, recipient);
        (!after.trim().is_empty() && after != self.0).then_some(after)
    }

    fn contains(self, account: &str, recipient: Option<&str>) -> bool {
        let mut lines = self.0.split('\n');
        lines.next() == Some(account) && recipient.is_none_or(|recipient| lines.any(|line| line == recipient))
    }

    fn replaced(self, account: &str, recipient: Option<String>) -> String {
        let known: Vec<&str> = self.0.split('\n').skip(1).collect();
        let new = recipient.filter(|line| !known.contains(&line.as_str()));
        let recipients = new.as_deref().into_iter().chain(known.iter().copied()).take(MAX_RECIPIENTS);
        std::iter::once(account).chain(recipients).collect::<Vec<_>>().join("\n")
    }
}

/// Control characters are removed: names come from tokens of other issuers, and a line break would start a recipient.
fn account_line(name: Option<&str>, email: Option<&str>) -> String {
    let words: Vec<&str> = [name, email].into_iter().flatten().collect();
    words.join(" ").replace(char::is_control, " ")
}

/// The phone number as written, and as digits alone.
fn recipient_line(address: &Address) -> String {
    let mut words = vec![address.name.as_str().to_owned()];
    if let Some(phone) = &address.phone {
        words.push(phone.as_str().to_owned());
        let digits = digits(phone.as_str());
        if digits != phone.as_str() {
            words.push(digits);
        }
    }
    words.join(" ")
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(name: &str, phone: Option<&str>) -> Address {
        Address {
            name: name.parse().unwrap(),
            phone: phone.map(|phone| phone.parse().unwrap()),
            line1: "x".parse().unwrap(),
            line2: None,
            city: "y".parse().unwrap(),
            region: None,
            postal_code: None,
            country: None,
        }
    }

    fn with(before: &str, account: &str, recipient: Option<&str>) -> Option<String> {
        let recipient = recipient.map(|name| address(name, None));
        SearchDocument(before).with(Some(account), None, recipient.as_ref())
    }

    #[test]
    fn the_last_recipients_stay_findable_and_known_ones_change_nothing() {
        let mut document = with("", "Asha", Some("A")).unwrap();
        assert_eq!(document, "Asha\nA");
        assert_eq!(with(&document, "Asha", Some("A")), None);
        assert_eq!(with(&document, "Asha", None), None);
        document = with(&document, "Asha", Some("B")).unwrap();
        assert_eq!(document, "Asha\nB\nA");
        assert_eq!(with(&document, "Asha", Some("A")), None);
        assert_eq!(
            with(&document, "Asha Rao", None).unwrap(),
            "Asha Rao\nB\nA",
            "a new name keeps the recipients"
        );
        for n in 0..20 {
            document = with(&document, "Asha", Some(&n.to_string())).unwrap();
        }
        assert_eq!(document, "Asha\n19\n18\n17\n16\n15\n14\n13\n12");
    }

    #[test]
    fn nobody_is_found_by_nothing() {
        assert_eq!(SearchDocument("").with(None, None, None), None);
    }

    #[test]
    fn a_name_from_a_token_stays_on_its_line() {
        let document = SearchDocument("").with(Some("Eve\nAsha"), Some("eve@example.com"), None).unwrap();
        assert_eq!(document, "Eve Asha eve@example.com");
    }

    #[test]
    fn a_phone_is_found_with_and_without_its_spaces() {
        assert_eq!(recipient_line(&address("Asha", Some("+49 170 123"))), "Asha +49 170 123 49170123");
        assert_eq!(recipient_line(&address("Asha", Some("49170123"))), "Asha 49170123");
    }

    #[test]
    fn only_letters_and_digits_of_a_search_text_count() {
        let words = |text: &str| SearchWords::parse(text).map(|parsed| parsed.words);
        assert_eq!(words("asha NEAR(rao)").unwrap(), ["asha", "NEAR", "rao"]);
        assert_eq!(words("\"a* OR b:c^").unwrap(), ["a", "OR", "b", "c"]);
        assert_eq!(words(&"a ".repeat(20)).unwrap().len(), MAX_WORDS);
        for nothing in ["", "  ", "\"", "***", "-", "\0"] {
            assert_eq!(words(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn a_phone_number_is_found_in_any_grouping() {
        let phone = |text: &str| SearchWords::parse(text).unwrap().phone;
        assert_eq!(phone("+49 170-12").as_deref(), Some("4917012"));
        assert_eq!(phone("12 4"), None);
        assert_eq!(phone("12345 x"), None);
    }
}
