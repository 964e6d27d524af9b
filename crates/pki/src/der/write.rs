// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Writes DER: what keiin builds itself is small and flat enough for functions that wrap octets.

use keiin_model::{Oid, Time};

/// An element with a one-octet identifier (`0x30` SEQUENCE, `0x31` SET, `0xa0` `[0]` constructed, `0x80` `[0]` primitive …).
pub fn element(identifier: u8, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + 10);
    out.push(identifier);
    out.extend(length(content.len()));
    out.extend_from_slice(content);
    out
}

/// The length octets of a definite length in the shortest form (X.690, 10.1).
pub fn length(len: usize) -> Vec<u8> {
    match u8::try_from(len) {
        Ok(short @ 0..=0x7f) => vec![short],
        _ => {
            let octets = len.to_be_bytes();
            let skip = octets.iter().take_while(|o| **o == 0).count();
            let used = octets.get(skip..).unwrap_or_default();
            let mut out = vec![0x80 | u8::try_from(used.len()).unwrap_or_default()];
            out.extend_from_slice(used);
            out
        }
    }
}

/// Octets of a DER header in front of `content_len` octets, for the identifier that `bytes` starts with.
pub(super) fn header_len(bytes: &[u8], content_len: usize) -> usize {
    let identifier = match bytes.first() {
        Some(first) if first & 0x1f == 0x1f => {
            2 + bytes.iter().skip(1).take_while(|o| **o & 0x80 != 0).count()
        }
        _ => 1,
    };
    identifier + length(content_len).len()
}

/// A SEQUENCE of elements.
pub fn sequence<T: AsRef<[u8]>>(parts: &[T]) -> Vec<u8> {
    element(0x30, &concat(parts))
}

/// A SET OF elements, sorted as DER wants (X.690, 11.6).
pub fn set_of<T: AsRef<[u8]>>(parts: &[T]) -> Vec<u8> {
    let mut sorted: Vec<&[u8]> = parts.iter().map(AsRef::as_ref).collect();
    sorted.sort_unstable();
    element(0x31, &sorted.concat())
}

/// Elements one after another.
pub fn concat<T: AsRef<[u8]>>(parts: &[T]) -> Vec<u8> {
    parts.iter().flat_map(|part| part.as_ref().iter().copied()).collect()
}

/// An OBJECT IDENTIFIER.
pub fn oid(oid: &Oid) -> Vec<u8> {
    element(0x06, oid.octets())
}

/// A non-negative INTEGER.
pub fn unsigned(value: u64) -> Vec<u8> {
    unsigned_octets(&value.to_be_bytes())
}

/// A non-negative INTEGER from big-endian octets; leading zeros are dropped, one is put in front where the sign needs it.
pub fn unsigned_octets(octets: &[u8]) -> Vec<u8> {
    let skip = octets.iter().take_while(|o| **o == 0).count();
    let used = octets.get(skip..).unwrap_or_default();
    let mut content = Vec::with_capacity(used.len() + 1);
    if used.first().is_none_or(|first| first & 0x80 != 0) {
        content.push(0);
    }
    content.extend_from_slice(used);
    element(0x02, &content)
}

/// An OCTET STRING.
pub fn octet_string(octets: &[u8]) -> Vec<u8> {
    element(0x04, octets)
}

/// A BOOLEAN.
pub fn boolean(value: bool) -> Vec<u8> {
    element(0x01, &[if value { 0xff } else { 0 }])
}

/// A UTF8String.
pub fn utf8(text: &str) -> Vec<u8> {
    element(0x0c, text.as_bytes())
}

/// An AlgorithmIdentifier without parameters.
pub fn algorithm(oid_: &Oid) -> Vec<u8> {
    sequence(&[oid(oid_)])
}

/// A Time as CMS and X.509 want it: UTCTime from 1950 to 2049, else GeneralizedTime; fractions are dropped (RFC 5652, 11.3).
pub fn time(time: Time) -> Vec<u8> {
    let (year, month, day, hour, minute, second) = time.calendar();
    let rest = format!("{month:02}{day:02}{hour:02}{minute:02}{second:02}Z");
    if (1950..2050).contains(&year) {
        element(0x17, format!("{:02}{rest}", year.rem_euclid(100)).as_bytes())
    } else {
        element(0x18, format!("{year:04}{rest}").as_bytes())
    }
}

/// An Attribute: its type and a SET of its values (RFC 5652, 5.3).
pub fn attribute<T: AsRef<[u8]>>(kind: &Oid, values: &[T]) -> Vec<u8> {
    sequence(&[oid(kind), set_of(values)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortest_forms() {
        assert_eq!(unsigned(0), [2, 1, 0]);
        assert_eq!(unsigned(128), [2, 2, 0, 128]);
        assert_eq!(unsigned(65537), [2, 3, 1, 0, 1]);
        assert_eq!(length(127), [127]);
        assert_eq!(length(128), [0x81, 128]);
        assert_eq!(length(65536), [0x83, 1, 0, 0]);
        assert_eq!(set_of(&[vec![2, 1, 5], vec![2, 1, 4]]), [0x31, 6, 2, 1, 4, 2, 1, 5]);
        assert_eq!(time("2050-01-01".parse().unwrap()), b"\x18\x0f20500101000000Z");
    }
}
