// SPDX-License-Identifier: Apache-2.0 OR MIT
//! XPath 1.0, 5 and 2.2: the nodes of a tree as XPath sees them, and its axes. Each node that is looked at costs work.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    rc::Rc,
};

use super::{
    XPathError,
    expression::{Axis, NodeTest},
    value::{Node, Part},
};
use crate::{
    limits::{MAX_XPATH_WORK, MIN_XPATH_WORK, XPATH_WORK_PER_OCTET},
    xml::{Attribute, NodeId, NodeKind, Tree, XML},
};

/// What expressions may still cost, for all of a document's references together.
#[derive(Debug)]
pub(crate) struct Work {
    limit: u64,
    left: Cell<u64>,
}

impl Work {
    /// A budget of so many steps.
    pub(crate) const fn of(steps: u64) -> Self {
        Self { limit: steps, left: Cell::new(steps) }
    }

    /// The budget for so many octets of documents.
    pub(crate) fn for_octets(octets: usize) -> Self {
        let octets = u64::try_from(octets).unwrap_or(u64::MAX);
        let steps = octets.saturating_mul(XPATH_WORK_PER_OCTET).saturating_add(MIN_XPATH_WORK);
        Self::of(steps.min(MAX_XPATH_WORK))
    }

    /// Takes steps off what is left.
    pub(crate) fn charge(&self, steps: usize) -> Result<(), XPathError> {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        let left = self.left.get().checked_sub(steps).ok_or(XPathError::Work { limit: self.limit })?;
        self.left.set(left);
        Ok(())
    }
}

/// The name of a node; all empty for a node without one.
pub(crate) struct NodeName<'n> {
    pub(crate) namespace: Cow<'n, str>,
    pub(crate) prefix: Cow<'n, str>,
    pub(crate) local: Cow<'n, str>,
}

impl NodeName<'_> {
    const NONE: Self =
        Self { namespace: Cow::Borrowed(""), prefix: Cow::Borrowed(""), local: Cow::Borrowed("") };

    /// As it stands in the document.
    pub(super) fn qualified(&self) -> String {
        if self.prefix.is_empty() {
            self.local.to_string()
        } else {
            format!("{}:{}", self.prefix, self.local)
        }
    }
}

/// The namespace nodes of one element: prefix and name.
type Namespaces<'t> = Rc<[(&'t str, &'t str)]>;

/// A tree as XPath sees it.
pub(crate) struct Document<'t, 'a> {
    pub(crate) tree: &'t Tree<'a>,
    work: &'t Work,
    /// Those of the element that was asked last: a filter asks for its nodes one after another.
    latest: RefCell<Option<(NodeId, Namespaces<'t>)>>,
}

impl<'t, 'a> Document<'t, 'a> {
    pub(crate) const fn new(tree: &'t Tree<'a>, work: &'t Work) -> Self {
        Self { tree, work, latest: RefCell::new(None) }
    }

    pub(crate) fn charge(&self, steps: usize) -> Result<(), XPathError> {
        self.work.charge(steps)
    }

    pub(crate) const fn root(&self) -> Node {
        Node::of(self.tree.document())
    }

    pub(super) fn by_id(&self, id: &str) -> Option<Node> {
        self.tree.by_id(id).map(Node::of)
    }

    /// The namespace nodes of an element, by prefix.
    pub(crate) fn namespaces(&self, element: NodeId) -> Namespaces<'t> {
        if let Some((of, namespaces)) = &*self.latest.borrow()
            && *of == element
        {
            return Rc::clone(namespaces);
        }
        let namespaces: Namespaces<'t> = match self.tree.kind(element) {
            NodeKind::Element => self.tree.namespaces(element).into(),
            _ => Rc::new([]),
        };
        *self.latest.borrow_mut() = Some((element, Rc::clone(&namespaces)));
        namespaces
    }

    /// Prefix and name of a namespace node.
    pub(crate) fn namespace(&self, element: NodeId, at: u32) -> Option<(&'t str, &'t str)> {
        self.namespaces(element).get(usize::try_from(at).ok()?).copied()
    }

    fn attribute(&self, node: Node) -> Option<Attribute<'t>> {
        let Part::Attribute(id) = node.part else { return None };
        self.tree.attributes(node.owner).find(|attribute| attribute.id == id)
    }

    pub(super) fn name(&self, node: Node) -> NodeName<'t> {
        let named = |name: crate::xml::Name<'t>| NodeName {
            namespace: name.namespace.into(),
            prefix: name.prefix.into(),
            local: name.local.into(),
        };
        match node.part {
            Part::Itself => match self.tree.kind(node.owner) {
                NodeKind::Element | NodeKind::Instruction => named(self.tree.name(node.owner)),
                _ => NodeName::NONE,
            },
            Part::Attribute(_) => self.attribute(node).map_or(NodeName::NONE, |found| named(found.name)),
            Part::Namespace(at) => {
                let prefix = self.namespace(node.owner, at).map_or("", |(prefix, _)| prefix);
                NodeName { local: prefix.into(), ..NodeName::NONE }
            }
        }
    }

    /// The string-value (XPath 1.0, 5). It costs by the length of what it is made of.
    pub(super) fn text(&self, node: Node) -> Result<Cow<'t, str>, XPathError> {
        self.charge(1)?;
        Ok(match node.part {
            Part::Itself => {
                let octets = if node == self.root() {
                    self.tree.source().len()
                } else {
                    self.tree.range(node.owner).len()
                };
                self.charge(octets / 4)?;
                self.tree.text(node.owner)
            }
            Part::Attribute(_) => self.attribute(node).map_or(Cow::Borrowed(""), |found| found.value),
            Part::Namespace(at) => {
                Cow::Borrowed(self.namespace(node.owner, at).map_or("", |(_, namespace)| namespace))
            }
        })
    }

    /// The `xml:lang` of the nearest element that has one (XPath 1.0, 4.3).
    pub(super) fn language(&self, node: Node) -> Option<Cow<'t, str>> {
        let own = |element: NodeId| {
            let mut attributes = self.tree.attributes(element);
            attributes.find(|a| a.name.local == "lang" && a.name.namespace == XML).map(|a| a.value)
        };
        own(node.owner).or_else(|| self.tree.ancestors(node.owner).find_map(own))
    }

    pub(super) fn parent(&self, node: Node) -> Option<Node> {
        match node.part {
            Part::Itself => self.tree.parent(node.owner).map(Node::of),
            Part::Attribute(_) | Part::Namespace(_) => Some(Node::of(node.owner)),
        }
    }

    /// The nodes of an axis that pass a test, in the direction of the axis.
    pub(super) fn axis(&self, from: Node, axis: Axis, test: &NodeTest) -> Result<Vec<Node>, XPathError> {
        let tree = self.tree;
        let owner = from.owner;
        let itself = from.part == Part::Itself;
        let mut walk = Walk { document: self, axis, test, found: Vec::new() };
        match axis {
            Axis::Itself => walk.node(from)?,
            Axis::Parent => walk.nodes(self.parent(from))?,
            Axis::Ancestor => walk.nodes(std::iter::successors(self.parent(from), |n| self.parent(*n)))?,
            Axis::AncestorOrSelf => walk.nodes(std::iter::successors(Some(from), |n| self.parent(*n)))?,
            Axis::Child if itself => walk.tree(tree.children(owner))?,
            Axis::Descendant if itself => walk.tree(tree.descendants(owner).skip(1))?,
            Axis::DescendantOrSelf if itself => walk.tree(tree.descendants(owner))?,
            Axis::DescendantOrSelf => walk.node(from)?,
            Axis::FollowingSibling if itself => walk.tree(self.siblings(owner).filter(|n| *n > owner))?,
            Axis::PrecedingSibling if itself => {
                let before: Vec<_> = self.siblings(owner).take_while(|n| *n < owner).collect();
                walk.tree(before.into_iter().rev())?;
            }
            // An attribute's or namespace's following nodes are its element's descendants and all behind it.
            Axis::Following => {
                let after = if itself { tree.last_descendant(owner) } else { owner };
                walk.tree(tree.descendants(tree.document()).skip(after.index().saturating_add(1)))?;
            }
            Axis::Preceding => {
                let before: Vec<_> = tree.descendants(tree.document()).take_while(|n| *n < owner).collect();
                self.charge(before.len())?;
                walk.tree(before.into_iter().rev().filter(|n| !tree.contains(*n, owner)))?;
            }
            Axis::Attribute if itself => {
                let ids = tree.attributes(owner).map(|a| Node { owner, part: Part::Attribute(a.id) });
                walk.nodes(ids)?;
            }
            Axis::Namespace if itself => {
                let count = u32::try_from(self.namespaces(owner).len()).unwrap_or(u32::MAX);
                walk.nodes((0..count).map(|at| Node { owner, part: Part::Namespace(at) }))?;
            }
            // Attributes and namespaces have neither children nor siblings nor attributes.
            Axis::Child
            | Axis::Descendant
            | Axis::FollowingSibling
            | Axis::PrecedingSibling
            | Axis::Attribute
            | Axis::Namespace => {}
        }
        Ok(walk.found)
    }

    fn siblings(&self, node: NodeId) -> impl Iterator<Item = NodeId> + use<'_, 't, 'a> {
        self.tree.parent(node).into_iter().flat_map(|parent| self.tree.children(parent))
    }

    fn passes(&self, node: Node, axis: Axis, test: &NodeTest) -> bool {
        let principal = match axis {
            Axis::Attribute => matches!(node.part, Part::Attribute(_)),
            Axis::Namespace => matches!(node.part, Part::Namespace(_)),
            _ => node.part == Part::Itself && self.tree.kind(node.owner) == NodeKind::Element,
        };
        let kind = || (node.part == Part::Itself).then(|| self.tree.kind(node.owner));
        match test {
            NodeTest::Node => true,
            NodeTest::Any => principal,
            NodeTest::Text => kind() == Some(NodeKind::Text),
            NodeTest::Comment => kind() == Some(NodeKind::Comment),
            NodeTest::Instruction(target) => {
                kind() == Some(NodeKind::Instruction)
                    && target.as_ref().is_none_or(|target| self.name(node).local == target.as_str())
            }
            NodeTest::Namespace(namespace) => principal && self.name(node).namespace == namespace.as_str(),
            NodeTest::Name { namespace, local } => {
                let name = principal.then(|| self.name(node));
                name.is_some_and(|n| n.local == local.as_str() && n.namespace == namespace.as_str())
            }
        }
    }
}

/// A walk along an axis.
struct Walk<'w, 't, 'a> {
    document: &'w Document<'t, 'a>,
    axis: Axis,
    test: &'w NodeTest,
    found: Vec<Node>,
}

impl Walk<'_, '_, '_> {
    fn node(&mut self, node: Node) -> Result<(), XPathError> {
        self.document.charge(1)?;
        if self.document.passes(node, self.axis, self.test) {
            self.found.push(node);
        }
        Ok(())
    }

    fn nodes(&mut self, nodes: impl IntoIterator<Item = Node>) -> Result<(), XPathError> {
        nodes.into_iter().try_for_each(|node| self.node(node))
    }

    fn tree(&mut self, nodes: impl Iterator<Item = NodeId>) -> Result<(), XPathError> {
        nodes.map(Node::of).try_for_each(|node| self.node(node))
    }
}
