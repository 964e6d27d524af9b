// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A password in the octets that the standards derive keys from.

use zeroize::Zeroizing;

use crate::pin::Pin;

#[derive(Clone, Copy)]
pub(crate) struct Password<'a>(&'a [u8]);

impl<'a> Password<'a> {
    pub(crate) fn new(pin: &'a Pin) -> Self {
        Self(pin.octets())
    }

    /// As PBKDF2 takes it (RFC 8018, 3).
    pub(super) const fn octets(&self) -> &'a [u8] {
        self.0
    }

    /// As PKCS#12 takes it: a BMPString with its two zeros (RFC 7292, appendix B.1). Some writers have none behind an
    /// empty password, and old ones took each octet of other than ASCII for a character, so there can be two.
    pub(crate) fn forms(&self) -> Vec<Zeroizing<Vec<u8>>> {
        let octet_by_octet = || bmp(self.0.iter().map(|octet| u16::from(*octet)), self.0.len());
        match std::str::from_utf8(self.0) {
            Ok("") => vec![bmp([], 0), Zeroizing::new(Vec::new())],
            Ok(text) if text.is_ascii() => vec![octet_by_octet()],
            Ok(text) => vec![bmp(text.encode_utf16(), text.len()), octet_by_octet()],
            Err(_) => vec![octet_by_octet()],
        }
    }
}

fn bmp(characters: impl IntoIterator<Item = u16>, most: usize) -> Zeroizing<Vec<u8>> {
    // Room for all of it: a buffer that grows leaves a copy behind.
    let mut octets = Zeroizing::new(Vec::with_capacity(2 * most + 2));
    for character in characters {
        octets.extend(character.to_be_bytes());
    }
    octets.extend([0, 0]);
    octets
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)] // a test may fail
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_password() {
        let forms = |text: &str| {
            let pin = Pin::new(text.into());
            Password::new(&pin).forms().iter().map(|form| form.to_vec()).collect::<Vec<_>>()
        };
        // RFC 7292, B.1: "Beavis".
        assert_eq!(forms("Beavis"), [b"\0B\0e\0a\0v\0i\0s\0\0".to_vec()]);
        assert_eq!(forms(""), [vec![0, 0], vec![]]);
        assert_eq!(forms("印")[0], [0x53, 0x70, 0, 0]);
        assert_eq!(forms("印")[1], [0, 0xe5, 0, 0x8d, 0, 0xb0, 0, 0]);
    }
}
