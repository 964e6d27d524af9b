// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The Relationship transform (ISO/IEC 29500-2:2021, 10.5.3 and 13.2.4.24 of the first edition): office documents sign those
//! relationships of a part that they name, whatever the order and the white space.

use std::collections::BTreeMap;

use crate::{
    reference::ReferenceError,
    xml::{Attribute, NodeId, Tree, XML},
};

const SIGNATURE: &str = "http://schemas.openxmlformats.org/package/2006/digital-signature";
const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const URI: &str = "http://schemas.openxmlformats.org/package/2006/RelationshipTransform";

/// The document that is left of `tree`: its root, and the relationships that the transform at `transform` names by id or
/// type, in the order of their ids, each with its TargetMode.
pub(super) fn choose(home: &Tree<'_>, transform: NodeId, tree: &Tree<'_>) -> Result<String, ReferenceError> {
    let malformed = || ReferenceError::MalformedTransform { uri: URI.to_owned() };
    let root = tree.root();
    if !tree.is(root, RELATIONSHIPS, "Relationships") {
        return Err(malformed());
    }
    let (mut ids, mut types) = (Vec::new(), Vec::new());
    for child in home.elements(transform) {
        if home.is(child, SIGNATURE, "RelationshipReference") {
            ids.push(home.attribute(child, "SourceId").ok_or_else(malformed)?);
        } else if home.is(child, SIGNATURE, "RelationshipsGroupReference") {
            types.push(home.attribute(child, "SourceType").ok_or_else(malformed)?);
        } else {
            return Err(malformed());
        }
    }
    ids.sort_unstable();
    types.sort_unstable();
    let mut chosen = BTreeMap::new();
    for node in tree.elements(root).filter(|node| tree.is(*node, RELATIONSHIPS, "Relationship")) {
        let id = tree.attribute(node, "Id").ok_or_else(malformed)?;
        let kind = tree.attribute(node, "Type").unwrap_or_default();
        if ids.binary_search(&id).is_ok() || types.binary_search(&kind).is_ok() {
            chosen.insert(id, node);
        }
    }
    let mut text = String::new();
    open(tree, root, &mut text, "");
    for node in chosen.into_values() {
        let mode = tree.attribute(node, "TargetMode").is_none();
        open(tree, node, &mut text, if mode { " TargetMode=\"Internal\"" } else { "" });
        close(tree, node, &mut text);
    }
    close(tree, root, &mut text);
    Ok(text)
}

/// The start tag, with every namespace that is in scope.
fn open(tree: &Tree<'_>, node: NodeId, text: &mut String, more: &str) {
    text.push('<');
    push_name(tree, node, text);
    for (prefix, namespace) in tree.namespaces(node).into_iter().filter(|(_, namespace)| *namespace != XML) {
        text.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
        text.push_str(prefix);
        push_value(namespace, text);
    }
    for Attribute { name, value, .. } in tree.attributes(node) {
        text.push(' ');
        if !name.prefix.is_empty() {
            text.push_str(name.prefix);
            text.push(':');
        }
        text.push_str(name.local);
        push_value(&value, text);
    }
    text.push_str(more);
    text.push('>');
}

fn close(tree: &Tree<'_>, node: NodeId, text: &mut String) {
    text.push_str("</");
    push_name(tree, node, text);
    text.push('>');
}

fn push_name(tree: &Tree<'_>, node: NodeId, text: &mut String) {
    let name = tree.name(node);
    if !name.prefix.is_empty() {
        text.push_str(name.prefix);
        text.push(':');
    }
    text.push_str(name.local);
}

fn push_value(value: &str, text: &mut String) {
    text.push_str("=\"");
    for c in value.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '"' => text.push_str("&quot;"),
            '\t' => text.push_str("&#x9;"),
            '\n' => text.push_str("&#xA;"),
            '\r' => text.push_str("&#xD;"),
            other => text.push(other),
        }
    }
    text.push('"');
}
