// SPDX-License-Identifier: Apache-2.0 OR MIT
//! PEM as it is found in files (RFC 7468, lax): several blocks, text between them, lines of any length.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// A block: its label and what it holds.
pub(crate) struct Block<'a> {
    pub(crate) label: &'a str,
    /// Empty when the text was not base64.
    pub(crate) der: Zeroizing<Vec<u8>>,
}

/// The blocks of a text; none when it is not PEM.
pub(crate) fn blocks(input: &[u8]) -> Vec<Block<'_>> {
    let Ok(mut rest) = std::str::from_utf8(input) else { return Vec::new() };
    let mut found = Vec::new();
    while let Some((_, begun)) = rest.split_once("-----BEGIN ") {
        let Some((label, body)) = begun.split_once("-----") else { break };
        let Some((text, after)) = body.split_once("-----END ") else { break };
        found.push(Block { label, der: decode(text) });
        rest = after;
    }
    found
}

fn decode(text: &str) -> Zeroizing<Vec<u8>> {
    let plain: Zeroizing<String> = Zeroizing::new(text.chars().filter(|c| !c.is_whitespace()).collect());
    Zeroizing::new(STANDARD.decode(plain.as_bytes()).unwrap_or_default())
}
