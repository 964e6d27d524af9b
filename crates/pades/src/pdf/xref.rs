// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Cross-reference tables and streams (ISO 32000-1, 7.5.4, 7.5.8).

use std::collections::BTreeMap;

use super::{
    lexer::{Lexer, Token},
    object::{self, Dictionary, Object},
};
use crate::{PadesError, limits::MAX_ENTRIES, source::Octets};

/// Where an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Free,
    /// At an offset in the file.
    At(usize),
    /// In an object stream.
    In(u32),
}

/// How a section is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Form {
    #[default]
    Table,
    Stream,
}

/// One cross-reference section with its trailer: what one revision changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Section {
    /// Where it begins.
    pub(crate) at: usize,
    /// Where its trailer's dictionary begins, or that of its stream.
    pub(crate) trailer_at: usize,
    pub(crate) form: Form,
    /// Where it stands; `None` for one that was made by looking through the file.
    pub(crate) start: Option<usize>,
    pub(crate) entries: BTreeMap<u32, Entry>,
    pub(crate) trailer: Dictionary,
}

impl Section {
    pub(crate) fn insert(&mut self, number: u32, entry: Entry) -> Result<(), PadesError> {
        if self.entries.len() >= MAX_ENTRIES {
            return Err(PadesError::limit("cross-reference entries", MAX_ENTRIES));
        }
        self.entries.insert(number, entry);
        Ok(())
    }

    /// What a hybrid file's stream adds: objects that the table calls free or does not name (7.5.8.4).
    pub(crate) fn add_hidden(&mut self, hidden: Self) {
        for (number, entry) in hidden.entries {
            let place = self.entries.entry(number).or_insert(Entry::Free);
            if *place == Entry::Free {
                *place = entry;
            }
        }
    }
}

/// Reads a table with its trailer; `None` when it is none.
pub(crate) fn table<'a>(octets: impl Into<Octets<'a>>, at: usize) -> Result<Option<Section>, PadesError> {
    let octets = octets.into();
    const WORD: &[u8] = b"xref";
    let mut lexer = Lexer::new(octets, at);
    if !lexer.keyword(WORD) {
        return Ok(None);
    }
    let mut section = Section { at: lexer.position().saturating_sub(WORD.len()), ..Section::default() };
    while let Some(first) = lexer.unsigned() {
        let Some(count) = lexer.unsigned() else { return Ok(None) };
        if !subsection(&mut lexer, first, count, &mut section)? {
            return Ok(None);
        }
    }
    if !lexer.keyword(b"trailer") {
        return Ok(None);
    }
    section.trailer_at = lexer.position();
    let (trailer, _) = object::read(octets, lexer.position());
    Ok(trailer.ok().and_then(|t| t.as_dictionary().cloned()).map(|trailer| Section { trailer, ..section }))
}

/// One subsection; `false` when it is broken. Writers that count from one for the free head are forgiven.
fn subsection(
    lexer: &mut Lexer<'_>,
    mut first: u64,
    count: u64,
    section: &mut Section,
) -> Result<bool, PadesError> {
    for index in 0..count {
        let (Some(offset), Some(generation)) = (lexer.unsigned(), lexer.unsigned()) else { return Ok(false) };
        let Some((Token::Keyword(kind), _)) = lexer.next() else { return Ok(false) };
        if index == 0 && first == 1 && offset == 0 && generation == 65_535 && kind == b"f" {
            first = 0;
        }
        let Ok(number) = u32::try_from(first.saturating_add(index)) else { return Ok(false) };
        let entry = match (kind, usize::try_from(offset)) {
            (b"n", Ok(offset)) => Entry::At(offset),
            (b"f", _) => Entry::Free,
            _ => return Ok(false),
        };
        section.insert(number, entry)?;
    }
    Ok(true)
}

/// Reads the decoded octets of a cross-reference stream; `None` when its dictionary does not fit.
pub(crate) fn stream(dictionary: &Dictionary, octets: &[u8]) -> Result<Option<Section>, PadesError> {
    let Some([kind, second, third]) = widths(dictionary) else { return Ok(None) };
    let width = kind + second + third;
    let mut section = Section { trailer: dictionary.clone(), ..Section::default() };
    let mut rows = octets.chunks_exact(width);
    for (first, count) in index(dictionary) {
        for number in first..first.saturating_add(count) {
            let Some(row) = rows.next() else { return Ok(Some(section)) };
            let (head, rest) = row.split_at_checked(kind).unwrap_or_default();
            let (middle, _) = rest.split_at_checked(second).unwrap_or_default();
            let field = big_endian(middle);
            let entry = match (if kind == 0 { 1 } else { big_endian(head) }, u32::try_from(field)) {
                (0, _) => Entry::Free,
                (1, _) => Entry::At(usize::try_from(field).unwrap_or(usize::MAX)),
                (2, Ok(stream)) => Entry::In(stream),
                _ => continue, // 7.5.8.3: other types are null references
            };
            let Ok(number) = u32::try_from(number) else { return Ok(Some(section)) };
            section.insert(number, entry)?;
        }
    }
    Ok(Some(section))
}

fn widths(dictionary: &Dictionary) -> Option<[usize; 3]> {
    let array = dictionary.value("W")?.as_array()?;
    let mut widths = [0; 3];
    for (width, value) in widths.iter_mut().zip(array) {
        *width = usize::try_from(value.as_integer()?).ok().filter(|w| *w <= 8)?;
    }
    (array.len() >= 3 && widths.iter().sum::<usize>() > 0).then_some(widths)
}

/// The pairs of /Index, else all from zero.
fn index(dictionary: &Dictionary) -> Vec<(u64, u64)> {
    let number = |object: &Object| object.as_integer().and_then(|n| u64::try_from(n).ok());
    let pairs = dictionary.value("Index").and_then(Object::as_array).map(|array| {
        let pair = |pair: &[Object]| Some((number(pair.first()?)?, number(pair.get(1)?)?));
        array.chunks_exact(2).map_while(pair).collect()
    });
    pairs.unwrap_or_else(|| vec![(0, dictionary.value("Size").and_then(number).unwrap_or(0))])
}

fn big_endian(octets: &[u8]) -> u64 {
    octets.iter().fold(0, |value, octet| value << 8 | u64::from(*octet))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_two_subsections() {
        let text = b"xref\n0 2\n0000000000 65535 f \n0000000017 00000 n \n7 1\n0000000099 00003 n \ntrailer<</Root 1 0 R>>";
        let section = table(text, 0).unwrap().unwrap();
        let entries: Vec<_> = section.entries.into_iter().collect();
        assert_eq!(entries, [(0, Entry::Free), (1, Entry::At(17)), (7, Entry::At(99))]);
        assert_eq!(section.trailer.value("Root"), Some(&Object::Reference(1)));
        assert!(table(b"xref\n0 2\n0000000000 65535 f \ntrailer<<>>", 0).unwrap().is_none());
    }

    #[test]
    fn a_stream_of_three_types() {
        let (dictionary, _) = object::read(b"<</W[1 2 1]/Index[3 3]/Size 9>>", 0);
        let dictionary = dictionary.unwrap().as_dictionary().unwrap().clone();
        let section = stream(&dictionary, &[0, 0, 0, 1, 1, 1, 0, 0, 2, 0, 7, 1]).unwrap().unwrap();
        let entries: Vec<_> = section.entries.into_iter().collect();
        assert_eq!(entries, [(3, Entry::Free), (4, Entry::At(256)), (5, Entry::In(7))]);
    }
}
