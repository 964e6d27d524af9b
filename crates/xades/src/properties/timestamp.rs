// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Containers of time-stamps (EN 319 132-1, 5.1.4; TS 101 903, 7.1.4).

use keiin_model::{Defect, DefectKind};
use keiin_tsp::facts::defect;

use super::{DSIG, QUALIFYING};
use crate::{
    c14n::{Canonicalization, Method},
    signature::{algorithm_of, octets, read_canonicalization},
    xml::{NodeId, Tree},
};

/// A time-stamp property: how its input is canonicalised, what it names, and its tokens.
#[derive(Clone, Debug)]
pub(crate) struct TimestampContainer {
    /// How XML goes into the imprint; `None` for a method that keiin does not know.
    pub(crate) canonicalization: Option<Canonicalization>,
    /// What it names to be included.
    pub(crate) includes: Vec<Include>,
    /// The tokens as DER.
    pub(crate) tokens: Vec<Vec<u8>>,
}

/// An xades:Include.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Include {
    /// The identifier of a ds:Reference or of a property.
    pub(crate) id: String,
    /// Whether what the ds:Reference refers to is meant, rather than the element itself.
    pub(crate) referenced_data: bool,
}

impl TimestampContainer {
    /// Reads a container. XML time-stamps and values that are no base64 are named and left out.
    pub(crate) fn read(tree: &Tree<'_>, node: NodeId, name: &'static str, defects: &mut Vec<Defect>) -> Self {
        let mut found = Self { canonicalization: Some(STANDARD), includes: Vec::new(), tokens: Vec::new() };
        for child in tree.elements(node) {
            if tree.is(child, DSIG, "CanonicalizationMethod") {
                found.canonicalization = method(tree, child);
                continue;
            }
            let element = tree.name(child);
            if !QUALIFYING.contains(&element.namespace) {
                continue;
            }
            match element.local {
                "HashDataInfo" => found.canonicalization = hashed(tree, child).or(found.canonicalization),
                "Include" => found.includes.extend(Include::read(tree, child)),
                "EncapsulatedTimeStamp" => match octets(tree, child) {
                    Some(token) => found.tokens.push(token),
                    None => defects.push(defect(DefectKind::Ignored, name)),
                },
                // Named by the standard, made by nobody: its verdict would be another language's.
                "XMLTimeStamp" => defects.push(defect(DefectKind::Ignored, "XMLTimeStamp")),
                _ => {}
            }
        }
        found
    }
}

/// What stands for a method that is not named (5.1.4.3): the one that XML Signature prescribes.
pub(crate) const STANDARD: Canonicalization =
    Canonicalization { method: Method::Inclusive10, comments: false, prefixes: Vec::new() };

fn method(tree: &Tree<'_>, node: NodeId) -> Option<Canonicalization> {
    if algorithm_of(tree, node).is_empty() {
        return Some(STANDARD);
    }
    read_canonicalization(tree, node).known().cloned()
}

/// V1.1.1, 7.1.4.2: HashDataInfo has the transforms that make the input, of which canonicalization is one.
fn hashed(tree: &Tree<'_>, node: NodeId) -> Option<Canonicalization> {
    let transforms = tree.child(node, tree.name(node).namespace, "Transforms")?;
    let read = tree.elements(transforms).filter(|transform| tree.is(*transform, DSIG, "Transform"));
    read.filter_map(|transform| read_canonicalization(tree, transform).known().cloned()).last()
}

impl Include {
    fn read(tree: &Tree<'_>, node: NodeId) -> Option<Self> {
        let uri = tree.attribute(node, "URI").or_else(|| tree.attribute(node, "uri"))?;
        let id = uri.trim().strip_prefix('#')?.to_owned();
        let flag = tree.attribute(node, "referencedData");
        let referenced_data = matches!(flag.as_deref().map(str::trim), Some("true" | "1"));
        Some(Self { id, referenced_data })
    }
}
