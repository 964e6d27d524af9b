// SPDX-License-Identifier: Apache-2.0 OR MIT
//! From text to the tables of a tree. quick-xml says where each token ends; whether the token is well-formed is looked at
//! here, for quick-xml takes much that XML 1.0 does not.

use std::ops::Range;

use quick_xml::{Reader, events::Event};

use super::{
    character::{is_space, name_len},
    declaration,
    namespace::{Bindings, small},
    node::{AttributeRecord, Declaration, Element, NONE, Node, NodeKind, Stored},
    value::referenced,
};
use crate::{error::XmlError, limits};

/// The tables of a tree.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) nodes: Vec<Node>,
    pub(super) elements: Vec<Element>,
    pub(super) attributes: Vec<AttributeRecord>,
    pub(super) declarations: Vec<Declaration>,
    pub(super) prefixes: Vec<Stored>,
    pub(super) namespaces: Vec<Stored>,
}

/// An element whose end tag is still to come.
struct Open {
    node: u32,
    /// The bindings to come back to.
    mark: usize,
}

pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    pub(super) tables: Tables,
    pub(super) bindings: Bindings<'t>,
    open: Vec<Open>,
    /// The document element has begun.
    rooted: bool,
}

pub(super) fn malformed(at: usize, what: &'static str) -> XmlError {
    XmlError::Malformed { at, what }
}

/// Reads the text of a document; a byte order mark is jumped over.
pub(super) fn parse(text: &str) -> Result<Tables, XmlError> {
    if let Some(at) = super::character::find_illegal(text) {
        return Err(malformed(at, "a character that XML does not allow"));
    }
    let base = if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
    let body = text.get(base..).unwrap_or_default();
    if body.starts_with('\u{FEFF}') {
        return Err(malformed(base, "characters outside the document element"));
    }
    let mut parser = Parser {
        text,
        tables: Tables::default(),
        bindings: Bindings::new(),
        open: Vec::new(),
        rooted: false,
    };
    parser.reserve();
    parser.push(NodeKind::Document, 0..text.len())?;
    let mut reader = Reader::from_str(body);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    let mut start = base;
    loop {
        let event = reader.read_event().map_err(|error| syntax(start, &error))?;
        let end = base.saturating_add(usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX));
        if matches!(event, Event::Eof) {
            break;
        }
        parser.token(&event, start..end, start == base)?;
        start = end;
    }
    parser.finish(text.len())
}

/// What quick-xml itself refuses.
fn syntax(at: usize, error: &quick_xml::Error) -> XmlError {
    use quick_xml::errors::SyntaxError;
    let what = match error {
        quick_xml::Error::Syntax(SyntaxError::UnclosedComment) => "a comment without its end",
        quick_xml::Error::Syntax(SyntaxError::UnclosedCData) => "a CDATA section without its end",
        quick_xml::Error::Syntax(SyntaxError::UnclosedDoctype) => return XmlError::DocumentType { at },
        quick_xml::Error::Syntax(SyntaxError::UnclosedPI) => "a processing instruction without its end",
        quick_xml::Error::IllFormed(quick_xml::errors::IllFormedError::UnclosedReference) => {
            "an ampersand that begins no reference"
        }
        _ => "a tag without its end",
    };
    malformed(at, what)
}

impl<'t> Parser<'t> {
    pub(super) fn slice(&self, range: Range<usize>) -> &'t str {
        self.text.get(range).unwrap_or_default()
    }

    /// Makes room as for a document in which texts stand between tags.
    fn reserve(&mut self) {
        let tags = memchr::memchr_iter(b'<', self.text.as_bytes()).count().min(self.text.len() / 8);
        self.tables.nodes.reserve(tags + tags / 2);
        self.tables.elements.reserve(tags / 2);
    }

    fn token(&mut self, event: &Event<'_>, range: Range<usize>, first: bool) -> Result<(), XmlError> {
        match event {
            Event::Start(_) => self.start_tag(range, false),
            Event::Empty(_) => self.start_tag(range, true),
            Event::End(_) => self.end_tag(&range),
            Event::Text(_) => self.characters(&range),
            Event::GeneralRef(_) => self.reference(&range),
            Event::CData(_) => self.section(range),
            Event::Comment(_) => self.comment(range),
            Event::PI(_) => self.instruction(range),
            Event::Decl(_) if first => declaration::check(self.slice(range.clone()), range.start),
            Event::Decl(_) => Err(malformed(range.start, "an XML declaration that is not at the start")),
            Event::DocType(_) => Err(XmlError::DocumentType { at: range.start }),
            Event::Eof => Ok(()),
        }
    }

    /// Adds a node below the element that is open.
    fn push(&mut self, kind: NodeKind, range: Range<usize>) -> Result<&mut Node, XmlError> {
        if self.tables.nodes.len() >= limits::MAX_NODES {
            return Err(XmlError::Limit { object: "nodes of a document", limit: limits::MAX_NODES });
        }
        let parent = match (kind, self.open.last()) {
            (NodeKind::Document, _) => NONE,
            (_, Some(open)) => open.node,
            (_, None) => 0,
        };
        let number = small(self.tables.nodes.len());
        self.tables.nodes.push(Node {
            start: small(range.start),
            end: small(range.end),
            parent,
            last: number,
            item: NONE,
            kind,
            plain: true,
            canonical: true,
        });
        self.tables.nodes.last_mut().ok_or(XmlError::Limit { object: "nodes of a document", limit: 0 })
    }

    fn start_tag(&mut self, range: Range<usize>, empty: bool) -> Result<(), XmlError> {
        if self.open.is_empty() {
            if self.rooted {
                return Err(malformed(range.start, "a second document element"));
            }
            self.rooted = true;
        }
        if self.open.len() >= limits::MAX_DEPTH {
            return Err(XmlError::Limit { object: "elements within elements", limit: limits::MAX_DEPTH });
        }
        let scope = self.scope();
        let item = small(self.tables.elements.len());
        let node = small(self.tables.nodes.len());
        let mark = self.bindings.mark();
        let canonical = self.read_tag(&range, empty, scope)?;
        let pushed = self.push(NodeKind::Element, range)?;
        pushed.item = item;
        pushed.canonical = canonical;
        if empty {
            self.bindings.leave(mark);
        } else {
            self.open.push(Open { node, mark });
        }
        Ok(())
    }

    /// The nearest element that is open and declares a namespace.
    fn scope(&self) -> u32 {
        let Some(open) = self.open.last() else { return NONE };
        let item = self.tables.nodes.get(open.node as usize).map_or(NONE, |node| node.item);
        self.tables.elements.get(item as usize).map_or(NONE, |element| element.scope)
    }

    fn end_tag(&mut self, range: &Range<usize>) -> Result<(), XmlError> {
        let Some(open) = self.open.pop() else {
            return Err(malformed(range.start, "an end tag without a start tag"));
        };
        let name = self.slice(range.start + 2..range.end.saturating_sub(1));
        let last = small(self.tables.nodes.len().saturating_sub(1));
        let Some(node) = self.tables.nodes.get_mut(open.node as usize) else { return Ok(()) };
        let Some(element) = self.tables.elements.get_mut(node.item as usize) else { return Ok(()) };
        let begun = node.start as usize + 1;
        let expected = self.text.get(begun..begun + usize::from(element.name_len)).unwrap_or_default();
        let rest = name.strip_prefix(expected).filter(|rest| rest.bytes().all(is_space));
        let rest =
            rest.ok_or_else(|| malformed(range.start, "an end tag that does not match its start tag"))?;
        element.close = small(range.start);
        element.tidy_end = rest.is_empty();
        node.end = small(range.end);
        node.last = last;
        self.bindings.leave(open.mark);
        Ok(())
    }

    fn characters(&mut self, range: &Range<usize>) -> Result<(), XmlError> {
        let text = self.slice(range.clone());
        if self.open.is_empty() {
            return if text.bytes().all(is_space) {
                Ok(())
            } else {
                Err(malformed(range.start, "characters outside the document element"))
            };
        }
        let octets = text.as_bytes();
        let (mut plain, mut canonical) = (true, true);
        for at in memchr::memchr2_iter(b'>', b'\r', octets) {
            if octets.get(at) == Some(&b'\r') {
                plain = false;
            } else if at >= 2 && octets.get(at - 2..at) == Some(b"]]") {
                return Err(malformed(range.start + at, "]]> in character data"));
            }
            canonical = false;
        }
        self.extend_text(range.clone(), plain, canonical)
    }

    fn reference(&mut self, range: &Range<usize>) -> Result<(), XmlError> {
        if self.open.is_empty() {
            return Err(malformed(range.start, "a reference outside the document element"));
        }
        let whole = self.slice(range.clone());
        check_reference(whole, range.start)?;
        let canonical = matches!(whole, "&amp;" | "&lt;" | "&gt;" | "&#xD;");
        self.extend_text(range.clone(), false, canonical)
    }

    fn section(&mut self, range: Range<usize>) -> Result<(), XmlError> {
        if self.open.is_empty() {
            return Err(malformed(range.start, "a CDATA section outside the document element"));
        }
        self.extend_text(range, false, false)
    }

    /// Adds to the text that ends here, or begins one.
    fn extend_text(&mut self, range: Range<usize>, plain: bool, canonical: bool) -> Result<(), XmlError> {
        if let Some(last) = self.tables.nodes.last_mut()
            && last.kind == NodeKind::Text
            && last.end as usize == range.start
        {
            last.end = small(range.end);
            last.plain &= plain;
            last.canonical &= canonical;
            return Ok(());
        }
        let node = self.push(NodeKind::Text, range)?;
        (node.plain, node.canonical) = (plain, canonical);
        Ok(())
    }

    fn comment(&mut self, range: Range<usize>) -> Result<(), XmlError> {
        let whole = self.slice(range.clone()).strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
        let inside = whole.ok_or_else(|| malformed(range.start, "a comment without its end"))?;
        if inside.contains("--") || inside.ends_with('-') {
            return Err(malformed(range.start, "-- in a comment"));
        }
        let plain = !inside.contains('\r');
        let node = self.push(NodeKind::Comment, range)?;
        (node.plain, node.canonical) = (plain, plain);
        Ok(())
    }

    fn instruction(&mut self, range: Range<usize>) -> Result<(), XmlError> {
        let whole = self.slice(range.clone()).strip_prefix("<?").and_then(|rest| rest.strip_suffix("?>"));
        let inside =
            whole.ok_or_else(|| malformed(range.start, "a processing instruction without its end"))?;
        let target = name_len(inside);
        let (name, data) = inside.split_at_checked(target).unwrap_or_default();
        if name.is_empty() || !data.bytes().next().is_none_or(is_space) {
            return Err(malformed(range.start, "the target of a processing instruction is no name"));
        }
        if name.eq_ignore_ascii_case("xml") {
            return Err(malformed(range.start, "a processing instruction called xml"));
        }
        let plain = !data.contains('\r');
        // `<?a b?>` and `<?a?>` are canonical, `<?a ?>` and `<?a  b?>` are not.
        let spaces = data.bytes().take_while(|&octet| is_space(octet)).count();
        let tidy = data.is_empty() || (spaces == 1 && data.starts_with(' ') && data.len() > 1);
        let node = self.push(NodeKind::Instruction, range)?;
        (node.plain, node.canonical) = (plain, plain && tidy);
        Ok(())
    }

    fn finish(mut self, end: usize) -> Result<Tables, XmlError> {
        if !self.open.is_empty() {
            return Err(malformed(end, "an element without its end tag"));
        }
        if !self.rooted {
            return Err(malformed(end, "no document element"));
        }
        let last = small(self.tables.nodes.len().saturating_sub(1));
        if let Some(document) = self.tables.nodes.first_mut() {
            document.last = last;
        }
        self.tables.prefixes = self.bindings.stored_prefixes;
        self.tables.namespaces = self.bindings.stored_namespaces;
        Ok(self.tables)
    }
}

/// A whole reference `&…;` is one that XML itself defines.
pub(super) fn check_reference(whole: &str, at: usize) -> Result<(), XmlError> {
    let name = whole.strip_prefix('&').and_then(|whole| whole.strip_suffix(';')).unwrap_or_default();
    if referenced(name).is_some() {
        return Ok(());
    }
    if name.starts_with('#') {
        return Err(malformed(at, "a reference to no character"));
    }
    let named = name_len(name);
    if named > 0 && named == name.len() {
        return Err(XmlError::Entity { at });
    }
    Err(malformed(at, "an ampersand that begins no reference"))
}
