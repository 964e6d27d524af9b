// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Names compared (RFC 5280, 7.1): one against another, which most often ends at the first attribute that differs, and as
//! octets for tables.

use super::{Name, NameAttribute, rdn};
use crate::{
    der::{Element, Reader, Tag, write},
    preparation::{is_plain, prepare},
};

/// Whether two names have the same [`comparison_key`], found out without making either.
pub(super) fn is_same(a: &Name<'_>, b: &Name<'_>) -> bool {
    let (Some(mut a), Some(mut b)) = (a.sets(), b.sets()) else { return false };
    loop {
        match (next(&mut a), next(&mut b)) {
            (None, None) => return a.at_end() && b.at_end(),
            (Some(a), Some(b)) if is_same_rdn(&a, &b) => {}
            _ => return false,
        }
    }
}

/// Octets that are the same for all names that match.
pub(super) fn comparison_key(name: &Name<'_>) -> Vec<u8> {
    name.rdns().iter().flat_map(|rdn| rdn_key(rdn)).collect()
}

/// The next RelativeDistinguishedName; `None` at the end.
fn next<'a>(sets: &mut Reader<'a>) -> Option<Vec<NameAttribute<'a>>> {
    if sets.at_end() {
        return None;
    }
    rdn(&sets.expect(Tag::SET, "RelativeDistinguishedName").ok()?, &mut 0).ok()
}

pub(super) fn is_same_rdn(a: &[NameAttribute<'_>], b: &[NameAttribute<'_>]) -> bool {
    match (a, b) {
        ([a], [b]) => a.kind == b.kind && is_same_value(&a.value, &b.value),
        (a, b) => a.len() == b.len() && rdn_key(a) == rdn_key(b),
    }
}

fn is_same_value(a: &Element<'_>, b: &Element<'_>) -> bool {
    if a.bytes() == b.bytes() {
        return true;
    }
    let (Some(a), Some(b)) = (text(a), text(b)) else { return false };
    if is_plain(&a) && is_plain(&b) {
        return is_same_plain(&a, &b);
    }
    prepare(&a).is_some_and(|a| prepare(&b).is_some_and(|b| a == b))
}

/// What [`prepare`] makes of plain text, word by word.
fn is_same_plain(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (words(a), words(b));
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a.eq_ignore_ascii_case(b) => {}
            _ => return false,
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ').filter(|word| !word.is_empty())
}

fn rdn_key(rdn: &[NameAttribute<'_>]) -> Vec<u8> {
    write::set_of(&rdn.iter().map(attribute_key).collect::<Vec<_>>())
}

fn attribute_key(attribute: &NameAttribute<'_>) -> Vec<u8> {
    // A prepared string has none of the characters that keep another from being prepared, so the two never meet.
    let value = match text(&attribute.value).and_then(|text| prepare(&text)) {
        Some(text) => write::utf8(&text),
        None => attribute.value.bytes().to_vec(),
    };
    write::sequence(&[write::oid(&attribute.kind), value])
}

/// The text of a value that is compared as text.
fn text<'a>(value: &Element<'a>) -> Option<std::borrow::Cow<'a, str>> {
    let is_text = matches!(
        value.tag(),
        Tag::UTF8_STRING
            | Tag::PRINTABLE_STRING
            | Tag::TELETEX_STRING
            | Tag::BMP_STRING
            | Tag::UNIVERSAL_STRING
            | Tag::IA5_STRING
    );
    is_text.then(|| value.text("AttributeValue").ok()).flatten()
}

#[cfg(test)]
mod tests {
    use keiin_model::Oid;

    use super::*;

    fn attribute(arc: u64, tag: u8, text: &str) -> Vec<u8> {
        write::sequence(&[write::oid(&Oid::new(&[2, 5, 4, arc])), write::element(tag, text.as_bytes())])
    }

    #[test]
    fn comparing_says_what_the_keys_say() {
        let values = [
            (0x13, "Taro  ISHI "),
            (0x0c, "taro ishi"),
            (0x0c, "taro isi"),
            (0x0c, "taroishi"),
            (0x0c, "ＴＡＲＯ　ishi"),
            (0x0c, "\u{e000}"),
            (0x0c, ""),
            (0x0c, " "),
            (0x0c, "a\tb"),
            (0x16, "A B"),
            (0x04, "taro ishi"),
            (0x0c, "契印"),
        ];
        let mut names = vec![write::sequence(&[] as &[Vec<u8>])];
        for (tag, value) in values {
            for arc in [3, 10] {
                let one = attribute(arc, tag, value);
                let alone = write::set_of(std::slice::from_ref(&one));
                names.push(write::sequence(std::slice::from_ref(&alone)));
                names.push(write::sequence(&[alone.clone(), alone]));
                names.push(write::sequence(&[write::set_of(&[one.clone(), attribute(11, 0x0c, "x")])]));
                names.push(write::sequence(&[write::set_of(&[attribute(11, 0x13, "X"), one])]));
            }
        }
        let names: Vec<_> = names.iter().map(|der| Name::from_der(der).unwrap()).collect();
        let mut same = 0;
        for a in &names {
            for b in &names {
                assert_eq!(is_same(a, b), comparison_key(a) == comparison_key(b), "{a} {b}");
                same += usize::from(is_same(a, b));
            }
        }
        assert!(same > names.len(), "{same}");
    }
}
