//! Other spellings of words, so that people find what they type: plain letters for letters with marks, parts of names that are
//! written without blanks, and phone numbers without a country code.

/// Only so many letters of a run without blanks begin a part. Names are shorter.
const MAX_PARTS: usize = 24;
/// Shorter rests of a phone number are not looked up.
const MIN_NATIONAL_DIGITS: usize = 6;

/// Letters that Unicode does not decompose into a plain letter and a mark, and letters that people spell out.
fn plain_letters(c: char) -> Option<&'static str> {
    Some(match c {
        'ø' => "o",
        'å' => "aa",
        'æ' | 'ä' => "ae",
        'œ' | 'ö' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'þ' => "th",
        'ħ' => "h",
        'ı' => "i",
        'ŧ' => "t",
        'ŋ' => "n",
        'ĸ' => "k",
        'ё' => "е",
        'أ' | 'إ' | 'آ' | 'ٱ' => "ا",
        'ى' => "ي",
        'ة' => "ه",
        _ => return None,
    })
}

/// The word in plain letters, if it has others. Marks that Unicode decomposes are ignored by the index itself.
pub(super) fn plain(word: &str) -> Option<String> {
    let lower = word.to_lowercase();
    lower.contains(|c| plain_letters(c).is_some()).then(|| {
        lower.chars().fold(String::with_capacity(word.len()), |mut plain, c| {
            match plain_letters(c) {
                Some(letters) => plain.push_str(letters),
                None => plain.push(c),
            }
            plain
        })
    })
}

/// The words of a line in other spellings.
pub(super) fn spellings(line: &str) -> Vec<String> {
    let words: Vec<&str> =
        line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut found = Vec::new();
    for word in &words {
        found.extend(plain(word));
        if word.len() > MIN_NATIONAL_DIGITS && word.bytes().all(|b| b.is_ascii_digit()) {
            let significant = word.trim_start_matches('0');
            found.extend((significant != *word).then(|| significant.to_owned()));
            found.extend(national_numbers(significant));
        }
    }
    // Blanks between such words are optional.
    for run in words.split(|word| !word.chars().all(is_written_without_blanks)) {
        let whole = run.concat();
        let parts = whole.char_indices().take(MAX_PARTS).map(|(start, _)| whole[start..].to_owned());
        found.extend(parts.filter(|part| !words.contains(&part.as_str())));
    }
    found
}

/// A number without a country code, which has one to three digits.
pub(super) fn national_numbers(significant: &str) -> Vec<String> {
    let rests =
        (1..=3).filter_map(|code| significant.get(code..)).filter(|rest| rest.len() >= MIN_NATIONAL_DIGITS);
    rests.map(str::to_owned).collect()
}

/// Scripts in which nothing separates a family name from a given name.
fn is_written_without_blanks(c: char) -> bool {
    matches!(
        c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
            | '\u{3005}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
            | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_with_marks_have_a_plain_spelling() {
        for (word, expected) in [
            ("Søren", "soren"),
            ("STRAßE", "strasse"),
            ("Łukasz", "lukasz"),
            ("Æsa", "aesa"),
            ("Müller", "mueller"),
        ] {
            assert_eq!(plain(word).as_deref(), Some(expected));
        }
        assert_eq!(plain("Asha"), None);
    }

    #[test]
    fn each_part_of_a_name_without_blanks_is_a_word() {
        assert_eq!(spellings("山田太郎"), ["田太郎", "太郎", "郎"]);
        assert_eq!(
            spellings("山田 太郎 x"),
            ["山田太郎", "田太郎", "郎"],
            "the parts with a blank are words already"
        );
        assert!(spellings(&"山".repeat(500)).len() <= MAX_PARTS);
        assert!(spellings("Asha Rao").is_empty());
    }

    #[test]
    fn a_phone_number_is_known_without_its_country_code() {
        assert_eq!(spellings("491701234567"), ["91701234567", "1701234567", "701234567"]);
        assert!(spellings("01701234567").contains(&"1701234567".to_owned()));
        assert!(spellings("12345").is_empty());
    }
}
