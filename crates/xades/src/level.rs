// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The level of a signature by its structure, named as EU DSS names them.
//!
//! Baseline levels are EN 319 132-1, 6.3; the extended ones EN 319 132-2 and TS 101 903.

use std::collections::{BTreeMap, BTreeSet};

use keiin_model::{SignatureFacts, TimestampKind};

use crate::{
    algorithm::DSIG,
    properties::{DataObjectFormat, Qualifying, UnsignedKind as K},
    reference::Reference,
    signature::Signature,
    xml::{NodeId, Tree},
};

/// What the level rests on beside the elements.
pub(crate) struct Surroundings<'s, 'a> {
    pub(crate) tree: &'s Tree<'a>,
    pub(crate) signature: &'s Signature,
    /// The qualifying properties, where the signature covers them.
    pub(crate) qualifying: &'s Qualifying,
    pub(crate) formats: &'s [DataObjectFormat],
    /// Whether the signer's certificate is in ds:KeyInfo.
    pub(crate) has_signer_certificate: bool,
    /// Whether the signature covers its ds:KeyInfo, with the signer's certificate in it.
    pub(crate) key_info_covered: bool,
    /// Whether every SignatureTimeStamp was made before the end of the signer's certificate.
    pub(crate) stamped_in_time: bool,
    /// How many tokens each SignatureTimeStamp has.
    pub(crate) tokens: &'s [usize],
    /// Whether the file has revocation data for every certificate that needs it.
    pub(crate) complete: bool,
    /// References to data with an Id of their own: a DataObjectFormat is asked for each (6.3, requirement k).
    pub(crate) data_references: &'s [&'s str],
    /// All references with an Id, those in manifests too.
    pub(crate) references: &'s BTreeMap<&'s str, &'s Reference>,
}

/// The level's name.
pub(crate) fn name(facts: &SignatureFacts, around: &Surroundings<'_, '_>) -> &'static str {
    let level = Level { facts, around };
    if !level.is_bes() {
        return "XML-NOT-ETSI";
    }
    let baseline = level.is_baseline_b();
    if !level.is_stamped() {
        return match (baseline, level.is_epes()) {
            (true, _) => "XAdES-BASELINE-B",
            (false, true) => "XAdES-EPES",
            (false, false) => "XAdES-BES",
        };
    }
    let baseline = baseline && around.tokens.iter().all(|tokens| *tokens == 1);
    if baseline && around.complete && level.has_baseline_material() {
        return if level.is_archived() { "XAdES-BASELINE-LTA" } else { "XAdES-BASELINE-LT" };
    }
    level.extended().unwrap_or(if baseline { "XAdES-BASELINE-T" } else { "XAdES-T" })
}

struct Level<'s, 'a> {
    facts: &'s SignatureFacts,
    around: &'s Surroundings<'s, 'a>,
}

impl Level<'_, '_> {
    fn signed(&self, names: &[&str]) -> usize {
        let qualifying = self.around.qualifying;
        names.iter().map(|name| qualifying.signature_properties(self.around.tree, name).count()).sum()
    }

    fn unsigned(&self, kinds: &[K]) -> usize {
        self.around.qualifying.count(kinds)
    }

    fn references_to_signer(&self) -> usize {
        self.signed(&["SigningCertificate", "SigningCertificateV2"])
    }

    /// TS 101 903, 4.4.1; EN 319 132-2, 6.
    fn is_bes(&self) -> bool {
        self.signed(&["SigningTime"]) <= 1
            && self.signed(&["SignatureProductionPlace", "SignatureProductionPlaceV2"]) <= 1
            && self.signed(&["SignerRole", "SignerRoleV2"]) <= 1
            && (self.references_to_signer() == 1
                || (self.references_to_signer() == 0 && self.around.key_info_covered))
            && self.around.formats.iter().all(|format| self.is_valid(format))
    }

    fn is_epes(&self) -> bool {
        let store = self.unsigned(&[K::SignaturePolicyStore]);
        self.signed(&["SignaturePolicyIdentifier"]) == 1
            && (store == 0 || (store == 1 && self.has_policy_hash()))
    }

    /// SignaturePolicyStore needs a SigPolicyHash to be compared with (EN 319 132-1, 5.2.10).
    fn has_policy_hash(&self) -> bool {
        let (tree, qualifying) = (self.around.tree, self.around.qualifying);
        let space = qualifying.namespace;
        qualifying
            .signature_properties(tree, "SignaturePolicyIdentifier")
            .filter_map(|node| tree.child(node, space, "SignaturePolicyId"))
            .any(|node| tree.child(node, space, "SigPolicyHash").is_some())
    }

    /// EN 319 132-1, 5.2.4: it says something, about a reference of this signature, and agrees with the ds:Object.
    fn is_valid(&self, format: &DataObjectFormat) -> bool {
        let says = format.descriptions == 1 || format.identifiers == 1 || format.mime_types == 1;
        let Some(id) = format.reference.as_deref() else { return false };
        let reference = self.around.references.get(id);
        says && reference.is_some_and(|reference| self.agrees_with_object(format, reference))
    }

    fn agrees_with_object(&self, format: &DataObjectFormat, reference: &Reference) -> bool {
        let Surroundings { tree, signature, .. } = self.around;
        let fragment = reference.uri.as_deref().and_then(|uri| uri.strip_prefix('#'));
        let own =
            |node: &NodeId| tree.parent(*node) == Some(signature.node) && tree.is(*node, DSIG, "Object");
        let target = fragment.and_then(|id| tree.by_id(id)).filter(own);
        let Some(object) = target else { return true };
        let same = |said: &Option<String>, name: &str| match (said, tree.attribute(object, name)) {
            (Some(said), Some(stated)) => stated.is_empty() || *said == *stated,
            _ => true,
        };
        same(&format.mime_type, "MimeType") && same(&format.encoding, "Encoding")
    }

    /// EN 319 132-1, 6.3, table 2, level B.
    fn is_baseline_b(&self) -> bool {
        let once = |format: &DataObjectFormat| {
            format.descriptions <= 1
                && format.identifiers <= 1
                && format.mime_types == 1
                && format.encodings <= 1
        };
        let described: BTreeSet<_> =
            self.around.formats.iter().filter_map(|format| format.reference.as_deref()).collect();
        self.around.has_signer_certificate
            && self.around.signature.references.len() >= 2
            && self.around.signature.canonicalization.known().is_some()
            && self.signed(&["SigningTime"]) == 1
            && self.references_to_signer() == 1
            && !self.has_certificate_uri()
            && self.signed(&["SignaturePolicyIdentifier"]) <= 1
            && self.unsigned(&[K::SignaturePolicyStore]) <= 1
            && self.around.formats.iter().all(once)
            && self.around.data_references.iter().all(|id| described.contains(id))
    }

    /// 6.3, requirement i: SigningCertificateV2 names no place where the certificate is.
    fn has_certificate_uri(&self) -> bool {
        let (tree, qualifying) = (self.around.tree, self.around.qualifying);
        qualifying
            .signature_properties(tree, "SigningCertificateV2")
            .flat_map(|node| tree.elements(node))
            .any(|cert| tree.attribute(cert, "URI").is_some())
    }

    /// A signature time-stamp, made before the signer's certificate ended (6.3, requirement o).
    fn is_stamped(&self) -> bool {
        self.has(TimestampKind::Signature)
            && self.around.tokens.iter().all(|tokens| *tokens > 0)
            && self.around.stamped_in_time
    }

    fn has(&self, kind: TimestampKind) -> bool {
        self.facts.timestamps.iter().any(|timestamp| timestamp.kind == kind)
    }

    fn is_archived(&self) -> bool {
        self.has(TimestampKind::Archive)
    }

    /// 6.3, level LT: values at most once, references nowhere.
    fn has_baseline_material(&self) -> bool {
        let values = [
            K::CertificateValues,
            K::RevocationValues,
            K::AttrAuthoritiesCertValues,
            K::AttributeRevocationValues,
        ];
        values.iter().all(|kind| self.unsigned(&[*kind]) <= 1)
            && self.unsigned(&CERTIFICATE_REFERENCES) == 0
            && self.unsigned(&[K::CompleteRevocationRefs]) == 0
            && !self.has(TimestampKind::ValidationData)
            && !self.has(TimestampKind::ReferencesOnly)
    }

    /// The levels of TS 101 903 and EN 319 132-2 above T.
    fn extended(&self) -> Option<&'static str> {
        let complete = self.around.complete;
        let references =
            self.unsigned(&CERTIFICATE_REFERENCES) == 1 && self.unsigned(&[K::CompleteRevocationRefs]) == 1;
        if !references {
            return (complete && self.is_archived()).then_some("XAdES-A");
        }
        if !self.has(TimestampKind::ValidationData) && !self.has(TimestampKind::ReferencesOnly) {
            return Some("XAdES-C");
        }
        Some(match (complete, self.is_archived()) {
            (true, true) => "XAdES-A",
            (true, false) => "XAdES-XL",
            (false, _) => "XAdES-X",
        })
    }
}

const CERTIFICATE_REFERENCES: [K; 2] = [K::CompleteCertificateRefs, K::CompleteCertificateRefsV2];
