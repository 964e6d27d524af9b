// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Renewal deadlines out of a report.

use std::time::Duration;

use keiin_model::{
    AlgorithmUse, Indication, NextStep, ObjectId, Report, SignatureReport, SubIndication, Time,
    TimestampReport,
};
use serde::{Deserialize, Serialize};

/// Renewals that one plan lists for a signature at most: a century at one each year.
const MAX_STEPS: usize = 100;

/// How long a record must stay verifiable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// The end of the retention period.
    pub until: Time,
    /// How long before a deadline the renewal must be done.
    pub margin: Duration,
    /// How long a new archive time-stamp is expected to hold; about ten years for accredited Japanese TSAs.
    pub token_life: Duration,
}

/// One renewal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenewalStep {
    /// Which signature.
    pub signature: ObjectId,
    /// What to do.
    pub what: NextStep,
    /// Before when, the margin taken off; `None`: now.
    pub before: Option<Time>,
    /// Whether the date follows from what is in the file or from an expected life of tokens that are still to be made.
    pub expectation: Expectation,
    /// Why.
    pub why: Reason,
}

/// How sure a date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expectation {
    /// It follows from certificates and algorithms in the file.
    Known,
    /// It rests on [`Retention::token_life`].
    Estimated,
}

/// Why a renewal is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reason {
    /// No time-stamp proves when the signature was made, and its certificate or an algorithm ends.
    NoTimestamp,
    /// The validation material is not yet protected by an archive time-stamp, and something that it rests on ends.
    NotArchived,
    /// The newest archive time-stamp ends, with what.
    TimestampEnds {
        /// What ends first, where known.
        with: Option<AlgorithmUse>,
    },
    /// The signature is not valid now: nothing that a renewal would keep.
    NotValid {
        /// The verdict's reason.
        sub_indication: Option<SubIndication>,
    },
}

/// The renewals that keep every signature of a report verifiable until the end of its retention, soonest first.
///
/// A signature whose proofs hold beyond the end of retention needs none.
pub fn plan(report: &Report, retention: &Retention) -> Vec<RenewalStep> {
    let mut steps: Vec<_> = report
        .signatures
        .iter()
        .flat_map(|signature| plan_signature(signature, report.time, retention))
        .collect();
    steps.sort_by_key(|step| (step.before, step.signature));
    steps
}

fn plan_signature(signature: &SignatureReport, now: Time, retention: &Retention) -> Vec<RenewalStep> {
    let next = signature.next.first();
    if signature.indication != Indication::TotalPassed {
        return vec![RenewalStep {
            signature: signature.id,
            what: next.map_or(NextStep::SignAgain, |next| next.step),
            before: None,
            expectation: Expectation::Known,
            why: Reason::NotValid { sub_indication: signature.sub_indication },
        }];
    }
    let Some(next) = next else { return Vec::new() };
    // No end known: nothing to renew before it.
    let Some(deadline) = next.before.filter(|deadline| *deadline < retention.until) else {
        return Vec::new();
    };
    let step = |what, before: Time, expectation, why| RenewalStep {
        signature: signature.id,
        what,
        before: Some(before).filter(|before| *before > now),
        expectation,
        why,
    };
    let first = deadline - retention.margin;
    let mut steps = vec![step(next.step, first, Expectation::Known, reason(signature, next.step))];
    let mut done = first.max(now);
    while steps.len() < MAX_STEPS && retention.token_life > retention.margin {
        let ends = done + retention.token_life;
        if ends >= retention.until {
            break;
        }
        done = ends - retention.margin;
        let why = Reason::TimestampEnds { with: None };
        steps.push(step(NextStep::Renew, done, Expectation::Estimated, why));
    }
    steps
}

fn reason(signature: &SignatureReport, step: NextStep) -> Reason {
    match step {
        NextStep::AddTimestamp => Reason::NoTimestamp,
        NextStep::Archive => Reason::NotArchived,
        _ => Reason::TimestampEnds { with: newest(signature).and_then(|newest| newest.ends_with.clone()) },
    }
}

fn newest(signature: &SignatureReport) -> Option<&TimestampReport> {
    signature
        .timestamps
        .iter()
        .filter(|timestamp| timestamp.indication == Indication::TotalPassed)
        .max_by_key(|timestamp| timestamp.time)
}

#[cfg(test)]
mod tests {
    use keiin_model::{ConclusionTime, Material, NextAction};

    use super::*;

    const DAY: u64 = 86_400;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    fn report(indication: Indication, step: NextStep, before: Option<&str>) -> Report {
        let id = ObjectId::from_sha256([7; 32]);
        let before = before.map(at);
        Report {
            version: 1,
            time: at("2026-04-01"),
            policy: "test".to_owned(),
            signatures: vec![SignatureReport {
                id,
                format: "CAdES-BASELINE-LTA".to_owned(),
                indication,
                sub_indication: None,
                data: Vec::new(),
                signature_intact: Some(true),
                signer: None,
                time: ConclusionTime {
                    claimed: None,
                    best_signature_time: at("2026-04-01"),
                    proven_by: None,
                },
                timestamps: Vec::new(),
                countersigns: None,
                checks: Vec::new(),
                next: vec![NextAction { step, not_before: None, before, object: None }],
                material: Material::default(),
            }],
            timestamps: Vec::new(),
            signature_checks: 0,
            wants: Vec::new(),
        }
    }

    fn retention(until: &str) -> Retention {
        Retention {
            until: at(until),
            margin: Duration::from_secs(180 * DAY),
            token_life: Duration::from_secs(3653 * DAY),
        }
    }

    #[test]
    fn a_five_year_record_under_a_ten_year_token_needs_nothing() {
        let report = report(Indication::TotalPassed, NextStep::Renew, Some("2036-01-01"));
        assert_eq!(plan(&report, &retention("2031-04-01")), []);
    }

    #[test]
    fn a_thirty_year_record_is_renewed_each_time_before_the_token_ends() {
        let report = report(Indication::TotalPassed, NextStep::Renew, Some("2036-01-01"));
        let steps = plan(&report, &retention("2056-04-01"));
        let dates: Vec<_> = steps.iter().map(|step| (step.before.unwrap(), step.expectation)).collect();
        assert_eq!(
            dates,
            [
                (at("2035-07-05"), Expectation::Known),
                (at("2045-01-06"), Expectation::Estimated),
                (at("2054-07-11"), Expectation::Estimated),
            ]
        );
    }

    #[test]
    fn what_is_overdue_is_due_now() {
        let report = report(Indication::TotalPassed, NextStep::AddTimestamp, Some("2026-06-01"));
        let steps = plan(&report, &retention("2031-04-01"));
        assert_eq!((steps.len(), steps[0].what, steps[0].before), (1, NextStep::AddTimestamp, None));
        assert_eq!(steps[0].why, Reason::NoTimestamp);
    }

    #[test]
    fn what_is_not_valid_is_not_renewed() {
        let report = report(Indication::Indeterminate, NextStep::GetRevocation, None);
        let steps = plan(&report, &retention("2031-04-01"));
        assert_eq!(steps[0].what, NextStep::GetRevocation);
        assert!(matches!(steps[0].why, Reason::NotValid { .. }));
    }
}
