// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What choosing a key needs to know of a certificate. Whether the certificate is any good is validate's to say.

use std::fmt;
use std::str::FromStr;

use keiin_pki::cert::Certificate;
use keiin_pki::extension::KeyUsage;
use keiin_pki::key::PublicKey;

/// The SHA-256 of a certificate's DER, written in hexadecimal with or without colons.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// The fingerprint of a certificate.
    pub fn of(der: &[u8]) -> Self {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, der);
        let mut octets = [0; 32];
        octets.copy_from_slice(digest.as_ref());
        Self(octets)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let digits: Vec<u8> = text
            .chars()
            .filter(|c| *c != ':' && *c != ' ')
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()).ok_or(FingerprintError))
            .collect::<Result<_, _>>()?;
        let octets: Vec<u8> = digits
            .chunks(2)
            .map(|pair| match pair {
                [high, low] => Ok(high << 4 | low),
                _ => Err(FingerprintError),
            })
            .collect::<Result<_, _>>()?;
        octets.try_into().map(Self).map_err(|_| FingerprintError)
    }
}

/// The text is not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FingerprintError;

impl fmt::Display for FingerprintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a SHA-256 fingerprint: 64 hexadecimal digits are needed")
    }
}

impl std::error::Error for FingerprintError {}

/// For what the certificate may be chosen by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    // subjectPublicKey is the last thing in a SubjectPublicKeyInfo (RFC 5280, 4.1), and it says its own length or has a fixed one.
    Certificate::read(der).is_ok_and(|certificate| certificate.spki.ends_with(subject_public_key))
}

/// A big-endian number without leading zeros: modules differ in whether they give them.
pub(crate) fn trimmed(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    number.get(zeros..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_reads_what_it_writes() {
        let fingerprint = Fingerprint::of(b"x");
        assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
        let colons: Vec<_> = fingerprint.0.iter().map(|o| format!("{o:02X}")).collect();
        assert_eq!(colons.join(":").parse(), Ok(fingerprint));
        assert_eq!("00".parse::<Fingerprint>(), Err(FingerprintError));
        assert_eq!("0".repeat(65).parse::<Fingerprint>(), Err(FingerprintError));
    }
}
