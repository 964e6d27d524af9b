// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Rectangles (ISO 32000-1, 7.9.5), whose numbers a parsed object does not keep.

use super::{
    Pdf,
    lexer::{Lexer, Token},
    object::Object,
    syntax,
};
use crate::PadesError;

impl Pdf<'_> {
    /// The rectangle behind a key of an object; `None` when there is no such entry, or it is something else.
    pub(crate) fn rectangle(&self, object: u32, key: &str) -> Result<Option<[f64; 4]>, PadesError> {
        let Some(text) = self.text(object)? else { return Ok(None) };
        let Some(place) = syntax::place(&text.octets, &[key.as_bytes().to_vec()]) else { return Ok(None) };
        if let Some(numbers) = four(&text.octets, place.start) {
            return Ok(Some(numbers));
        }
        // The array may be an object of its own.
        let found = self.object(object)?.object;
        let reference = found.as_dictionary().and_then(|dictionary| dictionary.value(key));
        let Some(Object::Reference(array)) = reference else { return Ok(None) };
        Ok(self.text(*array)?.and_then(|text| four(&text.octets, 0)))
    }
}

fn four(octets: &[u8], at: usize) -> Option<[f64; 4]> {
    let mut lexer = Lexer::new(octets, at);
    let (Token::ArrayStart, _) = lexer.next()? else { return None };
    let mut numbers = [0.0; 4];
    for number in &mut numbers {
        let (Token::Integer(_) | Token::Real(_), place) = lexer.next()? else { return None };
        *number = std::str::from_utf8(octets.get(place)?).ok()?.parse().ok()?;
    }
    matches!(lexer.next()?, (Token::ArrayEnd, _)).then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rectangles_are_read_as_they_are_written() {
        assert_eq!(four(b"[0 -.5 595.276 +841.]", 0), Some([0.0, -0.5, 595.276, 841.0]));
        for other in [&b"[0 0 1]"[..], b"[0 0 1 1 1]", b"[0 0 1 /A]", b"[1 0 R 0 0 0]", b"(0)", b""] {
            assert_eq!(four(other, 0), None);
        }
    }
}
