// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Certification paths: candidates built over a pool, and checked by RFC 5280, 6.1.
//!
//! [`build`] finds every chain of names and verified signatures from a certificate up to an anchor, within a
//! [`Budget`]. [`check`] then says whether one of them is a valid path, at a time or apart from any time. Revocation is
//! a question of its own: [`crate::revocation`].

mod budget;
mod build;
mod check;
mod constraint;
mod error;
mod policy;

use keiin_model::ObjectId;

pub(crate) use budget::Signed;
pub use budget::{Budget, Limits, SignatureFailure};
pub use build::build;
pub(crate) use build::key_hint;
pub use check::{Indicator, PathOutput, PathParameters, check};
pub use constraint::InitialSubtrees;
pub use error::{PathError, PathErrorKind};
pub use policy::{ValidPolicy, user_notices};

use crate::{
    cert::Certificate,
    der::DerError,
    key::{PublicKey, VerifiedSignature},
};

/// A certificate that is trusted by decision: a root, an intermediate CA, or the end entity itself.
#[derive(Clone, Debug)]
pub struct Anchor<'a> {
    /// The certificate. As the issuer of others it counts with its name and key alone (RFC 5280, 6.1.1 (d)).
    pub certificate: Certificate<'a>,
    /// What trusting it means: `hpki`, `accredited`, `public`, `jpki`.
    pub class: Option<String>,
}

impl<'a> Anchor<'a> {
    /// Reads an anchor's certificate.
    ///
    /// # Errors
    /// [`DerError`] when it is not a certificate.
    pub fn read(raw: &'a [u8], class: Option<String>) -> Result<Self, DerError> {
        Ok(Self { certificate: Certificate::read(raw)?, class })
    }

    /// Whether a CA certificate has the anchor's name and key, and so stands for the same authority.
    pub fn is_same_authority(&self, certificate: &Certificate<'_>) -> bool {
        self.certificate.id == certificate.id
            || (self.certificate.spki == certificate.spki
                && self.certificate.subject.matches(&certificate.subject))
    }
}

/// A chain from a certificate up to an anchor in which each signature was verified with the next key. Only [`build`]
/// makes one.
#[derive(Clone, Debug)]
pub struct CandidatePath<'s> {
    certificates: Vec<&'s Certificate<'s>>,
    target_key: Option<PublicKey>,
    issuer_keys: Vec<PublicKey>,
    signatures: Vec<VerifiedSignature>,
    anchor: &'s Anchor<'s>,
}

/// One step of a path: a certificate and who issued it.
#[derive(Clone, Copy, Debug)]
pub struct Link<'p, 's> {
    /// The certificate.
    pub certificate: &'s Certificate<'s>,
    /// Its issuer.
    pub issuer: &'s Certificate<'s>,
    /// The issuer's key, with DSA parameters inherited where it has none (RFC 5280, 6.1.4 (e)).
    pub issuer_key: &'p PublicKey,
    /// That the issuer's key signed the certificate.
    pub signature: &'p VerifiedSignature,
}

impl<'s> CandidatePath<'s> {
    /// The certificates: target first, anchor last; one alone when the target itself is an anchor.
    pub fn certificates(&self) -> &[&'s Certificate<'s>] {
        &self.certificates
    }

    /// Their ids.
    pub fn ids(&self) -> Vec<ObjectId> {
        self.certificates.iter().map(|c| c.id).collect()
    }

    /// The anchor.
    pub const fn anchor(&self) -> &'s Anchor<'s> {
        self.anchor
    }

    /// The target's key, with DSA parameters inherited where it has none: RFC 5280's working public key. `None` when it
    /// cannot be read.
    pub const fn target_key(&self) -> Option<&PublicKey> {
        self.target_key.as_ref()
    }

    /// The steps from the target upwards; none when the target itself is an anchor.
    pub fn links(&self) -> Vec<Link<'_, 's>> {
        let pairs = self.certificates.iter().zip(self.certificates.iter().skip(1));
        let signed = self.issuer_keys.iter().zip(&self.signatures);
        pairs
            .zip(signed)
            .map(|((certificate, issuer), (issuer_key, signature))| Link {
                certificate,
                issuer,
                issuer_key,
                signature,
            })
            .collect()
    }
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct PathSearch<'s> {
    /// Paths, those that key identifiers speak for first; among equals the shortest, then by id.
    pub paths: Vec<CandidatePath<'s>>,
    /// Chains that led nowhere, with the reason of each.
    pub rejected: Vec<RejectedPath<'s>>,
    /// The limit that ended the search before everything was tried, if one did: there may be more paths.
    pub exhausted: Option<Exhausted>,
}

/// A chain that led nowhere.
#[derive(Clone, Debug)]
pub struct RejectedPath<'s> {
    /// The certificates, target first; the last is the one that the reason speaks of.
    pub certificates: Vec<&'s Certificate<'s>>,
    /// Why.
    pub reason: RejectedPathReason,
}

/// Why a chain led nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RejectedPathReason {
    /// Nothing at hand has the name of the last certificate's issuer.
    #[error("no certificate of the issuer is at hand")]
    NoIssuer,
    /// The last certificate issued itself and is no anchor.
    #[error("self-issued and not an anchor")]
    SelfIssued,
    /// The last certificate's key did not sign the one before it.
    #[error("the key did not sign the certificate below: {0}")]
    Signature(SignatureFailure),
    /// The same name and key stand in the chain already (RFC 4158, 2.4.2 and 3.5.1).
    #[error("the same name and key stand in the chain already")]
    Loop,
    /// The last certificate is an anchor that says that it may not issue certificates.
    #[error("the anchor may not issue certificates")]
    AnchorMayNotIssue,
}

impl RejectedPathReason {
    /// The reason as a stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoIssuer => "no-issuer",
            Self::SelfIssued => "self-issued",
            Self::Signature(_) => "signature",
            Self::Loop => "loop",
            Self::AnchorMayNotIssue => "anchor-may-not-issue",
        }
    }
}

/// The limit that ended a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Exhausted {
    /// [`Limits::signature_checks`] or [`Limits::signature_checks_per_search`].
    #[error("the limit of signature checks is reached")]
    SignatureChecks,
    /// [`Limits::paths`].
    #[error("the limit of paths is reached")]
    Paths,
    /// [`Limits::depth`].
    #[error("the limit of certificates in a path is reached")]
    Depth,
    /// [`Limits::steps`].
    #[error("the limit of steps is reached")]
    Steps,
}

impl Exhausted {
    /// The limit as a stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SignatureChecks => "signature-checks",
            Self::Paths => "paths",
            Self::Depth => "depth",
            Self::Steps => "steps",
        }
    }
}
