// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Tags: names, attributes, namespace declarations and what they make of the names.

use std::{borrow::Cow, cmp::Ordering, ops::Range};

use super::{
    character::{is_space, qualified_name_len},
    namespace::{NO_NAMESPACE, NO_PREFIX, XML, XMLNS, small},
    node::{AttributeRecord, Declaration, Element, NONE, NameRecord, NodeKind, Scope},
    parse::{Open, Parser, malformed},
    scan::next_in_value,
    value,
};
use crate::{error::XmlError, limits};

/// So many attributes are compared each with each, more are sorted.
const FEW: usize = 8;
const UNENDED: &str = "a tag without its end";

/// One attribute as it stands.
struct Raw {
    start: usize,
    prefix_len: usize,
    name_len: usize,
    value: Range<usize>,
    plain: bool,
}

/// What stays of a start tag while it is read.
struct Tag {
    start: usize,
    /// The octets are the canonical form.
    canonical: bool,
    attributes: usize,
    declarations: usize,
}

/// How a start tag ends.
enum End {
    /// `>`
    Open,
    /// `/>`
    Empty,
}

impl<'t> Parser<'t> {
    /// Reads the start tag or empty-element tag at `start`; gives the place behind it.
    pub(super) fn start_tag(&mut self, start: usize) -> Result<usize, XmlError> {
        self.check_place(start)?;
        let (prefix_len, name_len) = self.name(start, start + 1)?;
        let mut tag = Tag {
            start,
            canonical: true,
            attributes: self.tables.attributes.len(),
            declarations: self.tables.declarations.len(),
        };
        let (mark, scope) = (self.bindings.mark(), self.scope);
        let (last, end) = self.attributes(start + 1 + name_len, &mut tag)?;
        let behind = last + if matches!(end, End::Empty) { 2 } else { 1 };
        let declares = self.declared(&tag)?;
        let name = self.named(start + 1, prefix_len, name_len)?;
        self.name_attributes()?;
        let ordered = self.attributes_are_unique_and_ordered(tag.attributes)?;
        let (node, item) = (small(self.tables.nodes.len()), small(self.tables.elements.len()));
        self.tables.elements.push(Element {
            last: node,
            open_end: small(behind),
            close: NONE,
            name,
            attributes: small(tag.attributes),
            scope: self.scope,
        });
        let pushed = self.push(NodeKind::Element, start..behind)?;
        pushed.set_item(item);
        pushed.set_ordered(ordered);
        pushed.set_canonical(tag.canonical && ordered && !declares);
        match end {
            End::Open => {
                let name = start + 1..start + 1 + name_len;
                self.open.push(Open { node, item, mark, scope, name });
            }
            End::Empty => {
                self.bindings.leave(mark);
                self.scope = scope;
            }
        }
        Ok(behind)
    }

    /// An element may begin here.
    fn check_place(&mut self, start: usize) -> Result<(), XmlError> {
        if self.open.is_empty() {
            if self.rooted {
                return Err(malformed(start, "a second document element"));
            }
            self.rooted = true;
            self.tables.root = small(self.tables.nodes.len());
        }
        if self.open.len() >= limits::MAX_DEPTH {
            return Err(XmlError::Limit { object: "elements within elements", limit: limits::MAX_DEPTH });
        }
        Ok(())
    }

    /// Reads the end tag at `start`; gives the place behind it.
    pub(super) fn end_tag(&mut self, start: usize) -> Result<usize, XmlError> {
        let Some(open) = self.open.pop() else {
            return Err(malformed(start, "an end tag without a start tag"));
        };
        let named = self.text.as_bytes().get(open.name.clone()).unwrap_or_default();
        let rest = self.rest(start + 2);
        let mut at = start + 2 + named.len();
        if rest.starts_with(named) && self.octet(at) != Some(b'>') {
            at = self.skip_space(at);
        }
        match self.octet(at) {
            Some(b'>') if rest.starts_with(named) => at += 1,
            _ if memchr::memchr(b'>', rest).is_none() => return Err(malformed(start, UNENDED)),
            _ => return Err(malformed(start, "an end tag that does not match its start tag")),
        }
        let last = small(self.tables.nodes.len().saturating_sub(1));
        if let Some(element) = self.tables.elements.get_mut(open.item as usize) {
            (element.close, element.last) = (small(start), last);
        }
        if let Some(node) = self.tables.nodes.get_mut(open.node as usize) {
            node.end = small(at);
        }
        self.bindings.leave(open.mark);
        self.scope = open.scope;
        Ok(at)
    }

    fn skip_space(&self, at: usize) -> usize {
        at + self.rest(at).iter().take_while(|&&octet| is_space(octet)).count()
    }

    /// The lengths of the prefix and of all of the name at `at`, in the tag that begins at `tag`.
    fn name(&self, tag: usize, at: usize) -> Result<(usize, usize), XmlError> {
        let Some(lengths) = qualified_name_len(self.text.get(at..).unwrap_or_default()) else {
            let what = if at < self.text.len() { "a name that is none" } else { UNENDED };
            return Err(malformed(if what == UNENDED { tag } else { at }, what));
        };
        if lengths.1 > limits::MAX_NAME_OCTETS {
            return Err(XmlError::Limit { object: "octets of a name", limit: limits::MAX_NAME_OCTETS });
        }
        Ok(lengths)
    }

    /// Reads attributes from `at`, behind the name, to the end of the tag; gives the place of that.
    fn attributes(&mut self, mut at: usize, tag: &mut Tag) -> Result<(usize, End), XmlError> {
        loop {
            if let Some(end) = self.end(at) {
                return Ok((at, end));
            }
            let start = self.skip_space(at);
            if let Some(end) = self.end(start) {
                tag.canonical = false;
                return Ok((start, end));
            }
            if self.octet(start).is_none() {
                return Err(malformed(tag.start, UNENDED));
            }
            if start == at {
                return Err(malformed(at, "no white space before an attribute"));
            }
            self.check_count(tag)?;
            let raw = self.attribute(start, tag)?;
            // Canonical: ` name="value"`, one space, double quotes and nothing else between.
            let quoted = self.octet(raw.value.end) == Some(b'"');
            let tight = quoted && raw.value.start - start - raw.name_len == 2;
            tag.canonical &= start - at == 1 && self.octet(at) == Some(b' ') && tight && raw.plain;
            at = raw.value.end + 1;
            self.take(&raw)?;
        }
    }

    /// How the tag ends at `at`, if it does.
    fn end(&self, at: usize) -> Option<End> {
        match self.octet(at)? {
            b'>' => Some(End::Open),
            b'/' if self.octet(at + 1) == Some(b'>') => Some(End::Empty),
            _ => None,
        }
    }

    fn check_count(&self, tag: &Tag) -> Result<(), XmlError> {
        const LIMIT: usize = limits::MAX_ATTRIBUTES;
        let attributes = self.tables.attributes.len() - tag.attributes;
        if attributes + self.tables.declarations.len() - tag.declarations >= LIMIT {
            return Err(XmlError::Limit { object: "attributes of an element", limit: LIMIT });
        }
        Ok(())
    }

    /// `Name S? '=' S? AttValue`.
    fn attribute(&self, start: usize, tag: &Tag) -> Result<Raw, XmlError> {
        let (prefix_len, name_len) = self.name(tag.start, start)?;
        let mut at = start + name_len;
        if self.octet(at) != Some(b'=') {
            at = self.skip_space(at);
        }
        match self.octet(at) {
            Some(b'=') => at += 1,
            Some(_) => return Err(malformed(start, "an attribute without a value")),
            None => return Err(malformed(tag.start, UNENDED)),
        }
        let open = self.skip_space(at);
        let quote = match self.octet(open) {
            Some(quote @ (b'"' | b'\'')) => quote,
            Some(_) => return Err(malformed(open, "an attribute value without quotes")),
            None => return Err(malformed(tag.start, UNENDED)),
        };
        let (end, plain) = self.value(open + 1, quote, tag)?;
        let value = open + 1..end;
        if value.len() > limits::MAX_ATTRIBUTE_OCTETS {
            let limit = limits::MAX_ATTRIBUTE_OCTETS;
            return Err(XmlError::Limit { object: "octets of an attribute", limit });
        }
        Ok(Raw { start, prefix_len, name_len, value, plain })
    }

    /// `AttValue`, production 10, from behind the quote on: where it ends, and whether it is the octets as they stand.
    fn value(&self, start: usize, quote: u8, tag: &Tag) -> Result<(usize, bool), XmlError> {
        let octets = self.text.as_bytes();
        let (mut at, mut plain) = (start, true);
        loop {
            at = next_in_value(octets, at, quote, plain);
            match octets.get(at) {
                Some(&end) if end == quote => return Ok((at, plain)),
                Some(b'<') => return Err(malformed(at, "< in an attribute value")),
                Some(b'&') => {
                    at = self.reference(at)?;
                    plain = false;
                }
                Some(octet) => {
                    plain &= !is_space(*octet);
                    at += 1;
                }
                None => return Err(malformed(tag.start, UNENDED)),
            }
        }
    }

    /// Adds an attribute or a namespace declaration to its table.
    fn take(&mut self, raw: &Raw) -> Result<(), XmlError> {
        let name = self.slice(raw.start..raw.start + raw.name_len);
        if raw.prefix_len == 0 && name == "xmlns" {
            return self.declare(raw, "");
        }
        if raw.prefix_len == 5 && name.starts_with("xmlns") {
            let prefix = name.get(6..).unwrap_or_default();
            return self.declare(raw, prefix);
        }
        let number = self.tables.attributes.len();
        if (raw.prefix_len == 0 && matches!(name, "Id" | "ID" | "id")) || name == "xml:id" {
            if self.ids.len() >= limits::MAX_IDS {
                return Err(XmlError::Limit { object: "identifiers of a document", limit: limits::MAX_IDS });
            }
            self.ids.push((small(number), small(self.tables.nodes.len())));
        }
        // An attribute without a prefix is in no namespace, whatever the default is.
        let mut known = 0;
        if raw.prefix_len == 0 {
            let (prefix, namespace) = (NO_PREFIX, NO_NAMESPACE);
            known =
                self.names.number(NameRecord { prefix, namespace, prefix_len: 0, len: short(raw.name_len) });
        } else {
            self.prefixed.push((number, raw.prefix_len, raw.name_len));
        }
        let value = (small(raw.value.start), small(raw.value.end));
        self.tables.attributes.push(AttributeRecord::new(small(raw.start), value, known, raw.plain));
        Ok(())
    }

    /// The rules of Namespaces in XML 1.0 clauses 3 and 5.
    fn declare(&mut self, raw: &Raw, prefix: &'t str) -> Result<(), XmlError> {
        let at = raw.start;
        let text = self.slice(raw.value.clone());
        let name = if raw.plain { Cow::Borrowed(text) } else { value::value(text) };
        match (prefix, name.as_ref()) {
            ("xmlns", _) => return Err(malformed(at, "the prefix xmlns is declared")),
            ("xml", XML) => {}
            ("xml", _) => return Err(malformed(at, "the prefix xml stands for another namespace")),
            (_, XML | XMLNS) => return Err(malformed(at, "a namespace of XML itself under another prefix")),
            ("", _) => {}
            (_, "") => return Err(malformed(at, "a prefix is declared to stand for no namespace")),
            _ => {}
        }
        let namespace = self.bindings.intern_namespace(name, small(raw.value.start));
        let prefix = self.bindings.intern_prefix(prefix, small(raw.start + raw.name_len - prefix.len()));
        let declaration = Declaration { prefix, namespace };
        self.tables.declarations.push(declaration);
        self.bindings.bind(declaration);
        Ok(())
    }

    /// Makes a scope of what the tag declares, no prefix twice. True where it declares anything.
    fn declared(&mut self, tag: &Tag) -> Result<bool, XmlError> {
        let declared = self.tables.declarations.get(tag.declarations..).unwrap_or_default();
        if declared.is_empty() {
            return Ok(false);
        }
        if declared.len() > 1 {
            let mut prefixes: Vec<u32> = declared.iter().map(|declaration| declaration.prefix).collect();
            prefixes.sort_unstable();
            if prefixes.windows(2).any(|pair| pair.first() == pair.last()) {
                return Err(malformed(tag.start, "a prefix is declared twice"));
            }
        }
        let (node, declarations) = (small(self.tables.nodes.len()), small(tag.declarations));
        let number = small(self.tables.scopes.len());
        self.tables.scopes.push(Scope { node, outer: self.scope, declarations });
        self.scope = number;
        Ok(true)
    }

    /// The number of the name at `at`, under what its prefix stands for.
    fn named(&mut self, at: usize, prefix_len: usize, len: usize) -> Result<u32, XmlError> {
        let text = self.slice(at..at + prefix_len);
        if text == "xmlns" {
            return Err(malformed(at, "an element with the prefix xmlns"));
        }
        let undeclared = || XmlError::UndeclaredPrefix { at, prefix: text.chars().take(100).collect() };
        let (prefix, namespace) = self.bindings.resolve(text).ok_or_else(undeclared)?;
        let (prefix_len, len) = (short(prefix_len), short(len));
        Ok(self.names.number(NameRecord { prefix, namespace, prefix_len, len }))
    }

    /// Names the attributes that have prefixes: what those stand for is known when the whole tag is read.
    fn name_attributes(&mut self) -> Result<(), XmlError> {
        for at in 0..self.prefixed.len() {
            let Some(&(number, prefix_len, len)) = self.prefixed.get(at) else { continue };
            let start = self.tables.attributes.get(number).map_or(0, |record| record.start as usize);
            let name = self.named(start, prefix_len, len)?;
            if let Some(record) = self.tables.attributes.get_mut(number) {
                record.set_name(name);
            }
        }
        self.prefixed.clear();
        Ok(())
    }

    fn attributes_are_unique_and_ordered(&self, first: usize) -> Result<bool, XmlError> {
        let attributes = self.tables.attributes.get(first..).unwrap_or_default();
        let mut pairs = attributes.iter().zip(attributes.iter().skip(1));
        if pairs.all(|(a, b)| self.compare(a, b) == Ordering::Less) {
            return Ok(true);
        }
        if attributes.len() <= FEW {
            for (at, later) in attributes.iter().enumerate() {
                let mut earlier = attributes.iter().take(at);
                if earlier.any(|earlier| self.compare(earlier, later) == Ordering::Equal) {
                    return Err(malformed(later.start as usize, "an attribute twice"));
                }
            }
            return Ok(false);
        }
        let mut sorted: Vec<&AttributeRecord> = attributes.iter().collect();
        sorted.sort_by(|a, b| self.compare(a, b));
        let mut pairs = sorted.iter().zip(sorted.iter().skip(1));
        match pairs.find(|(a, b)| self.compare(a, b) == Ordering::Equal) {
            Some((_, second)) => Err(malformed(second.start as usize, "an attribute twice")),
            None => Ok(false),
        }
    }

    /// Canonical order: by namespace name, then by local name.
    fn compare(&self, a: &AttributeRecord, b: &AttributeRecord) -> Ordering {
        let (Some(a_name), Some(b_name)) = (self.record(a), self.record(b)) else { return Ordering::Less };
        let by_namespace = if a_name.namespace == b_name.namespace {
            Ordering::Equal
        } else {
            self.namespace_name(a_name.namespace).cmp(self.namespace_name(b_name.namespace))
        };
        by_namespace.then_with(|| self.local(a, a_name).cmp(self.local(b, b_name)))
    }

    fn record(&self, attribute: &AttributeRecord) -> Option<&NameRecord> {
        self.names.records.get(attribute.name() as usize)
    }

    fn namespace_name(&self, number: u32) -> &str {
        self.bindings.stored_namespaces.get(number as usize).map_or("", |stored| stored.resolve(self.text))
    }

    fn local(&self, attribute: &AttributeRecord, name: &NameRecord) -> &'t [u8] {
        let start = attribute.start as usize;
        let skip = if name.prefix_len == 0 { 0 } else { usize::from(name.prefix_len) + 1 };
        self.text.as_bytes().get(start + skip..start + usize::from(name.len)).unwrap_or_default()
    }
}

/// The length of a name, which the limit on names keeps below 2^16.
fn short(len: usize) -> u16 {
    u16::try_from(len).unwrap_or(u16::MAX)
}
