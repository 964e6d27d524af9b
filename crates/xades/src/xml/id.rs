// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Identifiers. Without a DTD nothing says which attributes are of type ID; XML signatures take `Id` (XMLDSig clause 4),
//! and around them stand `ID` (SAML), `id` (e-prescriptions, HTML) and `xml:id`.

use std::borrow::Cow;

use super::{
    node::{NodeId, Tables},
    value,
};

/// The elements by identifier.
#[derive(Debug, Default)]
pub(super) struct Ids {
    /// Attribute and the node of its element, in the order of the values.
    sorted: Vec<(u32, u32)>,
}

impl Ids {
    /// Sorts what was found in document order.
    pub(super) fn new(mut found: Vec<(u32, u32)>, tables: &Tables, text: &str) -> Self {
        found.sort_by(|a, b| value_of(tables, text, a.0).cmp(&value_of(tables, text, b.0)));
        Self { sorted: found }
    }

    /// Those of the nodes before `end`, as they were found.
    pub(super) fn in_document_order(mut self, end: u32) -> Vec<(u32, u32)> {
        self.sorted.retain(|(_, node)| *node < end);
        self.sorted.sort_unstable();
        self.sorted
    }

    /// The elements that have this identifier: none, one, or two where it is ambiguous.
    pub(super) fn find(&self, tables: &Tables, text: &str, id: &str) -> (Option<NodeId>, Option<NodeId>) {
        let from = self.sorted.partition_point(|entry| *value_of(tables, text, entry.0) < *id);
        let mut found = self
            .sorted
            .get(from..)
            .unwrap_or_default()
            .iter()
            .take_while(|entry| value_of(tables, text, entry.0) == id)
            .map(|entry| NodeId(entry.1));
        let first = found.next();
        // One element may say the same by two attributes.
        (first, found.find(|&other| Some(other) != first))
    }
}

fn value_of<'t>(tables: &Tables, text: &'t str, attribute: u32) -> Cow<'t, str> {
    let record = tables.attributes.get(attribute as usize);
    let range = record.map_or(0..0, |record| record.value_start as usize..record.value_end as usize);
    value::value(text.get(range).unwrap_or_default())
}
