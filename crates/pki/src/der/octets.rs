// SPDX-License-Identifier: Apache-2.0 OR MIT
//! OCTET STRINGs in pieces, as BER lets them stand.

use std::borrow::Cow;

use super::{DerError, Element, Reader, Tag};

/// The octets of an OCTET STRING that may stand in pieces (X.690, 8.7.3). Nothing is copied until asked for.
#[derive(Clone, Copy, Debug)]
pub struct Octets<'a> {
    element: Element<'a>,
}

impl<'a> Octets<'a> {
    /// Of an element whose pieces, where it has some, have been seen to be octet strings.
    pub(super) fn of(element: Element<'a>, object: &'static str) -> Result<Self, DerError> {
        let octets = Self { element };
        if element.is_constructed() {
            octets.check(object)?;
        }
        Ok(octets)
    }

    /// The element itself.
    pub const fn element(&self) -> Element<'a> {
        self.element
    }

    /// The pieces in order; one for a primitive string.
    pub fn segments(&self) -> Segments<'a> {
        Segments { stack: vec![], next: Some(self.element) }
    }

    /// All octets together, copied only if they stand in pieces.
    pub fn to_cow(&self) -> Cow<'a, [u8]> {
        if self.element.is_constructed() {
            Cow::Owned(self.segments().flatten().copied().collect())
        } else {
            Cow::Borrowed(self.element.content())
        }
    }

    /// How many octets there are.
    pub fn len(&self) -> usize {
        self.segments().map(<[u8]>::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn check(&self, object: &'static str) -> Result<(), DerError> {
        let mut reader = self.element.reader(object)?;
        while !reader.at_end() {
            let piece = reader.expect(Tag::OCTET_STRING, object)?;
            if piece.is_constructed() {
                Octets { element: piece }.check(object)?;
            }
        }
        Ok(())
    }
}

/// The pieces of an OCTET STRING.
#[derive(Clone, Debug)]
pub struct Segments<'a> {
    stack: Vec<Reader<'a>>,
    next: Option<Element<'a>>,
}

impl<'a> Iterator for Segments<'a> {
    type Item = &'a [u8];

    // `Octets` checked every piece before, so an unreadable one cannot stand here; it would end the iteration.
    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            let element = match self.next.take() {
                Some(element) => element,
                None => {
                    let reader = self.stack.last_mut()?;
                    if reader.at_end() {
                        self.stack.pop();
                        continue;
                    }
                    reader.read("OCTET STRING").ok()?
                }
            };
            if !element.is_constructed() {
                return Some(element.content());
            }
            self.stack.push(element.reader("OCTET STRING").ok()?);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_in_pieces() {
        let input = [0x24, 0x80, 4, 2, 1, 2, 0x24, 3, 4, 1, 3, 4, 0, 0, 0];
        let octets = Element::whole(&input, "t").unwrap().octets("t").unwrap();
        assert_eq!(octets.to_cow(), vec![1, 2, 3]);
        assert_eq!(octets.len(), 3);
        assert!(Element::whole(&[0x24, 3, 2, 1, 1], "t").unwrap().octets("t").is_err());
    }
}
