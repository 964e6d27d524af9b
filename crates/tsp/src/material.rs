// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Certificates, CRLs and OCSP responses inside a CMS, wherever it keeps them.

use std::borrow::Cow;

use keiin_model::{Bytes, Evidence, EvidenceKind, ObjectId, Origin};
use keiin_pki::{
    cms::{CertificateChoice, RevocationChoice, SignedData, SignerInfo},
    der::{DerError, Element, Tag},
    digest::object_id,
    ocsp::wrap_basic,
};

use crate::oid;

/// Certificates or revocation objects in one attribute.
const MAX_VALUES: usize = 100_000;

/// One object as the evidence knows it.
#[derive(Clone, Debug)]
pub struct FoundObject<'a> {
    /// Its id.
    pub id: ObjectId,
    /// What it is.
    pub kind: EvidenceKind,
    /// Its octets; an OCSPResponse made around a bare BasicOCSPResponse.
    pub bytes: Cow<'a, [u8]>,
}

impl<'a> FoundObject<'a> {
    /// An object as it stands.
    pub fn new(kind: EvidenceKind, bytes: impl Into<Cow<'a, [u8]>>) -> Self {
        let bytes = bytes.into();
        Self { id: object_id(&bytes), kind, bytes }
    }

    /// An OCSP response in whichever form it stands: an OCSPResponse starts with its status, a BasicOCSPResponse with what
    /// is signed. Real files have each where the other belongs.
    pub fn ocsp(element: &Element<'a>) -> Self {
        let first = element.reader("OCSPResponse").ok().and_then(|reader| reader.peek());
        if first == Some(Tag::SEQUENCE) {
            Self::new(EvidenceKind::Ocsp, wrap_basic(element.bytes()))
        } else {
            Self::new(EvidenceKind::Ocsp, element.bytes())
        }
    }

    /// A member of SignedData.certificates; `None` for what is not an X.509 certificate.
    pub fn certificate(choice: &CertificateChoice<'a>) -> Option<Self> {
        match choice {
            CertificateChoice::Certificate(element) => {
                Some(Self::new(EvidenceKind::Certificate, element.bytes()))
            }
            CertificateChoice::Other(_) => None,
        }
    }

    /// A member of SignedData.crls; `None` for a format that keiin does not know.
    pub fn revocation(choice: &RevocationChoice<'a>) -> Option<Self> {
        match choice {
            RevocationChoice::Crl(element) => Some(Self::new(EvidenceKind::Crl, element.bytes())),
            RevocationChoice::OcspResponse { response, .. }
            | RevocationChoice::BasicOcspResponse { response, .. } => Some(Self::ocsp(response)),
            RevocationChoice::Other(_) => None,
        }
    }

    /// Adds the object to the evidence.
    pub fn insert(&self, place: &'static str, evidence: &mut Evidence) {
        let origin = Origin::Embedded { place: Cow::Borrowed(place) };
        evidence.insert(self.id, self.kind, Bytes::from(self.bytes.as_ref()), origin);
    }
}

/// The X.509 certificates in SignedData.certificates, as they stand.
pub fn certificates<'a>(signed: &SignedData<'a>) -> impl Iterator<Item = &'a [u8]> {
    signed.certificates.iter().filter_map(|choice| match choice {
        CertificateChoice::Certificate(element) => Some(element.bytes()),
        CertificateChoice::Other(_) => None,
    })
}

/// What SignedData.certificates and SignedData.crls hold.
pub fn signed_data<'a>(signed: &SignedData<'a>) -> (Vec<FoundObject<'a>>, Vec<FoundObject<'a>>) {
    let certificates = signed.certificates.iter().filter_map(FoundObject::certificate).collect();
    let revocations = signed.crls.iter().filter_map(FoundObject::revocation).collect();
    (certificates, revocations)
}

/// The certificates in a certificate-values value (EN 319 122-1, A.1.3).
///
/// # Errors
/// [`DerError`] when it is not a sequence.
pub fn certificate_values<'a>(value: &Element<'a>) -> Result<Vec<FoundObject<'a>>, DerError> {
    let list = value.reader("certificate-values")?.all(MAX_VALUES, "certificate-values")?;
    Ok(list.iter().map(|e| FoundObject::new(EvidenceKind::Certificate, e.bytes())).collect())
}

/// The CRLs and OCSP responses in a revocation-values value (EN 319 122-1, A.1.4).
///
/// # Errors
/// [`DerError`] when a part is not a sequence.
pub fn revocation_values<'a>(value: &Element<'a>) -> Result<Vec<FoundObject<'a>>, DerError> {
    lists(value, "revocation-values")
}

/// The CRLs and OCSP responses in an adbe-revocationInfoArchival value (ISO 32000-1, 12.8.3.3.2).
///
/// # Errors
/// [`DerError`] when a part is not a sequence.
pub fn revocation_info_archival<'a>(value: &Element<'a>) -> Result<Vec<FoundObject<'a>>, DerError> {
    lists(value, "adbe-revocationInfoArchival")
}

/// `[0]` a list of CRLs, `[1]` a list of OCSP responses in some form, `[2]` something else.
fn lists<'a>(value: &Element<'a>, object: &'static str) -> Result<Vec<FoundObject<'a>>, DerError> {
    let mut found = Vec::new();
    for part in value.reader(object)?.all(3, object)? {
        if part.tag() == Tag::context(0) {
            let crls = part.explicit(object)?.reader(object)?.all(MAX_VALUES, object)?;
            found.extend(crls.iter().map(|e| FoundObject::new(EvidenceKind::Crl, e.bytes())));
        } else if part.tag() == Tag::context(1) {
            let ocsps = part.explicit(object)?.reader(object)?.all(MAX_VALUES, object)?;
            found.extend(ocsps.iter().map(FoundObject::ocsp));
        }
    }
    Ok(found)
}

/// What a signer's unsigned certificate-values and revocation-values hold, and its signed adbe-revocationInfoArchival. An
/// attribute that cannot be read gives nothing and its name in the second part.
pub fn attributes<'a>(info: &SignerInfo<'a>) -> (Vec<FoundObject<'a>>, Vec<&'static str>) {
    let (mut found, mut unreadable) = (Vec::new(), Vec::new());
    for attribute in info.unsigned.iter().chain(&info.signed) {
        let (read, name): (fn(&Element<'a>) -> _, _) = match attribute.kind {
            oid::CERTIFICATE_VALUES => (certificate_values, "certificate-values"),
            oid::REVOCATION_VALUES => (revocation_values, "revocation-values"),
            oid::REVOCATION_INFO_ARCHIVAL => (revocation_info_archival, "adbe-revocationInfoArchival"),
            _ => continue,
        };
        for value in &attribute.values {
            match read(value) {
                Ok(objects) => found.extend(objects),
                Err(_) => unreadable.push(name),
            }
        }
    }
    (found, unreadable)
}
