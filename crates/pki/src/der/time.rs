// SPDX-License-Identifier: Apache-2.0 OR MIT
//! UTCTime and GeneralizedTime (X.680, 46 and 47), as they stand in old files too.

use std::ops::Range;

use keiin_model::Time;

fn digits(text: &str, range: Range<usize>) -> Option<u16> {
    let part = text.get(range)?;
    if part.bytes().all(|b| b.is_ascii_digit()) { part.parse().ok() } else { None }
}

fn two(text: &str, at: usize) -> Option<u8> {
    u8::try_from(digits(text, at..at + 2)?).ok()
}

pub(super) fn utc_time(text: &str) -> Option<Time> {
    let year = digits(text, 0..2)?;
    let year = if year < 50 { 2000 + year } else { 1900 + year };
    let (second, zone) = match text.as_bytes().get(10) {
        Some(b'0'..=b'9') => (two(text, 10)?, text.get(12..)?),
        _ => (0, text.get(10..)?),
    };
    let time =
        Time::from_calendar(year, two(text, 2)?, two(text, 4)?, two(text, 6)?, two(text, 8)?, second, 0)?;
    zoned(time, zone)
}

pub(super) fn generalized_time(text: &str) -> Option<Time> {
    let has = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let minute = if has(10) { two(text, 10)? } else { 0 };
    let second = if has(12) { two(text, 12)? } else { 0 };
    let mut zone = text.get(
        if has(12) {
            14
        } else if has(10) {
            12
        } else {
            10
        }..,
    )?;
    let mut nanos = 0;
    if let Some(fraction) = zone.strip_prefix(['.', ',']) {
        let len = fraction.bytes().take_while(u8::is_ascii_digit).count();
        if len == 0 || !has(12) {
            return None;
        }
        nanos = format!("{:0<9}", fraction.get(..len.min(9))?).parse().ok()?;
        zone = fraction.get(len..)?;
    }
    let time = Time::from_calendar(
        digits(text, 0..4)?,
        two(text, 4)?,
        two(text, 6)?,
        two(text, 8)?,
        minute,
        second,
        nanos,
    )?;
    zoned(time, zone)
}

fn zoned(time: Time, zone: &str) -> Option<Time> {
    let sign = match zone.as_bytes().first()? {
        b'Z' if zone.len() == 1 => return Some(time),
        b'+' => -1,
        b'-' => 1,
        _ => return None,
    };
    let minutes = if zone.len() == 5 { two(zone, 3)? } else { 0 };
    if !matches!(zone.len(), 3 | 5) {
        return None;
    }
    Some(time.plus_seconds(sign * (i64::from(two(zone, 1)?) * 3600 + i64::from(minutes) * 60)))
}

#[cfg(test)]
mod tests {
    use crate::der::{DerError, Element};

    fn time(tag: u8, text: &str) -> Result<String, DerError> {
        let mut bytes = vec![tag, u8::try_from(text.len()).unwrap()];
        bytes.extend(text.as_bytes());
        Element::whole(&bytes, "t")?.time("t").map(|t| t.to_string())
    }

    #[test]
    fn times_of_every_form() {
        assert_eq!(time(23, "491231235959Z").unwrap(), "2049-12-31T23:59:59Z");
        assert_eq!(time(23, "500101000000Z").unwrap(), "1950-01-01T00:00:00Z");
        assert_eq!(time(23, "2601010000Z").unwrap(), "2026-01-01T00:00:00Z");
        assert_eq!(time(23, "260101090000+0900").unwrap(), "2026-01-01T00:00:00Z");
        assert_eq!(time(24, "20260101000000.125Z").unwrap(), "2026-01-01T00:00:00.125Z");
        assert_eq!(time(24, "20440116145959Z").unwrap(), "2044-01-16T14:59:59Z");
        for bad in ["2026", "20260101000000", "20261301000000Z", "20260101000000.Z"] {
            assert!(time(24, bad).is_err(), "{bad}");
        }
    }
}
