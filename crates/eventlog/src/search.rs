//! Search for orders by customer: which words a customer is found by, and what a search text asks for.

mod spelling;

use orders::Address;

use spelling::{national_numbers, plain, spellings};

/// A customer is found by this many recipients: the last new ones that an order was sent to.
const MAX_RECIPIENTS: usize = 8;
/// Further words of a search text are ignored.
const MAX_WORDS: usize = 8;
/// Shorter digit sequences are not searched as a phone number.
const MIN_PHONE_DIGITS: usize = 5;
/// Tracking numbers are compared up to so many letters and digits.
const MAX_TRACKING_CHARS: usize = 100;

/// A tracking number as it is compared: letters and digits only, in capitals. `None` when it has none.
pub fn tracking_key(number: &str) -> Option<String> {
    let key: String = number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    let key: String = key.chars().take(MAX_TRACKING_CHARS).collect();
    (!key.is_empty()).then_some(key)
}

/// What a search text asks for. Every word must be the beginning of a word of the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchWords {
    /// Letters and digits only, never empty: each with its spelling in plain letters, if that differs.
    pub words: Vec<Vec<String>>,
    /// The digits, where the text looks like a phone number: they match instead of the words, however they are grouped. With a
    /// country code, also without it.
    pub phones: Vec<String>,
}

impl SearchWords {
    /// `None` when the text has no words.
    pub fn parse(text: &str) -> Option<Self> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let words: Vec<Vec<String>> = words
            .take(MAX_WORDS)
            .map(|word| {
                let plain = plain(word);
                std::iter::once(word.to_owned()).chain(plain.filter(|plain| plain != word)).collect()
            })
            .collect();
        if words.is_empty() {
            return None;
        }
        let is_phone = text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-/().".contains(c));
        let digits = digits(text);
        let is_phone = is_phone && digits.len() >= MIN_PHONE_DIGITS;
        let phones = if is_phone { searched_numbers(text.trim_start(), digits) } else { Vec::new() };
        Some(Self { words, phones })
    }
}

/// The digit sequences that a typed phone number is looked up by.
fn searched_numbers(text: &str, digits: String) -> Vec<String> {
    let international = text.starts_with('+') || digits.starts_with("00");
    let significant = digits.trim_start_matches('0').to_owned();
    let mut numbers = vec![digits];
    if international {
        numbers.extend(national_numbers(&significant));
    }
    if significant.len() >= MIN_PHONE_DIGITS && !numbers.contains(&significant) {
        numbers.push(significant);
    }
    numbers
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

    /// The text that is indexed: the document, and its words in other spellings.
    pub fn indexed(self) -> String {
        let more: Vec<String> = self.0.split('\n').flat_map(spellings).collect();
        if more.is_empty() { self.0.to_owned() } else { format!("{}\n{}", self.0, more.join(" ")) }
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

/// The digits of a phone number. The zero in `+49 (0)170` is not dialed from abroad.
fn digits(text: &str) -> String {
    let text = if text.trim_start().starts_with('+') { text.replace("(0)", "") } else { text.to_owned() };
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
    fn tracking_numbers_are_compared_without_case_and_separators() {
        for typed in ["JD 014-600", "jd014600", " Jd.014 600"] {
            assert_eq!(tracking_key(typed).as_deref(), Some("JD014600"), "{typed}");
        }
        assert_eq!(tracking_key(" -"), None);
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
        let words = |text: &str| SearchWords::parse(text).map(|parsed| parsed.words.concat());
        assert_eq!(words("asha NEAR(rao)").unwrap(), ["asha", "NEAR", "rao"]);
        assert_eq!(words("Søren Müller").unwrap(), ["Søren", "soren", "Müller", "mueller"]);
        assert_eq!(words("\"a* OR b:c^").unwrap(), ["a", "OR", "b", "c"]);
        assert_eq!(words(&"a ".repeat(20)).unwrap().len(), MAX_WORDS);
        for nothing in ["", "  ", "\"", "***", "-", "\0"] {
            assert_eq!(words(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn a_phone_number_is_found_in_any_grouping() {
        let phones = |text: &str| SearchWords::parse(text).unwrap().phones;
        assert_eq!(phones("49 170-12"), ["4917012"]);
        assert_eq!(phones("0170 1234567"), ["01701234567", "1701234567"]);
        let abroad = phones("+49 (0)170 1234567");
        assert!(abroad[0] == "491701234567" && abroad.contains(&"1701234567".to_owned()), "{abroad:?}");
        assert!(phones("0049 170 1234567").contains(&"491701234567".to_owned()));
        assert!(phones("12 4").is_empty() && phones("12345 x").is_empty());
    }
}
