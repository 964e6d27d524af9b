// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Well-formed documents by number, each with much of what makes canonicalisation hard.

use std::fmt::Write as _;

/// SplitMix64: the same documents on every machine.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5851_F42D_4C95_7F2D)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap() % limit
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    fn of<'t>(&mut self, choices: &[&'t str]) -> &'t str {
        choices[self.below(choices.len())]
    }
}

const PREFIXES: [&str; 5] = ["a", "b", "c", "薬", "z.-_9"];
// No `&`: libxml2 writes it as it stands, which Canonical XML clause 2.3 does not (and what comes out is no XML).
const NAMESPACES: [&str; 5] =
    ["urn:one", "urn:two", "http://example.com/a?b=c;d", "urn:three?a='b';c=&#x25;7E", "urn:z"];
const LOCALS: [&str; 7] = ["x", "y", "item", "処方", "A.b-c_1", "ö", "x"];
const SPACES: [&str; 6] = [" ", " ", " ", "  ", "\n\t", "\r\n "];
const VALUES: [&str; 12] = [
    "",
    "v",
    "two words",
    " a\tb\nc\rd\r\ne ",
    "&#9;&#10;&#13;&#xd;",
    "&lt;&gt;&amp;&quot;&apos;",
    "&#60;&#62;&#38;&#34;",
    "a > b",
    "漢字&#x1F600;",
    "]]>",
    "&#x20;&#x20;",
    "\u{2028}\u{85}\u{A0}\u{7F}",
];
const TEXTS: [&str; 14] = [
    "text",
    "\n  ",
    "a > b",
    "&lt;&gt;&amp;&quot;&apos;",
    "\r\n",
    "\r",
    "&#13;&#xA;&#9;",
    "<![CDATA[<&>]] > ]]>",
    "<![CDATA[]]>",
    "<![CDATA[a\r\nb\r]]>",
    "日本語&#x3000;。",
    "\"'",
    "]]&gt;",
    "\u{FFFD}\u{10FFFF}",
];
const COMMENTS: [&str; 5] =
    ["<!---->", "<!-- c -->", "<!-- a\r\nb\r -->", "<!-- <&> - -->", "<!--&amp;漢-->"];
const INSTRUCTIONS: [&str; 6] = [
    "<?p?>",
    "<?p ?>",
    "<?p  d ?>",
    "<?p d\r\ne\r?>",
    "<?処.方-1 ?x? <&> ?>",
    "<?xml-stylesheet href=\"a\"\ttype='b'?>",
];

/// What is in scope: prefix and namespace.
type Scope = Vec<(String, String)>;

/// The document of this number.
pub(crate) fn document(number: u64) -> String {
    let mut chance = Chance::new(number);
    let mut out = String::new();
    if chance.one_in(8) {
        out.push('\u{FEFF}');
    }
    if chance.one_in(2) {
        out.push_str(chance.of(&[
            "<?xml version=\"1.0\"?>",
            "<?xml version='1.0' encoding='UTF-8'?>\r\n",
            "<?xml  version = \"1.0\"\tencoding=\"utf-8\"  standalone='yes' ?>",
        ]));
    }
    beside(&mut chance, &mut out);
    let mut budget = 5 + chance.below(60);
    element(&mut chance, &mut out, &mut vec![], 0, &mut budget);
    beside(&mut chance, &mut out);
    out
}

/// A document of which some characters were dropped, changed or put elsewhere, or others put in.
#[allow(dead_code)] // not everyone who makes documents breaks them
pub(crate) fn broken(document: &str, number: u64) -> String {
    const MARKUP: &str = "< > & ; \" ' = / ! ? - ] : x 1 # <!-- --> <![CDATA[ ]]> <? ?> /> </";
    const OTHERS: [&str; 6] = [" ", "\r", "\n", "\t", "\u{1}", "\u{FFFE}"];
    let put_in: Vec<&str> = MARKUP.split(' ').chain(OTHERS).collect();
    let mut chance = Chance::new(number + 1_000_000);
    let mut characters: Vec<char> = document.chars().collect();
    for _ in 0..=chance.below(3) {
        let at = chance.below(characters.len().max(1)).min(characters.len());
        let end = (at + chance.below(20)).min(characters.len());
        let new: Vec<char> = chance.of(&put_in).chars().collect();
        match chance.below(5) {
            0 => drop(characters.drain(at..end.min(at + 2))),
            1 => drop(characters.splice(at..at, new)),
            2 => drop(characters.splice(at..end.min(at + 1), new)),
            3 => drop(characters.drain(at..end)),
            _ => {
                let piece = characters[at..end].to_vec();
                let to = chance.below(characters.len() + 1);
                drop(characters.splice(to..to, piece));
            }
        }
    }
    characters.into_iter().collect()
}

/// Comments, instructions and white space outside the document element.
fn beside(chance: &mut Chance, out: &mut String) {
    for _ in 0..chance.below(4) {
        match chance.below(3) {
            0 => out.push_str(chance.of(&COMMENTS)),
            1 => out.push_str(chance.of(&INSTRUCTIONS)),
            _ => out.push_str(chance.of(&SPACES)),
        }
    }
}

fn element(chance: &mut Chance, out: &mut String, scope: &mut Scope, depth: usize, budget: &mut usize) {
    *budget = budget.saturating_sub(1);
    let outer = scope.clone();
    let mut attributes = declarations(chance, scope);
    let prefix = used_prefix(chance, scope);
    let name = qualified(&prefix, chance.of(&LOCALS));
    attributes.extend(plain_attributes(chance, scope));
    shuffle(chance, &mut attributes);
    out.push('<');
    out.push_str(&name);
    for attribute in attributes {
        out.push_str(chance.of(&SPACES));
        out.push_str(&attribute);
    }
    if chance.one_in(8) {
        out.push_str(chance.of(&SPACES));
    }
    if chance.one_in(5) {
        out.push_str("/>");
    } else {
        out.push('>');
        children(chance, out, scope, depth, budget);
        let space = if chance.one_in(8) { chance.of(&SPACES) } else { "" };
        write!(out, "</{name}{space}>").unwrap();
    }
    *scope = outer;
}

fn children(chance: &mut Chance, out: &mut String, scope: &mut Scope, depth: usize, budget: &mut usize) {
    for _ in 0..chance.below(6) {
        match chance.below(6) {
            0 | 1 if *budget > 0 && depth < 12 => element(chance, out, scope, depth + 1, budget),
            2 => out.push_str(chance.of(&COMMENTS)),
            3 => out.push_str(chance.of(&INSTRUCTIONS)),
            _ => out.push_str(chance.of(&TEXTS)),
        }
    }
}

/// New namespace declarations, also the same again, and the default taken back.
fn declarations(chance: &mut Chance, scope: &mut Scope) -> Vec<String> {
    let mut written = Vec::new();
    for prefix in PREFIXES {
        if chance.one_in(5) {
            let namespace = chance.of(&NAMESPACES);
            written.push(quoted(chance, &format!("xmlns:{prefix}"), namespace));
            bind(scope, prefix, namespace);
        }
    }
    if chance.one_in(5) {
        let namespace = if chance.one_in(3) { "" } else { chance.of(&NAMESPACES) };
        written.push(quoted(chance, "xmlns", namespace));
    }
    if chance.one_in(30) {
        written.push("xmlns:xml='http://www.w3.org/XML/1998/namespace'".into());
    }
    written
}

fn bind(scope: &mut Scope, prefix: &str, namespace: &str) {
    scope.retain(|(known, _)| known != prefix);
    scope.push((prefix.into(), namespace.into()));
}

fn used_prefix(chance: &mut Chance, scope: &Scope) -> String {
    if scope.is_empty() || chance.one_in(2) {
        return String::new();
    }
    scope[chance.below(scope.len())].0.clone()
}

/// Attributes that differ by their local names, so that no two are one.
fn plain_attributes(chance: &mut Chance, scope: &Scope) -> Vec<String> {
    let mut written = Vec::new();
    for number in 0..chance.below(5) {
        let prefix = used_prefix(chance, scope);
        let local = format!("{}{number}", chance.of(&LOCALS));
        let value = chance.of(&VALUES);
        written.push(quoted(chance, &qualified(&prefix, &local), value));
    }
    for (name, value) in
        [("xml:lang", "ja"), ("xml:space", "preserve"), ("xml:base", "../x/"), ("xml:other", " &#9;")]
    {
        if chance.one_in(12) {
            written.push(quoted(chance, name, value));
        }
    }
    if chance.one_in(12) {
        let id = format!("id{}", chance.below(1_000_000));
        written.push(quoted(chance, "xml:id", &id));
    }
    written
}

fn qualified(prefix: &str, local: &str) -> String {
    if prefix.is_empty() { local.into() } else { format!("{prefix}:{local}") }
}

/// `name="value"` in one of the ways to write it.
fn quoted(chance: &mut Chance, name: &str, value: &str) -> String {
    let equals = chance.of(&["=", "=", "=", " = ", "=\n"]);
    let quote = if value.contains('\'') || chance.one_in(2) { '"' } else { '\'' };
    let value = value.replace(quote, if quote == '"' { "&quot;" } else { "&apos;" });
    format!("{name}{equals}{quote}{value}{quote}")
}

fn shuffle(chance: &mut Chance, attributes: &mut [String]) {
    for at in (1..attributes.len()).rev() {
        attributes.swap(at, chance.below(at + 1));
    }
}
