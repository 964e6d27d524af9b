// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Node sets: what a reference or a transform yields. Nearly all are subtrees with subtrees cut out of them, attributes and
//! namespaces going with their elements: a few ranges of node numbers. Only XPath picks nodes one by one.

use std::ops::Range;

use super::{
    AttributeId, NodeId, NodeKind, Tree,
    picked::{Picked, Point},
};
use crate::error::XmlError;

/// Nodes of a tree.
#[derive(Clone, Debug)]
pub(crate) enum NodeSet {
    /// Whole subtrees, with the attributes and namespaces of each element in them.
    Whole {
        /// The subtrees and what is left of them.
        subtrees: Subtrees,
        /// Comments belong to it.
        comments: bool,
    },
    /// Nodes one by one.
    Picked(Box<Picked>),
}

impl NodeSet {
    /// All of the document.
    pub(crate) fn document(comments: bool) -> Self {
        Self::Whole { subtrees: Subtrees::all(), comments }
    }

    /// A node and all below it.
    pub(crate) fn subtree(tree: &Tree<'_>, node: NodeId, comments: bool) -> Self {
        Self::Whole { subtrees: Subtrees::one(tree, node), comments }
    }

    /// The set without a node and all below it.
    #[must_use]
    pub(crate) fn minus(self, tree: &Tree<'_>, node: NodeId) -> Self {
        self.within(&Subtrees::all().minus(&Subtrees::one(tree, node)), tree)
    }

    /// What of the set is in `subtrees`.
    #[must_use]
    pub(crate) fn within(self, subtrees: &Subtrees, tree: &Tree<'_>) -> Self {
        match self {
            Self::Whole { subtrees: mine, comments } => {
                Self::Whole { subtrees: mine.intersect(subtrees), comments }
            }
            Self::Picked(mut picked) => {
                picked.retain(tree, |node| subtrees.contains(node));
                Self::Picked(picked)
            }
        }
    }

    /// Those nodes of the set for which `keep` says so, attributes and namespace nodes asked one by one.
    ///
    /// # Errors
    /// What `keep` ends with, and [`XmlError::Limit`] for too many namespace nodes.
    pub(crate) fn filter<E: From<XmlError>>(
        &self,
        tree: &Tree<'_>,
        keep: impl FnMut(Point) -> Result<bool, E>,
    ) -> Result<Self, E> {
        Ok(Self::Picked(Box::new(Picked::filter(tree, self, keep)?)))
    }

    /// A node of the tree is in the set.
    pub(crate) fn contains(&self, tree: &Tree<'_>, node: NodeId) -> bool {
        match self {
            Self::Whole { subtrees, comments } => {
                subtrees.contains(node) && (*comments || tree.kind(node) != NodeKind::Comment)
            }
            Self::Picked(picked) => picked.contains(node),
        }
    }

    /// An attribute is in the set; `element` is the one it stands at.
    pub(crate) fn contains_attribute(&self, element: NodeId, attribute: AttributeId) -> bool {
        match self {
            Self::Whole { subtrees, .. } => subtrees.contains(element),
            Self::Picked(picked) => picked.contains_attribute(attribute),
        }
    }

    /// A namespace node is in the set: the `index`-th in [`Tree::namespaces`] of `element`.
    pub(crate) fn contains_namespace(&self, tree: &Tree<'_>, element: NodeId, index: usize) -> bool {
        match self {
            Self::Whole { subtrees, .. } => subtrees.contains(element),
            Self::Picked(picked) => picked.contains_namespace(tree, element, index),
        }
    }
}

/// Ranges of node numbers in order, apart from each other. They may be cut so that they are subtrees without subtrees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Subtrees(Vec<Range<u32>>);

impl Subtrees {
    /// Everything.
    pub(crate) fn all() -> Self {
        Self(std::iter::once(0..u32::MAX).collect())
    }

    /// A node and all below it.
    pub(crate) fn one(tree: &Tree<'_>, node: NodeId) -> Self {
        Self(std::iter::once(node.0..tree.last_descendant(node).0 + 1).collect())
    }

    /// Nodes and all below each, in any order.
    pub(crate) fn of(tree: &Tree<'_>, nodes: impl IntoIterator<Item = NodeId>) -> Self {
        let mut ranges: Vec<Range<u32>> =
            nodes.into_iter().map(|node| node.0..tree.last_descendant(node).0 + 1).collect();
        ranges.sort_unstable_by_key(|range| range.start);
        let mut joined: Vec<Range<u32>> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match joined.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => joined.push(range),
            }
        }
        Self(joined)
    }

    pub(crate) fn ranges(&self) -> impl DoubleEndedIterator<Item = (NodeId, NodeId)> + '_ {
        self.0.iter().map(|range| (NodeId(range.start), NodeId(range.end - 1)))
    }

    pub(crate) fn contains(&self, node: NodeId) -> bool {
        let after = self.0.partition_point(|range| range.start <= node.0);
        after.checked_sub(1).and_then(|at| self.0.get(at)).is_some_and(|range| node.0 < range.end)
    }

    /// What is in both.
    #[must_use]
    pub(crate) fn intersect(&self, other: &Self) -> Self {
        let (mut mine, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut both = Vec::new();
        while let (Some(a), Some(b)) = (mine.peek(), theirs.peek()) {
            let common = a.start.max(b.start)..a.end.min(b.end);
            if common.start < common.end {
                both.push(common);
            }
            if a.end < b.end {
                mine.next()
            } else {
                theirs.next()
            };
        }
        Self(both)
    }

    /// What is in this and not in the other.
    #[must_use]
    pub(crate) fn minus(&self, other: &Self) -> Self {
        self.intersect(&other.complement())
    }

    /// What is in either.
    #[must_use]
    pub(crate) fn union(&self, other: &Self) -> Self {
        self.complement().intersect(&other.complement()).complement()
    }

    fn complement(&self) -> Self {
        let mut rest = Vec::with_capacity(self.0.len() + 1);
        let mut from = 0;
        for range in &self.0 {
            if from < range.start {
                rest.push(from..range.start);
            }
            from = range.end;
        }
        if from < u32::MAX {
            rest.push(from..u32::MAX);
        }
        Self(rest)
    }
}
