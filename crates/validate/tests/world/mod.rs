// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Signatures and time-stamps of testkit's PKI as facts.

use keiin_model::{
    Bytes, CertificateReference, DataReference, DigestAlgorithm, Evidence, EvidenceKind, Family, ObjectId,
    Origin, Report, SignatureAlgorithm, SignatureFacts, SignatureReport, SignedMessage, SignedProperties,
    SignerReference, SubIndication, Time, TimestampKind,
};
use keiin_pki::{
    cert::Certificate,
    digest::{digest, object_id},
};
use keiin_testkit::TestPki;
use keiin_validate::{Policy, TrustAnchor, validate};

pub(crate) const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;

/// A day of the stories, counted from their start.
pub(crate) fn day(days: i64) -> Time {
    TestPki::START.plus_days(days)
}

/// One signature that grows, with everything that is known about it.
pub(crate) struct Story {
    pub(crate) pki: TestPki,
    pub(crate) evidence: Evidence,
    pub(crate) signature: SignatureFacts,
}

impl Story {
    /// `holder` signs on a day.
    pub(crate) fn signed_by(holder: &str, days: i64) -> Self {
        Self::signed_with(holder, days, SHA256)
    }

    /// The same under another digest.
    pub(crate) fn signed_with(holder: &str, days: i64, algorithm: DigestAlgorithm) -> Self {
        let pki = TestPki::hpki();
        let mut evidence = Evidence::default();
        for certificate in pki.chain(holder) {
            insert(&mut evidence, EvidenceKind::Certificate, &certificate);
        }
        let message = format!("signed attributes of {holder}");
        let value = pki.key(holder).sign(algorithm, message.as_bytes());
        let raw = pki.certificate(holder).to_vec();
        let certificate = Certificate::read(&raw).unwrap();
        let content: Bytes = digest(algorithm, b"prescription").into();
        let signature = SignatureFacts {
            id: object_id(&value),
            family: Family::Cades,
            format: "CAdES-BASELINE-B".to_owned(),
            countersigns: None,
            message: SignedMessage::Octets { octets: message.into_bytes().into() },
            algorithm: SignatureAlgorithm::RsaPkcs1 { digest: algorithm },
            value: value.into(),
            signer: SignerReference {
                issuer: Some(certificate.issuer.as_bytes().into()),
                serial: Some(certificate.serial.into()),
                has_signing_certificate: true,
                references: vec![CertificateReference {
                    algorithm: Some(SHA256),
                    digest: digest(SHA256, &raw).into(),
                    issuer: None,
                    serial: None,
                }],
                ..SignerReference::default()
            },
            properties: SignedProperties { signing_time: Some(day(days)), ..SignedProperties::default() },
            data: vec![DataReference::new("message-digest", Some(algorithm), content.clone(), Some(content))],
            timestamps: Vec::new(),
            countersignatures: Vec::new(),
            defects: Vec::new(),
        };
        Self { pki, evidence, signature }
    }

    /// Adds the CRLs that the chain of an entity needs, as issued on a day.
    pub(crate) fn with_crls(mut self, name: &str, days: i64) -> Self {
        for crl in self.pki.crls(name, day(days)) {
            insert(&mut self.evidence, EvidenceKind::Crl, &crl);
        }
        self
    }

    /// Adds a signature-time-stamp of a day.
    pub(crate) fn stamped_by(self, tsa: &str, days: i64) -> Self {
        let covers = vec![self.signature.id];
        self.stamp(tsa, days, TimestampKind::Signature, covers)
    }

    /// Adds an archive-time-stamp of a day over everything that is there.
    pub(crate) fn archived_by(self, tsa: &str, days: i64) -> Self {
        let objects = self.evidence.iter().map(|(id, _)| *id);
        let tokens = self.signature.timestamps.iter().map(|timestamp| timestamp.id);
        let covers = std::iter::once(self.signature.id).chain(objects).chain(tokens).collect();
        self.stamp(tsa, days, TimestampKind::Archive, covers)
    }

    pub(crate) fn stamp(mut self, tsa: &str, days: i64, kind: TimestampKind, covers: Vec<ObjectId>) -> Self {
        let imprint = digest(SHA256, format!("{kind:?} on day {days}").as_bytes());
        let token = self.pki.tsa(tsa).stamp(SHA256, &imprint, day(days));
        let (facts, evidence) =
            keiin_tsp::token::facts(&token, kind, Some(imprint.into()), covers, []).unwrap();
        self.signature.timestamps.push(facts);
        self.evidence.merge(&evidence);
        for certificate in self.pki.chain(tsa) {
            insert(&mut self.evidence, EvidenceKind::Certificate, &certificate);
        }
        self
    }

    /// Trust in the roots of testkit's world, under the general preset.
    pub(crate) fn general(&self) -> Policy {
        let anchor = |name: &str| TrustAnchor {
            certificate: self.pki.certificate(name).into(),
            class: Some(name.to_owned()),
        };
        Policy::general(vec![anchor("root")], vec![anchor("tsa-root"), anchor("tsa-root-2")])
    }

    pub(crate) fn report(&self, policy: &Policy, days: i64) -> Report {
        validate(std::slice::from_ref(&self.signature), &[], &self.evidence, policy, day(days))
    }

    pub(crate) fn judged(&self, policy: &Policy, days: i64) -> SignatureReport {
        self.report(policy, days).signatures.remove(0)
    }

    /// The sub-indication under the general preset; `None` is TOTAL_PASSED.
    pub(crate) fn verdict(&self, days: i64) -> Option<SubIndication> {
        self.judged(&self.general(), days).sub_indication
    }
}

fn insert(evidence: &mut Evidence, kind: EvidenceKind, bytes: &[u8]) {
    evidence.insert(object_id(bytes), kind, bytes, Origin::Supplied);
}
