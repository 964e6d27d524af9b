// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Characters as Canonical XML writes them (clause 2.3): from the text of the document, without a copy between.

use std::borrow::Cow;

use super::Sink;
use crate::xml::{Name, Piece, text_pieces, value_pieces};

/// An attribute as it is written.
pub(super) struct Written<'t> {
    pub(super) name: Name<'t>,
    pub(super) value: Cow<'t, str>,
}

/// Writes character data, given as it stands in the document.
pub(super) fn write_text(raw: &str, out: &mut impl Sink) {
    text_pieces(raw, |piece| match piece {
        Piece::Plain(text) => escape_text(text, out),
        Piece::Referenced(c) => escape_text(c.encode_utf8(&mut [0; 4]), out),
    });
}

fn escape_text(text: &str, out: &mut impl Sink) {
    escape(text, out, |octet| match octet {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'>' => Some(b"&gt;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    });
}

/// Writes an attribute value, given as it stands between its quotes.
pub(super) fn write_value(raw: &str, out: &mut impl Sink) {
    value_pieces(raw, |piece| match piece {
        Piece::Plain(text) => escape_value(text, out),
        Piece::Referenced(c) => escape_value(c.encode_utf8(&mut [0; 4]), out),
    });
}

/// Writes the characters of an attribute value or namespace name.
pub(super) fn escape_value(text: &str, out: &mut impl Sink) {
    escape(text, out, |octet| match octet {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'"' => Some(b"&quot;"),
        b'\t' => Some(b"&#x9;"),
        b'\n' => Some(b"&#xA;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    });
}

fn escape(text: &str, out: &mut impl Sink, replaced: impl Fn(u8) -> Option<&'static [u8]>) {
    let octets = text.as_bytes();
    let mut written = 0;
    for (at, &octet) in octets.iter().enumerate() {
        if let Some(instead) = replaced(octet) {
            out.write(octets.get(written..at).unwrap_or_default());
            out.write(instead);
            written = at + 1;
        }
    }
    out.write(octets.get(written..).unwrap_or_default());
}

/// Writes a namespace declaration.
pub(super) fn write_namespace(prefix: &str, name: &str, out: &mut impl Sink) {
    out.write(b" xmlns");
    if !prefix.is_empty() {
        out.write(b":");
        out.write(prefix.as_bytes());
    }
    out.write(b"=\"");
    escape_value(name, out);
    out.write(b"\"");
}

/// Writes an attribute.
pub(super) fn write_attribute(attribute: &Written<'_>, out: &mut impl Sink) {
    out.write(b" ");
    if !attribute.name.prefix.is_empty() {
        out.write(attribute.name.prefix.as_bytes());
        out.write(b":");
    }
    out.write(attribute.name.local.as_bytes());
    out.write(b"=\"");
    escape_value(&attribute.value, out);
    out.write(b"\"");
}
