// SPDX-License-Identifier: Apache-2.0 OR MIT
//! From octets to text: the encoding that a byte order mark or the XML declaration names (XML 1.0 clause 4.3.3, appendix F).
//!
//! UTF-8 is taken as it stands. Other encodings are transcoded, so such a document can be judged and not be changed.
//! `Shift_JIS` is read as Windows has it (code page 932), which is what writes nearly all of it.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, EUC_JP, Encoding, ISO_2022_JP, REPLACEMENT, SHIFT_JIS, X_USER_DEFINED};

use super::declaration;
use crate::error::XmlError;

/// The XML declaration ends before this octet, or the document begins without one.
const DECLARATION_OCTETS: usize = 1_000;

/// The document as text, and the name of the encoding where it was another than UTF-8.
pub(super) fn decode(source: &[u8]) -> Result<(Cow<'_, str>, Option<&'static str>), XmlError> {
    match source {
        [0, 0, 0xFE, 0xFF, ..] | [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0, b'<', ..] | [b'<', 0, 0, 0, ..] => {
            Err(XmlError::Encoding { name: "UTF-32".to_owned() })
        }
        [0xFE, 0xFF, rest @ ..] => wide(rest, 2, "UTF-16BE", u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => wide(rest, 2, "UTF-16LE", u16::from_le_bytes),
        [0, b'<', ..] => wide(source, 0, "UTF-16BE", u16::from_be_bytes),
        [b'<', 0, ..] => wide(source, 0, "UTF-16LE", u16::from_le_bytes),
        _ => narrow(source),
    }
}

/// UTF-16; `skipped` octets of byte order mark stand before.
fn wide<'t>(
    octets: &[u8],
    skipped: usize,
    encoding: &'static str,
    unit: fn([u8; 2]) -> u16,
) -> Result<(Cow<'t, str>, Option<&'static str>), XmlError> {
    let (pairs, odd) = octets.as_chunks::<2>();
    let mut text = String::with_capacity(octets.len());
    let mut at = skipped;
    for c in char::decode_utf16(pairs.iter().map(|&pair| unit(pair))) {
        let c = c.map_err(|_| XmlError::Undecodable { encoding, at })?;
        at += c.len_utf16() * 2;
        text.push(c);
    }
    if !odd.is_empty() {
        return Err(XmlError::Undecodable { encoding, at });
    }
    match declared(text.as_bytes()) {
        Some(name) if !name.to_ascii_uppercase().starts_with("UTF-16") => {
            Err(XmlError::Encoding { name: format!("{name}, which is {encoding}") })
        }
        _ => Ok((Cow::Owned(text), Some(encoding))),
    }
}

/// An encoding in which the XML declaration is ASCII.
fn narrow(source: &[u8]) -> Result<(Cow<'_, str>, Option<&'static str>), XmlError> {
    match declared(source) {
        None => utf8(source),
        Some(name) if name.eq_ignore_ascii_case("UTF-8") || name.eq_ignore_ascii_case("UTF8") => utf8(source),
        Some(name) if source.starts_with(b"\xEF\xBB\xBF") => {
            Err(XmlError::Encoding { name: format!("{name}, which is UTF-8") })
        }
        Some(name) => transcode(source, name),
    }
}

fn utf8(source: &[u8]) -> Result<(Cow<'_, str>, Option<&'static str>), XmlError> {
    let text = std::str::from_utf8(source)
        .map_err(|error| XmlError::Undecodable { encoding: "UTF-8", at: error.valid_up_to() })?;
    Ok((Cow::Borrowed(text), None))
}

fn transcode<'t>(source: &'t [u8], name: &str) -> Result<(Cow<'t, str>, Option<&'static str>), XmlError> {
    match name.to_ascii_uppercase().as_str() {
        "US-ASCII" | "ASCII" => {
            let encoding = "US-ASCII";
            if let Some(at) = source.iter().position(|octet| !octet.is_ascii()) {
                return Err(XmlError::Undecodable { encoding, at });
            }
            return Ok((utf8(source)?.0, Some(encoding)));
        }
        // Not as the web has it, where the name stands for windows-1252.
        "ISO-8859-1" | "ISO_8859-1" | "LATIN1" => {
            let text: String = source.iter().copied().map(char::from).collect();
            return Ok((Cow::Owned(text), Some("ISO-8859-1")));
        }
        _ => {}
    }
    let label = if name.eq_ignore_ascii_case("CP932") { "windows-31j" } else { name };
    let encoding = Encoding::for_label(label.as_bytes()).filter(|encoding| is_taken(encoding, label));
    let encoding = encoding.ok_or_else(|| XmlError::Encoding { name: name.chars().take(100).collect() })?;
    Ok((Cow::Owned(by_table(source, encoding)?), Some(encoding.name())))
}

/// The web has names stand for other encodings than they say (ISO-8859-9 for windows-1254); those are refused.
fn is_taken(encoding: &'static Encoding, label: &str) -> bool {
    let japanese = [SHIFT_JIS, EUC_JP, ISO_2022_JP].contains(&encoding);
    let wide = encoding == REPLACEMENT || encoding == X_USER_DEFINED || encoding.name().starts_with("UTF-16");
    !wide && (japanese || encoding.name().eq_ignore_ascii_case(label))
}

fn by_table(source: &[u8], encoding: &'static Encoding) -> Result<String, XmlError> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let undecodable = |at| XmlError::Undecodable { encoding: encoding.name(), at };
    let room = decoder.max_utf8_buffer_length_without_replacement(source.len());
    let mut text = String::with_capacity(room.ok_or_else(|| undecodable(0))?);
    match decoder.decode_to_string_without_replacement(source, &mut text, true) {
        (DecoderResult::InputEmpty, _) => {
            text.shrink_to_fit();
            Ok(text)
        }
        (_, read) => Err(undecodable(read)),
    }
}

/// The encoding that the XML declaration names. A declaration that is none is refused later.
fn declared(source: &[u8]) -> Option<&str> {
    let source = source.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(source);
    let begin = source.get(..DECLARATION_OCTETS).unwrap_or(source);
    let end = memchr::memmem::find(begin.strip_prefix(b"<?xml")?, b"?>")?;
    let whole = std::str::from_utf8(begin.get(..end + "<?xml?>".len())?).ok()?;
    declaration::read(whole, 0).ok()?.encoding
}
