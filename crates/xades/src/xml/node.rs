// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The tables that a tree is made of: small records of offsets into the text. A document of 10 MB has half a million nodes,
//! so what many nodes share (names, namespaces in scope) stands once and has a number.

use crate::limits;

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

/// The tables of a tree.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) nodes: Vec<Node>,
    pub(super) elements: Vec<Element>,
    pub(super) attributes: Vec<AttributeRecord>,
    pub(super) names: Vec<NameRecord>,
    pub(super) scopes: Vec<Scope>,
    pub(super) declarations: Vec<Declaration>,
    pub(super) prefixes: Vec<Stored>,
    pub(super) namespaces: Vec<Stored>,
    /// The document element.
    pub(super) root: u32,
}

/// A node: where it stands, and in one number its kind, what is known of it, and of an element its record's number.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) start: u32,
    pub(super) end: u32,
    /// [`NONE`] for the document.
    pub(super) parent: u32,
    packed: u32,
}

const PLAIN: u32 = 1 << 3;
const CANONICAL: u32 = 1 << 4;
const ORDERED: u32 = 1 << 5;
const ITEM: u32 = 6;
/// The number of a record is as good as none.
const NO_ITEM: u32 = u32::MAX >> ITEM;

const _: () = assert!(limits::MAX_NODES < NO_ITEM as usize, "each element's record has a number");

impl Node {
    pub(super) const fn new(kind: NodeKind, start: u32, end: u32, parent: u32) -> Self {
        let kind = match kind {
            NodeKind::Document => 0,
            NodeKind::Element => 1,
            NodeKind::Text => 2,
            NodeKind::Comment => 3,
            NodeKind::Instruction => 4,
        };
        Self { start, end, parent, packed: kind | PLAIN | CANONICAL | ORDERED | NO_ITEM << ITEM }
    }

    pub(super) const fn kind(&self) -> NodeKind {
        match self.packed & 7 {
            1 => NodeKind::Element,
            2 => NodeKind::Text,
            3 => NodeKind::Comment,
            4 => NodeKind::Instruction,
            _ => NodeKind::Document,
        }
    }

    /// Elements: the number of the record in the table of elements. Of others a number that none has.
    pub(super) const fn item(&self) -> usize {
        (self.packed >> ITEM) as usize
    }

    pub(super) const fn set_item(&mut self, item: u32) {
        self.packed = self.packed & !(NO_ITEM << ITEM) | item << ITEM;
    }

    /// The characters are the octets of the text: no reference, no CDATA section, no carriage return.
    pub(super) const fn is_plain(&self) -> bool {
        self.packed & PLAIN != 0
    }

    /// The canonical form is the octets of the text. Of an element: its start tag, apart from the
    /// slash of an empty-element tag, where no namespace is declared in it.
    pub(super) const fn is_canonical(&self) -> bool {
        self.packed & CANONICAL != 0
    }

    /// The attributes of the element stand in canonical order.
    pub(super) const fn is_ordered(&self) -> bool {
        self.packed & ORDERED != 0
    }

    pub(super) const fn set_plain(&mut self, plain: bool) {
        self.set(PLAIN, plain);
    }

    pub(super) const fn set_canonical(&mut self, canonical: bool) {
        self.set(CANONICAL, canonical);
    }

    pub(super) const fn set_ordered(&mut self, ordered: bool) {
        self.set(ORDERED, ordered);
    }

    const fn set(&mut self, flag: u32, to: bool) {
        if to {
            self.packed |= flag;
        } else {
            self.packed &= !flag;
        }
    }
}

/// What only elements have.
#[derive(Clone, Debug)]
pub(super) struct Element {
    /// The last node of the subtree.
    pub(super) last: u32,
    /// The end of the start tag.
    pub(super) open_end: u32,
    /// The start of the end tag; [`NONE`] for an empty-element tag.
    pub(super) close: u32,
    /// The number of its name.
    pub(super) name: u32,
    /// The first attribute; the next element's ends them.
    pub(super) attributes: u32,
    /// The namespaces in scope, those of its own tag counted; [`NONE`] where none is declared.
    pub(super) scope: u32,
}

/// What the names of many elements and attributes have in common. The name itself stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NameRecord {
    pub(super) prefix: u32,
    pub(super) namespace: u32,
    /// Octets of the prefix, without the colon.
    pub(super) prefix_len: u16,
    /// Octets of the whole name.
    pub(super) len: u16,
}

/// An attribute that declares no namespace.
#[derive(Clone, Debug)]
pub(super) struct AttributeRecord {
    pub(super) start: u32,
    pub(super) value_start: u32,
    pub(super) value_end: u32,
    /// The number of its name, and whether the value is the octets of the text.
    packed: u32,
}

/// No name has so high a number: each takes an attribute or element of its own.
const PLAIN_VALUE: u32 = 1 << 31;

impl AttributeRecord {
    pub(super) const fn new(start: u32, value: (u32, u32), name: u32, plain: bool) -> Self {
        let packed = name | if plain { PLAIN_VALUE } else { 0 };
        Self { start, value_start: value.0, value_end: value.1, packed }
    }

    /// The number of its name.
    pub(super) const fn name(&self) -> u32 {
        self.packed & !PLAIN_VALUE
    }

    pub(super) const fn set_name(&mut self, name: u32) {
        self.packed = self.packed & PLAIN_VALUE | name;
    }

    /// The value is the octets of the text.
    pub(super) const fn is_plain(&self) -> bool {
        self.packed & PLAIN_VALUE != 0
    }
}

/// A start tag that declares namespaces.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    /// The element.
    pub(super) node: u32,
    /// The scope around it.
    pub(super) outer: u32,
    /// The first of its declarations; the next scope's ends them.
    pub(super) declarations: u32,
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
