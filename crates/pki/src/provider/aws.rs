// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What aws-lc-rs computes.

use aws_lc_rs::digest::{self as aws_digest, Digest};
use aws_lc_rs::signature::{self as aws, RsaParameters, RsaPssSaltLength, VerificationAlgorithm};
use keiin_model::{Curve, DigestAlgorithm, KeyAlgorithm, SignatureAlgorithm};

use super::{Answer, Input, ec};
use crate::key::{Material, PublicKey, RsaKey};

pub(super) fn check(
    key: &PublicKey,
    algorithm: SignatureAlgorithm,
    input: Input<'_>,
    value: &[u8],
) -> Answer {
    match (&key.material, key.algorithm(), input) {
        (Material::Rsa(rsa), KeyAlgorithm::Rsa { bits }, Input::Digest(digest)) => {
            check_rsa(rsa, bits, algorithm, digest, value)
        }
        (Material::Ec(point), KeyAlgorithm::Ec { curve }, Input::Digest(digest)) => {
            check_ecdsa(point, curve, digest, value)
        }
        (Material::Ed25519(point), _, Input::Message(message)) => {
            aws::ED25519.verify_sig(point, message, value).is_ok().into()
        }
        _ => Answer::NotOffered,
    }
}

fn check_rsa(key: &RsaKey, bits: u32, algorithm: SignatureAlgorithm, digest: &[u8], value: &[u8]) -> Answer {
    let offered = match algorithm {
        SignatureAlgorithm::RsaPkcs1 { digest } => pkcs1(digest).map(|(p, d)| (Salted::Fixed(p), d)),
        SignatureAlgorithm::RsaPss { digest, mgf, salt } if digest == mgf => {
            pss(digest, salt).map(|(p, d)| (Salted::Made(p), d))
        }
        _ => None,
    };
    let Some((parameters, named)) = offered else { return Answer::NotOffered };
    let parameters = parameters.as_ref();
    if !(parameters.min_modulus_len()..=parameters.max_modulus_len()).contains(&bits) {
        return Answer::NotOffered;
    }
    let answer = check_with(parameters, &key.der, digest, named, value);
    confirm(answer, &aws::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, &key.der)
}

/// The parameters of PKCS #1 v1.5 are constants of aws-lc-rs; those of PSS are made for their salt.
enum Salted {
    Fixed(&'static RsaParameters),
    Made(RsaParameters),
}

impl Salted {
    const fn as_ref(&self) -> &RsaParameters {
        match self {
            Self::Fixed(parameters) => parameters,
            Self::Made(parameters) => parameters,
        }
    }
}

fn pkcs1(digest: DigestAlgorithm) -> Option<(&'static RsaParameters, &'static aws_digest::Algorithm)> {
    Some(match digest {
        DigestAlgorithm::Sha1 => {
            (&aws::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, &aws_digest::SHA1_FOR_LEGACY_USE_ONLY)
        }
        DigestAlgorithm::Sha256 => {
            (&aws::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, &aws_digest::SHA256)
        }
        DigestAlgorithm::Sha384 => (&aws::RSA_PKCS1_2048_8192_SHA384, &aws_digest::SHA384),
        DigestAlgorithm::Sha512 => {
            (&aws::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY, &aws_digest::SHA512)
        }
        _ => return None,
    })
}

fn pss(digest: DigestAlgorithm, salt: u32) -> Option<(RsaParameters, &'static aws_digest::Algorithm)> {
    let salt = RsaPssSaltLength::Custom(u16::try_from(salt).ok()?);
    Some(match digest {
        DigestAlgorithm::Sha256 => {
            (aws::RSA_PSS_2048_8192_SHA256.with_pss_salt_length(salt), &aws_digest::SHA256)
        }
        DigestAlgorithm::Sha384 => {
            (aws::RSA_PSS_2048_8192_SHA384.with_pss_salt_length(salt), &aws_digest::SHA384)
        }
        DigestAlgorithm::Sha512 => {
            (aws::RSA_PSS_2048_8192_SHA512.with_pss_salt_length(salt), &aws_digest::SHA512)
        }
        _ => return None,
    })
}

/// ECDSA signs a number, whatever digest it came from (FIPS 186-5, 6.4.2): the digest's number in as many octets as
/// SHA-256, 384 or 512 makes lets one algorithm a curve serve every digest.
fn check_ecdsa(point: &[u8], curve: Curve, digest: &[u8], value: &[u8]) -> Answer {
    let (algorithm, named) = match curve {
        Curve::P256 => (&aws::ECDSA_P256_SHA256_ASN1, &aws_digest::SHA256),
        Curve::P384 => (&aws::ECDSA_P384_SHA384_ASN1, &aws_digest::SHA384),
        Curve::P521 => (&aws::ECDSA_P521_SHA512_ASN1, &aws_digest::SHA512),
        _ => return Answer::NotOffered,
    };
    let mut number = [0; ec::WIDEST];
    let Some(number) = ec::message_number(digest, &mut number, named.output_len()) else {
        return Answer::NotOffered;
    };
    confirm(check_with(algorithm, point, number, named, value), algorithm, point)
}

fn check_with(
    algorithm: &dyn VerificationAlgorithm,
    key: &[u8],
    digest: &[u8],
    named: &'static aws_digest::Algorithm,
    value: &[u8],
) -> Answer {
    let Ok(digest) = Digest::import_less_safe(digest, named) else { return Answer::NotOffered };
    algorithm.verify_digest_sig(key, &digest, value).is_ok().into()
}

/// aws-lc-rs gives no reason; whether it was the key's fault is asked only when something was refused.
fn confirm(answer: Answer, algorithm: &'static dyn VerificationAlgorithm, key: &[u8]) -> Answer {
    let bad_key = answer == Answer::Wrong && aws::ParsedPublicKey::new(algorithm, key).is_err();
    if bad_key { Answer::BadKey } else { answer }
}
