// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What canonicalisation asks of the tables: numbers in place of names, and what in the text is canonical as it stands.

use std::ops::Range;

use super::{
    NodeId, Tree,
    namespace::{NO_NAMESPACE, NO_PREFIX, XML_NAMESPACE, XML_PREFIX},
    node::{self, AttributeRecord, Declaration},
};

impl Tree<'_> {
    /// What every prefix stands for, by its number, where nothing is declared.
    pub(crate) fn bound_nowhere(&self) -> Vec<u32> {
        let mut bound = vec![node::NONE; self.tables.prefixes.len()];
        for (prefix, namespace) in [(NO_PREFIX, NO_NAMESPACE), (XML_PREFIX, XML_NAMESPACE)] {
            if let Some(bound) = bound.get_mut(prefix as usize) {
                *bound = namespace;
            }
        }
        bound
    }

    /// A namespace name by its number.
    pub(crate) fn namespace_name(&self, number: u32) -> &str {
        self.tables.namespaces.get(number as usize).map_or("", |stored| stored.resolve(&self.text))
    }

    /// A prefix by its number.
    pub(crate) fn prefix_name(&self, number: u32) -> &str {
        self.tables.prefixes.get(number as usize).map_or("", |stored| stored.resolve(&self.text))
    }

    /// The prefixes in the order of their numbers.
    pub(crate) fn prefix_names(&self) -> impl Iterator<Item = &str> + '_ {
        self.tables.prefixes.iter().map(|stored| stored.resolve(&self.text))
    }

    /// The namespaces that the start tag of an element declares.
    pub(crate) fn declared(&self, element: NodeId) -> &[Declaration] {
        self.node(element).map_or(&[], |node| self.declarations(node.item))
    }

    /// The declarations in the start tag of an element, by its record's number.
    pub(super) fn declarations(&self, item: u32) -> &[Declaration] {
        let Some(element) = self.tables.elements.get(item as usize) else { return &[] };
        let end = self.tables.elements.get(item as usize + 1).map(|next| next.declarations as usize);
        let end = end.unwrap_or(self.tables.declarations.len());
        self.tables.declarations.get(element.declarations as usize..end).unwrap_or_default()
    }

    /// The declarations of each element that declares any: of this element, then of those around it.
    pub(crate) fn scopes(&self, element: NodeId) -> impl Iterator<Item = &[Declaration]> + '_ {
        let mut scope = self.element(element).map_or(node::NONE, |element| element.scope);
        std::iter::from_fn(move || {
            let element = self.tables.elements.get(scope as usize)?;
            let declarations = self.declarations(scope);
            let parent = self.parent(NodeId(element.node)).and_then(|parent| self.element(parent));
            scope = parent.map_or(node::NONE, |parent| parent.scope);
            Some(declarations)
        })
    }

    /// The prefixes that an element and its attributes are written with, and what they stand for.
    pub(crate) fn utilized(&self, element: NodeId) -> impl Iterator<Item = Declaration> + '_ {
        let own = self.element(element);
        let own = own.map(|own| Declaration { prefix: own.prefix, namespace: own.namespace });
        let attributes = self.attribute_records(element).iter();
        own.into_iter().chain(
            attributes
                .filter(|record| record.prefix_len > 0)
                .map(|record| Declaration { prefix: record.prefix, namespace: record.namespace }),
        )
    }

    pub(super) fn attribute_records(&self, element: NodeId) -> &[AttributeRecord] {
        let numbers = self.attribute_numbers(element);
        self.tables.attributes.get(numbers.start as usize..numbers.end as usize).unwrap_or_default()
    }

    /// How many attributes an element has.
    pub(crate) fn attribute_count(&self, element: NodeId) -> usize {
        self.attribute_numbers(element).len()
    }

    /// The attributes as they stand, in canonical order.
    pub(crate) fn raw_attributes(&self, element: NodeId, each: impl FnMut(RawAttribute)) {
        let records = self.attribute_records(element);
        if self.element(element).is_none_or(|element| element.ordered) {
            return records.iter().map(|record| self.raw(record)).for_each(each);
        }
        let mut sorted: Vec<&AttributeRecord> = records.iter().collect();
        sorted.sort_unstable_by_key(|record| (self.namespace_name(record.namespace), self.local(record)));
        sorted.into_iter().map(|record| self.raw(record)).for_each(each);
    }

    fn local(&self, record: &AttributeRecord) -> &str {
        let start = record.start as usize;
        let skip = if record.prefix_len == 0 { 0 } else { usize::from(record.prefix_len) + 1 };
        self.slice(start + skip..start + usize::from(record.name_len))
    }

    fn raw(&self, record: &AttributeRecord) -> RawAttribute {
        let start = record.start as usize;
        let (from, to) = (record.value_start as usize, record.value_end as usize);
        let name = start..start + usize::from(record.name_len);
        let octets = self.text.as_bytes();
        let spaced = start.checked_sub(1).and_then(|before| octets.get(before)) == Some(&b' ');
        let tight = spaced && from - name.end == 2 && octets.get(to) == Some(&b'"');
        RawAttribute { name, value: from..to, canonical: tight && record.plain }
    }

    /// The canonical form of the node is its octets. Of an element: of its start tag, apart from the slash of an
    /// empty-element tag and from namespaces that are to be declared.
    pub(crate) fn is_canonical(&self, node: NodeId) -> bool {
        self.node(node).is_some_and(|node| node.canonical)
    }

    /// The end tag of an element where its octets are its canonical form.
    pub(crate) fn canonical_end_tag(&self, node: NodeId) -> Option<Range<usize>> {
        let element = self.element(node).filter(|element| element.tidy_end && element.close != node::NONE)?;
        Some(element.close as usize..self.range(node).end)
    }
}

/// An attribute as it stands.
pub(crate) struct RawAttribute {
    pub(crate) name: Range<usize>,
    /// Between the quotes.
    pub(crate) value: Range<usize>,
    /// The space before it, `name="value"` and its quotes are the canonical form.
    pub(crate) canonical: bool,
}
