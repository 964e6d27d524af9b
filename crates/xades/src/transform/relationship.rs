// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The Relationship transform (ISO/IEC 29500-2:2012, 13.2.4.24): office documents sign those
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
/// type, in the order of their ids, each with its TargetMode, no prefix and no other namespace.
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
    let mut text = format!("<Relationships xmlns=\"{RELATIONSHIPS}\"");
    push_attributes(tree, root, &mut text);
    text.push('>');
    for node in chosen.into_values() {
        text.push_str("<Relationship");
        push_attributes(tree, node, &mut text);
        if tree.attribute(node, "TargetMode").is_none() {
            text.push_str(" TargetMode=\"Internal\"");
        }
        text.push_str("/>");
    }
    text.push_str("</Relationships>");
    Ok(text)
}

/// The attributes but for those of other namespaces, whose declarations the transform removes (step 1 and 2.1).
fn push_attributes(tree: &Tree<'_>, node: NodeId, text: &mut String) {
    for Attribute { name, value, .. } in tree.attributes(node) {
        let prefix = match name.namespace {
            "" => " ",
            XML => " xml:",
            _ => continue,
        };
        text.push_str(prefix);
        text.push_str(name.local);
        push_value(&value, text);
    }
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
