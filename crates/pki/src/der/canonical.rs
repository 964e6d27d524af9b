// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The DER form of what stands as BER: needed where a standard signs the DER encoding whatever was sent (RFC 5652, 5.4).

use super::{Class, DerError, Element, Tag, write};

/// Elements inside one element; as many as fit any structure whose DER form is asked for.
const MAX_ELEMENTS: usize = 100_000;

/// The element encoded as DER: definite shortest lengths, strings in one piece, SETs sorted, BOOLEANs as 00 or FF.
/// What implicit tags hide (a SET or a string in pieces under a context tag) stays in its order and its pieces.
///
/// # Errors
/// [`DerError`] when something inside cannot be read.
pub fn to_der(element: &Element<'_>) -> Result<Vec<u8>, DerError> {
    let identifier = identifier_octets(element);
    if !element.is_constructed() {
        let content = match (element.tag(), element.content()) {
            (Tag::BOOLEAN, [octet]) if *octet != 0 => &[0xff][..],
            (_, content) => content,
        };
        return Ok([identifier, &write::length(content.len()), content].concat());
    }
    if element.tag() == Tag::OCTET_STRING {
        let octets = element.octets("OCTET STRING")?.to_cow();
        return Ok(write::octet_string(&octets));
    }
    let mut parts =
        element.reader("DER")?.all(MAX_ELEMENTS, "DER")?.iter().map(to_der).collect::<Result<Vec<_>, _>>()?;
    if element.tag() == Tag::SET && element.tag().class == Class::Universal {
        parts.sort_unstable();
    }
    let content = parts.concat();
    Ok([identifier, &write::length(content.len()), &content].concat())
}

fn identifier_octets<'a>(element: &Element<'a>) -> &'a [u8] {
    let bytes = element.bytes();
    let len = write::header_len(bytes, 0) - 1;
    bytes.get(..len).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ber_becomes_der() {
        let input = [
            0x30, 0x80, 0x31, 0x80, 2, 1, 5, 2, 1, 4, 0, 0, 0x24, 0x80, 4, 1, 7, 4, 1, 8, 0, 0, 1, 1, 9, 0, 0,
        ];
        let element = Element::whole(&input, "t").unwrap();
        let der = to_der(&element).unwrap();
        assert_eq!(der, [0x30, 15, 0x31, 6, 2, 1, 4, 2, 1, 5, 4, 2, 7, 8, 1, 1, 0xff]);
        assert_eq!(super::super::first_non_der(&Element::whole(&der, "t").unwrap()), None);
    }
}
