// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Start tags: attributes, namespace declarations and what they make of the element's name.

use std::{borrow::Cow, cmp::Ordering, ops::Range};

use super::{
    character::{is_space, qualified_name_len},
    namespace::{NO_NAMESPACE, XML, XMLNS, small},
    node::{AttributeRecord, Declaration, Element, NONE},
    parse::{Parser, check_reference, malformed},
    value,
};
use crate::{error::XmlError, limits};

/// So many attributes are compared each with each, more are sorted.
const FEW: usize = 8;

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
    /// The octets are the canonical form.
    canonical: bool,
    attributes: usize,
    declarations: usize,
}

impl<'t> Parser<'t> {
    /// Reads the start tag in `range` into the tables. True where its octets are its canonical form.
    pub(super) fn read_tag(
        &mut self,
        range: &Range<usize>,
        empty: bool,
        scope: u32,
    ) -> Result<bool, XmlError> {
        let inside = range.start + 1..range.end.saturating_sub(if empty { 2 } else { 1 });
        let (prefix_len, name_len) = self.name(inside.start, inside.end)?;
        let mut tag = Tag {
            canonical: true,
            attributes: self.tables.attributes.len(),
            declarations: self.tables.declarations.len(),
        };
        let mut at = inside.start + name_len;
        while at < inside.end {
            at = self.next_attribute(at, inside.end, &mut tag)?;
        }
        self.check_declarations(tag.declarations, range.start)?;
        let (prefix, namespace) = self.resolve(inside.start, prefix_len)?;
        self.resolve_attributes(tag.attributes)?;
        let ordered = self.attributes_are_unique_and_ordered(tag.attributes)?;
        let declares = self.tables.declarations.len() > tag.declarations;
        let item = small(self.tables.elements.len());
        self.tables.elements.push(Element {
            node: small(self.tables.nodes.len()),
            open_end: small(range.end),
            close: NONE,
            prefix_len: short(prefix_len),
            name_len: short(name_len),
            prefix,
            namespace,
            attributes: small(tag.attributes),
            declarations: small(tag.declarations),
            scope: if declares { item } else { scope },
            ordered,
            tidy_end: true,
        });
        Ok(tag.canonical && ordered && !declares)
    }

    fn octet(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn name(&self, at: usize, end: usize) -> Result<(usize, usize), XmlError> {
        let lengths = qualified_name_len(self.slice(at..end));
        let lengths = lengths.ok_or_else(|| malformed(at, "a name that is none"))?;
        if lengths.1 > limits::MAX_NAME_OCTETS {
            return Err(XmlError::Limit { object: "octets of a name", limit: limits::MAX_NAME_OCTETS });
        }
        Ok(lengths)
    }

    /// Reads the attribute after the white space at `at`, if there is one; gives the place behind it.
    fn next_attribute(&mut self, at: usize, end: usize, tag: &mut Tag) -> Result<usize, XmlError> {
        let start = self.skip_space(at, end);
        if start == at {
            return Err(malformed(at, "no white space before an attribute"));
        }
        if start == end {
            tag.canonical = false;
            return Ok(end);
        }
        let count =
            self.tables.attributes.len() - tag.attributes + self.tables.declarations.len() - tag.declarations;
        if count >= limits::MAX_ATTRIBUTES {
            return Err(XmlError::Limit {
                object: "attributes of an element",
                limit: limits::MAX_ATTRIBUTES,
            });
        }
        let raw = self.attribute(start, end)?;
        // Canonical: ` name="value"`, one space, double quotes and nothing else between.
        let tight = raw.value.start - start - raw.name_len == 2 && self.octet(raw.value.end) == Some(b'"');
        tag.canonical &= start - at == 1 && self.octet(at) == Some(b' ') && tight && raw.plain;
        let behind = raw.value.end + 1;
        self.take(&raw)?;
        Ok(behind)
    }

    fn skip_space(&self, at: usize, end: usize) -> usize {
        let rest = self.text.as_bytes().get(at..end).unwrap_or_default();
        at + rest.iter().take_while(|&&octet| is_space(octet)).count()
    }

    /// `Name S? '=' S? AttValue`.
    fn attribute(&self, start: usize, end: usize) -> Result<Raw, XmlError> {
        let (prefix_len, name_len) = self.name(start, end)?;
        let equals = self.skip_space(start + name_len, end);
        if equals >= end || self.octet(equals) != Some(b'=') {
            return Err(malformed(start, "an attribute without a value"));
        }
        let open = self.skip_space(equals + 1, end);
        let quote = self.octet(open).filter(|&octet| open < end && matches!(octet, b'"' | b'\''));
        let quote = quote.ok_or_else(|| malformed(open, "an attribute value without quotes"))?;
        let inside = self.text.as_bytes().get(open + 1..end).unwrap_or_default();
        let len = memchr::memchr(quote, inside);
        let len = len.ok_or_else(|| malformed(open, "an attribute value without its end"))?;
        let value = open + 1..open + 1 + len;
        let plain = self.check_value(&value)?;
        Ok(Raw { start, prefix_len, name_len, value, plain })
    }

    /// True where the value is the octets as they stand.
    fn check_value(&self, range: &Range<usize>) -> Result<bool, XmlError> {
        if range.len() > limits::MAX_ATTRIBUTE_OCTETS {
            let limit = limits::MAX_ATTRIBUTE_OCTETS;
            return Err(XmlError::Limit { object: "octets of an attribute", limit });
        }
        let value = self.slice(range.clone());
        let mut plain = true;
        for (at, octet) in value.bytes().enumerate() {
            match octet {
                b'<' => return Err(malformed(range.start + at, "< in an attribute value")),
                b'&' => {
                    let from = value.get(at..).unwrap_or_default();
                    let len = from.find(';').map_or(1, |end| end + 1);
                    check_reference(from.get(..len).unwrap_or_default(), range.start + at)?;
                    plain = false;
                }
                b'\t' | b'\n' | b'\r' => plain = false,
                _ => {}
            }
        }
        Ok(plain)
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
        self.tables.attributes.push(AttributeRecord {
            start: small(raw.start),
            value_start: small(raw.value.start),
            value_end: small(raw.value.end),
            prefix_len: short(raw.prefix_len),
            name_len: short(raw.name_len),
            prefix: 0,
            namespace: NO_NAMESPACE,
            plain: raw.plain,
        });
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

    /// No prefix is declared twice in one tag.
    fn check_declarations(&self, first: usize, at: usize) -> Result<(), XmlError> {
        let declared = self.tables.declarations.get(first..).unwrap_or_default();
        if declared.len() < 2 {
            return Ok(());
        }
        let mut prefixes: Vec<u32> = declared.iter().map(|declaration| declaration.prefix).collect();
        prefixes.sort_unstable();
        if prefixes.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(malformed(at, "a prefix is declared twice"));
        }
        Ok(())
    }

    /// What a prefix in the text stands for.
    fn resolve(&mut self, at: usize, prefix_len: usize) -> Result<(u32, u32), XmlError> {
        let prefix = self.slice(at..at + prefix_len);
        if prefix == "xmlns" {
            return Err(malformed(at, "an element with the prefix xmlns"));
        }
        let undeclared = || XmlError::UndeclaredPrefix { at, prefix: prefix.chars().take(100).collect() };
        self.bindings.resolve(prefix).ok_or_else(undeclared)
    }

    fn resolve_attributes(&mut self, first: usize) -> Result<(), XmlError> {
        for at in first..self.tables.attributes.len() {
            let Some(record) = self.tables.attributes.get(at) else { continue };
            // An attribute without a prefix is in no namespace, whatever the default is.
            if record.prefix_len == 0 {
                continue;
            }
            let (start, len) = (record.start as usize, usize::from(record.prefix_len));
            let (prefix, namespace) = self.resolve(start, len)?;
            if let Some(record) = self.tables.attributes.get_mut(at) {
                (record.prefix, record.namespace) = (prefix, namespace);
            }
        }
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
        let by_namespace = if a.namespace == b.namespace {
            Ordering::Equal
        } else {
            self.namespace_name(a.namespace).cmp(self.namespace_name(b.namespace))
        };
        by_namespace.then_with(|| self.local(a).cmp(self.local(b)))
    }

    fn namespace_name(&self, number: u32) -> &str {
        self.bindings.stored_namespaces.get(number as usize).map_or("", |stored| stored.resolve(self.text))
    }

    fn local(&self, attribute: &AttributeRecord) -> &'t str {
        let name = attribute.start as usize..attribute.start as usize + usize::from(attribute.name_len);
        let skip = if attribute.prefix_len == 0 { 0 } else { usize::from(attribute.prefix_len) + 1 };
        self.slice(name).get(skip..).unwrap_or_default()
    }
}

/// The length of a name, which the limit on names keeps below 2^16.
fn short(len: usize) -> u16 {
    u16::try_from(len).unwrap_or(u16::MAX)
}
