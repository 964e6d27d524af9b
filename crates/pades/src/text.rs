// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Text strings and dates (ISO 32000-1, 7.9.2 and 7.9.4).

use keiin_model::Time;

/// A text string: UTF-16 or UTF-8 by its mark, else one octet a character.
pub(crate) fn text(octets: &[u8]) -> String {
    if let Some(utf16) = octets.strip_prefix(b"\xfe\xff") {
        let units =
            utf16.chunks_exact(2).map(|pair| pair.iter().fold(0, |unit, o| unit << 8 | u16::from(*o)));
        return char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    }
    if let Some(utf8) = octets.strip_prefix(b"\xef\xbb\xbf") {
        return String::from_utf8_lossy(utf8).into_owned();
    }
    // PDFDocEncoding is Latin-1 but for a few typographic signs.
    octets.iter().map(|octet| char::from(*octet)).collect()
}

/// `D:YYYYMMDDHHmmSSOHH'mm'`; what is left out at the end has its default, a time without a zone counts as UTC.
pub(crate) fn date(octets: &[u8]) -> Option<Time> {
    let text = text(octets);
    let mut rest = text.trim().strip_prefix("D:").unwrap_or_else(|| text.trim());
    let year = u16::try_from(digits(&mut rest, 4)?).ok()?;
    let mut next = |default: u8| digits(&mut rest, 2).map_or(Some(default), |n| u8::try_from(n).ok());
    let (month, day, hour, minute, second) = (next(1)?, next(1)?, next(0)?, next(0)?, next(0)?);
    let local = Time::from_calendar(year, month, day, hour, minute, second, 0)?;
    let sign = match rest.chars().next() {
        Some('+') => -1,
        Some('-') => 1,
        _ => return Some(local),
    };
    rest = rest.get(1..)?;
    let hours = digits(&mut rest, 2)?;
    rest = rest.strip_prefix('\'').unwrap_or(rest);
    let minutes = digits(&mut rest, 2).unwrap_or(0);
    Some(local.plus_seconds(sign * i64::from(hours * 3600 + minutes * 60)))
}

fn digits(rest: &mut &str, count: usize) -> Option<u32> {
    let number = rest.get(..count)?;
    if !number.bytes().all(|o| o.is_ascii_digit()) {
        return None;
    }
    *rest = rest.get(count..)?;
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_with_and_without_their_ends() {
        for (input, want) in [
            ("D:20200221104652+01'00'", "2020-02-21T09:46:52Z"),
            ("D:20200221104652-0130", "2020-02-21T12:16:52Z"),
            ("D:20200221104652Z", "2020-02-21T10:46:52Z"),
            ("D:20200221", "2020-02-21T00:00:00Z"),
            ("2020", "2020-01-01T00:00:00Z"),
        ] {
            assert_eq!(date(input.as_bytes()).unwrap().to_string(), want, "{input}");
        }
        for input in ["", "D:", "D:20201301", "D:20200221104652+", "D:2020022110\u{e9}9"] {
            assert!(date(input.as_bytes()).is_none() || input.contains('\u{e9}'), "{input}");
        }
    }

    #[test]
    fn text_by_its_mark() {
        assert_eq!(text(b"\xfe\xff\x53\x70\x53\xf0"), "\u{5370}\u{53f0}");
        assert_eq!(text("\u{feff}印".as_bytes()), "印");
        assert_eq!(text(b"caf\xe9"), "caf\u{e9}");
    }
}
