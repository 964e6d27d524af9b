// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The paths of one certificate for their own sake: X.509 certificate validation (EN 319 102-1, 5.2.6) with every path
//! and every dead end kept.

use std::{borrow::Cow, collections::BTreeMap};

use keiin_model::{
    DeadEnd, Evidence, LinkStatus, ObjectId, Outcome, PathCertificate, PathIndication, PathLink, PathPurpose,
    PathReport, PathVerdict, RefusedRevocation, SubIndication, Time,
};
use keiin_pki::{
    cert::Certificate,
    path::{PathParameters, PathSearch},
    revocation::RevocationStatus,
};

use crate::{
    conclusion::Conclusion,
    context::{Context, Pool, Purpose},
    material::{self, Younger},
    policy::Policy,
    report::{hex, revocation_use},
    revocation::{Place, Status, refused},
    x509::{JudgedPath, RULES, distance, judge, path_parameters},
};

/// The version of the report's form.
const VERSION: u32 = 1;

/// What is asked of a certificate.
#[derive(Clone, Debug, Default)]
pub struct PathQuestion {
    /// For what it is to be good.
    pub purpose: PathPurpose,
    /// The inputs of RFC 5280, 6.1.1. The time is that of the verdict and is not taken from here; revocation is part of
    /// the verdict.
    pub parameters: PathParameters,
}

/// Judges every path of a certificate at a time. `None` when the evidence has no such certificate.
///
/// As with [`crate::validate`] the report names what is missing in [`PathReport::wants`], and the order in which evidence
/// arrived changes nothing.
pub fn validate_path(
    certificate: &ObjectId,
    question: &PathQuestion,
    evidence: &Evidence,
    policy: &Policy,
    time: Time,
) -> Option<PathReport> {
    let pool = Pool::new(evidence, policy);
    let mut context = Context::new(&pool, evidence, policy, time);
    context.parameters = PathParameters {
        processed_extensions: path_parameters()
            .processed_extensions
            .into_iter()
            .chain(question.parameters.processed_extensions.iter().copied())
            .collect(),
        time: None,
        ..question.parameters.clone()
    };
    let target = pool.store.certificate(certificate)?;
    let purpose = match question.purpose {
        PathPurpose::Signer => Purpose::Signer,
        PathPurpose::Tsa => Purpose::Tsa,
        PathPurpose::Any => Purpose::Any,
    };
    let search = context.paths(target, purpose);
    let mut judged: Vec<JudgedPath<'_>> =
        search.paths.iter().map(|path| judge(&context, path, purpose)).collect();
    judged.sort_by_key(|path| distance(path.conclusion)); // stable: among equals the order of the search
    let mut wants = Vec::new();
    match judged.first() {
        Some(best) => material::path_wants(&context, best, purpose, Younger::For(None), &mut wants),
        None => material::want_issuers(&context, target, purpose, &mut wants),
    }
    let missing = SubIndication::NoCertificateChainFound;
    let (indication, sub_indication) =
        judged.first().map_or((PathIndication::Indeterminate, Some(missing)), |best| {
            (verdict(best), best.conclusion.sub())
        });
    Some(PathReport {
        version: VERSION,
        time,
        policy: policy.name.clone(),
        certificate: *certificate,
        purpose: question.purpose,
        indication,
        sub_indication,
        paths: judged.iter().map(|path| path_verdict(&context, path)).collect(),
        dead_ends: dead_ends(&search),
        exhausted: search.exhausted.map(|limit| Cow::Borrowed(limit.code())),
        certificates: named(target, &search),
        signature_checks: context.signature_checks(),
        wants,
    })
}

/// What a conclusion about a signer means for the certificate itself: that it has ended or is revoked decides.
fn verdict(path: &JudgedPath<'_>) -> PathIndication {
    use SubIndication as S;
    match path.conclusion {
        Conclusion::Passed => PathIndication::Passed,
        Conclusion::Indeterminate(S::CertificateChainGeneralFailure) if keeps_the_rules(path) => {
            PathIndication::Indeterminate
        }
        Conclusion::Indeterminate(S::TryLater | S::RevocationOutOfBoundsNoPoe) => {
            PathIndication::Indeterminate
        }
        Conclusion::Indeterminate(_) | Conclusion::Failed(_) => PathIndication::Failed,
    }
}

fn keeps_the_rules(path: &JudgedPath<'_>) -> bool {
    path.checks.iter().any(|check| check.id == RULES && check.outcome == Outcome::Passed)
}

fn path_verdict<'s>(context: &Context<'s>, judged: &JudgedPath<'s>) -> PathVerdict {
    let certificates = judged.path.certificates();
    let links = certificates.iter().enumerate().map(|(position, certificate)| {
        let judgement = judged.judgements.get(position);
        let status = judgement.map(|judgement| &judgement.status);
        let fact = status.and_then(Status::fact);
        let place = Place { path: &judged.path, position };
        PathLink {
            certificate: certificate.id,
            status: link_status(status),
            revocation: fact.map(|fact| revocation_use(certificate.id, fact)),
            refused: judgement
                .map(|_| refused(context, place))
                .unwrap_or_default()
                .into_iter()
                .map(|(object, why)| RefusedRevocation { object, why: Cow::Borrowed(why) })
                .collect(),
            checks: judged.checks.iter().filter(|c| c.object == Some(certificate.id)).cloned().collect(),
        }
    });
    let of_no_link = |object: Option<ObjectId>| !certificates.iter().any(|c| Some(c.id) == object);
    PathVerdict {
        indication: verdict(judged),
        sub_indication: judged.conclusion.sub(),
        links: links.collect(),
        anchor_class: judged.path.anchor().class.clone(),
        policies: judged.policies.clone(),
        checks: judged.checks.iter().filter(|check| of_no_link(check.object)).cloned().collect(),
    }
}

fn link_status(status: Option<&Status<'_>>) -> LinkStatus {
    match status {
        None => LinkStatus::Anchor,
        Some(Status::NotAsked) => LinkStatus::NotAsked,
        Some(Status::Unknown { .. }) => LinkStatus::Unknown,
        Some(Status::Good(_)) => LinkStatus::Good,
        Some(Status::Revoked(fact)) => match fact.status {
            RevocationStatus::OnHold { .. } => LinkStatus::OnHold,
            _ => LinkStatus::Revoked,
        },
    }
}

fn dead_ends(search: &PathSearch<'_>) -> Vec<DeadEnd> {
    let dead_end = |rejected: &keiin_pki::path::RejectedPath<'_>| DeadEnd {
        certificates: rejected.certificates.iter().map(|c| c.id).collect(),
        why: Cow::Borrowed(rejected.reason.code()),
    };
    search.rejected.iter().map(dead_end).collect()
}

fn named(target: &Certificate<'_>, search: &PathSearch<'_>) -> Vec<PathCertificate> {
    let of_paths = search.paths.iter().flat_map(|path| path.certificates().iter().copied());
    let of_dead_ends = search.rejected.iter().flat_map(|rejected| rejected.certificates.iter().copied());
    let all: BTreeMap<ObjectId, &Certificate<'_>> =
        std::iter::once(target).chain(of_paths).chain(of_dead_ends).map(|c| (c.id, c)).collect();
    let named = all.values().map(|c| PathCertificate {
        id: c.id,
        subject: c.subject.to_string(),
        issuer: c.issuer.to_string(),
        serial: hex(c.serial),
        not_before: c.not_before,
        not_after: c.not_after,
    });
    named.collect()
}
