// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Moments in UTC with the fractions of a second that TSAs and OCSP responders write.

use std::{fmt, ops, str::FromStr, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Why a text is not a moment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time in the form 2026-04-01T09:00:00Z: {0:?}")]
pub struct TimeError(pub String);

/// A moment in UTC: seconds since 1970-01-01T00:00:00Z (negative before) and nanoseconds within the second.
///
/// Leap seconds do not exist here, as in POSIX time; a written `:60` is refused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    seconds: i64,
    nanos: u32,
}

const DAY: i64 = 86_400;

impl Time {
    /// The earliest moment that calendars of X.509 can write, 0000-01-01T00:00:00Z.
    pub const MIN: Self = Self { seconds: -62_167_219_200, nanos: 0 };
    /// The last second that GeneralizedTime can write, 9999-12-31T23:59:59Z: "no well-defined end" (RFC 5280, 4.1.2.5).
    pub const MAX: Self = Self { seconds: 253_402_300_799, nanos: 0 };

    /// A moment from whole seconds since 1970.
    pub const fn from_unix(seconds: i64) -> Self {
        Self { seconds, nanos: 0 }
    }

    /// Whole seconds since 1970, fractions dropped.
    pub const fn unix(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds within the second.
    pub const fn nanos(self) -> u32 {
        self.nanos
    }

    /// A moment from its UTC calendar fields; `None` when a field is out of its range (29 February included).
    pub fn from_calendar(
        year: u16,
        month: u8,
        day: u8,
        hour: u8,
        minute: u8,
        second: u8,
        nanos: u32,
    ) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days_in_month = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        if year > 9999
            || day == 0
            || day > days_in_month
            || hour > 23
            || minute > 59
            || second > 59
            || nanos > 999_999_999
        {
            return None;
        }
        let days = days_from_civil(i64::from(year), i64::from(month), i64::from(day));
        let of_day = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        Some(Self { seconds: days * DAY + of_day, nanos })
    }

    /// The UTC calendar fields: year, month, day, hour, minute, second.
    pub fn calendar(self) -> (i64, u8, u8, u8, u8, u8) {
        let (year, month, day) = civil_from_days(self.seconds.div_euclid(DAY));
        let of_day = self.seconds.rem_euclid(DAY);
        let small = |n: i64| u8::try_from(n).unwrap_or_default(); // each operand is below 60 by construction
        (year, small(month), small(day), small(of_day / 3600), small(of_day / 60 % 60), small(of_day % 60))
    }

    /// This moment without its fraction of a second.
    pub const fn whole_second(self) -> Self {
        Self { seconds: self.seconds, nanos: 0 }
    }

    /// This moment plus whole seconds (negative: minus), held inside [`Time::MIN`] and [`Time::MAX`].
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        let moved = Self { seconds: self.seconds.saturating_add(seconds), nanos: self.nanos };
        moved.clamp(Self::MIN, Self::MAX)
    }

    /// This moment plus whole days of 86,400 seconds.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        self.plus_seconds(days.saturating_mul(DAY))
    }

    /// How long after `earlier` this is; zero when it is not after.
    pub fn since(self, earlier: Self) -> Duration {
        let nanos = (i128::from(self.seconds) - i128::from(earlier.seconds)) * 1_000_000_000
            + i128::from(self.nanos)
            - i128::from(earlier.nanos);
        Duration::from_nanos_u128(u128::try_from(nanos).unwrap_or(0))
    }
}

impl ops::Add<Duration> for Time {
    type Output = Self;
    fn add(self, by: Duration) -> Self {
        let nanos = self.nanos + by.subsec_nanos();
        let carry = i64::from(nanos / 1_000_000_000);
        let moved = self.plus_seconds(i64::try_from(by.as_secs()).unwrap_or(i64::MAX).saturating_add(carry));
        if moved == Self::MAX { moved } else { Self { nanos: nanos % 1_000_000_000, ..moved } }
    }
}

impl ops::Sub<Duration> for Time {
    type Output = Self;
    fn sub(self, by: Duration) -> Self {
        let moved = self.plus_seconds(i64::try_from(by.as_secs()).map_or(i64::MIN, |s| -s));
        if moved.nanos >= by.subsec_nanos() {
            Self { nanos: moved.nanos - by.subsec_nanos(), ..moved }
        } else {
            Self { seconds: moved.seconds - 1, nanos: moved.nanos + 1_000_000_000 - by.subsec_nanos() }
        }
    }
}

// The two functions are the civil-calendar formulas in H. Hinnant's public-domain note "chrono-compatible low-level
// date algorithms"; eras of 400 years starting on 1 March make leap days fall at the end.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day, hour, minute, second) = self.calendar();
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if self.nanos != 0 {
            let digits = format!("{:09}", self.nanos);
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Time({self})")
    }
}

impl FromStr for Time {
    type Err = TimeError;

    /// Reads RFC 3339 (`2026-04-01T09:00:00Z`, `…+09:00`, with or without fractions), and a plain date as its midnight UTC.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        parse(text).ok_or_else(|| TimeError(text.chars().take(40).collect()))
    }
}

fn parse(text: &str) -> Option<Time> {
    let number =
        |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u32>().ok()).flatten();
    let small = |part: &str| u8::try_from(number(part)?).ok();
    let (date, rest) = match text.get(10..11) {
        None if text.len() == 10 => (text, "00:00:00Z"),
        Some("T" | "t" | " ") => (text.get(..10)?, text.get(11..)?),
        _ => return None,
    };
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || month.len() != 2 || day.len() != 2 {
        return None;
    }
    let (clock, offset) = match rest.find(['Z', 'z', '+', '-']) {
        Some(at) => (rest.get(..at)?, rest.get(at..)?),
        None => return None,
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = clock.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || [hour, minute, second].iter().any(|p| p.len() != 2) {
        return None;
    }
    let nanos = if fraction.is_empty() {
        0
    } else {
        number(&format!("{:0<9}", fraction.get(..9.min(fraction.len()))?))?
    };
    let year = u16::try_from(number(year)?).ok()?;
    let local = Time::from_calendar(
        year,
        small(month)?,
        small(day)?,
        small(hour)?,
        small(minute)?,
        small(second)?,
        nanos,
    )?;
    if matches!(offset, "Z" | "z") {
        return Some(local);
    }
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let (hours, minutes) = (small(hours)?, small(minutes)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = i64::from(hours) * 3600 + i64::from(minutes) * 60;
    Some(local.plus_seconds(if offset.starts_with('+') { -seconds } else { seconds }))
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments() {
        for (text, unix) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:00:00Z", 951_825_600),
            ("2044-01-16T14:59:59Z", 2_336_569_199),
            ("1949-12-31T23:59:59Z", -631_152_001),
        ] {
            assert_eq!(text.parse::<Time>().unwrap().unix(), unix, "{text}");
            assert_eq!(Time::from_unix(unix).to_string(), text);
        }
        assert_eq!("2026-04-01T18:00:00+09:00".parse::<Time>(), "2026-04-01T09:00:00Z".parse());
        assert_eq!(Time::MAX.to_string(), "9999-12-31T23:59:59Z");
        assert_eq!(Time::MIN.to_string(), "0000-01-01T00:00:00Z");
    }

    #[test]
    fn impossible_ones_are_refused() {
        for text in [
            "",
            "2026-02-29T00:00:00Z",
            "2026-04-01T24:00:00Z",
            "2026-04-01T00:00:60Z",
            "2026-04-01T00:00:00",
            "2026-4-1",
        ] {
            assert!(text.parse::<Time>().is_err(), "{text}");
        }
    }

    #[test]
    fn arithmetic_keeps_fractions() {
        let t: Time = "2026-01-01T00:00:00.75Z".parse().unwrap();
        assert_eq!((t + Duration::from_millis(500)).to_string(), "2026-01-01T00:00:01.25Z");
        assert_eq!((t - Duration::from_millis(800)).to_string(), "2025-12-31T23:59:59.95Z");
        assert_eq!(t.plus_days(1).since(t), Duration::from_secs(86_400));
        assert_eq!(t.since(t.plus_days(1)), Duration::ZERO);
    }
}
