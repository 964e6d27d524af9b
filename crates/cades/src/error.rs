// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Why a CAdES file could not be read or changed.

use keiin_pki::{der::DerError, signing::SigningError};

/// Why a CAdES file could not be read or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CadesError {
    /// The octets are not a CMS SignedData.
    #[error("not a CMS signature: {0}")]
    Malformed(#[source] DerError),
    /// A structure is nested too deep or has too many elements.
    #[error("over a limit: {0}")]
    Structure(#[source] DerError),
    /// The file has more of something than keiin takes.
    #[error("{object}: more than {limit}")]
    Limit {
        /// What there is too much of.
        object: &'static str,
        /// The limit.
        limit: u64,
    },
    /// A time-stamp token in a file of its own that cannot be read as one.
    #[error(transparent)]
    Token(#[from] keiin_tsp::TspError),
    /// Detached content was given for a file that has its content inside.
    #[error("the signed content stands in the file itself, so none may be given")]
    ContentNotWanted,
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
    /// The signer: its certificate, its scheme, or the value that its key gave.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

impl From<DerError> for CadesError {
    fn from(error: DerError) -> Self {
        if error.is_limit() { Self::Structure(error) } else { Self::Malformed(error) }
    }
}
