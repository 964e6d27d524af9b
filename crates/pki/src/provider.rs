// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Signature values checked: which provider computes what, and the evidence that comes of it.

use keiin_model::{DigestAlgorithm, KeyAlgorithm, SignatureAlgorithm};

use crate::der::write;
use crate::digest::digest;
use crate::key::{Material, PublicKey, RsaUse};

#[cfg(feature = "aws-lc")]
mod aws;
mod dsa;
mod ec;
mod emsa;
mod pure;
mod rsa;

/// Who computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Provider {
    /// aws-lc-rs alone: RSA with the digests and sizes that it offers, the NIST curves, Ed25519.
    #[cfg(feature = "aws-lc")]
    AwsLc,
    /// Rust alone: RSA, DSA and brainpool always; the NIST curves and Ed25519 with the feature `pure-rust`.
    Pure,
}

/// That a key made a signature value over a message. Only [`verify`] and its siblings make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifiedSignature {
    algorithm: SignatureAlgorithm,
    key: KeyAlgorithm,
}

impl VerifiedSignature {
    /// The scheme that was verified.
    pub const fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The kind and size of the key.
    pub const fn key_algorithm(&self) -> KeyAlgorithm {
        self.key
    }
}

/// Why a signature value was not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The key did not make this value over this message; a value that is not even well-formed counts as such.
    #[error("the signature value is not of this message and key")]
    WrongValue,
    /// The scheme is not one of this kind of key, or the key's own parameters forbid it (RFC 4055, 3.3).
    #[error("{algorithm} is not a signature scheme of this key")]
    Mismatch {
        /// The scheme.
        algorithm: SignatureAlgorithm,
    },
    /// keiin, as built, cannot compute this scheme.
    #[error("signature algorithm {algorithm} is not supported")]
    UnsupportedAlgorithm {
        /// The scheme.
        algorithm: SignatureAlgorithm,
    },
    /// keiin, as built, cannot compute with this kind, curve or size of key.
    #[error("{key} keys are not supported")]
    UnsupportedKey {
        /// The key's kind.
        key: KeyAlgorithm,
    },
    /// The key's numbers are impossible: a point off its curve, an even modulus, y out of range.
    #[error("malformed {key} key")]
    MalformedKey {
        /// The key's kind.
        key: KeyAlgorithm,
    },
    /// A DSA key has no parameters: see [`PublicKey::with_inherited_parameters`].
    #[error("the DSA key has no parameters")]
    ParametersMissing,
    /// EdDSA signs the message itself, of which only a digest was given.
    #[error("{algorithm} needs the message, not its digest")]
    MessageNeeded {
        /// The scheme.
        algorithm: SignatureAlgorithm,
    },
    /// The caller's digest is not as long as the scheme's digest algorithm makes it.
    #[error("a {algorithm} digest of {octets} octets")]
    DigestLength {
        /// The digest algorithm.
        algorithm: DigestAlgorithm,
        /// The octets that were given.
        octets: usize,
    },
}

/// What one provider says. Not evidence: that is made in one place, below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Right,
    Wrong,
    /// The key's numbers are impossible.
    BadKey,
    /// This provider does not compute this combination.
    NotOffered,
}

impl From<bool> for Answer {
    fn from(right: bool) -> Self {
        if right { Self::Right } else { Self::Wrong }
    }
}

/// What was signed, in the form that the scheme takes it.
#[derive(Clone, Copy)]
enum Input<'a> {
    Digest(&'a [u8]),
    #[cfg_attr(not(any(feature = "aws-lc", feature = "pure-rust")), allow(dead_code))] // EdDSA is theirs
    Message(&'a [u8]),
}

/// Verifies a signature value over a message that is at hand.
///
/// # Errors
/// [`SignatureError::WrongValue`] when the value is not of this message and key; the others say why nothing was
/// computed.
pub fn verify(
    key: &PublicKey,
    algorithm: &SignatureAlgorithm,
    message: &[u8],
    value: &[u8],
) -> Result<VerifiedSignature, SignatureError> {
    with_message(key, *algorithm, message, |input| ask_all(key, *algorithm, input, value))
}

/// Verifies a signature value over a message known by its digest under the scheme's digest algorithm.
///
/// # Errors
/// As [`verify`]; also [`SignatureError::MessageNeeded`] for EdDSA and [`SignatureError::DigestLength`].
pub fn verify_digest(
    key: &PublicKey,
    algorithm: &SignatureAlgorithm,
    digest: &[u8],
    value: &[u8],
) -> Result<VerifiedSignature, SignatureError> {
    with_digest(key, *algorithm, digest, |input| ask_all(key, *algorithm, input, value))
}

impl Provider {
    /// As [`verify`], by this provider alone: for comparing providers.
    ///
    /// # Errors
    /// As [`verify`]; what this provider does not offer is unsupported.
    pub fn verify(
        self,
        key: &PublicKey,
        algorithm: &SignatureAlgorithm,
        message: &[u8],
        value: &[u8],
    ) -> Result<VerifiedSignature, SignatureError> {
        with_message(key, *algorithm, message, |input| self.ask(key, *algorithm, input, value))
    }

    fn ask(self, key: &PublicKey, algorithm: SignatureAlgorithm, input: Input<'_>, value: &[u8]) -> Answer {
        match self {
            #[cfg(feature = "aws-lc")]
            Self::AwsLc => aws::check(key, algorithm, input, value),
            Self::Pure => pure::check(key, algorithm, input, value),
        }
    }
}

/// aws-lc first. RSASSA-PKCS1-v1_5 that it refuses is asked again, because it takes a DigestInfo only with NULL
/// parameters, and some signers leave them out; elsewhere its word is final.
fn ask_all(key: &PublicKey, algorithm: SignatureAlgorithm, input: Input<'_>, value: &[u8]) -> Answer {
    if let SignatureAlgorithm::EcdsaPlain { digest } = algorithm {
        let Some(value) = ecdsa_value(key, value) else { return Answer::Wrong };
        return ask_all(key, SignatureAlgorithm::Ecdsa { digest }, input, &value);
    }
    #[cfg(feature = "aws-lc")]
    {
        let first = Provider::AwsLc.ask(key, algorithm, input, value);
        let again = first == Answer::NotOffered
            || (first == Answer::Wrong && matches!(algorithm, SignatureAlgorithm::RsaPkcs1 { .. }));
        if !again {
            return first;
        }
    }
    Provider::Pure.ask(key, algorithm, input, value)
}

/// The Ecdsa-Sig-Value of r and s that stand one after the other, each as long as the order (BSI TR-03111, 5.2.1).
fn ecdsa_value(key: &PublicKey, plain: &[u8]) -> Option<Vec<u8>> {
    let KeyAlgorithm::Ec { curve } = key.algorithm() else { return None };
    let len = usize::try_from(curve.bits().div_ceil(8)).ok()?;
    let (r, s) = plain.split_at_checked(len)?;
    (s.len() == len).then(|| write::sequence(&[write::unsigned_octets(r), write::unsigned_octets(s)]))
}

fn with_message(
    key: &PublicKey,
    algorithm: SignatureAlgorithm,
    message: &[u8],
    ask: impl FnOnce(Input<'_>) -> Answer,
) -> Result<VerifiedSignature, SignatureError> {
    check_pair(key, algorithm)?;
    let answer = match algorithm.digest() {
        Some(named) => ask(Input::Digest(&digest(named, message))),
        None => ask(Input::Message(message)),
    };
    conclude(key, algorithm, answer)
}

fn with_digest(
    key: &PublicKey,
    algorithm: SignatureAlgorithm,
    digest: &[u8],
    ask: impl FnOnce(Input<'_>) -> Answer,
) -> Result<VerifiedSignature, SignatureError> {
    check_pair(key, algorithm)?;
    let named = algorithm.digest().ok_or(SignatureError::MessageNeeded { algorithm })?;
    if digest.len() != named.len() {
        return Err(SignatureError::DigestLength { algorithm: named, octets: digest.len() });
    }
    conclude(key, algorithm, ask(Input::Digest(digest)))
}

/// The scheme is one of the key's, before anything is computed.
fn check_pair(key: &PublicKey, algorithm: SignatureAlgorithm) -> Result<(), SignatureError> {
    use SignatureAlgorithm as Scheme;
    let allowed = match (algorithm, key.algorithm()) {
        (Scheme::Other { .. } | Scheme::Ed448, _) => {
            return Err(SignatureError::UnsupportedAlgorithm { algorithm });
        }
        (_, key @ (KeyAlgorithm::Other { .. } | KeyAlgorithm::Ed448)) => {
            return Err(SignatureError::UnsupportedKey { key });
        }
        (Scheme::RsaPkcs1 { .. }, KeyAlgorithm::Rsa { .. }) => {
            key.rsa().is_some_and(|rsa| rsa.use_of == RsaUse::Any)
        }
        (Scheme::RsaPss { .. }, KeyAlgorithm::Rsa { .. }) => {
            key.rsa().is_some_and(|rsa| pss_allowed(rsa.use_of, algorithm))
        }
        (Scheme::Dsa { .. }, KeyAlgorithm::Dsa { .. }) => {
            if key.inherits_parameters() {
                return Err(SignatureError::ParametersMissing);
            }
            true
        }
        (Scheme::Ecdsa { .. } | Scheme::EcdsaPlain { .. }, KeyAlgorithm::Ec { .. })
        | (Scheme::Ed25519, KeyAlgorithm::Ed25519) => true,
        _ => false,
    };
    if allowed { Ok(()) } else { Err(SignatureError::Mismatch { algorithm }) }
}

/// RFC 4055, 3.3: a restricted key's digest and mask function are those of the signature, its salt the least.
fn pss_allowed(use_of: RsaUse, algorithm: SignatureAlgorithm) -> bool {
    match (use_of, algorithm) {
        (RsaUse::Any | RsaUse::Pss, _) => true,
        (RsaUse::PssWith(key), SignatureAlgorithm::RsaPss { digest, mgf, salt }) => {
            key.digest == digest && key.mgf == mgf && salt >= key.salt
        }
        _ => false,
    }
}

/// The one place where evidence is made.
fn conclude(
    key: &PublicKey,
    algorithm: SignatureAlgorithm,
    answer: Answer,
) -> Result<VerifiedSignature, SignatureError> {
    let key_algorithm = key.algorithm();
    match answer {
        Answer::Right => Ok(VerifiedSignature { algorithm, key: key_algorithm }),
        Answer::Wrong => Err(SignatureError::WrongValue),
        Answer::BadKey => Err(SignatureError::MalformedKey { key: key_algorithm }),
        Answer::NotOffered if matches!(key.material, Material::Ed25519(_)) => {
            Err(SignatureError::UnsupportedAlgorithm { algorithm })
        }
        Answer::NotOffered => Err(SignatureError::UnsupportedKey { key: key_algorithm }),
    }
}
