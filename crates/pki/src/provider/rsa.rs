// SPDX-License-Identifier: Apache-2.0 OR MIT
//! RSA in Rust alone: any digest, any salt, 512 to 16384 bits.

use keiin_model::SignatureAlgorithm;
use rsa::{BoxedUint, RsaPublicKey, hazmat::rsa_encrypt};

use super::{Answer, emsa};
use crate::key::RsaKey;

/// Bits of modulus that are computed with. Below lies nothing that was ever used to sign; above, only an attack on the
/// verifier's time.
const BITS: std::ops::RangeInclusive<usize> = 512..=16384;

/// Octets of exponent that are computed with: 2^16 + 1 is the largest in use, and time grows with each bit.
const EXPONENT_OCTETS: usize = 4;

pub(super) fn check(
    key: &RsaKey,
    modulus_bits: u32,
    algorithm: SignatureAlgorithm,
    digest: &[u8],
    value: &[u8],
) -> Answer {
    let in_limits = usize::try_from(modulus_bits).is_ok_and(|bits| BITS.contains(&bits));
    if !in_limits || key.exponent().len() > EXPONENT_OCTETS {
        return Answer::NotOffered;
    }
    // RFC 8017, 8.1.2 and 8.2.2, step 1, and 5.2.2, step 1: as many octets as the modulus, and a smaller number.
    let modulus = key.modulus();
    if value.len() != modulus.len() || value >= modulus {
        return Answer::Wrong;
    }
    let Some(opened) = open(key, value) else { return Answer::BadKey };
    match algorithm {
        SignatureAlgorithm::RsaPkcs1 { digest: named } => emsa::check_pkcs1(&opened, named, digest).into(),
        SignatureAlgorithm::RsaPss { digest: named, mgf, salt } => usize::try_from(salt)
            .ok()
            .and_then(|salt| emsa::check_pss(&opened, modulus_bits, (named, mgf), salt, digest))
            .unwrap_or(false)
            .into(),
        _ => Answer::NotOffered,
    }
}

/// RSAVP1 (RFC 8017, 5.2.2), in as many octets as the modulus; `None` when the key is impossible.
fn open(key: &RsaKey, value: &[u8]) -> Option<Vec<u8>> {
    let modulus = key.modulus();
    let width = u32::try_from(modulus.len()).ok()? * 8;
    let number = |octets: &[u8]| BoxedUint::from_be_slice(octets, width).ok();
    let exponent = BoxedUint::from_be_slice_vartime(key.exponent());
    let public = RsaPublicKey::new_with_size_limits(number(modulus)?, exponent, BITS).ok()?;
    let opened = rsa_encrypt(&public, &number(value)?).ok()?.to_be_bytes();
    let start = opened.len().checked_sub(modulus.len())?;
    opened.get(start..).map(<[u8]>::to_vec)
}
