// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A document as a tree of ranges of its text (XPath 1.0 clause 5). Nothing is copied that stands in the text as it is, so
//! that what is changed can be spliced into the octets, and canonical forms are mostly slices of them.

mod character;
mod declaration;
mod encoding;
mod id;
mod layout;
mod namespace;
mod node;
mod parse;
mod picked;
#[cfg(test)]
mod productions;
mod resume;
#[cfg(test)]
mod resume_tests;
mod scan;
mod set;
mod tag;
#[cfg(test)]
mod tests;
mod value;

use std::{borrow::Cow, collections::BTreeMap, ops::Range};

pub(crate) use self::{
    character::name_len,
    namespace::XML,
    node::{Declaration, NodeId, NodeKind},
    picked::Point,
    resume::Textless,
    set::{NodeSet, Subtrees},
    value::{Piece, text_pieces, value_pieces},
};
use self::{
    id::Ids,
    node::{NameRecord, Node, Tables},
};
use crate::{error::XmlError, limits};

/// A well-formed document without a DTD.
pub(crate) struct Tree<'a> {
    text: Cow<'a, str>,
    /// The name of the encoding, where it is another than UTF-8 and `text` is made from it.
    transcoded: Option<&'static str>,
    tables: Tables,
    ids: Ids,
}

fn check_size(octets: usize) -> Result<(), XmlError> {
    if octets > limits::MAX_OCTETS {
        return Err(XmlError::Limit { object: "octets of a document", limit: limits::MAX_OCTETS });
    }
    Ok(())
}

/// The name of an element or attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Name<'t> {
    /// Empty: in no namespace.
    pub(crate) namespace: &'t str,
    /// Empty: none.
    pub(crate) prefix: &'t str,
    /// The part after the prefix. Of an instruction: its target.
    pub(crate) local: &'t str,
}

/// An attribute that declares no namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute<'t> {
    /// Its number in the document.
    pub(crate) id: AttributeId,
    pub(crate) name: Name<'t>,
    /// The value, normalised.
    pub(crate) value: Cow<'t, str>,
}

/// An attribute of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct AttributeId(u32);

impl<'a> Tree<'a> {
    /// Reads a document.
    ///
    /// # Errors
    /// [`XmlError`] where it is not well-formed, has a DTD, or is over a limit.
    pub(crate) fn read(source: &'a [u8]) -> Result<Self, XmlError> {
        check_size(source.len())?;
        let (text, transcoded) = encoding::decode(source)?;
        Self::of(text, transcoded)
    }

    /// Reads a document in UTF-8 whose octets are known to be text.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(crate) fn of_text(text: &'a str) -> Result<Self, XmlError> {
        check_size(text.len())?;
        Self::of(Cow::Borrowed(text), None)
    }

    /// The tables with the text that they are of.
    const fn over(text: &'a str, tables: Tables, ids: Ids) -> Self {
        Self { text: Cow::Borrowed(text), transcoded: None, tables, ids }
    }

    fn of(text: Cow<'a, str>, transcoded: Option<&'static str>) -> Result<Self, XmlError> {
        let (tables, ids) = parse::parse(&text)?;
        let ids = Ids::new(ids, &tables, &text);
        Ok(Self { text, transcoded, tables, ids })
    }

    /// What was read, to be put beside the text again when that has been changed.
    pub(crate) fn without_text(self) -> Textless {
        Textless { octets: self.text.len(), tables: self.tables, ids: self.ids }
    }

    /// The document in UTF-8: the octets as they stand, or transcoded where [`Self::editable`] is an error.
    pub(crate) fn source(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// Ranges of the tree are ranges of the document as it stands, so that it can be spliced.
    ///
    /// # Errors
    /// [`XmlError::NotEditable`] where it is in another encoding than UTF-8.
    pub(crate) fn editable(&self) -> Result<(), XmlError> {
        self.transcoded.map_or(Ok(()), |encoding| Err(XmlError::NotEditable { encoding }))
    }

    /// The document node.
    pub(crate) const fn document(&self) -> NodeId {
        NodeId(0)
    }

    /// The document element.
    pub(crate) const fn root(&self) -> NodeId {
        NodeId(self.tables.root)
    }

    fn node(&self, node: NodeId) -> Option<&Node> {
        self.tables.nodes.get(node.index())
    }

    fn element(&self, node: NodeId) -> Option<&node::Element> {
        self.tables.elements.get(self.node(node)?.item())
    }

    /// A stretch of [`Self::source`].
    pub(crate) fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    /// How many nodes there are; every [`NodeId`] is below it.
    pub(crate) const fn len(&self) -> usize {
        self.tables.nodes.len()
    }

    /// What a node is.
    pub(crate) fn kind(&self, node: NodeId) -> NodeKind {
        self.node(node).map_or(NodeKind::Document, Node::kind)
    }

    /// The name of an element; the target of an instruction as its local name; empty for others.
    pub(crate) fn name(&self, node: NodeId) -> Name<'_> {
        let none = Name { namespace: "", prefix: "", local: "" };
        let Some(record) = self.node(node) else { return none };
        let start = record.start as usize;
        if record.kind() == NodeKind::Instruction {
            let inside = self.slice(start + 2..record.end as usize);
            return Name { local: inside.get(..name_len(inside)).unwrap_or_default(), ..none };
        }
        let Some(name) = self.element_name(node) else { return none };
        self.split_name(start + 1, name)
    }

    fn element_name(&self, node: NodeId) -> Option<&NameRecord> {
        self.tables.names.get(self.element(node)?.name as usize)
    }

    /// The name of an element as its tags have it.
    pub(crate) fn qualified_name(&self, node: NodeId) -> &str {
        let len = self.element_name(node).map_or(0, |name| usize::from(name.len));
        let start = self.range(node).start + 1;
        self.slice(start..start + len)
    }

    fn split_name(&self, start: usize, name: &NameRecord) -> Name<'_> {
        let whole = self.slice(start..start + usize::from(name.len));
        let (prefix, local) = match usize::from(name.prefix_len) {
            0 => ("", whole),
            len => (whole.get(..len).unwrap_or_default(), whole.get(len + 1..).unwrap_or_default()),
        };
        Name { namespace: self.namespace_name(name.namespace), prefix, local }
    }

    /// The node is an element of this name.
    pub(crate) fn is(&self, node: NodeId, namespace: &str, local: &str) -> bool {
        let Some(name) = self.element_name(node) else { return false };
        let skip = if name.prefix_len == 0 { 0 } else { usize::from(name.prefix_len) + 1 };
        // The length is what most names differ by.
        usize::from(name.len) - skip == local.len()
            && self.qualified_name(node).get(skip..) == Some(local)
            && self.namespace_name(name.namespace) == namespace
    }

    /// The element that a node stands in, or the document; `None` for the document.
    pub(crate) fn parent(&self, node: NodeId) -> Option<NodeId> {
        self.node(node).map(|node| node.parent).filter(|&parent| parent != node::NONE).map(NodeId)
    }

    /// The elements around a node, the nearest first; then the document.
    pub(crate) fn ancestors(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.parent(node), |&ancestor| self.parent(ancestor))
    }

    /// The last node of the subtree: `a <= n && n <= tree.last_descendant(a)` says that `n` is in the subtree of `a`.
    pub(crate) fn last_descendant(&self, node: NodeId) -> NodeId {
        match self.node(node).map(Node::kind) {
            Some(NodeKind::Element) => self.element(node).map_or(node, |element| NodeId(element.last)),
            Some(NodeKind::Document) => NodeId(namespace::small(self.len().saturating_sub(1))),
            _ => node,
        }
    }

    /// `node` is `ancestor` or stands in it.
    pub(crate) fn contains(&self, ancestor: NodeId, node: NodeId) -> bool {
        ancestor <= node && node <= self.last_descendant(ancestor)
    }

    /// The children in document order.
    pub(crate) fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let last = self.last_descendant(node);
        let mut next = node.0 + 1;
        std::iter::from_fn(move || {
            let child = NodeId(next);
            (child <= last).then(|| {
                next = self.last_descendant(child).0 + 1;
                child
            })
        })
    }

    /// The children that are elements.
    pub(crate) fn elements(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.children(node).filter(|&child| self.kind(child) == NodeKind::Element)
    }

    /// The first child element of this name.
    pub(crate) fn child(&self, node: NodeId, namespace: &str, local: &str) -> Option<NodeId> {
        self.elements(node).find(|&child| self.is(child, namespace, local))
    }

    /// The node itself and all below it, in document order.
    pub(crate) fn descendants(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        (node.0..=self.last_descendant(node).0).map(NodeId)
    }

    /// The nodes from one to another, in document order.
    pub(crate) fn span(&self, first: NodeId, last: NodeId) -> impl Iterator<Item = NodeId> + use<> {
        let last = last.0.min(self.last_descendant(self.document()).0);
        (first.0..=last).map(NodeId)
    }

    /// The value of an attribute in no namespace.
    pub(crate) fn attribute(&self, node: NodeId, local: &str) -> Option<Cow<'_, str>> {
        let found =
            self.attributes(node).find(|found| found.name.local == local && found.name.prefix.is_empty());
        found.map(|found| found.value)
    }

    /// The attributes in document order, without namespace declarations.
    pub(crate) fn attributes(&self, node: NodeId) -> impl Iterator<Item = Attribute<'_>> + '_ {
        self.attribute_numbers(node).filter_map(|number| self.attribute_by(AttributeId(number)))
    }

    fn attribute_numbers(&self, node: NodeId) -> Range<u32> {
        let Some(item) = self.node(node).map(Node::item) else { return 0..0 };
        let Some(element) = self.tables.elements.get(item) else { return 0..0 };
        let end = self.tables.elements.get(item + 1).map(|next| next.attributes);
        element.attributes..end.unwrap_or_else(|| namespace::small(self.tables.attributes.len()))
    }

    fn attribute_by(&self, id: AttributeId) -> Option<Attribute<'_>> {
        let record = self.tables.attributes.get(id.0 as usize)?;
        let name = self.split_name(record.start as usize, self.tables.names.get(record.name() as usize)?);
        let raw = self.slice(record.value_start as usize..record.value_end as usize);
        let value = if record.is_plain() { Cow::Borrowed(raw) } else { value::value(raw) };
        Some(Attribute { id, name, value })
    }

    /// The characters of a node: of all texts below it for an element or the document (XPath 1.0 string-value), of a
    /// comment, or of an instruction without its target.
    pub(crate) fn text(&self, node: NodeId) -> Cow<'_, str> {
        match self.kind(node) {
            NodeKind::Document | NodeKind::Element => self.text_below(node),
            NodeKind::Text => self.characters(node),
            NodeKind::Comment => {
                let range = self.range(node);
                value::lines(self.slice(range.start + 4..range.end.saturating_sub(3)))
            }
            NodeKind::Instruction => {
                let range = self.range(node);
                let start = range.start + 2 + self.name(node).local.len();
                let data = self.slice(start..range.end.saturating_sub(2));
                value::lines(data.trim_start_matches([' ', '\t', '\r', '\n']))
            }
        }
    }

    fn characters(&self, node: NodeId) -> Cow<'_, str> {
        let raw = self.slice(self.range(node));
        if self.node(node).is_some_and(Node::is_plain) {
            return Cow::Borrowed(raw);
        }
        let mut out = String::with_capacity(raw.len());
        value::append_text(&mut out, raw);
        Cow::Owned(out)
    }

    fn text_below(&self, node: NodeId) -> Cow<'_, str> {
        let mut texts = self.descendants(node).filter(|&below| self.kind(below) == NodeKind::Text);
        let Some(first) = texts.next() else { return Cow::Borrowed("") };
        let mut all = self.characters(first);
        for text in texts {
            all.to_mut().push_str(&self.characters(text));
        }
        all
    }

    /// The whole node: of an element, `<` of its start tag to `>` of its end tag.
    pub(crate) fn range(&self, node: NodeId) -> Range<usize> {
        self.node(node).map_or(0..0, |node| node.start as usize..node.end as usize)
    }

    /// The start tag, or the empty-element tag. Of another node: all of it.
    pub(crate) fn start_tag(&self, node: NodeId) -> Range<usize> {
        let range = self.range(node);
        let end = self.element(node).map_or(range.end, |element| element.open_end as usize);
        range.start..end
    }

    /// What stands between the tags; `None` for an empty-element tag and for what is no element.
    pub(crate) fn content(&self, node: NodeId) -> Option<Range<usize>> {
        let element = self.element(node).filter(|element| element.close != node::NONE)?;
        Some(element.open_end as usize..element.close as usize)
    }

    /// The element with this identifier; `None` where there is none or more than one.
    pub(crate) fn by_id(&self, id: &str) -> Option<NodeId> {
        let (first, second) = self.ids.find(&self.tables, &self.text, id);
        first.filter(|_| second.is_none())
    }

    /// More than one element has this identifier, so it names none.
    pub(crate) fn is_ambiguous(&self, id: &str) -> bool {
        self.ids.find(&self.tables, &self.text, id).1.is_some()
    }

    /// What a prefix (empty: the default) stands for at an element. `None`: nothing.
    pub(crate) fn namespace(&self, node: NodeId, prefix: &str) -> Option<&str> {
        for declaration in self.scopes(node).flatten() {
            if self.prefix_name(declaration.prefix) == prefix {
                return Some(self.namespace_name(declaration.namespace)).filter(|name| !name.is_empty());
            }
        }
        (prefix == "xml").then_some(XML)
    }

    /// The namespace nodes of an element: prefix and namespace name, in the order of the prefixes, `xml` counted.
    pub(crate) fn namespaces(&self, node: NodeId) -> Vec<(&str, &str)> {
        let mut all = BTreeMap::new();
        for declaration in self.scopes(node).flatten() {
            let name = self.namespace_name(declaration.namespace);
            all.entry(self.prefix_name(declaration.prefix)).or_insert(name);
        }
        all.insert("xml", XML);
        all.into_iter().filter(|(_, name)| !name.is_empty()).collect()
    }
}
