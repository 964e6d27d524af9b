// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The one place where the time of day is read. Everything else takes `now` as an argument.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::model::Time;

/// The system's time of day, in whole seconds as certificates have them.
pub fn now() -> Time {
    let of = |seconds: u64| i64::try_from(seconds).unwrap_or(i64::MAX);
    let seconds = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => of(since.as_secs()),
        Err(before) => -of(before.duration().as_secs()),
    };
    Time::from_unix(seconds)
}
