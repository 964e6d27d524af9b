// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Whether a fresh token's value is its signer's: enough to accept it from a TSA, not to trust it.

use keiin_pki::{
    algorithm::{read_digest_algorithm, read_signature_algorithm},
    cert::Certificate,
    cms::{CertificateChoice, SignerId, SignerInfo, oid},
    digest::digest,
    key::{PublicKey, verify},
};

use crate::{Token, TspError};

/// The signer's certificate, when it stands in the token.
pub(crate) fn certificate_of<'a>(token: &Token<'a>) -> Option<Certificate<'a>> {
    let elements = token.signed.certificates.iter().map(CertificateChoice::element);
    let mut certificates = elements.filter_map(|element| Certificate::from_element(&element).ok());
    certificates.find(|certificate| match token.signer.sid {
        SignerId::IssuerAndSerial { issuer, serial } => {
            certificate.serial == serial && certificate.issuer.matches(&issuer)
        }
        SignerId::KeyId(id) => certificate.subject_key_id == Some(id),
    })
}

/// Checks the message digest and the signature value under the certificate's key (RFC 5652, 5.4 and 5.6).
pub(crate) fn verify_value(token: &Token<'_>, certificate: &Certificate<'_>) -> Result<(), TspError> {
    let signer = &token.signer;
    let algorithm =
        read_digest_algorithm(signer.digest_algorithm.bytes()).map_err(|_| TspError::UnsupportedAlgorithm)?;
    let scheme = read_signature_algorithm(signer.signature_algorithm.bytes(), Some(algorithm))
        .map_err(|_| TspError::UnsupportedAlgorithm)?;
    if signed_digest(signer) != Some(&*digest(algorithm, &token.info.raw)) {
        return Err(TspError::WrongSignature);
    }
    let key = PublicKey::read(certificate.spki).map_err(|_| TspError::UnsupportedAlgorithm)?;
    let message = signer.signed_octets().ok_or(TspError::WrongSignature)?;
    let value = signer.signature.octets("signature")?.to_cow();
    verify(&key, &scheme, &message, &value).map(drop).map_err(|_| TspError::WrongSignature)
}

/// The message-digest attribute's value; signed attributes are mandatory as the content is no id-data (RFC 5652, 5.3).
fn signed_digest<'a>(signer: &SignerInfo<'a>) -> Option<&'a [u8]> {
    let attribute = signer.signed_of(&oid::MESSAGE_DIGEST).next()?;
    attribute.single().map(|value| value.content())
}
