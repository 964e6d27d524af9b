// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The fixed test keys. They are published with the source: TEST ONLY.

use std::sync::OnceLock;

use der::{Decode as _, Encode as _, asn1::Any, asn1::BitString};
use keiin_model::{DigestAlgorithm, SignatureAlgorithm};
use pkcs8::{DecodePrivateKey as _, EncodePublicKey as _};
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use sha1::Sha1;
use sha2::{Digest as _, Sha224, Sha256, Sha384, Sha512};
use signature::hazmat::PrehashSigner as _;
use spki::{AlgorithmIdentifierOwned, ObjectIdentifier, SubjectPublicKeyInfoOwned};

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

macro_rules! embedded {
    ($($name:literal),+ $(,)?) => {
        /// Every key's name and PKCS#8 PEM.
        const PEMS: &[(&str, &str)] = &[$(($name, include_str!(concat!("../keys/", $name, ".pem")))),+];
    };
}

embedded![
    "rsa2048-01",
    "rsa2048-02",
    "rsa2048-03",
    "rsa2048-04",
    "rsa2048-05",
    "rsa2048-06",
    "rsa2048-07",
    "rsa2048-08",
    "rsa2048-09",
    "rsa2048-10",
    "rsa2048-11",
    "rsa2048-12",
    "rsa2048-13",
    "rsa2048-14",
    "rsa2048-15",
    "rsa2048-16",
    "rsa2048-17",
    "rsa2048-18",
    "rsa2048-19",
    "rsa2048-20",
    "rsa3072-01",
    "rsa4096-01",
    "rsa4096-02",
    "p256-01",
    "p256-02",
    "p256-03",
    "p256-04",
    "p384-01",
    "p384-02",
    "p384-03",
    "p384-04",
    "p384-05",
];

static LOADED: [OnceLock<TestKey>; PEMS.len()] = [const { OnceLock::new() }; PEMS.len()];

enum Secret {
    Rsa(Box<RsaPrivateKey>),
    P256(Box<p256::ecdsa::SigningKey>),
    P384(Box<p384::ecdsa::SigningKey>),
}

/// A private key that everybody knows.
pub struct TestKey {
    secret: Secret,
    pkcs8: Vec<u8>,
    spki: Vec<u8>,
    key_id: [u8; 20],
}

/// The names of all keys, such as `rsa2048-01`, `rsa4096-01`, `p256-01`.
pub fn names() -> impl Iterator<Item = &'static str> {
    PEMS.iter().map(|(name, _)| *name)
}

/// A key by name; `None` when there is none. Loaded once in a process.
pub fn find(name: &str) -> Option<&'static TestKey> {
    let index = PEMS.iter().position(|(n, _)| *n == name)?;
    Some(LOADED[index].get_or_init(|| TestKey::load(name, PEMS[index].1)))
}

/// A key of the same kind as another that signs no token and no OCSP answer: what a forger would have.
pub(crate) fn forger_of(name: &str) -> &'static TestKey {
    let forger = match name.get(..4) {
        Some("p256") => "p256-04",
        Some("p384") => "p384-02",
        _ => "rsa2048-03",
    };
    find(forger).expect("a key of the kit")
}

impl TestKey {
    fn load(name: &str, text: &str) -> Self {
        let pem = &text[text.find("-----BEGIN").expect("a PEM")..];
        let (_, document) = der::SecretDocument::from_pem(pem).expect("a PKCS#8 PEM");
        let pkcs8 = document.as_bytes().to_vec();
        let (secret, spki) = if name.starts_with("rsa") {
            let key = RsaPrivateKey::from_pkcs8_der(&pkcs8).expect("an RSA key");
            let spki = key.to_public_key().to_public_key_der().expect("encodes").into_vec();
            (Secret::Rsa(Box::new(key)), spki)
        } else if name.starts_with("p256") {
            let key = p256::ecdsa::SigningKey::from_pkcs8_der(&pkcs8).expect("a P-256 key");
            let spki = key.verifying_key().to_public_key_der().expect("encodes").into_vec();
            (Secret::P256(Box::new(key)), spki)
        } else {
            let key = p384::ecdsa::SigningKey::from_pkcs8_der(&pkcs8).expect("a P-384 key");
            let spki = key.verifying_key().to_public_key_der().expect("encodes").into_vec();
            (Secret::P384(Box::new(key)), spki)
        };
        let parsed = SubjectPublicKeyInfoOwned::from_der(&spki).expect("just encoded");
        let key_id = Sha1::digest(parsed.subject_public_key.raw_bytes()).into();
        Self { secret, pkcs8, spki, key_id }
    }

    /// The private key as PKCS#8 DER, not encrypted.
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// The SubjectPublicKeyInfo, DER.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// The content of the SPKI's BIT STRING, which key hashes are made over.
    pub(crate) fn public_bits(&self) -> Vec<u8> {
        let parsed = SubjectPublicKeyInfoOwned::from_der(&self.spki).expect("encoded by us");
        parsed.subject_public_key.raw_bytes().to_vec()
    }

    /// The SHA-1 of the public key's bits (RFC 5280, 4.2.1.2, method 1).
    pub const fn key_id(&self) -> &[u8; 20] {
        &self.key_id
    }

    /// The schemes the key can do, the usual one first.
    pub const fn algorithms(&self) -> &'static [SignatureAlgorithm] {
        use DigestAlgorithm::{Sha1, Sha224, Sha256, Sha384, Sha512};
        const RSA: &[SignatureAlgorithm] = &[
            SignatureAlgorithm::RsaPkcs1 { digest: Sha256 },
            SignatureAlgorithm::RsaPkcs1 { digest: Sha384 },
            SignatureAlgorithm::RsaPkcs1 { digest: Sha512 },
            SignatureAlgorithm::RsaPkcs1 { digest: Sha224 },
            SignatureAlgorithm::RsaPkcs1 { digest: Sha1 },
        ];
        const P256: &[SignatureAlgorithm] = &[
            SignatureAlgorithm::Ecdsa { digest: Sha256 },
            SignatureAlgorithm::Ecdsa { digest: Sha384 },
            SignatureAlgorithm::Ecdsa { digest: Sha512 },
        ];
        const P384: &[SignatureAlgorithm] = &[
            SignatureAlgorithm::Ecdsa { digest: Sha384 },
            SignatureAlgorithm::Ecdsa { digest: Sha512 },
            SignatureAlgorithm::Ecdsa { digest: Sha256 },
        ];
        match self.secret {
            Secret::Rsa(_) => RSA,
            Secret::P256(_) => P256,
            Secret::P384(_) => P384,
        }
    }

    /// The digest that this key usually signs with.
    pub(crate) fn usual_digest(&self) -> DigestAlgorithm {
        self.algorithms().first().and_then(|a| a.digest()).expect("every key has a scheme")
    }

    /// Signs a message after hashing it.
    ///
    /// # Panics
    /// With a digest that [`digest`] does not know.
    pub fn sign(&self, algorithm: DigestAlgorithm, message: &[u8]) -> Vec<u8> {
        let hash = digest(algorithm, message).expect("SHA-1 or SHA-2");
        self.sign_digest(algorithm, &hash).expect("the digest has its length")
    }

    /// Signs a digest: PKCS#1 v1.5 over its DigestInfo, or ECDSA as Ecdsa-Sig-Value with a nonce by RFC 6979.
    ///
    /// `None` when the digest has not the algorithm's length or the key cannot do the algorithm.
    pub fn sign_digest(&self, algorithm: DigestAlgorithm, digest: &[u8]) -> Option<Vec<u8>> {
        if digest.len() != algorithm.len() {
            return None;
        }
        match &self.secret {
            Secret::Rsa(key) => key.sign(rsa_padding(algorithm)?, digest).ok(),
            Secret::P256(key) => {
                let value: p256::ecdsa::Signature = key.sign_prehash(digest).ok()?;
                Some(value.to_der().as_bytes().to_vec())
            }
            Secret::P384(key) => {
                let value: p384::ecdsa::Signature = key.sign_prehash(digest).ok()?;
                Some(value.to_der().as_bytes().to_vec())
            }
        }
    }

    /// The AlgorithmIdentifier of a signature of this key under a digest (`sha256WithRSAEncryption`, `ecdsa-with-SHA256`).
    pub(crate) fn signature_identifier(&self, digest: DigestAlgorithm) -> AlgorithmIdentifierOwned {
        let rsa = matches!(self.secret, Secret::Rsa(_));
        let oid = match (rsa, digest) {
            (true, DigestAlgorithm::Sha1) => "1.2.840.113549.1.1.5",
            (true, DigestAlgorithm::Sha224) => "1.2.840.113549.1.1.14",
            (true, DigestAlgorithm::Sha256) => "1.2.840.113549.1.1.11",
            (true, DigestAlgorithm::Sha384) => "1.2.840.113549.1.1.12",
            (true, DigestAlgorithm::Sha512) => "1.2.840.113549.1.1.13",
            (false, DigestAlgorithm::Sha1) => "1.2.840.10045.4.1",
            (false, DigestAlgorithm::Sha224) => "1.2.840.10045.4.3.1",
            (false, DigestAlgorithm::Sha256) => "1.2.840.10045.4.3.2",
            (false, DigestAlgorithm::Sha384) => "1.2.840.10045.4.3.3",
            (false, DigestAlgorithm::Sha512) => "1.2.840.10045.4.3.4",
            _ => panic!("test keys sign with SHA-1 and SHA-2 only, not {digest}"),
        };
        AlgorithmIdentifierOwned { oid: ObjectIdentifier::new_unwrap(oid), parameters: rsa.then(Any::null) }
    }

    /// The AlgorithmIdentifier in a SignerInfo when RSA is named without its digest, as OpenSSL does; an ECDSA key
    /// has no such form.
    pub(crate) fn plain_identifier(&self, digest: DigestAlgorithm) -> AlgorithmIdentifierOwned {
        match self.secret {
            Secret::Rsa(_) => AlgorithmIdentifierOwned { oid: RSA_ENCRYPTION, parameters: Some(Any::null()) },
            _ => self.signature_identifier(digest),
        }
    }

    /// Signs a to-be-signed structure and puts the three parts of SIGNED{} together (X.509, 6.4).
    pub(crate) fn signed(&self, to_be_signed: Vec<u8>, digest: DigestAlgorithm) -> Vec<u8> {
        let signature = BitString::from_bytes(&self.sign(digest, &to_be_signed)).expect("octets");
        let mut content = to_be_signed;
        content.extend(self.signature_identifier(digest).to_der().expect("encodes"));
        content.extend(signature.to_der().expect("encodes"));
        crate::encode::sequence(&content)
    }
}

/// The digest of a message; `None` for algorithms that the kit does not sign with (all but SHA-1 and SHA-2).
pub fn digest(algorithm: DigestAlgorithm, message: &[u8]) -> Option<Vec<u8>> {
    Some(match algorithm {
        DigestAlgorithm::Sha1 => Sha1::digest(message).to_vec(),
        DigestAlgorithm::Sha224 => Sha224::digest(message).to_vec(),
        DigestAlgorithm::Sha256 => Sha256::digest(message).to_vec(),
        DigestAlgorithm::Sha384 => Sha384::digest(message).to_vec(),
        DigestAlgorithm::Sha512 => Sha512::digest(message).to_vec(),
        _ => return None,
    })
}

fn rsa_padding(algorithm: DigestAlgorithm) -> Option<Pkcs1v15Sign> {
    Some(match algorithm {
        DigestAlgorithm::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
        DigestAlgorithm::Sha224 => Pkcs1v15Sign::new::<Sha224>(),
        DigestAlgorithm::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        DigestAlgorithm::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        DigestAlgorithm::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
        _ => return None,
    })
}
