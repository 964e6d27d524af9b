// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Why a PDF could not be read.

use keiin_cades::CadesError;

use crate::{Unread, pdf::Locked};

/// Why a PDF could not be read.
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
    /// Signatures are there and the CMS of none can be read.
    #[error("the signature in the field {field:?} cannot be read: {source}")]
    Signature {
        /// The field's partial name.
        field: String,
        /// Why.
        #[source]
        source: CadesError,
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
