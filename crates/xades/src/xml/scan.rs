// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Where a token ends. Short tokens are looked at octet by octet, by a table; what is longer is searched in blocks, and no
//! octet is searched twice for one and the same thing.

use memchr::{memchr, memchr3};

/// What a `<` begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Markup {
    /// A start tag or an empty-element tag (productions 40 and 44).
    Start,
    /// An end tag (production 42).
    End,
    /// A comment (production 15).
    Comment,
    /// A CDATA section (production 18).
    Section,
    /// A processing instruction (production 16), or the XML declaration.
    Instruction,
    /// A document type declaration (production 28).
    DocumentType,
    /// Something else behind `<!`.
    Unknown,
}

/// What the `<` that `octets` begin with begins.
pub(super) fn markup(octets: &[u8]) -> Markup {
    match octets.get(1) {
        Some(b'/') => Markup::End,
        Some(b'?') => Markup::Instruction,
        Some(b'!') if octets.starts_with(b"<!--") => Markup::Comment,
        Some(b'!') if octets.starts_with(SECTION) => Markup::Section,
        // Written otherwise it is no XML either, and it is the same that is meant.
        Some(b'!') if octets.get(2..9).is_some_and(|name| name.eq_ignore_ascii_case(b"DOCTYPE")) => {
            Markup::DocumentType
        }
        Some(b'!') => Markup::Unknown,
        _ => Markup::Start,
    }
}

/// What a CDATA section begins with.
pub(super) const SECTION: &[u8] = b"<![CDATA[";

/// So many octets are looked at one by one before a search begins.
const NEAR: usize = 48;

#[allow(clippy::indexing_slicing)] // when it is compiled, by an octet into 256
const fn table(octets: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut at = 0;
    while at < octets.len() {
        table[octets[at] as usize] = true;
        at += 1;
    }
    table
}

/// What character data does not hold, or not in canonical form.
static IN_TEXT: [bool; 256] = table(b"<&>\r");
/// What a value does not hold, or not in canonical form.
static IN_VALUE: [bool; 256] = table(b"<&\"'\t\n\r");

/// The first of `octets` that the table marks, among the near ones; else how many those are.
#[inline]
fn near(octets: &[u8], table: &'static [bool; 256]) -> Result<usize, usize> {
    let near = octets.get(..NEAR).unwrap_or(octets);
    let marked = |octet: &u8| table.get(usize::from(*octet)) == Some(&true);
    near.iter().position(marked).ok_or(near.len())
}

/// The next octet from `at` on that matters in character data: `<`, `&`, `>`, and `\r` while `plain`, as long as none was
/// found. The end where there is none.
#[inline]
pub(super) fn next_in_text(octets: &[u8], at: usize, plain: bool) -> usize {
    let rest = octets.get(at..).unwrap_or_default();
    match near(rest, &IN_TEXT) {
        Ok(found) => at + found,
        Err(passed) => {
            let far = rest.get(passed..).unwrap_or_default();
            let end = memchr3(b'<', b'&', b'>', far).unwrap_or(far.len());
            let run = far.get(..end).unwrap_or_default();
            at + passed + if plain { memchr(b'\r', run).unwrap_or(end) } else { end }
        }
    }
}

/// The next octet from `at` on that matters in a value between `quote`: the quote, `<`, `&`, and other white space than
/// spaces while `plain`, as long as none was found. The other quote may be found as well. The end where there is none.
#[inline]
pub(super) fn next_in_value(octets: &[u8], at: usize, quote: u8, plain: bool) -> usize {
    let rest = octets.get(at..).unwrap_or_default();
    match near(rest, &IN_VALUE) {
        Ok(found) => at + found,
        Err(passed) => {
            let far = rest.get(passed..).unwrap_or_default();
            let end = memchr3(quote, b'<', b'&', far).unwrap_or(far.len());
            let run = far.get(..end).unwrap_or_default();
            at + passed + if plain { memchr3(b'\t', b'\n', b'\r', run).unwrap_or(end) } else { end }
        }
    }
}

/// The end of the reference that begins at `at`, behind its `;`. `None` where it has none before other markup begins.
pub(super) fn end_of_reference(octets: &[u8], at: usize) -> Option<usize> {
    let rest = octets.get(at + 1..)?;
    let found = memchr3(b';', b'<', b'&', rest)?;
    (rest.get(found) == Some(&b';')).then_some(at + found + 2)
}

/// The end of what ends with `mark`, which is searched from `from` on.
pub(super) fn end_of(octets: &[u8], from: usize, mark: &[u8]) -> Option<usize> {
    let found = memchr::memmem::find(octets.get(from..)?, mark)?;
    Some(from + found + mark.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_bracket_begins() {
        let kinds: [(&str, Markup); 12] = [
            ("<a", Markup::Start),
            ("<", Markup::Start),
            ("</", Markup::End),
            ("<?", Markup::Instruction),
            ("<!--", Markup::Comment),
            ("<!-", Markup::Unknown),
            ("<![CDATA[", Markup::Section),
            ("<![cdata[", Markup::Unknown),
            ("<!DOCTYPE", Markup::DocumentType),
            ("<!doctype", Markup::DocumentType),
            ("<!ELEMENT", Markup::Unknown),
            ("<!", Markup::Unknown),
        ];
        for (text, kind) in kinds {
            assert_eq!(markup(text.as_bytes()), kind, "{text}");
        }
    }

    /// Near and far, the first of them is found, whatever stands behind.
    #[test]
    fn what_is_searched_is_found_at_any_distance() {
        for distance in [0, 1, NEAR - 1, NEAR, NEAR + 1, 500] {
            let before = "あ".repeat(distance / 3) + &"x".repeat(distance % 3);
            for found in ["<", "&", ">", "\r"] {
                for behind in ["", "<", "&>\r", "y"] {
                    let text = format!("{before}{found}{behind}");
                    assert_eq!(next_in_text(text.as_bytes(), 0, true), distance, "{text:?}");
                }
            }
            for found in ["\"", "<", "&", "\t", "\n", "\r"] {
                let text = format!("{before}{found}<\"");
                assert_eq!(next_in_value(text.as_bytes(), 0, b'"', true), distance, "{text:?}");
            }
            assert_eq!(next_in_text(before.as_bytes(), 0, true), distance);
            assert_eq!(next_in_value(before.as_bytes(), 0, b'"', false), distance);
        }
    }

    #[test]
    fn a_reference_ends_before_other_markup() {
        assert_eq!(end_of_reference(b"a&lt;b", 1), Some(5));
        assert_eq!(end_of_reference(b"&lt<;", 0), None);
        assert_eq!(end_of_reference(b"&lt&;", 0), None);
        assert_eq!(end_of_reference(b"&", 0), None);
    }
}
