// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Why a PDF could not be read or changed.

use keiin_cades::CadesError;
use keiin_model::ContainerError;
use keiin_pki::der::DerError;

use crate::{Unread, appearance::AppearanceError, pdf::Locked};

/// Why a PDF could not be read or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PadesError {
    /// There is no `%PDF-` in the first kilobyte (ISO 32000-1, 7.5.2).
    #[error("not a PDF: there is no %PDF- at its beginning")]
    NotAPdf,
    /// There is no document catalog, not even after all objects were looked for.
    #[error("the PDF has no document catalog, and none could be found by looking through the whole file")]
    NoCatalog,
    /// A limit was reached.
    #[error("{object}: more than {limit}")]
    Limit {
        /// What there is too much of.
        object: &'static str,
        /// The limit.
        limit: u64,
    },
    /// The password is neither the user's nor the owner's.
    #[error("the PDF is encrypted, and this is not its password")]
    Password,
    /// It is encrypted in a way that keiin does not have.
    #[error(
        "the PDF is encrypted with {handler}; only passwords (the standard security handler) can be used"
    )]
    Encryption {
        /// The handler by its name.
        handler: String,
    },
    /// The file could not be read again to be hashed.
    #[error(transparent)]
    Unread(Unread),
    /// A part of the file is not what it must be for the change.
    #[error("the PDF cannot be changed: {object} cannot be read")]
    Malformed {
        /// Which.
        object: &'static str,
    },
    /// The cross-reference is broken: a revision behind it would be too.
    #[error(
        "the cross-reference of this PDF is broken, so nothing can be appended to it: mend it first, before it is signed"
    )]
    BrokenReference,
    /// An earlier certification signature allows no other signature.
    #[error(
        "the document was certified and its certification allows no change (DocMDP, P 1), so it cannot be signed again"
    )]
    Certified,
    /// A certification signature must be the first.
    #[error("the document is signed already, and a certification signature must be the first")]
    NotFirst,
    /// An earlier signature locks the field.
    #[error("the field {field:?} is locked by the signature in {by:?} (FieldMDP)")]
    Locked {
        /// The field to be signed.
        field: String,
        /// The field of the signature that locks it.
        by: String,
    },
    /// The field has a lock of its own, and another was asked for.
    #[error("the field {field:?} says itself what its signature locks, and that is not what was asked for")]
    OtherLock {
        /// The field.
        field: String,
    },
    /// There is a signature in the field.
    #[error("the field {name:?} is signed already")]
    FieldSigned {
        /// Its name.
        name: String,
    },
    /// The name is of a field that no signature goes into, or none that a new field can have.
    #[error("{name:?} is not the name of a signature field, and no new field can have it")]
    FieldName {
        /// The name.
        name: String,
    },
    /// There are several empty signature fields.
    #[error("there is more than one empty signature field, so one must be named: {}", names.join(", "))]
    FieldToChoose {
        /// Their names.
        names: Vec<String>,
    },
    /// The field asks for something that this signature does not have.
    #[error(
        "the author of the form requires something of the signature in this field that it does not have (seed value {constraint})"
    )]
    SeedValue {
        /// The entry of the seed value dictionary.
        constraint: &'static str,
    },
    /// /Reason and a commitment or policy exclude each other.
    #[error(
        "a reason in the PDF and a commitment or a policy in the signature exclude each other (EN 319 142-1, 6.3)"
    )]
    ReasonAndCommitment,
    /// A value is larger than what was reserved for it.
    #[error("the signature or time-stamp has {needed} octets, and {reserved} were reserved for it")]
    NoRoom {
        /// Its octets.
        needed: usize,
        /// The room.
        reserved: usize,
    },
    /// What a signature is to look like.
    #[error(transparent)]
    Appearance(#[from] AppearanceError),
    /// The call does not fit the document.
    #[error("{what}")]
    Misuse {
        /// What does not fit and what to do.
        what: &'static str,
    },
    /// The time-stamp token does not answer what was begun.
    #[error("the time-stamp token does not fit: {what}")]
    TokenMismatch {
        /// What differs.
        what: &'static str,
    },
    /// The CMS in the PDF, the certificate, or the scheme.
    #[error(transparent)]
    Cms(#[from] CadesError),
    /// Signatures are there and the CMS of none can be read.
    #[error("the signature in the field {field:?} cannot be read: {source}")]
    Signature {
        /// The field's partial name.
        field: String,
        /// Why, in a box so that other errors stay small.
        #[source]
        source: Box<CadesError>,
    },
}

impl PadesError {
    pub(crate) fn locked(locked: &Locked) -> Self {
        match locked {
            Locked::Password => Self::Password,
            Locked::Handler(name) => Self::Encryption { handler: format!("the security handler {name:?}") },
            Locked::Unsupported => Self::Encryption { handler: "an unknown version of encryption".into() },
        }
    }

    pub(crate) fn limit(object: &'static str, limit: usize) -> Self {
        Self::Limit { object, limit: u64::try_from(limit).unwrap_or(u64::MAX) }
    }
}

impl From<DerError> for PadesError {
    fn from(error: DerError) -> Self {
        Self::Cms(error.into())
    }
}

impl From<ContainerError> for PadesError {
    /// Of the CMS in the PDF.
    fn from(error: ContainerError) -> Self {
        match error {
            ContainerError::Misuse { what } => Self::Misuse { what },
            ContainerError::Token { what } => Self::TokenMismatch { what },
            ContainerError::Limit { object, limit } => Self::Limit { object, limit },
            ContainerError::Malformed { object, .. } => Self::Malformed { object },
            _ => Self::Malformed { object: "the signature" },
        }
    }
}
