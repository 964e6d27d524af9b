// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What is read on is what is read from the beginning.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test

use super::{NodeSet, Tree};
use crate::c14n::{Canonicalization, Method, canonicalize, document};

/// All that can be told of a tree: each node with its place, names, namespaces and attributes, and the canonical form.
fn told(tree: &Tree<'_>) -> Vec<String> {
    let mut told: Vec<String> = tree
        .descendants(tree.document())
        .map(|node| {
            let attributes: Vec<_> = tree.attributes(node).collect();
            let places = (tree.range(node), tree.start_tag(node), tree.content(node), tree.parent(node));
            let names = (tree.kind(node), tree.name(node), tree.last_descendant(node));
            let flags = (tree.is_canonical(node), tree.canonical_end_tag(node));
            format!("{places:?} {names:?} {flags:?} {:?} {attributes:?}", tree.namespaces(node))
        })
        .collect();
    for method in [Method::Inclusive10, Method::Exclusive] {
        let how = Canonicalization { method, comments: true, prefixes: Vec::new() };
        let mut form = Vec::new();
        canonicalize(tree, &NodeSet::document(true), &how, &mut form).unwrap();
        told.push(String::from_utf8(form).unwrap());
    }
    told
}

/// Signatures and other things put before the end tag, behind the start tag and behind each node of many documents.
#[test]
fn a_document_that_is_read_on_is_as_one_that_is_read() {
    const PIECES: [&str; 4] = [
        "<s/>",
        "<薬:s xmlns:薬='urn:new' xmlns='urn:one' Id='new'>t<薬:u a='1' 薬:b=\"2\"/>&amp;</薬:s>",
        "<!-- c --><xml:s xmlns:new='urn:three?a=&quot;b'><new:s xml:id='i'/></xml:s>text",
        "<b:not-declared-everywhere/>",
    ];
    let (mut same, mut refused) = (0, 0);
    for number in 0..400 {
        let source = document::document(number);
        let tree = Tree::read(source.as_bytes()).unwrap();
        let nodes = tree.descendants(tree.root()).skip(1);
        let places = nodes.map(|node| tree.range(node).end).chain(tree.content(tree.root()).map(|c| c.end));
        let places: Vec<usize> = places.collect();
        for (turn, place) in places.into_iter().enumerate() {
            let piece = PIECES[turn % PIECES.len()];
            let changed = format!("{}{piece}{}", &source[..place], &source[place..]);
            let read = Tree::read(source.as_bytes()).unwrap().without_text();
            match (read.read_on(&changed, place), Tree::of_text(&changed)) {
                (Ok(on), Ok(anew)) => {
                    assert_eq!(told(&on), told(&anew), "{place} of {changed}");
                    assert_eq!(on.by_id("new"), anew.by_id("new"));
                    same += 1;
                }
                (on, anew) => {
                    assert_eq!(on.err(), anew.err(), "{place} of {changed}");
                    refused += 1;
                }
            }
        }
    }
    println!("{same} documents are read on as they are read, {refused} are refused alike");
    assert!(same > 2_000 && refused > 100);
}

#[test]
fn where_no_token_ends_the_document_is_read_anew() {
    let old = || Tree::read(b"<?xml version='1.0'?><a>text<b/></a>").unwrap().without_text();
    for (text, same) in [
        ("<?xml version='1.0'?><a>te<c/>xt<b/></a>", 26),
        ("<?xml version='1.0'?><a>text more<b/></a>", 28),
        ("<x/>", 0),
        ("<?xml version='1.0'?><c/>", 21),
        ("<?xml version='1.0'?><a>text<c/></a>", 400),
    ] {
        let tree = old().read_on(text, same).unwrap();
        assert_eq!(told(&tree), told(&Tree::of_text(text).unwrap()), "{text}");
    }
}
