// SPDX-License-Identifier: Apache-2.0 OR MIT
//! DSA (FIPS 186-4, 4.7), for what old archives hold.

use dsa::{BoxedUint, Components, Signature, VerifyingKey};
use signature::hazmat::PrehashVerifier;

use super::Answer;
use crate::der::Element;
use crate::key::{DsaParameters, strict_sequence, take_magnitude};

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
    let mut fields = strict_sequence(&Element::whole(der, "Dss-Sig-Value").ok()?)?;
    let mut integer = || {
        let magnitude = take_magnitude(&mut fields)?;
        (magnitude.len() <= q.len()).then(|| BoxedUint::from_be_slice_vartime(magnitude))
    };
    let (r, s) = (integer()?, integer()?);
    fields.at_end().then(|| Signature::from_components(r, s)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::write;

    #[test]
    fn impossible_parameters_end_in_an_answer() {
        let magnitude = |len: usize, last: u8| {
            let mut octets = vec![0xff; len];
            octets[len - 1] = last;
            octets
        };
        // q even, so that y = p - 1 has y^q = 1 and the value is computed with; then what is refused before that.
        for (p, q, g, y) in
            [(0xff, 0xfe, vec![2], 0xfe), (0xff, 0xff, vec![2], 0xff), (0xfe, 0xfe, vec![2], 2)]
        {
            let parameters =
                DsaParameters { p: magnitude(128, p).into(), q: magnitude(20, q).into(), g: g.into() };
            for (r, s) in [(1, 1), (1, 2), (0, 1), (1, 0), (0xff, 0xff)] {
                let value = write::sequence(&[write::unsigned(r), write::unsigned(s)]);
                let answer = check(&parameters, &magnitude(128, y), &[0x5a; 20], &value);
                assert!(matches!(answer, Answer::BadKey | Answer::Wrong), "{p} {q} {y} {r} {s}: {answer:?}");
            }
        }
        let odd_size =
            DsaParameters { p: magnitude(129, 0xff).into(), q: magnitude(20, 1).into(), g: [2].into() };
        assert_eq!(check(&odd_size, &[3], &[0; 20], &[]), Answer::NotOffered);
    }
}
