// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The scanner against a second reader, which follows the productions of XML 1.0 (fifth edition) and of Namespaces in XML
//! 1.0 one by one and character by character: both take the same documents, and find the same in them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test

use std::collections::{BTreeMap, BTreeSet};

use super::{NodeKind, Tree};
use crate::c14n::document;

/// A document at some place of it, and what was found before.
struct Reader {
    characters: Vec<char>,
    at: usize,
    found: Vec<String>,
}

/// What prefixes stand for; the empty one for the default.
type Scope = BTreeMap<String, String>;

const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// What is in a document; `None` where it is not well-formed or has a DTD.
fn read(text: &str) -> Option<Vec<String>> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut reader = Reader { characters: text.chars().collect(), at: 0, found: Vec::new() };
    reader.characters.iter().all(|&c| is_char(c)).then_some(())?;
    if reader.begins("<?xml") && reader.characters.get(5).is_some_and(|&c| is_space(c)) {
        reader.declaration()?;
    }
    reader.beside()?;
    reader.element(&[("xml".to_owned(), XML.to_owned())].into())?;
    reader.beside()?;
    (reader.at == reader.characters.len()).then_some(reader.found)
}

/// `Char`
fn is_char(c: char) -> bool {
    let c = u32::from(c);
    [0x9, 0xA, 0xD].contains(&c)
        || (0x20..=0xD7FF).contains(&c)
        || (0xE000..=0xFFFD).contains(&c)
        || c > 0xFFFF
}

/// `S`
fn is_space(c: char) -> bool {
    [' ', '\t', '\r', '\n'].contains(&c)
}

/// `NameStartChar` without the colon.
fn starts(c: char) -> bool {
    let ranges = [
        (0x41, 0x5A),
        (0x5F, 0x5F),
        (0x61, 0x7A),
        (0xC0, 0xD6),
        (0xD8, 0xF6),
        (0xF8, 0x2FF),
        (0x370, 0x37D),
        (0x37F, 0x1FFF),
        (0x200C, 0x200D),
        (0x2070, 0x218F),
        (0x2C00, 0x2FEF),
        (0x3001, 0xD7FF),
        (0xF900, 0xFDCF),
        (0xFDF0, 0xFFFD),
        (0x10000, 0xEFFFF),
    ];
    ranges.iter().any(|(first, last)| (*first..=*last).contains(&u32::from(c)))
}

/// `NameChar` without the colon.
fn continues(c: char) -> bool {
    let more = [(0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040)];
    starts(c) || more.iter().any(|(first, last)| (*first..=*last).contains(&u32::from(c)))
}

/// Clause 2.11.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

impl Reader {
    fn begins(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(at, c)| self.characters.get(self.at + at) == Some(&c))
    }

    fn take(&mut self, text: &str) -> Option<()> {
        self.begins(text).then(|| self.at += text.chars().count())
    }

    fn one(&mut self) -> Option<char> {
        let c = *self.characters.get(self.at)?;
        self.at += 1;
        Some(c)
    }

    fn spaces(&mut self) -> Option<()> {
        let from = self.at;
        while self.characters.get(self.at).is_some_and(|&c| is_space(c)) {
            self.at += 1;
        }
        (self.at > from).then_some(())
    }

    /// What stands before `mark`, which is taken too.
    fn before(&mut self, mark: &str) -> Option<String> {
        let mut text = String::new();
        while !self.begins(mark) {
            text.push(self.one()?);
        }
        self.take(mark)?;
        Some(text)
    }

    /// `XMLDecl`
    fn declaration(&mut self) -> Option<()> {
        self.take("<?xml")?;
        let mut inside = self.before("?>")?;
        let mut values = Vec::new();
        while inside.starts_with(is_space) && !inside.trim_start_matches(is_space).is_empty() {
            let (name, rest) = inside.split_once('=')?;
            let rest = rest.trim_start_matches(is_space);
            let quote = rest.chars().next().filter(|c| ['"', '\''].contains(c))?;
            let (value, rest) = rest[1..].split_once(quote)?;
            values.push((name.trim_matches(is_space).to_owned(), value.to_owned()));
            inside = rest.to_owned();
        }
        inside.trim_start_matches(is_space).is_empty().then_some(())?;
        let names: Vec<&str> = values.iter().map(|(name, _)| name.as_str()).collect();
        let all = [&["version"][..], &["version", "encoding"], &["version", "standalone"]];
        (all.contains(&names.as_slice()) || names == ["version", "encoding", "standalone"]).then_some(())?;
        // Other versions and encodings have tests of their own.
        values
            .iter()
            .all(|(name, value)| match name.as_str() {
                "version" => {
                    let minor = value.strip_prefix("1.").unwrap_or_default();
                    minor != "1" && !minor.is_empty() && minor.chars().all(|c| c.is_ascii_digit())
                }
                "encoding" => ["utf-8", "utf8"].contains(&value.to_ascii_lowercase().as_str()),
                _ => value == "yes" || value == "no",
            })
            .then_some(())
    }

    /// `Misc*`
    fn beside(&mut self) -> Option<()> {
        loop {
            if self.begins("<!--") || self.begins("<?") {
                self.aside()?;
            } else if self.spaces().is_none() {
                return Some(());
            }
        }
    }

    /// `Comment` or `PI`
    fn aside(&mut self) -> Option<()> {
        if self.take("<!--").is_some() {
            let text = self.before("--")?;
            self.take(">")?;
            self.found.push(format!("comment {}", lines(&text)));
            return Some(());
        }
        self.take("<?")?;
        let target = self.name()?;
        (!target.eq_ignore_ascii_case("xml")).then_some(())?;
        if !self.begins("?>") {
            self.spaces()?;
        }
        let data = self.before("?>")?;
        self.found.push(format!("instruction {target} {}", lines(&data)));
        Some(())
    }

    /// `NCName`
    fn name(&mut self) -> Option<String> {
        let mut name = String::from(self.one().filter(|&c| starts(c))?);
        while let Some(&c) = self.characters.get(self.at).filter(|&&c| continues(c)) {
            name.push(c);
            self.at += 1;
        }
        Some(name)
    }

    /// `QName`
    fn qualified(&mut self) -> Option<(String, String)> {
        let first = self.name()?;
        if self.take(":").is_none() {
            return Some((String::new(), first));
        }
        Some((first, self.name()?))
    }

    /// `Reference` to a character or one of the five entities.
    fn reference(&mut self) -> Option<char> {
        self.take("&")?;
        let name = self.before(";")?;
        let number = |digits: &str, radix| {
            let plain = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
            let value = u32::from_str_radix(digits, radix).ok().filter(|_| plain)?;
            char::from_u32(value).filter(|&c| is_char(c))
        };
        match name.as_str() {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "apos" => Some('\''),
            "quot" => Some('"'),
            other => {
                let digits = other.strip_prefix('#')?;
                digits.strip_prefix('x').map_or_else(|| number(digits, 10), |digits| number(digits, 16))
            }
        }
    }

    /// `AttValue`, normalised (clause 3.3.3).
    fn value(&mut self) -> Option<String> {
        let quote = self.one().filter(|c| ['"', '\''].contains(c))?;
        let mut value = String::new();
        loop {
            if self.begins("&") {
                value.push(self.reference()?);
                continue;
            }
            match self.one()? {
                '<' => return None,
                c if c == quote => return Some(value),
                '\r' => {
                    let _ = self.take("\n");
                    value.push(' ');
                }
                '\t' | '\n' => value.push(' '),
                c => value.push(c),
            }
        }
    }

    /// `element`
    fn element(&mut self, outer: &Scope) -> Option<()> {
        self.take("<")?;
        let name = self.qualified()?;
        let (mut scope, mut declared, mut attributes) = (outer.clone(), BTreeSet::new(), Vec::new());
        let empty = loop {
            let spaced = self.spaces().is_some();
            if self.take("/>").is_some() {
                break true;
            }
            if self.take(">").is_some() {
                break false;
            }
            spaced.then_some(())?;
            let (prefix, local) = self.qualified()?;
            let _ = self.spaces();
            self.take("=")?;
            let _ = self.spaces();
            let value = self.value()?;
            if prefix == "xmlns" || (prefix.is_empty() && local == "xmlns") {
                let prefix = if prefix.is_empty() { "" } else { &local };
                may_declare(prefix, &value)?;
                declared.insert(prefix.to_owned()).then_some(())?;
                scope.insert(prefix.to_owned(), value);
            } else {
                attributes.push((prefix, local, value));
            }
        };
        (name.0 != "xmlns").then_some(())?;
        let default = String::new();
        let space = if name.0.is_empty() { scope.get("").unwrap_or(&default) } else { scope.get(&name.0)? };
        self.found.push(format!("element {{{space}}}{}", name.1));
        let mut names = BTreeSet::new();
        for (prefix, local, value) in attributes {
            let space = if prefix.is_empty() { &default } else { scope.get(&prefix)? };
            names.insert((space.clone(), local.clone())).then_some(())?;
            self.found.push(format!("attribute {{{space}}}{local}={value}"));
        }
        if !empty {
            self.content(&scope)?;
            self.take("</")?;
            (self.qualified()? == name).then_some(())?;
            let _ = self.spaces();
            self.take(">")?;
        }
        self.found.push("end".to_owned());
        Some(())
    }

    /// `content`
    fn content(&mut self, scope: &Scope) -> Option<()> {
        let mut text: Option<String> = None;
        loop {
            if self.begins("<![CDATA[") {
                self.take("<![CDATA[")?;
                let inside = self.before("]]>")?;
                text.get_or_insert_default().push_str(&lines(&inside));
                continue;
            }
            if self.begins("&") {
                let c = self.reference()?;
                text.get_or_insert_default().push(c);
                continue;
            }
            if !self.begins("<") {
                (!self.begins("]]>")).then_some(())?;
                let c = match self.one()? {
                    '\r' => {
                        let _ = self.take("\n");
                        '\n'
                    }
                    c => c,
                };
                text.get_or_insert_default().push(c);
                continue;
            }
            self.found.extend(text.take().map(|text| format!("text {text}")));
            if self.begins("</") {
                return Some(());
            } else if self.begins("<!--") || self.begins("<?") {
                self.aside()?;
            } else {
                self.element(scope)?;
            }
        }
    }
}

/// Namespaces in XML 1.0, clauses 3 and 5.
fn may_declare(prefix: &str, name: &str) -> Option<()> {
    let fits = match prefix {
        "xmlns" => false,
        "xml" => name == XML,
        "" => name != XML && name != XMLNS,
        _ => name != XML && name != XMLNS && !name.is_empty(),
    };
    fits.then_some(())
}

/// The same of our tree.
fn ours(text: &str) -> Option<Vec<String>> {
    let tree = Tree::read(text.as_bytes()).ok()?;
    let (mut found, mut open) = (Vec::new(), Vec::new());
    for node in tree.descendants(tree.document()).skip(1) {
        while open.pop_if(|open| !tree.contains(*open, node)).is_some() {
            found.push("end".to_owned());
        }
        let name = tree.name(node);
        match tree.kind(node) {
            NodeKind::Document => {}
            NodeKind::Element => {
                found.push(format!("element {{{}}}{}", name.namespace, name.local));
                found.extend(tree.attributes(node).map(|attribute| {
                    let name = attribute.name;
                    format!("attribute {{{}}}{}={}", name.namespace, name.local, attribute.value)
                }));
                open.push(node);
            }
            NodeKind::Text => found.push(format!("text {}", tree.text(node))),
            NodeKind::Comment => found.push(format!("comment {}", tree.text(node))),
            NodeKind::Instruction => found.push(format!("instruction {} {}", name.local, tree.text(node))),
        }
    }
    found.extend(open.iter().map(|_| "end".to_owned()));
    Some(found)
}

#[test]
fn the_scanner_reads_as_the_productions_say() {
    let (mut taken, mut refused) = (0, 0);
    for number in 0..12_000 {
        let text = document::document(number % 3_000);
        let text = if number < 3_000 { text } else { document::broken(&text, number) };
        let (theirs, ours) = (read(&text), ours(&text));
        assert_eq!(ours, theirs, "{number}: {text}");
        if theirs.is_some() { taken += 1 } else { refused += 1 }
    }
    println!("{taken} documents are read as the productions say, {refused} are refused as they are there");
    assert!(taken > 4_000 && refused > 4_000);
}
