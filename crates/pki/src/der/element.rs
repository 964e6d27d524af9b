// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One element as it stands in the input, and what its content says.

use std::{borrow::Cow, ops::Range};

use keiin_model::{Oid, Time};

use super::{
    DerError, DerErrorKind, MAX_DEPTH, Octets, Reader, Tag,
    time::{generalized_time, utc_time},
};

/// One element (tag, length, content) as it stands in the input.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    pub(super) tag: Tag,
    pub(super) constructed: bool,
    pub(super) indefinite: bool,
    pub(super) bytes: &'a [u8],
    pub(super) header: usize,
    pub(super) offset: usize,
    pub(super) depth: u8,
}

impl<'a> Element<'a> {
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
        Octets::of(*self, object)
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
