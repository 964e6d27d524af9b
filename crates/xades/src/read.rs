// SPDX-License-Identifier: Apache-2.0 OR MIT
//! An XML document with what was read from it.

use std::{collections::BTreeMap, sync::OnceLock};

use keiin_model::{
    DefectKind, Evidence, Family, ObjectId, Oid, SignatureAlgorithm, SignatureFacts, SignedMessage,
    SignedProperties, SignerReference,
};
use keiin_pki::digest::object_id;
use keiin_tsp::facts::defect;

use crate::{
    Detached, XadesError,
    augment::inventories,
    facts::{self, XmlFacts},
};

/// A document: its octets, the data that its references name outside of it, and the facts.
#[derive(Clone, Debug)]
pub struct Xades {
    bytes: Vec<u8>,
    detached: Option<Detached>,
    facts: OnceLock<XmlFacts>,
    /// What stands inside of each signature, once somebody asked.
    inventories: OnceLock<BTreeMap<ObjectId, Evidence>>,
}

impl Xades {
    /// Reads a document. One without signatures reads too and has none. `detached` is what references outside the document
    /// are over; of what is not given the facts say that it was not found.
    ///
    /// # Errors
    /// [`XadesError`] when it is no XML that keiin takes, or over a limit.
    pub fn read(bytes: Vec<u8>, detached: Option<Detached>) -> Result<Self, XadesError> {
        let facts = facts::read(&bytes, detached.as_ref().unwrap_or(&Detached::new()))?;
        Ok(Self { facts: facts.into(), ..Self::attached(bytes, detached) })
    }

    /// A document that [`crate::Prepared::attach`] has just made: it was read while it was laid out, and is read again when
    /// somebody asks what is in it. Should that fail, what is in it is one signature with that defect: a document that
    /// cannot be read is never one without signatures.
    pub const fn attached(bytes: Vec<u8>, detached: Option<Detached>) -> Self {
        Self { bytes, detached, facts: OnceLock::new(), inventories: OnceLock::new() }
    }

    fn facts(&self) -> &XmlFacts {
        let none = Detached::new();
        let read = || facts::read(&self.bytes, self.detached.as_ref().unwrap_or(&none));
        self.facts.get_or_init(|| read().unwrap_or_else(|error| unreadable(&error)))
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

    /// The certificates, CRLs and OCSP responses that stand inside of one signature: each is to have its own, for its
    /// archive time-stamps cover nothing of another's.
    ///
    /// # Errors
    /// [`XadesError::Misuse`] when there is no such signature; [`XadesError`] as when it was read.
    pub fn evidence_of(&self, signature: &ObjectId) -> Result<&Evidence, XadesError> {
        let all = match self.inventories.get() {
            Some(all) => all,
            None => {
                let read = inventories(self)?;
                self.inventories.get_or_init(|| read)
            }
        };
        let what = "the document has no signature with this id";
        all.get(signature).ok_or(XadesError::Misuse { what })
    }
}

/// The finding that a document could not be read.
fn unreadable(error: &XadesError) -> XmlFacts {
    let signature = SignatureFacts {
        id: object_id(&[]),
        family: Family::Xades,
        format: "XML-NOT-ETSI".to_owned(),
        countersigns: None,
        message: SignedMessage::Missing,
        algorithm: SignatureAlgorithm::Other { oid: Oid::new(&[0, 0]) },
        value: Vec::new().into(),
        signer: SignerReference::default(),
        properties: SignedProperties::default(),
        data: Vec::new(),
        timestamps: Vec::new(),
        countersignatures: Vec::new(),
        defects: vec![defect(DefectKind::Unreadable, error.to_string())],
    };
    XmlFacts { signatures: vec![signature], evidence: Evidence::default() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)] // a test
    use super::*;

    #[test]
    fn what_cannot_be_read_again_is_a_finding() {
        let broken = Xades::attached(b"<a>".to_vec(), None);
        let [finding] = broken.signatures() else { panic!("nothing is said") };
        assert!(finding.defects.iter().any(|defect| defect.kind.is_fatal() && defect.at.contains("end tag")));
        assert!(broken.evidence_of(&finding.id).is_err());
        assert!(Xades::attached(b"<a/>".to_vec(), None).signatures().is_empty());
    }
}
