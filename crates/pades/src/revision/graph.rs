// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Which objects a revision uses, and through which ways.

use std::collections::BTreeSet;

use super::view::View;
use crate::{
    PadesError,
    pdf::{Dictionary, Object},
};

/// Ways from the catalog on which later revisions may change what they lead to.
pub(super) const OPEN_CATALOG: [&str; 6] =
    ["AcroForm", "DSS", "Metadata", "Extensions", "Version", "StructTreeRoot"];

/// Which ways are walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ways {
    /// All: what is used at all.
    All,
    /// Those from the catalog on which nothing may change.
    Closed,
    /// Those from entries of the trailer that the standard does not have.
    Trailer,
}

/// Every object number that is referred to, the missing ones too.
pub(super) fn reachable(view: View<'_, '_>, ways: Ways) -> Result<BTreeSet<u32>, PadesError> {
    let mut walk = Walk { view, ways, seen: BTreeSet::new(), todo: Vec::new() };
    for (key, value) in view.trailer_entries() {
        match key.as_slice() {
            b"Prev" | b"XRefStm" | b"Root" | b"Encrypt" => {}
            b"Info" if ways != Ways::All => {}
            _ if ways == Ways::Closed => {}
            _ => walk.note(&value),
        }
    }
    if ways == Ways::Trailer {
        return walk.finish();
    }
    if let Some(Object::Reference(root)) = view.trailer("Root") {
        walk.seen.insert(root);
    }
    for (key, value) in view.catalog()?.entries() {
        if ways == Ways::All || !OPEN_CATALOG.iter().any(|open| key == open.as_bytes()) {
            walk.note(value);
        }
    }
    walk.finish()
}

struct Walk<'p, 'a> {
    view: View<'p, 'a>,
    ways: Ways,
    seen: BTreeSet<u32>,
    todo: Vec<u32>,
}

impl Walk<'_, '_> {
    /// The references in an object; its depth is bounded by the parser.
    fn note(&mut self, object: &Object) {
        match object {
            Object::Reference(number) if self.seen.insert(*number) => self.todo.push(*number),
            Object::Array(items) => items.iter().for_each(|item| self.note(item)),
            Object::Dictionary(dictionary) => dictionary.values().for_each(|value| self.note(value)),
            Object::Stream(stream) => stream.dictionary.values().for_each(|value| self.note(value)),
            _ => {}
        }
    }

    fn finish(mut self) -> Result<BTreeSet<u32>, PadesError> {
        while let Some(number) = self.todo.pop() {
            self.visit(number)?;
        }
        Ok(self.seen)
    }

    fn visit(&mut self, number: u32) -> Result<(), PadesError> {
        let object = self.view.object(number)?;
        let page = object.as_dictionary().filter(|d| self.ways != Ways::All && is_page(d));
        let Some(page) = page else {
            self.note(&object);
            return Ok(());
        };
        for (key, value) in page.entries() {
            match key {
                b"Annots" => self.annotations(value)?,
                b"Metadata" => {}
                _ => self.note(value),
            }
        }
        Ok(())
    }

    /// Widgets are the form's, which is open; other annotations are not.
    fn annotations(&mut self, list: &Object) -> Result<(), PadesError> {
        for item in self.view.resolve(list)?.as_array().unwrap_or_default() {
            let annotation = self.view.resolve(item)?;
            if !annotation.as_dictionary().is_some_and(is_widget) {
                self.note(item);
            }
        }
        Ok(())
    }
}

pub(super) fn is_page(dictionary: &Dictionary) -> bool {
    dictionary.value("Type").and_then(Object::as_name) == Some(b"Page")
}

pub(super) fn is_widget(dictionary: &Dictionary) -> bool {
    dictionary.value("Subtype").and_then(Object::as_name) == Some(b"Widget")
}
