// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The file key from a password: the standard security handler (ISO 32000-1, 7.6.3; ISO 32000-2, 7.6.4).

use keiin_model::DigestAlgorithm as Digest;
use keiin_pki::digest::digest;
use stringprep::saslprep;

use super::cipher::{decrypt_blocks, encrypt_blocks, rc4};

/// What a password is padded with (algorithm 2, step a).
const PAD: [u8; 32] = [
    0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41, 0x64, 0x00, 0x4e, 0x56, 0xff, 0xfa, 0x01, 0x08, 0x2e,
    0x2e, 0x00, 0xb6, 0xd0, 0x68, 0x3e, 0x80, 0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69, 0x7a,
];
/// Octets of a password that count from revision 5 on.
const MAX_PASSWORD: usize = 127;
/// Rounds after which algorithm 2.B ends whatever comes: its last octet is under 256, so it ends before.
const MAX_ROUNDS: u32 = 64 + 256;

/// What the encryption dictionary says about its passwords.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standard {
    pub(crate) revision: i64,
    /// Octets of the file key.
    pub(crate) length: usize,
    pub(crate) owner: Vec<u8>,
    pub(crate) user: Vec<u8>,
    pub(crate) owner_key: Vec<u8>,
    pub(crate) user_key: Vec<u8>,
    pub(crate) permissions: i64,
    /// The first octet string of the trailer's /ID.
    pub(crate) id: Vec<u8>,
    pub(crate) encrypts_metadata: bool,
}

impl Standard {
    /// The file key, by the user's or the owner's password.
    pub(crate) fn key(&self, password: &[u8]) -> Option<Vec<u8>> {
        if self.revision >= 5 {
            return self.modern(password);
        }
        let password = latin(password);
        let user = self.owner_opens(&password);
        [password, user].into_iter().map(|p| self.old(&p)).find(|key| self.is_user(key))
    }

    /// Algorithm 2.
    fn old(&self, password: &[u8]) -> Vec<u8> {
        let mut input = padded(password);
        input.extend_from_slice(self.owner.get(..32).unwrap_or(&self.owner));
        input.extend(self.permissions.to_le_bytes().into_iter().take(4));
        input.extend_from_slice(&self.id);
        if self.revision >= 4 && !self.encrypts_metadata {
            input.extend([0xff; 4]);
        }
        self.rounds(digest(Digest::Md5, &input))
    }

    fn rounds(&self, mut key: Vec<u8>) -> Vec<u8> {
        key.truncate(self.length);
        if self.revision >= 3 {
            for _ in 0..50 {
                key = digest(Digest::Md5, &key);
                key.truncate(self.length);
            }
        }
        key
    }

    /// Algorithms 4 to 6.
    fn is_user(&self, key: &[u8]) -> bool {
        if self.revision == 2 {
            return rc4(key, &PAD) == self.user.get(..32).unwrap_or_default();
        }
        let mut input = PAD.to_vec();
        input.extend_from_slice(&self.id);
        let check =
            (0..20).fold(digest(Digest::Md5, &input), |value, round| rc4(&turned(key, round), &value));
        self.user.get(..16) == Some(check.as_slice())
    }

    /// Algorithm 7: the user's password, if this is the owner's.
    fn owner_opens(&self, password: &[u8]) -> Vec<u8> {
        let key = self.rounds(digest(Digest::Md5, &padded(password)));
        let sealed = self.owner.get(..32).unwrap_or_default().to_vec();
        if self.revision == 2 {
            return rc4(&key, &sealed);
        }
        (0..20).rev().fold(sealed, |value, round| rc4(&turned(&key, round), &value))
    }

    /// Algorithm 2.A. The password is prepared first (7.6.4.3.3); many writers do not, so it is tried as it is given too.
    fn modern(&self, password: &[u8]) -> Option<Vec<u8>> {
        let prepared = std::str::from_utf8(password).ok().and_then(|text| saslprep(text).ok());
        let prepared = prepared.as_deref().map(str::as_bytes).filter(|prepared| *prepared != password);
        prepared.into_iter().chain([password]).find_map(|password| self.modern_key(password))
    }

    fn modern_key(&self, password: &[u8]) -> Option<Vec<u8>> {
        let password = password.get(..MAX_PASSWORD).unwrap_or(password);
        let user = self.user.get(..48)?;
        let sides = [(&self.user, &self.user_key, &[][..]), (&self.owner, &self.owner_key, user)];
        for (check, sealed, more) in sides {
            let (Some(hash), Some(salt)) = (check.get(..32), check.get(32..40)) else { continue };
            if self.hash(password, salt, more) == hash {
                let key = self.hash(password, check.get(40..48)?, more);
                return decrypt_blocks(&key, &[0; 16], sealed.get(..32)?);
            }
        }
        None
    }

    /// Revision 5 took one SHA-256; revision 6 is algorithm 2.B.
    fn hash(&self, password: &[u8], salt: &[u8], more: &[u8]) -> Vec<u8> {
        let mut key = digest(Digest::Sha256, &[password, salt, more].concat());
        if self.revision < 6 {
            return key;
        }
        for round in 1..=MAX_ROUNDS {
            let block = [password, &key, more].concat().repeat(64);
            let (Some(with), Some(iv)) = (key.get(..16), key.get(16..32)) else { break };
            let Some(sealed) = encrypt_blocks(with, iv, &block) else { break };
            // The first sixteen octets as a number modulo three: 256 is 1 modulo 3.
            let sum = sealed.iter().take(16).fold(0_u32, |sum, octet| sum.saturating_add(u32::from(*octet)));
            let algorithm = match sum % 3 {
                0 => Digest::Sha256,
                1 => Digest::Sha384,
                _ => Digest::Sha512,
            };
            key = digest(algorithm, &sealed);
            let last = sealed.last().copied().map_or(0, u32::from);
            if round >= 64 && last <= round - 32 {
                break;
            }
        }
        key.truncate(32);
        key
    }
}

fn padded(password: &[u8]) -> Vec<u8> {
    password.iter().chain(&PAD).take(32).copied().collect()
}

fn turned(key: &[u8], round: u8) -> Vec<u8> {
    key.iter().map(|octet| octet ^ round).collect()
}

/// Passwords before revision 5 are in PDFDocEncoding, which is Latin-1 but for a few signs.
fn latin(password: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(password).ok();
    let octets: Option<Vec<u8>> =
        text.and_then(|t| t.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect());
    octets.unwrap_or_else(|| password.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An encryption dictionary of revision 6 whose user's password has these octets.
    fn opened_by(password: &[u8]) -> Standard {
        let mut standard = Standard { revision: 6, ..Standard::default() };
        let (check, salt) = (*b"checking", *b"key salt");
        standard.user = [standard.hash(password, &check, &[]), check.to_vec(), salt.to_vec()].concat();
        let key = standard.hash(password, &salt, &[]);
        standard.user_key = encrypt_blocks(&key, &[0; 16], &[7; 32]).unwrap();
        standard
    }

    #[test]
    fn passwords_are_prepared_and_tried_as_they_are() {
        // RFC 4013, 3: a soft hyphen maps to nothing, U+2168 and U+00AA to what they are compatible with.
        for (given, prepared) in [("I\u{ad}X", "IX"), ("\u{2168}", "IX"), ("\u{aa}", "a"), ("USER", "USER")] {
            assert!(opened_by(prepared.as_bytes()).modern(given.as_bytes()).is_some(), "{given}");
            assert!(opened_by(given.as_bytes()).modern(given.as_bytes()).is_some(), "{given} unprepared");
        }
        assert!(opened_by(b"user").modern(b"USER").is_none());
        // What RFC 4013 forbids, and what is no UTF-8, is a password all the same.
        for odd in [&b"\x07"[..], b"\xff\xfe"] {
            assert!(opened_by(odd).modern(odd).is_some());
        }
    }
}
