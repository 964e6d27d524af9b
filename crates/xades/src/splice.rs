// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Changes to a document: octets go in, those that are there stay as they stand and in their order.

use std::ops::Range;

use crate::{
    XadesError,
    xml::{NodeId, Tree},
};

/// A place for new octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Splice {
    /// What is replaced: nothing but for the `/>` of an element that had no content.
    range: Range<usize>,
    /// Up to here every token stays as it is.
    same: usize,
    before: Vec<u8>,
    after: Vec<u8>,
}

impl Splice {
    /// Between two octets.
    pub(crate) const fn at(offset: usize) -> Self {
        Self { range: offset..offset, same: offset, before: Vec::new(), after: Vec::new() }
    }

    /// The same place with octets before and behind what comes there.
    pub(crate) fn around(mut self, before: &[u8], after: &[u8]) -> Self {
        self.before.extend_from_slice(before);
        self.after.splice(0..0, after.iter().copied());
        self
    }

    /// The document with new octets in this place, and where they begin.
    pub(crate) fn apply(&self, document: &[u8], new: &[u8]) -> (Vec<u8>, usize) {
        let head = document.get(..self.range.start).unwrap_or(document);
        let tail = document.get(self.range.end..).unwrap_or_default();
        let whole = [head, &self.before, new, &self.after, tail].concat();
        (whole, head.len() + self.before.len())
    }

    /// The octets up to which every token stays as it is.
    pub(crate) const fn same(&self) -> usize {
        self.same
    }

    /// As [`Splice::apply`], in the document's own room.
    pub(crate) fn insert(&self, mut document: Vec<u8>, new: &[u8]) -> (Vec<u8>, usize) {
        let (start, end) = (self.range.start.min(document.len()), self.range.end.min(document.len()));
        let piece = [&self.before, new, &self.after].concat();
        document.splice(start..end.max(start), piece);
        (document, start + self.before.len())
    }
}

/// The document with new octets in several places; those in one place follow each other as given.
pub(crate) fn apply_all(document: &[u8], mut changes: Vec<(Splice, Vec<u8>)>) -> Vec<u8> {
    changes.sort_by_key(|(splice, _)| splice.range.start);
    let added: usize = changes.iter().map(|(s, new)| s.before.len() + new.len() + s.after.len()).sum();
    let mut whole = Vec::with_capacity(document.len().saturating_add(added));
    let mut from = 0;
    for (splice, new) in &changes {
        whole.extend_from_slice(document.get(from..splice.range.start).unwrap_or_default());
        whole.extend_from_slice(&splice.before);
        whole.extend_from_slice(new);
        whole.extend_from_slice(&splice.after);
        from = splice.range.end;
    }
    whole.extend_from_slice(document.get(from..).unwrap_or_default());
    whole
}

/// Behind the last child of an element.
pub(crate) fn last_child(tree: &Tree<'_>, element: NodeId) -> Result<Splice, XadesError> {
    match tree.content(element) {
        Some(content) => Ok(Splice::at(content.end)),
        None => opened(tree, element),
    }
}

/// Before the first child of an element.
pub(crate) fn first_child(tree: &Tree<'_>, element: NodeId) -> Result<Splice, XadesError> {
    match tree.content(element) {
        Some(content) => Ok(Splice::at(content.start)),
        None => opened(tree, element),
    }
}

/// Behind a node.
pub(crate) fn behind(tree: &Tree<'_>, node: NodeId) -> Splice {
    Splice::at(tree.range(node).end)
}

/// `<a/>` becomes `<a>` new `</a>`: both have the same canonical form but for what is new.
fn opened(tree: &Tree<'_>, element: NodeId) -> Result<Splice, XadesError> {
    let range = tree.range(element);
    let tag = tree.source().get(range.clone()).unwrap_or_default();
    let name: Vec<u8> = tag.iter().skip(1).copied().take_while(|o| !b" \t\r\n/>".contains(o)).collect();
    if !tag.ends_with(b"/>") || name.is_empty() {
        return Err(XadesError::Misuse { what: "this element takes no content" });
    }
    let after = [b"</", &*name, b">"].concat();
    let slash = range.end.saturating_sub(2)..range.end;
    Ok(Splice { range: slash, same: range.start, before: b">".to_vec(), after })
}
