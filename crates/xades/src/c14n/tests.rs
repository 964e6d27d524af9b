// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Document subsets. Whole documents are held against xmllint in `tests/canonical.rs`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test

use super::*;
use crate::{
    error::XmlError,
    xml::{NodeId, Point, Subtrees},
};

#[path = "../../tests/canonical/document.rs"]
pub(crate) mod document;

const METHODS: [Method; 3] = [Method::Inclusive10, Method::Inclusive11, Method::Exclusive];

fn canonical(tree: &Tree<'_>, set: &NodeSet, how: &Canonicalization) -> Vec<u8> {
    let mut out = Vec::new();
    canonicalize(tree, set, how, &mut out).unwrap();
    out
}

fn how(method: Method, prefixes: &[&str]) -> Canonicalization {
    let prefixes = prefixes.iter().map(|&prefix| prefix.to_owned()).collect();
    Canonicalization { method, comments: true, prefixes }
}

fn named(tree: &Tree<'_>, local: &str) -> NodeId {
    tree.descendants(tree.root()).find(|&node| tree.name(node).local == local).unwrap()
}

fn subtree(source: &str, local: &str, how: &Canonicalization) -> String {
    let tree = Tree::read(source.as_bytes()).unwrap();
    let set = NodeSet::subtree(&tree, named(&tree, local), true);
    String::from_utf8(canonical(&tree, &set, how)).unwrap()
}

#[test]
fn identifiers_name_their_algorithms() {
    for method in METHODS {
        for comments in [false, true] {
            let how = Canonicalization { method, comments, prefixes: Vec::new() };
            assert_eq!(Canonicalization::from_uri(how.uri()), Some(how));
        }
    }
    assert_eq!(Canonicalization::from_uri("http://www.w3.org/2001/10/xml-exc-c14n"), None);
    let listed = how(Method::Exclusive, &[]).with_prefix_list(" #default a\tb ");
    assert_eq!(listed.prefixes, ["", "a", "b"]);
}

#[test]
fn a_subtree_takes_what_is_around_it() {
    let source = "<a xmlns='urn:d' xmlns:n='urn:n' xml:lang='ja' xml:id='i' xml:base='http://e.jp/x/'><m xml:base='y/' xml:lang='en'><b n:c=''><n:d/></b></m></a>";
    assert_eq!(
        subtree(source, "b", &how(Method::Inclusive10, &[])),
        r#"<b xmlns="urn:d" xmlns:n="urn:n" xml:base="y/" xml:id="i" xml:lang="en" n:c=""><n:d></n:d></b>"#
    );
    assert_eq!(
        subtree(source, "b", &how(Method::Inclusive11, &[])),
        r#"<b xmlns="urn:d" xmlns:n="urn:n" xml:base="http://e.jp/x/y/" xml:lang="en" n:c=""><n:d></n:d></b>"#
    );
    assert_eq!(
        subtree(source, "b", &how(Method::Exclusive, &[])),
        r#"<b xmlns="urn:d" xmlns:n="urn:n" n:c=""><n:d></n:d></b>"#
    );
}

#[test]
fn the_exclusive_method_declares_where_it_is_used() {
    let source = "<a xmlns='urn:d' xmlns:n='urn:n' xmlns:o='urn:o'><q:b xmlns:q='urn:q'><c xmlns=''/><n:d n:e=''/></q:b></a>";
    assert_eq!(
        subtree(source, "b", &how(Method::Exclusive, &[])),
        r#"<q:b xmlns:q="urn:q"><c></c><n:d xmlns:n="urn:n" n:e=""></n:d></q:b>"#
    );
    assert_eq!(
        subtree(source, "b", &how(Method::Exclusive, &["", "o"])),
        r#"<q:b xmlns="urn:d" xmlns:o="urn:o" xmlns:q="urn:q"><c xmlns=""></c><n:d xmlns:n="urn:n" n:e=""></n:d></q:b>"#
    );
}

#[test]
fn a_base_that_comes_to_nothing_is_not_written() {
    let source = "<a xml:base='x/'><b xml:base='..'/></a>";
    assert_eq!(subtree(source, "b", &how(Method::Inclusive11, &[])), "<b></b>");
    assert_eq!(subtree(source, "b", &how(Method::Inclusive10, &[])), "<b xml:base=\"..\"></b>");
}

#[test]
fn a_relative_namespace_has_no_canonical_form() {
    let tree = Tree::read(b"<a xmlns='b'/>").unwrap();
    let mut out = Vec::new();
    let form = canonicalize(&tree, &NodeSet::document(true), &how(Method::Inclusive10, &[]), &mut out);
    assert!(matches!(form, Err(XmlError::RelativeNamespace { .. })));
}

/// Attributes and namespaces that were picked while their elements were not (Canonical XML clause 2.3, "Element Nodes").
#[test]
fn nodes_that_were_picked_one_by_one() {
    let tree = Tree::read(b"<a xmlns:n='urn:n' n:k='1'><n:b l='2'>t</n:b></a>").unwrap();
    let root = tree.root();
    let all = NodeSet::document(true);
    let set = all.filter::<XmlError>(&tree, |point| Ok(point != Point::Node(root))).unwrap();
    let form = canonical(&tree, &set, &how(Method::Inclusive10, &[]));
    assert_eq!(form, br#" xmlns:n="urn:n" n:k="1"<n:b xmlns:n="urn:n" l="2">t</n:b>"#);
    let without_namespaces = |point| Ok(!matches!(point, Point::Namespace(..)));
    let set = all.filter::<XmlError>(&tree, without_namespaces).unwrap();
    let form = canonical(&tree, &set, &how(Method::Inclusive10, &[]));
    assert_eq!(form, br#"<a n:k="1"><n:b l="2">t</n:b></a>"#);
}

/// The short way for whole subtrees and the literal way give the same octets: subtrees, subtrees with subtrees cut out, and
/// pieces apart from each other, under every method and prefix list.
#[test]
fn whole_subtrees_come_out_as_they_do_one_by_one() {
    let mut compared = 0;
    for number in 0..400 {
        let source = document::document(number);
        let tree = Tree::read(source.as_bytes()).unwrap();
        let mut chance = document::Chance::new(number + 7);
        let mut any = || {
            tree.span(tree.document(), tree.last_descendant(tree.document()))
                .nth(chance.below(tree.len()))
                .unwrap()
        };
        for turn in 0..6 {
            let mut subtrees = Subtrees::one(&tree, if turn == 0 { tree.document() } else { any() });
            for _ in 0..turn {
                subtrees = subtrees.minus(&Subtrees::one(&tree, any())).union(&Subtrees::one(&tree, any()));
            }
            let whole = NodeSet::Whole { subtrees, comments: turn % 2 == 0 };
            let picked = whole.filter::<XmlError>(&tree, |_| Ok(true)).unwrap();
            for method in METHODS {
                for prefixes in [&[][..], &["", "a"], &["薬", "b", "none"]] {
                    let how = how(method, prefixes);
                    let (short, literal) = (canonical(&tree, &whole, &how), canonical(&tree, &picked, &how));
                    assert_eq!(
                        String::from_utf8_lossy(&short),
                        String::from_utf8_lossy(&literal),
                        "{number} {turn} {how:?} of {source}"
                    );
                    compared += 1;
                }
            }
        }
    }
    assert_eq!(compared, 400 * 6 * 9);
}

#[test]
fn a_digest_takes_the_same_octets() {
    use keiin_model::DigestAlgorithm;
    let source = document::document(3);
    let tree = Tree::read(source.as_bytes()).unwrap();
    let (set, how) = (NodeSet::document(true), how(Method::Inclusive10, &[]));
    let mut hasher = Hasher::new(DigestAlgorithm::Sha256);
    canonicalize(&tree, &set, &how, &mut hasher).unwrap();
    assert_eq!(
        hasher.finish(),
        keiin_pki::digest::digest(DigestAlgorithm::Sha256, &canonical(&tree, &set, &how))
    );
}
