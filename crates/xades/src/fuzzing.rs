// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What the fuzzers run: any octets, and what must hold of whatever is read from them.

use crate::{
    c14n::{Canonicalization, Method, canonicalize},
    content::{Content, Detached},
    error::XmlError,
    reference::Resolver,
    signature::read_signatures,
    transform::xpath::{Context, Document, Evaluator, Node, Value, Work, parse},
    xml::{NodeKind, NodeSet, Subtrees, Tree},
};

/// Reads a document and looks at every node of it.
///
/// # Panics
/// Where a node does not lie in its parent, or names do not come out of their tags.
pub fn tree(octets: &[u8]) {
    let Ok(tree) = Tree::read(octets) else { return };
    let mut texts = 0;
    for node in tree.descendants(tree.document()) {
        let range = tree.range(node);
        if let Some(parent) = tree.parent(node) {
            let around = tree.content(parent).unwrap_or_else(|| tree.range(parent));
            assert!(around.start <= range.start && range.end <= around.end && tree.contains(parent, node));
            assert!(tree.children(parent).any(|child| child == node) || tree.len() > 1_000);
        }
        let name = tree.name(node);
        assert_eq!(
            tree.kind(node) == NodeKind::Element,
            tree.slice(range).starts_with('<')
                && !name.local.is_empty()
                && tree.kind(node) != NodeKind::Instruction
        );
        if tree.kind(node) == NodeKind::Element {
            assert_eq!(tree.namespace(node, name.prefix).unwrap_or_default(), name.namespace);
            for attribute in tree.attributes(node) {
                assert!(!attribute.name.local.is_empty());
            }
        }
        if tree.kind(node) == NodeKind::Text {
            texts += tree.text(node).len();
        }
    }
    assert_eq!(tree.text(tree.document()).len(), texts);
}

/// Canonicalises a document and a part of it.
///
/// # Panics
/// Where the short way and the literal way differ, or a canonical form is not its own canonical form.
pub fn canonical(octets: &[u8]) {
    let Ok(tree) = Tree::read(octets) else { return };
    let count = u32::try_from(tree.len()).unwrap_or(u32::MAX);
    let first = octets.first().map_or(0, |&octet| u32::from(octet) % count);
    let nodes = tree.descendants(tree.document());
    let part = nodes.take(first as usize + 1).last().unwrap_or_else(|| tree.root());
    let part = Subtrees::one(&tree, part);
    for method in [Method::Inclusive10, Method::Inclusive11, Method::Exclusive] {
        let prefixes = vec![String::new(), "a".to_owned()];
        for prefixes in [Vec::new(), prefixes] {
            let how = Canonicalization { method, comments: true, prefixes };
            both_ways(&tree, &Subtrees::all().minus(&part), &how);
            both_ways(&tree, &part, &how);
            let Some(form) = both_ways(&tree, &Subtrees::all(), &how) else { continue };
            if how.prefixes.is_empty() {
                let again = Tree::read(&form).map(|tree| both_ways(&tree, &Subtrees::all(), &how));
                assert_eq!(again, Ok(Some(form)));
            }
        }
    }
}

fn both_ways(tree: &Tree<'_>, subtrees: &Subtrees, how: &Canonicalization) -> Option<Vec<u8>> {
    let whole = NodeSet::Whole { subtrees: subtrees.clone(), comments: true };
    let picked = whole.filter::<XmlError>(tree, |_| Ok(true)).ok()?;
    let (mut short, mut literal) = (Vec::new(), Vec::new());
    canonicalize(tree, &whole, how, &mut short).ok()?;
    canonicalize(tree, &picked, how, &mut literal).ok()?;
    assert_eq!(String::from_utf8_lossy(&short), String::from_utf8_lossy(&literal));
    Some(short)
}

/// Steps that expressions may take here: enough to go through a small document often, and quick.
const WORK: u64 = 200_000;

/// Reads the signatures of a document and digests what they refer to; the document also stands for all data outside.
pub fn signatures(octets: &[u8]) {
    let Ok(tree) = Tree::read(octets) else { return };
    let Ok(signatures) = read_signatures(&tree) else { return };
    let detached = Detached::new().with(None, Content::Bytes(octets.into()));
    let resolver = Resolver::within(Work::of(WORK), &tree, &detached);
    for signature in &signatures {
        let manifests = signature.manifests(&tree).unwrap_or_default();
        let inside = manifests.iter().flat_map(|manifest| &manifest.references);
        for reference in signature.references.iter().chain(inside) {
            if let Ok((digest, _)) = resolver.digest(reference) {
                assert!(!digest.is_empty());
            }
        }
    }
}

/// Evaluates the first line as an expression over the rest.
///
/// # Panics
/// Where nodes do not come in document order, each once.
pub fn expression(octets: &[u8]) {
    let at = octets.iter().position(|octet| *octet == b'\n').unwrap_or(octets.len());
    let (line, document) = octets.split_at_checked(at).unwrap_or_default();
    let Ok(line) = std::str::from_utf8(line) else { return };
    let Ok(expression) = parse(line, &|prefix| Some(format!("urn:{prefix}"))) else { return };
    let Ok(tree) = Tree::read(document.trim_ascii_start()) else { return };
    let work = Work::of(WORK);
    let document = Document::new(&tree, &work);
    let evaluator = Evaluator::new(&document, Some(Node::of(tree.root())));
    let root = document.root();
    if let Ok(Value::Nodes(nodes)) = evaluator.evaluate(&expression, &Context::at(root)) {
        assert!(nodes.is_sorted_by(|a, b| a < b));
    }
}
