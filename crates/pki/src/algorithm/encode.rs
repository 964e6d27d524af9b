// SPDX-License-Identifier: Apache-2.0 OR MIT
//! AlgorithmIdentifier and DigestInfo in DER.

use keiin_model::{DigestAlgorithm, Oid, SignatureAlgorithm};

use super::table::{self, Scheme};
use crate::der::write;

const NULL: &[u8] = &[5, 0];

fn identifier(oid: &Oid, parameters: &[u8]) -> Vec<u8> {
    write::sequence(&[&write::oid(oid)[..], parameters])
}

/// The AlgorithmIdentifier of a digest as CMS writes it: without parameters (RFC 5754, 2; RFC 3370, 2.1), except MD5,
/// which has NULL (RFC 3370, 2.2).
pub fn digest_algorithm_identifier(algorithm: DigestAlgorithm) -> Vec<u8> {
    let parameters = if algorithm == DigestAlgorithm::Md5 { NULL } else { &[] };
    identifier(&algorithm.oid(), parameters)
}

/// The AlgorithmIdentifier of a signature scheme; `None` when no OID names it, or its parameters are not known.
pub fn signature_algorithm_identifier(algorithm: SignatureAlgorithm) -> Option<Vec<u8>> {
    Some(match algorithm {
        SignatureAlgorithm::RsaPkcs1 { digest } => identifier(&table::oid(Scheme::RsaPkcs1, digest)?, NULL),
        SignatureAlgorithm::RsaPss { digest, mgf, salt } => {
            identifier(&table::RSASSA_PSS, &pss_parameters(digest, mgf, salt))
        }
        SignatureAlgorithm::Ecdsa { digest } => identifier(&table::oid(Scheme::Ecdsa, digest)?, &[]),
        SignatureAlgorithm::EcdsaPlain { digest } => {
            identifier(&table::oid(Scheme::EcdsaPlain, digest)?, &[])
        }
        SignatureAlgorithm::Dsa { digest } => identifier(&table::oid(Scheme::Dsa, digest)?, &[]),
        SignatureAlgorithm::Ed25519 => identifier(&table::ED25519, &[]),
        SignatureAlgorithm::Ed448 => identifier(&table::ED448, &[]),
        _ => return None,
    })
}

/// RSASSA-PSS-params; what equals its DEFAULT is left out (X.690, 11.5), and digests carry NULL (RFC 4055, 2.1).
fn pss_parameters(digest: DigestAlgorithm, mgf: DigestAlgorithm, salt: u32) -> Vec<u8> {
    let sha1 = DigestAlgorithm::Sha1;
    let field = |identifier: u8, present: bool, value: &[u8]| {
        if present { write::element(identifier, value) } else { Vec::new() }
    };
    let hash = field(0xa0, digest != sha1, &identifier(&digest.oid(), NULL));
    let mask = field(0xa1, mgf != sha1, &identifier(&table::MGF1, &identifier(&mgf.oid(), NULL)));
    let salt_length = field(0xa2, salt != 20, &write::unsigned(salt.into()));
    write::sequence(&[hash, mask, salt_length])
}

/// The DER DigestInfo that RSASSA-PKCS1-v1_5 pads (RFC 8017, 9.2), as `CKM_RSA_PKCS` of a card wants it.
/// `None` when the digest is not as long as its algorithm makes it.
pub fn digest_info(algorithm: DigestAlgorithm, digest: &[u8]) -> Option<Vec<u8>> {
    (digest.len() == algorithm.len()).then(|| encode_digest_info(algorithm, NULL, digest))
}

/// The DigestInfo of signers that leave the parameters out, which RFC 8017, 9.2, note 2 has verifiers accept.
pub(crate) fn digest_info_without_parameters(algorithm: DigestAlgorithm, digest: &[u8]) -> Vec<u8> {
    encode_digest_info(algorithm, &[], digest)
}

fn encode_digest_info(algorithm: DigestAlgorithm, parameters: &[u8], digest: &[u8]) -> Vec<u8> {
    let name = identifier(&algorithm.oid(), parameters);
    write::sequence(&[name, write::octet_string(digest)])
}
