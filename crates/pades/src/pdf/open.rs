// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Finds a file's cross-reference sections, newest first, or makes one.

use std::{cell::Cell, collections::BTreeSet};

use super::{
    Pdf,
    crypt::{Locked, Security},
    find,
    kept::Kept,
    lexer::Lexer,
    object::{self, Indirect, Object},
    repair,
    xref::{self, Entry, Form, Section},
};
use crate::{PadesError, limits::MAX_SECTIONS, source::Octets};

impl<'a> Pdf<'a> {
    /// Opens a PDF by its cross-reference, or by looking through it where that is broken.
    pub(crate) fn open(octets: impl Into<Octets<'a>>, password: &[u8]) -> Result<Self, PadesError> {
        let octets = octets.into();
        let (base, _) = octets.piece(0);
        let head = base.get(..1024).unwrap_or(base);
        let shift = find(head, b"%PDF-").ok_or(PadesError::NotAPdf)?;
        let mut pdf = Self::empty(octets, shift);
        if let Some((_, start)) = last_start(octets) {
            pdf.start = start;
            pdf.sections = pdf.chain(start)?.unwrap_or_default();
        }
        pdf.unlock(password)?;
        // A catalog in an encrypted stream is none that looking through the file would show.
        if pdf.catalog()?.is_none() && !pdf.has_hidden() {
            pdf = Self::rebuilt(octets, password)?;
            if pdf.catalog()?.is_none() && !pdf.has_hidden() {
                return Err(PadesError::NoCatalog);
            }
        }
        Ok(pdf)
    }

    fn empty(octets: Octets<'a>, shift: usize) -> Self {
        Self {
            octets,
            shift,
            sections: Vec::new(),
            start: 0,
            view: Cell::new(0),
            repaired: false,
            security: None,
            locked: None,
            broken: Cell::new(false),
            hidden: Cell::new(false),
            work: Cell::new(0),
            looked: Cell::new(0),
            inflated: Cell::new(0),
            indirection: Cell::new(0),
            object_streams: std::cell::RefCell::default(),
            kept: Kept::default(),
        }
    }

    /// Opens the encryption that the newest trailer with an /Encrypt names.
    fn unlock(&mut self, password: &[u8]) -> Result<(), PadesError> {
        let named = |section: &&Section| section.trailer.value("Encrypt").is_some_and(|e| *e != Object::Null);
        let Some(section) = self.sections.iter().find(named) else { return Ok(()) };
        let encrypt = section.trailer.value("Encrypt").cloned().unwrap_or(Object::Null);
        let Object::Dictionary(dictionary) = self.settled(&encrypt, 3)? else {
            self.locked = Some(Locked::Unsupported);
            return Ok(());
        };
        let ids = self.sections.iter().find_map(|section| section.trailer.value("ID")).cloned();
        let ids = ids.map(|ids| self.resolve(&ids)).transpose()?.map(|found| found.object);
        let first = ids.as_ref().and_then(Object::as_array).and_then(<[Object]>::first).cloned();
        let id = match first.map(|first| self.resolve(&first)).transpose()?.map(|found| found.object) {
            Some(Object::String(octets, _)) => octets,
            _ => Vec::new(),
        };
        self.kept = Kept::default(); // what was read so far was not decrypted
        match Security::open(&dictionary, &id, password) {
            Ok(security) => self.security = Some(security),
            Err(locked) => self.locked = Some(locked),
        }
        Ok(())
    }

    /// The same file by looking through it.
    pub(crate) fn rebuilt(octets: Octets<'a>, password: &[u8]) -> Result<Self, PadesError> {
        let mut pdf = Self::empty(octets, 0);
        pdf.repaired = true;
        let found = repair::scan(octets, &mut |count| pdf.spend(count))?;
        pdf.sections = vec![found.section];
        pdf.unlock(password)?;
        let mut inside = Vec::new();
        for stream in found.object_streams {
            let Some(Entry::At(offset)) = pdf.sections.first().and_then(|s| s.entries.get(&stream)) else {
                continue;
            };
            if let Some(opened) = pdf.object_stream(stream, *offset)? {
                inside.extend(opened.starts.keys().map(|number| (*number, stream)));
            }
        }
        let Some(section) = pdf.sections.first_mut() else { return Ok(pdf) };
        for (number, stream) in inside {
            if !matches!(section.entries.get(&number), Some(Entry::At(_))) {
                section.insert(number, Entry::In(stream))?;
            }
        }
        Ok(pdf)
    }

    /// The sections from `start` on through /Prev; `None` when the first cannot be read.
    fn chain(&self, start: usize) -> Result<Option<Vec<Section>>, PadesError> {
        let (mut sections, mut seen, mut next) = (Vec::new(), BTreeSet::new(), Some(start));
        while let Some(at) = next {
            if !seen.insert(at) {
                break; // a chain that bites its tail ends there
            }
            if sections.len() >= MAX_SECTIONS {
                return Err(PadesError::limit("cross-reference sections", MAX_SECTIONS));
            }
            let Some(mut section) = self.section(at)? else {
                return Ok(None);
            };
            let offset = |key| section.trailer.value(key).and_then(Object::as_integer);
            next = offset("Prev").and_then(|n| usize::try_from(n).ok());
            let hidden = offset("XRefStm").and_then(|n| usize::try_from(n).ok());
            if let Some(hidden) = hidden.map(|at| self.section(at)).transpose()?.flatten() {
                section.add_hidden(hidden);
            }
            section.start = Some(at);
            sections.push(section);
        }
        Ok(Some(sections))
    }

    fn section(&self, at: usize) -> Result<Option<Section>, PadesError> {
        for at in [at, at.saturating_add(self.shift)] {
            if let Some(table) = xref::table(self.octets, at)? {
                return Ok(Some(table));
            }
            let Some(Indirect { object: Ok(Object::Stream(stream)), .. }) =
                object::read_indirect(self.octets, at)
            else {
                continue;
            };
            if stream.dictionary.value("Type").and_then(Object::as_name) != Some(b"XRef") {
                continue;
            }
            if let Ok(octets) = self.octets(&stream)? {
                let section = xref::stream(&stream.dictionary, &octets)?;
                let trailer_at = object::head(self.octets, at).map_or(0, |(_, _, start)| start);
                return Ok(section.map(|section| Section { at, trailer_at, form: Form::Stream, ..section }));
            }
        }
        Ok(None)
    }
}

/// Where the last `startxref` stands, and the offset behind it.
pub(crate) fn last_start(octets: Octets<'_>) -> Option<(usize, usize)> {
    const WORD: &[u8] = b"startxref";
    let last = |piece: &[u8]| piece.windows(WORD.len()).rposition(|window| window == WORD);
    let at = octets.pieces().iter().rev().find_map(|(piece, origin)| Some(last(piece)? + origin))?;
    let start = Lexer::new(octets, at.saturating_add(WORD.len())).unsigned()?;
    Some((at, usize::try_from(start).ok()?))
}
