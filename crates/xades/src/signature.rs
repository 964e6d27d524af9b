// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `ds:Signature` as it stands (XML Signature 1.1, 4): SignedInfo, its references, the value, KeyInfo and Objects.

use keiin_model::{Defect, DefectKind, DigestAlgorithm, SignatureAlgorithm};

use crate::{
    XmlError,
    algorithm::{self, DSIG, MGF1, MORE_2007, RSA_PSS},
    c14n::Canonicalization,
    key_info::KeyInfo,
    limits::{MAX_KEY_INFO_FOLLOWED, MAX_REFERENCES, MAX_SIGNATURES},
    reference::Reference,
    transform::base64,
    xml::{NodeId, NodeKind, Tree},
};

/// An algorithm by URI: one that keiin knows, or the name alone.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Named<T> {
    Known(T),
    /// The URI; empty where none is given.
    Unsupported(String),
}

impl<T> Named<T> {
    pub(crate) fn from_uri(uri: &str, known: Option<T>) -> Self {
        known.map_or_else(|| Self::Unsupported(uri.to_owned()), Self::Known)
    }

    pub(crate) const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(known) => Some(known),
            Self::Unsupported(_) => None,
        }
    }
}

/// A signature as it stands. What could not be read is among the defects, so that one broken signature hides no other.
#[derive(Clone, Debug)]
pub(crate) struct Signature {
    /// `ds:Signature`.
    pub(crate) node: NodeId,
    pub(crate) signed_info: Option<NodeId>,
    /// How SignedInfo is canonicalised.
    pub(crate) canonicalization: Named<Canonicalization>,
    pub(crate) method: Named<SignatureAlgorithm>,
    /// `ds:SignatureValue`.
    pub(crate) value_node: Option<NodeId>,
    /// The octets of the value as they stand: r and s one after the other for ECDSA and DSA
    /// ([`algorithm::der_value`] makes of them what pki verifies).
    pub(crate) value: Vec<u8>,
    pub(crate) references: Vec<Reference>,
    pub(crate) key_info: Option<KeyInfo>,
    /// Each `ds:Object`.
    pub(crate) objects: Vec<NodeId>,
    pub(crate) defects: Vec<Defect>,
}

/// `ds:Manifest` (XML Signature 1.1, 5.1): references whose digests the application checks.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    pub(crate) node: NodeId,
    pub(crate) references: Vec<Reference>,
}

/// Every `ds:Signature` of the document in document order, those inside of others too.
///
/// # Errors
/// [`XmlError::Limit`] when there are too many signatures or references.
pub(crate) fn read_signatures(tree: &Tree<'_>) -> Result<Vec<Signature>, XmlError> {
    let mut signatures = Vec::new();
    let mut left = Left::default();
    for node in tree.descendants(tree.document()) {
        if tree.kind(node) == NodeKind::Element && tree.is(node, DSIG, "Signature") {
            if signatures.len() >= MAX_SIGNATURES {
                return Err(XmlError::Limit { object: "ds:Signature", limit: MAX_SIGNATURES });
            }
            signatures.push(Signature::read(tree, node, &mut left)?);
        }
    }
    Ok(signatures)
}

/// What a document may still have.
struct Left {
    references: usize,
    /// Octets of elements that KeyInfo refers to: one may be referred to from every signature.
    followed: usize,
}

impl Default for Left {
    fn default() -> Self {
        Self { references: MAX_REFERENCES, followed: MAX_KEY_INFO_FOLLOWED }
    }
}

impl Signature {
    fn read(tree: &Tree<'_>, node: NodeId, left: &mut Left) -> Result<Self, XmlError> {
        let mut found = Finder { tree, defects: Vec::new() };
        let signed_info = found.needed(Some(node), "SignedInfo");
        let canonicalization = found.needed(signed_info, "CanonicalizationMethod");
        let method = found.needed(signed_info, "SignatureMethod");
        let value_node = found.needed(Some(node), "SignatureValue");
        let value = found.octets(value_node, "SignatureValue");
        let key_info = found.optional(node, "KeyInfo");
        let references = match signed_info {
            Some(signed_info) => read_references(tree, signed_info, &mut left.references)?,
            None => Vec::new(),
        };
        if references.is_empty() && signed_info.is_some() {
            found.defect(DefectKind::Unreadable, "Reference"); // XML Signature 1.1, 4.4: one or more
        }
        Ok(Self {
            node,
            signed_info,
            canonicalization: canonicalization
                .map_or_else(|| Named::Unsupported(String::new()), |node| read_canonicalization(tree, node)),
            method: method.map_or_else(|| Named::Unsupported(String::new()), |node| read_method(tree, node)),
            value_node,
            value,
            references,
            key_info: key_info.map(|node| KeyInfo::read(tree, node, &mut left.followed)).transpose()?,
            objects: tree.elements(node).filter(|child| tree.is(*child, DSIG, "Object")).collect(),
            defects: found.defects,
        })
    }

    /// The `ds:Manifest` elements in the Objects.
    ///
    /// # Errors
    /// [`XmlError::Limit`].
    pub(crate) fn manifests(&self, tree: &Tree<'_>) -> Result<Vec<Manifest>, XmlError> {
        let mut left = MAX_REFERENCES;
        let inside = self.objects.iter().flat_map(|object| tree.elements(*object));
        let manifests = inside.filter(|node| tree.is(*node, DSIG, "Manifest"));
        manifests.map(|node| Manifest::read(tree, node, &mut left)).collect()
    }
}

impl Manifest {
    fn read(tree: &Tree<'_>, node: NodeId, left: &mut usize) -> Result<Self, XmlError> {
        let references = read_references(tree, node, left)?;
        Ok(Self { node, references })
    }
}

fn read_references(tree: &Tree<'_>, parent: NodeId, left: &mut usize) -> Result<Vec<Reference>, XmlError> {
    let mut references = Vec::new();
    for node in tree.elements(parent).filter(|node| tree.is(*node, DSIG, "Reference")) {
        *left =
            left.checked_sub(1).ok_or(XmlError::Limit { object: "ds:Reference", limit: MAX_REFERENCES })?;
        references.push(Reference::read(tree, node)?);
    }
    Ok(references)
}

/// Finds children that may stand once, and keeps what is wrong with them.
pub(crate) struct Finder<'t, 'a> {
    pub(crate) tree: &'t Tree<'a>,
    pub(crate) defects: Vec<Defect>,
}

impl Finder<'_, '_> {
    pub(crate) fn defect(&mut self, kind: DefectKind, at: &str) {
        self.defects.push(Defect { kind, at: at.to_owned() });
    }

    /// The child of XML Signature's namespace with that name; one that stands twice is a defect, for which of the two
    /// counts would be a guess.
    pub(crate) fn optional(&mut self, parent: NodeId, name: &'static str) -> Option<NodeId> {
        let mut children = self.tree.elements(parent).filter(|child| self.tree.is(*child, DSIG, name));
        let first = children.next();
        let repeated = children.next().is_some();
        if repeated {
            self.defect(DefectKind::Repeated, name);
        }
        first
    }

    /// A child without which there is no signature.
    pub(crate) fn needed(&mut self, parent: Option<NodeId>, name: &'static str) -> Option<NodeId> {
        let child = self.optional(parent?, name);
        if child.is_none() {
            self.defect(DefectKind::Unreadable, name);
        }
        child
    }

    /// The octets of an element of Base64 text; empty, and a defect, when it is none.
    pub(crate) fn octets(&mut self, node: Option<NodeId>, name: &'static str) -> Vec<u8> {
        let Some(node) = node else { return Vec::new() };
        octets(self.tree, node).unwrap_or_else(|| {
            self.defect(DefectKind::Unreadable, name);
            Vec::new()
        })
    }
}

/// The octets of an element that holds Base64 text and no element.
pub(crate) fn octets(tree: &Tree<'_>, node: NodeId) -> Option<Vec<u8>> {
    if tree.elements(node).next().is_some() {
        return None;
    }
    base64::decode(&tree.text(node))
}

/// The `Algorithm` of an element; empty where there is none.
pub(crate) fn algorithm_of(tree: &Tree<'_>, node: NodeId) -> String {
    tree.attribute(node, "Algorithm").unwrap_or_default().trim().to_owned()
}

/// A canonicalisation with its prefix list: `ds:CanonicalizationMethod`, also in XAdES time-stamps, or a `ds:Transform`.
pub(crate) fn read_canonicalization(tree: &Tree<'_>, node: NodeId) -> Named<Canonicalization> {
    const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
    let uri = algorithm_of(tree, node);
    let Some(canonicalization) = Canonicalization::from_uri(&uri) else {
        return Named::Unsupported(uri);
    };
    let list = tree.child(node, EXCLUSIVE, "InclusiveNamespaces");
    let prefixes = list.and_then(|list| tree.attribute(list, "PrefixList"));
    Named::Known(match prefixes {
        Some(prefixes) => canonicalization.with_prefix_list(&prefixes),
        None => canonicalization,
    })
}

/// `ds:DigestMethod`.
pub(crate) fn read_digest_method(tree: &Tree<'_>, node: NodeId) -> Named<DigestAlgorithm> {
    let uri = algorithm_of(tree, node);
    Named::from_uri(&uri, algorithm::digest_by_uri(&uri))
}

/// `ds:SignatureMethod`.
fn read_method(tree: &Tree<'_>, node: NodeId) -> Named<SignatureAlgorithm> {
    let uri = algorithm_of(tree, node);
    let known = if uri == RSA_PSS { read_pss(tree, node) } else { algorithm::signature_by_uri(&uri) };
    Named::from_uri(&uri, known)
}

/// RSAPSSParams (RFC 9231, 2.3.9). Absent: SHA-256, MGF1 with the same digest, as many octets of salt as it has.
fn read_pss(tree: &Tree<'_>, method: NodeId) -> Option<SignatureAlgorithm> {
    let digest_in = |node: NodeId| match tree.child(node, DSIG, "DigestMethod") {
        Some(digest) => read_digest_method(tree, digest).known().copied().map(Some),
        None => Some(None),
    };
    let parameters = tree.child(method, MORE_2007, "RSAPSSParams");
    let digest = parameters.map_or(Some(None), digest_in)?.unwrap_or(DigestAlgorithm::Sha256);
    let child = |name| parameters.and_then(|parameters| tree.child(parameters, MORE_2007, name));
    let mgf = match child("MaskGenerationFunction") {
        Some(function) if algorithm_of(tree, function) == MGF1 => digest_in(function)?,
        Some(_) => return None,
        None => None,
    };
    let number = |node: NodeId| tree.text(node).trim().parse::<u32>().ok();
    let salt = child("SaltLength").map_or(Some(algorithm::salt_of(digest)), number)?;
    let trailer = child("TrailerField").map_or(Some(1), number)?;
    (trailer == 1).then_some(SignatureAlgorithm::RsaPss { digest, mgf: mgf.unwrap_or(digest), salt })
}
