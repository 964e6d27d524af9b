// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Node sets that XPath picks, held against xmlsec1 (libxml2): what it digests for a reference with an XPath transform.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods)] // a test

use std::process::Command;

use super::{tests::document::document, *};
use crate::{
    error::XmlError,
    xml::{NodeId, NodeKind, Point},
};

/// A condition in XPath, and the same on points of a tree. The document element stays, and attributes go with their
/// elements: libxml2 leaves the recommendations where they do not (it takes a namespace for rendered that an element left
/// out would have used, and counts line feeds by the document element's being written).
type Condition = (&'static str, fn(&Tree<'_>, Point) -> bool);

const CONDITIONS: [Condition; 5] = [
    (
        "(count(ancestor-or-self::*) &lt; 2 or not((ancestor-or-self::*)[last()][local-name()='x']))",
        |tree, point| around(tree, point).len() < 2 || !is(tree, around(tree, point)[0], "x"),
    ),
    ("count(ancestor-or-self::*) mod 3 != 2", |tree, point| around(tree, point).len() % 3 != 2),
    (
        "(count(ancestor-or-self::*) &lt; 2 or not(ancestor-or-self::*[local-name()='y' or local-name()='ö']))",
        |tree, point| {
            let around = around(tree, point);
            around.len() < 2 || !around.iter().any(|&around| is(tree, around, "y") || is(tree, around, "ö"))
        },
    ),
    (
        "not(self::text())",
        |tree, point| !matches!(point, Point::Node(node) if tree.kind(node) == NodeKind::Text),
    ),
    // libxml2's exclusive method does not ask whether the namespace node of an attribute's prefix was picked.
    (INCLUSIVE_ONLY, |tree, point| !["a", "x1"].contains(&local(tree, point))),
];

const INCLUSIVE_ONLY: &str = "not(local-name()='a' or local-name()='x1')";

/// `ancestor-or-self::*`, the nearest first.
fn around(tree: &Tree<'_>, point: Point) -> Vec<NodeId> {
    let (Point::Node(node) | Point::Attribute(node, _) | Point::Namespace(node, _)) = point;
    let all = std::iter::once(node).chain(tree.ancestors(node));
    all.filter(|&around| tree.kind(around) == NodeKind::Element).collect()
}

fn is(tree: &Tree<'_>, node: NodeId, local: &str) -> bool {
    tree.kind(node) == NodeKind::Element && tree.name(node).local == local
}

/// `local-name()`: of a namespace node, the prefix.
fn local<'t>(tree: &'t Tree<'_>, point: Point) -> &'t str {
    match point {
        Point::Node(node) => tree.name(node).local,
        Point::Attribute(node, id) => {
            tree.attributes(node).find(|attribute| attribute.id == id).unwrap().name.local
        }
        Point::Namespace(node, index) => tree.namespaces(node)[index].0,
    }
}

const SIGNATURE: &str = r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/><ds:SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1"/><ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>not(ancestor-or-self::ds:Signature) and CONDITION</ds:XPath></ds:Transform><ds:Transform Algorithm="METHOD"/></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/><ds:DigestValue>AAAAAAAAAAAAAAAAAAAAAAAAAAA=</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue>AAAAAAAAAAAAAAAAAAAAAAAAAAA=</ds:SignatureValue></ds:Signature>"#;

/// The document with a signature at the end of its root; `None` where the root is an empty-element tag.
fn signed(source: &str, condition: &str, how: &Canonicalization) -> Option<String> {
    let tree = Tree::read(source.as_bytes()).unwrap();
    let at = tree.content(tree.root())?.end;
    let signature = SIGNATURE.replace("CONDITION", condition).replace("METHOD", how.uri());
    Some(format!("{}{signature}{}", &source[..at], &source[at..]))
}

/// What xmlsec1 digests.
fn digested(folder: &std::path::Path, signed: &str) -> Vec<u8> {
    let (file, key) = (folder.join("signed.xml"), folder.join("key"));
    std::fs::write(&file, signed).unwrap();
    std::fs::write(&key, "secret").unwrap();
    let mut command = Command::new("xmlsec1");
    command.args(["--verify", "--store-references", "--print-debug", "--hmackey"]).arg(key).arg(file);
    let output = command.output().unwrap();
    let (begin, end) = ("== PreDigest data - start buffer:\n", "\n== PreDigest data - end buffer\n");
    let find = |mark: &str| output.stdout.windows(mark.len()).position(|window| window == mark.as_bytes());
    match (find(begin), find(end)) {
        (Some(from), Some(to)) => output.stdout[from + begin.len()..to].to_vec(),
        // Nothing was digested.
        _ => Vec::new(),
    }
}

fn ours(signed: &str, keep: fn(&Tree<'_>, Point) -> bool, how: &Canonicalization) -> Vec<u8> {
    let tree = Tree::read(signed.as_bytes()).unwrap();
    let signature = tree.descendants(tree.root()).find(|&node| is(&tree, node, "Signature")).unwrap();
    let set = NodeSet::document(false).minus(&tree, signature);
    let set = set.filter::<XmlError>(&tree, |point| Ok(keep(&tree, point))).unwrap();
    let mut out = Vec::new();
    canonicalize(&tree, &set, how, &mut out).unwrap();
    out
}

#[test]
fn what_xpath_picks_is_as_xmlsec_has_it() {
    if Command::new("xmlsec1").arg("--version").output().is_err() {
        eprintln!("NOT RUN: xmlsec1 is not installed");
        return;
    }
    let folder = std::env::temp_dir().join(format!("keiin-xmlsec-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut compared = 0;
    for number in 0..40_u32 {
        let source = document(u64::from(number));
        let (condition, keep) = CONDITIONS[number as usize % CONDITIONS.len()];
        for method in [Method::Inclusive10, Method::Inclusive11, Method::Exclusive] {
            if method == Method::Exclusive && condition == INCLUSIVE_ONLY {
                continue;
            }
            let how = Canonicalization { method, comments: false, prefixes: Vec::new() };
            let Some(signed) = signed(&source, condition, &how) else { continue };
            let (theirs, ours) = (digested(&folder, &signed), ours(&signed, keep, &how));
            let (theirs, ours) = (String::from_utf8_lossy(&theirs), String::from_utf8_lossy(&ours));
            assert_eq!(ours, theirs, "{number} {how:?} of {signed}");
            compared += 1;
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
    println!("{compared} node sets that XPath picked are canonicalised as xmlsec1 does");
    assert!(compared > 60);
}
