// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Node sets picked one by one, as XPath does: each attribute and namespace node is in or out for itself.

use super::{AttributeId, NodeId, NodeKind, NodeSet, Tree, node::Node};
use crate::{error::XmlError, limits};

/// A node as XPath counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Point {
    /// The document, an element, a text, a comment or an instruction.
    Node(NodeId),
    /// An attribute of the element.
    Attribute(NodeId, AttributeId),
    /// The namespace node of the element that stands at this place in [`Tree::namespaces`].
    Namespace(NodeId, usize),
}

/// One bit for each node.
#[derive(Clone, Debug)]
pub(crate) struct Picked {
    nodes: Bits,
    attributes: Bits,
    namespaces: Bits,
    /// By the number of an element's record: its first namespace node.
    first_namespace: Vec<u32>,
}

#[derive(Clone, Debug)]
struct Bits(Vec<u64>);

impl Bits {
    fn new(len: usize) -> Self {
        Self(vec![0; len.div_ceil(64)])
    }

    fn set(&mut self, at: usize, value: bool) {
        if let Some(word) = self.0.get_mut(at / 64) {
            let bit = 1_u64 << (at % 64);
            if value { *word |= bit } else { *word &= !bit }
        }
    }

    fn has(&self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }
}

impl Picked {
    fn none(tree: &Tree<'_>) -> Result<Self, XmlError> {
        let mut first_namespace = Vec::with_capacity(tree.tables.elements.len());
        let mut total = 0_usize;
        let mut counted = std::collections::BTreeMap::new();
        let all = tree.descendants(tree.document());
        for node in all.filter(|&node| tree.kind(node) == NodeKind::Element) {
            first_namespace.push(super::namespace::small(total));
            let scope = tree.scope(node);
            let in_scope = *counted.entry(scope).or_insert_with(|| tree.namespaces(node).len());
            total = total.saturating_add(in_scope);
            if total > limits::MAX_NAMESPACE_NODES {
                let limit = limits::MAX_NAMESPACE_NODES;
                return Err(XmlError::Limit { object: "namespace nodes", limit });
            }
        }
        Ok(Self {
            nodes: Bits::new(tree.len()),
            attributes: Bits::new(tree.tables.attributes.len()),
            namespaces: Bits::new(total),
            first_namespace,
        })
    }

    pub(super) fn filter<E: From<XmlError>>(
        tree: &Tree<'_>,
        from: &NodeSet,
        mut keep: impl FnMut(Point) -> Result<bool, E>,
    ) -> Result<Self, E> {
        let mut picked = Self::none(tree)?;
        for node in tree.descendants(tree.document()) {
            if from.contains(tree, node) && keep(Point::Node(node))? {
                picked.nodes.set(node.index(), true);
            }
            if tree.kind(node) != NodeKind::Element {
                continue;
            }
            for number in tree.attribute_numbers(node) {
                let attribute = AttributeId(number);
                if from.contains_attribute(node, attribute) && keep(Point::Attribute(node, attribute))? {
                    picked.attributes.set(number as usize, true);
                }
            }
            let Some(first) = picked.first(tree, node) else { continue };
            for index in 0..picked.count(tree, node) {
                if from.contains_namespace(tree, node, index) && keep(Point::Namespace(node, index))? {
                    picked.namespaces.set(first + index, true);
                }
            }
        }
        Ok(picked)
    }

    fn first(&self, tree: &Tree<'_>, element: NodeId) -> Option<usize> {
        let item = tree.node(element)?.item();
        self.first_namespace.get(item).map(|&first| first as usize)
    }

    /// How many namespace nodes an element has.
    fn count(&self, tree: &Tree<'_>, element: NodeId) -> usize {
        let item = tree.node(element).map_or(usize::MAX, Node::item);
        let first = self.first_namespace.get(item).copied().unwrap_or_default();
        match item.checked_add(1).and_then(|next| self.first_namespace.get(next)) {
            Some(next) => (next - first) as usize,
            None => tree.namespaces(element).len(),
        }
    }

    /// Drops what belongs to nodes that are not to stay; attributes and namespaces go with their elements.
    pub(super) fn retain(&mut self, tree: &Tree<'_>, stays: impl Fn(NodeId) -> bool) {
        for node in tree.descendants(tree.document()) {
            if stays(node) {
                continue;
            }
            self.nodes.set(node.index(), false);
            for number in tree.attribute_numbers(node) {
                self.attributes.set(number as usize, false);
            }
            if let Some(first) = self.first(tree, node) {
                for index in 0..self.count(tree, node) {
                    self.namespaces.set(first + index, false);
                }
            }
        }
    }

    pub(super) fn contains(&self, node: NodeId) -> bool {
        self.nodes.has(node.index())
    }

    pub(super) fn contains_attribute(&self, attribute: AttributeId) -> bool {
        self.attributes.has(attribute.0 as usize)
    }

    pub(super) fn contains_namespace(&self, tree: &Tree<'_>, element: NodeId, index: usize) -> bool {
        self.first(tree, element).is_some_and(|first| self.namespaces.has(first + index))
    }
}
