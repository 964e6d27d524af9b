// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Names of algorithms. What an algorithm is worth at a time is said by validate's dated table, not here.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Oid;

/// A digest algorithm that can be computed. Old ones are here because old archives must be readable (design.md 3, rule 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs)] // the names say it
#[non_exhaustive]
pub enum DigestAlgorithm {
    Md5,
    Sha1,
    Ripemd160,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    #[serde(rename = "SHA3_224")]
    Sha3_224,
    #[serde(rename = "SHA3_256")]
    Sha3_256,
    #[serde(rename = "SHA3_384")]
    Sha3_384,
    #[serde(rename = "SHA3_512")]
    Sha3_512,
}

impl DigestAlgorithm {
    /// All of them, weakest first.
    pub const ALL: [Self; 11] = [
        Self::Md5,
        Self::Sha1,
        Self::Ripemd160,
        Self::Sha224,
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
        Self::Sha3_224,
        Self::Sha3_256,
        Self::Sha3_384,
        Self::Sha3_512,
    ];

    /// The name of the algorithm itself in an AlgorithmIdentifier.
    pub const fn oid(self) -> Oid {
        match self {
            Self::Md5 => Oid::new(&[1, 2, 840, 113549, 2, 5]),
            Self::Sha1 => Oid::new(&[1, 3, 14, 3, 2, 26]),
            Self::Ripemd160 => Oid::new(&[1, 3, 36, 3, 2, 1]),
            Self::Sha256 => Oid::new(&[2, 16, 840, 1, 101, 3, 4, 2, 1]),
            Self::Sha384 => Oid::new(&[2, 16, 840, 1, 101, 3, 4, 2, 2]),
            Self::Sha512 => Oid::new(&[2, 16, 840, 1, 101, 3, 4, 2, 3]),
            Self::Sha224 => Oid::new(&[2, 16, 840, 1, 101, 3, 4, 2, 4]),
            Self::Sha3_224 => Oid::new(&[2, 16, 840, 1, 101, 3, 4, 2, 7]),
            Self::Sha3_256 => Oid::new(&[2, 16, 840, 1, 101, 3, 4, 2, 8]),
            Self::Sha3_384 => Oid::new(&[2, 16, 840, 1, 101, 3, 4, 2, 9]),
            Self::Sha3_512 => Oid::new(&[2, 16, 840, 1, 101, 3, 4, 2, 10]),
        }
    }

    /// The algorithm of an OID; `None` when keiin cannot compute it.
    pub fn from_oid(oid: &Oid) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.oid() == *oid)
    }

    /// Octets in a digest.
    pub const fn len(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 | Self::Ripemd160 => 20,
            Self::Sha224 | Self::Sha3_224 => 28,
            Self::Sha256 | Self::Sha3_256 => 32,
            Self::Sha384 | Self::Sha3_384 => 48,
            Self::Sha512 | Self::Sha3_512 => 64,
        }
    }

    /// Never: every digest has octets. Here because clippy wants it beside `len`.
    pub const fn is_empty(self) -> bool {
        false
    }

    /// The name as people write it: `SHA-256`, `SHA3-512`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Ripemd160 => "RIPEMD-160",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
            Self::Sha3_224 => "SHA3-224",
            Self::Sha3_256 => "SHA3-256",
            Self::Sha3_384 => "SHA3-384",
            Self::Sha3_512 => "SHA3-512",
        }
    }

    /// Finds an algorithm by name, whatever the case and with or without `-` or `_` (`sha256`, `SHA-256`, `SHA3_512`).
    pub fn from_name(name: &str) -> Option<Self> {
        let plain =
            |s: &str| s.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        Self::ALL.into_iter().find(|a| plain(a.name()) == plain(name))
    }
}

impl fmt::Display for DigestAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A signature scheme with everything that its parameters fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "scheme", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 (RFC 8017, 8.2).
    RsaPkcs1 {
        /// The digest inside the DigestInfo.
        digest: DigestAlgorithm,
    },
    /// RSASSA-PSS (RFC 8017, 8.1).
    RsaPss {
        /// The digest of the message.
        digest: DigestAlgorithm,
        /// The digest of MGF1.
        mgf: DigestAlgorithm,
        /// Octets of salt.
        salt: u32,
    },
    /// ECDSA with a DER Ecdsa-Sig-Value (RFC 3279, 2.2.3).
    Ecdsa {
        /// The digest of the message.
        digest: DigestAlgorithm,
    },
    /// ECDSA with r and s one after the other, each as long as the order of the curve (BSI TR-03111, 5.2.1).
    EcdsaPlain {
        /// The digest of the message.
        digest: DigestAlgorithm,
    },
    /// DSA with a DER Dss-Sig-Value.
    Dsa {
        /// The digest of the message.
        digest: DigestAlgorithm,
    },
    /// PureEdDSA over edwards25519 (RFC 8032).
    Ed25519,
    /// PureEdDSA over edwards448: named, not computed.
    Ed448,
    /// Something else, kept by name so that a report can say what it was.
    Other {
        /// The OID of the signature algorithm.
        oid: Oid,
    },
}

impl SignatureAlgorithm {
    /// The digest that the message goes through first; `None` for EdDSA and unknown schemes.
    pub const fn digest(self) -> Option<DigestAlgorithm> {
        match self {
            Self::RsaPkcs1 { digest }
            | Self::RsaPss { digest, .. }
            | Self::Ecdsa { digest }
            | Self::EcdsaPlain { digest }
            | Self::Dsa { digest } => Some(digest),
            Self::Ed25519 | Self::Ed448 | Self::Other { .. } => None,
        }
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RsaPkcs1 { digest } => write!(f, "RSA with {digest}"),
            Self::RsaPss { digest, .. } => write!(f, "RSASSA-PSS with {digest}"),
            Self::Ecdsa { digest } => write!(f, "ECDSA with {digest}"),
            Self::EcdsaPlain { digest } => write!(f, "plain ECDSA with {digest}"),
            Self::Dsa { digest } => write!(f, "DSA with {digest}"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Ed448 => f.write_str("Ed448"),
            Self::Other { oid } => write!(f, "{oid}"),
        }
    }
}

/// An elliptic curve by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)] // the names say it
#[non_exhaustive]
pub enum Curve {
    P224,
    P256,
    P384,
    P521,
    Secp256k1,
    BrainpoolP256r1,
    BrainpoolP384r1,
    BrainpoolP512r1,
}

impl Curve {
    /// Bits of the field, which is how algorithm tables speak of a curve.
    pub const fn bits(self) -> u32 {
        match self {
            Self::P224 => 224,
            Self::P256 | Self::Secp256k1 | Self::BrainpoolP256r1 => 256,
            Self::P384 | Self::BrainpoolP384r1 => 384,
            Self::BrainpoolP512r1 => 512,
            Self::P521 => 521,
        }
    }
}

/// A public key's kind and size, as an algorithm table needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum KeyAlgorithm {
    /// RSA.
    Rsa {
        /// Bits of the modulus.
        bits: u32,
    },
    /// DSA.
    Dsa {
        /// Bits of p.
        bits: u32,
    },
    /// ECDSA.
    Ec {
        /// The named curve.
        curve: Curve,
    },
    /// Ed25519.
    Ed25519,
    /// Ed448.
    Ed448,
    /// Something else, by OID.
    Other {
        /// The OID of the key's algorithm.
        oid: Oid,
    },
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(f, "RSA-{bits}"),
            Self::Dsa { bits } => write!(f, "DSA-{bits}"),
            Self::Ec { curve } => write!(f, "{curve:?}"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Ed448 => f.write_str("Ed448"),
            Self::Other { oid } => write!(f, "{oid}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_found_by_oid_and_name() {
        for algorithm in DigestAlgorithm::ALL {
            assert_eq!(DigestAlgorithm::from_oid(&algorithm.oid()), Some(algorithm));
            assert_eq!(DigestAlgorithm::from_name(algorithm.name()), Some(algorithm));
        }
        assert_eq!(DigestAlgorithm::from_name("sha3_512"), Some(DigestAlgorithm::Sha3_512));
        assert_eq!(DigestAlgorithm::from_name("sha-99"), None);
    }
}
