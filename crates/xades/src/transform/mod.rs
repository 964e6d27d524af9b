// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Transforms (XML Signature 1.1, 6.6; XPath Filter 2.0): from what a Reference names to the octets that are digested.
//! What is not known is refused by its name: a transform left out would say that something else was signed.

pub(crate) mod base64;
mod chain;
mod filter;
mod relationship;
pub(crate) mod xpath;

pub(crate) use chain::{Chain, Data, Extent};

use crate::{
    XmlError,
    algorithm::DSIG,
    c14n::Canonicalization,
    limits::{MAX_FILTERS, MAX_TRANSFORMS},
    signature::{Named, algorithm_of, read_canonicalization},
    xml::{NodeId, Tree},
};

const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const BASE64: &str = "http://www.w3.org/2000/09/xmldsig#base64";
const XPATH: &str = "http://www.w3.org/TR/1999/REC-xpath-19991116";
/// The URI of XPath Filter 2.0, and the namespace of its elements.
const FILTER2: &str = "http://www.w3.org/2002/06/xmldsig-filter2";
const RELATIONSHIP: &str = "http://schemas.openxmlformats.org/package/2006/RelationshipTransform";

/// A `ds:Transform`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Transform {
    /// Takes the signature out that holds the reference.
    Enveloped,
    Canonicalize(Canonicalization),
    Base64,
    /// XPath 1.0: the `ds:XPath` element.
    XPath(NodeId),
    /// XPath Filter 2.0: operations in their order, each with its element.
    Filter(Vec<(Operation, NodeId)>),
    /// The Relationship transform of Open Packaging Conventions (ISO/IEC 29500-2, 13.2.4.24): the `ds:Transform` element.
    Relationship(NodeId),
    /// A transform that keiin knows, with content that it does not understand.
    Malformed {
        uri: String,
    },
    /// A transform that keiin does not know.
    Unsupported {
        uri: String,
    },
}

/// What XPath Filter 2.0 does with the nodes that it selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Intersect,
    Subtract,
    Union,
}

impl Transform {
    /// The transforms in a `ds:Transforms` child, also of `ds:RetrievalMethod` and XAdES policies.
    ///
    /// # Errors
    /// [`XmlError::Limit`].
    pub(crate) fn read_all(tree: &Tree<'_>, parent: NodeId) -> Result<Vec<Self>, XmlError> {
        let Some(list) = tree.child(parent, DSIG, "Transforms") else { return Ok(Vec::new()) };
        let mut transforms = Vec::new();
        for node in tree.elements(list) {
            if transforms.len() >= MAX_TRANSFORMS {
                return Err(XmlError::Limit { object: "ds:Transform", limit: MAX_TRANSFORMS });
            }
            transforms.push(Self::read(tree, node)?);
        }
        Ok(transforms)
    }

    fn read(tree: &Tree<'_>, node: NodeId) -> Result<Self, XmlError> {
        let uri = algorithm_of(tree, node);
        if !tree.is(node, DSIG, "Transform") {
            return Ok(Self::Malformed { uri: tree.name(node).local.to_owned() });
        }
        Ok(match uri.as_str() {
            ENVELOPED => Self::Enveloped,
            BASE64 => Self::Base64,
            RELATIONSHIP => Self::Relationship(node),
            XPATH => {
                let mut expressions = tree.elements(node).filter(|child| tree.is(*child, DSIG, "XPath"));
                match (expressions.next(), expressions.next()) {
                    (Some(only), None) => Self::XPath(only),
                    _ => Self::Malformed { uri },
                }
            }
            FILTER2 => read_filter(tree, node)?.map_or(Self::Malformed { uri }, Self::Filter),
            _ => match read_canonicalization(tree, node) {
                Named::Known(canonicalization) => Self::Canonicalize(canonicalization),
                Named::Unsupported(uri) => Self::Unsupported { uri },
            },
        })
    }
}

fn read_filter(tree: &Tree<'_>, node: NodeId) -> Result<Option<Vec<(Operation, NodeId)>>, XmlError> {
    let mut operations = Vec::new();
    for child in tree.elements(node) {
        if operations.len() >= MAX_FILTERS {
            return Err(XmlError::Limit { object: "XPath of one filter", limit: MAX_FILTERS });
        }
        let operation = match tree.attribute(child, "Filter").as_deref() {
            _ if !tree.is(child, FILTER2, "XPath") => return Ok(None),
            Some("intersect") => Operation::Intersect,
            Some("subtract") => Operation::Subtract,
            Some("union") => Operation::Union,
            _ => return Ok(None),
        };
        operations.push((operation, child));
    }
    Ok((!operations.is_empty()).then_some(operations))
}
