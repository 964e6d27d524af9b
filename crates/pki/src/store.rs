// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A pool of certificates, found by id, by subject and by key identifier.

use std::collections::{BTreeMap, BTreeSet};

use keiin_model::ObjectId;

use crate::{
    cert::Certificate,
    digest::object_id,
    name::{Name, NameTable},
};

/// Parsed certificates. The order in which they came changes nothing: everything is handed out in the order of ids.
#[derive(Clone, Debug, Default)]
pub struct CertificateStore<'a> {
    certificates: BTreeMap<ObjectId, Certificate<'a>>,
    by_subject: NameTable<'a>,
    by_key_id: BTreeMap<&'a [u8], BTreeSet<ObjectId>>,
    unreadable: BTreeSet<ObjectId>,
}

impl<'a> CertificateStore<'a> {
    /// Reads certificates, each as its DER octets. What cannot be read is left out and its id kept in
    /// [`unreadable`](Self::unreadable).
    pub fn new(certificates: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut store = Self::default();
        for raw in certificates {
            match Certificate::read(raw) {
                Ok(certificate) => store.insert(certificate),
                Err(_) => {
                    store.unreadable.insert(object_id(raw));
                }
            }
        }
        store
    }

    /// Adds a certificate that is parsed already.
    pub fn insert(&mut self, certificate: Certificate<'a>) {
        let id = certificate.id;
        self.by_subject.insert(&certificate.subject, id);
        if let Some(key_id) = certificate.subject_key_id {
            self.by_key_id.entry(key_id).or_default().insert(id);
        }
        self.certificates.insert(id, certificate);
    }

    /// One certificate.
    pub fn certificate(&self, id: &ObjectId) -> Option<&Certificate<'a>> {
        self.certificates.get(id)
    }

    /// The certificate that an IssuerAndSerialNumber names; the first by id where several claim to be it.
    pub fn find(&self, issuer: &Name<'_>, serial: &[u8]) -> Option<&Certificate<'a>> {
        self.certificates.values().find(|c| c.serial == serial && c.issuer.matches(issuer))
    }

    /// The certificates with this subject (RFC 5280, 7.1).
    pub fn by_subject(&self, subject: &Name<'_>) -> impl Iterator<Item = &Certificate<'a>> {
        self.by_subject.objects(subject).filter_map(|id| self.certificates.get(id))
    }

    /// The certificates with this subjectKeyIdentifier.
    pub fn by_key_id(&self, key_id: &[u8]) -> impl Iterator<Item = &Certificate<'a>> {
        let ids = self.by_key_id.get(key_id).into_iter().flatten();
        ids.filter_map(|id| self.certificates.get(id))
    }

    /// All certificates.
    pub fn iter(&self) -> impl Iterator<Item = &Certificate<'a>> {
        self.certificates.values()
    }

    /// Ids of what was given and could not be read as a certificate.
    pub fn unreadable(&self) -> impl Iterator<Item = &ObjectId> {
        self.unreadable.iter()
    }

    /// How many certificates there are.
    pub fn len(&self) -> usize {
        self.certificates.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }
}
