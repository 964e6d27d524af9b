// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Private keys in files: PKCS#12, and PKCS#8 (or the older PEM kinds) beside a certificate.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384,
    RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair,
};
use keiin_model::{DigestAlgorithm, SignRequest, SignatureAlgorithm, Signer, SignerError};
use pkcs8::EncryptedPrivateKeyInfoRef;
use pkcs8::der::Decode;
use zeroize::Zeroizing;

use crate::certificate::{self, Use};
use crate::pem;
use crate::pin::Pin;

/// A key file is a few kilobytes.
const MOST_OCTETS: u64 = 4 << 20;

/// A private key in memory, with its certificate.
pub struct SoftKey {
    key: PrivateKey,
    algorithms: Vec<SignatureAlgorithm>,
    certificate: Vec<u8>,
    certificates: Vec<Vec<u8>>,
}

enum PrivateKey {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl SoftKey {
    /// Reads a key file of any kind, told apart by what is in it; certificates come from the same file and from
    /// others.
    ///
    /// # Errors
    /// As [`Self::from_pkcs8`] and [`Self::from_pkcs12`], and [`SignerError::Unusable`] for a file that cannot
    /// be read.
    pub fn open(key: &Path, certificates: &[&Path], pin: Option<&Pin>) -> Result<Self, SignerError> {
        let named = |error: SignerError| match error {
            SignerError::Unusable { reason, .. } => {
                SignerError::Unusable { object: key.display().to_string(), reason }
            }
            other => other,
        };
        let octets = read_file(key)?;
        let mut given = vec![octets.clone()];
        for path in certificates {
            given.push(Zeroizing::new(read_file(path)?.to_vec()));
        }
        let slices: Vec<&[u8]> = given.iter().map(|octets| octets.as_slice()).collect();
        if is_pkcs12(&octets) {
            return Self::read_pkcs12(&octets, slices.get(1..).unwrap_or_default(), pin).map_err(named);
        }
        Self::from_pkcs8(&octets, &slices, pin).map_err(named)
    }

    /// Reads a PKCS#8 key (RFC 5958), encrypted or not, or a PKCS#1 or SEC 1 key in PEM, with certificates that
    /// are each one DER or any number of PEM. The certificate whose public key is the key's becomes the
    /// signer's.
    ///
    /// # Errors
    /// [`SignerError::PinMissing`] for an encrypted key without a password, [`SignerError::PinWrong`] for the
    /// wrong one, [`SignerError::NoCertificate`] when none belongs to the key, and [`SignerError::Unusable`]
    /// when the key cannot be read or is of a kind that cannot sign.
    pub fn from_pkcs8(key: &[u8], certificates: &[&[u8]], pin: Option<&Pin>) -> Result<Self, SignerError> {
        let der = plain_key(key, pin)?;
        let key =
            PrivateKey::read(&der).ok_or_else(|| unusable("not an RSA, ECDSA or Ed25519 private key"))?;
        Self::with(key, certificates.iter().flat_map(|octets| read_certificates(octets)).collect())
    }

    /// Reads a PKCS#12 file (RFC 7292): PBES2 as OpenSSL 3 writes it, and the old SHA-1 kinds with Triple DES
    /// or RC2.
    ///
    /// # Errors
    /// As [`Self::from_pkcs8`].
    pub fn from_pkcs12(file: &[u8], pin: &Pin) -> Result<Self, SignerError> {
        Self::read_pkcs12(file, &[], Some(pin))
    }

    fn read_pkcs12(file: &[u8], more: &[&[u8]], pin: Option<&Pin>) -> Result<Self, SignerError> {
        let password = std::str::from_utf8(pin.ok_or(SignerError::PinMissing)?.octets())
            .map_err(|_| unusable("the password is not UTF-8"))?;
        let store = p12_keystore::KeyStore::from_pkcs12(file, password).map_err(|error| match error {
            p12_keystore::error::Error::MacError(_) | p12_keystore::error::Error::Pkcs5Error(_) => {
                SignerError::PinWrong
            }
            other => unusable(&other.to_string()),
        })?;
        let (_, chain) = store
            .private_key_chain()
            .ok_or_else(|| unusable("no private key with its certificate is in it"))?;
        let key = PrivateKey::read(chain.key())
            .ok_or_else(|| unusable("not an RSA, ECDSA or Ed25519 private key"))?;
        let mut certificates: Vec<Vec<u8>> = chain.chain().iter().map(|c| c.as_der().to_vec()).collect();
        certificates.extend(more.iter().flat_map(|octets| read_certificates(octets)));
        Self::with(key, certificates)
    }

    fn with(key: PrivateKey, mut certificates: Vec<Vec<u8>>) -> Result<Self, SignerError> {
        // A certificate that says for what it is goes before one of a CA that has the same key.
        let rank = |der: &[u8]| {
            let facts = certificate::read(der)?;
            certificate::is_for(der, key.public_octets()).then_some(facts.usage == Use::NoSignature)
        };
        let (_, index) = certificates
            .iter()
            .enumerate()
            .filter_map(|(i, der)| Some((rank(der)?, i)))
            .min()
            .ok_or(SignerError::NoCertificate)?;
        let certificate = certificates.swap_remove(index);
        certificates.retain(|der| *der != certificate);
        certificates.sort();
        certificates.dedup();
        Ok(Self { algorithms: key.algorithms(), key, certificate, certificates })
    }
}

impl Signer for SoftKey {
    fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    fn algorithms(&self) -> &[SignatureAlgorithm] {
        &self.algorithms
    }

    fn sign(&self, request: &SignRequest<'_>) -> Result<Vec<u8>, SignerError> {
        if !self.algorithms.contains(&request.algorithm) {
            return Err(SignerError::Algorithm(request.algorithm));
        }
        self.key.sign(request).ok_or_else(|| unusable("the signature could not be computed"))
    }
}

impl std::fmt::Debug for SoftKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SoftKey").field("algorithms", &self.algorithms).finish_non_exhaustive()
    }
}

impl PrivateKey {
    fn read(der: &[u8]) -> Option<Self> {
        if let Ok(key) = RsaKeyPair::from_pkcs8(der).or_else(|_| RsaKeyPair::from_der(der)) {
            return Some(Self::Rsa(key));
        }
        let curves: [&'static EcdsaSigningAlgorithm; 3] = [
            &ECDSA_P256_SHA256_ASN1_SIGNING,
            &ECDSA_P384_SHA384_ASN1_SIGNING,
            &ECDSA_P521_SHA512_ASN1_SIGNING,
        ];
        for curve in curves {
            let read = EcdsaKeyPair::from_pkcs8(curve, der);
            if let Ok(key) = read.or_else(|_| EcdsaKeyPair::from_private_key_der(curve, der)) {
                return Some(Self::Ecdsa(key));
            }
        }
        Ed25519KeyPair::from_pkcs8(der)
            .or_else(|_| Ed25519KeyPair::from_pkcs8_maybe_unchecked(der))
            .ok()
            .map(Self::Ed25519)
    }

    /// As in subjectPublicKey.
    fn public_octets(&self) -> &[u8] {
        match self {
            Self::Rsa(key) => key.public_key().as_ref(),
            Self::Ecdsa(key) => key.public_key().as_ref(),
            Self::Ed25519(key) => key.public_key().as_ref(),
        }
    }

    fn algorithms(&self) -> Vec<SignatureAlgorithm> {
        match self {
            Self::Rsa(_) => RSA_SCHEMES.iter().map(|(algorithm, _)| *algorithm).collect(),
            Self::Ecdsa(key) => {
                let digest = match key.public_key().as_ref().len() {
                    ..=65 => DigestAlgorithm::Sha256,
                    66..=97 => DigestAlgorithm::Sha384,
                    _ => DigestAlgorithm::Sha512,
                };
                vec![SignatureAlgorithm::Ecdsa { digest }]
            }
            Self::Ed25519(_) => vec![SignatureAlgorithm::Ed25519],
        }
    }

    fn sign(&self, request: &SignRequest<'_>) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let (_, encoding) =
                    RSA_SCHEMES.iter().find(|(algorithm, _)| *algorithm == request.algorithm)?;
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(*encoding, &random, request.message, &mut signature).ok()?;
                Some(signature)
            }
            Self::Ecdsa(key) => Some(key.sign(&random, request.message).ok()?.as_ref().to_vec()),
            Self::Ed25519(key) => Some(key.try_sign(request.message).ok()?.as_ref().to_vec()),
        }
    }
}

const fn pkcs1(digest: DigestAlgorithm) -> SignatureAlgorithm {
    SignatureAlgorithm::RsaPkcs1 { digest }
}

const fn pss(digest: DigestAlgorithm, salt: u32) -> SignatureAlgorithm {
    SignatureAlgorithm::RsaPss { digest, mgf: digest, salt }
}

/// The preferred one first: what every verifier of the last twenty years reads.
static RSA_SCHEMES: [(SignatureAlgorithm, &'static dyn RsaEncoding); 6] = [
    (pkcs1(DigestAlgorithm::Sha256), &RSA_PKCS1_SHA256),
    (pkcs1(DigestAlgorithm::Sha384), &RSA_PKCS1_SHA384),
    (pkcs1(DigestAlgorithm::Sha512), &RSA_PKCS1_SHA512),
    (pss(DigestAlgorithm::Sha256, 32), &RSA_PSS_SHA256),
    (pss(DigestAlgorithm::Sha384, 48), &RSA_PSS_SHA384),
    (pss(DigestAlgorithm::Sha512, 64), &RSA_PSS_SHA512),
];

/// The key's DER, decrypted.
fn plain_key(key: &[u8], pin: Option<&Pin>) -> Result<Zeroizing<Vec<u8>>, SignerError> {
    let block = pem::blocks(key).into_iter().find(|block| block.label.ends_with("PRIVATE KEY"));
    let der = block.map_or_else(|| Zeroizing::new(key.to_vec()), |block| block.der);
    if der.is_empty() {
        return Err(unusable("the PEM is not base64, or encrypted the way of old OpenSSL: make it PKCS#8"));
    }
    let Ok(encrypted) = EncryptedPrivateKeyInfoRef::from_der(&der) else { return Ok(der) };
    let pin = pin.ok_or(SignerError::PinMissing)?;
    let plain = encrypted.decrypt(pin.octets()).map_err(|_| SignerError::PinWrong)?;
    Ok(Zeroizing::new(plain.as_bytes().to_vec()))
}

/// The certificates in PEM, or the one that the octets are.
fn read_certificates(octets: &[u8]) -> Vec<Vec<u8>> {
    let blocks = pem::blocks(octets);
    if blocks.is_empty() && certificate::read(octets).is_some() {
        return vec![octets.to_vec()];
    }
    blocks.into_iter().filter(|block| block.label == "CERTIFICATE").map(|block| block.der.to_vec()).collect()
}

/// PFX ::= SEQUENCE { version INTEGER {v3(3)}, ... } and a private key has version 0 or 1.
fn is_pkcs12(octets: &[u8]) -> bool {
    let content = match octets {
        [0x30, 0x80, rest @ ..] => rest,
        [0x30, long, rest @ ..] if *long > 0x80 => rest.get(usize::from(long & 0x7f)..).unwrap_or_default(),
        [0x30, _, rest @ ..] => rest,
        _ => &[],
    };
    content.starts_with(&[0x02, 0x01, 0x03])
}

fn read_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, SignerError> {
    let failed = |error: std::io::Error| SignerError::Unusable {
        object: path.display().to_string(),
        reason: error.to_string(),
    };
    let mut octets = Zeroizing::new(Vec::new());
    File::open(path).map_err(failed)?.take(MOST_OCTETS).read_to_end(&mut octets).map_err(failed)?;
    Ok(octets)
}

fn unusable(reason: &str) -> SignerError {
    SignerError::Unusable { object: "the key file".to_owned(), reason: reason.to_owned() }
}
