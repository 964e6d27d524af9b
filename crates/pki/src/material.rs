// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Certificates, CRLs and OCSP responses that are to be put into a container.

use keiin_model::Material;

use crate::{cert::Certificate, crl::Crl, der::DerError, ocsp::OcspResponse};

/// The first object that cannot be read as what it is given for, by its error; `None` when all can. What is embedded is read
/// first, for a container must not be made unreadable, and what nobody can read helps nobody.
pub fn first_unreadable(material: &Material) -> Option<DerError> {
    let certificates = material.certificates.iter().map(|certificate| Certificate::read(certificate).err());
    let crls = material.crls.iter().map(|crl| Crl::read(crl).err());
    let ocsps = material.ocsps.iter().map(|ocsp| OcspResponse::read(ocsp).err());
    certificates.chain(crls).chain(ocsps).flatten().next()
}
