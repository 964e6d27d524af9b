// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The level of a signature by its structure, named as EU DSS names them.
//!
//! Baseline levels are EN 319 122-1, 6.3; the extended ones EN 319 122-2 and TS 101 733. B-LT asks for "all the material
//! required for validating the signature": here that is revocation data by name for every certificate on the way from
//! the signers to the last certificate in the file (see [`crate::completeness`]).

use keiin_model::{DigestAlgorithm, Oid, SignatureFacts, TimestampKind};
use keiin_pki::{
    cms::{self, SignedData, SignerInfo},
    der::{Element, Tag},
};

use crate::attribute_oid as oid;

/// What the level rests on beside the signer itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surroundings {
    /// Whether the signer's certificate is in SignedData.certificates.
    pub(crate) has_signer_certificate: bool,
    /// Whether every signature-time-stamp was made before the end of the signer's certificate.
    pub(crate) stamped_in_time: bool,
    /// Whether the file has revocation data for every certificate that needs it.
    pub(crate) complete: bool,
    /// Whether all certificates are self-signed, so that there can be no revocation data.
    pub(crate) all_self_signed: bool,
    /// Whether an evidence record of the kind that fits stands with any signer: it covers the whole CMS.
    pub(crate) has_evidence_record: bool,
}

/// The level's name.
pub(crate) fn name(info: &SignerInfo<'_>, facts: &SignatureFacts, around: Surroundings) -> &'static str {
    let level = Level { info, facts, around };
    if !level.is_bes() {
        return "CMS-NOT-ETSI";
    }
    let baseline = level.is_baseline_b();
    if !level.has(TimestampKind::Signature) || !around.stamped_in_time {
        return match (baseline, level.is_epes()) {
            (true, _) => "CAdES-BASELINE-B",
            (false, true) => "CAdES-EPES",
            (false, false) => "CAdES-BES",
        };
    }
    if baseline && around.complete && level.has_no_values_outside_signed_data() {
        return match (around.has_evidence_record, level.any_unsigned(&oid::ARCHIVE_TIMESTAMP_V3)) {
            (true, _) => "CAdES-ERS",
            (false, true) => "CAdES-BASELINE-LTA",
            (false, false) => "CAdES-BASELINE-LT",
        };
    }
    level.extended().unwrap_or(if baseline { "CAdES-BASELINE-T" } else { "CAdES-T" })
}

/// Whether an evidence record stands in the CMS in the attribute that fits, and none in the other: id-aa-er-internal where
/// the content is inside, id-aa-er-external where it is not (RFC 4998, 5.1).
pub(crate) fn has_evidence_record(signed: &SignedData<'_>) -> bool {
    let has = |kind: &Oid| signed.signer_infos.iter().any(|info| info.unsigned_of(kind).next().is_some());
    let (inside, outside) = (has(&oid::EVIDENCE_RECORD_INTERNAL), has(&oid::EVIDENCE_RECORD_EXTERNAL));
    let detached = signed.encapsulated.content.is_none();
    if detached { outside && !inside } else { inside && !outside }
}

/// Signed attributes that stand once at most (EN 319 122-1, 6.3; EN 319 122-2, 5).
const SINGLE_SIGNED: [Oid; 8] = [
    cms::oid::SIGNING_TIME,
    oid::COMMITMENT_TYPE,
    oid::CONTENT_HINTS,
    oid::MIME_TYPE,
    oid::SIGNER_LOCATION,
    oid::SIGNATURE_POLICY,
    oid::CONTENT_REFERENCE,
    oid::CONTENT_IDENTIFIER,
];

/// Unsigned attributes that stand once at most (EN 319 122-2, 5).
const SINGLE_UNSIGNED: [Oid; 7] = [
    oid::SIGNATURE_POLICY_STORE,
    oid::COMPLETE_CERTIFICATE_REFERENCES,
    oid::COMPLETE_REVOCATION_REFERENCES,
    oid::ATTRIBUTE_CERTIFICATE_REFERENCES,
    oid::ATTRIBUTE_REVOCATION_REFERENCES,
    oid::CERTIFICATE_VALUES,
    oid::REVOCATION_VALUES,
];

struct Level<'s, 'a> {
    info: &'s SignerInfo<'a>,
    facts: &'s SignatureFacts,
    around: Surroundings,
}

impl Level<'_, '_> {
    fn has(&self, kind: TimestampKind) -> bool {
        self.facts.timestamps.iter().any(|timestamp| timestamp.kind == kind)
    }

    /// Signed attributes of a type that have one value, as each of these must (RFC 5652, 11; EN 319 122-1, 5).
    fn signed(&self, kind: &Oid) -> usize {
        self.info.signed_of(kind).filter(|attribute| attribute.values.len() == 1).count()
    }

    /// Unsigned attributes of a type that have one value.
    fn unsigned(&self, kind: &Oid) -> usize {
        self.info.unsigned_of(kind).filter(|attribute| attribute.values.len() == 1).count()
    }

    fn any_unsigned(&self, kind: &Oid) -> bool {
        self.info.unsigned_of(kind).next().is_some()
    }

    /// EN 319 122-2, 5, and EN 319 122-1, 5: one signing-certificate attribute, and what can stand once does.
    fn is_bes(&self) -> bool {
        let references = self.signed(&oid::SIGNING_CERTIFICATE) + self.signed(&oid::SIGNING_CERTIFICATE_V2);
        self.has_content_type()
            && self.signed(&oid::MESSAGE_DIGEST) == 1
            && references == 1
            && self.has_roles_once()
            && SINGLE_SIGNED.iter().all(|kind| self.info.signed_of(kind).count() <= 1)
            && SINGLE_UNSIGNED.iter().all(|kind| self.info.unsigned_of(kind).count() <= 1)
            && self.reference_fits_its_digest()
    }

    fn is_epes(&self) -> bool {
        self.signed(&oid::SIGNATURE_POLICY) > 0 && self.store_can_be_checked()
    }

    /// A counter-signature has no content-type (RFC 5652, 11.4); some writers give it one.
    fn has_content_type(&self) -> bool {
        let count = self.signed(&oid::CONTENT_TYPE);
        count == 1 || (count == 0 && self.facts.countersigns.is_some())
    }

    fn has_roles_once(&self) -> bool {
        let roles = [oid::SIGNER_ATTRIBUTES, oid::SIGNER_ATTRIBUTES_V2];
        roles.iter().map(|kind| self.info.signed_of(kind).count()).sum::<usize>() <= 1
    }

    /// EN 319 122-1, 6.3, table 1, level B.
    fn is_baseline_b(&self) -> bool {
        let data = self.facts.properties.content_type.is_none_or(|kind| kind == cms::oid::DATA);
        self.around.has_signer_certificate
            && data
            && self.signed(&oid::SIGNING_TIME) == 1
            && self.store_can_be_checked()
    }

    /// 6.3, requirement k: signature-policy-store needs a sigPolicyHash to be compared with (5.2.10).
    fn store_can_be_checked(&self) -> bool {
        !self.any_unsigned(&oid::SIGNATURE_POLICY_STORE)
            || self.info.signed_of(&oid::SIGNATURE_POLICY).flat_map(|a| &a.values).any(has_policy_hash)
    }

    /// signing-certificate for SHA-1 alone, signing-certificate-v2 for everything else (EN 319 122-1, 6.3, requirements h
    /// and i; EN 319 122-2, 5.2, a and b). A reference that cannot be read fits neither.
    fn reference_fits_its_digest(&self) -> bool {
        let sha1 = self.facts.signer.references.first().map(|r| r.algorithm == Some(DigestAlgorithm::Sha1));
        let v1 = self.info.signed_of(&oid::SIGNING_CERTIFICATE).next().is_some();
        sha1.is_none_or(|sha1| sha1 == v1)
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

    /// The levels of EN 319 122-2 above T.
    fn extended(&self) -> Option<&'static str> {
        let references = self.has_references();
        let stamped = references && self.has_stamped_references();
        if self.around.complete {
            if self.around.has_evidence_record {
                return Some("CAdES-ERS");
            }
            if self.has_readable_archive() {
                return Some("CAdES-A");
            }
        }
        Some(match (references, stamped, self.around.complete) {
            (true, true, true) => "CAdES-XL",
            (true, true, false) => "CAdES-X",
            (true, false, _) => "CAdES-C",
            (false, _, true) => "CAdES-LT",
            (false, _, false) => return None,
        })
    }

    /// EN 319 122-2, level C.
    fn has_references(&self) -> bool {
        let revocation = self.unsigned(&oid::COMPLETE_REVOCATION_REFERENCES);
        self.unsigned(&oid::COMPLETE_CERTIFICATE_REFERENCES) == 1
            && (revocation == 1 || (revocation == 0 && self.around.all_self_signed))
    }

    /// EN 319 122-2, level X: one time-stamp over the references, of either kind.
    fn has_stamped_references(&self) -> bool {
        let kinds = [oid::CADES_C_TIMESTAMP, oid::TIME_STAMPED_CERTS_CRLS_REFERENCES];
        kinds.iter().map(|kind| self.info.unsigned_of(kind).count()).sum::<usize>() == 1
    }

    /// An archive-time-stamp (v2) or archive-time-stamp-v3; the form of TS 101 733 up to V1.4.0 is none of EN 319 122-2's.
    fn has_readable_archive(&self) -> bool {
        self.has(TimestampKind::Archive)
            && (self.any_unsigned(&oid::ARCHIVE_TIMESTAMP_V2)
                || self.any_unsigned(&oid::ARCHIVE_TIMESTAMP_V3))
    }
}

/// SignaturePolicyId: the identifier, then sigPolicyHash (EN 319 122-1, 5.2.9).
fn has_policy_hash(value: &Element<'_>) -> bool {
    let read = || {
        let mut reader = value.reader("signature-policy-identifier")?;
        reader.expect(Tag::OID, "sigPolicyId")?;
        reader.expect(Tag::SEQUENCE, "sigPolicyHash")
    };
    read().is_ok()
}

#[cfg(test)]
mod tests {
    use keiin_model::{Bytes, Family, ImprintFacts, TimestampFacts};
    use keiin_pki::der::write;
    use keiin_tsp::facts::{SignedContent, read_signer};

    use super::*;

    const AROUND: Surroundings = Surroundings {
        has_signer_certificate: true,
        stamped_in_time: true,
        complete: false,
        all_self_signed: false,
        has_evidence_record: false,
    };

    /// A SignerInfo with attributes that each have one value, and after the signed ones what every CAdES signature has.
    fn signer(signed: &[Oid], unsigned: &[Oid]) -> Vec<u8> {
        let attribute = |kind: &Oid, value: &[u8]| {
            write::sequence(&[&write::oid(kind)[..], &write::element(0x31, value)])
        };
        let plain =
            |kinds: &[Oid]| kinds.iter().flat_map(|kind| attribute(kind, &[4, 0])).collect::<Vec<u8>>();
        let digest = write::element(4, &[7; 32]);
        let reference = write::sequence(&[write::sequence(&[write::sequence(&[&digest])])]);
        let always = [
            attribute(&oid::CONTENT_TYPE, &write::oid(&cms::oid::DATA)),
            attribute(&oid::MESSAGE_DIGEST, &digest),
            attribute(&oid::SIGNING_CERTIFICATE_V2, &reference),
            attribute(&oid::SIGNING_TIME, b"\x17\x0d260101000000Z"),
        ];
        let sha256 = write::sequence(&[write::oid(&Oid::new(&[2, 16, 840, 1, 101, 3, 4, 2, 1]))]);
        let rsa = write::sequence(&[&write::oid(&Oid::new(&[1, 2, 840, 113549, 1, 1, 11]))[..], &[5, 0]]);
        let name = write::sequence::<&[u8]>(&[]);
        let sid = write::sequence(&[&name[..], &[2, 1, 1]]);
        let signed = write::element(0xa0, &[plain(signed), always.concat()].concat());
        let mut parts = vec![vec![2, 1, 1], sid, sha256, signed, rsa, vec![4, 1, 1]];
        if !unsigned.is_empty() {
            parts.push(write::element(0xa1, &plain(unsigned)));
        }
        write::sequence(&parts)
    }

    /// The level of a signer with time-stamps of these kinds.
    fn level(
        signed: &[Oid],
        unsigned: &[Oid],
        kinds: &[TimestampKind],
        around: Surroundings,
    ) -> &'static str {
        let octets = signer(signed, unsigned);
        let info = SignerInfo::from_element(&Element::whole(&octets, "SignerInfo").unwrap()).unwrap();
        let content = SignedContent { kind: Some(cms::oid::DATA), ..SignedContent::default() };
        let mut facts = read_signer(&info, Family::Cades, &content).unwrap();
        facts.timestamps = kinds.iter().map(|kind| stamp(*kind, &facts)).collect();
        name(&info, &facts, around)
    }

    fn stamp(kind: TimestampKind, token: &SignatureFacts) -> TimestampFacts {
        let imprint = ImprintFacts { algorithm: None, expected: Bytes::default(), actual: None };
        TimestampFacts {
            id: token.id,
            kind,
            time: "2026-01-01T00:00:00Z".parse().unwrap(),
            accuracy: None,
            serial: Bytes::default(),
            policy: Oid::new(&[1, 2]),
            imprint,
            covers: Vec::new(),
            via: Vec::new(),
            token: Box::new(token.clone()),
            defects: Vec::new(),
        }
    }

    const STAMP: &[TimestampKind] = &[TimestampKind::Signature];

    #[test]
    fn what_stands_once_at_most_and_stands_twice_is_no_cades() {
        assert_eq!(level(&[], &[], &[], AROUND), "CAdES-BASELINE-B");
        for kind in [oid::CONTENT_HINTS, oid::COMMITMENT_TYPE, oid::SIGNER_LOCATION, oid::MIME_TYPE] {
            assert_eq!(level(&[kind], &[], &[], AROUND), "CAdES-BASELINE-B");
            assert_eq!(level(&[kind, kind], &[], &[], AROUND), "CMS-NOT-ETSI");
        }
        let values = [oid::CERTIFICATE_VALUES; 2];
        assert_eq!(level(&[], &values, STAMP, AROUND), "CMS-NOT-ETSI");
        let roles = [oid::SIGNER_ATTRIBUTES, oid::SIGNER_ATTRIBUTES_V2];
        assert_eq!(level(&roles, &[], &[], AROUND), "CMS-NOT-ETSI");
    }

    #[test]
    fn a_policy_store_wants_a_hash() {
        let store = [oid::SIGNATURE_POLICY_STORE];
        assert_eq!(level(&[oid::SIGNATURE_POLICY], &[], &[], AROUND), "CAdES-BASELINE-B");
        assert_eq!(level(&[oid::SIGNATURE_POLICY], &store, &[], AROUND), "CAdES-BES");
    }

    #[test]
    fn levels_above_t_are_those_of_the_extended_standard() {
        let complete = Surroundings { complete: true, ..AROUND };
        let self_signed = Surroundings { all_self_signed: true, ..AROUND };
        let refs = [oid::COMPLETE_CERTIFICATE_REFERENCES, oid::COMPLETE_REVOCATION_REFERENCES];
        let with = |more: &[Oid]| [&refs[..], more].concat();
        let (x1, x2) = (oid::CADES_C_TIMESTAMP, oid::TIME_STAMPED_CERTS_CRLS_REFERENCES);
        let archive: &[TimestampKind] = &[TimestampKind::Signature, TimestampKind::Archive];
        let v2 = oid::ARCHIVE_TIMESTAMP_V2;
        for (unsigned, kinds, around, expected) in [
            (vec![], STAMP, AROUND, "CAdES-BASELINE-T"),
            (vec![], STAMP, Surroundings { stamped_in_time: false, ..AROUND }, "CAdES-BASELINE-B"),
            (vec![], STAMP, complete, "CAdES-BASELINE-LT"),
            (vec![oid::ARCHIVE_TIMESTAMP_V3], archive, complete, "CAdES-BASELINE-LTA"),
            (vec![oid::CERTIFICATE_VALUES], STAMP, complete, "CAdES-LT"),
            (vec![refs[0]], STAMP, AROUND, "CAdES-BASELINE-T"),
            (vec![refs[0]], STAMP, self_signed, "CAdES-C"),
            (with(&[]), STAMP, AROUND, "CAdES-C"),
            (with(&[]), STAMP, complete, "CAdES-C"),
            (with(&[x1]), STAMP, AROUND, "CAdES-X"),
            (with(&[x1]), STAMP, complete, "CAdES-XL"),
            (with(&[x2]), STAMP, AROUND, "CAdES-X"),
            (with(&[x1, x2]), STAMP, complete, "CAdES-C"),
            (with(&[v2]), archive, complete, "CAdES-A"),
            (with(&[v2]), archive, AROUND, "CAdES-C"),
            (vec![], STAMP, Surroundings { has_evidence_record: true, ..complete }, "CAdES-ERS"),
        ] {
            assert_eq!(level(&[], &unsigned, kinds, around), expected, "{unsigned:?}");
        }
    }
}
