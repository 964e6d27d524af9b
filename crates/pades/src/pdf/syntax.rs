// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Where the parts of an object stand in its octets. What is changed is spliced in; everything else stays as its writer
//! wrote it, with the generation numbers, real numbers and escapes that a parsed object no longer has.

use std::ops::Range;

use super::{
    Pdf,
    lexer::{Lexer, Token},
    object::{self, Object},
    write::write_hexadecimal,
    xref::Entry,
};
use crate::PadesError;

/// An indirect object that is no stream, as it stands: what is between `obj` and `endobj`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) generation: u32,
    pub(crate) octets: Vec<u8>,
    /// Whether it stands in an object stream, where strings are not encrypted one by one.
    pub(crate) inside: bool,
}

/// The entries of a dictionary, each key with the place of its value, and where `>>` stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entries {
    pub(crate) entries: Vec<(Vec<u8>, Range<usize>)>,
    pub(crate) end: usize,
}

impl Entries {
    /// The place of a value; of a key that stands twice the last counts.
    pub(crate) fn value(&self, key: &[u8]) -> Option<&Range<usize>> {
        self.entries.iter().rev().find(|(k, _)| k == key).map(|(_, range)| range)
    }
}

/// The entries of the dictionary that begins at a position.
pub(crate) fn dictionary(octets: &[u8], at: usize) -> Option<Entries> {
    let mut lexer = Lexer::new(octets, at);
    let (Token::DictionaryStart, _) = lexer.next()? else { return None };
    let mut found = Entries::default();
    loop {
        match lexer.next()? {
            (Token::DictionaryEnd, range) => {
                found.end = range.start;
                return Some(found);
            }
            (Token::Name(key), _) => {
                let value = value(octets, &mut lexer)?;
                found.entries.push((key, value));
            }
            _ => return None,
        }
    }
}

/// Where `]` of the array stands that begins at a position.
pub(crate) fn array_end(octets: &[u8], at: usize) -> Option<usize> {
    let mut lexer = Lexer::new(octets, at);
    let (Token::ArrayStart, _) = lexer.next()? else { return None };
    loop {
        let mut ahead = lexer.clone();
        match ahead.next()? {
            (Token::ArrayEnd, range) => return Some(range.start),
            _ => value(octets, &mut lexer)?,
        };
    }
}

fn value(octets: &[u8], lexer: &mut Lexer<'_>) -> Option<Range<usize>> {
    lexer.skip_space();
    let start = lexer.position();
    let (object, end) = object::read(octets, start);
    object.ok()?;
    // The lexer of the same octets goes on behind the value.
    lexer.go_to(end);
    Some(start..end)
}

/// The place of the value at a path of keys.
pub(crate) fn place(octets: &[u8], path: &[Vec<u8>]) -> Option<Range<usize>> {
    let mut lexer = Lexer::new(octets, 0);
    lexer.skip_space();
    let start = lexer.position();
    let (object, end) = object::read(octets, start);
    object.ok()?;
    path.iter().try_fold(start..end, |place, key| dictionary(octets, place.start)?.value(key).cloned())
}

/// The same octets with each string written anew as a function makes it.
pub(crate) fn with_strings(octets: &[u8], make: &dyn Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let (mut lexer, mut out, mut done) = (Lexer::new(octets, 0), Vec::with_capacity(octets.len()), 0);
    while let Some((token, place)) = lexer.next() {
        if let Token::String(string) = token {
            out.extend_from_slice(octets.get(done..place.start).unwrap_or_default());
            write_hexadecimal(&make(&string), &mut out);
            done = place.end;
        }
    }
    out.extend_from_slice(octets.get(done..).unwrap_or_default());
    out
}

impl Pdf<'_> {
    /// An indirect object as it stands; `None` when it is missing, a stream, or unreadable.
    pub(crate) fn text(&self, number: u32) -> Result<Option<Text>, PadesError> {
        match self.seen().find_map(|section| section.entries.get(&number)).copied() {
            Some(Entry::At(offset)) => self.text_at(number, offset),
            Some(Entry::In(stream)) => self.text_in(number, stream),
            Some(Entry::Free) | None => Ok(None),
        }
    }

    fn text_at(&self, number: u32, offset: usize) -> Result<Option<Text>, PadesError> {
        for offset in [offset, offset.saturating_add(self.shift)] {
            let Some((found, generation, start)) = object::head(self.octets, offset) else { continue };
            let (object, end) = object::read(self.octets, start);
            self.spend(end.saturating_sub(offset))?;
            if found != number || matches!(object, Ok(Object::Stream(_)) | Err(_)) {
                continue;
            }
            let octets = self.octets.get(start..end).unwrap_or_default().trim_ascii_start().to_vec();
            return Ok(Some(Text { generation, octets, inside: false }));
        }
        Ok(None)
    }

    fn text_in(&self, number: u32, stream: u32) -> Result<Option<Text>, PadesError> {
        let Some(Entry::At(offset)) = self.seen().find_map(|section| section.entries.get(&stream)).copied()
        else {
            return Ok(None);
        };
        let Some(opened) = self.object_stream(stream, offset)? else { return Ok(None) };
        let Some(start) = opened.starts.get(&number).copied() else { return Ok(None) };
        let (object, end) = object::read(opened.octets.as_slice(), start);
        self.spend(end.saturating_sub(start))?;
        if object.is_err() {
            return Ok(None);
        }
        let octets = opened.octets.get(start..end).unwrap_or_default().to_vec();
        Ok(Some(Text { generation: 0, octets, inside: true }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_where_they_stand() {
        let text = b" <</A 1 0 R/B[1 [2] 3 0 R]/C<</D(x>>)/E .5>>/A 2>>";
        let at = |path: &[&str]| {
            let path: Vec<_> = path.iter().map(|key| key.as_bytes().to_vec()).collect();
            place(text, &path).map(|range| &text[range])
        };
        assert_eq!(at(&["A"]), Some(&b"2"[..]));
        assert_eq!(at(&["C", "D"]), Some(&b"(x>>)"[..]));
        assert_eq!(at(&["C", "X"]), None);
        let array = place(text, &[b"B".to_vec()]).unwrap();
        assert_eq!(array_end(text, array.start).map(|end| end + 1), Some(array.end));
    }
}
