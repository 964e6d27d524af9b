// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What canonicalisation asks of the tables: numbers in place of names, and what in the text is canonical as it stands.

use std::ops::Range;

use super::{
    NodeId, Tree,
    namespace::{NO_NAMESPACE, NO_PREFIX, XML_NAMESPACE, XML_PREFIX},
    node::{self, AttributeRecord, Declaration, NameRecord, Node, Tables},
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
        self.tables.declared(element.0, self.scope(element))
    }

    /// The declarations of each element that declares any: of this element, then of those around it.
    pub(crate) fn scopes(&self, element: NodeId) -> impl Iterator<Item = &[Declaration]> + '_ {
        let mut scope = self.scope(element);
        std::iter::from_fn(move || {
            let outer = self.tables.scopes.get(scope as usize)?.outer;
            let declarations = self.tables.declarations(scope);
            scope = outer;
            Some(declarations)
        })
    }

    /// The number of what is in scope at an element: two elements with the same one have the same namespaces.
    pub(super) fn scope(&self, element: NodeId) -> u32 {
        self.element(element).map_or(node::NONE, |element| element.scope)
    }

    /// The prefixes that an element and its attributes are written with, and what they stand for.
    pub(crate) fn utilized(&self, element: NodeId) -> impl Iterator<Item = Declaration> + '_ {
        let own = self.element_name(element);
        let attributes = self.attribute_records(element).iter();
        let prefixed = attributes.filter_map(|record| self.record(record)).filter(|name| name.prefix_len > 0);
        let all = own.into_iter().chain(prefixed);
        all.map(|name| Declaration { prefix: name.prefix, namespace: name.namespace })
    }

    fn record(&self, attribute: &AttributeRecord) -> Option<&NameRecord> {
        self.tables.names.get(attribute.name() as usize)
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
        if self.node(element).is_none_or(Node::is_ordered) {
            return records.iter().map(|record| self.raw(record)).for_each(each);
        }
        let mut sorted: Vec<&AttributeRecord> = records.iter().collect();
        sorted.sort_unstable_by_key(|record| self.order(record));
        sorted.into_iter().map(|record| self.raw(record)).for_each(each);
    }

    /// Canonical XML clause 2.2: by namespace name, then by local name.
    fn order(&self, record: &AttributeRecord) -> (&str, &str) {
        let Some(name) = self.record(record) else { return ("", "") };
        let start = record.start as usize;
        let skip = if name.prefix_len == 0 { 0 } else { usize::from(name.prefix_len) + 1 };
        let local = self.slice(start + skip..start + usize::from(name.len));
        (self.namespace_name(name.namespace), local)
    }

    fn raw(&self, record: &AttributeRecord) -> RawAttribute {
        let start = record.start as usize;
        let (from, to) = (record.value_start as usize, record.value_end as usize);
        let name = start..start + self.record(record).map_or(0, |name| usize::from(name.len));
        let octets = self.text.as_bytes();
        let spaced = start.checked_sub(1).and_then(|before| octets.get(before)) == Some(&b' ');
        let tight = spaced && from - name.end == 2 && octets.get(to) == Some(&b'"');
        RawAttribute { name, value: from..to, canonical: tight && record.is_plain() }
    }

    /// The canonical form of the node is its octets. Of an element: of its start tag, apart from the slash of an
    /// empty-element tag and from namespaces that are to be declared.
    pub(crate) fn is_canonical(&self, node: NodeId) -> bool {
        self.node(node).is_some_and(Node::is_canonical)
    }

    /// The end tag of an element where its octets are its canonical form.
    pub(crate) fn canonical_end_tag(&self, node: NodeId) -> Option<Range<usize>> {
        let element = self.element(node).filter(|element| element.close != node::NONE)?;
        let tag = element.close as usize..self.range(node).end;
        let name = self.tables.names.get(element.name as usize)?;
        (tag.len() == "</>".len() + usize::from(name.len)).then_some(tag)
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

impl Tables {
    /// The declarations of a scope.
    fn declarations(&self, scope: u32) -> &[Declaration] {
        let first = |number: usize| self.scopes.get(number).map(|scope| scope.declarations as usize);
        let Some(start) = first(scope as usize) else { return &[] };
        let end = first(scope as usize + 1).unwrap_or(self.declarations.len());
        self.declarations.get(start..end).unwrap_or_default()
    }

    /// What the start tag of an element declares, which has this in scope.
    pub(super) fn declared(&self, node: u32, scope: u32) -> &[Declaration] {
        let own = self.scopes.get(scope as usize).is_some_and(|scope| scope.node == node);
        if own { self.declarations(scope) } else { &[] }
    }
}
