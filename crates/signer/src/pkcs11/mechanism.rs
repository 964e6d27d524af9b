// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Which schemes a key can do with the mechanisms that its token offers, and what the token is given to sign.

use std::borrow::Cow;

use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use keiin_model::{Curve, DigestAlgorithm, KeyAlgorithm, SignRequest, SignatureAlgorithm};
use keiin_pki::algorithm::digest_info;
use keiin_pki::key::PublicKey;

const DIGESTS: [DigestAlgorithm; 3] =
    [DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512];

/// The schemes, the preferred one first; empty when the token offers nothing for the key.
pub(super) fn algorithms(key: &PublicKey, offered: &[MechanismType]) -> Vec<SignatureAlgorithm> {
    let possible = match key.algorithm() {
        KeyAlgorithm::Rsa { .. } => rsa_algorithms(),
        KeyAlgorithm::Ec { curve } => ecdsa_algorithms(curve),
        _ => Vec::new(),
    };
    possible.into_iter().filter(|algorithm| mechanism(*algorithm, offered).is_some()).collect()
}

fn rsa_algorithms() -> Vec<SignatureAlgorithm> {
    let pkcs1 = DIGESTS.map(|digest| SignatureAlgorithm::RsaPkcs1 { digest });
    let pss = DIGESTS.map(pss_algorithm);
    pkcs1.into_iter().chain(pss).collect()
}

/// RSASSA-PSS as it is always used: one digest throughout, and salt as long as it.
fn pss_algorithm(digest: DigestAlgorithm) -> SignatureAlgorithm {
    SignatureAlgorithm::RsaPss { digest, mgf: digest, salt: u32::try_from(digest.len()).unwrap_or_default() }
}

/// The curve's own digest first; a longer one would be cut, which tokens do differently.
fn ecdsa_algorithms(curve: Curve) -> Vec<SignatureAlgorithm> {
    let fitting = DIGESTS.iter().rev().filter(|digest| digest.len() * 8 <= field_bits(curve));
    fitting.map(|digest| SignatureAlgorithm::Ecdsa { digest: *digest }).collect()
}

fn field_bits(curve: Curve) -> usize {
    usize::try_from(curve.bits()).unwrap_or_default()
}

/// The most octets of a signature under the key, as the token gives it.
pub(super) fn longest_signature(key: &PublicKey) -> usize {
    match key.algorithm() {
        KeyAlgorithm::Rsa { .. } => key.rsa_modulus().map_or(0, <[u8]>::len),
        KeyAlgorithm::Ec { curve } => 2 * field_bits(curve).div_ceil(8),
        _ => 0,
    }
}

/// The mechanism for a scheme. The raw one is preferred where there is a choice: it is all that HPKI cards
/// have, and the document's digest is not computed a second time by a slow card.
pub(super) fn mechanism(
    algorithm: SignatureAlgorithm,
    offered: &[MechanismType],
) -> Option<Mechanism<'static>> {
    let offers = |kind| offered.contains(&kind);
    match algorithm {
        SignatureAlgorithm::RsaPkcs1 { digest } => {
            if offers(MechanismType::RSA_PKCS) {
                return Some(Mechanism::RsaPkcs);
            }
            let whole = match digest {
                DigestAlgorithm::Sha256 => Mechanism::Sha256RsaPkcs,
                DigestAlgorithm::Sha384 => Mechanism::Sha384RsaPkcs,
                DigestAlgorithm::Sha512 => Mechanism::Sha512RsaPkcs,
                _ => return None,
            };
            offers(whole.mechanism_type()).then_some(whole)
        }
        SignatureAlgorithm::RsaPss { digest, mgf, salt } => {
            let (hash_alg, _) = pss_names(digest)?;
            let (_, mgf) = pss_names(mgf)?;
            let params = PkcsPssParams { hash_alg, mgf, s_len: cryptoki_sys::CK_ULONG::from(salt).into() };
            offers(MechanismType::RSA_PKCS_PSS).then_some(Mechanism::RsaPkcsPss(params))
        }
        SignatureAlgorithm::Ecdsa { .. } => offers(MechanismType::ECDSA).then_some(Mechanism::Ecdsa),
        _ => None,
    }
}

fn pss_names(digest: DigestAlgorithm) -> Option<(MechanismType, PkcsMgfType)> {
    match digest {
        DigestAlgorithm::Sha256 => Some((MechanismType::SHA256, PkcsMgfType::MGF1_SHA256)),
        DigestAlgorithm::Sha384 => Some((MechanismType::SHA384, PkcsMgfType::MGF1_SHA384)),
        DigestAlgorithm::Sha512 => Some((MechanismType::SHA512, PkcsMgfType::MGF1_SHA512)),
        _ => None,
    }
}

/// What the mechanism takes; `None` when the digest is not one.
pub(super) fn input<'r>(mechanism: &Mechanism<'_>, request: &SignRequest<'r>) -> Option<Cow<'r, [u8]>> {
    let digest = request.algorithm.digest()?;
    if request.digest.len() != digest.len() {
        return None;
    }
    match mechanism {
        Mechanism::RsaPkcs => digest_info(digest, request.digest).map(Cow::Owned),
        Mechanism::RsaPkcsPss(_) | Mechanism::Ecdsa => Some(Cow::Borrowed(request.digest)),
        _ => Some(Cow::Borrowed(request.message)),
    }
}

/// A signature as certificates' relying parties want it. ECDSA on a token is r and s side by side (PKCS#11
/// v2.40 mechanisms, 2.3.1); in X.509 it is a SEQUENCE of two INTEGERs (RFC 3279, 2.2.3). `None` when it has no
/// halves.
pub(super) fn signature(algorithm: SignatureAlgorithm, raw: Vec<u8>) -> Option<Vec<u8>> {
    if !matches!(algorithm, SignatureAlgorithm::Ecdsa { .. }) {
        return Some(raw);
    }
    if raw.is_empty() || !raw.len().is_multiple_of(2) {
        return None;
    }
    let (r, s) = raw.split_at_checked(raw.len() / 2)?;
    let body = [integer(r)?, integer(s)?].concat();
    let mut sequence = vec![0x30];
    if body.len() >= 0x80 {
        sequence.push(0x81); // P-521 needs up to 139 octets
    }
    sequence.push(u8::try_from(body.len()).ok()?);
    sequence.extend(body);
    Some(sequence)
}

/// A DER INTEGER of a positive number.
fn integer(number: &[u8]) -> Option<Vec<u8>> {
    let number = crate::certificate::trimmed(number);
    let sign: &[u8] = if number.first().is_none_or(|first| *first >= 0x80) { &[0] } else { &[] };
    let len = u8::try_from(sign.len() + number.len()).ok().filter(|len| *len < 0x80)?;
    Some([&[0x02, len], sign, number].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A SubjectPublicKeyInfo with a modulus of 64 bits, made by hand: only its kind matters here.
    const RSA_SPKI: &[u8] =
        b"\x30\x24\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x03\x13\x00\
          \x30\x10\x02\x09\x00\xff\x01\x02\x03\x04\x05\x06\x07\x02\x03\x01\x00\x01";

    #[test]
    fn an_hpki_card_does_pkcs1_and_nothing_else() {
        let key = PublicKey::read(RSA_SPKI).unwrap();
        let found = algorithms(&key, &[MechanismType::RSA_PKCS]);
        assert_eq!(found, DIGESTS.map(|digest| SignatureAlgorithm::RsaPkcs1 { digest }));
        let more = algorithms(&key, &[MechanismType::RSA_PKCS_PSS, MechanismType::RSA_PKCS]);
        assert_eq!(more.len(), 6);
        assert_eq!(more[0], SignatureAlgorithm::RsaPkcs1 { digest: DigestAlgorithm::Sha256 });
        assert_eq!(algorithms(&key, &[MechanismType::ECDSA]), []);
    }

    #[test]
    fn a_module_without_the_raw_mechanism_hashes_by_itself() {
        let algorithm = SignatureAlgorithm::RsaPkcs1 { digest: DigestAlgorithm::Sha384 };
        let mechanism = mechanism(algorithm, &[MechanismType::SHA384_RSA_PKCS]).unwrap();
        let request = SignRequest { algorithm, message: b"message", digest: &[7; 48] };
        assert_eq!(input(&mechanism, &request).unwrap().as_ref(), b"message");
        assert!(input(&Mechanism::RsaPkcs, &SignRequest { digest: &[7; 32], ..request }).is_none());
    }

    #[test]
    fn a_curve_prefers_its_own_digest() {
        let sha = |digest| SignatureAlgorithm::Ecdsa { digest };
        let [s256, s384, s512] = DIGESTS.map(sha);
        assert_eq!(ecdsa_algorithms(Curve::P256), [s256]);
        assert_eq!(ecdsa_algorithms(Curve::P384), [s384, s256]);
        assert_eq!(ecdsa_algorithms(Curve::P521), [s512, s384, s256]);
    }

    #[test]
    fn r_and_s_become_der() {
        let ecdsa = SignatureAlgorithm::Ecdsa { digest: DigestAlgorithm::Sha256 };
        let der = signature(ecdsa, vec![0x00, 0x80, 0x01, 0x02]).unwrap();
        assert_eq!(der, [0x30, 0x08, 0x02, 0x02, 0x00, 0x80, 0x02, 0x02, 0x01, 0x02]);
        assert_eq!(signature(ecdsa, vec![0xff; 132]).unwrap()[..3], [0x30, 0x81, 0x8a]);
        assert_eq!(signature(ecdsa, vec![1, 2, 3]), None);
        assert_eq!(signature(ecdsa, Vec::new()), None);
    }
}
