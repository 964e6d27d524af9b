// SPDX-License-Identifier: Apache-2.0 OR MIT
//! signing-certificate attributes: ESSCertID (RFC 2634, 5.4) and ESSCertIDv2 (RFC 5035, 4).

use keiin_model::{CertificateReference, DigestAlgorithm};
use keiin_pki::{
    algorithm::{AlgorithmError, read_digest_algorithm},
    der::{DerError, DerErrorKind, Element, Tag},
    name::GeneralName,
};

/// References in one attribute. The whole path of a signer has a handful.
const MAX_REFERENCES: usize = 1_000;

/// Which of the two attributes a value is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// signing-certificate: digests are SHA-1.
    V1,
    /// signing-certificate-v2: each digest names its algorithm, SHA-256 where it does not.
    V2,
}

/// Reads the references in a SigningCertificate or SigningCertificateV2, in order; the first is the signer's.
///
/// An issuerSerial that cannot be read is left out: some real signers write one that is not GeneralNames, and the digest
/// alone names the certificate.
///
/// # Errors
/// [`DerError`] when the value or a digest in it cannot be read.
pub fn read_signing_certificate(
    value: &Element<'_>,
    version: Version,
) -> Result<Vec<CertificateReference>, DerError> {
    let mut reader = value.reader("SigningCertificate")?;
    let certs = reader.expect(Tag::SEQUENCE, "certs")?.reader("certs")?.all(MAX_REFERENCES, "certs")?;
    certs.iter().map(|cert| read_reference(cert, version)).collect()
}

fn read_reference(element: &Element<'_>, version: Version) -> Result<CertificateReference, DerError> {
    let mut reader = element.reader("ESSCertID")?;
    let algorithm = match version {
        Version::V1 => Some(DigestAlgorithm::Sha1),
        Version::V2 => match reader.optional(Tag::SEQUENCE, "hashAlgorithm")? {
            None => Some(DigestAlgorithm::Sha256),
            Some(element) => match read_digest_algorithm(element.bytes()) {
                Ok(algorithm) => Some(algorithm),
                Err(AlgorithmError::UnsupportedDigest { .. }) => None,
                Err(_) => return Err(element.error("hashAlgorithm", DerErrorKind::Value)),
            },
        },
    };
    let digest = reader.expect(Tag::OCTET_STRING, "certHash")?.octets("certHash")?.to_cow().as_ref().into();
    let issuer_serial = reader.optional(Tag::SEQUENCE, "issuerSerial").ok().flatten();
    let (issuer, serial) = issuer_serial.and_then(|e| read_issuer_serial(&e).ok()).unzip();
    Ok(CertificateReference {
        algorithm,
        digest,
        issuer: issuer.flatten().map(Into::into),
        serial: serial.map(Into::into),
    })
}

/// IssuerSerial: the directoryName among the GeneralNames, and the serial number's content octets.
///
/// # Errors
/// [`DerError`] when it is not an IssuerSerial.
pub fn read_issuer_serial<'a>(element: &Element<'a>) -> Result<(Option<&'a [u8]>, &'a [u8]), DerError> {
    let mut reader = element.reader("issuerSerial")?;
    let mut names = reader.expect(Tag::SEQUENCE, "issuer")?.reader("issuer")?;
    let serial = reader.expect(Tag::INTEGER, "serialNumber")?.integer("serialNumber")?;
    let issuer = GeneralName::all(&mut names)?.into_iter().find_map(|name| match name {
        GeneralName::Directory(name) => Some(name.as_bytes()),
        _ => None,
    });
    Ok((issuer, serial))
}
