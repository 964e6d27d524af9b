// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One element as it stands in the input, and what its content says.

use std::{borrow::Cow, ops::Range};

use keiin_model::{Oid, Time};

use super::{DerError, DerErrorKind, MAX_DEPTH, Reader, Tag};

/// One element (tag, length, content) as it stands in the input.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    tag: Tag,
    constructed: bool,
    indefinite: bool,
    bytes: &'a [u8],
    header: usize,
    offset: usize,
    depth: u8,
}

impl<'a> Element<'a> {
    pub(super) const fn new(
        tag: Tag,
        constructed: bool,
        indefinite: bool,
        bytes: &'a [u8],
        header: usize,
        offset: usize,
        depth: u8,
    ) -> Self {
        Self { tag, constructed, indefinite, bytes, header, offset, depth }
    }

    /// Reads one element that fills the whole input.
    ///
    /// # Errors
    /// [`DerErrorKind::Trailing`] when something follows, and what [`Reader::read`] says.
    pub fn whole(input: &'a [u8], object: &'static str) -> Result<Self, DerError> {
        let mut reader = Reader::new(input);
        let element = reader.read(object)?;
        reader.end(object)?;
        Ok(element)
    }

    /// Reads one element that fills the input but for zeros behind it (PDF pads signatures so).
    ///
    /// # Errors
    /// [`DerErrorKind::Trailing`] when anything but zeros follows, and what [`Reader::read`] says.
    pub fn zero_padded(input: &'a [u8], object: &'static str) -> Result<Self, DerError> {
        let mut reader = Reader::new(input);
        let element = reader.read(object)?;
        if reader.rest().iter().any(|octet| *octet != 0) {
            return Err(reader.error(object, DerErrorKind::Trailing));
        }
        Ok(element)
    }

    /// The tag.
    pub const fn tag(&self) -> Tag {
        self.tag
    }

    /// Whether the encoding is constructed.
    pub const fn is_constructed(&self) -> bool {
        self.constructed
    }

    /// Whether the length is indefinite.
    pub const fn is_indefinite(&self) -> bool {
        self.indefinite
    }

    /// All octets: identifier, length, content and end-of-contents.
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The content octets.
    pub fn content(&self) -> &'a [u8] {
        let end = self.bytes.len() - if self.indefinite { 2 } else { 0 };
        self.bytes.get(self.header..end).unwrap_or_default()
    }

    /// Octets from the start of the whole input to this element.
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// Where all octets stand in the whole input.
    pub const fn range(&self) -> Range<usize> {
        self.offset..self.offset + self.bytes.len()
    }

    /// Where the content octets stand in the whole input.
    pub fn content_range(&self) -> Range<usize> {
        let start = self.offset + self.header;
        start..start + self.content().len()
    }

    /// An error at this element.
    pub const fn error(&self, object: &'static str, kind: DerErrorKind) -> DerError {
        DerError { object, kind, offset: self.offset }
    }

    /// Reads the elements inside.
    ///
    /// # Errors
    /// [`DerErrorKind::UnexpectedTag`] for a primitive element, [`DerErrorKind::TooDeep`] at the limit.
    pub fn reader(&self, object: &'static str) -> Result<Reader<'a>, DerError> {
        if !self.constructed {
            return Err(self.error(object, DerErrorKind::UnexpectedTag));
        }
        if self.depth >= MAX_DEPTH {
            return Err(self.error(object, DerErrorKind::TooDeep));
        }
        Ok(Reader::inside(self.content(), self.offset + self.header, self.depth + 1))
    }

    /// The one element inside an explicit tag.
    ///
    /// # Errors
    /// [`DerErrorKind::Trailing`] when there are more, and what [`Element::reader`] says.
    pub fn explicit(&self, object: &'static str) -> Result<Self, DerError> {
        let mut reader = self.reader(object)?;
        let inner = reader.read(object)?;
        reader.end(object)?;
        Ok(inner)
    }

    fn primitive(&self, object: &'static str) -> Result<&'a [u8], DerError> {
        if self.constructed { Err(self.error(object, DerErrorKind::Value)) } else { Ok(self.content()) }
    }

    fn value<T>(&self, object: &'static str, value: Option<T>) -> Result<T, DerError> {
        value.ok_or_else(|| self.error(object, DerErrorKind::Value))
    }

    /// An OBJECT IDENTIFIER. The tag is the caller's to check, here and below, as implicit tags hide it.
    ///
    /// # Errors
    /// [`DerErrorKind::Value`].
    pub fn oid(&self, object: &'static str) -> Result<Oid, DerError> {
        self.value(object, Oid::from_octets(self.primitive(object)?).ok())
    }

    /// A BOOLEAN; any octet but zero is true in BER.
    ///
    /// # Errors
    /// [`DerErrorKind::Value`].
    pub fn boolean(&self, object: &'static str) -> Result<bool, DerError> {
        match self.primitive(object)? {
            [octet] => Ok(*octet != 0),
            _ => Err(self.error(object, DerErrorKind::Value)),
        }
    }

    /// The content octets of an INTEGER, as they stand (two's complement, big-endian, at least one octet).
    ///
    /// # Errors
    /// [`DerErrorKind::Value`].
    pub fn integer(&self, object: &'static str) -> Result<&'a [u8], DerError> {
        let content = self.primitive(object)?;
        self.value(object, (!content.is_empty()).then_some(content))
    }

    /// A non-negative INTEGER or ENUMERATED that fits 64 bits.
    ///
    /// # Errors
    /// [`DerErrorKind::Value`].
    pub fn unsigned(&self, object: &'static str) -> Result<u64, DerError> {
        let octets = self.integer(object)?;
        let negative = octets.first().is_some_and(|first| first & 0x80 != 0);
        let value = octets.iter().try_fold(0u64, |n, o| n.checked_mul(256)?.checked_add(u64::from(*o)));
        self.value(object, if negative { None } else { value })
    }

    /// A BIT STRING: how many bits of the last octet are unused, and the octets.
    ///
    /// # Errors
    /// [`DerErrorKind::Value`]; constructed bit strings are refused, nobody writes them.
    pub fn bit_string(&self, object: &'static str) -> Result<(u8, &'a [u8]), DerError> {
        match self.primitive(object)?.split_first() {
            Some((unused @ 0..=7, octets)) if *unused == 0 || !octets.is_empty() => Ok((*unused, octets)),
            _ => Err(self.error(object, DerErrorKind::Value)),
        }
    }

    /// A BIT STRING of whole octets (keys, signature values).
    ///
    /// # Errors
    /// [`DerErrorKind::Value`].
    pub fn bit_string_octets(&self, object: &'static str) -> Result<&'a [u8], DerError> {
        match self.bit_string(object)? {
            (0, octets) => Ok(octets),
            _ => Err(self.error(object, DerErrorKind::Value)),
        }
    }

    /// An OCTET STRING, primitive or in pieces.
    ///
    /// # Errors
    /// What is wrong with a piece.
    pub fn octets(&self, object: &'static str) -> Result<Octets<'a>, DerError> {
        let octets = Octets { element: *self };
        if self.constructed {
            octets.check(object)?;
        }
        Ok(octets)
    }

    /// UTCTime or GeneralizedTime, by tag (RFC 5280, 4.1.2.5; RFC 3161, 2.4.2 for fractions). UTCTime without seconds and
    /// offsets in place of `Z`, which X.680 allows and old files have, are read.
    ///
    /// # Errors
    /// [`DerErrorKind::Value`].
    pub fn time(&self, object: &'static str) -> Result<Time, DerError> {
        let text = self.value(object, std::str::from_utf8(self.primitive(object)?).ok())?;
        let time = match self.tag {
            Tag::UTC_TIME => utc_time(text),
            Tag::GENERALIZED_TIME => generalized_time(text),
            _ => None,
        };
        self.value(object, time)
    }

    /// A character string of any type that names and notices use, as text. TeletexString is read as Latin-1, as everybody does.
    ///
    /// # Errors
    /// [`DerErrorKind::Value`].
    pub fn text(&self, object: &'static str) -> Result<Cow<'a, str>, DerError> {
        let content = self.primitive(object)?;
        let text = match self.tag {
            Tag::BMP_STRING => utf16(content).map(Cow::Owned),
            Tag::UNIVERSAL_STRING => utf32(content).map(Cow::Owned),
            Tag::TELETEX_STRING => match std::str::from_utf8(content) {
                Ok(text) => Some(Cow::Borrowed(text)),
                Err(_) => Some(Cow::Owned(content.iter().map(|o| char::from(*o)).collect())),
            },
            _ => std::str::from_utf8(content).ok().map(Cow::Borrowed),
        };
        self.value(object, text)
    }
}

fn utf16(content: &[u8]) -> Option<String> {
    let units = content.chunks(2).map(|pair| pair.try_into().map(u16::from_be_bytes).ok());
    String::from_utf16(&units.collect::<Option<Vec<_>>>()?).ok()
}

fn utf32(content: &[u8]) -> Option<String> {
    content.chunks(4).map(|four| char::from_u32(u32::from_be_bytes(four.try_into().ok()?))).collect()
}

fn digits(text: &str, range: Range<usize>) -> Option<u16> {
    let part = text.get(range)?;
    if part.bytes().all(|b| b.is_ascii_digit()) { part.parse().ok() } else { None }
}

fn two(text: &str, at: usize) -> Option<u8> {
    u8::try_from(digits(text, at..at + 2)?).ok()
}

fn utc_time(text: &str) -> Option<Time> {
    let year = digits(text, 0..2)?;
    let year = if year < 50 { 2000 + year } else { 1900 + year };
    let (second, zone) = match text.as_bytes().get(10) {
        Some(b'0'..=b'9') => (two(text, 10)?, text.get(12..)?),
        _ => (0, text.get(10..)?),
    };
    let time =
        Time::from_calendar(year, two(text, 2)?, two(text, 4)?, two(text, 6)?, two(text, 8)?, second, 0)?;
    zoned(time, zone)
}

fn generalized_time(text: &str) -> Option<Time> {
    let has = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let minute = if has(10) { two(text, 10)? } else { 0 };
    let second = if has(12) { two(text, 12)? } else { 0 };
    let mut zone = text.get(
        if has(12) {
            14
        } else if has(10) {
            12
        } else {
            10
        }..,
    )?;
    let mut nanos = 0;
    if let Some(fraction) = zone.strip_prefix(['.', ',']) {
        let len = fraction.bytes().take_while(u8::is_ascii_digit).count();
        if len == 0 || !has(12) {
            return None;
        }
        nanos = format!("{:0<9}", fraction.get(..len.min(9))?).parse().ok()?;
        zone = fraction.get(len..)?;
    }
    let time = Time::from_calendar(
        digits(text, 0..4)?,
        two(text, 4)?,
        two(text, 6)?,
        two(text, 8)?,
        minute,
        second,
        nanos,
    )?;
    zoned(time, zone)
}

fn zoned(time: Time, zone: &str) -> Option<Time> {
    let sign = match zone.as_bytes().first()? {
        b'Z' if zone.len() == 1 => return Some(time),
        b'+' => -1,
        b'-' => 1,
        _ => return None,
    };
    let minutes = if zone.len() == 5 { two(zone, 3)? } else { 0 };
    if !matches!(zone.len(), 3 | 5) {
        return None;
    }
    Some(time.plus_seconds(sign * (i64::from(two(zone, 1)?) * 3600 + i64::from(minutes) * 60)))
}

/// The octets of an OCTET STRING that may stand in pieces (X.690, 8.7.3). Nothing is copied until asked for.
#[derive(Clone, Copy, Debug)]
pub struct Octets<'a> {
    element: Element<'a>,
}

impl<'a> Octets<'a> {
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
        if self.element.constructed {
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
            if piece.constructed {
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
            if !element.constructed {
                return Some(element.content());
            }
            self.stack.push(element.reader("OCTET STRING").ok()?);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(tag: u8, text: &str) -> Result<String, DerError> {
        let mut bytes = vec![tag, u8::try_from(text.len()).unwrap()];
        bytes.extend(text.as_bytes());
        Element::whole(&bytes, "t")?.time("t").map(|t| t.to_string())
    }

    #[test]
    fn times_of_every_form() {
        assert_eq!(time(23, "491231235959Z").unwrap(), "2049-12-31T23:59:59Z");
        assert_eq!(time(23, "500101000000Z").unwrap(), "1950-01-01T00:00:00Z");
        assert_eq!(time(23, "2601010000Z").unwrap(), "2026-01-01T00:00:00Z");
        assert_eq!(time(23, "260101090000+0900").unwrap(), "2026-01-01T00:00:00Z");
        assert_eq!(time(24, "20260101000000.125Z").unwrap(), "2026-01-01T00:00:00.125Z");
        assert_eq!(time(24, "20440116145959Z").unwrap(), "2044-01-16T14:59:59Z");
        for bad in ["2026", "20260101000000", "20261301000000Z", "20260101000000.Z"] {
            assert!(time(24, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn octets_in_pieces() {
        let input = [0x24, 0x80, 4, 2, 1, 2, 0x24, 3, 4, 1, 3, 4, 0, 0, 0];
        let octets = Element::whole(&input, "t").unwrap().octets("t").unwrap();
        assert_eq!(octets.to_cow(), vec![1, 2, 3]);
        assert_eq!(octets.len(), 3);
        assert!(Element::whole(&[0x24, 3, 2, 1, 1], "t").unwrap().octets("t").is_err());
    }
}
