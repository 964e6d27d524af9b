// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What is computed in Rust alone.

use keiin_model::{KeyAlgorithm, SignatureAlgorithm};

use super::{Answer, Input, dsa, ec, rsa};
use crate::key::{Material, PublicKey};

pub(super) fn check(
    key: &PublicKey,
    algorithm: SignatureAlgorithm,
    input: Input<'_>,
    value: &[u8],
) -> Answer {
    match (&key.material, key.algorithm(), input) {
        (Material::Rsa(key), KeyAlgorithm::Rsa { bits }, Input::Digest(digest)) => {
            rsa::check(key, bits, algorithm, digest, value)
        }
        (Material::Ec(point), KeyAlgorithm::Ec { curve }, Input::Digest(digest)) => {
            ec::check(point, curve, digest, value)
        }
        (Material::Dsa { parameters: Some(parameters), y }, _, Input::Digest(digest)) => {
            dsa::check(parameters, y, digest, value)
        }
        #[cfg(feature = "pure-rust")]
        (Material::Ed25519(point), _, Input::Message(message)) => check_ed25519(point, message, value),
        _ => Answer::NotOffered,
    }
}

/// RFC 8032, 5.1.7, without the cofactor: the equation that aws-lc checks too.
#[cfg(feature = "pure-rust")]
fn check_ed25519(point: &[u8; 32], message: &[u8], value: &[u8]) -> Answer {
    let Ok(key) = ed25519_dalek::VerifyingKey::from_bytes(point) else { return Answer::BadKey };
    let Ok(value) = ed25519_dalek::Signature::from_slice(value) else { return Answer::Wrong };
    signature::Verifier::verify(&key, message, &value).is_ok().into()
}
