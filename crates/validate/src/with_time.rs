// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Validation process for signatures with time and with long-term validation data (EN 319 102-1, 5.5).

use std::collections::BTreeMap;

use keiin_model::{
    Check, ObjectId, Outcome, ProofOfExistence, SignatureFacts, SubIndication, TimestampFacts, TimestampKind,
};

use crate::{
    acceptance::{Weak, crypto_conclusion, judge_rows, signature_rows},
    basic::Basic,
    conclusion::{CheckDetail, Conclusion, check, checked},
    context::{Context, Purpose, decides},
    revocation::{Judged, Status, check_fresh, try_again},
    timestamp::{JudgedTimestamp, is_content, is_surely_later},
    x509::{JudgedPath, freshness},
};
use keiin_pki::revocation::RevocationStatus;

const CLAUSE: &str = "EN 319 102-1, 5.5.4";

/// What the process found.
pub(crate) struct WithTime {
    pub(crate) conclusion: Conclusion,
    /// Best-signature-time.
    pub(crate) best: ProofOfExistence,
    /// What is weak beside what the basic process found: revocation data.
    pub(crate) weak: Vec<Weak>,
    /// When better revocation data can be had, of which certificate.
    pub(crate) try_again: Option<(ObjectId, keiin_model::Time)>,
    pub(crate) checks: Vec<Check>,
}

/// Judges a signature by what its signature-time-stamps prove.
pub(crate) fn validate_with_time<'s>(
    context: &Context<'s>,
    facts: &SignatureFacts,
    basic: &Basic<'s>,
    timestamps: &[&JudgedTimestamp<'s, '_>],
) -> WithTime {
    let best = best_signature_time(context, facts, timestamps);
    let mut found = WithTime {
        conclusion: basic.conclusion,
        best,
        weak: Vec::new(),
        try_again: basic.path.as_ref().and_then(|path| path.try_again),
        checks: vec![check("time.best-signature-time", CLAUSE, Outcome::Information).with("time", best.time)],
    };
    let Some(path) = basic.path.as_ref().filter(|_| goes_on(basic.conclusion)) else { return found };
    found.conclusion = compare_times(&mut found, facts, basic, path)
        .then(|| check_order(context, timestamps, &mut found.checks))
        .then(|| Conclusion::Passed);
    if found.conclusion.is_passed() {
        found.conclusion = check_freshness(context, &mut found, basic, path);
    }
    if found.conclusion.is_passed() {
        found.conclusion = check_acceptance(context, &mut found, facts, basic, path);
    }
    found
}

/// 5.5.4 step 2: what a proven time may mend.
const fn goes_on(basic: Conclusion) -> bool {
    use SubIndication as S;
    matches!(
        basic,
        Conclusion::Passed
            | Conclusion::Indeterminate(
                S::CryptoConstraintsFailureNoPoe
                    | S::RevokedNoPoe
                    | S::RevokedCaNoPoe
                    | S::TryLater
                    | S::OutOfBoundsNoPoe
                    | S::OutOfBoundsNotRevoked
            )
    )
}

/// 5.5.4 step 3: the earliest of the signature-time-stamps that hold at the time of the verdict.
fn best_signature_time(
    context: &Context<'_>,
    facts: &SignatureFacts,
    timestamps: &[&JudgedTimestamp<'_, '_>],
) -> ProofOfExistence {
    let mut best = ProofOfExistence { object: facts.id, time: context.time, by: None };
    for judged in timestamps {
        let proves = judged.at_verdict.is_passed() && judged.facts.covers.contains(&facts.id);
        let direct = matches!(judged.facts.kind, TimestampKind::Signature | TimestampKind::Document);
        // At the very time of the verdict a proof is still a proof: a step that goes on in the second of its time-stamp
        // is asked for revocation data of after it, and does not seal what was current before.
        let earlier = judged.facts.time < best.time || (best.by.is_none() && judged.facts.time == best.time);
        if proves && direct && earlier {
            best = ProofOfExistence { time: judged.facts.time, by: Some(judged.facts.id), ..best };
        }
    }
    best
}

/// 5.5.4 step 4 a to d.
fn compare_times(
    found: &mut WithTime,
    facts: &SignatureFacts,
    basic: &Basic<'_>,
    path: &JudgedPath<'_>,
) -> Conclusion {
    use SubIndication as S;
    let best = found.best.time;
    let Some(signer) = basic.signer else { return basic.conclusion };
    let begun = best >= signer.not_before;
    let before_end = best <= signer.not_after;
    let is_anchor = path.judgements.is_empty();
    if !is_anchor {
        let within = begun && before_end;
        found.checks.push(
            checked("time.within-certificate", CLAUSE, within, Outcome::Indeterminate)
                .about(signer.id)
                .with("best-signature-time", best),
        );
    }
    let not_yet = Conclusion::Failed(S::NotYetValid);
    match basic.conclusion {
        Conclusion::Indeterminate(sub @ (S::RevokedNoPoe | S::RevokedCaNoPoe)) => {
            let later = path.revoked.is_some_and(|(_, at)| at > best);
            found.checks.push(checked("time.before-revocation", CLAUSE, later, Outcome::Indeterminate));
            match (later, begun, before_end) {
                (false, ..) => Conclusion::Indeterminate(sub),
                (true, false, _) => not_yet,
                (true, true, true) => Conclusion::Passed,
                (true, true, false) => Conclusion::Indeterminate(S::OutOfBoundsNotRevoked),
            }
        }
        Conclusion::Passed if !is_anchor && !begun => not_yet,
        Conclusion::Passed => Conclusion::Passed,
        Conclusion::Indeterminate(S::OutOfBoundsNoPoe | S::OutOfBoundsNotRevoked) if !begun => not_yet,
        Conclusion::Indeterminate(S::OutOfBoundsNotRevoked) if before_end => Conclusion::Passed,
        Conclusion::Indeterminate(S::CryptoConstraintsFailureNoPoe) => {
            let reliable =
                basic.weak.iter().filter(|weak| weak.material == facts.id).all(|weak| best < weak.end);
            if reliable { Conclusion::Passed } else { basic.conclusion }
        }
        Conclusion::Indeterminate(S::TryLater) => Conclusion::Passed, // steps 6 and 7 decide
        other => other,
    }
}

/// 5.5.4 step 4 e: what must be older is not surely younger.
fn check_order(
    context: &Context<'_>,
    timestamps: &[&JudgedTimestamp<'_, '_>],
    checks: &mut Vec<Check>,
) -> Conclusion {
    let good: Vec<_> =
        timestamps.iter().filter(|judged| judged.at_verdict.is_passed()).map(|judged| judged.facts).collect();
    let content = content_is_older(&good);
    checks.push(checked("time.content-older", CLAUSE, content, Outcome::Indeterminate));
    let covered = covered_is_older(&good);
    let deciding = decides(context.policy.timestamp_order);
    let otherwise = if deciding { Outcome::Indeterminate } else { Outcome::Warning };
    checks.push(checked("time.covered-older", CLAUSE, covered, otherwise));
    if content && (covered || !deciding) {
        Conclusion::Passed
    } else {
        Conclusion::Indeterminate(SubIndication::TimestampOrderFailure)
    }
}

/// Content-time-stamps are from before the signature.
fn content_is_older(good: &[&TimestampFacts]) -> bool {
    let latest = good.iter().filter(|facts| is_content(facts.kind)).max_by_key(|facts| facts.time);
    let rest = || good.iter().filter(|facts| !is_content(facts.kind));
    latest.is_none_or(|latest| !rest().any(|facts| is_surely_later(latest, facts)))
}

/// A time-stamp covers only what was there: a token of a later time in it means that a clock was wrong.
fn covered_is_older(good: &[&TimestampFacts]) -> bool {
    let by_id: BTreeMap<_, _> = good.iter().map(|facts| (facts.id, *facts)).collect();
    !good.iter().any(|facts| {
        facts.covers.iter().filter_map(|id| by_id.get(id)).any(|covered| is_surely_later(covered, facts))
    })
}

/// 5.5.4 steps 6 and 7: fresh for the proven time; on hold only after it.
fn check_freshness(
    context: &Context<'_>,
    found: &mut WithTime,
    basic: &Basic<'_>,
    path: &JudgedPath<'_>,
) -> Conclusion {
    let best = found.best.time;
    let waiting = basic.conclusion == Conclusion::Indeterminate(SubIndication::TryLater);
    if !waiting && found.best.by.is_none() {
        return Conclusion::Passed;
    }
    found.try_again = None;
    for judgement in &path.judgements {
        let id = judgement.certificate.id;
        let again = match &judgement.status {
            Status::Good(fact) => {
                let judged = if found.best.by.is_some() { Judged::Proven(best) } else { Judged::Now(best) };
                check_fresh(freshness(context, Purpose::Signer), fact, judged)
                    .err()
                    .map(|needed| try_again(fact, needed))
            }
            Status::Revoked(fact) => match fact.status {
                RevocationStatus::OnHold { at } if at <= best => Some(try_again(fact, context.time)),
                _ => None,
            },
            Status::NotAsked | Status::Unknown { .. } => None,
        };
        let outcome = again.is_none();
        let mut done = checked("time.revocation.fresh", CLAUSE, outcome, Outcome::Indeterminate).about(id);
        if let Some(fact) = judgement.status.fact() {
            done = done.with("this-update", fact.this_update).with("best-signature-time", best);
        }
        found.checks.push(done);
        if let Some(at) = again {
            found.try_again.get_or_insert((id, at));
        }
    }
    if found.try_again.is_some() {
        Conclusion::Indeterminate(SubIndication::TryLater)
    } else {
        Conclusion::Passed
    }
}

/// 5.5.4 steps 8 to 10: the signature's algorithms at the proven time, those of certificates and revocation data now.
fn check_acceptance(
    context: &Context<'_>,
    found: &mut WithTime,
    facts: &SignatureFacts,
    basic: &Basic<'_>,
    path: &JudgedPath<'_>,
) -> Conclusion {
    let rows = signature_rows(context, facts, basic.key, &[]);
    let weak = judge_rows(context, "time.algorithm", facts.id, rows, found.best.time, &mut found.checks);
    for fact in path.judgements.iter().filter_map(|judgement| judgement.status.fact()) {
        let rows = context.policy.algorithms.rows(fact.signature.algorithm(), fact.signature.key_algorithm());
        let weak = judge_rows(
            context,
            "time.revocation.algorithm",
            fact.object,
            rows,
            context.time,
            &mut found.checks,
        );
        found.weak.extend(weak);
    }
    crypto_conclusion(&weak).then(|| crypto_conclusion(&path.weak)).then(|| crypto_conclusion(&found.weak))
}
