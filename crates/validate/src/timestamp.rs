// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Time-stamp validation (EN 319 102-1, 5.4): a token is a signature, and its imprint is that of the file.

use std::cell::Cell;

use keiin_model::{
    Check, DefectKind, DigestAlgorithm, Outcome, SubIndication, TimestampFacts, TimestampKind,
};

use crate::{
    basic::{Basic, Subject, validate_basic},
    conclusion::{CheckDetail, Conclusion, check, checked},
    context::{Context, Purpose, decides},
};

const CLAUSE: &str = "EN 319 102-1, 5.4.4";

/// A time-stamp and what became of it.
pub(crate) struct JudgedTimestamp<'s, 'f> {
    pub(crate) facts: &'f TimestampFacts,
    pub(crate) basic: Basic<'s>,
    /// At the time of the verdict, by 5.4 alone.
    pub(crate) at_verdict: Conclusion,
    /// After the past signature validation, where that was needed and possible.
    pub(crate) conclusion: Conclusion,
    /// What was checked: the report takes it.
    pub(crate) checks: Cell<Vec<Check>>,
}

impl JudgedTimestamp<'_, '_> {
    /// Whether younger revocation data would settle it.
    pub(crate) fn is_waiting(&self) -> bool {
        self.conclusion == Conclusion::Indeterminate(SubIndication::TryLater)
    }
}

/// Judges a time-stamp at the time of the verdict.
pub(crate) fn validate_timestamp<'s, 'f>(
    context: &Context<'s>,
    facts: &'f TimestampFacts,
) -> JudgedTimestamp<'s, 'f> {
    let digests = digests(facts);
    let subject = Subject { facts: &facts.token, id: facts.id, purpose: Purpose::Tsa, digests: &digests };
    let mut basic = validate_basic(context, subject, None);
    let mut checks = Vec::new();
    let structure = check_structure(context, facts, &mut checks);
    let imprint = check_imprint(facts, &mut checks);
    checks.append(&mut basic.checks);
    let at_verdict = structure.then(|| imprint).then(|| basic.conclusion);
    JudgedTimestamp { facts, basic, at_verdict, conclusion: at_verdict, checks: Cell::new(checks) }
}

/// The digests that the coverage runs through: they end like any algorithm, and the proof with them.
pub(crate) fn digests(facts: &TimestampFacts) -> Vec<DigestAlgorithm> {
    facts.imprint.algorithm.into_iter().chain(facts.via.iter().copied()).collect()
}

fn check_structure(context: &Context<'_>, facts: &TimestampFacts, checks: &mut Vec<Check>) -> Conclusion {
    let fatal = |kind: DefectKind| match kind {
        DefectKind::HashIndexMismatch => decides(context.policy.hash_index),
        other => other.is_fatal(),
    };
    for defect in &facts.defects {
        let outcome = if fatal(defect.kind) { Outcome::Failed } else { Outcome::Warning };
        checks.push(
            check("timestamp.structure", CLAUSE, outcome)
                .with("defect", format!("{:?}", defect.kind))
                .with("at", &defect.at),
        );
    }
    if facts.defects.iter().any(|defect| fatal(defect.kind)) {
        Conclusion::Failed(SubIndication::FormatFailure)
    } else {
        Conclusion::Passed
    }
}

fn check_imprint(facts: &TimestampFacts, checks: &mut Vec<Check>) -> Conclusion {
    let imprint = &facts.imprint;
    checks.push(
        checked("timestamp.imprint.found", CLAUSE, imprint.found(), Outcome::Indeterminate).about(facts.id),
    );
    if !imprint.found() {
        return Conclusion::Indeterminate(SubIndication::SignedDataNotFound);
    }
    checks
        .push(checked("timestamp.imprint.intact", CLAUSE, imprint.intact(), Outcome::Failed).about(facts.id));
    if imprint.intact() { Conclusion::Passed } else { Conclusion::Failed(SubIndication::HashFailure) }
}

/// Whether one token is surely older than another (RFC 3161, 2.4.2: genTime with accuracy).
pub(crate) fn is_surely_later(later: &TimestampFacts, earlier: &TimestampFacts) -> bool {
    let micros = |facts: &TimestampFacts| {
        std::time::Duration::from_micros(facts.accuracy.map_or(0, |accuracy| accuracy.micros))
    };
    later.time - micros(later) > earlier.time + micros(earlier)
}

/// Whether a time-stamp is over the data before it was signed.
pub(crate) const fn is_content(kind: TimestampKind) -> bool {
    matches!(
        kind,
        TimestampKind::Content | TimestampKind::AllDataObjects | TimestampKind::IndividualDataObjects
    )
}
