// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Object identifiers, kept as their DER content octets so that tables of them are constants.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The longest content octets an OID may have here. X.660 sets no limit; the longest in use in signatures is 15.
const MAX_OCTETS: usize = 63;

/// Why a text or octets are not an object identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an object identifier of at most 63 octets")]
pub struct OidError;

/// An object identifier: the content octets of its DER encoding (X.690, 8.19). Prints in dotted form.
#[derive(Clone, Copy, PartialEq, Eq, Hash)] // derived, so that constants serve as patterns; octets behind `len` are zero
pub struct Oid {
    len: u8,
    octets: [u8; MAX_OCTETS],
}

impl Oid {
    /// An OID from arcs known at compile time. Panics at compile time (`const`) on an impossible list, so use
    /// [`Oid::from_octets`] or `parse` for input.
    #[allow(clippy::cast_possible_truncation, clippy::indexing_slicing, clippy::panic)] // evaluated in constants only
    pub const fn new(arcs: &[u64]) -> Self {
        let mut out = Self { len: 0, octets: [0; MAX_OCTETS] };
        if arcs.len() < 2 {
            panic!("an OID has two arcs or more");
        }
        let mut index = 1;
        while index < arcs.len() {
            let arc = if index == 1 { arcs[0] * 40 + arcs[1] } else { arcs[index] };
            let mut groups = 1;
            while groups < 9 && arc >> (7 * groups) != 0 {
                groups += 1;
            }
            while groups > 0 {
                groups -= 1;
                let more = if groups > 0 { 0x80 } else { 0 };
                out.octets[out.len as usize] = ((arc >> (7 * groups)) & 0x7f) as u8 | more;
                out.len += 1;
            }
            index += 1;
        }
        out
    }

    /// An OID from the content octets of its encoding (no tag, no length).
    ///
    /// # Errors
    /// [`OidError`] when the octets are empty, too many, or end inside an arc.
    pub fn from_octets(content: &[u8]) -> Result<Self, OidError> {
        let ends = content.last().is_some_and(|last| last & 0x80 == 0);
        let mut out =
            Self { len: u8::try_from(content.len()).map_err(|_| OidError)?, octets: [0; MAX_OCTETS] };
        if !ends {
            return Err(OidError);
        }
        out.octets.get_mut(..content.len()).ok_or(OidError)?.copy_from_slice(content);
        Ok(out)
    }

    /// The content octets of the encoding (no tag, no length).
    pub fn octets(&self) -> &[u8] {
        self.octets.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl PartialOrd for Oid {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Oid {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.octets().cmp(other.octets())
    }
}
impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut arc: u128 = 0;
        let mut first = true;
        for octet in self.octets() {
            arc = arc.checked_mul(128).map_or(u128::MAX, |a| a | u128::from(octet & 0x7f));
            if octet & 0x80 != 0 {
                continue;
            }
            if first {
                let top = (arc / 40).min(2);
                write!(f, "{top}.{}", arc - top * 40)?;
                first = false;
            } else {
                write!(f, ".{arc}")?;
            }
            arc = 0;
        }
        Ok(())
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({self})")
    }
}

impl std::str::FromStr for Oid {
    type Err = OidError;

    fn from_str(text: &str) -> Result<Self, OidError> {
        let arcs: Vec<u64> =
            text.split('.').map(|arc| arc.parse().map_err(|_| OidError)).collect::<Result<_, _>>()?;
        let [top, second, rest @ ..] = arcs.as_slice() else { return Err(OidError) };
        if *top > 2 || (*top < 2 && *second > 39) {
            return Err(OidError);
        }
        let head = second.checked_add(top * 40).ok_or(OidError)?;
        let mut content = Vec::new();
        for arc in std::iter::once(&head).chain(rest) {
            let groups = (64 - arc.leading_zeros()).div_ceil(7).max(1);
            for group in (0..groups).rev() {
                let more = if group > 0 { 0x80 } else { 0 };
                content.push(u8::try_from((arc >> (7 * group)) & 0x7f).unwrap_or_default() | more);
            }
        }
        Self::from_octets(&content)
    }
}

impl Serialize for Oid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Oid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constant_text_and_octets_agree() {
        const SIGNED_DATA: Oid = Oid::new(&[1, 2, 840, 113549, 1, 7, 2]);
        assert_eq!(SIGNED_DATA.octets(), [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2]);
        assert_eq!("1.2.840.113549.1.7.2".parse(), Ok(SIGNED_DATA));
        assert_eq!(SIGNED_DATA.to_string(), "1.2.840.113549.1.7.2");
        assert_eq!("2.999.1".parse::<Oid>().unwrap().to_string(), "2.999.1");
        assert_eq!(Oid::new(&[1, 0, 17090, 0, 1]).octets(), [0x28, 0x81, 0x85, 0x42, 0x00, 0x01]);
    }

    #[test]
    fn impossible_ones_are_refused() {
        for text in ["", "1", "3.1", "1.40", "1.2.x", "1..2"] {
            assert!(text.parse::<Oid>().is_err(), "{text}");
        }
        assert!(Oid::from_octets(&[]).is_err());
        assert!(Oid::from_octets(&[0x80]).is_err());
        assert!(Oid::from_octets(&[1; 64]).is_err());
    }
}
