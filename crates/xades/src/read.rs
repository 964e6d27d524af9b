// SPDX-License-Identifier: Apache-2.0 OR MIT
//! An XML document with what was read from it.

use std::sync::OnceLock;

use keiin_model::{Evidence, SignatureFacts};

use crate::{
    Detached, XadesError,
    facts::{self, XmlFacts},
};

/// A document: its octets, the data that its references name outside of it, and the facts.
#[derive(Clone, Debug)]
pub struct Xades {
    bytes: Vec<u8>,
    detached: Option<Detached>,
    facts: OnceLock<XmlFacts>,
}

impl Xades {
    /// Reads a document. One without signatures reads too and has none. `detached` is what references outside the document
    /// are over; of what is not given the facts say that it was not found.
    ///
    /// # Errors
    /// [`XadesError`] when it is no XML that keiin takes, or over a limit.
    pub fn read(bytes: Vec<u8>, detached: Option<Detached>) -> Result<Self, XadesError> {
        let facts = facts::read(&bytes, detached.as_ref().unwrap_or(&Detached::new()))?;
        Ok(Self { bytes, detached, facts: facts.into() })
    }

    /// A document that [`crate::Prepared::attach`] has just made: it was read while it was laid out, and is read again when
    /// somebody asks what is in it. Should that fail, there is nothing in it.
    pub const fn attached(bytes: Vec<u8>, detached: Option<Detached>) -> Self {
        Self { bytes, detached, facts: OnceLock::new() }
    }

    fn facts(&self) -> &XmlFacts {
        let none = Detached::new();
        let read = || facts::read(&self.bytes, self.detached.as_ref().unwrap_or(&none)).unwrap_or_default();
        self.facts.get_or_init(read)
    }

    /// The octets as they stand.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The data outside the document, as it was given.
    pub const fn detached(&self) -> Option<&Detached> {
        self.detached.as_ref()
    }

    /// The signatures in document order, counter-signatures inside what they sign.
    pub fn signatures(&self) -> &[SignatureFacts] {
        &self.facts().signatures
    }

    /// Certificates, CRLs and OCSP responses in the document.
    pub fn evidence(&self) -> &Evidence {
        &self.facts().evidence
    }
}
