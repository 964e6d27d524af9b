// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The encodings of RFC 8017, 9, checked against the number that an RSA signature opens to.

use keiin_model::DigestAlgorithm;

use crate::algorithm::{digest_info, digest_info_without_parameters};
use crate::digest::Hasher;

/// EMSA-PKCS1-v1_5 (9.2): the whole encoded message is made and compared, once with NULL parameters in the DigestInfo
/// and once without (9.2, note 2).
pub(super) fn check_pkcs1(encoded: &[u8], algorithm: DigestAlgorithm, digest: &[u8]) -> bool {
    let Some(with_null) = digest_info(algorithm, digest) else { return false };
    is_padded(encoded, &with_null) || is_padded(encoded, &digest_info_without_parameters(algorithm, digest))
}

/// 00 01 FF..FF 00 T, eight FF or more.
fn is_padded(encoded: &[u8], info: &[u8]) -> bool {
    let Some((padding, found)) =
        encoded.len().checked_sub(info.len()).and_then(|at| encoded.split_at_checked(at))
    else {
        return false;
    };
    let [0, 1, filler @ .., 0] = padding else { return false };
    filler.len() >= 8 && filler.iter().all(|octet| *octet == 0xff) && found == info
}

/// EMSA-PSS (9.1.2) of exactly `salt` octets of salt, `modulus_bits` the bits of n.
pub(super) fn check_pss(
    opened: &[u8],
    modulus_bits: u32,
    (algorithm, mgf): (DigestAlgorithm, DigestAlgorithm),
    salt: usize,
    digest: &[u8],
) -> Option<bool> {
    let message_bits = modulus_bits.checked_sub(1)?;
    let length = usize::try_from(message_bits.div_ceil(8)).ok()?;
    let (above, encoded) = opened.split_at_checked(opened.len().checked_sub(length)?)?;
    let (encoded, [0xbc]) = encoded.split_at_checked(length.checked_sub(1)?)? else { return None };
    let (masked, hash) = encoded.split_at_checked(encoded.len().checked_sub(algorithm.len())?)?;
    // Bits of the first octet that lie above emBits.
    let unused = u32::try_from(length).ok()? * 8 - message_bits;
    let spare = !0xff_u8.checked_shr(unused)?;
    if above.iter().any(|octet| *octet != 0) || masked.first()? & spare != 0 {
        return None;
    }
    let mut block = masked.to_vec();
    apply_mgf1(mgf, hash, &mut block)?;
    *block.first_mut()? &= !spare;
    let (padding, salt) = block.split_at_checked(block.len().checked_sub(salt)?)?;
    let (one, zeros) = padding.split_last()?;
    if *one != 1 || zeros.iter().any(|octet| *octet != 0) {
        return None;
    }
    let mut hasher = Hasher::new(algorithm);
    [&[0; 8], digest, salt].into_iter().for_each(|part| hasher.update(part));
    Some(hasher.finish() == hash)
}

/// XORs MGF1 (RFC 8017, B.2.1) onto `block`.
fn apply_mgf1(algorithm: DigestAlgorithm, seed: &[u8], block: &mut [u8]) -> Option<()> {
    for (counter, chunk) in block.chunks_mut(algorithm.len()).enumerate() {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(seed);
        hasher.update(&u32::try_from(counter).ok()?.to_be_bytes());
        chunk.iter_mut().zip(hasher.finish()).for_each(|(octet, mask)| *octet ^= mask);
    }
    Some(())
}
