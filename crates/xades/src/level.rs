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
    /// Whether all certificates are self-signed, so that there can be no revocation data.
    pub(crate) all_self_signed: bool,
    /// References to data by their Ids: a DataObjectFormat is asked for each (6.3, requirement k).
    pub(crate) data_references: &'s [Option<&'s str>],
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
        return match (level.has_evidence_record(), level.is_archived()) {
            (true, _) => "XAdES-ERS",
            (false, true) => "XAdES-BASELINE-LTA",
            (false, false) => "XAdES-BASELINE-LT",
        };
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
            && self.around.data_references.iter().all(|id| id.is_some_and(|id| described.contains(id)))
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
            && self.unsigned(&REFERENCE_TIMESTAMPS) == 0
    }

    /// An evidence record over the signature (EN 319 132-3, 5.2).
    fn has_evidence_record(&self) -> bool {
        self.unsigned(&[K::SealingEvidenceRecords]) > 0 && self.signed(&["SigningTime"]) == 1
    }

    /// The levels of TS 101 903 and EN 319 132-2 above T.
    fn extended(&self) -> Option<&'static str> {
        let (references, complete) = (self.has_references(), self.around.complete);
        let stamped = references && self.unsigned(&REFERENCE_TIMESTAMPS) > 0;
        if complete && self.has_evidence_record() {
            return Some("XAdES-ERS");
        }
        if complete && self.is_archived() {
            return Some("XAdES-A");
        }
        Some(match (references, stamped, complete) {
            (true, true, true) => "XAdES-XL",
            (true, true, false) => "XAdES-X",
            (true, false, _) => "XAdES-C",
            (false, _, true) => "XAdES-LT",
            (false, _, false) => return None,
        })
    }

    /// EN 319 132-2, level C; where all certificates are self-signed there is no revocation data to refer to.
    fn has_references(&self) -> bool {
        let revocation = self.unsigned(&[K::CompleteRevocationRefs]);
        self.unsigned(&CERTIFICATE_REFERENCES) == 1
            && (revocation == 1 || (revocation == 0 && self.around.all_self_signed))
    }
}

const REFERENCE_TIMESTAMPS: [K; 4] =
    [K::SigAndRefsTimeStamp, K::SigAndRefsTimeStampV2, K::RefsOnlyTimeStamp, K::RefsOnlyTimeStampV2];

const CERTIFICATE_REFERENCES: [K; 2] = [K::CompleteCertificateRefs, K::CompleteCertificateRefsV2];
