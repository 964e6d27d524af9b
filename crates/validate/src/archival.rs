// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Validation process for signatures with archival data (EN 319 102-1, 5.6.3).

use std::cmp::Reverse;

use keiin_model::{Check, Outcome, ProofOfExistence, SignatureFacts, TimestampFacts, TimestampKind};

use crate::{
    acceptance::{crypto_conclusion, judge_rows, signature_rows},
    basic::Basic,
    conclusion::{CheckDetail, Conclusion, check},
    context::{Context, Purpose},
    past::{Past, is_mendable, validate_past_signature},
    poe::PoeSet,
    timestamp::{JudgedTimestamp, is_content, validate_timestamp},
    with_time::WithTime,
};

const CLAUSE: &str = "EN 319 102-1, 5.6.3.4";

/// Judges every time-stamp, the newest first, so that each one's proofs are there for the older ones (step 5). The
/// order of the result is that of `all`.
pub(crate) fn validate_timestamps<'s, 'f>(
    context: &Context<'s>,
    all: &[&'f TimestampFacts],
    poes: &mut PoeSet,
) -> Vec<JudgedTimestamp<'s, 'f>> {
    let mut judged: Vec<_> = all.iter().map(|facts| validate_timestamp(context, facts)).collect();
    let mut order: Vec<usize> = (0..judged.len()).collect();
    // What covers another token is newer than it, also within one second.
    order.sort_by_key(|at| all.get(*at).map(|facts| Reverse((facts.time, facts.covers.len()))));
    for at in order {
        let Some(timestamp) = judged.get_mut(at) else { continue };
        validate_past_timestamp(context, timestamp, poes);
        let facts = timestamp.facts;
        if timestamp.conclusion.is_passed() && facts.time <= context.time {
            poes.extract(&facts.covers, facts.time, facts.id);
        }
    }
    judged
}

fn validate_past_timestamp<'s>(
    context: &Context<'s>,
    timestamp: &mut JudgedTimestamp<'s, '_>,
    poes: &PoeSet,
) {
    let Some(path) = timestamp.basic.path.as_ref().filter(|_| is_mendable(timestamp.at_verdict)) else {
        return;
    };
    let past = Past {
        id: timestamp.facts.id,
        purpose: Purpose::Tsa,
        current: timestamp.at_verdict,
        path,
        weak: timestamp.basic.weak.iter().collect(),
    };
    let mut checks = Vec::new();
    timestamp.conclusion = validate_past_signature(context, &past, poes, &mut checks);
    let past = check("past", CLAUSE, Outcome::Passed).concluding(timestamp.conclusion).over(checks);
    timestamp.checks.get_mut().push(past);
}

/// What the whole process concludes.
pub(crate) struct Archival {
    pub(crate) conclusion: Conclusion,
    pub(crate) best: ProofOfExistence,
    pub(crate) checks: Vec<Check>,
}

/// Judges a signature by everything that is proven about it and its validation data.
pub(crate) fn validate_archival<'s>(
    context: &Context<'s>,
    facts: &SignatureFacts,
    basic: &Basic<'s>,
    with_time: &WithTime,
    timestamps: &[&JudgedTimestamp<'_, '_>],
    poes: &PoeSet,
) -> Archival {
    let mut found = Archival { conclusion: with_time.conclusion, best: with_time.best, checks: Vec::new() };
    let mendable = is_mendable(with_time.conclusion);
    if !has_archival_data(timestamps) || !(mendable || with_time.conclusion.is_passed()) {
        return found;
    }
    let proven = poes.earliest(&facts.id);
    if proven.time < found.best.time {
        found.best = proven;
    }
    let Some(path) = basic.path.as_ref().filter(|_| mendable) else { return found };
    let past = Past {
        id: facts.id,
        purpose: Purpose::Signer,
        current: with_time.conclusion,
        path,
        weak: basic.weak.iter().chain(&with_time.weak).collect(),
    };
    let conclusion = validate_past_signature(context, &past, poes, &mut found.checks);
    found.conclusion = conclusion.then(|| {
        // Step 9: the signature's own algorithms at the time that is proven.
        let rows = signature_rows(context, facts, basic.key, &[]);
        let time = found.best.time;
        crypto_conclusion(&judge_rows(context, "archival.algorithm", facts.id, rows, time, &mut found.checks))
    });
    found
}

fn has_archival_data(timestamps: &[&JudgedTimestamp<'_, '_>]) -> bool {
    timestamps
        .iter()
        .any(|judged| matches!(judged.facts.kind, TimestampKind::Archive | TimestampKind::Document))
}

/// The time after which the signature must have been made: its latest valid content-time-stamp (5.3.4 step 5).
pub(crate) fn latest_content_time(timestamps: &[&JudgedTimestamp<'_, '_>]) -> Option<keiin_model::Time> {
    timestamps
        .iter()
        .filter(|judged| judged.conclusion.is_passed() && is_content(judged.facts.kind))
        .map(|judged| judged.facts.time)
        .max()
}

impl Archival {
    /// The conclusion of the process as a check over its own.
    pub(crate) fn into_check(self) -> Check {
        check("archival", CLAUSE, Outcome::Passed)
            .concluding(self.conclusion)
            .with("best-signature-time", self.best.time)
            .over(self.checks)
    }
}
