//! Phone numbers for the search: digits only, with and without a country code.

/// Shorter sequences of digits are not phone numbers.
const MIN_DIGITS: usize = 5;
/// Without a country code, a number must have at least this many digits.
const MIN_NATIONAL_DIGITS: usize = 6;

/// The digit sequences to look up for a folded text. Empty if the text is not a phone number. Grouping does not matter, and a
/// number with a country code is also looked up without it.
pub(super) fn searched(folded: &str) -> Vec<String> {
    let text = ["telephone", "telefon", "phone", "tel"]
        .into_iter()
        .find_map(|label| folded.trim_start().strip_prefix(label))
        .map_or(folded, |rest| rest.trim_start_matches(['.', ':']))
        .trim();
    if !text.chars().all(is_of_a_number) {
        return Vec::new();
    }
    let digits = digits(text);
    if digits.len() < MIN_DIGITS {
        return Vec::new();
    }
    let mut found = Vec::new();
    if text.starts_with('+') || digits.starts_with("00") {
        found.extend(national(&digits));
    }
    // In some countries, 8 is dialed before a national number.
    let rests = [Some(&*digits), digits.strip_prefix('8').filter(|rest| rest.len() > 9)];
    for rest in rests.into_iter().flatten() {
        let significant = rest.trim_start_matches('0');
        found.extend((significant.len() >= MIN_DIGITS).then(|| significant.to_owned()));
    }
    found.insert(0, digits);
    found.dedup();
    found
}

/// The digit sequences by which a stored word or number is found.
pub(super) fn known_as(folded: &str) -> Vec<String> {
    let mut found = Vec::new();
    for number in numbers(folded) {
        let digits = digits(number);
        if digits.len() < MIN_DIGITS {
            continue;
        }
        found.push(digits.trim_start_matches('0').to_owned());
        found.extend(national(&digits));
        found.push(digits);
    }
    found
}

/// The digits of each number of a folded field.
pub(super) fn digits_of(folded: &str) -> Vec<String> {
    numbers(folded).into_iter().map(digits).collect()
}

/// The numbers in a field: one, or several such as `030 1234567 / 0170 1234567`.
fn numbers(text: &str) -> Vec<&str> {
    let several: Vec<&str> = text.split(['/', ',', ';', '|']).collect();
    let are_whole = several.iter().all(|number| digits(number).len() >= MIN_NATIONAL_DIGITS);
    if are_whole { several } else { vec![text] }
}

/// The number without its first one, two and three digits: a country code has one to three digits.
fn national(digits: &str) -> impl Iterator<Item = String> {
    let significant = digits.trim_start_matches('0');
    let rests = (1..=3).filter_map(|code| significant.get(code..));
    rests.filter(|rest| rest.len() >= MIN_NATIONAL_DIGITS).map(str::to_owned)
}

fn is_of_a_number(c: char) -> bool {
    c.is_ascii_digit() || c.is_whitespace() || "+-/().".contains(c) || is_dash(c)
}

fn is_dash(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// The digits of a number. The zero in `+49 (0)170` is not dialed from abroad.
fn digits(text: &str) -> String {
    let is_local = text.trim_start().starts_with(['0', '(']);
    let text = if is_local { text.to_owned() } else { text.replace("(0)", "") };
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_in_any_grouping_with_and_without_a_country_code() {
        for (stored, typed) in [
            ("+49 170 1234567", "01701234567"),
            ("+49 170 1234567", "0170 123-45"),
            ("+49 170 1234567", "+49 (0)170 1234567"),
            ("+49 170 1234567", "49(0)170 1234567"),
            ("+49 170 1234567", "0049 170 1234567"),
            ("+49 170 1234567", "tel:+49-170-1234567"),
            ("+49 170 1234567", "tel. 0170 1234567"),
            ("+49 170 1234567", "0170–123\u{2011}4567"),
            ("0170 1234567", "+49 170 1234567"),
            ("+7 912 345-67-89", "89123456789"),
            ("+375 29 1234567", "80291234567"),
            ("030 1234567 / 0170 7654321", "01707654321"),
            ("030/1234567", "+49301234567"),
        ] {
            let (known, searched) = (known_as(stored), searched(typed));
            let matches = |number: &String| known.iter().any(|known| known.starts_with(number.as_str()));
            assert!(searched.iter().any(matches), "{typed} {searched:?} in {known:?}");
        }
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in ["12 4", "12345 x", "asha", "", "tel"] {
            assert!(searched(text).is_empty(), "{text}");
        }
        assert!(known_as("1234").is_empty());
    }
}
