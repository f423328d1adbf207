//! Search for orders by customer: which words a customer is found by, and what a search text asks for.

mod phone;
mod spelling;

use orders::Address;

use spelling::{connected_words, fold, spelled_out, words_of};

/// A customer is found by this many recipients: the last new ones that an order was sent to.
const MAX_RECIPIENTS: usize = 8;
/// Further words of a search text are ignored.
const MAX_WORDS: usize = 8;
/// Tracking numbers are compared up to so many letters and digits.
const MAX_TRACKING_CHARS: usize = 100;

/// A tracking number as it is compared: letters and digits only, in capitals. `None` when it has none.
pub fn tracking_key(number: &str) -> Option<String> {
    let folded = fold(number);
    let key: String = folded.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    let key: String = key.chars().take(MAX_TRACKING_CHARS).collect();
    (!key.is_empty()).then_some(key)
}

/// What a search text asks for. Every word must be the beginning of a word of the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchWords {
    /// The words with their other spellings: letters and digits only, never empty. A spelling with blanks is a sequence of words.
    pub words: Vec<Vec<String>>,
    /// The digits, where the text looks like a phone number: they match instead of the words, however they are grouped. With a
    /// country code, also without it.
    pub phones: Vec<String>,
}

impl SearchWords {
    /// `None` when the text has no words.
    pub fn parse(text: &str) -> Option<Self> {
        let folded = fold(text);
        let spelled = spelled_out(text);
        let mut words: Vec<Vec<String>> =
            connected_words(&folded).take(MAX_WORDS).map(|words| asked(&words)).collect();
        if words.is_empty() {
            return None;
        }
        // The spelled-out text has the same number of words.
        for (word, spelled) in words.iter_mut().zip(connected_words(spelled.as_deref().unwrap_or_default())) {
            for spelling in asked(&spelled) {
                if !word.contains(&spelling) {
                    word.push(spelling);
                }
            }
        }
        Some(Self { words, phones: phone::searched(&folded) })
    }
}

/// The spellings to look for: connected words separately and as one word, and a number also without its leading zero.
fn asked(words: &[&str]) -> Vec<String> {
    let mut spellings = vec![words.join(" ")];
    if words.len() > 1 {
        spellings.push(words.concat());
    }
    if let [number] = words {
        spellings.extend(phone::searched(number).into_iter().filter(|found| found != number));
    }
    spellings
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

    /// The text that is indexed: the words of the document in all their spellings.
    pub fn indexed(self) -> String {
        let lines = self.0.split('\n').flat_map(|line| [Some(fold(line)), spelled_out(line)]).flatten();
        let words = lines.flat_map(|line| {
            let mut words = words_of(&line);
            let numbers: Vec<String> = words.iter().flat_map(|word| phone::known_as(word)).collect();
            for number in numbers {
                if !words.contains(&number) {
                    words.push(number);
                }
            }
            words
        });
        words.collect::<Vec<_>>().join(" ")
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
        words.extend(
            phone::digits_of(&fold(phone.as_str())).into_iter().filter(|digits| digits != phone.as_str()),
        );
    }
    words.join(" ")
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
        for typed in ["JD 014-600", "jd014600", " Jd.014 600", "ＪＤ０１４６００"] {
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
    fn a_customer_is_found_by_what_people_type() {
        let found = |name: &str, phone: Option<&str>, typed: &str| {
            let document = SearchDocument("").with(None, None, Some(&address(name, phone))).unwrap();
            let indexed = SearchDocument(&document).indexed();
            let known: Vec<&str> = indexed.split(' ').collect();
            let begins = |at: usize, spelling: &str| {
                let asked: Vec<&str> = spelling.split(' ').collect();
                let (last, before) = asked.split_last().unwrap();
                known[at..].starts_with(before)
                    && known.get(at + before.len()).is_some_and(|word| word.starts_with(last))
            };
            let has = |spelling: &String| (0..known.len()).any(|at| begins(at, spelling));
            let asked = SearchWords::parse(typed).unwrap();
            asked.words.iter().all(|word| word.iter().any(has)) || asked.phones.iter().any(has)
        };
        for (name, phone, typed) in [
            ("Dvořák", None, "Dvor\u{30c}a\u{301}k"),
            ("Dvor\u{30c}a\u{301}k", None, "dvorak"),
            ("علی\u{200c}رضا", None, "علی\u{200c}رضا"),
            ("علی\u{200c}رضا", None, "علیرضا"),
            ("علیرضا", None, "علی\u{200c}رضا"),
            ("Sinéad O’Connor", None, "oconnor sin"),
            ("Sinead OConnor", None, "O'Connor"),
            ("Bjørn", None, "bjoern"),
            ("Müller-Lüdenscheid", None, "muellerlued"),
            ("3F田中一郎", None, "田中"),
            ("Zoran", Some("+49 170 5550001"), "zoran 01705550001"),
            ("Zoran", Some("٠١٧٠ ٥٥٥٠٠٠١"), "01705550001"),
            ("Zoran", Some("030 1234567 / 0170 5550001"), "0170 5550001"),
        ] {
            assert!(found(name, phone, typed), "{name} {phone:?} by {typed}");
        }
        assert!(!found("Asha", Some("+49 170 5550001"), "zoran"));
    }

    #[test]
    fn only_letters_and_digits_of_a_search_text_count() {
        let words = |text: &str| SearchWords::parse(text).map(|parsed| parsed.words.concat());
        assert_eq!(words("asha NEAR(rao)").unwrap(), ["asha", "near", "rao"]);
        assert_eq!(words("Søren Müller").unwrap(), ["soren", "soeren", "muller", "mueller"]);
        assert_eq!(words("O’Connor").unwrap(), ["o connor", "oconnor"]);
        assert_eq!(words("\"a* OR b:c^").unwrap(), ["a", "or", "b", "c"]);
        assert_eq!(words(&"a ".repeat(20)).unwrap().len(), MAX_WORDS);
        for nothing in ["", "  ", "\"", "***", "-", "\0"] {
            assert_eq!(words(nothing), None, "{nothing:?}");
        }
    }
}
