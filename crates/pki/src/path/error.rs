// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Why a chain is not a valid path.

use keiin_model::{ObjectId, Oid, Time};

/// Why a chain is not a valid path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("certificate {certificate}: {kind} ({clause})")]
pub struct PathError {
    /// The certificate that fails.
    pub certificate: ObjectId,
    /// How.
    pub kind: PathErrorKind,
    /// The clause that asks for it.
    pub clause: &'static str,
}

/// How a certificate fails in a path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathErrorKind {
    /// The time is before notBefore.
    #[error("not valid before {not_before}")]
    NotYetValid {
        /// notBefore.
        not_before: Time,
    },
    /// The time is after notAfter.
    #[error("not valid after {not_after}")]
    Expired {
        /// notAfter.
        not_after: Time,
    },
    /// signatureAlgorithm and the signature field inside differ.
    #[error("the signature algorithms inside and outside differ")]
    SignatureAlgorithmsDiffer,
    /// The issuer is not the subject above.
    #[error("the issuer's name is not the name above")]
    NameChain,
    /// Not a version 3 CA certificate.
    #[error("not a CA certificate")]
    NotCa,
    /// More CA certificates below than pathLenConstraint allows.
    #[error("the path below is longer than {allowed}")]
    PathLength {
        /// pathLenConstraint.
        allowed: u64,
    },
    /// keyUsage has no keyCertSign.
    #[error("keyUsage does not allow signing certificates")]
    KeyUsage,
    /// A critical extension that nobody processes.
    #[error("critical extension {oid} is not known")]
    UnknownCriticalExtension {
        /// Its type.
        oid: Oid,
    },
    /// A known extension that cannot be read and matters.
    #[error("extension {oid} cannot be read")]
    UnreadableExtension {
        /// Its type.
        oid: Oid,
    },
    /// A name is not within a permitted subtree.
    #[error("{name} is not permitted by the name constraints above")]
    NameNotPermitted {
        /// The name.
        name: String,
    },
    /// A name is within an excluded subtree.
    #[error("{name} is excluded by the name constraints above")]
    NameExcluded {
        /// The name.
        name: String,
    },
    /// A name constraint on a form that cannot be compared, and the certificate has a name of this form.
    #[error("a name constraint above is of a form that cannot be compared")]
    NameConstraintUnsupported,
    /// More names to compare than the limit allows.
    #[error("the limit of name comparisons is reached")]
    NameComparisons,
    /// No valid policy where one is required.
    #[error("no valid policy, and one is required")]
    NoValidPolicy,
    /// anyPolicy is mapped.
    #[error("anyPolicy is mapped")]
    AnyPolicyMapped,
}

impl PathErrorKind {
    /// The reason as a stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotYetValid { .. } => "not-yet-valid",
            Self::Expired { .. } => "expired",
            Self::SignatureAlgorithmsDiffer => "signature-algorithms-differ",
            Self::NameChain => "name-chain",
            Self::NotCa => "not-ca",
            Self::PathLength { .. } => "path-length",
            Self::KeyUsage => "key-usage",
            Self::UnknownCriticalExtension { .. } => "unknown-critical-extension",
            Self::UnreadableExtension { .. } => "unreadable-extension",
            Self::NameNotPermitted { .. } => "name-not-permitted",
            Self::NameExcluded { .. } => "name-excluded",
            Self::NameConstraintUnsupported => "name-constraint-unsupported",
            Self::NameComparisons => "name-comparisons",
            Self::NoValidPolicy => "no-valid-policy",
            Self::AnyPolicyMapped => "any-policy-mapped",
        }
    }
}
