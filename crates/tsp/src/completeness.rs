// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Whether a file holds revocation data for every certificate that needs it: what makes a level LT. By names alone;
//! whether the data is good is validate's to say.

use std::collections::BTreeSet;

use keiin_model::{
    Evidence, EvidenceKind, ObjectId, SignatureFacts, SignerReference, TimestampFacts, TimestampKind,
};
use keiin_pki::{cert::Certificate, crl::Crl, digest::digest, ocsp::OcspResponse};

/// The evidence of one file, parsed once.
pub struct Material<'e> {
    certificates: Vec<Certificate<'e>>,
    crls: Vec<Crl<'e>>,
    ocsps: Vec<OcspResponse<'e>>,
}

impl<'e> Material<'e> {
    /// Parses all that can be parsed.
    pub fn new(evidence: &'e Evidence) -> Self {
        let of = |kind| evidence.of_kind(kind).map(|(_, object)| &*object.bytes);
        Self {
            certificates: of(EvidenceKind::Certificate).filter_map(|b| Certificate::read(b).ok()).collect(),
            crls: of(EvidenceKind::Crl).filter_map(|b| Crl::read(b).ok()).collect(),
            ocsps: of(EvidenceKind::Ocsp).filter_map(|b| OcspResponse::read(b).ok()).collect(),
        }
    }

    /// The certificate that a signer points to: by its signed digest, else by the names in the container.
    pub fn signer(&self, reference: &SignerReference) -> Option<&Certificate<'e>> {
        let by_digest = reference.references.first().and_then(|first| {
            let algorithm = first.algorithm?;
            self.certificates.iter().find(|c| digest(algorithm, c.raw) == *first.digest)
        });
        let by_digest = by_digest.or_else(|| self.offered(reference));
        // A reference whose digest cannot be read still names a certificate, though it proves nothing of it.
        let by_name = || {
            let first = reference.references.first().filter(|first| first.digest.is_empty())?;
            let (issuer, serial) = (first.issuer.as_ref()?, first.serial.as_ref()?);
            self.certificates.iter().find(|c| *c.serial == **serial && c.issuer.as_bytes() == &**issuer)
        };
        by_digest.or_else(by_name).or_else(|| {
            self.certificates.iter().find(|c| {
                match (&reference.serial, &reference.issuer, &reference.key_id) {
                    (Some(serial), Some(issuer), _) => {
                        *c.serial == **serial && c.issuer.as_bytes() == &**issuer
                    }
                    (_, _, Some(key_id)) => c.subject_key_id == Some(&**key_id),
                    _ => false,
                }
            })
        })
    }

    /// The certificate that stands beside the signature where no signed reference names one (`ds:KeyInfo`).
    fn offered(&self, reference: &SignerReference) -> Option<&Certificate<'e>> {
        let unnamed = reference.references.is_empty() && !reference.has_signing_certificate;
        let offered = reference.offered.iter().filter(|_| unnamed);
        offered.filter_map(|id| self.certificates.iter().find(|c| c.id == *id)).next()
    }

    /// Whether there are certificates, and each of them is its own issuer's: nobody revokes those.
    pub fn is_self_signed(&self) -> bool {
        let mut all = self.certificates.iter().peekable();
        all.peek().is_some() && all.all(Certificate::is_self_issued)
    }

    /// Whether there is revocation data for the signer's path and for those of all its time-stamps but the last archive
    /// time-stamp (in a PDF the last document time-stamp), whose own material comes with the next one (EN 319 122-1, 6.3 and 5.5.1).
    pub fn is_complete(&self, facts: &SignatureFacts) -> bool {
        if self.crls.is_empty() && self.ocsps.is_empty() {
            return self.is_self_signed();
        }
        let archive =
            |t: &&TimestampFacts| matches!(t.kind, TimestampKind::Archive | TimestampKind::Document);
        let last = facts.timestamps.iter().filter(archive).max_by_key(|t| t.time).map(|t| t.id);
        let tokens = facts.timestamps.iter().filter(|t| Some(t.id) != last).map(|t| &t.token.signer);
        let mut seen = BTreeSet::new();
        std::iter::once(&facts.signer)
            .chain(tokens)
            .filter_map(|reference| self.signer(reference))
            .all(|certificate| self.path_is_complete(certificate, &mut seen))
    }

    /// Whether there is revocation data for the signer's path alone.
    pub fn has_path_of(&self, signer: &SignerReference) -> bool {
        self.signer(signer).is_none_or(|certificate| self.path_is_complete(certificate, &mut BTreeSet::new()))
    }

    /// Follows every certificate that bears the issuer's name, as nobody here knows which of them is an anchor. Where
    /// the issuer is not in the file the path ends: that certificate, or the issuer, is somebody's anchor.
    fn path_is_complete(&self, start: &Certificate<'e>, seen: &mut BTreeSet<ObjectId>) -> bool {
        let mut waiting = vec![start];
        while let Some(certificate) = waiting.pop() {
            if certificate.is_self_issued() || !seen.insert(certificate.id) {
                continue;
            }
            let issuers: Vec<_> =
                self.certificates.iter().filter(|c| c.subject.matches(&certificate.issuer)).collect();
            let exempt = certificate.has_ocsp_no_check() || issuers.is_empty();
            if !exempt && !self.has_revocation(certificate, &issuers) {
                return false;
            }
            waiting.extend(issuers);
        }
        true
    }

    fn has_revocation(&self, certificate: &Certificate<'e>, issuers: &[&Certificate<'e>]) -> bool {
        let in_crl = self.crls.iter().any(|crl| crl.issuer.matches(&certificate.issuer));
        let answers = self.ocsps.iter().filter_map(|ocsp| ocsp.basic.as_ref()).flat_map(|b| &b.responses);
        let mut answers = answers.filter(|answer| answer.serial == certificate.serial);
        in_crl || answers.any(|answer| issuers.iter().any(|i| answer.is_about(certificate, i)))
    }
}
