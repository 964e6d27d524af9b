// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Codes of the library as words of people. Each language is a [`Messages`]; the compiler sees to it that neither lacks one.

pub(crate) mod check;
pub(crate) mod command;
mod en;
pub(crate) mod failure;
pub(crate) mod flag;
mod ja;
pub(crate) mod path;
pub(crate) mod revision;

use keiin::model::{Indication, NextAction, NextStep, Outcome, SubIndication, Time, TimestampKind};

use crate::lang::Lang;

/// What a language says.
pub(crate) trait Messages {
    /// The verdict in one word.
    fn indication(&self, indication: Indication) -> &'static str;
    /// The verdict as a sentence.
    fn verdict(&self, indication: Indication) -> &'static str;
    /// Why the verdict is not TOTAL_PASSED.
    fn sub_indication(&self, sub: SubIndication) -> &'static str;
    /// What to do.
    fn step(&self, step: NextStep) -> &'static str;
    /// What to do, with its dates.
    fn action(&self, action: &NextAction) -> String;
    /// What a time-stamp is over.
    fn timestamp(&self, kind: TimestampKind) -> &'static str;
    /// What a check found.
    fn outcome(&self, outcome: Outcome) -> &'static str;
    /// A moment, as the country writes it, with UTC beside it where that differs.
    fn time(&self, time: Time) -> String;
    /// A day.
    fn day(&self, time: Time) -> String;
    /// RFC 5280's reason of a revocation.
    fn reason<'a>(&self, reason: &'a str) -> &'a str;
    /// The class of a trust anchor.
    fn class<'a>(&self, class: &'a str) -> &'a str;
}

impl Lang {
    /// The words of this language.
    pub(crate) fn messages(self) -> &'static dyn Messages {
        match self {
            Self::Ja => &ja::Japanese,
            Self::En => &en::English,
        }
    }
}

/// The code of a sub-indication, as the standard writes it.
pub(crate) fn sub_code(sub: SubIndication) -> String {
    code(&sub)
}

/// The code of an indication, as the standard writes it.
pub(crate) fn code<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}

/// `2026-04-01 09:00:05` of a moment that was moved to a zone.
fn clock(time: Time) -> String {
    let (year, month, day, hour, minute, second) = time.calendar();
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// `2026-04-01` of a moment that was moved to a zone.
fn date(time: Time) -> String {
    let (year, month, day, ..) = time.calendar();
    format!("{year:04}-{month:02}-{day:02}")
}
