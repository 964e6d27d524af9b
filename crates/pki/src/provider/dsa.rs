// SPDX-License-Identifier: Apache-2.0 OR MIT
//! DSA (FIPS 186-4, 4.7), for what old archives hold.

use dsa::{BoxedUint, Components, Signature, VerifyingKey};
use signature::hazmat::PrehashVerifier;

use super::Answer;
use crate::algorithm::tlv;
use crate::key::DsaParameters;

/// Octets of (p, q) that FIPS 186-4, 4.2 names.
const SIZES: [(usize, usize); 4] = [(128, 20), (256, 28), (256, 32), (384, 32)];

pub(super) fn check(parameters: &DsaParameters, y: &[u8], digest: &[u8], value: &[u8]) -> Answer {
    let DsaParameters { p, q, g } = parameters;
    if !SIZES.contains(&(p.len(), q.len())) {
        return Answer::NotOffered;
    }
    let Some(key) = read_key(p, q, g, y) else { return Answer::BadKey };
    let Some(value) = read_value(value, q) else { return Answer::Wrong };
    key.verify_prehash(digest, &value).is_ok().into()
}

fn read_key(p: &[u8], q: &[u8], g: &[u8], y: &[u8]) -> Option<VerifyingKey> {
    // Modulo p, all in the width of p; `Components` itself looks for g < p and p odd, `VerifyingKey` for y^q = 1.
    let wide = |octets: &[u8]| BoxedUint::from_be_slice(octets, u32::try_from(p.len()).ok()? * 8).ok();
    let (modulus, point) = (wide(p)?, wide(y)?);
    if point >= modulus {
        return None;
    }
    let components =
        Components::from_components(modulus, BoxedUint::from_be_slice_vartime(q), wide(g)?).ok()?;
    VerifyingKey::from_components(components, point).ok()
}

/// Dss-Sig-Value (RFC 3279, 2.2.2), with 0 < r, s < q left to the verifier but for their widths.
fn read_value(der: &[u8], q: &[u8]) -> Option<Signature> {
    let mut fields = tlv::only(der, tlv::SEQUENCE)?;
    let mut integer = || {
        let magnitude = tlv::take_unsigned(&mut fields)?;
        (magnitude.len() <= q.len()).then(|| BoxedUint::from_be_slice_vartime(magnitude))
    };
    let (r, s) = (integer()?, integer()?);
    fields.is_empty().then(|| Signature::from_components(r, s)).flatten()
}
