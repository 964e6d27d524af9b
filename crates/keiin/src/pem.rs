// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Certificates out of PEM (RFC 7468, lax) or DER files.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// The DER of every block with this label; none when the text is not PEM. A block that is not base64 is `Err` with its
/// number, from 1.
pub(crate) fn blocks(input: &[u8], label: &str) -> Vec<Result<Vec<u8>, usize>> {
    let Ok(mut rest) = std::str::from_utf8(input) else { return Vec::new() };
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let mut found = Vec::new();
    while let Some((_, begun)) = rest.split_once(&begin) {
        let Some((text, after)) = begun.split_once(&end) else { break };
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        found.push(STANDARD.decode(plain).map_err(|_| found.len() + 1));
        rest = after;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_between_text() {
        let text =
            b"x\n-----BEGIN A-----\nAQ\n I=\n-----END A-----\ny\n-----BEGIN B-----\nAw==\n-----END B-----\n\
                     -----BEGIN A-----\n!!\n-----END A-----\n";
        assert_eq!(blocks(text, "A"), [Ok(vec![1, 2]), Err(2)]);
        assert_eq!(blocks(b"\xff", "A"), []);
    }
}
