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
use keiin_pki::der::Element;
use zeroize::Zeroizing;

use crate::certificate::{self, Use};
use crate::file_error::FileError;
use crate::pbe::kdf::Work;
use crate::pbe::{self, Password};
use crate::pem;
use crate::pin::Pin;
use crate::pkcs12::{self, MOST_OCTETS};

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

    /// Reads a PKCS#12 file (RFC 7292): PBES2 as OpenSSL 3 writes it, the old SHA-1 kinds with Triple DES or RC2,
    /// and no encryption; with any MAC of SHA-1 or SHA-2, PBMAC1 (RFC 9579), or none. The signer's certificate is the
    /// one with the key's localKeyID or, failing that, with its public key; of several keys, one whose certificate is
    /// for documents goes first.
    ///
    /// # Errors
    /// As [`Self::from_pkcs8`]; [`SignerError::PinWrong`] also for a file that was changed, which looks the same;
    /// [`SignerError::Ambiguous`] when several keys could sign; and [`SignerError::Unusable`] also for a file over
    /// the limits: 4 MiB, 1,000 bags, 10,000,000 rounds of key derivation.
    pub fn from_pkcs12(file: &[u8], pin: &Pin) -> Result<Self, SignerError> {
        Self::read_pkcs12(file, &[], Some(pin))
    }

    fn read_pkcs12(file: &[u8], more: &[&[u8]], pin: Option<&Pin>) -> Result<Self, SignerError> {
        let contents = pkcs12::read(file, pin.map(Password::new))?;
        if contents.keys.is_empty() {
            return Err(unusable("no private key is in it"));
        }
        let given: Vec<Vec<u8>> = more.iter().flat_map(|octets| read_certificates(octets)).collect();
        let keys = contents.keys.iter().filter_map(|key| Some((key, PrivateKey::read(&key.der)?)));
        let mut read = keys.peekable();
        read.peek().ok_or_else(|| unusable("not an RSA, ECDSA or Ed25519 private key"))?;
        let signers = read.filter_map(|(key, private)| {
            let mut certificates = contents.certificates_for(key);
            certificates.extend_from_slice(&given);
            Self::with(private, certificates).ok()
        });
        Self::choose(signers.collect())
    }

    /// The one whose certificate is for documents before others; between two that are alike, none is guessed.
    fn choose(signers: Vec<Self>) -> Result<Self, SignerError> {
        let mut best: Option<(Use, Vec<Self>)> = None;
        for signer in signers {
            let Some(facts) = certificate::read(&signer.certificate) else { continue };
            match &mut best {
                Some((usage, alike)) if *usage == facts.usage => {
                    if !alike.iter().any(|other| other.certificate == signer.certificate) {
                        alike.push(signer);
                    }
                }
                Some((usage, _)) if *usage < facts.usage => {}
                _ => best = Some((facts.usage, vec![signer])),
            }
        }
        let mut alike = best.map(|(_, alike)| alike).unwrap_or_default();
        match alike.pop() {
            None => Err(SignerError::NoCertificate),
            Some(signer) if alike.is_empty() => Ok(signer),
            Some(last) => {
                alike.push(last);
                let name = |signer: &Self| Some(certificate::read(&signer.certificate)?.subject);
                Err(SignerError::Ambiguous { choices: alike.iter().filter_map(name).collect() })
            }
        }
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
    let element = Element::whole(&der, "PKCS #8").ok();
    let Some((scheme, ciphertext)) = element.as_ref().and_then(pbe::encrypted_private_key) else {
        return Ok(der);
    };
    let password = Password::new(pin.ok_or(SignerError::PinMissing)?);
    Ok(pbe::decrypt(&scheme, &ciphertext.to_cow(), &password, &mut Work::new())?)
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
    File::open(path)
        .map_err(failed)?
        .take(1 + MOST_OCTETS as u64)
        .read_to_end(&mut octets)
        .map_err(failed)?;
    if octets.len() > MOST_OCTETS {
        return Err(FileError::Size { limit: MOST_OCTETS }.into());
    }
    Ok(octets)
}

fn unusable(reason: &str) -> SignerError {
    SignerError::Unusable { object: "the key file".to_owned(), reason: reason.to_owned() }
}
