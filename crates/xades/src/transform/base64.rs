// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Base64 (RFC 2045, 6.8; XML Signature 1.1, 6.6.2), in one piece and as a stream.

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use crate::c14n::Sink;

/// Signers leave padding out or its unused bits set; neither changes the octets.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Characters that are decoded in one turn: whole groups of four.
const TURN: usize = 8 * 1024;

/// The octets of a Base64 text with white space in it; `None` when it has anything else.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(text.len() / 4 * 3);
    let mut decoder = Decoder::new(&mut octets);
    decoder.update(text.as_bytes())?;
    decoder.finish()?;
    Some(octets)
}

/// The text of octets, in one line.
#[cfg(test)]
pub(crate) fn encode(octets: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(octets)
}

/// A stream of Base64 characters on its way into octets.
pub(crate) struct Decoder<'s> {
    out: &'s mut dyn Sink,
    characters: Vec<u8>,
    octets: Vec<u8>,
    padded: bool,
}

impl<'s> Decoder<'s> {
    pub(crate) fn new(out: &'s mut dyn Sink) -> Self {
        Self { out, characters: Vec::with_capacity(TURN), octets: Vec::new(), padded: false }
    }

    /// Takes the next characters; `None` when one of them is not Base64's.
    pub(crate) fn update(&mut self, text: &[u8]) -> Option<()> {
        for line in text.split(|c| matches!(c, b' ' | b'\t' | b'\r' | b'\n')) {
            let mut rest = line;
            while !rest.is_empty() {
                let room = TURN.saturating_sub(self.characters.len());
                let (now, later) = rest.split_at_checked(room).unwrap_or((rest, &[]));
                self.characters.extend_from_slice(now);
                rest = later;
                if self.characters.len() >= TURN {
                    self.flush()?;
                }
            }
        }
        Some(())
    }

    pub(crate) fn finish(mut self) -> Option<()> {
        self.flush()
    }

    fn flush(&mut self) -> Option<()> {
        if self.characters.is_empty() {
            return Some(());
        }
        if self.padded {
            return None; // nothing follows the padding
        }
        self.padded = self.characters.last() == Some(&b'=');
        self.octets.clear();
        ENGINE.decode_vec(&self.characters, &mut self.octets).ok()?;
        self.characters.clear();
        self.out.write(&self.octets);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_and_missing_padding_are_taken() {
        assert_eq!(decode(" Zm\r\n9v \tYg== "), Some(b"foob".to_vec()));
        assert_eq!(decode("Zm9vYg"), Some(b"foob".to_vec()));
        assert_eq!(decode(""), Some(Vec::new()));
        for wrong in ["Zm9v!", "Zg==Zg==", "Z", "Zm9v=", "Zm9v\u{a0}"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_long_stream_is_the_same_as_one_piece() {
        let octets: Vec<u8> = (0..100_000u32).flat_map(u32::to_le_bytes).collect();
        let lines: Vec<String> =
            encode(&octets).as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into()).collect();
        assert_eq!(decode(&lines.join("\n")), Some(octets));
    }
}
