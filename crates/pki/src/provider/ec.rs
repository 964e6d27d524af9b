// SPDX-License-Identifier: Apache-2.0 OR MIT
//! ECDSA in Rust alone: brainpool always, the NIST curves with the feature `pure-rust`.

use keiin_model::Curve;
use signature::hazmat::PrehashVerifier;

use super::Answer;

/// Octets of the widest order (P-521).
pub(super) const WIDEST: usize = 66;

/// The number that ECDSA makes of a digest, in `width` octets: a longer digest loses its right end (FIPS 186-5, 6.4.2,
/// step 2; every order here has a whole number of octets or more bits than any digest), a shorter one is a smaller number.
pub(super) fn message_number<'a>(
    digest: &[u8],
    buffer: &'a mut [u8; WIDEST],
    width: usize,
) -> Option<&'a [u8]> {
    let kept = digest.get(..digest.len().min(width))?;
    buffer.get_mut(width.checked_sub(kept.len())?..width)?.copy_from_slice(kept);
    buffer.get(..width)
}

macro_rules! check_on {
    ($curve:path, $width:literal, $point:expr, $digest:expr, $value:expr) => {{
        let Ok(key) = ecdsa::VerifyingKey::<$curve>::from_sec1_bytes($point) else { return Answer::BadKey };
        let Ok(value) = ecdsa::Signature::<$curve>::from_der($value) else { return Answer::Wrong };
        let mut buffer = [0; WIDEST];
        message_number($digest, &mut buffer, $width)
            .is_some_and(|number| key.verify_prehash(number, &value).is_ok())
            .into()
    }};
}

pub(super) fn check(point: &[u8], curve: Curve, digest: &[u8], value: &[u8]) -> Answer {
    match curve {
        #[cfg(feature = "pure-rust")]
        Curve::P256 => check_on!(p256::NistP256, 32, point, digest, value),
        #[cfg(feature = "pure-rust")]
        Curve::P384 => check_on!(p384::NistP384, 48, point, digest, value),
        #[cfg(feature = "pure-rust")]
        Curve::P521 => check_on!(p521::NistP521, 66, point, digest, value),
        Curve::BrainpoolP256r1 => check_on!(bp256::BrainpoolP256r1, 32, point, digest, value),
        Curve::BrainpoolP384r1 => check_on!(bp384::BrainpoolP384r1, 48, point, digest, value),
        _ => Answer::NotOffered,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_cut_right_and_padded_left() {
        let number =
            |digest: &[u8], width| message_number(digest, &mut [0; WIDEST], width).map(<[u8]>::to_vec);
        assert_eq!(number(&[1, 2, 3], 2), Some(vec![1, 2]));
        assert_eq!(number(&[1, 2, 3], 4), Some(vec![0, 1, 2, 3]));
        assert_eq!(number(&[1; 64], 66), Some([&[0, 0][..], &[1; 64]].concat()));
        assert_eq!(number(&[1], 67), None);
    }
}
