// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The joint through which archive and the facade drive any signed document.

use serde::{Deserialize, Serialize};

use crate::{Bytes, DigestAlgorithm, Evidence, ObjectId, SignatureFacts, TimestampFacts};

/// What a time-stamp or material goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "on", rename_all = "kebab-case")]
pub enum Target {
    /// The signature value of one signature (signature-time-stamp): ES-T.
    Signature {
        /// Which.
        id: ObjectId,
    },
    /// Everything that one signature stands on (archive-time-stamp): ES-A and its renewal. In a PDF this is the document.
    Archive {
        /// Which.
        id: ObjectId,
    },
}

/// A time-stamp that was begun: what to send to the TSA, and what the container must remember. Serialises, so that
/// the token may come hours later and in another process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PendingTimestamp {
    /// What it goes on.
    pub target: Target,
    /// The imprint's algorithm.
    pub algorithm: DigestAlgorithm,
    /// The imprint to put into the request.
    pub imprint: Bytes,
    /// The format's own state: a hash index, or a document laid out with room for the token.
    pub state: Bytes,
}

/// Validation material to embed, each object as DER octets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    /// Certificates of every path that the verdict rests on.
    pub certificates: Vec<Bytes>,
    /// CRLs.
    pub crls: Vec<Bytes>,
    /// OCSPResponses.
    pub ocsps: Vec<Bytes>,
}

impl Material {
    /// Whether there is nothing to embed.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty() && self.crls.is_empty() && self.ocsps.is_empty()
    }
}

/// Why a container could not do what was asked. The octets are as they were before the call.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContainerError {
    /// The document is broken at a named place.
    #[error("{object} is malformed")]
    Malformed {
        /// The standard's name of the place.
        object: &'static str,
        /// What was wrong with it.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// A limit was reached.
    #[error("{object} is over the limit of {limit}")]
    Limit {
        /// What is too large, too deep or too many.
        object: &'static str,
        /// The limit.
        limit: u64,
    },
    /// The call does not fit the document: no such signature, detached content not given, a token for another imprint.
    #[error("{what}")]
    Misuse {
        /// What does not fit and what to do.
        what: &'static str,
    },
    /// The time-stamp token does not answer what was begun.
    #[error("the time-stamp token does not fit: {what}")]
    Token {
        /// What differs.
        what: &'static str,
    },
}

/// A signed document of some format. Every change splices: octets that stood before stand where they stood, in their
/// order, except lengths that must grow.
pub trait Container {
    /// The signatures as read, in the order of the file. After a change they are those of the new octets.
    fn signatures(&self) -> &[SignatureFacts];

    /// Time-stamps over the document itself rather than over a signature (DocTimeStamp, a token in a file of its own).
    fn timestamps(&self) -> &[TimestampFacts] {
        &[]
    }

    /// Certificates, CRLs and OCSP responses found inside.
    fn evidence(&self) -> &Evidence;

    /// Lays out a time-stamp and computes its imprint.
    ///
    /// # Errors
    /// [`ContainerError::Misuse`] when the target is not there or detached content is needed and was not given.
    fn begin_timestamp(
        &self,
        at: Target,
        algorithm: DigestAlgorithm,
    ) -> Result<PendingTimestamp, ContainerError>;

    /// Puts the token where it belongs.
    ///
    /// # Errors
    /// [`ContainerError::Token`] when the token's imprint is not the one that was begun.
    fn finish_timestamp(&mut self, pending: &PendingTimestamp, token: &[u8]) -> Result<(), ContainerError>;

    /// Puts certificates, CRLs and OCSP responses in; what is there already is not put in again.
    ///
    /// # Errors
    /// [`ContainerError`] when the document cannot take them.
    fn embed_material(&mut self, at: Target, material: &Material) -> Result<(), ContainerError>;

    /// The whole document, in pieces that follow each other: what was there before may stay where it is, apart from what
    /// was put behind it.
    fn pieces(&self) -> Vec<&[u8]>;
}
