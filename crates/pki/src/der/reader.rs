// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Reads elements one after another from a range of the input.

use super::{Class, DerError, DerErrorKind, Element, Tag};

/// Nested elements. OpenSSL's own limit is 30; a CMS inside a CMS inside a time-stamp attribute needs about 24.
pub const MAX_DEPTH: u8 = 48;

/// Reads elements one after another. Cloning marks a place to come back to.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    input: &'a [u8],
    at: usize,
    base: usize,
    depth: u8,
}

impl<'a> Reader<'a> {
    /// Reads from the start of an input.
    pub const fn new(input: &'a [u8]) -> Self {
        Self { input, at: 0, base: 0, depth: 0 }
    }

    pub(super) const fn inside(input: &'a [u8], base: usize, depth: u8) -> Self {
        Self { input, at: 0, base, depth }
    }

    /// Octets from the start of the whole input.
    pub const fn offset(&self) -> usize {
        self.base + self.at
    }

    /// Whether everything was read.
    pub const fn at_end(&self) -> bool {
        self.at >= self.input.len()
    }

    /// What was not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.input.get(self.at..).unwrap_or_default()
    }

    /// An error at this place.
    pub const fn error(&self, object: &'static str, kind: DerErrorKind) -> DerError {
        DerError { object, kind, offset: self.offset() }
    }

    /// The tag of the next element, if there is one and its identifier can be read.
    pub fn peek(&self) -> Option<Tag> {
        if self.at_end() { None } else { identifier(self.rest()).map(|(tag, _, _)| tag) }
    }

    /// Reads the next element whatever it is.
    ///
    /// # Errors
    /// [`DerError`] naming `object`.
    pub fn read(&mut self, object: &'static str) -> Result<Element<'a>, DerError> {
        let element = self.parse(object)?;
        self.at += element.bytes().len();
        Ok(element)
    }

    /// Reads the next element, which must have this tag.
    ///
    /// # Errors
    /// [`DerErrorKind::UnexpectedTag`] when it has another, and what [`Reader::read`] says.
    pub fn expect(&mut self, tag: Tag, object: &'static str) -> Result<Element<'a>, DerError> {
        match self.peek() {
            Some(found) if found == tag => self.read(object),
            Some(_) => Err(self.error(object, DerErrorKind::UnexpectedTag)),
            None => Err(self.error(object, DerErrorKind::Truncated)),
        }
    }

    /// Reads the next element if it has this tag.
    ///
    /// # Errors
    /// What [`Reader::read`] says.
    pub fn optional(&mut self, tag: Tag, object: &'static str) -> Result<Option<Element<'a>>, DerError> {
        if self.peek() == Some(tag) { self.read(object).map(Some) } else { Ok(None) }
    }

    /// Says that nothing may follow.
    ///
    /// # Errors
    /// [`DerErrorKind::Trailing`] when something does.
    pub const fn end(&self, object: &'static str) -> Result<(), DerError> {
        if self.at_end() { Ok(()) } else { Err(self.error(object, DerErrorKind::Trailing)) }
    }

    /// Reads everything that is left as elements, at most `limit` of them.
    ///
    /// # Errors
    /// [`DerErrorKind::TooMany`] over the limit, and what [`Reader::read`] says.
    pub fn all(&mut self, limit: usize, object: &'static str) -> Result<Vec<Element<'a>>, DerError> {
        let mut elements = Vec::new();
        while !self.at_end() {
            if elements.len() >= limit {
                return Err(self.error(object, DerErrorKind::TooMany));
            }
            elements.push(self.read(object)?);
        }
        Ok(elements)
    }

    fn parse(&self, object: &'static str) -> Result<Element<'a>, DerError> {
        let fail = |kind| self.error(object, kind);
        let rest = self.rest();
        if rest.is_empty() {
            return Err(fail(DerErrorKind::Truncated));
        }
        let (tag, constructed, identifier_len) = identifier(rest).ok_or_else(|| fail(DerErrorKind::Tag))?;
        let after = rest.get(identifier_len..).unwrap_or_default();
        let (length, length_len) = length(after).map_err(fail)?;
        let header = identifier_len + length_len;
        let (content_len, end_len) = match length {
            Some(definite) => (definite, 0),
            None if !constructed => return Err(fail(DerErrorKind::Length)),
            None => (self.indefinite_len(rest, header, object)?, 2),
        };
        let total = header.checked_add(content_len).and_then(|n| n.checked_add(end_len));
        let bytes = total.and_then(|n| rest.get(..n)).ok_or_else(|| fail(DerErrorKind::Truncated))?;
        let (indefinite, offset, depth) = (length.is_none(), self.offset(), self.depth);
        Ok(Element { tag, constructed, indefinite, bytes, header, offset, depth })
    }

    /// Octets of content up to the end-of-contents octets (X.690, 8.1.5), walking over the elements inside.
    fn indefinite_len(&self, rest: &'a [u8], header: usize, object: &'static str) -> Result<usize, DerError> {
        let depth = self.depth + 1;
        if depth > MAX_DEPTH {
            return Err(self.error(object, DerErrorKind::TooDeep));
        }
        let content = rest.get(header..).unwrap_or_default();
        let mut inner = Self::inside(content, self.offset() + header, depth);
        loop {
            if inner.rest().starts_with(&[0, 0]) {
                return Ok(inner.at);
            }
            inner.read(object)?;
        }
    }
}

/// Tag, whether constructed, and octets of the identifier. High tag numbers (X.690, 8.1.2.4) are read up to 2^28.
fn identifier(input: &[u8]) -> Option<(Tag, bool, usize)> {
    let first = *input.first()?;
    let class = match first >> 6 {
        0 => Class::Universal,
        1 => Class::Application,
        2 => Class::Context,
        _ => Class::Private,
    };
    let constructed = first & 0x20 != 0;
    if first & 0x1f != 0x1f {
        return Some((Tag { class, number: u32::from(first & 0x1f) }, constructed, 1));
    }
    let mut number = 0u32;
    for (index, octet) in input.iter().skip(1).take(4).enumerate() {
        number = (number << 7) | u32::from(octet & 0x7f);
        if octet & 0x80 == 0 {
            return Some((Tag { class, number }, constructed, index + 2));
        }
    }
    None
}

/// Octets of content (`None`: indefinite) and octets of the length itself. Non-minimal forms are read (X.690, 8.1.3.5).
fn length(input: &[u8]) -> Result<(Option<usize>, usize), DerErrorKind> {
    let first = *input.first().ok_or(DerErrorKind::Truncated)?;
    match first {
        0..=0x7f => Ok((Some(usize::from(first)), 1)),
        0x80 => Ok((None, 1)),
        0xff => Err(DerErrorKind::Length),
        _ => {
            let count = usize::from(first & 0x7f);
            let octets = input.get(1..=count).ok_or(DerErrorKind::Truncated)?;
            let length =
                octets.iter().try_fold(0usize, |n, o| n.checked_mul(256)?.checked_add(usize::from(*o)));
            length.map(|n| (Some(n), count + 1)).ok_or(DerErrorKind::Length)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definite_indefinite_and_non_minimal() {
        let mut reader = Reader::new(&[0x30, 0x03, 2, 1, 5, 0x30, 0x80, 4, 1, 9, 0, 0, 0x04, 0x82, 0, 1, 7]);
        let first = reader.read("t").unwrap();
        assert_eq!((first.content(), first.offset()), (&[2, 1, 5][..], 0));
        let second = reader.read("t").unwrap();
        assert_eq!(
            (second.content(), second.bytes().len(), second.is_indefinite()),
            (&[4, 1, 9][..], 7, true)
        );
        assert_eq!(reader.read("t").unwrap().content(), [7]);
        assert!(reader.at_end());
    }

    #[test]
    fn broken_input_ends_in_an_error() {
        for input in [
            &[0x30][..],
            &[0x30, 5, 1],
            &[0x30, 0x80, 4, 1],
            &[4, 0x80, 0, 0],
            &[0x30, 0xff],
            &[0x1f, 0xff, 0xff, 0xff, 0xff, 1],
        ] {
            assert!(Reader::new(input).read("t").is_err(), "{input:02x?}");
        }
        let huge = [0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert!(Reader::new(&huge).read("t").is_err());
    }

    #[test]
    fn nesting_ends_at_the_limit() {
        let deep = [0x30, 0x80].repeat(10_000);
        assert_eq!(Reader::new(&deep).read("t").unwrap_err().kind, DerErrorKind::TooDeep);
    }
}
