// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Identifiers. Without a DTD nothing says which attributes are of type ID; XML signatures take `Id` (XMLDSig clause 4),
//! and around them stand `ID` (SAML), `id` (e-prescriptions, HTML) and `xml:id`.

use std::borrow::Cow;

use super::{
    namespace::{XML_NAMESPACE, small},
    node::NodeId,
    parse::Tables,
    value,
};
use crate::{error::XmlError, limits};

/// The elements by identifier.
#[derive(Debug, Default)]
pub(super) struct Ids {
    /// Attribute and the node of its element, in the order of the values.
    sorted: Vec<(u32, NodeId)>,
}

impl Ids {
    pub(super) fn collect(tables: &Tables, text: &str) -> Result<Self, XmlError> {
        let mut sorted = Vec::new();
        for (at, element) in tables.elements.iter().enumerate() {
            let next = tables.elements.get(at + 1).map(|next| next.attributes as usize);
            let end = next.unwrap_or(tables.attributes.len());
            for attribute in element.attributes as usize..end {
                if is_id(tables, text, attribute) {
                    sorted.push((small(attribute), NodeId(element.node)));
                }
            }
        }
        if sorted.len() > limits::MAX_IDS {
            return Err(XmlError::Limit { object: "identifiers of a document", limit: limits::MAX_IDS });
        }
        sorted.sort_by(|a, b| value_of(tables, text, a.0).cmp(&value_of(tables, text, b.0)));
        Ok(Self { sorted })
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
            .map(|entry| entry.1);
        let first = found.next();
        // One element may say the same by two attributes.
        (first, found.find(|&other| Some(other) != first))
    }
}

fn is_id(tables: &Tables, text: &str, attribute: usize) -> bool {
    let Some(record) = tables.attributes.get(attribute) else { return false };
    let (start, len) = (record.start as usize, usize::from(record.name_len));
    if record.prefix_len == 0 {
        len == 2 && matches!(text.get(start..start + 2), Some("Id" | "ID" | "id"))
    } else {
        record.namespace == XML_NAMESPACE && text.get(start..start + len) == Some("xml:id")
    }
}

fn value_of<'t>(tables: &Tables, text: &'t str, attribute: u32) -> Cow<'t, str> {
    let record = tables.attributes.get(attribute as usize);
    let range = record.map_or(0..0, |record| record.value_start as usize..record.value_end as usize);
    value::value(text.get(range).unwrap_or_default())
}
