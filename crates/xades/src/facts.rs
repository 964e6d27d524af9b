// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Every signature in a document as facts, with the evidence that it holds.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
};

use keiin_model::{
    Bytes, CertificateReference, DataKind, Defect, DefectKind, DigestAlgorithm, Evidence, EvidenceKind,
    Family, ObjectId, Oid, SignatureAlgorithm, SignatureFacts, SignedMessage, SignerReference, TimestampKind,
};
use keiin_pki::digest::digest;
use keiin_tsp::{completeness::Material, facts::defect};

use crate::{
    Detached, XadesError, XmlError,
    algorithm::der_value,
    c14n::{Canonicalization, Sink, canonicalize},
    data::{References, SignedData},
    evidence::{self, Found, Places},
    imprint::{ReferencedData, Stamped},
    key_info::KeyItem,
    level::{self, Surroundings},
    limits::{MAX_COUNTERSIGNATURE_DEPTH, MAX_COVERED, MAX_STAMPED, MAX_TIMESTAMPS},
    properties::{self, Qualifying, SignedPart, UnsignedKind},
    reference::{Reference, ReferenceError, Resolver},
    signature::{Signature, read_signatures},
    timestamp::{self, Budget, Container, Stamps},
    xml::{NodeId, NodeSet, Tree},
};

/// What a document says.
#[derive(Clone, Debug, Default)]
pub(crate) struct XmlFacts {
    /// Its signatures in document order, counter-signatures inside what they sign.
    pub(crate) signatures: Vec<SignatureFacts>,
    /// What is inside: certificates, CRLs, OCSP responses.
    pub(crate) evidence: Evidence,
}

/// Reads every ds:Signature of a document.
///
/// # Errors
/// [`XadesError`] when it is no XML that keiin takes, or over a limit.
pub(crate) fn read(bytes: &[u8], detached: &Detached) -> Result<XmlFacts, XadesError> {
    of(&Tree::read(bytes)?, detached)
}

/// Reads every ds:Signature of a document that is a tree already.
///
/// # Errors
/// As [`read`].
pub(crate) fn of(tree: &Tree<'_>, detached: &Detached) -> Result<XmlFacts, XadesError> {
    let signatures = read_signatures(tree)?;
    let resolver = Resolver::new(tree, detached);
    let mut parts = Vec::with_capacity(signatures.len());
    let mut stamps = 0usize;
    for signature in &signatures {
        let part = Part::read(tree, &resolver, signature, &signatures)?;
        stamps = stamps.saturating_add(part.containers.iter().map(Container::len).sum());
        if stamps > MAX_TIMESTAMPS {
            return Err(XmlError::Limit { object: "time-stamps", limit: MAX_TIMESTAMPS }.into());
        }
        parts.push(part);
    }
    let places = Places::new(parts.iter().flat_map(|part| part.found.placed.iter().copied()).collect());
    let mut evidence = Evidence::default();
    for part in &parts {
        evidence.merge(&part.found.evidence);
    }
    let budget = Budget { octets: Cell::new(MAX_STAMPED), covered: Cell::new(MAX_COVERED) };
    let reading = Reading { tree, resolver: &resolver, places: &places, parts: &parts, budget: &budget };
    let mut found = Vec::new();
    for part in parts.iter().filter(|part| part.parent.is_none()) {
        found.push(reading.facts(part, 0)?);
    }
    Ok(XmlFacts { signatures: found, evidence })
}

/// The digests under which references speak of data outside the document.
///
/// # Errors
/// [`XadesError`] when it is no XML that keiin takes, or over a limit.
pub fn digests_wanted(bytes: &[u8]) -> Result<BTreeSet<DigestAlgorithm>, XadesError> {
    let tree = Tree::read(bytes)?;
    let mut wanted = BTreeSet::new();
    for signature in read_signatures(&tree)? {
        let manifests = signature.manifests(&tree)?;
        let listed = manifests.iter().flat_map(|manifest| &manifest.references);
        let all = signature.references.iter().chain(listed);
        wanted.extend(all.filter_map(|reference| reference.digest.known().copied()));
    }
    Ok(wanted)
}

/// One signature with all that can be known of it without the others.
struct Part<'s> {
    signature: &'s Signature,
    qualifying: Option<Qualifying>,
    /// The signature that it counter-signs.
    parent: Option<NodeId>,
    data: SignedData,
    signed: SignedPart,
    found: Found,
    containers: Vec<Container>,
    defects: Vec<Defect>,
}

impl<'s> Part<'s> {
    fn read(
        tree: &Tree<'_>,
        resolver: &Resolver<'_, '_>,
        signature: &'s Signature,
        all: &[Signature],
    ) -> Result<Self, XmlError> {
        let mut defects = signature.defects.clone();
        let qualifying = Qualifying::find(tree, signature.node, &mut defects);
        let parent = countersigned(tree, signature.node);
        let countersigned = parent.and_then(|node| all.iter().find(|other| other.node == node));
        let references =
            References { tree, resolver, signature, qualifying: qualifying.as_ref(), parent: countersigned };
        let data = references.read(&mut defects)?;
        let mut found = Found::default();
        if let Some(node) = signature.value_node {
            found.placed.push((node, crate::data::signature_id(signature)));
        }
        if let Some(key_info) = &signature.key_info {
            evidence::key_info(tree, key_info, &mut found, &mut defects);
        }
        let (mut signed, mut containers) = (SignedPart::default(), Vec::new());
        if let Some(qualifying) = &qualifying {
            let covered = data.signed_properties.is_some();
            if covered {
                signed = properties::read_signed(tree, qualifying, &mut defects);
            } else if qualifying.signed.is_some() {
                // Anyone can put properties beside a signature: what is not signed says nothing.
                defects.push(defect(DefectKind::NotCovered, "SignedProperties"));
            }
            for property in &qualifying.unsigned {
                evidence::validation_data(tree, property, &mut found, &mut defects);
                // New digests of what a manifest lists (EN 319 132-1, 5.5.3): made by nobody yet, so named and not read.
                if matches!(property.kind, UnsignedKind::RenewedDigests | UnsignedKind::RenewedDigestsV2) {
                    defects.push(defect(DefectKind::Ignored, tree.name(property.node).local));
                }
            }
            containers = timestamp::containers(tree, qualifying, covered, &mut found, &mut defects);
        }
        Ok(Self { signature, qualifying, parent, data, signed, found, containers, defects })
    }
}

/// The signature that a ds:Signature in a CounterSignature property is over (EN 319 132-1, 5.2.7.2).
fn countersigned(tree: &Tree<'_>, signature: NodeId) -> Option<NodeId> {
    let property = tree.parent(signature)?;
    let spaces = [properties::XADES_132, properties::XADES_122, properties::XADES_111];
    if !spaces.iter().any(|space| tree.is(property, space, "CounterSignature")) {
        return None;
    }
    tree.ancestors(property).find(|node| tree.is(*node, crate::algorithm::DSIG, "Signature"))
}

struct Reading<'r, 'a> {
    tree: &'r Tree<'a>,
    resolver: &'r Resolver<'r, 'a>,
    places: &'r Places,
    parts: &'r [Part<'r>],
    budget: &'r Budget,
}

impl Reading<'_, '_> {
    fn facts(&self, part: &Part<'_>, depth: usize) -> Result<SignatureFacts, XadesError> {
        let mut defects = part.defects.clone();
        let algorithm = self.algorithm(part, &mut defects);
        let value = der_value(algorithm, &part.signature.value);
        let mut facts = SignatureFacts {
            id: crate::data::signature_id(part.signature),
            family: Family::Xades,
            format: String::new(),
            countersigns: None,
            message: self.message(part)?,
            algorithm,
            value: value.into(),
            signer: signer(part),
            properties: part.signed.properties.clone(),
            data: part.data.data.clone(),
            timestamps: Vec::new(),
            countersignatures: Vec::new(),
            defects: Vec::new(),
        };
        let stamps = Stamps {
            stamped: Stamped {
                tree: self.tree,
                signature: part.signature,
                qualifying: part.qualifying.as_ref(),
                data: self.resolver,
            },
            places: self.places,
            reached: &part.data.reached,
            budget: self.budget,
            signed_properties: part.data.signed_properties,
        };
        for container in &part.containers {
            facts.timestamps.extend(stamps.facts(container, &mut defects)?);
        }
        facts.defects = defects;
        facts.format = self.format(part, &facts).to_owned();
        facts.countersignatures = self.countersignatures(part, facts.id, depth)?;
        Ok(facts)
    }

    fn countersignatures(
        &self,
        part: &Part<'_>,
        id: ObjectId,
        depth: usize,
    ) -> Result<Vec<SignatureFacts>, XadesError> {
        let mut found = Vec::new();
        for counter in self.parts.iter().filter(|other| other.parent == Some(part.signature.node)) {
            if depth >= MAX_COUNTERSIGNATURE_DEPTH {
                let object = "nested counter-signatures";
                return Err(XmlError::Limit { object, limit: MAX_COUNTERSIGNATURE_DEPTH }.into());
            }
            let facts = self.facts(counter, depth + 1)?;
            found.push(SignatureFacts { countersigns: Some(id), ..facts });
        }
        Ok(found)
    }

    fn algorithm(&self, part: &Part<'_>, defects: &mut Vec<Defect>) -> SignatureAlgorithm {
        // A value that is no Base64 verifies nothing, which is what its verdict says.
        for defect in defects.iter_mut().filter(|defect| defect.at == "SignatureValue") {
            if defect.kind == DefectKind::Unreadable && part.signature.value_node.is_some() {
                defect.kind = DefectKind::Ignored;
            }
        }
        part.signature.method.known().copied().unwrap_or_else(|| {
            defects.push(defect(DefectKind::Unreadable, "SignatureMethod"));
            SignatureAlgorithm::Other { oid: Oid::new(&[0, 0]) }
        })
    }

    /// The canonical SignedInfo.
    fn message(&self, part: &Part<'_>) -> Result<SignedMessage, XmlError> {
        let (Some(node), Some(how)) = (part.signature.signed_info, part.signature.canonicalization.known())
        else {
            return Ok(SignedMessage::Missing);
        };
        let mut octets = Vec::new();
        canonicalize(self.tree, &NodeSet::subtree(self.tree, node, how.comments), how, &mut octets)?;
        Ok(SignedMessage::Octets { octets: octets.into() })
    }

    fn format(&self, part: &Part<'_>, facts: &SignatureFacts) -> &'static str {
        let material = Material::new(&part.found.evidence);
        let certificate = material.signer(&facts.signer);
        let offered = |id: &ObjectId| part.found.offered.contains(id);
        let has_signer_certificate = certificate.is_some_and(|certificate| offered(&certificate.id));
        let key_info_covered = part.data.key_info && has_signer_certificate;
        let Some(qualifying) = part.qualifying.as_ref().filter(|_| part.data.signed_properties.is_some())
        else {
            // A ds:KeyInfo that is signed protects the certificate without any property (TS 101 903, 4.4.1).
            let alone = key_info_covered && part.qualifying.is_none();
            return if alone { "XAdES-BES" } else { "XML-NOT-ETSI" };
        };
        let stamps = facts.timestamps.iter().filter(|stamp| stamp.kind == TimestampKind::Signature);
        let end = certificate.map(|certificate| certificate.not_after);
        let tokens: Vec<_> = part.containers.iter().filter_map(Container::signature_tokens).collect();
        let manifests = part.signature.manifests(self.tree).unwrap_or_default();
        let listed = manifests.iter().flat_map(|manifest| &manifest.references);
        let all = part.signature.references.iter().chain(listed);
        let references: BTreeMap<_, _> =
            all.filter_map(|reference| Some((reference.id.as_deref()?, reference))).collect();
        // References without an Id are one to a DataObjectFormat, which names by Id: the last stands for them.
        let mut described = BTreeMap::new();
        for (reference, data) in part.signature.references.iter().zip(&part.data.data) {
            described.insert(reference.id.as_deref(), is_described(data.kind, reference));
        }
        let data_references: Vec<_> =
            described.iter().filter(|(_, described)| **described).map(|(id, _)| *id).collect();
        let around = Surroundings {
            tree: self.tree,
            signature: part.signature,
            qualifying,
            formats: &part.signed.formats,
            has_signer_certificate,
            key_info_covered,
            stamped_in_time: stamps.into_iter().all(|stamp| end.is_none_or(|end| stamp.time < end)),
            tokens: &tokens,
            complete: !facts.timestamps.is_empty()
                && material.is_complete(facts)
                && has_long_term_material(part, qualifying),
            all_self_signed: material.is_self_signed(),
            data_references: &data_references,
            references: &references,
        };
        level::name(facts, &around)
    }
}

/// Where nothing needs revocation data, as all certificates are self-signed, a signature is long-term by embedding them.
fn has_long_term_material(part: &Part<'_>, qualifying: &Qualifying) -> bool {
    use UnsignedKind as K;
    let mut objects = part.found.evidence.iter();
    objects.any(|(_, object)| object.kind != EvidenceKind::Certificate)
        || qualifying.count(&[
            K::CertificateValues,
            K::AttrAuthoritiesCertValues,
            K::TimeStampValidationData,
            K::AnyValidationData,
        ]) > 0
}

/// Data for which EN 319 132-1, 6.3, requirement k asks for a DataObjectFormat. SignedProperties need none if the reference
/// to them says what they are, as it must (4.4.2).
fn is_described(kind: DataKind, reference: &Reference) -> bool {
    match kind {
        DataKind::Reference | DataKind::Object | DataKind::XPointer => true,
        DataKind::SignedProperties => reference.kind.is_none(),
        _ => false,
    }
}

/// How the signature points to the signer's certificate: the signed property, or a ds:KeyInfo that is itself signed
/// (TS 101 903, 4.4.1), or a ds:KeyInfo.
fn signer(part: &Part<'_>) -> SignerReference {
    let mut signer = part.signed.signer.clone();
    signer.offered.clone_from(&part.found.offered);
    if !signer.has_signing_certificate && part.data.key_info {
        let first = part.found.offered.first().and_then(|id| part.found.evidence.object(id));
        signer.has_signing_certificate = first.is_some();
        signer.references.extend(first.map(|object| CertificateReference {
            algorithm: Some(DigestAlgorithm::Sha256),
            digest: digest(DigestAlgorithm::Sha256, &object.bytes).into(),
            issuer: None,
            serial: None,
        }));
    }
    let keys = part.signature.key_info.iter().flat_map(|key_info| &key_info.items);
    signer.key = keys
        .filter_map(|item| match item {
            KeyItem::Key(spki) => Some(Bytes::from(spki.as_slice())),
            _ => None,
        })
        .next();
    signer
}

impl ReferencedData for Resolver<'_, '_> {
    fn write(
        &self,
        reference: &Reference,
        how: &Canonicalization,
        out: &mut dyn Sink,
    ) -> Result<bool, XmlError> {
        match self.transformed(reference, how, out) {
            Ok(_) => Ok(true),
            Err(ReferenceError::Xml(error @ XmlError::Limit { .. })) => Err(error),
            Err(ReferenceError::TooMuch { limit }) => {
                let limit = usize::try_from(limit).unwrap_or(usize::MAX);
                Err(XmlError::Limit { object: "octets under references", limit })
            }
            Err(_) => Ok(false),
        }
    }
}
