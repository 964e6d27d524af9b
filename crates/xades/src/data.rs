// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The references of a signature as facts: what each is for, what it covers, whether its digest is right.

use std::collections::BTreeSet;

use keiin_model::{Bytes, Covered, DataKind, DataReference, Defect, DefectKind, Extent, ObjectId};
use keiin_tsp::facts::defect;

use crate::{
    XmlError,
    algorithm::DSIG,
    limits::MAX_TRANSFORMED,
    properties::Qualifying,
    reference::{self, Coverage, Reference, ReferenceError, Resolver, Target},
    signature::{Manifest, Signature, octets},
    transform::{self, Transform},
    xml::{NodeId, Tree},
};

const OBJECT: &str = "http://www.w3.org/2000/09/xmldsig#Object";
const MANIFEST: &str = "http://www.w3.org/2000/09/xmldsig#Manifest";
const COUNTERSIGNED: &str = "http://uri.etsi.org/01903#CountersignedSignature";
/// The Type of the reference to SignedProperties: without a version since TS 101 903 V1.2.2.
const SIGNED_PROPERTIES: &str = "SignedProperties";

/// What the references of one signature came to.
#[derive(Debug, Default)]
pub(crate) struct SignedData {
    /// One for each reference, then those of manifests.
    pub(crate) data: Vec<DataReference>,
    /// Where in the document the data of each ds:Reference is.
    pub(crate) reached: Vec<Option<Reached>>,
    /// The reference over the whole SignedProperties of this signature, by its place.
    pub(crate) signed_properties: Option<usize>,
    /// The ds:KeyInfo is covered.
    pub(crate) key_info: bool,
}

/// A subtree under a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reached {
    pub(crate) top: NodeId,
    /// A signature that takes itself out of it.
    pub(crate) without: Option<NodeId>,
}

/// One signature while its references are read.
pub(crate) struct References<'s, 'a> {
    pub(crate) tree: &'s Tree<'a>,
    pub(crate) resolver: &'s Resolver<'s, 'a>,
    pub(crate) signature: &'s Signature,
    pub(crate) qualifying: Option<&'s Qualifying>,
    /// The signature that is counter-signed.
    pub(crate) parent: Option<&'s Signature>,
}

impl References<'_, '_> {
    /// Reads them all.
    ///
    /// # Errors
    /// [`XmlError`] for a limit.
    pub(crate) fn read(&self, defects: &mut Vec<Defect>) -> Result<SignedData, XmlError> {
        let mut found = SignedData::default();
        let mut listed = BTreeSet::new(); // each is read once, however often it is referred to
        let mut counter_signed = Vec::new();
        let manifests = self.signature.manifests(self.tree)?;
        for (at, reference) in self.signature.references.iter().enumerate() {
            let (data, coverage) = self.reference(reference, defects)?;
            let target = self.target(reference);
            let reached = coverage.and_then(|coverage| self.reached(reference, &coverage));
            let whole = reached.is_some_and(|reached| reached.without.is_none());
            let counts = data.intact() && whole;
            // A digest that is wrong says by itself what the properties are worth: they are what the signer meant.
            if data.kind == DataKind::SignedProperties && data.found() && whole {
                found.signed_properties.get_or_insert(at);
            }
            found.key_info |= counts && target.is_some() && target == self.key_info();
            if data.kind == DataKind::CounterSignature {
                counter_signed.extend(self.counter_signed(target.filter(|_| whole)));
            }
            if data.kind == DataKind::Manifest {
                listed.extend(target);
            }
            defects.extend(reference.defects.iter().filter(|defect| defect.at != "DigestValue").cloned());
            found.data.push(data);
            found.reached.push(reached);
        }
        let listed: Vec<_> = manifests.iter().filter(|manifest| listed.contains(&manifest.node)).collect();
        self.complete(&mut found, &listed, defects)?;
        if counter_signed.is_empty() {
            counter_signed.extend(self.counter_signed(None));
        }
        found.data.append(&mut counter_signed);
        Ok(found)
    }

    /// What is listed elsewhere, and what ought to be there.
    fn complete(
        &self,
        found: &mut SignedData,
        listed: &[&Manifest],
        defects: &mut Vec<Defect>,
    ) -> Result<(), XmlError> {
        let about_itself = [DataKind::SignedProperties, DataKind::KeyInfo, DataKind::SignatureProperties];
        if found.data.iter().all(|data| about_itself.contains(&data.kind)) {
            // A signature over nothing but what it says of itself signs no data.
            found.data.push(DataReference {
                kind: DataKind::Reference,
                ..DataReference::new("ds:Reference", None, Bytes::default(), None)
            });
        }
        for reference in listed.iter().flat_map(|manifest| &manifest.references) {
            // A Type in a manifest says nothing of this signature, so nothing is out of its place.
            let (data, _) = self.reference(reference, defects)?;
            found.data.push(DataReference { kind: DataKind::ManifestEntry, misplaced: false, ..data });
        }
        Ok(())
    }

    /// A counter-signature is over the ds:SignatureValue of what it stands in, by a reference that says so (EN 319 132-1,
    /// 5.2.7.2): over something else, it signs that and not the signature.
    fn counter_signed(&self, target: Option<NodeId>) -> Option<DataReference> {
        let parent = self.parent?;
        let value = |node: NodeId| octets(self.tree, node).filter(|_| Some(node) == parent.value_node);
        let actual = target.and_then(value).unwrap_or_default();
        let kind = DataKind::CounterSignedSignatureValue;
        let plain = DataReference::new("ds:SignatureValue", None, parent.value.clone(), Some(actual.into()));
        Some(DataReference { kind, ..plain })
    }

    fn key_info(&self) -> Option<NodeId> {
        self.signature.key_info.as_ref().map(|key_info| key_info.node)
    }

    /// The element of this document that a reference names.
    fn target(&self, reference: &Reference) -> Option<NodeId> {
        match self.resolver.resolve(reference).ok()? {
            Target::Element { node, .. } => Some(node),
            Target::Document { .. } => Some(self.tree.document()),
            Target::External(_) => None,
        }
    }

    fn reference(
        &self,
        reference: &Reference,
        defects: &mut Vec<Defect>,
    ) -> Result<(DataReference, Option<Coverage>), XmlError> {
        let target = self.target(reference);
        let kind = self.kind(reference, target);
        let (actual, coverage) = match self.resolver.digest(reference) {
            Ok((digest, coverage)) => (Some(digest.into()), Some(coverage)),
            Err(ReferenceError::Xml(error @ XmlError::Limit { .. })) => return Err(error),
            Err(ReferenceError::TooMuch { .. }) => {
                let limit = usize::try_from(MAX_TRANSFORMED).unwrap_or(usize::MAX);
                return Err(XmlError::Limit { object: "octets under references", limit });
            }
            Err(ReferenceError::Ambiguous { .. }) => {
                defects.push(defect(DefectKind::Coverage, "Reference/@URI"));
                (None, None)
            }
            // It is there, and nobody can say that it is what was signed.
            Err(ReferenceError::UnsupportedDigest { .. }) if self.is_there(reference) => {
                (Some(Bytes::default()), None)
            }
            Err(_) => (None, None),
        };
        let data = DataReference {
            name: name(reference),
            kind,
            algorithm: reference.digest.known().copied(),
            expected: reference.value.clone().into(),
            actual,
            covered: coverage.as_ref().map(|coverage| self.covered(coverage)),
            misplaced: self.is_misplaced(kind, target),
        };
        Ok((data, coverage))
    }

    fn is_there(&self, reference: &Reference) -> bool {
        self.resolver.resolve(reference).is_ok()
    }

    /// What a reference is for: by what it names, and where that is not decisive by its Type, which is not signed data's
    /// own word.
    fn kind(&self, reference: &Reference, target: Option<NodeId>) -> DataKind {
        let same_document = reference.uri.as_deref().is_some_and(|uri| uri.starts_with('#'));
        let by_pointer = reference.uri.as_deref().is_some_and(|uri| uri.starts_with("#xpointer("));
        let stated = reference.kind.as_deref().unwrap_or_default();
        let signed = self.qualifying.and_then(|qualifying| qualifying.signed);
        if same_document && (self.is_signed_properties(stated) || (target.is_some() && target == signed)) {
            return DataKind::SignedProperties;
        }
        if stated == COUNTERSIGNED {
            return DataKind::CounterSignature;
        }
        match target {
            Some(node) if Some(node) == self.key_info() => DataKind::KeyInfo,
            Some(node) if self.tree.is(node, DSIG, "SignatureProperties") && self.is_own(node) => {
                DataKind::SignatureProperties
            }
            _ if by_pointer => DataKind::XPointer,
            _ if same_document && stated == OBJECT => DataKind::Object,
            _ if same_document && stated == MANIFEST => DataKind::Manifest,
            _ => DataKind::Reference,
        }
    }

    /// `http://uri.etsi.org/01903#SignedProperties` (EN 319 132-1, 4.4.2), or with the version whose properties are there.
    fn is_signed_properties(&self, stated: &str) -> bool {
        let Some((space, SIGNED_PROPERTIES)) = stated.rsplit_once('#') else { return false };
        let version = self.qualifying.and_then(|qualifying| qualifying.namespace.strip_suffix('#'));
        space == "http://uri.etsi.org/01903" || Some(space) == version
    }

    /// Whether an element stands in a ds:Object of this signature.
    fn is_own(&self, node: NodeId) -> bool {
        self.tree.parent(node).is_some_and(|parent| self.is_object(parent))
    }

    /// Whether an element is a ds:Object of this signature.
    fn is_object(&self, node: NodeId) -> bool {
        self.tree.parent(node) == Some(self.signature.node) && self.tree.is(node, DSIG, "Object")
    }

    /// What a reference says to be the signature's own must be (EN 319 132-1, 4.4.2; XML Signature 1.1, 4.6 and 5.1): else
    /// something could be shown that was never signed as such.
    fn is_misplaced(&self, kind: DataKind, target: Option<NodeId>) -> bool {
        let Some(target) = target else { return false };
        match kind {
            DataKind::SignedProperties => self.qualifying.and_then(|q| q.signed) != Some(target),
            DataKind::Object => !self.is_object(target),
            DataKind::Manifest => !(self.tree.is(target, DSIG, "Manifest") && self.is_own(target)),
            _ => false,
        }
    }

    fn covered(&self, coverage: &Coverage) -> Covered {
        let tree = self.tree;
        let part = match coverage.extent {
            transform::Extent::Whole | transform::Extent::WithoutSignatures => Extent::Element,
            transform::Extent::Text => Extent::Text,
            transform::Extent::Part => Extent::Part,
        };
        let extent = if coverage.is_document(tree) { Extent::Document } else { part };
        match &coverage.covered {
            reference::Covered::Document => Covered { element: "/".to_owned(), id: None, extent },
            reference::Covered::Element(node) => {
                Covered { element: path(tree, *node), id: id(tree, *node), extent }
            }
            reference::Covered::External(name) => {
                let element = name.clone().unwrap_or_default();
                Covered { element, id: None, extent: Extent::Outside }
            }
        }
    }

    /// The subtree that is under the digest, where it is one: what a filter leaves is not taken for proven.
    fn reached(&self, reference: &Reference, coverage: &Coverage) -> Option<Reached> {
        let top = match coverage.covered {
            reference::Covered::Document => self.tree.document(),
            reference::Covered::Element(node) => node,
            reference::Covered::External(_) => return None,
        };
        let plain = |transform: &Transform| matches!(transform, Transform::Canonicalize(_));
        let enveloped = |transform: &Transform| plain(transform) || *transform == Transform::Enveloped;
        if reference.transforms.iter().all(plain) {
            return Some(Reached { top, without: None });
        }
        let only = reference.transforms.iter().all(enveloped);
        only.then_some(Reached { top, without: Some(self.signature.node) })
    }
}

fn name(reference: &Reference) -> String {
    match (&reference.uri, &reference.id) {
        (Some(uri), _) => uri.clone(),
        (None, Some(id)) => id.clone(),
        (None, None) => "ds:Reference".to_owned(),
    }
}

/// Where an element stands: the names from the document element on, as written.
fn path(tree: &Tree<'_>, node: NodeId) -> String {
    const SHOWN: usize = 12;
    let mut names = Vec::new();
    let mut at = Some(node);
    while let Some(node) = at.filter(|node| *node != tree.document()) {
        if names.len() >= SHOWN {
            names.push("…".to_owned());
            break;
        }
        let name = tree.name(node);
        let colon = if name.prefix.is_empty() { "" } else { ":" };
        names.push(format!("{}{colon}{}", name.prefix, name.local));
        at = tree.parent(node);
    }
    names.iter().rev().map(|name| format!("/{name}")).collect()
}

fn id(tree: &Tree<'_>, node: NodeId) -> Option<String> {
    ["Id", "ID", "id"].iter().find_map(|name| tree.attribute(node, name)).map(std::borrow::Cow::into_owned)
}

/// The id under which a signature is known: its value.
pub(crate) fn signature_id(signature: &Signature) -> ObjectId {
    keiin_pki::digest::object_id(&signature.value)
}
