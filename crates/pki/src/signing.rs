// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a new signature asks of its signer, whatever its format: a scheme that is good for new signatures, a certificate
//! that is valid now and whose key can sign so, and in the end a value that is by that key.

use keiin_model::{
    CertificateValidity, DigestAlgorithm, KeyAlgorithm, SignatureAlgorithm, SigningIntent, Time, is_for_new,
    message_digest_of,
};

use crate::{
    cert::Certificate,
    der::DerError,
    key::{KeyError, PublicKey, SignatureError, verify},
};

/// Why a signer does not sign so.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SigningError {
    /// The scheme is too weak for new signatures or has no name in the format.
    #[error("{algorithm} is not for new signatures")]
    NotForSigning {
        /// The scheme.
        algorithm: SignatureAlgorithm,
    },
    /// The certificate's key is of another kind than the scheme.
    #[error("the certificate's key cannot sign by {algorithm}")]
    KeyMismatch {
        /// The scheme.
        algorithm: SignatureAlgorithm,
    },
    /// The signer's certificate, or one that goes into the signature with it, cannot be read.
    #[error("a certificate of the signer cannot be read: {0}")]
    Certificate(#[source] DerError),
    /// The certificate's key cannot be read.
    #[error("the signer's certificate: {0}")]
    Key(#[source] KeyError),
    /// The certificate is not valid at the time of signing.
    #[error("the signer's certificate is valid from {not_before} to {not_after}, not at {at}")]
    OutsideValidity {
        /// notBefore.
        not_before: Time,
        /// notAfter.
        not_after: Time,
        /// The time of signing.
        at: Time,
    },
    /// The signature value is not by the key of the signer's certificate over what was prepared.
    #[error("the signature value is not the signer's: {0}")]
    WrongValue(#[source] Box<SignatureError>),
}

/// Reads the certificate (DER) of somebody who is to sign by `intent` at a time, and gives the digest that the signed
/// data takes. `chain` are others that go into the file: what is put in must be readable.
///
/// # Errors
/// [`SigningError`] by what does not fit.
pub fn read_signer<'a, C: AsRef<[u8]>>(
    certificate: &'a [u8],
    chain: &[C],
    intent: &SigningIntent,
    at: Time,
) -> Result<(Certificate<'a>, DigestAlgorithm), SigningError> {
    let algorithm = intent.algorithm;
    let digest = message_digest_of(algorithm)
        .filter(|digest| is_for_new(*digest))
        .ok_or(SigningError::NotForSigning { algorithm })?;
    let certificate = Certificate::read(certificate).map_err(SigningError::Certificate)?;
    for other in chain {
        Certificate::read(other.as_ref()).map_err(SigningError::Certificate)?;
    }
    let (not_before, not_after) = (certificate.not_before, certificate.not_after);
    if intent.validity == CertificateValidity::Required && !(not_before..=not_after).contains(&at) {
        return Err(SigningError::OutsideValidity { not_before, not_after, at });
    }
    let key = PublicKey::read(certificate.spki).map_err(SigningError::Key)?.algorithm();
    if fits(algorithm, key) {
        Ok((certificate, digest))
    } else {
        Err(SigningError::KeyMismatch { algorithm })
    }
}

/// Verifies a new signature value with the key of the signer's certificate (DER), and gives both.
///
/// # Errors
/// [`SigningError::WrongValue`] when it is not by that key over the message; [`SigningError::Certificate`] and
/// [`SigningError::Key`] when there is no such key.
pub fn verify_value<'a>(
    certificate: &'a [u8],
    algorithm: SignatureAlgorithm,
    message: &[u8],
    value: &[u8],
) -> Result<(Certificate<'a>, PublicKey), SigningError> {
    let certificate = Certificate::read(certificate).map_err(SigningError::Certificate)?;
    let key = PublicKey::read(certificate.spki).map_err(SigningError::Key)?;
    verify(&key, &algorithm, message, value).map_err(|wrong| SigningError::WrongValue(Box::new(wrong)))?;
    Ok((certificate, key))
}

const fn fits(algorithm: SignatureAlgorithm, key: KeyAlgorithm) -> bool {
    matches!(
        (algorithm, key),
        (SignatureAlgorithm::RsaPkcs1 { .. } | SignatureAlgorithm::RsaPss { .. }, KeyAlgorithm::Rsa { .. })
            | (
                SignatureAlgorithm::Ecdsa { .. } | SignatureAlgorithm::EcdsaPlain { .. },
                KeyAlgorithm::Ec { .. }
            )
            | (SignatureAlgorithm::Ed25519, KeyAlgorithm::Ed25519)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_and_keys() {
        let digest = DigestAlgorithm::Sha256;
        let rsa = KeyAlgorithm::Rsa { bits: 2048 };
        let ec = KeyAlgorithm::Ec { curve: keiin_model::Curve::P256 };
        assert!(fits(SignatureAlgorithm::RsaPkcs1 { digest }, rsa));
        assert!(!fits(SignatureAlgorithm::Ecdsa { digest }, rsa));
        assert!(fits(SignatureAlgorithm::EcdsaPlain { digest }, ec));
        assert!(!fits(SignatureAlgorithm::Ed25519, ec));
        assert!(!fits(SignatureAlgorithm::Ed25519, KeyAlgorithm::Ed448));
    }
}
