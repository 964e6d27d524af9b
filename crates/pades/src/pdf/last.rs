// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a new revision continues: the newest section of the file with its trailer.

use std::collections::BTreeSet;

use super::{
    Pdf,
    object::{self, Object},
    syntax,
    xref::{Entry, Form},
};
use crate::{PadesError, limits::MAX_OBJECT_NUMBER};

impl Pdf<'_> {
    /// The catalog's object number.
    pub(crate) fn root_number(&self) -> Option<u32> {
        match self.seen().find_map(|section| section.trailer.value("Root")) {
            Some(Object::Reference(number)) => Some(*number),
            _ => None,
        }
    }

    /// The first object number that nothing in the file has.
    pub(crate) fn first_new(&self) -> Result<u32, PadesError> {
        let highest = self.seen().filter_map(|section| section.entries.keys().next_back()).max();
        // A /Size that no file can have is not believed.
        let sizes = self.seen().filter_map(|section| section.trailer.value("Size")?.as_integer());
        let size =
            sizes.filter_map(|size| u32::try_from(size).ok()).filter(|size| *size <= MAX_OBJECT_NUMBER).max();
        // Nor are all streams named by themselves.
        let streams = self.seen().filter(|section| section.form == Form::Stream);
        let streams = streams.filter_map(|section| Some(object::head(self.octets, section.at)?.0)).max();
        let highest = highest.copied().max(streams);
        Ok(highest.map_or(1, |highest| highest.saturating_add(1)).max(size.unwrap_or(1)))
    }

    /// The numbers from `first` on that some object of some revision refers to. Each version of each object is read once, so
    /// that what an earlier signature saw counts too.
    pub(crate) fn dangling(&self, first: u32) -> Result<BTreeSet<u32>, PadesError> {
        let was_broken = self.broken.get();
        let mut found = BTreeSet::new();
        let mut read = || -> Result<(), PadesError> {
            for (view, section) in self.sections.iter().enumerate() {
                self.look_at(view);
                section.trailer.values().for_each(|value| note(value, first, &mut found));
                for (number, entry) in &section.entries {
                    let object = match entry {
                        Entry::At(offset) => self.at(*number, *offset)?.object,
                        Entry::In(stream) => self.inside(*number, *stream)?.object,
                        Entry::Free => continue,
                    };
                    note(&object, first, &mut found);
                }
            }
            Ok(())
        };
        let read = read();
        self.look_at(0);
        // Of an object that nobody uses it does not matter where it stands.
        self.broken.set(was_broken);
        read.map(|()| found)
    }

    /// Whether the newest section is a stream.
    pub(crate) fn ends_in_stream(&self) -> bool {
        self.seen().next().is_some_and(|section| section.form == Form::Stream)
    }

    /// What offsets count from: the header, where the newest section is found so, else the first octet.
    pub(crate) fn origin(&self) -> usize {
        let shifted = |at: usize| at >= self.start.saturating_add(self.shift);
        if self.shift > 0 && self.seen().next().is_some_and(|s| shifted(s.at)) { self.shift } else { 0 }
    }

    /// Where the newest section begins, counted from [`Pdf::origin`].
    pub(crate) fn newest_start(&self) -> usize {
        self.seen().next().map_or(0, |section| section.at).saturating_sub(self.origin())
    }

    /// The trailer's value of a key, of the newest section that has it.
    pub(crate) fn trailer_object(&self, key: &str) -> Result<Object, PadesError> {
        let found = self.seen().find_map(|section| section.trailer.value(key));
        found.map_or(Ok(Object::Null), |found| Ok(self.resolve(found)?.object))
    }

    /// The entries of the newest trailer as they stand, and of older ones those that it must have and has not.
    pub(crate) fn trailer_text(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
        for (index, section) in self.seen().enumerate() {
            let rest = self.octets.from(section.trailer_at);
            let Some(entries) = syntax::dictionary(rest, 0) else { continue };
            for (key, place) in entries.entries.iter().rev() {
                let wanted = index == 0 || [&b"Root"[..], b"Info", b"Encrypt"].contains(&key.as_slice());
                if wanted && seen.insert(key.clone()) {
                    found.push((key.clone(), rest.get(place.clone()).unwrap_or_default().to_vec()));
                }
            }
        }
        found
    }

    /// The version in the header.
    pub(crate) fn header_version(&self) -> [u8; 3] {
        let header = self.octets.from(self.shift);
        header.get(5..8).and_then(|version| version.try_into().ok()).unwrap_or_default()
    }
}

/// The references in an object; its depth is bounded by the parser.
fn note(object: &Object, first: u32, found: &mut BTreeSet<u32>) {
    match object {
        Object::Reference(number) if *number >= first => {
            found.insert(*number);
        }
        Object::Array(items) => items.iter().for_each(|item| note(item, first, found)),
        Object::Dictionary(dictionary) => dictionary.values().for_each(|value| note(value, first, found)),
        Object::Stream(stream) => stream.dictionary.values().for_each(|value| note(value, first, found)),
        _ => {}
    }
}
