// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What stands in certificates, CRLs, OCSP responses and CMS files, for people who look at them. Nothing is judged here.

use keiin_hpki::Hpki;
use keiin_pki::{
    cert::Certificate,
    cms::{Attribute, SignedData},
    crl::Crl,
    der::Element,
    extension::KeyUsage,
    key::PublicKey,
    ocsp::OcspResponse,
    profile::CertificateProfile as _,
};
use serde::Serialize;

use crate::model::{DigestAlgorithm, KeyAlgorithm, RoleReport, SignatureAlgorithm, Time};

/// A certificate, as people know it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CertificateSummary {
    /// The subject as RFC 4514 text.
    pub subject: String,
    /// The issuer as RFC 4514 text.
    pub issuer: String,
    /// The serial number, hexadecimal.
    pub serial: String,
    /// notBefore.
    pub not_before: Time,
    /// notAfter.
    pub not_after: Time,
    /// The licensed roles that it states.
    pub roles: Vec<RoleReport>,
    /// What its key is for.
    pub purpose: Purpose,
    /// SHA-256 of its octets, hexadecimal.
    pub sha256: String,
}

/// What a certificate's key is for, by basicConstraints, keyUsage and extendedKeyUsage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Signing documents: nonRepudiation, or no keyUsage at all.
    Signing,
    /// Authentication: digitalSignature without nonRepudiation.
    Authentication,
    /// Time-stamping.
    TimeStamping,
    /// A CA.
    Authority,
    /// Something else.
    Other,
}

/// id-kp-timeStamping (RFC 3161, 2.3).
const TIME_STAMPING: crate::model::Oid = crate::model::Oid::new(&[1, 3, 6, 1, 5, 5, 7, 3, 8]);

impl CertificateSummary {
    /// Reads a certificate; `None` when it is none.
    pub fn read(der: &[u8]) -> Option<Self> {
        let certificate = Certificate::read(der).ok()?;
        Some(Self {
            subject: certificate.subject.to_string(),
            issuer: certificate.issuer.to_string(),
            serial: hex(certificate.serial),
            not_before: certificate.not_before,
            not_after: certificate.not_after,
            roles: Hpki::new().roles(&certificate),
            purpose: purpose(&certificate),
            sha256: certificate.id.to_string(),
        })
    }
}

fn purpose(certificate: &Certificate<'_>) -> Purpose {
    if certificate.is_ca() {
        return Purpose::Authority;
    }
    if certificate.key_purposes.as_ref().is_some_and(|purposes| purposes.contains(&TIME_STAMPING)) {
        return Purpose::TimeStamping;
    }
    match certificate.key_usage {
        None => Purpose::Signing,
        Some(usage) if usage.contains(KeyUsage::NON_REPUDIATION) => Purpose::Signing,
        Some(usage) if usage.contains(KeyUsage::DIGITAL_SIGNATURE) => Purpose::Authentication,
        Some(_) => Purpose::Other,
    }
}

/// A certificate's subject as RFC 4514 text.
pub fn subject(der: &[u8]) -> Option<String> {
    Some(Certificate::read(der).ok()?.subject.to_string())
}

/// The licensed roles that a certificate states.
pub fn roles(der: &[u8]) -> Vec<RoleReport> {
    Certificate::read(der).map(|certificate| Hpki::new().roles(&certificate)).unwrap_or_default()
}

/// The schemes that a certificate's key can have made, the usual one first: for a key that is elsewhere.
pub fn schemes(der: &[u8]) -> Vec<SignatureAlgorithm> {
    const DIGESTS: [DigestAlgorithm; 3] =
        [DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512];
    let key = Certificate::read(der).ok().and_then(|c| PublicKey::read(c.spki).ok());
    match key.map(|key| key.algorithm()) {
        Some(KeyAlgorithm::Rsa { .. }) => {
            let pss = |digest: DigestAlgorithm| SignatureAlgorithm::RsaPss {
                digest,
                mgf: digest,
                salt: u32::try_from(digest.len()).unwrap_or(0),
            };
            let pkcs1 = DIGESTS.map(|digest| SignatureAlgorithm::RsaPkcs1 { digest });
            pkcs1.into_iter().chain(DIGESTS.map(pss)).collect()
        }
        Some(KeyAlgorithm::Ec { .. }) => DIGESTS.map(|digest| SignatureAlgorithm::Ecdsa { digest }).to_vec(),
        Some(KeyAlgorithm::Ed25519) => vec![SignatureAlgorithm::Ed25519],
        _ => Vec::new(),
    }
}

/// A CRL or OCSP response, as people know it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RevocationSummary {
    /// Who issued it: RFC 4514 text, or empty for a responder that is known by its key.
    pub issuer: String,
    /// CRLNumber, hexadecimal.
    pub number: Option<String>,
    /// thisUpdate of the CRL or of the first answer.
    pub this_update: Option<Time>,
    /// nextUpdate.
    pub next_update: Option<Time>,
    /// Certificates that a CRL lists, or that an OCSP response answers for.
    pub entries: usize,
}

impl RevocationSummary {
    /// Reads a CRL or an OCSP response; `None` when it is neither.
    pub fn read(der: &[u8]) -> Option<Self> {
        if let Ok(crl) = Crl::read(der) {
            return Some(Self {
                issuer: crl.issuer.to_string(),
                number: crl.number.map(hex),
                this_update: Some(crl.this_update),
                next_update: crl.next_update,
                entries: crl.entries().count(),
            });
        }
        let response = OcspResponse::read(der).ok()?;
        let basic = response.basic.as_ref();
        let first = basic.and_then(|basic| basic.responses.first());
        Some(Self {
            issuer: basic.and_then(|b| b.certificates.first()).and_then(|c| subject(c)).unwrap_or_default(),
            number: None,
            this_update: first.map(|answer| answer.this_update),
            next_update: first.and_then(|answer| answer.next_update),
            entries: basic.map_or(0, |basic| basic.responses.len()),
        })
    }
}

/// A piece of a CMS file, with where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// The standard's name, or an attribute's OID.
    pub name: String,
    /// Its first octet in the file.
    pub offset: usize,
    /// Its octets, tag and length included.
    pub octets: usize,
    /// Its parts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Piece>,
}

impl Piece {
    fn new(name: impl Into<String>, element: &Element<'_>, parts: Vec<Self>) -> Self {
        let range = element.range();
        Self { name: name.into(), offset: range.start, octets: range.len(), parts }
    }
}

/// The structure of a CMS SignedData; `None` when it is none.
pub fn structure(bytes: &[u8]) -> Option<Piece> {
    let signed = SignedData::read(bytes).ok()?;
    let mut parts = vec![Piece::new(
        format!("encapContentInfo {}", signed.encapsulated.kind),
        &signed.encapsulated.element,
        Vec::new(),
    )];
    if let Some(field) = &signed.certificates_field {
        let each = signed.certificates.iter().map(|c| Piece::new("certificate", &c.element(), Vec::new()));
        parts.push(Piece::new("certificates", field, each.collect()));
    }
    if let Some(field) = &signed.crls_field {
        let each = signed.crls.iter().map(|c| Piece::new("revocation info", &c.element(), Vec::new()));
        parts.push(Piece::new("crls", field, each.collect()));
    }
    for signer in &signed.signer_infos {
        let mut own = Vec::new();
        if let Some(field) = &signer.signed_field {
            own.push(Piece::new("signedAttrs", field, attributes(&signer.signed)));
        }
        own.push(Piece::new("signature", &signer.signature, Vec::new()));
        if let Some(field) = &signer.unsigned_field {
            own.push(Piece::new("unsignedAttrs", field, attributes(&signer.unsigned)));
        }
        parts.push(Piece::new("SignerInfo", &signer.element, own));
    }
    Some(Piece::new("SignedData", &signed.content_info, parts))
}

fn attributes(attributes: &[Attribute<'_>]) -> Vec<Piece> {
    attributes.iter().map(|a| Piece::new(a.kind.to_string(), &a.element, Vec::new())).collect()
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
