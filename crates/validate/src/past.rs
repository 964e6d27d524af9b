// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Past certificate validation, validation-time sliding and past signature validation (EN 319 102-1, 5.6.2).

use keiin_model::{Check, ObjectId, Outcome, SubIndication, Time};
use keiin_pki::revocation::{RevocationFact, RevocationStatus};

use crate::{
    acceptance::Weak,
    conclusion::{CheckDetail, Conclusion, check, checked},
    context::{Context, Purpose},
    poe::PoeSet,
    revocation::{self, Judged, Place, Status, check_fresh, speaks_until},
    x509::{JudgedPath, Judgement, freshness},
};

const SLIDING: &str = "EN 319 102-1, 5.6.2.2.4";
const PAST_CERTIFICATE: &str = "EN 319 102-1, 5.6.2.1.4";
const PAST_SIGNATURE: &str = "EN 319 102-1, 5.6.2.4.4";

/// Whether past signature validation may mend a conclusion (5.6.3.4 steps 3 and 5 c).
pub(crate) const fn is_mendable(conclusion: Conclusion) -> bool {
    use SubIndication as S;
    matches!(
        conclusion,
        Conclusion::Indeterminate(
            S::RevokedNoPoe
                | S::RevokedCaNoPoe
                | S::OutOfBoundsNoPoe
                | S::OutOfBoundsNotRevoked
                | S::CryptoConstraintsFailureNoPoe
                | S::RevocationOutOfBoundsNoPoe
                | S::TryLater
        )
    )
}

/// What past signature validation works on.
pub(crate) struct Past<'p, 's> {
    /// The object whose existence counts.
    pub(crate) id: ObjectId,
    pub(crate) purpose: Purpose,
    /// The conclusion at the time of the verdict.
    pub(crate) current: Conclusion,
    pub(crate) path: &'p JudgedPath<'s>,
    /// Everything that is weak at the time of the verdict.
    pub(crate) weak: Vec<&'p Weak>,
}

/// Past signature validation (5.6.2.4): what the conclusion is when the proofs of existence count.
pub(crate) fn validate_past_signature<'s>(
    context: &Context<'s>,
    past: &Past<'_, 's>,
    poes: &PoeSet,
    checks: &mut Vec<Check>,
) -> Conclusion {
    let revocation = revocation_proof(context, past, poes, checks);
    let Some(control) = validate_past_certificate(context, past, poes, checks) else {
        return past.current;
    };
    let best = poes.earliest(&past.id).time;
    let existed = best <= control;
    checks.push(
        checked("past.signature.existed", PAST_SIGNATURE, existed, Outcome::Indeterminate)
            .about(past.id)
            .with("existed", best)
            .with("control-time", control),
    );
    let mended = mend(context, past, poes, best, existed);
    checks.push(check("past.signature", PAST_SIGNATURE, Outcome::Passed).about(past.id).concluding(mended));
    mended.then(|| revocation)
}

/// Steps 3 to 6.
fn mend<'s>(
    context: &Context<'s>,
    past: &Past<'_, 's>,
    poes: &PoeSet,
    best: Time,
    existed: bool,
) -> Conclusion {
    use SubIndication as S;
    let Conclusion::Indeterminate(sub) = past.current else { return past.current };
    match sub {
        S::CryptoConstraintsFailureNoPoe => {
            let is_proven = |weak: &&Weak| poes.earliest(&weak.material).time < weak.end;
            let proven =
                past.weak.iter().all(|weak| is_proven(weak) || is_replaced(context, past, poes, weak));
            if proven { Conclusion::Passed } else { past.current }
        }
        S::TryLater if !past.path.on_hold => check_past_freshness(context, past, best),
        S::RevokedNoPoe | S::RevocationOutOfBoundsNoPoe | S::TryLater if existed => {
            within_validity(past, best, S::OutOfBoundsNotRevoked)
        }
        S::RevokedCaNoPoe if existed => {
            let at = past.path.revoked.map_or(Time::MIN, |(_, at)| at);
            let target = past.path.judgements.first().and_then(|judgement| judgement.status.fact());
            let proven = target.is_none_or(|fact| poes.exists_by(&fact.object, at));
            if proven { within_validity(past, best, S::OutOfBoundsNotRevoked) } else { past.current }
        }
        S::OutOfBoundsNoPoe | S::OutOfBoundsNotRevoked if existed => within_validity(past, best, sub),
        _ => past.current,
    }
}

/// Whether a weak revocation object is not needed: an older one about the same certificate, proven before the end, says
/// the same. Otherwise a list of today, signed as the CA signs today, would spoil what was captured in time.
fn is_replaced<'s>(context: &Context<'s>, past: &Past<'_, 's>, poes: &PoeSet, weak: &Weak) -> bool {
    let is_weak =
        |judgement: &&Judgement<'s>| judgement.status.fact().is_some_and(|fact| fact.object == weak.material);
    past.path.judgements.iter().position(|judgement| is_weak(&judgement)).is_some_and(|position| {
        let in_time = |fact: &RevocationFact<'s>| poes.earliest(&fact.object).time < weak.end;
        let place = Place { path: &past.path.path, position };
        matches!(revocation::status(context, place, past.purpose, in_time), Status::Good(_))
    })
}

fn within_validity(past: &Past<'_, '_>, best: Time, otherwise: SubIndication) -> Conclusion {
    let Some(target) = past.path.target() else { return past.current };
    if best < target.not_before {
        Conclusion::Failed(SubIndication::NotYetValid)
    } else if best <= target.not_after {
        Conclusion::Passed
    } else {
        Conclusion::Indeterminate(otherwise)
    }
}

/// Step 5: fresh for the earliest time that is proven.
fn check_past_freshness(context: &Context<'_>, past: &Past<'_, '_>, best: Time) -> Conclusion {
    let rule = freshness(context, past.purpose);
    let fresh = past.path.judgements.iter().all(|judgement| match &judgement.status {
        Status::Good(fact) => check_fresh(rule, fact, Judged::Proven(best)).is_ok(),
        _ => true,
    });
    if fresh { Conclusion::Passed } else { past.current }
}

/// Step 1: revocation data of the signing certificate is known to have existed while its own issuer's certificate was
/// valid.
fn revocation_proof<'s>(
    context: &Context<'s>,
    past: &Past<'_, 's>,
    poes: &PoeSet,
    checks: &mut Vec<Check>,
) -> Conclusion {
    let Some(target) = past.path.judgements.first() else { return Conclusion::Passed };
    let proven = |fact: &RevocationFact<'_>| is_proven_in_time(context, poes, fact);
    let place = Place { path: &past.path.path, position: 0 };
    let status = revocation::status(context, place, past.purpose, proven);
    let held = !matches!(status, Status::Unknown { .. });
    checks.push(
        checked("past.revocation.proven", PAST_SIGNATURE, held, Outcome::Indeterminate)
            .about(target.certificate.id),
    );
    if held {
        Conclusion::Passed
    } else {
        Conclusion::Indeterminate(SubIndication::RevocationOutOfBoundsNoPoe)
    }
}

fn is_proven_in_time(context: &Context<'_>, poes: &PoeSet, fact: &RevocationFact<'_>) -> bool {
    context.is_anchor(&fact.signer.id, Purpose::Revocation)
        || fact
            .objects()
            .all(|object| poes.exists_within(&object, fact.signer.not_before, fact.signer.not_after))
}

/// Past certificate validation (5.6.2.1): the control time, or nothing.
fn validate_past_certificate<'s>(
    context: &Context<'s>,
    past: &Past<'_, 's>,
    poes: &PoeSet,
    checks: &mut Vec<Check>,
) -> Option<Time> {
    let below = past.path.judgements.iter().map(|judgement| judgement.certificate);
    let (from, to) = below.fold((Time::MIN, Time::MAX), |(from, to), certificate| {
        (from.max(certificate.not_before), to.min(certificate.not_after))
    });
    // Shell model: some time lies within the validity of every certificate (step 2 i).
    let common = from <= to;
    checks.push(checked(
        "past.certificate.common-validity",
        PAST_CERTIFICATE,
        common,
        Outcome::Indeterminate,
    ));
    if !common {
        return None;
    }
    slide(context, past, poes, checks)
}

/// Validation-time sliding (5.6.2.2): from the anchor down, the latest time at which everything is known to hold.
fn slide<'s>(
    context: &Context<'s>,
    past: &Past<'_, 's>,
    poes: &PoeSet,
    checks: &mut Vec<Check>,
) -> Option<Time> {
    let mut control = context.time;
    let links = past.path.path.links();
    for (position, (link, judgement)) in links.iter().zip(&past.path.judgements).enumerate().rev() {
        let certificate = judgement.certificate;
        // a) what was issued, and is known to have existed, by the control time
        let usable = |fact: &RevocationFact<'_>| {
            fact.this_update <= control && fact.objects().all(|object| poes.exists_by(&object, control))
        };
        let place = Place { path: &past.path.path, position };
        let status = revocation::status(context, place, past.purpose, usable);
        let known = poes.exists_by(&certificate.id, control) && !matches!(status, Status::Unknown { .. });
        checks.push(
            checked("past.sliding.proof", SLIDING, known, Outcome::Indeterminate)
                .about(certificate.id)
                .with("control-time", control),
        );
        if !known {
            return None; // NO_POE
        }
        control = slide_by_status(context, past.purpose, &status, control);
        // d) everything that speaks here was reliable
        let table = &context.policy.algorithms;
        let mut rows = table.rows(link.signature.algorithm(), link.signature.key_algorithm());
        if let Some(fact) = status.fact() {
            rows.extend(table.rows(fact.signature.algorithm(), fact.signature.key_algorithm()));
        }
        let ends = rows.iter().filter_map(|row| context.deciding_end(row));
        control = ends.filter(|end| *end <= control).fold(control, Time::min);
    }
    checks.push(check("past.sliding", SLIDING, Outcome::Passed).about(past.id).with("control-time", control));
    Some(control)
}

/// b) and c): revoked, or not known to be good any longer than the data says.
fn slide_by_status(context: &Context<'_>, purpose: Purpose, status: &Status<'_>, control: Time) -> Time {
    match status {
        Status::Revoked(fact) => match fact.status {
            RevocationStatus::Revoked { at, .. } | RevocationStatus::OnHold { at } => control.min(at),
            RevocationStatus::NotRevoked | RevocationStatus::Unknown => control,
        },
        Status::Good(fact) => {
            let judged = if control < context.time { Judged::Proven(control) } else { Judged::Now(control) };
            let rule = freshness(context, purpose);
            match check_fresh(rule, fact, judged) {
                Ok(()) => control,
                Err(_) => control.min(speaks_until(rule, fact)),
            }
        }
        Status::NotAsked | Status::Unknown { .. } => control,
    }
}
