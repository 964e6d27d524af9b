// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The ciphers of key files, all in CBC mode with the padding of PKCS#7.

use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey,
};
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, InnerIvInit, KeyInit};
use des::TdesEde3;
use keiin_model::Oid;
use rc2::Rc2;
use zeroize::Zeroizing;

#[derive(Clone, Copy)]
pub(super) enum Cipher {
    Aes {
        key_len: usize,
    },
    TripleDes,
    /// K1, K2, K1.
    TripleDesOfTwoKeys,
    /// The key's own length is the effective one.
    Rc2 {
        key_len: usize,
    },
}

/// The encryption schemes of RFC 8018, B.2, that files have.
const OF_PBES2: [(Oid, Cipher); 4] = [
    (Oid::new(&[2, 16, 840, 1, 101, 3, 4, 1, 2]), Cipher::Aes { key_len: 16 }),
    (Oid::new(&[2, 16, 840, 1, 101, 3, 4, 1, 22]), Cipher::Aes { key_len: 24 }),
    (Oid::new(&[2, 16, 840, 1, 101, 3, 4, 1, 42]), Cipher::Aes { key_len: 32 }),
    (Oid::new(&[1, 2, 840, 113549, 3, 7]), Cipher::TripleDes),
];

impl Cipher {
    pub(super) fn of_pbes2(oid: &Oid) -> Option<Self> {
        OF_PBES2.into_iter().find(|(known, _)| known == oid).map(|(_, cipher)| cipher)
    }

    pub(super) const fn key_len(self) -> usize {
        match self {
            Self::Aes { key_len } | Self::Rc2 { key_len } => key_len,
            Self::TripleDes => 24,
            Self::TripleDesOfTwoKeys => 16,
        }
    }

    pub(super) const fn block_len(self) -> usize {
        match self {
            Self::Aes { .. } => 16,
            Self::TripleDes | Self::TripleDesOfTwoKeys | Self::Rc2 { .. } => 8,
        }
    }

    /// `None` when key, IV or ciphertext have a wrong length, or the padding is wrong.
    pub(super) fn decrypt(self, key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Aes { .. } => aes(key, iv, ciphertext),
            Self::TripleDes => cbc(TdesEde3::new_from_slice(key).ok()?, iv, ciphertext),
            Self::TripleDesOfTwoKeys => {
                let three = Zeroizing::new([key, key.get(..8)?].concat());
                cbc(TdesEde3::new_from_slice(&three).ok()?, iv, ciphertext)
            }
            Self::Rc2 { .. } => cbc(Rc2::new_from_slice(key).ok()?, iv, ciphertext),
        }
    }
}

fn aes(key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let algorithm = match key.len() {
        16 => &AES_128,
        24 => &AES_192,
        _ => &AES_256,
    };
    let key = UnboundCipherKey::new(algorithm, key).ok()?;
    let iv = <[u8; 16]>::try_from(iv).ok()?;
    let mut buffer = Zeroizing::new(ciphertext.to_vec());
    let key = PaddedBlockDecryptingKey::cbc_pkcs7(key).ok()?;
    let len = key.decrypt(&mut buffer, DecryptionContext::Iv128(iv.into())).ok()?.len();
    buffer.truncate(len);
    Some(buffer)
}

fn cbc<C: BlockCipherDecrypt>(cipher: C, iv: &[u8], ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut buffer = Zeroizing::new(ciphertext.to_vec());
    let decryptor = Decryptor::<C>::inner_iv_slice_init(cipher, iv).ok()?;
    let len = decryptor.decrypt_padded::<Pkcs7>(&mut buffer).ok()?.len();
    buffer.truncate(len);
    Some(buffer)
}
