// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Preparation of strings for comparison (RFC 4518, 2), as RFC 5280, 7.1 wants it for the attributes of names.

use unicode_normalization::UnicodeNormalization as _;

/// The text by which two strings are the same for caseIgnoreMatch: mapped, case folded, normalized (NFKC) and with
/// insignificant spaces taken out. `None` when a character is prohibited, so that the string matches nothing but itself.
pub(crate) fn prepare(text: &str) -> Option<String> {
    if is_plain(text) {
        return Some(without_insignificant_spaces(&text.to_ascii_lowercase()));
    }
    // Normalizing turns full-width capitals into capitals and folding may take a composition apart, so both go twice.
    let mapped = text.chars().filter(|c| !is_mapped_to_nothing(*c)).map(space_for_white_space);
    let folded = mapped.nfkc().flat_map(fold).nfkc().flat_map(fold).nfkc().collect::<String>();
    (!folded.chars().any(is_prohibited)).then(|| without_insignificant_spaces(&folded))
}

/// Whether preparing changes no more than case and spaces.
pub(crate) fn is_plain(text: &str) -> bool {
    text.bytes().all(|octet| octet.is_ascii() && !octet.is_ascii_control())
}

/// RFC 4518, 2.6.1, with none at the ends: two names that differ in spaces at the end are one.
fn without_insignificant_spaces(text: &str) -> String {
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Case folding without regard to neighbours (RFC 3454, B.2): a final sigma is a sigma.
fn fold(c: char) -> impl Iterator<Item = char> {
    let (special, rest) = match c {
        '\u{df}' | '\u{1e9e}' => (Some('s'), 's'),
        '\u{3c2}' => (None, '\u{3c3}'),
        other => (None, other),
    };
    special.into_iter().chain(rest.to_lowercase())
}

/// RFC 4518, 2.2: characters that make a difference only to who looks at them.
const fn is_mapped_to_nothing(c: char) -> bool {
    matches!(c, '\u{0}'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}'
        | '\u{ad}' | '\u{34f}' | '\u{6dd}' | '\u{70f}' | '\u{1806}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2063}' | '\u{206a}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffc}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}' | '\u{e0020}'..='\u{e007f}')
}

const fn space_for_white_space(c: char) -> char {
    if c.is_whitespace() { ' ' } else { c }
}

/// RFC 4518, 2.4, as far as it does not hang on the version of Unicode.
const fn is_prohibited(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fffd}')
        || (c as u32) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_read_alike_is_alike() {
        for (a, b) in [
            ("KEIIN  Taro ", "keiin taro"),
            ("契印\u{3000}太郎", "契印 太郎"),
            ("ﾔﾏﾀﾞ ﾊﾅｺ", "ヤマダ ハナコ"),
            ("ＨＰＫＩ認証局", "hpki認証局"),
            ("がく", "か\u{3099}く"),
            ("㈱病院", "(株)病院"),
            ("Straße", "STRASSE"),
            ("ΣΑΣ", "σας"),
            ("a\u{ad}b\u{200b}", "AB"),
            ("a\tb", "a b"),
        ] {
            assert!(prepare(a).is_some());
            assert_eq!(prepare(a), prepare(b), "{a} {b}");
        }
        for (a, b) in [("は", "ば"), ("髙", "高"), ("齋", "斎"), ("ı", "i"), ("a b", "ab")] {
            assert_ne!(prepare(a), prepare(b), "{a} {b}");
        }
    }

    #[test]
    fn what_nobody_can_read_is_itself_alone() {
        for text in ["\u{e000}", "a\u{fffd}", "\u{ffff}", "\u{1fffe}"] {
            assert_eq!(prepare(text), None);
        }
    }
}
