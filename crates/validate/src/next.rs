// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What to do next, and when.

use keiin_model::{NextAction, NextStep, ObjectId, SubIndication, TimestampKind, TimestampReport};

use crate::{
    conclusion::Conclusion,
    context::Context,
    report::{Findings, signer_end},
    revocation::Status,
};

/// The actions that would change or keep a verdict, soonest first.
pub(crate) fn actions(
    context: &Context<'_>,
    found: &Findings<'_, '_, '_>,
    timestamps: &[TimestampReport],
) -> Vec<NextAction> {
    let mut actions = match found.archival.conclusion {
        Conclusion::Passed => keep(context, found, timestamps),
        Conclusion::Indeterminate(sub) => settle(found, sub),
        Conclusion::Failed(_) => vec![action(NextStep::SignAgain, None)],
    };
    actions.sort_by_key(|action| (action.before.or(action.not_before), action.step));
    actions
}

const fn action(step: NextStep, object: Option<ObjectId>) -> NextAction {
    NextAction { step, not_before: None, before: None, object }
}

/// What holds a good verdict up must be renewed before it ends.
fn keep(
    context: &Context<'_>,
    found: &Findings<'_, '_, '_>,
    timestamps: &[TimestampReport],
) -> Vec<NextAction> {
    let good = |wanted: fn(TimestampKind) -> bool| {
        timestamps
            .iter()
            .filter(move |report| report.sub_indication.is_none() && wanted(report.kind))
            .max_by_key(|report| report.time)
    };
    let archive = good(|kind| matches!(kind, TimestampKind::Archive | TimestampKind::Document));
    if let Some(newest) = archive {
        let before = newest.good_until;
        return vec![NextAction { before, ..action(NextStep::Renew, Some(newest.id)) }];
    }
    let signer = found.basic.signer.map(|signer| signer_end(context, found.facts, signer));
    if let Some(newest) = good(|kind| kind == TimestampKind::Signature) {
        let before = match (newest.good_until, signer) {
            (Some(stamp), Some(signer)) => Some(stamp.min(signer)),
            (stamp, signer) => stamp.or(signer),
        };
        return vec![NextAction { before, ..action(NextStep::Archive, Some(newest.id)) }];
    }
    vec![NextAction { before: signer, ..action(NextStep::AddTimestamp, Some(found.facts.id)) }]
}

/// What would settle an open verdict.
fn settle(found: &Findings<'_, '_, '_>, sub: SubIndication) -> Vec<NextAction> {
    use SubIndication as S;
    let signer = found.basic.signer.map(|signer| signer.id);
    match sub {
        S::SignedDataNotFound => vec![action(NextStep::GiveContent, None)],
        S::NoSigningCertificateFound | S::NoCertificateChainFound | S::NoCertificateChainFoundNoPoe => {
            vec![action(NextStep::GiveCertificate, signer)]
        }
        S::CertificateChainGeneralFailure => {
            let unknown = missing_revocation(found);
            if unknown.is_empty() { vec![action(NextStep::SignAgain, signer)] } else { unknown }
        }
        S::TryLater => {
            let (object, not_before) = match found.with_time.try_again {
                Some((object, at)) => (Some(object), Some(at)),
                None => (signer, None),
            };
            vec![NextAction { not_before, ..action(NextStep::GetRevocation, object) }]
        }
        S::OutOfBoundsNoPoe | S::OutOfBoundsNotRevoked | S::RevocationOutOfBoundsNoPoe
            if has_unsettled_timestamp(found) =>
        {
            // Data about a TSA that is missing may still be had, and makes its time-stamp count.
            vec![action(NextStep::GetAnyRevocation, signer), action(NextStep::SignAgain, signer)]
        }
        _ => vec![action(NextStep::SignAgain, signer)],
    }
}

fn missing_revocation(found: &Findings<'_, '_, '_>) -> Vec<NextAction> {
    let judgements = found.basic.path.iter().flat_map(|path| &path.judgements);
    judgements
        .filter(|judgement| matches!(judgement.status, Status::Unknown { .. }))
        .map(|judgement| action(NextStep::GetAnyRevocation, Some(judgement.certificate.id)))
        .collect()
}

fn has_unsettled_timestamp(found: &Findings<'_, '_, '_>) -> bool {
    let open = Conclusion::Indeterminate(SubIndication::CertificateChainGeneralFailure);
    found.timestamps.iter().any(|judged| judged.conclusion == open)
}
