// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a signer wants to sign beside the data.

use serde::{Deserialize, Serialize};

use crate::{Bytes, DigestAlgorithm, Oid, SignatureAlgorithm, SignerLocation};

/// Whether the content stands in the signature's file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Packaging {
    /// In the SignedData's eContent.
    #[default]
    Attached,
    /// In a file of its own.
    Detached,
}

/// Whether a certificate outside its validity may sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateValidity {
    /// The time of signing must be within notBefore and notAfter.
    #[default]
    Required,
    /// It is not looked at: for tests and for drills.
    NotChecked,
}

/// Whether the claimed time of signing is among the signed attributes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimedTime {
    /// signing-time, which CAdES wants (EN 319 122-1, 6.3).
    #[default]
    Signed,
    /// No signing-time: in a PDF the time stands in the signature dictionary (EN 319 142-1, 6.3).
    LeftOut,
}

/// Everything that is the signer's choice. The default is the strict one: attached, a certificate within its validity,
/// nothing claimed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SigningIntent {
    /// The scheme, one of the signer's.
    pub algorithm: SignatureAlgorithm,
    /// Where the content goes.
    #[serde(default)]
    pub packaging: Packaging,
    /// What the certificate must be.
    #[serde(default)]
    pub validity: CertificateValidity,
    /// Whether `now` is signed.
    #[serde(default)]
    pub claimed_time: ClaimedTime,
    /// What signing means (commitment-type-indication).
    #[serde(default)]
    pub commitments: Vec<Commitment>,
    /// Where the signer claims to be (signer-location).
    #[serde(default)]
    pub location: Option<SignerLocation>,
    /// Roles that the signer claims (signer-attributes-v2). A licence that the certificate states needs no claim.
    #[serde(default)]
    pub claimed_roles: Vec<String>,
    /// The policy under which the signer signs (signature-policy-identifier): ES-EPES.
    #[serde(default)]
    pub policy: Option<PolicyReference>,
    /// The kind of the data (mime-type).
    #[serde(default)]
    pub mime_type: Option<String>,
}

impl SigningIntent {
    /// The strict defaults with a scheme.
    pub const fn new(algorithm: SignatureAlgorithm) -> Self {
        Self {
            algorithm,
            packaging: Packaging::Attached,
            validity: CertificateValidity::Required,
            claimed_time: ClaimedTime::Signed,
            commitments: Vec::new(),
            location: None,
            claimed_roles: Vec::new(),
            policy: None,
            mime_type: None,
        }
    }

    /// The strict defaults with the first of a signer's schemes that is good for new signatures.
    pub fn for_signer(algorithms: &[SignatureAlgorithm]) -> Option<Self> {
        algorithms.iter().copied().find(|a| message_digest_of(*a).is_some_and(is_for_new)).map(Self::new)
    }
}

/// What signing means (EN 319 122-1, 5.2.3, and TS 119 172-1, annex B).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Commitment {
    /// The signer made it, approved it and sent it.
    ProofOfOrigin,
    /// The signer received it.
    ProofOfReceipt,
    /// The signer made it accessible to the recipient.
    ProofOfDelivery,
    /// The sender sent it, and need not have made it.
    ProofOfSender,
    /// The signer approves the content.
    ProofOfApproval,
    /// The signer made it, and need not have approved or sent it.
    ProofOfCreation,
    /// Something else.
    Other(Oid),
}

impl Commitment {
    /// Its name.
    pub const fn oid(self) -> Oid {
        match self {
            Self::ProofOfOrigin => Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 6, 1]),
            Self::ProofOfReceipt => Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 6, 2]),
            Self::ProofOfDelivery => Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 6, 3]),
            Self::ProofOfSender => Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 6, 4]),
            Self::ProofOfApproval => Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 6, 5]),
            Self::ProofOfCreation => Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 6, 6]),
            Self::Other(oid) => oid,
        }
    }
}

/// A signature policy by name and by the digest of its document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyReference {
    /// Its OID.
    pub id: Oid,
    /// The digest's algorithm.
    pub algorithm: DigestAlgorithm,
    /// The digest of the policy document (EN 319 122-1, 5.2.9.1).
    pub digest: Bytes,
    /// Where the document is.
    pub uri: Option<String>,
}

/// The digest of the content that goes with a scheme: the scheme's own, and SHA-512 for Ed25519 (RFC 8419, 3.1).
pub const fn message_digest_of(algorithm: SignatureAlgorithm) -> Option<DigestAlgorithm> {
    match algorithm {
        SignatureAlgorithm::Ed25519 => Some(DigestAlgorithm::Sha512),
        other => other.digest(),
    }
}

/// Whether a digest may go into something new. Old ones are for reading only (design.md 3, rule 7).
pub const fn is_for_new(algorithm: DigestAlgorithm) -> bool {
    !matches!(
        algorithm,
        DigestAlgorithm::Md5 | DigestAlgorithm::Sha1 | DigestAlgorithm::Ripemd160 | DigestAlgorithm::Sha224
    )
}
