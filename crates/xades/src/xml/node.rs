// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The tables that a tree is made of: small records of offsets into the text.

/// A node of a tree. Numbers follow document order, so a subtree is a range of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId(pub(super) u32);

impl NodeId {
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a node is (XPath 1.0 clause 5, attributes and namespaces apart).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NodeKind {
    /// The document itself.
    Document,
    /// An element.
    Element,
    /// Characters, references and CDATA sections that follow each other.
    Text,
    /// A comment.
    Comment,
    /// A processing instruction.
    Instruction,
}

/// No node, no element, no declaration.
pub(super) const NONE: u32 = u32::MAX;

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) start: u32,
    pub(super) end: u32,
    /// [`NONE`] for the document.
    pub(super) parent: u32,
    /// The last node of the subtree.
    pub(super) last: u32,
    /// Elements: the record in the table of elements.
    pub(super) item: u32,
    pub(super) kind: NodeKind,
    /// The characters are the octets of the text: no reference, no CDATA section, no carriage return.
    pub(super) plain: bool,
    /// The canonical form is the octets of the text. Of an element: its start tag, apart from the
    /// slash of an empty-element tag, where no namespace is declared in it.
    pub(super) canonical: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Element {
    pub(super) node: u32,
    /// The end of the start tag.
    pub(super) open_end: u32,
    /// The start of the end tag; [`NONE`] for an empty-element tag.
    pub(super) close: u32,
    pub(super) prefix_len: u16,
    pub(super) name_len: u16,
    pub(super) prefix: u32,
    pub(super) namespace: u32,
    /// The first attribute; the next element's first attribute ends them.
    pub(super) attributes: u32,
    /// The first namespace declaration; the next element's ends them.
    pub(super) declarations: u32,
    /// The nearest element, this one counted, that declares a namespace; [`NONE`] where none does.
    pub(super) scope: u32,
    /// The attributes stand in canonical order.
    pub(super) ordered: bool,
    /// The end tag has no white space in it.
    pub(super) tidy_end: bool,
}

/// An attribute that declares no namespace.
#[derive(Clone, Debug)]
pub(super) struct AttributeRecord {
    pub(super) start: u32,
    pub(super) value_start: u32,
    pub(super) value_end: u32,
    pub(super) prefix_len: u16,
    pub(super) name_len: u16,
    pub(super) prefix: u32,
    pub(super) namespace: u32,
    /// The value is the octets of the text.
    pub(super) plain: bool,
}

/// `xmlns="…"` or `xmlns:p="…"`: what a prefix stands for, both as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Declaration {
    pub(crate) prefix: u32,
    /// 0 is none.
    pub(crate) namespace: u32,
}

/// A stretch of the text, or a string of its own where the text has it escaped.
#[derive(Clone, Debug)]
pub(super) enum Stored {
    Text(u32, u32),
    Own(Box<str>),
}

impl Stored {
    pub(super) fn resolve<'t>(&'t self, text: &'t str) -> &'t str {
        match self {
            Self::Text(start, len) => {
                let start = *start as usize;
                text.get(start..start.saturating_add(*len as usize)).unwrap_or_default()
            }
            Self::Own(own) => own,
        }
    }
}
