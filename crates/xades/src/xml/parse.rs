// SPDX-License-Identifier: Apache-2.0 OR MIT
//! From text to the tables of a tree, in one pass: each token is read to its end, held against its production and put into
//! the tables. Tags have a file of their own.

use std::ops::Range;

use super::{
    character::{find_illegal, is_space, name_len},
    declaration,
    namespace::{Bindings, Names, small},
    node::{NONE, Node, NodeKind, Tables},
    scan::{Markup, SECTION, end_of, end_of_reference, markup, next_in_text},
    value::referenced,
};
use crate::{error::XmlError, limits};

/// An element whose end tag is still to come.
pub(super) struct Open {
    pub(super) node: u32,
    /// Its record.
    pub(super) item: u32,
    /// The bindings to come back to.
    pub(super) mark: usize,
    /// The scope to come back to.
    pub(super) scope: u32,
    /// Its name in the text.
    pub(super) name: Range<usize>,
}

pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    pub(super) tables: Tables,
    pub(super) bindings: Bindings<'t>,
    pub(super) names: Names,
    pub(super) open: Vec<Open>,
    /// The nearest start tag around this place that declares namespaces.
    pub(super) scope: u32,
    /// Attributes of the tag at hand that have a prefix, with the lengths of the prefix and of the name.
    pub(super) prefixed: Vec<(usize, usize, usize)>,
    /// Attributes that are identifiers, with their elements.
    pub(super) ids: Vec<(u32, u32)>,
    /// The document element has begun.
    pub(super) rooted: bool,
}

pub(super) fn malformed(at: usize, what: &'static str) -> XmlError {
    XmlError::Malformed { at, what }
}

const OUTSIDE: &str = "characters outside the document element";
const NO_REFERENCE: &str = "an ampersand that begins no reference";

/// Reads the text of a document into tables, and which attributes of which elements are identifiers; a byte order mark is
/// jumped over.
pub(super) fn parse(text: &str) -> Result<(Tables, Vec<(u32, u32)>), XmlError> {
    let base = if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
    let mut parser = Parser::empty(text);
    parser.reserve();
    parser.push(NodeKind::Document, 0..text.len())?;
    check_legal(text, 0)?;
    let at = parser.declaration(base)?;
    parser.read_from(at)
}

pub(super) fn check_legal(text: &str, from: usize) -> Result<(), XmlError> {
    let found = find_illegal(text.get(from..).unwrap_or_default());
    found.map_or(Ok(()), |at| Err(malformed(from + at, "a character that XML does not allow")))
}

impl<'t> Parser<'t> {
    /// Before the first token.
    pub(super) fn empty(text: &'t str) -> Self {
        Self {
            text,
            tables: Tables::default(),
            bindings: Bindings::new(),
            names: Names::default(),
            open: Vec::new(),
            scope: NONE,
            prefixed: Vec::new(),
            ids: Vec::new(),
            rooted: false,
        }
    }

    /// Makes room as for a document in which texts stand between tags.
    fn reserve(&mut self) {
        let octets = self.text.as_bytes();
        let count = |octet| memchr::memchr_iter(octet, octets).count().min(octets.len() / 8);
        let tags = count(b'<');
        self.tables.nodes.reserve(tags + tags / 2);
        self.tables.elements.reserve(tags / 2);
        self.tables.attributes.reserve(count(b'='));
    }

    /// Reads the document from a place where a token begins.
    pub(super) fn read_from(mut self, mut at: usize) -> Result<(Tables, Vec<(u32, u32)>), XmlError> {
        while let Some(octet) = self.octet(at) {
            at = if octet == b'<' { self.markup(at)? } else { self.text(at)? };
        }
        self.finish()
    }

    pub(super) fn slice(&self, range: Range<usize>) -> &'t str {
        self.text.get(range).unwrap_or_default()
    }

    pub(super) fn octet(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    pub(super) fn rest(&self, at: usize) -> &'t [u8] {
        self.text.as_bytes().get(at..).unwrap_or_default()
    }

    /// Reads the XML declaration, if the document has one at `at`; gives the place behind it.
    fn declaration(&self, at: usize) -> Result<usize, XmlError> {
        if !is_declaration(self.rest(at)) {
            return Ok(at);
        }
        let end = end_of(self.text.as_bytes(), at, b"?>");
        let end = end.ok_or_else(|| malformed(at, "a processing instruction without its end"))?;
        declaration::check(self.slice(at..end), at)?;
        Ok(end)
    }

    /// Reads what the `<` at `at` begins; gives the place behind it.
    fn markup(&mut self, at: usize) -> Result<usize, XmlError> {
        match markup(self.rest(at)) {
            Markup::Start => self.start_tag(at),
            Markup::End => self.end_tag(at),
            Markup::Section => self.text(at),
            Markup::Comment => self.comment(at),
            Markup::Instruction => self.instruction(at),
            Markup::DocumentType => Err(XmlError::DocumentType { at }),
            Markup::Unknown => Err(malformed(at, "a tag without its end")),
        }
    }

    /// Adds a node below the element that is open.
    pub(super) fn push(&mut self, kind: NodeKind, range: Range<usize>) -> Result<&mut Node, XmlError> {
        const OBJECT: &str = "nodes of a document";
        if self.tables.nodes.len() >= limits::MAX_NODES {
            return Err(XmlError::Limit { object: OBJECT, limit: limits::MAX_NODES });
        }
        let parent = match (kind, self.open.last()) {
            (NodeKind::Document, _) => NONE,
            (_, Some(open)) => open.node,
            (_, None) => 0,
        };
        self.tables.nodes.push(Node::new(kind, small(range.start), small(range.end), parent));
        self.tables.nodes.last_mut().ok_or(XmlError::Limit { object: OBJECT, limit: 0 })
    }

    /// Reads character data, references and CDATA sections up to other markup: one text.
    fn text(&mut self, start: usize) -> Result<usize, XmlError> {
        if self.open.is_empty() {
            return self.outside(start);
        }
        let (mut at, mut plain, mut canonical) = (start, true, true);
        loop {
            match self.octet(at) {
                Some(b'<') if self.rest(at).starts_with(SECTION) => {
                    let end = end_of(self.text.as_bytes(), at + SECTION.len(), b"]]>");
                    at = end.ok_or_else(|| malformed(at, "a CDATA section without its end"))?;
                    (plain, canonical) = (false, false);
                }
                None | Some(b'<') => break,
                Some(b'&') => {
                    let end = self.reference(at)?;
                    canonical &= matches!(self.slice(at..end), "&amp;" | "&lt;" | "&gt;" | "&#xD;");
                    (at, plain) = (end, false);
                }
                Some(_) => {
                    let run = self.characters(at)?;
                    at = run.end;
                    plain &= run.plain;
                    canonical &= run.canonical;
                }
            }
        }
        let node = self.push(NodeKind::Text, start..at)?;
        node.set_plain(plain);
        node.set_canonical(canonical);
        Ok(at)
    }

    /// `CharData`, production 14.
    fn characters(&self, start: usize) -> Result<Run, XmlError> {
        let octets = self.text.as_bytes();
        let mut run = Run { end: start, plain: true, canonical: true };
        loop {
            let at = next_in_text(octets, run.end, run.plain);
            run.end = at;
            match octets.get(at) {
                Some(b'>') if at >= start + 2 && octets.get(at - 2..at) == Some(b"]]") => {
                    return Err(malformed(at, "]]> in character data"));
                }
                Some(b'>') => run.canonical = false,
                Some(b'\r') => (run.plain, run.canonical) = (false, false),
                _ => return Ok(run),
            }
            run.end += 1;
        }
    }

    /// Reads the reference at `at`, which must be one that XML itself defines; gives the place behind it.
    pub(super) fn reference(&self, at: usize) -> Result<usize, XmlError> {
        let end = end_of_reference(self.text.as_bytes(), at).ok_or_else(|| malformed(at, NO_REFERENCE))?;
        let name = self.slice(at + 1..end - 1);
        if referenced(name).is_some() {
            return Ok(end);
        }
        if name.starts_with('#') {
            return Err(malformed(at, "a reference to no character"));
        }
        let named = name_len(name);
        if named > 0 && named == name.len() {
            return Err(XmlError::Entity { at });
        }
        Err(malformed(at, NO_REFERENCE))
    }

    /// Outside the document element stands white space alone, and it is no text.
    fn outside(&self, start: usize) -> Result<usize, XmlError> {
        let spaces = self.rest(start).iter().take_while(|&&octet| is_space(octet)).count();
        let at = start + spaces;
        match self.octet(at) {
            None => Ok(at),
            Some(b'<') if spaces > 0 => Ok(at),
            Some(b'<') => Err(malformed(at, "a CDATA section outside the document element")),
            Some(b'&') => Err(malformed(at, "a reference outside the document element")),
            Some(_) => Err(malformed(start, OUTSIDE)),
        }
    }

    fn comment(&mut self, start: usize) -> Result<usize, XmlError> {
        let begin = start + "<!--".len();
        let end = end_of(self.text.as_bytes(), begin, b"--");
        let end = end.ok_or_else(|| malformed(start, "a comment without its end"))?;
        if self.octet(end) != Some(b'>') {
            return Err(malformed(start, "-- in a comment"));
        }
        let plain = !self.slice(begin..end).contains('\r');
        let node = self.push(NodeKind::Comment, start..end + 1)?;
        node.set_plain(plain);
        node.set_canonical(plain);
        Ok(end + 1)
    }

    fn instruction(&mut self, start: usize) -> Result<usize, XmlError> {
        if is_declaration(self.rest(start)) {
            return Err(malformed(start, "an XML declaration that is not at the start"));
        }
        let end = end_of(self.text.as_bytes(), start + 2, b"?>");
        let end = end.ok_or_else(|| malformed(start, "a processing instruction without its end"))?;
        let inside = self.slice(start + 2..end - 2);
        let (name, data) = inside.split_at_checked(name_len(inside)).unwrap_or_default();
        if name.is_empty() || !data.bytes().next().is_none_or(is_space) {
            return Err(malformed(start, "the target of a processing instruction is no name"));
        }
        if name.eq_ignore_ascii_case("xml") {
            return Err(malformed(start, "a processing instruction called xml"));
        }
        let plain = !data.contains('\r');
        // `<?a b?>` and `<?a?>` are canonical, `<?a ?>` and `<?a  b?>` are not.
        let spaces = data.bytes().take_while(|&octet| is_space(octet)).count();
        let tidy = data.is_empty() || (spaces == 1 && data.starts_with(' ') && data.len() > 1);
        let node = self.push(NodeKind::Instruction, start..end)?;
        node.set_plain(plain);
        node.set_canonical(plain && tidy);
        Ok(end)
    }

    fn finish(mut self) -> Result<(Tables, Vec<(u32, u32)>), XmlError> {
        let end = self.text.len();
        if !self.open.is_empty() {
            return Err(malformed(end, "an element without its end tag"));
        }
        if !self.rooted {
            return Err(malformed(end, "no document element"));
        }
        self.tables.names = self.names.records;
        self.tables.prefixes = self.bindings.stored_prefixes;
        self.tables.namespaces = self.bindings.stored_namespaces;
        Ok((self.tables, self.ids))
    }
}

/// A run of character data.
struct Run {
    end: usize,
    plain: bool,
    canonical: bool,
}

/// `octets` begin as the XML declaration does: its name is not one that an instruction may have.
fn is_declaration(octets: &[u8]) -> bool {
    let behind = octets.strip_prefix(b"<?xml").map(|rest| rest.first().copied());
    behind.is_some_and(|next| next.is_none_or(|octet| octet == b'?' || is_space(octet)))
}
