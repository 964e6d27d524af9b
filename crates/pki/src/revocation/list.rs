// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Pools of CRLs and OCSP responses, parsed once.

use std::collections::{BTreeMap, BTreeSet};

use keiin_model::ObjectId;

use crate::{
    cert::Certificate,
    crl::Crl,
    digest::object_id,
    name::{Name, NameTable},
    ocsp::OcspResponse,
};

/// Parsed CRLs, handed out in the order of ids.
#[derive(Clone, Debug, Default)]
pub struct Crls<'a> {
    lists: BTreeMap<ObjectId, Crl<'a>>,
    by_issuer: NameTable<'a>,
    unreadable: BTreeSet<ObjectId>,
}

impl<'a> Crls<'a> {
    /// Reads CRLs, each as its DER octets; the ids of what cannot be read are kept.
    pub fn new(lists: impl IntoIterator<Item = &'a [u8]>) -> Self {
        Self::with_ids(lists.into_iter().map(|raw| (object_id(raw), raw)))
    }

    /// Reads CRLs whose SHA-256 is known already.
    pub fn with_ids(lists: impl IntoIterator<Item = (ObjectId, &'a [u8])>) -> Self {
        let mut crls = Self::default();
        for (id, raw) in lists {
            if let Ok(crl) = Crl::read_as(id, raw) {
                crls.by_issuer.insert(&crl.issuer, id);
                crls.lists.insert(id, crl);
            } else {
                crls.unreadable.insert(id);
            }
        }
        crls
    }

    /// One CRL.
    pub fn crl(&self, id: &ObjectId) -> Option<&Crl<'a>> {
        self.lists.get(id)
    }

    /// The CRLs of one issuer.
    pub fn by_issuer(&self, issuer: &Name<'_>) -> impl Iterator<Item = &Crl<'a>> {
        self.by_issuer.objects(issuer).filter_map(|id| self.lists.get(id))
    }

    /// All CRLs.
    pub fn iter(&self) -> impl Iterator<Item = &Crl<'a>> {
        self.lists.values()
    }

    /// Ids of what was given and could not be read as a CRL.
    pub fn unreadable(&self) -> impl Iterator<Item = &ObjectId> {
        self.unreadable.iter()
    }
}

/// Parsed OCSP responses with the certificates in them, handed out in the order of ids.
#[derive(Clone, Debug, Default)]
pub struct Ocsps<'a> {
    responses: BTreeMap<ObjectId, (OcspResponse<'a>, Vec<Certificate<'a>>)>,
    unreadable: BTreeSet<ObjectId>,
}

impl<'a> Ocsps<'a> {
    /// Reads OCSPResponses, each as its DER octets; the ids of what cannot be read are kept.
    pub fn new(responses: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut ocsps = Self::default();
        for raw in responses {
            if let Ok(response) = OcspResponse::read(raw) {
                let embedded = response.basic.iter().flat_map(|basic| &basic.certificates);
                let certificates = embedded.filter_map(|raw| Certificate::read(raw).ok()).collect();
                ocsps.responses.insert(response.id, (response, certificates));
            } else {
                ocsps.unreadable.insert(object_id(raw));
            }
        }
        ocsps
    }

    /// One response.
    pub fn response(&self, id: &ObjectId) -> Option<&OcspResponse<'a>> {
        self.responses.get(id).map(|(response, _)| response)
    }

    /// All responses, each with the certificates that stand in it.
    pub fn iter(&self) -> impl Iterator<Item = (&OcspResponse<'a>, &[Certificate<'a>])> {
        self.responses.values().map(|(response, certificates)| (response, certificates.as_slice()))
    }

    /// The certificates that stand in the responses: responders, for the store.
    pub fn certificates(&self) -> impl Iterator<Item = &Certificate<'a>> {
        self.responses.values().flat_map(|(_, certificates)| certificates)
    }

    /// Ids of what was given and could not be read as an OCSP response.
    pub fn unreadable(&self) -> impl Iterator<Item = &ObjectId> {
        self.unreadable.iter()
    }
}
