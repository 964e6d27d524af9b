// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Which URI names which algorithm (XML Signature 1.1, 6; RFC 9231), and the octets of a signature value.

use keiin_model::DigestAlgorithm::{
    self, Md5, Ripemd160, Sha1, Sha3_224, Sha3_256, Sha3_384, Sha3_512, Sha224, Sha256, Sha384, Sha512,
};
use keiin_model::SignatureAlgorithm;
use keiin_pki::der::{Element, Tag, write};

/// The namespace of XML Signature.
pub(crate) const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
/// The namespace of what XML Signature 1.1 added.
pub(crate) const DSIG11: &str = "http://www.w3.org/2009/xmldsig11#";
/// The namespace of RFC 4050's keys, and the beginning of many algorithm URIs.
pub(crate) const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";
/// The namespace of RFC 9231's elements.
pub(crate) const MORE_2007: &str = "http://www.w3.org/2007/05/xmldsig-more#";

/// RSASSA-PSS with its parameters beside it (RFC 9231, 2.3.9).
pub(crate) const RSA_PSS: &str = "http://www.w3.org/2007/05/xmldsig-more#rsa-pss";
/// MGF1 inside of these parameters.
pub(crate) const MGF1: &str = "http://www.w3.org/2007/05/xmldsig-more#MGF1";

/// The first row of an algorithm is the one written.
const DIGESTS: [(&str, DigestAlgorithm); 12] = [
    ("http://www.w3.org/2001/04/xmldsig-more#md5", Md5),
    ("http://www.w3.org/2000/09/xmldsig#sha1", Sha1),
    ("http://www.w3.org/2001/04/xmlenc#ripemd160", Ripemd160),
    ("http://www.w3.org/2001/04/xmldsig-more#ripemd160", Ripemd160), // not defined anywhere, written by some
    ("http://www.w3.org/2001/04/xmldsig-more#sha224", Sha224),
    ("http://www.w3.org/2001/04/xmlenc#sha256", Sha256),
    ("http://www.w3.org/2001/04/xmldsig-more#sha384", Sha384),
    ("http://www.w3.org/2001/04/xmlenc#sha512", Sha512),
    ("http://www.w3.org/2007/05/xmldsig-more#sha3-224", Sha3_224),
    ("http://www.w3.org/2007/05/xmldsig-more#sha3-256", Sha3_256),
    ("http://www.w3.org/2007/05/xmldsig-more#sha3-384", Sha3_384),
    ("http://www.w3.org/2007/05/xmldsig-more#sha3-512", Sha3_512),
];

/// What a signature URI names beside its digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    RsaPkcs1,
    /// MGF1 with the same digest, as many octets of salt (RFC 9231, 2.3.10).
    RsaMgf1,
    Ecdsa,
    Dsa,
}

const SIGNATURES: [(&str, Scheme, DigestAlgorithm); 30] = [
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-md5", Scheme::RsaPkcs1, Md5),
    ("http://www.w3.org/2000/09/xmldsig#rsa-sha1", Scheme::RsaPkcs1, Sha1),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-ripemd160", Scheme::RsaPkcs1, Ripemd160),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha224", Scheme::RsaPkcs1, Sha224),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", Scheme::RsaPkcs1, Sha256),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", Scheme::RsaPkcs1, Sha384),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", Scheme::RsaPkcs1, Sha512),
    ("http://www.w3.org/2007/05/xmldsig-more#md5-rsa-MGF1", Scheme::RsaMgf1, Md5),
    ("http://www.w3.org/2007/05/xmldsig-more#sha1-rsa-MGF1", Scheme::RsaMgf1, Sha1),
    ("http://www.w3.org/2007/05/xmldsig-more#ripemd160-rsa-MGF1", Scheme::RsaMgf1, Ripemd160),
    ("http://www.w3.org/2007/05/xmldsig-more#sha224-rsa-MGF1", Scheme::RsaMgf1, Sha224),
    ("http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", Scheme::RsaMgf1, Sha256),
    ("http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1", Scheme::RsaMgf1, Sha384),
    ("http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1", Scheme::RsaMgf1, Sha512),
    ("http://www.w3.org/2007/05/xmldsig-more#sha3-224-rsa-MGF1", Scheme::RsaMgf1, Sha3_224),
    ("http://www.w3.org/2007/05/xmldsig-more#sha3-256-rsa-MGF1", Scheme::RsaMgf1, Sha3_256),
    ("http://www.w3.org/2007/05/xmldsig-more#sha3-384-rsa-MGF1", Scheme::RsaMgf1, Sha3_384),
    ("http://www.w3.org/2007/05/xmldsig-more#sha3-512-rsa-MGF1", Scheme::RsaMgf1, Sha3_512),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1", Scheme::Ecdsa, Sha1),
    ("http://www.w3.org/2007/05/xmldsig-more#ecdsa-ripemd160", Scheme::Ecdsa, Ripemd160),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha224", Scheme::Ecdsa, Sha224),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", Scheme::Ecdsa, Sha256),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", Scheme::Ecdsa, Sha384),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", Scheme::Ecdsa, Sha512),
    ("http://www.w3.org/2021/04/xmldsig-more#ecdsa-sha3-224", Scheme::Ecdsa, Sha3_224),
    ("http://www.w3.org/2021/04/xmldsig-more#ecdsa-sha3-256", Scheme::Ecdsa, Sha3_256),
    ("http://www.w3.org/2021/04/xmldsig-more#ecdsa-sha3-384", Scheme::Ecdsa, Sha3_384),
    ("http://www.w3.org/2021/04/xmldsig-more#ecdsa-sha3-512", Scheme::Ecdsa, Sha3_512),
    ("http://www.w3.org/2000/09/xmldsig#dsa-sha1", Scheme::Dsa, Sha1),
    ("http://www.w3.org/2009/xmldsig11#dsa-sha256", Scheme::Dsa, Sha256),
];

/// With a slash, as RFC 4051, 2.3.5, prints it: it is read and never written.
const RSA_RIPEMD160_AS_PRINTED: &str = "http://www.w3.org/2001/04/xmldsig-more/rsa-ripemd160";
const ED25519: &str = "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519";
const ED448: &str = "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed448";

/// The digest that a URI names; `None` when keiin cannot compute it.
pub(crate) fn digest_by_uri(uri: &str) -> Option<DigestAlgorithm> {
    DIGESTS.iter().find_map(|(known, digest)| (*known == uri).then_some(*digest))
}

/// The URI of a digest; `None` when no standard gives it one.
pub(crate) fn digest_uri(algorithm: DigestAlgorithm) -> Option<&'static str> {
    DIGESTS.iter().find_map(|(uri, digest)| (*digest == algorithm).then_some(*uri))
}

/// The scheme that a URI alone names; `None` for [`RSA_PSS`], whose parameters stand beside it, and for what keiin does
/// not know: HMAC, which is no signature, among it.
pub(crate) fn signature_by_uri(uri: &str) -> Option<SignatureAlgorithm> {
    match uri {
        ED25519 => return Some(SignatureAlgorithm::Ed25519),
        ED448 => return Some(SignatureAlgorithm::Ed448),
        RSA_RIPEMD160_AS_PRINTED => return Some(SignatureAlgorithm::RsaPkcs1 { digest: Ripemd160 }),
        _ => {}
    }
    let (_, scheme, digest) = SIGNATURES.iter().find(|(known, ..)| *known == uri)?;
    Some(with_digest(*scheme, *digest))
}

fn with_digest(scheme: Scheme, digest: DigestAlgorithm) -> SignatureAlgorithm {
    match scheme {
        Scheme::RsaPkcs1 => SignatureAlgorithm::RsaPkcs1 { digest },
        Scheme::RsaMgf1 => SignatureAlgorithm::RsaPss { digest, mgf: digest, salt: salt_of(digest) },
        Scheme::Ecdsa => SignatureAlgorithm::Ecdsa { digest },
        Scheme::Dsa => SignatureAlgorithm::Dsa { digest },
    }
}

/// As many octets of salt as the digest has.
pub(crate) fn salt_of(digest: DigestAlgorithm) -> u32 {
    u32::try_from(digest.len()).unwrap_or_default()
}

/// The URI that names a scheme without parameters beside it; `None` when there is none. ECDSA has one whether the caller
/// holds its value as DER or plain: in XML it is plain ([`plain_value`]).
pub(crate) fn signature_uri(algorithm: SignatureAlgorithm) -> Option<&'static str> {
    let algorithm = match algorithm {
        SignatureAlgorithm::Ed25519 => return Some(ED25519),
        SignatureAlgorithm::Ed448 => return Some(ED448),
        SignatureAlgorithm::EcdsaPlain { digest } => SignatureAlgorithm::Ecdsa { digest },
        other => other,
    };
    SIGNATURES
        .iter()
        .find_map(|(uri, scheme, digest)| (with_digest(*scheme, *digest) == algorithm).then_some(*uri))
}

/// The value of an XML signature as pki verifies it: ECDSA and DSA values are r and s one after the other
/// (XML Signature 1.1, 6.4.1 and 6.4.3), DER is made of them. Some signers write DER, some leave out leading zeros of
/// both halves or put more of them: r and s are the same numbers, and a wrong number verifies nothing.
pub(crate) fn der_value(algorithm: SignatureAlgorithm, value: &[u8]) -> Vec<u8> {
    let halves = matches!(
        algorithm,
        SignatureAlgorithm::Ecdsa { .. }
            | SignatureAlgorithm::EcdsaPlain { .. }
            | SignatureAlgorithm::Dsa { .. }
    );
    if !halves || value.is_empty() || !value.len().is_multiple_of(2) || is_der_pair(value) {
        return value.to_vec();
    }
    let (r, s) = value.split_at(value.len() / 2);
    write::sequence(&[write::unsigned_octets(r), write::unsigned_octets(s)])
}

/// r and s of a DER value one after the other, each in `width` octets; `None` when it is no such value or too wide.
pub(crate) fn plain_value(der: &[u8], width: usize) -> Option<Vec<u8>> {
    let (r, s) = pair(der)?;
    let mut plain = Vec::with_capacity(width.checked_mul(2)?);
    for magnitude in [r, s] {
        plain.resize(plain.len() + width.checked_sub(magnitude.len())?, 0);
        plain.extend_from_slice(magnitude);
    }
    Some(plain)
}

fn is_der_pair(value: &[u8]) -> bool {
    pair(value).is_some()
}

/// The magnitudes of two non-negative INTEGERs in a SEQUENCE, without leading zeros.
fn pair(der: &[u8]) -> Option<(&[u8], &[u8])> {
    const OBJECT: &str = "Ecdsa-Sig-Value";
    let element = Element::whole(der, OBJECT).ok().filter(|e| e.tag() == Tag::SEQUENCE)?;
    let mut fields = element.reader(OBJECT).ok()?;
    let mut integer = || match fields.expect(Tag::INTEGER, OBJECT).ok()?.integer(OBJECT).ok()? {
        [0, magnitude @ ..] => Some(magnitude),
        [first, ..] if first & 0x80 != 0 => None,
        magnitude => Some(magnitude),
    };
    let pair = (integer()?, integer()?);
    fields.at_end().then_some(pair)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for digest in DigestAlgorithm::ALL {
            assert_eq!(digest_uri(digest).and_then(digest_by_uri), Some(digest), "{digest}");
        }
        for (uri, ..) in SIGNATURES {
            let algorithm = signature_by_uri(uri).unwrap();
            assert_eq!(signature_uri(algorithm), Some(uri));
        }
        assert_eq!(signature_by_uri("http://www.w3.org/2000/09/xmldsig#hmac-sha1"), None);
    }

    #[test]
    fn halves_become_der_and_back() {
        let algorithm = SignatureAlgorithm::Ecdsa { digest: Sha256 };
        let plain = [&[0u8; 31][..], &[0x81], &[7; 32]].concat();
        let der = der_value(algorithm, &plain);
        assert_eq!(der.get(..5), Some(&[0x30, 0x26, 2, 2, 0][..]));
        assert_eq!(der_value(algorithm, &der), der);
        assert_eq!(plain_value(&der, 32), Some(plain.clone()));
        assert_eq!(plain_value(&der, 31), None);
        // Wider and narrower halves are the same numbers.
        let wide = [&[0u8; 33][..], &[0x81], &[0, 0], &[7; 32]].concat();
        assert_eq!(der_value(algorithm, &wide), der);
        assert_eq!(der_value(algorithm, &[1, 2, 3]), [1, 2, 3]);
        assert_eq!(der_value(SignatureAlgorithm::Ed25519, &plain), plain);
    }
}
