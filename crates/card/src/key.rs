// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The card's private key and what it can do.

use cryptoki_sys::{
    CK_MECHANISM_TYPE, CK_RV, CKM_ECDSA, CKM_RSA_PKCS, CKM_RSA_PKCS_PSS, CKR_DATA_LEN_RANGE,
    CKR_DEVICE_ERROR, CKR_FUNCTION_FAILED, CKR_MECHANISM_INVALID,
};
use p256::ecdsa::signature::hazmat::PrehashSigner;
use pkcs8::DecodePrivateKey;
use rsa::traits::{PublicKeyParts, SignatureScheme};
use rsa::{Pkcs1v15Sign, Pss, RsaPrivateKey};

use crate::config::Mechanism;

pub(crate) enum Key {
    Rsa(Box<RsaPrivateKey>),
    P256(p256::ecdsa::SigningKey),
}

impl Key {
    pub(crate) fn read(pkcs8: &[u8]) -> Result<Self, CK_RV> {
        if let Ok(key) = RsaPrivateKey::from_pkcs8_der(pkcs8) {
            return Ok(Self::Rsa(Box::new(key)));
        }
        p256::ecdsa::SigningKey::from_pkcs8_der(pkcs8).map(Self::P256).map_err(|_| CKR_DEVICE_ERROR)
    }

    /// The modulus and the public exponent, big-endian.
    pub(crate) fn rsa_public(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        match self {
            Self::Rsa(key) => Some((
                key.n().to_be_bytes_trimmed_vartime().into_vec(),
                key.e().to_be_bytes_trimmed_vartime().into_vec(),
            )),
            Self::P256(_) => None,
        }
    }

    pub(crate) fn signature_len(&self) -> usize {
        match self {
            Self::Rsa(key) => key.size(),
            Self::P256(_) => 64,
        }
    }

    pub(crate) fn sign(&self, mechanism: CK_MECHANISM_TYPE, data: &[u8]) -> Result<Vec<u8>, CK_RV> {
        match (self, mechanism) {
            (Self::Rsa(key), CKM_RSA_PKCS) => {
                if data.len() + 11 > key.size() {
                    return Err(CKR_DATA_LEN_RANGE);
                }
                // EMSA-PKCS1-v1_5 without a DigestInfo of its own: 00 01 FF..FF 00 and then what was given.
                key.sign(Pkcs1v15Sign::new_unprefixed(), data).map_err(|_| CKR_FUNCTION_FAILED)
            }
            (Self::Rsa(key), CKM_RSA_PKCS_PSS) => {
                // The parameters would say which digest; its length says the same, and salt is always as long.
                let random = Some(&mut getrandom::SysRng);
                match data.len() {
                    32 => Pss::<sha2::Sha256>::new().sign(random, key, data),
                    48 => Pss::<sha2::Sha384>::new().sign(random, key, data),
                    64 => Pss::<sha2::Sha512>::new().sign(random, key, data),
                    _ => return Err(CKR_DATA_LEN_RANGE),
                }
                .map_err(|_| CKR_FUNCTION_FAILED)
            }
            (Self::P256(key), CKM_ECDSA) => {
                let signature: p256::ecdsa::Signature =
                    key.sign_prehash(data).map_err(|_| CKR_DATA_LEN_RANGE)?;
                Ok(signature.to_bytes().to_vec())
            }
            _ => Err(CKR_MECHANISM_INVALID),
        }
    }
}

pub(crate) fn mechanism_type(mechanism: Mechanism) -> CK_MECHANISM_TYPE {
    match mechanism {
        Mechanism::RsaPkcs => CKM_RSA_PKCS,
        Mechanism::RsaPkcsPss => CKM_RSA_PKCS_PSS,
        Mechanism::Ecdsa => CKM_ECDSA,
    }
}
