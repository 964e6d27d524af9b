// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Why a token, request or response could not be used.

use keiin_model::Oid;
use keiin_pki::der::DerError;

/// Why a token, request or response could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TspError {
    /// The octets are not what they should be.
    #[error("malformed: {0}")]
    Malformed(#[source] DerError),
    /// A limit was reached.
    #[error("over a limit: {0}")]
    Limit(#[source] DerError),
    /// The CMS signs something other than a TSTInfo (RFC 3161, 2.4.2).
    #[error("not a time-stamp token: the signed content is of type {content}")]
    NotAToken {
        /// The eContentType.
        content: Oid,
    },
    /// The token has no TSTInfo inside.
    #[error("the time-stamp token has no content")]
    NoContent,
    /// The token is not signed.
    #[error("the time-stamp token has no signer")]
    NoSigner,
}

impl From<DerError> for TspError {
    fn from(error: DerError) -> Self {
        if error.is_limit() { Self::Limit(error) } else { Self::Malformed(error) }
    }
}
