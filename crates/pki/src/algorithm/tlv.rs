// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The few DER reads and writes that algorithms, keys and signature values need: low tags, definite lengths.

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OID: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;

/// Context-specific constructed `[number]`, number below 31.
pub(crate) const fn context(number: u8) -> u8 {
    0xa0 | number
}

/// Takes the next value off `input`: its tag and content. `None` for anything that is not DER.
pub(crate) fn take<'a>(input: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (&tag, rest) = input.split_first()?;
    let (&first, rest) = rest.split_first()?;
    if tag & 0x1f == 0x1f {
        return None;
    }
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = octets.iter().fold(0usize, |sum, octet| sum << 8 | usize::from(*octet));
            // X.690, 10.1: the fewest octets that can say the length.
            let minimal = length >= 0x80 && octets.first() != Some(&0);
            minimal.then_some((length, rest))?
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    *input = rest;
    Some((tag, content))
}

/// Takes the next value off `input` when it has this tag.
pub(crate) fn take_tag<'a>(input: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    let mut rest = *input;
    let (found, content) = take(&mut rest)?;
    if found != tag {
        return None;
    }
    *input = rest;
    Some(content)
}

/// The content of the one value that `input` is.
pub(crate) fn only(mut input: &[u8], tag: u8) -> Option<&[u8]> {
    let content = take_tag(&mut input, tag)?;
    input.is_empty().then_some(content)
}

/// Takes a non-negative INTEGER: its magnitude without leading zeros (empty for zero).
pub(crate) fn take_unsigned<'a>(input: &mut &'a [u8]) -> Option<&'a [u8]> {
    match take_tag(input, INTEGER)? {
        [0] => Some(&[]),
        [0, rest @ ..] if rest.first().is_some_and(|octet| octet & 0x80 != 0) => Some(rest),
        [0, ..] | [] => None,
        [first, ..] if first & 0x80 != 0 => None,
        content => Some(content),
    }
}

/// Encodes one value from the parts of its content.
pub(crate) fn encode(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let octets = length.to_be_bytes();
    let significant: &[u8] =
        octets.iter().position(|o| *o != 0).and_then(|at| octets.get(at..)).unwrap_or(&[0]);
    let mut out = Vec::with_capacity(length + 6);
    out.push(tag);
    if length >= 0x80 {
        // At most 8 octets of usize, so the count fits.
        out.push(0x80 | u8::try_from(significant.len()).unwrap_or_default());
    }
    out.extend_from_slice(significant);
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_minimal_both_ways() {
        for length in [0, 1, 127, 128, 255, 256, 70_000] {
            let content = vec![7; length];
            let der = encode(OCTET_STRING, &[&content]);
            assert_eq!(only(&der, OCTET_STRING), Some(content.as_slice()));
        }
        for bad in [&[0x04, 0x81, 0x01, 0x00][..], &[0x04, 0x80, 0, 0], &[0x04, 2, 1], &[0x1f, 0x20, 0]] {
            assert_eq!(take(&mut { bad }), None, "{bad:02x?}");
        }
    }

    #[test]
    fn integers_are_minimal_and_not_negative() {
        assert_eq!(take_unsigned(&mut &[2, 1, 0][..]), Some(&[][..]));
        assert_eq!(take_unsigned(&mut &[2, 2, 0, 0x80][..]), Some(&[0x80][..]));
        for bad in [&[2, 0][..], &[2, 2, 0, 1], &[2, 1, 0x80]] {
            assert_eq!(take_unsigned(&mut { bad }), None, "{bad:02x?}");
        }
    }
}
