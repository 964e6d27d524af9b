// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A CAdES file with what was read from it.

use keiin_model::{Evidence, Family, SignatureFacts, TimestampFacts};

use crate::{
    CadesError, Content,
    facts::{self, CmsFacts},
};

/// A CAdES file: its octets, the content that is signed where it is detached, and the facts.
#[derive(Clone, Debug)]
pub struct Cades {
    bytes: Vec<u8>,
    content: Option<Content>,
    facts: CmsFacts,
}

impl Cades {
    /// Reads a CMS SignedData, or a time-stamp token in a file of its own. `content` is what a detached signature is
    /// over; without it the facts say that it was not found.
    ///
    /// # Errors
    /// [`CadesError`] when it is neither, over a limit, or content was given that is inside already.
    pub fn read(bytes: Vec<u8>, content: Option<Content>) -> Result<Self, CadesError> {
        let facts = facts::read(&bytes, Family::Cades, content.as_ref())?;
        Ok(Self { bytes, content, facts })
    }

    /// The octets as they stand.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The detached content as it was given.
    pub const fn content(&self) -> Option<&Content> {
        self.content.as_ref()
    }

    /// The signatures in the order of the file, counter-signatures inside what they sign.
    pub fn signatures(&self) -> &[SignatureFacts] {
        &self.facts.signatures
    }

    /// The time-stamp, when the file is a token.
    pub fn timestamps(&self) -> &[TimestampFacts] {
        &self.facts.timestamps
    }

    /// Certificates, CRLs and OCSP responses in the file.
    pub const fn evidence(&self) -> &Evidence {
        &self.facts.evidence
    }
}
