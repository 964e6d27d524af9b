// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The ciphers of encrypted PDFs (ISO 32000-2, 7.6.3): RC4, and AES in CBC mode with its IV in front.

use cbc::{
    Decryptor, Encryptor,
    cipher::{
        BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, KeyInit,
        block_padding::NoPadding,
    },
};

/// Octets of a block and an IV of AES.
pub(crate) const BLOCK: usize = 16;

/// RC4: what PDF 1.1 to 1.5 have. It is its own inverse.
pub(crate) fn rc4(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut state: [u8; 256] = std::array::from_fn(|index| index.to_le_bytes()[0]);
    let mut j = 0_u8;
    if !key.is_empty() {
        for (i, octet) in (0..=255_u8).zip(key.iter().cycle()) {
            j = j.wrapping_add(at(&state, i)).wrapping_add(*octet);
            state.swap(usize::from(i), usize::from(j));
        }
    }
    let (mut i, mut j) = (0_u8, 0_u8);
    let mut next = || {
        i = i.wrapping_add(1);
        let first = at(&state, i);
        j = j.wrapping_add(first);
        let second = at(&state, j);
        state.swap(usize::from(i), usize::from(j));
        at(&state, first.wrapping_add(second))
    };
    data.iter().map(|octet| octet ^ next()).collect()
}

fn at(state: &[u8; 256], index: u8) -> u8 {
    state.get(usize::from(index)).copied().unwrap_or(0)
}

/// AES-CBC without padding under a key of 16 or 32 octets; `None` where the lengths do not fit.
pub(crate) fn decrypt_blocks(key: &[u8], iv: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    fn with<C: BlockCipherDecrypt + KeyInit>(key: &[u8], iv: &[u8], data: &[u8]) -> Option<Vec<u8>> {
        let cipher = C::new_from_slice(key).ok()?;
        let decryptor = Decryptor::<C>::inner_iv_slice_init(cipher, iv).ok()?;
        let mut buffer = data.to_vec();
        let len = decryptor.decrypt_padded::<NoPadding>(&mut buffer).ok()?.len();
        buffer.truncate(len);
        Some(buffer)
    }
    if key.len() == 16 { with::<aes::Aes128>(key, iv, data) } else { with::<aes::Aes256>(key, iv, data) }
}

/// The inverse of [`decrypt_blocks`].
pub(crate) fn encrypt_blocks(key: &[u8], iv: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    fn with<C: BlockCipherEncrypt + KeyInit>(key: &[u8], iv: &[u8], data: &[u8]) -> Option<Vec<u8>> {
        let cipher = C::new_from_slice(key).ok()?;
        let encryptor = Encryptor::<C>::inner_iv_slice_init(cipher, iv).ok()?;
        let mut buffer = data.to_vec();
        let len = buffer.len();
        Some(encryptor.encrypt_padded::<NoPadding>(&mut buffer, len).ok()?.to_vec())
    }
    if key.len() == 16 { with::<aes::Aes128>(key, iv, data) } else { with::<aes::Aes256>(key, iv, data) }
}

/// An IV, then blocks, the last padded (ISO 32000-2, 7.6.3.1). What is cut off or badly padded is taken as far as it goes,
/// as readers do; no octets at all stand for none.
pub(crate) fn decrypt(key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    if data.is_empty() {
        return Some(Vec::new());
    }
    let (iv, body) = data.split_at_checked(BLOCK)?;
    let whole = body.get(..body.len() - body.len() % BLOCK)?;
    let mut plain = decrypt_blocks(key, iv, whole)?;
    let padding = plain.last().copied().unwrap_or(0);
    if (1..=16).contains(&padding) && plain.ends_with(&vec![padding; usize::from(padding)]) {
        plain.truncate(plain.len().saturating_sub(usize::from(padding)));
    }
    Some(plain)
}

/// The inverse of [`decrypt`].
pub(crate) fn encrypt(key: &[u8], iv: &[u8; BLOCK], data: &[u8]) -> Option<Vec<u8>> {
    let padding = BLOCK - data.len() % BLOCK;
    let mut padded = data.to_vec();
    padded.resize(data.len().checked_add(padding)?, u8::try_from(padding).ok()?);
    let mut out = iv.to_vec();
    out.extend(encrypt_blocks(key, iv, &padded)?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rc4_by_its_known_answers() {
        // RFC 6229 has keystreams; these are the classic three of "Key", "Wiki" and "Secret".
        assert_eq!(rc4(b"Key", b"Plaintext"), [0xbb, 0xf3, 0x16, 0xe8, 0xd9, 0x40, 0xaf, 0x0a, 0xd3]);
        assert_eq!(rc4(b"Wiki", b"pedia"), [0x10, 0x21, 0xbf, 0x04, 0x20]);
        assert_eq!(rc4(b"", b"x").len(), 1);
    }

    #[test]
    fn aes_by_its_known_answer() {
        // NIST SP 800-38A, F.2.1, first block of CBC-AES128.
        let hex = |text: &str| -> Vec<u8> {
            (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
        };
        let (key, iv) = (hex("2b7e151628aed2a6abf7158809cf4f3c"), hex("000102030405060708090a0b0c0d0e0f"));
        let plain = hex("6bc1bee22e409f96e93d7e117393172a");
        let sealed = hex("7649abac8119b246cee98e9b12e9197d");
        assert_eq!(encrypt_blocks(&key, &iv, &plain).unwrap(), sealed);
        assert_eq!(decrypt_blocks(&key, &iv, &sealed).unwrap(), plain);
    }

    #[test]
    fn what_was_sealed_opens_and_what_is_cut_off_does_not_panic() {
        for key in [&[7; 16][..], &[9; 32]] {
            for len in [0, 1, 15, 16, 17] {
                let sealed = encrypt(key, &[3; 16], &vec![5; len]).unwrap();
                assert_eq!(decrypt(key, &sealed).unwrap(), vec![5; len]);
                for end in 0..sealed.len() {
                    drop(decrypt(key, &sealed[..end]));
                }
            }
        }
        assert!(decrypt(&[1; 5], &[0; 32]).is_none());
    }
}
