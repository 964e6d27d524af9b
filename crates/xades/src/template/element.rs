// SPDX-License-Identifier: Apache-2.0 OR MIT
//! An element to be written.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// An element with its qualified name as it will stand.
#[derive(Clone, Debug)]
pub(crate) struct Element<'a> {
    name: String,
    attributes: Vec<(String, Cow<'a, str>)>,
    children: Vec<Node<'a>>,
}

#[derive(Clone, Debug)]
enum Node<'a> {
    Element(Element<'a>),
    Text(Cow<'a, str>),
    /// Markup that is not looked into.
    Markup(&'a [u8]),
    Base64(Cow<'a, [u8]>),
}

impl<'a> Element<'a> {
    /// An element; an empty prefix makes a name without one.
    pub(crate) fn new(prefix: &str, local: &str) -> Self {
        Self { name: qualified(prefix, local), attributes: Vec::new(), children: Vec::new() }
    }

    /// With a namespace declared on it.
    pub(crate) fn declaring(self, prefix: &str, namespace: &'a str) -> Self {
        let name = if prefix.is_empty() { "xmlns".to_owned() } else { qualified("xmlns", prefix) };
        self.with_attribute(name, namespace)
    }

    pub(crate) fn attribute(self, name: &str, value: impl Into<Cow<'a, str>>) -> Self {
        self.with_attribute(name.to_owned(), value)
    }

    fn with_attribute(mut self, name: String, value: impl Into<Cow<'a, str>>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    pub(crate) fn child(mut self, child: Self) -> Self {
        self.children.push(Node::Element(child));
        self
    }

    pub(crate) fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children.into_iter().map(Node::Element));
        self
    }

    pub(crate) fn text(mut self, text: impl Into<Cow<'a, str>>) -> Self {
        self.children.push(Node::Text(text.into()));
        self
    }

    pub(crate) fn markup(mut self, markup: &'a [u8]) -> Self {
        self.children.push(Node::Markup(markup));
        self
    }

    /// Octets as base64 in one line.
    pub(crate) fn base64(mut self, octets: impl Into<Cow<'a, [u8]>>) -> Self {
        self.children.push(Node::Base64(octets.into()));
        self
    }

    /// Its text. An element without children has no end tag.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.push(b'<');
        out.extend_from_slice(self.name.as_bytes());
        for (name, value) in &self.attributes {
            out.push(b' ');
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"=\"");
            escape(value, Place::Attribute, out);
            out.push(b'"');
        }
        if self.children.is_empty() {
            return out.extend_from_slice(b"/>");
        }
        out.push(b'>');
        for child in &self.children {
            match child {
                Node::Element(element) => element.write(out),
                Node::Text(text) => escape(text, Place::Content, out),
                Node::Markup(markup) => out.extend_from_slice(markup),
                Node::Base64(octets) => out.extend_from_slice(STANDARD.encode(octets).as_bytes()),
            }
        }
        out.extend_from_slice(b"</");
        out.extend_from_slice(self.name.as_bytes());
        out.push(b'>');
    }

    pub(crate) fn to_octets(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }
}

fn qualified(prefix: &str, local: &str) -> String {
    if prefix.is_empty() { local.to_owned() } else { format!("{prefix}:{local}") }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Attribute,
    Content,
}

/// So that a reader has back what was meant (XML 1.0, 2.4, 2.11 and 3.3.3).
fn escape(text: &str, place: Place, out: &mut Vec<u8>) {
    let mut utf8 = [0; 4];
    for character in text.chars() {
        let written: &[u8] = match character {
            '&' => b"&amp;",
            '<' => b"&lt;",
            '>' => b"&gt;",
            '\r' => b"&#13;",
            '"' if place == Place::Attribute => b"&quot;",
            '\t' if place == Place::Attribute => b"&#9;",
            '\n' if place == Place::Attribute => b"&#10;",
            other => other.encode_utf8(&mut utf8).as_bytes(),
        };
        out.extend_from_slice(written);
    }
}

/// Whether XML can hold a text (XML 1.0, 2.2, Char).
pub(crate) fn is_text(text: &str) -> bool {
    text.chars()
        .all(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..))
}

/// Whether a text can be an id and a prefix: the ASCII and the common letters of NCName.
pub(crate) fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    let starts = |c: char| c == '_' || c.is_ascii_alphabetic() || (!c.is_ascii() && c.is_alphabetic());
    characters.next().is_some_and(starts)
        && characters.all(|c| starts(c) || c.is_ascii_digit() || matches!(c, '-' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_special_is_escaped() {
        let element = Element::new("ds", "X")
            .declaring("ds", "urn:x")
            .declaring("", "urn:y")
            .attribute("A", "<\"&\t\r\n'>")
            .text("a<b>&c\r\n\"")
            .child(Element::new("", "Y"))
            .markup(b"<z/>")
            .base64(&b"abc"[..]);
        let text = String::from_utf8(element.to_octets()).unwrap();
        assert_eq!(
            text,
            "<ds:X xmlns:ds=\"urn:x\" xmlns=\"urn:y\" A=\"&lt;&quot;&amp;&#9;&#13;&#10;'&gt;\">a&lt;b&gt;&amp;c&#13;\n\"<Y/><z/>YWJj</ds:X>"
        );
    }

    #[test]
    fn names_and_texts() {
        for good in ["a", "_1", "id-1.x", "処方"] {
            assert!(is_name(good), "{good}");
        }
        for wrong in ["", "1", "-a", "a b", "a:b", "a\"", "a<"] {
            assert!(!is_name(wrong), "{wrong}");
        }
        assert!(is_text("薬\t\n\u{1f48a}") && !is_text("\u{0}") && !is_text("\u{b}") && !is_text("\u{fffe}"));
    }
}
