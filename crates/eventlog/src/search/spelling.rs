//! The spellings by which a text is found: one form for all ways to write a letter, letters that are spelled out, and words
//! that are connected or written without blanks.

use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// At most this many letters of a run without blanks begin a part. Names are shorter.
const MAX_PARTS: usize = 24;

const COMBINING: CanonicalCombiningClassMapBorrowed<'static> = CanonicalCombiningClassMapBorrowed::new();
const NFKD: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizerBorrowed::new_nfkd();
const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfkc();
const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();

/// Letters that Unicode does not decompose into a plain letter and a mark.
fn plain_letters(c: char) -> Option<&'static str> {
    Some(match c {
        'ø' => "o",
        'æ' => "ae",
        'œ' => "oe",
        'ß' => "ss",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'þ' => "th",
        'ħ' => "h",
        'ı' => "i",
        'ə' => "e",
        'ŧ' => "t",
        'ŋ' => "n",
        'ĸ' => "k",
        'ς' => "σ",
        'ٱ' => "ا",
        'ى' => "ي",
        'ة' => "ه",
        // Variants of Han characters in names.
        '髙' => "高",
        '﨑' => "崎",
        '濵' | '濱' => "浜",
        '邉' | '邊' => "辺",
        '齋' | '齊' | '斉' => "斎",
        '澤' => "沢",
        // The tatweel only stretches a word.
        'ـ' => "",
        // Digits of other scripts.
        '٠' | '۰' | '०' | '০' => "0",
        '١' | '۱' | '१' | '১' => "1",
        '٢' | '۲' | '२' | '২' => "2",
        '٣' | '۳' | '३' | '৩' => "3",
        '٤' | '۴' | '४' | '৪' => "4",
        '٥' | '۵' | '५' | '৫' => "5",
        '٦' | '۶' | '६' | '৬' => "6",
        '٧' | '۷' | '७' | '৭' => "7",
        '٨' | '۸' | '८' | '৮' => "8",
        '٩' | '۹' | '९' | '৯' => "9",
        _ => return None,
    })
}

/// How people spell a letter out where they cannot type it.
fn spelled_letters(c: char) -> Option<&'static str> {
    Some(match c {
        'ä' => "ae",
        'ö' | 'ø' => "oe",
        'ü' => "ue",
        'å' => "aa",
        _ => return None,
    })
}

fn replace(text: &str, letters: fn(char) -> Option<&'static str>) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut replaced, c| {
        match letters(c) {
            Some(plain) => replaced.push_str(plain),
            None => replaced.push(c),
        }
        replaced
    })
}

/// The text in small and plain letters, however it was typed: composed or not, with or without marks, in full width.
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let lower = NFKD.normalize(text).to_lowercase();
    let bare: String = lower.chars().filter(|c| COMBINING.get_u8(*c) == 0).collect();
    replace(&NFC.normalize(&bare), plain_letters)
}

/// The folded text with its letters spelled out, if that differs: `mueller` for `Müller`, which folds to `muller`.
pub(super) fn spelled_out(text: &str) -> Option<String> {
    let lower = NFKC.normalize(text).to_lowercase();
    lower.contains(|c| spelled_letters(c).is_some()).then(|| fold(&replace(&lower, spelled_letters)))
}

/// Whether words around this character are also written as one word: apostrophes, hyphens, joiners.
fn connects(c: char) -> bool {
    matches!(
        c,
        '\'' | '’'
            | '‘'
            | 'ʼ'
            | '`'
            | '´'
            | '׳'
            | '-'
            | '\u{ad}'
            | '\u{2010}'
            | '\u{2011}'
            | '\u{200c}'
            | '\u{200d}'
    )
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric()
}

/// The words of a text, with connected words in one group: `[["sinéad"], ["o", "connor"]]`.
pub(super) fn connected_words(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.split(|c: char| !is_letter(c) && !connects(c)).filter_map(|run| {
        let words: Vec<&str> = run.split(|c: char| !is_letter(c)).filter(|word| !word.is_empty()).collect();
        (!words.is_empty()).then_some(words)
    })
}

/// All words by which a folded text is found: its words, connected words as one, and the rest of a run without blanks from
/// each of its letters.
pub(super) fn words_of(folded: &str) -> Vec<String> {
    let runs: Vec<Vec<&str>> = connected_words(folded).collect();
    let mut found: Vec<String> = runs.iter().flatten().map(|word| (*word).to_owned()).collect();
    let known = found.len();
    found.extend(runs.iter().filter(|words| words.len() > 1).map(|words| words.concat()));
    // Blanks between such words are optional.
    let words: Vec<&str> = runs.concat();
    let pieces: Vec<&str> = words.iter().flat_map(|word| by_script(word)).collect();
    for run in pieces.split(|piece| !piece.starts_with(is_written_without_blanks)) {
        let whole = run.concat();
        let parts = whole.char_indices().take(MAX_PARTS).map(|(start, _)| whole[start..].to_owned());
        let new: Vec<String> = parts.filter(|part| !found[..known].contains(part)).collect();
        found.extend(new);
    }
    found
}

/// Splits a word into parts in scripts that are written without blanks, and parts in other scripts.
fn by_script(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let kind = is_written_without_blanks(first);
        let end = rest.find(|c| is_written_without_blanks(c) != kind).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        parts.push(part);
        rest = after;
    }
    parts
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
    fn a_letter_has_one_form_however_it_is_typed() {
        for (typed, expected) in [
            ("Søren", "soren"),
            ("STRAßE", "strasse"),
            ("Łukasz", "lukasz"),
            ("Æsa", "aesa"),
            ("Müller", "muller"),
            ("Dvor\u{30c}a\u{301}k", "dvorak"),
            ("Đức", "duc"),
            ("Νικολάου", "νικολαου"),
            ("ΝΙΚΟΣ", "νικοσ"),
            ("محمّد", "محمد"),
            ("שָׁלוֹם", "שלום"),
            ("ＡＬＩＣＥ", "alice"),
            ("ﬁona", "fiona"),
            ("Əliyev", "eliyev"),
            ("髙橋", "高橋"),
            ("٠١٧٠", "0170"),
            ("\u{1112}\u{1161}\u{11ab}", "한"),
        ] {
            assert_eq!(fold(typed), expected, "{typed}");
        }
        assert_eq!(fold("が"), fold("か\u{3099}"));
        assert_eq!(fold("Йод"), fold("И\u{306}од"));
    }

    #[test]
    fn letters_are_spelled_out() {
        for (typed, expected) in [("Müller", "mueller"), ("Mu\u{308}ller", "mueller"), ("Bjørn", "bjoern")]
        {
            assert_eq!(spelled_out(typed).as_deref(), Some(expected), "{typed}");
        }
        assert_eq!(spelled_out("Asha"), None);
    }

    #[test]
    fn each_part_of_a_name_without_blanks_is_a_word() {
        assert_eq!(words_of("山田太郎"), ["山田太郎", "田太郎", "太郎", "郎"]);
        assert_eq!(
            words_of("山田 太郎 x"),
            ["山田", "太郎", "x", "山田太郎", "田太郎", "郎"],
            "the parts with a blank are words already"
        );
        assert_eq!(words_of("yamada山田"), ["yamada山田", "山田", "田"]);
        assert!(words_of(&"山".repeat(500)).len() <= MAX_PARTS + 1);
        assert_eq!(words_of("asha rao"), ["asha", "rao"]);
    }

    #[test]
    fn connected_words_are_also_one() {
        assert_eq!(words_of("o’connor"), ["o", "connor", "oconnor"]);
        assert_eq!(words_of("jean-luc d'or"), ["jean", "luc", "d", "or", "jeanluc", "dor"]);
        assert_eq!(words_of("علی\u{200c}رضا"), ["علی", "رضا", "علیرضا"]);
        assert_eq!(words_of("asha@example.com"), ["asha", "example", "com"]);
    }
}
