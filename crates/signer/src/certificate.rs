// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What choosing a key needs to know of a certificate. Whether the certificate is any good is validate's to
//! say.

use keiin_model::ObjectId;
use keiin_pki::cert::Certificate;
use keiin_pki::extension::KeyUsage;
use keiin_pki::key::PublicKey;

/// The SHA-256 of a certificate's DER: how people and programs name one.
pub(crate) fn fingerprint(der: &[u8]) -> ObjectId {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, der);
    let mut octets = [0; 32];
    octets.copy_from_slice(digest.as_ref());
    ObjectId::from_sha256(octets)
}

/// For what the certificate may be chosen by itself, the better one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    /// nonRepudiation is set: it was made for signing documents.
    Documents,
    /// It has no keyUsage, so it is not limited.
    Unlimited,
    /// digitalSignature without nonRepudiation: authentication cards look like this.
    Authentication,
    /// A CA, or a key that may not sign.
    NoSignature,
}

pub(crate) struct CertificateFacts {
    pub(crate) key: PublicKey,
    pub(crate) usage: Use,
    pub(crate) subject: String,
}

/// Reads a certificate; `None` when it is none.
pub(crate) fn read(der: &[u8]) -> Option<CertificateFacts> {
    let certificate = Certificate::read(der).ok()?;
    let usage = match certificate.key_usage {
        _ if certificate.is_ca() => Use::NoSignature,
        None => Use::Unlimited,
        Some(usage) if usage.contains(KeyUsage::NON_REPUDIATION) => Use::Documents,
        Some(usage) if usage.contains(KeyUsage::DIGITAL_SIGNATURE) => Use::Authentication,
        Some(_) => Use::NoSignature,
    };
    let key = PublicKey::read(certificate.spki).ok()?;
    Some(CertificateFacts { key, usage, subject: certificate.subject.to_string() })
}

/// Whether the certificate is for that public key, given as the octets of subjectPublicKey.
pub(crate) fn is_for(der: &[u8], subject_public_key: &[u8]) -> bool {
    // subjectPublicKey is the last thing in a SubjectPublicKeyInfo (RFC 5280, 4.1), and it says its own length
    // or has a fixed one.
    Certificate::read(der).is_ok_and(|certificate| certificate.spki.ends_with(subject_public_key))
}

/// A big-endian number without leading zeros: modules differ in whether they give them.
pub(crate) fn trimmed(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    number.get(zeros..).unwrap_or_default()
}
