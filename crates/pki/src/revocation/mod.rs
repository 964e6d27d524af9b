// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What CRLs and OCSP answers say of a certificate: facts, whatever their date. The engine decides by time, freshness
//! and proofs of existence, and judges the path of each signer.

mod answer;
mod list;
mod listing;
mod scan;
mod scope;

use keiin_model::{ObjectId, Oid, SignatureAlgorithm, Time};

pub use list::{Crls, Ocsps};

use crate::{
    cert::Certificate,
    extension::ReasonFlags,
    key::VerifiedSignature,
    path::{Budget, SignatureFailure},
    store::CertificateStore,
};

/// Which kind of object a fact comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RevocationKind {
    /// A certificate list.
    Crl,
    /// An OCSP answer.
    Ocsp,
}

/// What an object says of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationStatus {
    /// Not revoked for the reasons that [`RevocationFact::reasons`] covers.
    NotRevoked,
    /// Revoked.
    Revoked {
        /// revocationDate.
        at: Time,
        /// reasonCode; `None`: unspecified.
        reason: Option<u64>,
    },
    /// certificateHold: it may be revoked or released later.
    OnHold {
        /// revocationDate.
        at: Time,
    },
    /// The responder does not know the certificate.
    Unknown,
}

/// What one object verifiably says of one certificate.
#[derive(Clone, Debug)]
pub struct RevocationFact<'s> {
    /// The CRL or OCSP response; of a complete CRL with a delta, the complete one.
    pub object: ObjectId,
    /// The delta CRL that brings it up to date, where one does. The times and the number are then the delta's.
    pub delta: Option<ObjectId>,
    /// CRL or OCSP.
    pub kind: RevocationKind,
    /// Whose key signed it.
    pub signer: &'s Certificate<'s>,
    /// Other certificates of the same name and key, or another key that signed it as well: one of them may have a path
    /// where `signer` has none.
    pub alternate_signers: Vec<&'s Certificate<'s>>,
    /// The CA that delegated to the signer of an OCSP answer, where that is not the certificate's own issuer, or the signer
    /// itself, where that CA is not at hand: whether it may is the caller's local configuration (RFC 6960, 4.2.2.2, item 1).
    pub delegated_by: Option<ObjectId>,
    /// The signature.
    pub signature: VerifiedSignature,
    /// The status.
    pub status: RevocationStatus,
    /// The reasons that it covers; less than [`ReasonFlags::ALL`] proves nothing alone when the status is good.
    pub reasons: ReasonFlags,
    /// invalidityDate of the entry.
    pub invalidity_date: Option<Time>,
    /// thisUpdate.
    pub this_update: Time,
    /// nextUpdate.
    pub next_update: Option<Time>,
    /// producedAt of an OCSP answer.
    pub produced_at: Option<Time>,
    /// Content octets of cRLNumber.
    pub number: Option<&'s [u8]>,
    /// expiredCertsOnCRL of a CRL, archiveCutoff of an OCSP answer: expired certificates are spoken of back to here.
    pub expired_since: Option<Time>,
}

impl RevocationFact<'_> {
    /// The algorithm that it is signed with.
    pub const fn signature_algorithm(&self) -> SignatureAlgorithm {
        self.signature.algorithm()
    }

    /// The ids of the objects that it rests on.
    pub fn objects(&self) -> impl Iterator<Item = ObjectId> {
        std::iter::once(self.object).chain(self.delta)
    }
}

/// Who signed an object.
struct Signers<'s> {
    first: &'s Certificate<'s>,
    alternates: Vec<&'s Certificate<'s>>,
    delegated_by: Option<ObjectId>,
    signature: VerifiedSignature,
}

/// An object that speaks of the certificate and may not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RejectedRevocation {
    /// The CRL or OCSP response.
    pub object: ObjectId,
    /// Why.
    pub reason: RevocationRejection,
}

/// Why an object may not be used for a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevocationRejection {
    /// No certificate of the issuer's name is at hand.
    #[error("no certificate of the issuer of the list or answer is at hand")]
    NoSigner,
    /// No candidate's key verifies it.
    #[error("the signature was not verified: {0}")]
    Signature(SignatureFailure),
    /// The signer's keyUsage does not allow it.
    #[error("the signer's keyUsage does not allow it")]
    KeyUsage,
    /// signatureAlgorithm and the field inside differ (RFC 5280, 5.1.1.2).
    #[error("the signature algorithms inside and outside differ")]
    SignatureAlgorithmsDiffer,
    /// The issuing distribution point is another than the certificate's (RFC 5280, 6.3.3 (b)(2)(i)).
    #[error("the distribution point is another than the certificate's")]
    DistributionPoint,
    /// It lists another kind of certificate: users, CAs, attributes (RFC 5280, 6.3.3 (b)(2)(ii) to (iv)).
    #[error("the list is of another kind of certificate")]
    CertificateKind,
    /// The certificate names another CRL issuer, or this one and the list is not indirect (RFC 5280, 6.3.3 (b)(1)).
    #[error("the list does not speak for the certificate's issuer")]
    Issuer,
    /// The list and the distribution point have no reason in common (RFC 5280, 6.3.3 (d)).
    #[error("the list covers no reason that the distribution point has")]
    Reasons,
    /// A critical extension that is not known (RFC 5280, 5.2 and 5.3).
    #[error("a critical extension is not known")]
    UnknownCriticalExtension,
    /// An extension that cannot be read.
    #[error("extension {oid} cannot be read")]
    UnreadableExtension {
        /// Its type.
        oid: Oid,
    },
    /// An entry cannot be read.
    #[error("an entry cannot be read")]
    UnreadableEntry,
    /// A delta CRL without the complete one that it brings up to date (RFC 5280, 5.2.4).
    #[error("a delta CRL, and no complete CRL that fits is at hand")]
    DeltaAlone,
    /// An OCSP responseStatus other than successful.
    #[error("the responder's status is {status}")]
    NotSuccessful {
        /// responseStatus.
        status: u64,
    },
    /// Signed by neither the issuer nor a delegate of the issuer with id-kp-OCSPSigning (RFC 6960, 4.2.2.2).
    #[error("the responder is neither the issuer nor its delegate")]
    Responder,
}

impl RevocationRejection {
    /// The reason as a stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoSigner => "no-signer",
            Self::Signature(SignatureFailure::Exhausted) => "signature-checks",
            Self::Signature(_) => "signature",
            Self::KeyUsage => "key-usage",
            Self::SignatureAlgorithmsDiffer => "signature-algorithms-differ",
            Self::DistributionPoint => "distribution-point",
            Self::CertificateKind => "certificate-kind",
            Self::Issuer => "issuer",
            Self::Reasons => "reasons",
            Self::UnknownCriticalExtension => "unknown-critical-extension",
            Self::UnreadableExtension { .. } => "unreadable-extension",
            Self::UnreadableEntry => "unreadable-entry",
            Self::DeltaAlone => "delta-alone",
            Self::NotSuccessful { .. } => "not-successful",
            Self::Responder => "responder",
        }
    }
}

/// Everything that is said of one certificate.
#[derive(Clone, Debug, Default)]
pub struct RevocationFacts<'s> {
    /// What may be used, the latest thisUpdate first.
    pub usable: Vec<RevocationFact<'s>>,
    /// What may not, with reasons.
    pub rejected: Vec<RejectedRevocation>,
}

/// What the facts that someone accepts come to, by RFC 5280, 6.3.3.
#[derive(Clone, Debug)]
pub enum RevocationConclusion<'f, 's> {
    /// Revoked or on hold: the fact that says so.
    Revoked(&'f RevocationFact<'s>),
    /// Not revoked: the facts that together cover every reason.
    NotRevoked(Vec<&'f RevocationFact<'s>>),
    /// Not known: the reasons that nothing covers.
    Undetermined(ReasonFlags),
}

impl<'s> RevocationFacts<'s> {
    /// What the facts that `accept` takes come to. Of two that speak for the same reasons the later one counts, so that a
    /// released hold is released; a revocation counts whatever comes later.
    pub fn conclude(&self, accept: impl Fn(&RevocationFact<'s>) -> bool) -> RevocationConclusion<'_, 's> {
        let accepted = || self.usable.iter().filter(|f| accept(f));
        if let Some(fact) = accepted().find(|f| matches!(f.status, RevocationStatus::Revoked { .. })) {
            return RevocationConclusion::Revoked(fact);
        }
        let (mut covered, mut facts) = (0, Vec::new());
        for fact in accepted() {
            if fact.reasons.0 & !covered == 0 {
                continue;
            }
            match fact.status {
                RevocationStatus::OnHold { .. } => return RevocationConclusion::Revoked(fact),
                RevocationStatus::NotRevoked => facts.push(fact),
                RevocationStatus::Revoked { .. } | RevocationStatus::Unknown => continue,
            }
            covered |= fact.reasons.0;
        }
        match ReasonFlags::ALL.0 & !covered {
            0 => RevocationConclusion::NotRevoked(facts),
            rest => RevocationConclusion::Undetermined(ReasonFlags(rest)),
        }
    }
}

/// Every CRL and OCSP answer that verifiably speaks of a certificate, whatever its date.
///
/// The signer is the certificate's issuer, another certificate of the issuer's name in the store (a key rollover), the
/// CRL issuer that the certificate names, or a delegated responder. Whether the signer's own path holds is for the
/// caller to judge.
pub fn facts<'s>(
    certificate: &Certificate<'_>,
    issuer: &'s Certificate<'s>,
    crls: &'s Crls<'s>,
    ocsps: &'s Ocsps<'s>,
    store: &'s CertificateStore<'s>,
    budget: &mut Budget,
) -> RevocationFacts<'s> {
    let mut facts = RevocationFacts::default();
    listing::read(&mut facts, certificate, issuer, crls, store, budget);
    answer::read(&mut facts, certificate, issuer, ocsps, store, budget);
    facts.usable.sort_by(|a, b| {
        let key = |f: &RevocationFact<'_>| (f.this_update, f.delta.is_some(), f.produced_at);
        key(b).cmp(&key(a)).then_with(|| (a.object, a.delta).cmp(&(b.object, b.delta)))
    });
    facts.rejected.sort_by_key(|rejected| rejected.object);
    facts
}
