// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Why a token, request or response could not be used.

use keiin_model::{DigestAlgorithm, Oid};
use keiin_pki::der::DerError;

use crate::Rejection;

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
    /// The answer is longer than any TSA's (octets).
    #[error("the TSA's answer is over {limit} octets")]
    ResponseTooLong {
        /// The limit.
        limit: usize,
    },
    /// An imprint was asked for that is not as long as its algorithm makes it.
    #[error("a {algorithm} imprint of {octets} octets")]
    ImprintLength {
        /// The algorithm.
        algorithm: DigestAlgorithm,
        /// The octets that were given.
        octets: usize,
    },
    /// The TSA gave no token.
    #[error("the TSA did not stamp: {0}")]
    Rejected(Rejection),
    /// The TSA says that a token was granted, and there is none.
    #[error("the TSA granted a token and sent none")]
    NoToken,
    /// The token is over another imprint.
    #[error("the token is over another imprint than was asked for")]
    WrongImprint,
    /// The token has another nonce or none: it may be a replay.
    #[error("the token does not have the nonce of the request")]
    WrongNonce,
    /// The token is under another policy.
    #[error("the token is under policy {answered}, which was not asked for")]
    WrongPolicy {
        /// The token's.
        answered: Oid,
    },
    /// A token has exactly one signer (RFC 3161, 2.4.2).
    #[error("the token has {count} signers, not one")]
    SignerCount {
        /// How many it has.
        count: usize,
    },
    /// The TSA's certificate was asked for and is not inside.
    #[error("the token does not hold the TSA's certificate")]
    NoCertificate,
    /// The token's algorithms or key cannot be computed.
    #[error("the token is signed with an algorithm that is not supported")]
    UnsupportedAlgorithm,
    /// The token's message digest or signature value does not fit its content or the certificate inside.
    #[error("the token's signature is broken")]
    WrongSignature,
}

impl From<DerError> for TspError {
    fn from(error: DerError) -> Self {
        if error.is_limit() { Self::Limit(error) } else { Self::Malformed(error) }
    }
}
