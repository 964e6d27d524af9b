// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Tokens of PDF syntax (ISO 32000-1, 7.2 and 7.3).

use std::ops::Range;

use crate::source::Octets;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token<'a> {
    Integer(i64),
    Real(f64),
    /// With `#xx` resolved.
    Name(Vec<u8>),
    /// What a literal or hexadecimal string means.
    String(Vec<u8>),
    ArrayStart,
    ArrayEnd,
    DictionaryStart,
    DictionaryEnd,
    /// Any other run of regular characters: `obj`, `R`, `true`, `stream`.
    Keyword(&'a [u8]),
}

/// Reads tokens from octets, from a position on.
#[derive(Clone, Debug)]
pub(crate) struct Lexer<'a> {
    /// The piece of the file that is read, and the offset of its first octet.
    input: &'a [u8],
    origin: usize,
    at: usize,
}

pub(crate) const fn is_space(octet: u8) -> bool {
    matches!(octet, 0 | 9 | 10 | 12 | 13 | 32)
}

pub(crate) const fn is_delimiter(octet: u8) -> bool {
    matches!(octet, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

pub(crate) const fn is_regular(octet: u8) -> bool {
    !is_space(octet) && !is_delimiter(octet)
}

pub(crate) const fn hex_digit(octet: u8) -> Option<u8> {
    match octet {
        b'0'..=b'9' => Some(octet - b'0'),
        b'a'..=b'f' => Some(octet - b'a' + 10),
        b'A'..=b'F' => Some(octet - b'A' + 10),
        _ => None,
    }
}

/// The octets of digits in pairs; an odd one stands for itself and a zero. The tens of thousands of digits of a signature
/// have nothing between them, and are read without a look at each.
fn hexadecimal(written: &[u8]) -> Vec<u8> {
    if written.len().is_multiple_of(2) && is_hexadecimal(written) {
        let value = |digit: &u8| (digit & 15) + 9 * (digit >> 6);
        let zeros = written.iter().rev().take_while(|digit| **digit == b'0').count() / 2;
        let pairs = written.chunks_exact(2).take(written.len() / 2 - zeros);
        let mut octets = Vec::with_capacity(written.len() / 2);
        octets.extend(pairs.map(|pair| pair.iter().fold(0, |high, digit| high << 4 | value(digit))));
        octets.resize(written.len() / 2, 0);
        return octets;
    }
    let mut octets = Vec::with_capacity(written.len() / 2 + 1);
    let mut digits = written.iter().filter_map(|octet| hex_digit(*octet));
    while let Some(high) = digits.next() {
        octets.push(high << 4 | digits.next().unwrap_or(0));
    }
    octets
}

/// Whether there is nothing but hexadecimal digits.
pub(crate) fn is_hexadecimal(octets: &[u8]) -> bool {
    octets.iter().fold(true, |all, octet| all & octet.is_ascii_hexdigit())
}

/// Where an octet first stands; whole blocks are passed over at once.
fn position(octets: &[u8], wanted: u8) -> Option<usize> {
    const BLOCK: usize = 64;
    let has = |block: &[u8]| block.iter().fold(false, |any, octet| any | (*octet == wanted));
    let passed = octets.chunks(BLOCK).take_while(|block| !has(block)).count().saturating_mul(BLOCK);
    let rest = octets.get(passed..)?;
    Some(passed + rest.iter().position(|octet| *octet == wanted)?)
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(octets: impl Into<Octets<'a>>, at: usize) -> Self {
        let (input, origin) = octets.into().piece(at);
        Self { input, origin, at: at.saturating_sub(origin) }
    }

    /// The offset of the next octet.
    /// Goes on reading at a position of the piece.
    pub(crate) const fn go_to(&mut self, at: usize) {
        self.at = at.saturating_sub(self.origin);
    }

    pub(crate) const fn position(&self) -> usize {
        self.origin.saturating_add(self.at)
    }

    pub(crate) fn peek_octet(&self) -> Option<u8> {
        self.input.get(self.at).copied()
    }

    pub(crate) fn advance(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    /// Passes white space and comments.
    pub(crate) fn skip_space(&mut self) {
        while let Some(octet) = self.peek_octet() {
            if octet == b'%' {
                while self.peek_octet().is_some_and(|o| o != b'\n' && o != b'\r') {
                    self.advance();
                }
            } else if is_space(octet) {
                self.advance();
            } else {
                return;
            }
        }
    }

    /// The next token with where it stands; `None` at the end or where no token can stand.
    pub(crate) fn next(&mut self) -> Option<(Token<'a>, Range<usize>)> {
        self.skip_space();
        let start = self.position();
        let token = match self.peek_octet()? {
            b'/' => self.name(),
            b'(' => self.literal()?,
            b'<' if self.input.get(self.at + 1) == Some(&b'<') => self.two(Token::DictionaryStart),
            b'<' => self.hexadecimal()?,
            b'>' if self.input.get(self.at + 1) == Some(&b'>') => self.two(Token::DictionaryEnd),
            b'[' => self.one(Token::ArrayStart),
            b']' => self.one(Token::ArrayEnd),
            octet if is_regular(octet) => self.word(),
            _ => return None,
        };
        Some((token, start..self.position()))
    }

    /// Passes a string and answers whether there is one: what it means is not asked.
    pub(crate) fn skip_string(&mut self) -> bool {
        self.skip_space();
        match (self.peek_octet(), self.input.get(self.at.saturating_add(1))) {
            (Some(b'<'), next) if next != Some(&b'<') => {
                let end = self.input.get(self.at..).and_then(|rest| position(rest, b'>'));
                end.inspect(|end| self.at = self.at.saturating_add(*end + 1)).is_some()
            }
            _ => matches!(self.next(), Some((Token::String(_), _))),
        }
    }

    /// The next token, if it is this keyword; else nothing is read.
    pub(crate) fn keyword(&mut self, word: &[u8]) -> bool {
        let before = self.at;
        let found = matches!(self.next(), Some((Token::Keyword(found), _)) if found == word);
        if !found {
            self.at = before;
        }
        found
    }

    /// The next token as an integer that is not negative; else nothing is read.
    pub(crate) fn unsigned(&mut self) -> Option<u64> {
        let before = self.at;
        if let Some((Token::Integer(value), _)) = self.next()
            && let Ok(value) = u64::try_from(value)
        {
            return Some(value);
        }
        self.at = before;
        None
    }

    fn one(&mut self, token: Token<'a>) -> Token<'a> {
        self.advance();
        token
    }

    fn two(&mut self, token: Token<'a>) -> Token<'a> {
        self.at = self.at.saturating_add(2);
        token
    }

    fn run(&mut self) -> &'a [u8] {
        let rest = self.input.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|o| !is_regular(*o)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn name(&mut self) -> Token<'a> {
        self.advance();
        let raw = self.run();
        let mut name = Vec::with_capacity(raw.len());
        let mut rest = raw;
        while let Some((first, after)) = rest.split_first() {
            let escaped = match after {
                [high, low, ..] if *first == b'#' => hex_digit(*high).zip(hex_digit(*low)),
                _ => None,
            };
            if let Some((high, low)) = escaped {
                name.push(high << 4 | low);
                rest = after.get(2..).unwrap_or_default();
            } else {
                name.push(*first);
                rest = after;
            }
        }
        Token::Name(name)
    }

    fn word(&mut self) -> Token<'a> {
        let run = self.run();
        let text = std::str::from_utf8(run).unwrap_or_default();
        if let Ok(value) = text.parse::<i64>() {
            return Token::Integer(value);
        }
        let numeric = run.iter().all(|o| matches!(o, b'0'..=b'9' | b'+' | b'-' | b'.'));
        // A number that readers would take somehow, such as `--5`, counts as zero.
        if numeric { Token::Real(text.parse().unwrap_or(0.0)) } else { Token::Keyword(run) }
    }

    /// 7.3.4.3; octets that are no digits are passed over as readers do.
    fn hexadecimal(&mut self) -> Option<Token<'a>> {
        self.advance();
        let rest = self.input.get(self.at..)?;
        let length = position(rest, b'>')?;
        self.at += length + 1;
        Some(Token::String(hexadecimal(rest.get(..length)?)))
    }

    /// 7.3.4.2: parentheses balance, a backslash escapes.
    fn literal(&mut self) -> Option<Token<'a>> {
        self.advance();
        let (mut depth, mut octets) = (1_usize, Vec::new());
        loop {
            let octet = self.peek_octet()?;
            self.advance();
            match octet {
                b'(' => depth += 1,
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(Token::String(octets));
                    }
                }
                b'\\' => {
                    octets.extend(self.escape()?);
                    continue;
                }
                _ => {}
            }
            octets.push(octet);
        }
    }

    /// What follows a backslash; `None` within is a line end that is passed over.
    fn escape(&mut self) -> Option<Option<u8>> {
        let octet = self.peek_octet()?;
        self.advance();
        Some(match octet {
            b'n' => Some(b'\n'),
            b'r' => Some(b'\r'),
            b't' => Some(b'\t'),
            b'b' => Some(8),
            b'f' => Some(12),
            b'\n' => None,
            b'\r' => {
                if self.peek_octet() == Some(b'\n') {
                    self.advance();
                }
                None
            }
            b'0'..=b'7' => {
                let mut value = u32::from(octet - b'0');
                for _ in 0..2 {
                    let Some(next @ b'0'..=b'7') = self.peek_octet() else { break };
                    value = value * 8 + u32::from(next - b'0');
                    self.advance();
                }
                Some(value.to_le_bytes()[0]) // overflow is ignored (table 3)
            }
            other => Some(other),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(input: &[u8]) -> Vec<Token<'_>> {
        let mut lexer = Lexer::new(input, 0);
        std::iter::from_fn(|| lexer.next().map(|(token, _)| token)).collect()
    }

    fn string(text: &[u8]) -> Token<'static> {
        Token::String(text.to_vec())
    }

    #[test]
    fn strings_mean_what_the_standard_says() {
        for (input, want) in [
            (&b"(a(b)c)"[..], &b"a(b)c"[..]),
            (b"(\\(\\)\\\\)", b"()\\"),
            (b"(a\\\r\nb\\n\\053\\5x)", b"ab\n+\x05x"),
            (b"<48 65\n6C6>", b"Hel`"),
            (b"<48656c6C6F>", b"Hello"),
            (b"<48656>", b"He`"),
            (b"<48z65>", b"He"),
            (b"<486g5>", b"He"),
            (b"<>", b""),
            (b"<09afAF1>", b"\x09\xaf\xaf\x10"),
            (b"<0a:0b>", b"\x0a\x0b"),
            (b"<0@1g>", b"\x01"),
        ] {
            assert_eq!(tokens(input), [string(want)], "{}", String::from_utf8_lossy(input));
        }
    }

    #[test]
    fn names_and_numbers_and_comments() {
        let found = tokens(b"% c\n/A#20B /Contents<30> -17 .5 true[1]<</X(y)>>");
        let name = |text: &[u8]| Token::Name(text.to_vec());
        let want = [
            name(b"A B"),
            name(b"Contents"),
            string(b"0"),
            Token::Integer(-17),
            Token::Real(0.5),
            Token::Keyword(b"true"),
            Token::ArrayStart,
            Token::Integer(1),
            Token::ArrayEnd,
            Token::DictionaryStart,
            name(b"X"),
            string(b"y"),
            Token::DictionaryEnd,
        ];
        assert_eq!(found, want);
    }

    #[test]
    fn a_long_string_ends_where_its_bracket_stands() {
        for digits in [0_usize, 62, 63, 64, 65, 127, 128, 1_000] {
            let written = format!(" <{}> 7", "a".repeat(digits));
            let mut lexer = Lexer::new(written.as_bytes(), 0);
            assert!(lexer.skip_string());
            assert_eq!((lexer.position(), lexer.unsigned()), (digits + 3, Some(7)));
            let octets = [vec![0xaa; digits / 2], vec![0xa0; digits % 2]].concat();
            assert_eq!(tokens(written.as_bytes()), [string(&octets), Token::Integer(7)]);
        }
        for (other, is_string) in [(&b"(a)"[..], true), (b"<<", false), (b"<aa", false), (b"7", false)] {
            assert_eq!(Lexer::new(other, 0).skip_string(), is_string);
        }
    }

    #[test]
    fn what_is_cut_off_is_no_token() {
        for input in [&b"(abc"[..], b"<4865", b")", b">", b"{", b"(\\"] {
            assert_eq!(tokens(input), [], "{}", String::from_utf8_lossy(input));
        }
    }
}
