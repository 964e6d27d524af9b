// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Objects (ISO 32000-1, 7.3).

use std::ops::Range;

use super::lexer::{Lexer, Token, is_space};
use crate::{
    limits::{MAX_DEPTH, MAX_ELEMENTS},
    source::Octets,
};

/// An object; strings and streams know where they stand in what was parsed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Object {
    Null,
    Boolean(bool),
    Integer(i64),
    Real(f64),
    Name(Vec<u8>),
    String(Vec<u8>, Range<usize>),
    Array(Vec<Self>),
    Dictionary(Dictionary),
    Reference(u32),
    Stream(Stream),
}

/// A stream with its octets unread.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stream {
    pub(crate) dictionary: Dictionary,
    /// Where its octets begin.
    pub(crate) start: usize,
    /// The object's number and generation: its key when the file is encrypted.
    pub(crate) name: (u32, u32),
}

/// A dictionary in the order of its keys in the file; of a key that stands twice the last counts, as readers have it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Dictionary(Vec<(Vec<u8>, Object)>);

impl Dictionary {
    pub(crate) fn value(&self, key: &str) -> Option<&Object> {
        self.0.iter().rev().find(|(k, _)| k == key.as_bytes()).map(|(_, value)| value)
    }

    /// What a trailer must have.
    pub(crate) fn with_root(number: u32) -> Self {
        Self(vec![(b"Root".to_vec(), Object::Reference(number))])
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = (&[u8], &Object)> {
        self.0.iter().map(|(key, value)| (key.as_slice(), value))
    }

    pub(crate) fn entries_mut(&mut self) -> impl Iterator<Item = (&[u8], &mut Object)> {
        self.0.iter_mut().map(|(key, value)| (key.as_slice(), value))
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Object> {
        self.0.iter().map(|(_, value)| value)
    }
}

impl Object {
    pub(crate) const fn as_integer(&self) -> Option<i64> {
        if let Self::Integer(value) = self { Some(*value) } else { None }
    }

    pub(crate) fn as_name(&self) -> Option<&[u8]> {
        if let Self::Name(name) = self { Some(name) } else { None }
    }

    pub(crate) fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(array) = self { Some(array) } else { None }
    }

    /// A dictionary, or that of a stream.
    pub(crate) const fn as_dictionary(&self) -> Option<&Dictionary> {
        match self {
            Self::Dictionary(dictionary) => Some(dictionary),
            Self::Stream(stream) => Some(&stream.dictionary),
            _ => None,
        }
    }
}

/// Why octets are no object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ObjectError {
    Malformed,
    TooDeep,
    TooMany,
}

/// Reads one object and gives it with where it ends. Whether a dictionary begins a stream is seen too.
pub(crate) fn read<'a>(input: impl Into<Octets<'a>>, at: usize) -> (Result<Object, ObjectError>, usize) {
    let mut parser = Parser { lexer: Lexer::new(input, at), elements: 0 };
    let object = parser.object(0).map(|object| parser.stream(object));
    (object, parser.lexer.position())
}

/// An indirect object as it was read.
pub(crate) struct Indirect {
    /// Its number and generation.
    pub(crate) name: (u32, u32),
    pub(crate) object: Result<Object, ObjectError>,
    /// Where it ends.
    pub(crate) end: usize,
}

/// Reads `N G obj` and the object.
pub(crate) fn read_indirect<'a>(input: impl Into<Octets<'a>>, at: usize) -> Option<Indirect> {
    let input = input.into();
    let (number, generation, start) = head(input, at)?;
    let (mut object, end) = read(input, start);
    let name = (number, generation);
    if let Ok(Object::Stream(stream)) = &mut object {
        stream.name = name;
    }
    Some(Indirect { name, object, end })
}

/// Reads `N G obj`: the number, the generation, and where the object itself begins.
pub(crate) fn head(input: Octets<'_>, at: usize) -> Option<(u32, u32, usize)> {
    let mut lexer = Lexer::new(input, at);
    let number = u32::try_from(lexer.unsigned()?).ok()?;
    let generation = u32::try_from(lexer.unsigned()?).ok()?;
    let before = lexer.position();
    if lexer.keyword(b"obj") {
        return Some((number, generation, lexer.position()));
    }
    // `obj` may run into a number or word that follows it.
    lexer = Lexer::new(input, before);
    lexer.skip_space();
    let at = lexer.position();
    input.from(at).strip_prefix(b"obj")?;
    Some((number, generation, at.saturating_add(3)))
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    elements: usize,
}

impl Parser<'_> {
    fn object(&mut self, depth: usize) -> Result<Object, ObjectError> {
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err(ObjectError::TooMany);
        }
        if depth > MAX_DEPTH {
            return Err(ObjectError::TooDeep);
        }
        let (token, range) = self.lexer.next().ok_or(ObjectError::Malformed)?;
        Ok(match token {
            Token::Integer(value) => self.integer_or_reference(value),
            Token::Real(value) => Object::Real(value),
            Token::Name(name) => Object::Name(name),
            Token::String(octets) => Object::String(octets, range),
            Token::ArrayStart => self.array(depth)?,
            Token::DictionaryStart => self.dictionary(depth)?,
            Token::Keyword(b"null") => Object::Null,
            Token::Keyword(b"true") => Object::Boolean(true),
            Token::Keyword(b"false") => Object::Boolean(false),
            Token::Keyword(_) | Token::ArrayEnd | Token::DictionaryEnd => return Err(ObjectError::Malformed),
        })
    }

    fn integer_or_reference(&mut self, value: i64) -> Object {
        let before = self.lexer.clone();
        if let Ok(number) = u32::try_from(value)
            && self.lexer.unsigned().is_some()
            && self.lexer.keyword(b"R")
        {
            return Object::Reference(number);
        }
        self.lexer = before;
        Object::Integer(value)
    }

    fn array(&mut self, depth: usize) -> Result<Object, ObjectError> {
        let mut items = Vec::new();
        loop {
            let before = self.lexer.clone();
            match self.lexer.next() {
                Some((Token::ArrayEnd, _)) => return Ok(Object::Array(items)),
                Some(_) => {
                    self.lexer = before;
                    items.push(self.object(depth + 1)?);
                }
                None => return Err(ObjectError::Malformed),
            }
        }
    }

    fn dictionary(&mut self, depth: usize) -> Result<Object, ObjectError> {
        let mut entries = Vec::new();
        loop {
            match self.lexer.next() {
                Some((Token::DictionaryEnd, _)) => return Ok(Object::Dictionary(Dictionary(entries))),
                Some((Token::Name(key), _)) => entries.push((key, self.object(depth + 1)?)),
                _ => return Err(ObjectError::Malformed),
            }
        }
    }

    /// 7.3.8.1: the keyword `stream` and a line end behind a dictionary.
    fn stream(&mut self, object: Object) -> Object {
        let Object::Dictionary(dictionary) = object else { return object };
        let before = self.lexer.clone();
        if !self.lexer.keyword(b"stream") {
            self.lexer = before;
            return Object::Dictionary(dictionary);
        }
        for end in [b'\r', b'\n'] {
            if self.lexer.peek_octet() == Some(end) {
                self.lexer.advance();
            }
        }
        Object::Stream(Stream { dictionary, start: self.lexer.position(), name: (0, 0) })
    }
}

/// The octets of a stream whose length is wrong or missing: up to `endstream`, without the line end before it.
pub(crate) fn until_endstream(octets: Octets<'_>, start: usize) -> &[u8] {
    let rest = octets.from(start);
    let end = super::find(rest, b"endstream").unwrap_or(rest.len());
    let body = rest.get(..end).unwrap_or_default();
    body.strip_suffix(b"\r\n")
        .or_else(|| body.strip_suffix(b"\n"))
        .or_else(|| body.strip_suffix(b"\r"))
        .unwrap_or(body)
}

/// Whether `endstream` follows at a position, white space before it aside.
pub(crate) fn ends_stream(octets: Octets<'_>, at: usize) -> bool {
    let rest = octets.from(at);
    let space = rest.iter().take(8).take_while(|o| is_space(**o)).count();
    rest.get(space..).unwrap_or_default().starts_with(b"endstream")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_told_from_numbers() {
        let (object, end) = read(b"[1 0 R 2 3 4 0 R]x", 0);
        let want = [Object::Reference(1), Object::Integer(2), Object::Integer(3), Object::Reference(4)];
        assert_eq!(object.unwrap().as_array().unwrap(), want);
        assert_eq!(end, 17);
    }

    #[test]
    fn a_stream_begins_behind_the_line_end() {
        for input in [&b"1 0 obj <</L 1>>stream\r\nX"[..], b"1 0 obj<</L 1>>  stream\n X"] {
            let found = read_indirect(input, 0).unwrap();
            let Ok(Object::Stream(stream)) = found.object else { panic!("a stream") };
            assert_eq!((found.name.0, input[stream.start..].trim_ascii_start()), (1, &b"X"[..]));
        }
    }

    #[test]
    fn nesting_is_bounded() {
        assert_eq!(read(&b"[".repeat(100_000), 0).0, Err(ObjectError::TooDeep));
        assert_eq!(read(&b"<</A".repeat(100_000), 0).0, Err(ObjectError::TooDeep));
    }

    #[test]
    fn the_last_of_a_repeated_key_counts() {
        let (object, _) = read(b"<</A 1/A 2>>", 0);
        assert_eq!(object.unwrap().as_dictionary().unwrap().value("A"), Some(&Object::Integer(2)));
    }
}
