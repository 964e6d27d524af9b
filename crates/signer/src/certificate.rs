// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What choosing a key needs to know of a certificate. Whether the certificate is any good is validate's to say.

use std::fmt;
use std::str::FromStr;

use keiin_model::Curve;
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};

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

/// The public key, as far as a private key is found and used by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PublicKey {
    Rsa { modulus: Vec<u8> },
    Ec { curve: Curve, point: Vec<u8> },
    Ed25519(Vec<u8>),
    Other,
}

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
    /// The octets of subjectPublicKey.
    pub(crate) key_octets: Vec<u8>,
}

/// Reads a certificate; `None` when it is none.
pub(crate) fn read(der: &[u8]) -> Option<CertificateFacts> {
    let certificate = x509_cert::Certificate::from_der(der).ok()?;
    let tbs = certificate.tbs_certificate();
    let ca = tbs.get_extension::<BasicConstraints>().ok()?.is_some_and(|(_, basic)| basic.ca);
    let usage = tbs.get_extension::<KeyUsage>().ok()?.map(|(_, usage)| usage);
    let usage = match usage {
        _ if ca => Use::NoSignature,
        None => Use::Unlimited,
        Some(usage) if usage.non_repudiation() => Use::Documents,
        Some(usage) if usage.digital_signature() => Use::Authentication,
        Some(_) => Use::NoSignature,
    };
    let spki = tbs.subject_public_key_info();
    let key_octets = spki.subject_public_key.raw_bytes().to_vec();
    let parameters = spki.algorithm.parameters.as_ref().and_then(|p| p.to_der().ok());
    let key = match spki.algorithm.oid.to_string().as_str() {
        "1.2.840.113549.1.1.1" => PublicKey::Rsa { modulus: rsa_modulus(&key_octets)? },
        "1.2.840.10045.2.1" => match parameters.as_deref().and_then(curve) {
            Some(curve) => PublicKey::Ec { curve, point: key_octets.clone() },
            None => PublicKey::Other,
        },
        "1.3.101.112" => PublicKey::Ed25519(key_octets.clone()),
        _ => PublicKey::Other,
    };
    Some(CertificateFacts { key, usage, subject: tbs.subject().to_string(), key_octets })
}

fn rsa_modulus(key: &[u8]) -> Option<Vec<u8>> {
    let modulus = pkcs8::der::asn1::UintRef::from_der(sequence_content(key)?.0).ok()?;
    Some(modulus.as_bytes().to_vec())
}

/// The first element of a SEQUENCE and what follows it.
fn sequence_content(der: &[u8]) -> Option<(&[u8], &[u8])> {
    use x509_cert::der::{Header, Reader, SliceReader};
    let mut outer = SliceReader::new(der).ok()?;
    Header::decode(&mut outer).ok()?;
    let first = outer.tlv_bytes().ok()?;
    let rest = outer.read_slice(outer.remaining_len()).ok()?;
    Some((first, rest))
}

fn curve(parameters: &[u8]) -> Option<Curve> {
    let oid: x509_cert::der::asn1::ObjectIdentifier = Decode::from_der(parameters).ok()?;
    match oid.to_string().as_str() {
        "1.2.840.10045.3.1.7" => Some(Curve::P256),
        "1.3.132.0.34" => Some(Curve::P384),
        "1.3.132.0.35" => Some(Curve::P521),
        _ => None,
    }
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
