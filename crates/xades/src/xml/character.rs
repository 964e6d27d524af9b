// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The characters of XML 1.0 (fifth edition) clauses 2.2 and 2.3, and the names of Namespaces in XML.

/// White space, production 3.
pub(crate) const fn is_space(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\r' | b'\n')
}

/// `Char`, production 2.
pub(super) const fn is_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// `NameStartChar`, production 4, without the colon.
const fn starts_name(c: char) -> bool {
    matches!(c, 'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

/// `NameChar`, production 4a, without the colon.
const fn continues_name(c: char) -> bool {
    starts_name(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

#[allow(clippy::indexing_slicing)] // when it is compiled, by an octet into 256
const fn ascii_name() -> [bool; 256] {
    let mut table = [false; 256];
    let mut octet = 0_u8;
    while octet < 0x80 {
        table[octet as usize] = continues_name(octet as char);
        octet += 1;
    }
    table
}

/// Which octets are name characters by themselves.
static ASCII_NAME: [bool; 256] = ascii_name();

/// The length of the NCName that `text` begins with; 0 where it begins with none.
pub(crate) fn name_len(text: &str) -> usize {
    let octets = text.as_bytes();
    match octets.first() {
        Some(b'A'..=b'Z' | b'a'..=b'z' | b'_') => {}
        Some(first) if !first.is_ascii() => {
            if !text.chars().next().is_some_and(starts_name) {
                return 0;
            }
        }
        _ => return 0,
    }
    let ascii = octets.iter().take_while(|&&octet| ASCII_NAME.get(usize::from(octet)) == Some(&true)).count();
    if octets.get(ascii).is_none_or(u8::is_ascii) {
        return ascii;
    }
    let rest = text.get(ascii..).unwrap_or_default();
    ascii + rest.find(|c| !continues_name(c)).unwrap_or(rest.len())
}

/// The lengths of the QName that `text` begins with: of its prefix without the colon (0: none), and of all of it.
pub(super) fn qualified_name_len(text: &str) -> Option<(usize, usize)> {
    let first = name_len(text);
    if first == 0 {
        return None;
    }
    if text.as_bytes().get(first) != Some(&b':') {
        return Some((0, first));
    }
    match name_len(text.get(first + 1..)?) {
        0 => None,
        second => Some((first, first + 1 + second)),
    }
}

/// The first octet of a character that XML does not allow.
pub(super) fn find_illegal(text: &str) -> Option<usize> {
    let octets = text.as_bytes();
    let control = find_control(octets);
    let mut from = 0;
    // U+FFFE and U+FFFF are the only other characters that UTF-8 can say and XML forbids.
    while let Some(found) = octets.get(from..).and_then(|rest| memchr::memmem::find(rest, b"\xEF\xBF")) {
        let at = from + found;
        if matches!(octets.get(at + 2), Some(0xBE | 0xBF)) {
            return Some(control.map_or(at, |control| control.min(at)));
        }
        from = at + 2;
    }
    control
}

/// The first control character that is no white space. Whole blocks are looked at before octets, which the compiler makes
/// into a few instructions.
fn find_control(octets: &[u8]) -> Option<usize> {
    let is_control = |octet: u8| octet < b' ' && !is_space(octet);
    let clean = octets
        .chunks_exact(64)
        .take_while(|block| !block.iter().fold(false, |found, &octet| found | is_control(octet)))
        .count();
    let from = clean * 64;
    let found = octets.get(from..).unwrap_or_default().iter().position(|&octet| is_control(octet));
    found.map(|at| from + at)
}
