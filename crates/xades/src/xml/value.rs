// SPDX-License-Identifier: Apache-2.0 OR MIT
//! From the octets of a document to the characters that they stand for: references, line ends (XML 1.0 clause 2.11) and
//! the normalisation of attribute values (clause 3.3.3; without a DTD every attribute is CDATA).

use std::borrow::Cow;

use super::character::is_character;

/// What a reference `&…;` stands for; `None` where it is none of XML's own.
pub(crate) fn referenced(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => {
            let number = name.strip_prefix('#')?;
            let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |hex| (hex, 16));
            // `from_str_radix` would take a sign.
            if !digits.bytes().all(|octet| octet.is_ascii_hexdigit()) {
                return None;
            }
            char::from_u32(u32::from_str_radix(digits, radix).ok()?).filter(|&c| is_character(c))
        }
    }
}

/// A stretch of character data or of an attribute value.
pub(crate) enum Piece<'t> {
    /// Characters as they stand.
    Plain(&'t str),
    /// A character that a reference stands for.
    Referenced(char),
}

/// The pieces of character data: text, references and CDATA sections. Line ends are `\n`.
pub(crate) fn text_pieces(raw: &str, mut each: impl FnMut(Piece<'_>)) {
    let mut rest = raw;
    while let Some(at) = memchr::memchr3(b'&', b'<', b'\r', rest.as_bytes()) {
        let (before, from) = rest.split_at(at);
        plain(before, &mut each);
        rest = match from.as_bytes().first() {
            Some(b'&') => reference(from, &mut each),
            Some(b'<') => section(from, &mut each),
            _ => line_end(from, "\n", &mut each),
        };
    }
    plain(rest, &mut each);
}

/// The pieces of an attribute value, between its quotes.
pub(crate) fn value_pieces(raw: &str, mut each: impl FnMut(Piece<'_>)) {
    let mut rest = raw;
    while let Some(at) = rest.bytes().position(|octet| matches!(octet, b'&' | b'\t' | b'\n' | b'\r')) {
        let (before, from) = rest.split_at(at);
        plain(before, &mut each);
        rest = match from.as_bytes().first() {
            Some(b'&') => reference(from, &mut each),
            Some(b'\r') => line_end(from, " ", &mut each),
            _ => {
                plain(" ", &mut each);
                from.get(1..).unwrap_or_default()
            }
        };
    }
    plain(rest, &mut each);
}

fn plain(text: &str, each: &mut impl FnMut(Piece<'_>)) {
    if !text.is_empty() {
        each(Piece::Plain(text));
    }
}

/// Takes a reference; the reader has seen that it is one.
fn reference<'t>(from: &'t str, each: &mut impl FnMut(Piece<'_>)) -> &'t str {
    let (name, rest) = from.get(1..).and_then(|from| from.split_once(';')).unwrap_or_default();
    if let Some(c) = referenced(name) {
        each(Piece::Referenced(c));
    }
    rest
}

/// Takes a CDATA section.
fn section<'t>(from: &'t str, each: &mut impl FnMut(Piece<'_>)) -> &'t str {
    let (inside, rest) =
        from.strip_prefix("<![CDATA[").and_then(|from| from.split_once("]]>")).unwrap_or_default();
    let mut inside = inside;
    while let Some(at) = memchr::memchr(b'\r', inside.as_bytes()) {
        let (before, from) = inside.split_at(at);
        plain(before, each);
        inside = line_end(from, "\n", each);
    }
    plain(inside, each);
    rest
}

/// Takes `\r` or `\r\n`.
fn line_end<'t>(from: &'t str, stands_for: &'static str, each: &mut impl FnMut(Piece<'_>)) -> &'t str {
    each(Piece::Plain(stands_for));
    from.strip_prefix("\r\n").or_else(|| from.get(1..)).unwrap_or_default()
}

/// The characters of an attribute value.
pub(super) fn value(raw: &str) -> Cow<'_, str> {
    if !raw.bytes().any(|octet| matches!(octet, b'&' | b'\t' | b'\n' | b'\r')) {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    value_pieces(raw, |piece| append(&mut out, &piece));
    Cow::Owned(out)
}

/// Appends the characters of character data.
pub(super) fn append_text(out: &mut String, raw: &str) {
    text_pieces(raw, |piece| append(out, &piece));
}

fn append(out: &mut String, piece: &Piece<'_>) {
    match piece {
        Piece::Plain(text) => out.push_str(text),
        Piece::Referenced(c) => out.push(*c),
    }
}

/// The characters of a comment's or an instruction's inside: line ends are `\n`.
pub(super) fn lines(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\r') {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(raw.replace("\r\n", "\n").replace('\r', "\n"))
}
