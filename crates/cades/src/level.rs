// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The level of a signature by its structure, named as EU DSS names them.
//!
//! Baseline levels are EN 319 122-1, 6.3; the extended ones EN 319 122-2 and TS 101 733. B-LT asks for "all the material
//! required for validating the signature": here that is revocation data by name for every certificate on the way from
//! the signers to the last certificate in the file (see [`crate::completeness`]).

use keiin_model::{DigestAlgorithm, SignatureFacts, TimestampKind};
use keiin_pki::cms::{self, SignerInfo};

use crate::attribute_oid as oid;

/// id-aa-er-internal and id-aa-er-external (RFC 4998, 5.2 and 5.3).
const EVIDENCE_RECORDS: [keiin_model::Oid; 2] = [
    keiin_model::Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 2, 49]),
    keiin_model::Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 2, 50]),
];

/// What the level rests on beside the signer itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surroundings {
    /// Whether the signer's certificate is in SignedData.certificates.
    pub(crate) has_signer_certificate: bool,
    /// Whether the file has revocation data for every certificate that needs it.
    pub(crate) complete: bool,
}

/// The level's name.
pub(crate) fn name(info: &SignerInfo<'_>, facts: &SignatureFacts, around: Surroundings) -> &'static str {
    let level = Level { info, facts, around };
    if !level.is_bes() {
        return "CMS-NOT-ETSI";
    }
    let baseline = level.is_baseline_b();
    if !level.has(TimestampKind::Signature) {
        return match (baseline, level.any_signed(&oid::SIGNATURE_POLICY)) {
            (true, _) => "CAdES-BASELINE-B",
            (false, true) => "CAdES-EPES",
            (false, false) => "CAdES-BES",
        };
    }
    if baseline && around.complete && level.has_no_values_outside_signed_data() {
        return level.baseline_with_material();
    }
    level.extended().unwrap_or(if baseline { "CAdES-BASELINE-T" } else { "CAdES-T" })
}

struct Level<'s, 'a> {
    info: &'s SignerInfo<'a>,
    facts: &'s SignatureFacts,
    around: Surroundings,
}

impl Level<'_, '_> {
    fn has(&self, kind: TimestampKind) -> bool {
        self.facts.timestamps.iter().any(|timestamp| timestamp.kind == kind)
    }

    fn any_signed(&self, kind: &keiin_model::Oid) -> bool {
        self.info.signed_of(kind).next().is_some()
    }

    fn any_unsigned(&self, kind: &keiin_model::Oid) -> bool {
        self.info.unsigned_of(kind).next().is_some()
    }

    /// Exactly one signing-certificate attribute (EN 319 122-1, 5.2.2; 6.3).
    fn is_bes(&self) -> bool {
        let v1 = self.info.signed_of(&oid::SIGNING_CERTIFICATE).count();
        let v2 = self.info.signed_of(&oid::SIGNING_CERTIFICATE_V2).count();
        self.any_signed(&oid::MESSAGE_DIGEST) && v1 + v2 == 1
    }

    /// EN 319 122-1, 6.3, table 1, level B.
    fn is_baseline_b(&self) -> bool {
        let count = |kind: &keiin_model::Oid| self.info.signed_of(kind).count();
        let data = self.facts.properties.content_type.is_none_or(|kind| kind == cms::oid::DATA);
        let content_type = usize::from(self.facts.countersigns.is_none());
        let roles = count(&oid::SIGNER_ATTRIBUTES) + count(&oid::SIGNER_ATTRIBUTES_V2);
        self.around.has_signer_certificate
            && data
            && (count(&oid::CONTENT_TYPE) == content_type || self.facts.countersigns.is_some())
            && count(&oid::MESSAGE_DIGEST) == 1
            && count(&oid::SIGNING_TIME) == 1
            && roles <= 1
            && count(&oid::SIGNATURE_POLICY) <= 1
            && self.reference_fits_its_digest()
    }

    /// signing-certificate for SHA-1 alone, signing-certificate-v2 for everything else (6.3, requirements d and e).
    fn reference_fits_its_digest(&self) -> bool {
        let sha1 = self.facts.signer.references.first().map(|r| r.algorithm == Some(DigestAlgorithm::Sha1));
        let v1 = self.any_signed(&oid::SIGNING_CERTIFICATE);
        sha1.is_some_and(|sha1| sha1 == v1)
    }

    /// 6.3, level LT: values stand in SignedData alone and references nowhere.
    fn has_no_values_outside_signed_data(&self) -> bool {
        let forbidden = [
            oid::CERTIFICATE_VALUES,
            oid::REVOCATION_VALUES,
            oid::COMPLETE_CERTIFICATE_REFERENCES,
            oid::COMPLETE_REVOCATION_REFERENCES,
            oid::TIME_STAMPED_CERTS_CRLS_REFERENCES,
        ];
        !forbidden.iter().any(|kind| self.any_unsigned(kind))
    }

    fn baseline_with_material(&self) -> &'static str {
        if self.any_unsigned(&oid::ARCHIVE_TIMESTAMP_V3) {
            return "CAdES-BASELINE-LTA";
        }
        // RFC 4998, 5.1: one kind of evidence record attribute or the other, not both.
        let records = EVIDENCE_RECORDS.iter().filter(|kind| self.any_unsigned(kind)).count();
        if records == 1 { "CAdES-ERS" } else { "CAdES-BASELINE-LT" }
    }

    /// The levels of TS 101 733 and EN 319 122-2 above T.
    fn extended(&self) -> Option<&'static str> {
        if self.around.complete && self.has_readable_archive() {
            return Some("CAdES-A");
        }
        let references = self.any_unsigned(&oid::COMPLETE_CERTIFICATE_REFERENCES)
            && self.any_unsigned(&oid::COMPLETE_REVOCATION_REFERENCES);
        if !references {
            return (self.around.complete && self.has_no_baseline()).then_some("CAdES-LT");
        }
        let values =
            self.any_unsigned(&oid::CERTIFICATE_VALUES) && self.any_unsigned(&oid::REVOCATION_VALUES);
        Some(match (self.has(TimestampKind::ValidationData), values) {
            (true, true) => "CAdES-XL",
            (true, false) => "CAdES-X",
            (false, _) => "CAdES-C",
        })
    }

    fn has_no_baseline(&self) -> bool {
        !self.is_baseline_b()
    }

    /// An archive-time-stamp (v2) or archive-time-stamp-v3; the form of TS 101 733 up to V1.4.0 is none of EN 319 122-2's.
    fn has_readable_archive(&self) -> bool {
        self.has(TimestampKind::Archive)
            && (self.any_unsigned(&oid::ARCHIVE_TIMESTAMP_V2)
                || self.any_unsigned(&oid::ARCHIVE_TIMESTAMP_V3))
    }
}
