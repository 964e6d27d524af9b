// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Says what in an encoding is not DER (X.690, 10 and 11).

use super::{Element, Tag};

/// The first place that is not DER.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotDer {
    /// Octets from the start of the input.
    pub offset: usize,
    /// What DER forbids there.
    pub reason: NotDerReason,
}

/// What DER forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotDerReason {
    /// An indefinite length (10.1).
    IndefiniteLength,
    /// A length in more octets than needed (10.1).
    LongLength,
    /// A string in pieces (10.2).
    ConstructedString,
    /// A SET OF whose elements are not in ascending order (11.6).
    UnsortedSet,
    /// A BOOLEAN that is neither 00 nor FF (11.1).
    Boolean,
    /// An INTEGER with needless leading octets (8.3.2).
    Integer,
    /// Unused bits that are not zero (11.2.1).
    BitString,
    /// It could not be read.
    Unreadable,
}

/// The first place that is not DER, outermost first; `None` when all of it is.
pub fn first_non_der(element: &Element<'_>) -> Option<NotDer> {
    let not = |reason| Some(NotDer { offset: element.offset(), reason });
    if element.is_indefinite() {
        return not(NotDerReason::IndefiniteLength);
    }
    if super::write::header_len(element.bytes(), element.content().len())
        != element.bytes().len() - element.content().len()
    {
        return not(NotDerReason::LongLength);
    }
    if !element.is_constructed() {
        return primitive(element).and_then(not);
    }
    if !matches!(element.tag(), Tag::SEQUENCE | Tag::SET) && element.tag().class == super::Class::Universal {
        return not(NotDerReason::ConstructedString);
    }
    let mut before: Option<&[u8]> = None;
    let Ok(mut reader) = element.reader("DER") else { return not(NotDerReason::Unreadable) };
    while !reader.at_end() {
        let Ok(inner) = reader.read("DER") else { return not(NotDerReason::Unreadable) };
        if element.tag() == Tag::SET && before.is_some_and(|b| b > inner.bytes()) {
            return not(NotDerReason::UnsortedSet);
        }
        if let found @ Some(_) = first_non_der(&inner) {
            return found;
        }
        before = Some(inner.bytes());
    }
    None
}

fn primitive(element: &Element<'_>) -> Option<NotDerReason> {
    match (element.tag(), element.content()) {
        (Tag::BOOLEAN, [0x00 | 0xff]) => None,
        (Tag::BOOLEAN, _) => Some(NotDerReason::Boolean),
        (Tag::INTEGER, [] | [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..]) => Some(NotDerReason::Integer),
        (Tag::BIT_STRING, [unused @ 1..=7, .., last]) if last & ((1 << unused) - 1) != 0 => {
            Some(NotDerReason::BitString)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(input: &[u8]) -> Option<NotDerReason> {
        first_non_der(&Element::whole(input, "t").unwrap()).map(|n| n.reason)
    }

    #[test]
    fn each_reason() {
        assert_eq!(reason(&[0x30, 3, 2, 1, 5]), None);
        assert_eq!(reason(&[0x30, 0x80, 0, 0]), Some(NotDerReason::IndefiniteLength));
        assert_eq!(reason(&[0x30, 0x81, 3, 2, 1, 5]), Some(NotDerReason::LongLength));
        assert_eq!(reason(&[0x24, 3, 4, 1, 5]), Some(NotDerReason::ConstructedString));
        assert_eq!(reason(&[0x31, 6, 2, 1, 5, 2, 1, 4]), Some(NotDerReason::UnsortedSet));
        assert_eq!(reason(&[0x30, 3, 1, 1, 5]), Some(NotDerReason::Boolean));
        assert_eq!(reason(&[2, 2, 0, 5]), Some(NotDerReason::Integer));
        assert_eq!(reason(&[3, 2, 4, 0x1f]), Some(NotDerReason::BitString));
    }
}
