// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Which OID names which signature scheme with which digest.

use keiin_model::DigestAlgorithm::{
    self, Md5, Ripemd160, Sha1, Sha3_224, Sha3_256, Sha3_384, Sha3_512, Sha224, Sha256, Sha384, Sha512,
};
use keiin_model::Oid;

pub(crate) const RSA_ENCRYPTION: Oid = Oid::new(&[1, 2, 840, 113549, 1, 1, 1]);
/// X.509's own name of an RSA key (X.509:1988, id-ea-rsa); old certificates carry it.
pub(crate) const RSA_X509: Oid = Oid::new(&[2, 5, 8, 1, 1]);
pub(crate) const RSASSA_PSS: Oid = Oid::new(&[1, 2, 840, 113549, 1, 1, 10]);
pub(crate) const MGF1: Oid = Oid::new(&[1, 2, 840, 113549, 1, 1, 8]);
pub(crate) const EC_PUBLIC_KEY: Oid = Oid::new(&[1, 2, 840, 10045, 2, 1]);
pub(crate) const ECDSA_WITH_SPECIFIED: Oid = Oid::new(&[1, 2, 840, 10045, 4, 3]);
pub(crate) const DSA: Oid = Oid::new(&[1, 2, 840, 10040, 4, 1]);
pub(crate) const ED25519: Oid = Oid::new(&[1, 3, 101, 112]);
pub(crate) const ED448: Oid = Oid::new(&[1, 3, 101, 113]);

/// The OIDs that name a key or a scheme without its digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Rsa,
    RsassaPss,
    EcPublicKey,
    EcdsaWithSpecified,
    Dsa,
    Ed25519,
    Ed448,
}

/// What an OID of that kind names.
pub(crate) fn named(oid: &Oid) -> Option<Named> {
    [
        (RSA_ENCRYPTION, Named::Rsa),
        (RSA_X509, Named::Rsa),
        (RSASSA_PSS, Named::RsassaPss),
        (EC_PUBLIC_KEY, Named::EcPublicKey),
        (ECDSA_WITH_SPECIFIED, Named::EcdsaWithSpecified),
        (DSA, Named::Dsa),
        (ED25519, Named::Ed25519),
        (ED448, Named::Ed448),
    ]
    .into_iter()
    .find_map(|(known, name)| (known == *oid).then_some(name))
}

/// The signature schemes whose OID names the digest too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    RsaPkcs1,
    Ecdsa,
    EcdsaPlain,
    Dsa,
}

const fn nist(last: u64) -> Oid {
    Oid::new(&[2, 16, 840, 1, 101, 3, 4, 3, last])
}

const fn pkcs1(last: u64) -> Oid {
    Oid::new(&[1, 2, 840, 113549, 1, 1, last])
}

const fn bsi(last: u64) -> Oid {
    Oid::new(&[0, 4, 0, 127, 0, 7, 1, 1, 4, 1, last])
}

const fn ecdsa_sha2(last: u64) -> Oid {
    Oid::new(&[1, 2, 840, 10045, 4, 3, last])
}

/// RFC 3279, 5758, 5754, 8017 A.2.4, NIST CSOR, TeleTrusT and BSI TR-03111 5.2.1.1. The first row of a scheme and digest is the one written.
const TABLE: [(Oid, Scheme, DigestAlgorithm); 36] = [
    (pkcs1(4), Scheme::RsaPkcs1, Md5),
    (pkcs1(5), Scheme::RsaPkcs1, Sha1),
    (Oid::new(&[1, 3, 14, 3, 2, 29]), Scheme::RsaPkcs1, Sha1), // OIW sha1WithRSASignature
    (Oid::new(&[1, 3, 36, 3, 3, 1, 2]), Scheme::RsaPkcs1, Ripemd160),
    (pkcs1(14), Scheme::RsaPkcs1, Sha224),
    (pkcs1(11), Scheme::RsaPkcs1, Sha256),
    (pkcs1(12), Scheme::RsaPkcs1, Sha384),
    (pkcs1(13), Scheme::RsaPkcs1, Sha512),
    (nist(13), Scheme::RsaPkcs1, Sha3_224),
    (nist(14), Scheme::RsaPkcs1, Sha3_256),
    (nist(15), Scheme::RsaPkcs1, Sha3_384),
    (nist(16), Scheme::RsaPkcs1, Sha3_512),
    (Oid::new(&[1, 2, 840, 10045, 4, 1]), Scheme::Ecdsa, Sha1),
    (ecdsa_sha2(1), Scheme::Ecdsa, Sha224),
    (ecdsa_sha2(2), Scheme::Ecdsa, Sha256),
    (ecdsa_sha2(3), Scheme::Ecdsa, Sha384),
    (ecdsa_sha2(4), Scheme::Ecdsa, Sha512),
    (nist(9), Scheme::Ecdsa, Sha3_224),
    (nist(10), Scheme::Ecdsa, Sha3_256),
    (nist(11), Scheme::Ecdsa, Sha3_384),
    (nist(12), Scheme::Ecdsa, Sha3_512),
    (bsi(1), Scheme::EcdsaPlain, Sha1),
    (bsi(2), Scheme::EcdsaPlain, Sha224),
    (bsi(3), Scheme::EcdsaPlain, Sha256),
    (bsi(4), Scheme::EcdsaPlain, Sha384),
    (bsi(5), Scheme::EcdsaPlain, Sha512),
    (bsi(6), Scheme::EcdsaPlain, Ripemd160),
    (Oid::new(&[1, 2, 840, 10040, 4, 3]), Scheme::Dsa, Sha1),
    (nist(1), Scheme::Dsa, Sha224),
    (nist(2), Scheme::Dsa, Sha256),
    (nist(3), Scheme::Dsa, Sha384),
    (nist(4), Scheme::Dsa, Sha512),
    (nist(5), Scheme::Dsa, Sha3_224),
    (nist(6), Scheme::Dsa, Sha3_256),
    (nist(7), Scheme::Dsa, Sha3_384),
    (nist(8), Scheme::Dsa, Sha3_512),
];

/// The scheme and digest that an OID names.
pub(crate) fn by_oid(oid: &Oid) -> Option<(Scheme, DigestAlgorithm)> {
    TABLE.iter().find(|(named, ..)| named == oid).map(|(_, scheme, digest)| (*scheme, *digest))
}

/// The OID to write for a scheme with a digest.
pub(crate) fn oid(scheme: Scheme, digest: DigestAlgorithm) -> Option<Oid> {
    TABLE.iter().find(|(_, s, d)| (*s, *d) == (scheme, digest)).map(|(oid, ..)| *oid)
}
