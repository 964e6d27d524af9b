// SPDX-License-Identifier: Apache-2.0 OR MIT
//! From octets to text: the encoding that a byte order mark or the XML declaration names (XML 1.0 appendix F).

use std::borrow::Cow;

use super::declaration;
use crate::error::XmlError;

/// The document as text, and the name of the encoding where it was another than UTF-8.
pub(super) fn decode(source: &[u8]) -> Result<(Cow<'_, str>, Option<&'static str>), XmlError> {
    let text = std::str::from_utf8(source)
        .map_err(|error| XmlError::Undecodable { encoding: "UTF-8", at: error.valid_up_to() })?;
    if let Some(name) = declared(text).filter(|name| !name.eq_ignore_ascii_case("UTF-8")) {
        return Err(XmlError::Encoding { name: name.to_owned() });
    }
    Ok((Cow::Borrowed(text), None))
}

/// The encoding that the XML declaration names. A declaration that is none is refused later.
fn declared(text: &str) -> Option<&str> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let whole = text.starts_with("<?xml").then(|| text.get(..text.find("?>")? + 2))??;
    declaration::read(whole, 0).ok()?.encoding
}
