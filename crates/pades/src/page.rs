// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The pages of a document (ISO 32000-1, 7.7.3): the one that a signature's widget stands on.

use std::collections::BTreeSet;

use crate::{
    PadesError,
    limits::MAX_PAGES,
    pdf::{Object, Pdf},
};

/// The object number of a page, counted from zero; `None` when there is no such page, or it is no object of its own.
pub(crate) fn find(pdf: &Pdf<'_>, index: usize) -> Result<Option<u32>, PadesError> {
    walk(pdf, Some(index))
}

/// The object number of the last page.
pub(crate) fn last(pdf: &Pdf<'_>) -> Result<Option<u32>, PadesError> {
    walk(pdf, None)
}

/// Goes through the pages up to one, or all.
fn walk(pdf: &Pdf<'_>, index: Option<usize>) -> Result<Option<u32>, PadesError> {
    let Some(catalog) = pdf.catalog()? else { return Ok(None) };
    let Some(root) = catalog.value("Pages").cloned() else { return Ok(None) };
    // The tree in its order, without recursion: its depth is the file's choice.
    let (mut open, mut seen, mut before, mut last) = (vec![root], BTreeSet::new(), 0, None);
    while let Some(item) = open.pop() {
        let number = if let Object::Reference(number) = item { Some(number) } else { None };
        if number.is_some_and(|number| !seen.insert(number)) {
            continue;
        }
        if seen.len() > MAX_PAGES || open.len() > MAX_PAGES {
            return Err(PadesError::limit("pages", MAX_PAGES));
        }
        let node = pdf.resolve(&item)?.object;
        let Some(node) = node.as_dictionary() else { continue };
        let kids = pdf.value(node, "Kids")?.object;
        match kids.as_array() {
            Some(kids) => open.extend(kids.iter().rev().cloned()),
            None if index == Some(before) => return Ok(number),
            None => (before, last) = (before + 1, number),
        }
    }
    Ok(last.filter(|_| index.is_none()))
}
