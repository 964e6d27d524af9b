// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The level of a signature in a PDF by its structure, named as EU DSS names them.
//!
//! Baseline levels are EN 319 142-1, 6.3; the extended ones EN 319 142-2. `PKCS7-*` are the same steps on the signatures of
//! ISO 32000-1, which have no ETSI names.

use keiin_cades::attribute_oid as oid;
use keiin_model::{DigestAlgorithm, Oid, SignatureFacts, TimestampKind};
use keiin_pki::cms::{self, SignerInfo};

use crate::SignatureDictionary;

/// What the level rests on beside the CMS.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surroundings<'d> {
    pub(crate) dictionary: &'d SignatureDictionary,
    /// Whether the signer's certificate is in SignedData.certificates.
    pub(crate) has_signer_certificate: bool,
    /// Whether the file has revocation data for every certificate that needs it.
    pub(crate) complete: bool,
    /// Whether the CMS signs nothing but what stands outside it (EN 319 142-1, 4.1).
    pub(crate) is_detached: bool,
    /// Whether the CMS has one signer: the standard allows no more (EN 319 142-1, 4.1).
    pub(crate) single_signer: bool,
    /// Whether the CMS holds what adbe.pkcs7.sha1 asks for: an octet string of the length of a SHA-1 (ISO 32000-1, 12.8.3.3.1).
    pub(crate) holds_sha1: bool,
    /// Whether all certificates are self-signed, so that there can be no revocation data.
    pub(crate) all_self_signed: bool,
    /// Whether the file has a DSS dictionary.
    pub(crate) has_store: bool,
    /// Whether a document time-stamp over this signature covers a DSS dictionary and the revocation data of the signer's path.
    pub(crate) store_stamped: bool,
}

/// The level's name.
pub(crate) fn name(info: &SignerInfo<'_>, facts: &SignatureFacts, around: Surroundings<'_>) -> &'static str {
    let level = Level { info, facts, around };
    match around.dictionary.sub_filter.as_deref() {
        Some("ETSI.CAdES.detached") if level.is_bes() => level.pades(),
        Some("adbe.pkcs7.detached") if around.is_detached && level.count(&oid::MESSAGE_DIGEST) > 0 => {
            level.pkcs7()
        }
        Some("adbe.pkcs7.sha1") if around.holds_sha1 => level.pkcs7(),
        _ => "PDF-NOT-ETSI",
    }
}

struct Level<'s, 'a> {
    info: &'s SignerInfo<'a>,
    facts: &'s SignatureFacts,
    around: Surroundings<'s>,
}

impl Level<'_, '_> {
    fn pades(&self) -> &'static str {
        let (lasting, archived) = (self.is_lasting(), self.around.store_stamped);
        if !self.is_baseline_b() {
            return match (lasting && archived, self.is_epes()) {
                (true, _) => "PAdES-LTV",
                (false, true) => "PAdES-EPES",
                (false, false) => "PAdES-BES",
            };
        }
        match (self.is_stamped(), lasting, archived) {
            (false, ..) => "PAdES-BASELINE-B",
            (true, false, _) => "PAdES-BASELINE-T",
            (true, true, false) => "PAdES-BASELINE-LT",
            (true, true, true) => "PAdES-BASELINE-LTA",
        }
    }

    fn pkcs7(&self) -> &'static str {
        if !self.around.has_signer_certificate {
            return "PDF-NOT-ETSI";
        }
        match (self.is_stamped(), self.is_lasting(), self.around.store_stamped) {
            (false, ..) => "PKCS7-B",
            (true, false, _) => "PKCS7-T",
            (true, true, false) => "PKCS7-LT",
            (true, true, true) => "PKCS7-LTA",
        }
    }

    /// Signed attributes of a type that have one value, as each of these must (RFC 5652, 11; EN 319 122-1, 5).
    fn count(&self, kind: &Oid) -> usize {
        self.info.signed_of(kind).filter(|attribute| attribute.values.len() == 1).count()
    }

    /// A signature-time-stamp or a document time-stamp (EN 319 142-1, 6.3, level T).
    fn is_stamped(&self) -> bool {
        let stamps = [TimestampKind::Signature, TimestampKind::Document];
        self.facts.timestamps.iter().any(|timestamp| stamps.contains(&timestamp.kind))
    }

    /// All revocation data is there, and a DSS dictionary, which is where it belongs (6.3, level LT).
    fn is_lasting(&self) -> bool {
        self.around.complete && (self.around.has_store || self.around.all_self_signed)
    }

    /// EN 319 142-2, 5: a CMS of one signer that is over nothing but the ranges, with one signing-certificate attribute; the
    /// reason stands in one place.
    fn is_bes(&self) -> bool {
        let references = self.count(&oid::SIGNING_CERTIFICATE) + self.count(&oid::SIGNING_CERTIFICATE_V2);
        let data = self.facts.properties.content_type.is_none_or(|kind| kind == cms::oid::DATA);
        self.around.is_detached
            && self.around.single_signer
            && data
            && self.count(&oid::CONTENT_TYPE) == 1
            && self.count(&oid::MESSAGE_DIGEST) == 1
            && references == 1
            && self.count(&oid::SIGNER_ATTRIBUTES) + self.count(&oid::SIGNER_ATTRIBUTES_V2) <= 1
            && self.around.dictionary.filter.is_some()
            && !(self.has_reason() && self.count(&oid::COMMITMENT_TYPE) > 0)
            && self.is_in_order()
    }

    /// EN 319 142-2, 5: with a policy there is no /Reason.
    fn is_epes(&self) -> bool {
        self.count(&oid::SIGNATURE_POLICY) > 0 && !self.has_reason()
    }

    fn has_reason(&self) -> bool {
        self.around.dictionary.reason.as_ref().is_some_and(|reason| !reason.is_empty())
    }

    /// The attributes are signed as DER (RFC 5652, 5.3), which sorts them (X.690, 11.6).
    fn is_in_order(&self) -> bool {
        self.info.signed.iter().map(|attribute| attribute.element.bytes()).is_sorted()
    }

    /// EN 319 142-1, 6.3, table 1, level B.
    fn is_baseline_b(&self) -> bool {
        let dictionary = self.around.dictionary;
        let policy = self.count(&oid::SIGNATURE_POLICY);
        self.around.has_signer_certificate
            && self.count(&oid::SIGNING_TIME) == 0 // /M says it
            && policy <= 1
            && dictionary.time.is_some()
            && !(self.has_reason() && self.count(&oid::COMMITMENT_TYPE) + policy > 0) // requirements d and m
            && self.reference_fits_its_digest()
    }

    /// signing-certificate for SHA-1 alone, signing-certificate-v2 for everything else. A reference that cannot be read is
    /// for neither.
    fn reference_fits_its_digest(&self) -> bool {
        let sha1 = self.facts.signer.references.first().map(|r| r.algorithm == Some(DigestAlgorithm::Sha1));
        sha1.is_some_and(|sha1| sha1 == (self.count(&oid::SIGNING_CERTIFICATE) > 0))
    }
}
