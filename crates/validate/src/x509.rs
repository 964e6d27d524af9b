// SPDX-License-Identifier: Apache-2.0 OR MIT
//! X.509 certificate validation (EN 319 102-1, 5.2.6).

use keiin_model::{Check, ObjectId, Oid, Outcome, SubIndication, Time};
use keiin_pki::{
    cert::Certificate,
    extension::{KeyUsage, oid},
    path::{CandidatePath, PathParameters, check as check_path},
    revocation::RevocationStatus,
};

use crate::{
    acceptance::{Weak, crypto_conclusion, judge_rows},
    conclusion::{CheckDetail, Conclusion, check, checked},
    context::{Context, Purpose, decides},
    policy::{RevocationFreshness, TsaUsage},
    revocation::{self, Judged, Place, Status, check_fresh, try_again},
};

const CLAUSE: &str = "EN 319 102-1, 5.2.6.4";
/// The check of RFC 5280's own rules.
pub(crate) const RULES: &str = "xcv.path.rules";
/// qcStatements (EN 319 412-5): statements, not constraints.
const QC_STATEMENTS: Oid = Oid::new(&[1, 3, 6, 1, 5, 5, 7, 1, 3]);

/// A certificate of a path with its status.
#[derive(Clone, Debug)]
pub(crate) struct Judgement<'s> {
    pub(crate) certificate: &'s Certificate<'s>,
    pub(crate) issuer: &'s Certificate<'s>,
    pub(crate) status: Status<'s>,
}

/// A path and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct JudgedPath<'s> {
    pub(crate) path: CandidatePath<'s>,
    pub(crate) conclusion: Conclusion,
    /// Below the anchor, the target first.
    pub(crate) judgements: Vec<Judgement<'s>>,
    pub(crate) weak: Vec<Weak>,
    /// The revocation that decided, with the certificate.
    pub(crate) revoked: Option<(ObjectId, Time)>,
    pub(crate) on_hold: bool,
    /// When better revocation data can be had, of which certificate.
    pub(crate) try_again: Option<(ObjectId, Time)>,
    /// The policies that the path is valid for (RFC 5280, 6.1.6).
    pub(crate) policies: Vec<Oid>,
    pub(crate) checks: Vec<Check>,
}

impl<'s> JudgedPath<'s> {
    pub(crate) fn target(&self) -> Option<&'s Certificate<'s>> {
        self.path.certificates().first().copied()
    }
}

/// Judges every candidate path; the first that passes, or else the one that is nearest to passing.
pub(crate) fn validate_certificate<'s>(
    context: &Context<'s>,
    target: &'s Certificate<'s>,
    purpose: Purpose,
) -> Option<JudgedPath<'s>> {
    let mut best: Option<JudgedPath<'s>> = None;
    for path in &context.paths(target, purpose).paths {
        let judged = judge(context, path, purpose);
        if judged.conclusion.is_passed() {
            return Some(judged);
        }
        if best.as_ref().is_none_or(|best| distance(judged.conclusion) < distance(best.conclusion)) {
            best = Some(judged);
        }
    }
    best
}

/// How far a conclusion is from PASSED: what a proof of existence can repair is nearest.
pub(crate) const fn distance(conclusion: Conclusion) -> u8 {
    use SubIndication as S;
    match conclusion {
        Conclusion::Passed => 0,
        Conclusion::Indeterminate(S::OutOfBoundsNotRevoked) => 1,
        Conclusion::Indeterminate(S::OutOfBoundsNoPoe | S::RevocationOutOfBoundsNoPoe) => 2,
        Conclusion::Indeterminate(S::CryptoConstraintsFailureNoPoe) => 3,
        Conclusion::Indeterminate(S::TryLater) => 4,
        Conclusion::Indeterminate(S::RevokedNoPoe | S::RevokedCaNoPoe) => 5,
        Conclusion::Indeterminate(S::ChainConstraintsFailure) => 7,
        Conclusion::Indeterminate(_) => 6,
        Conclusion::Failed(_) => 8,
    }
}

/// Judges one path.
pub(crate) fn judge<'s>(context: &Context<'s>, path: &CandidatePath<'s>, purpose: Purpose) -> JudgedPath<'s> {
    let mut judged = JudgedPath {
        path: path.clone(),
        conclusion: Conclusion::Passed,
        judgements: Vec::new(),
        weak: Vec::new(),
        revoked: None,
        on_hold: false,
        try_again: None,
        policies: Vec::new(),
        checks: Vec::new(),
    };
    let rules = check_rules(context, path, &mut judged);
    let constraints = check_constraints(context, path, purpose, &mut judged.checks);
    judged.conclusion = rules.then(|| constraints);
    let links = path.links();
    for (position, link) in links.iter().enumerate() {
        let (certificate, issuer) = (link.certificate, link.issuer);
        let status = revocation::status(context, Place { path, position }, purpose, |_| true);
        let known = check_known(&status, certificate, is_decisive(purpose, position), &mut judged.checks);
        judged.conclusion = judged.conclusion.then(|| known);
        judged.judgements.push(Judgement { certificate, issuer, status });
    }
    let judgements = std::mem::take(&mut judged.judgements);
    for (position, (link, judgement)) in links.iter().zip(&judgements).enumerate() {
        let Judgement { certificate, status, .. } = judgement;
        let found = check_status(context, &mut judged, status, certificate, purpose, position);
        let rows = context.policy.algorithms.rows(link.signature.algorithm(), link.signature.key_algorithm());
        let weak =
            judge_rows(context, "xcv.algorithm", certificate.id, rows, context.time, &mut judged.checks);
        let crypto = crypto_conclusion(&weak);
        judged.weak.extend(weak);
        let bounds = check_bounds(context, status, certificate, &mut judged.checks);
        let own = after_its_end(found, bounds, judged.on_hold)
            .unwrap_or_else(|| found.then(|| crypto).then(|| bounds));
        judged.conclusion = judged.conclusion.then(|| own);
    }
    judged.judgements = judgements;
    judged
}

/// A certificate that is outside its validity with nothing fresh to say that it was not revoked: waiting does not help, as
/// lists need not name what has ended (RFC 5280, 5), so what counts is that the time is out of bounds (5.2.6.4 step 1).
const fn after_its_end(found: Conclusion, bounds: Conclusion, held: bool) -> Option<Conclusion> {
    use SubIndication as S;
    match (found, bounds) {
        (
            Conclusion::Indeterminate(S::TryLater),
            Conclusion::Indeterminate(S::OutOfBoundsNotRevoked | S::OutOfBoundsNoPoe),
        ) if !held => Some(Conclusion::Indeterminate(S::OutOfBoundsNoPoe)),
        _ => None,
    }
}

/// The inputs of RFC 5280, 6.1.1: any policy, no time.
pub(crate) fn path_parameters() -> PathParameters {
    PathParameters { processed_extensions: vec![QC_STATEMENTS], ..PathParameters::default() }
}

/// RFC 5280, 6.1, apart from time and revocation.
fn check_rules<'s>(
    context: &Context<'s>,
    path: &CandidatePath<'s>,
    judged: &mut JudgedPath<'s>,
) -> Conclusion {
    match check_path(path, &context.parameters) {
        Ok(output) => {
            judged.policies = output.policies.iter().map(|policy| policy.policy).collect();
            judged.checks.push(check(RULES, "RFC 5280, 6.1", Outcome::Passed));
            Conclusion::Passed
        }
        Err(error) => {
            judged.checks.push(
                check(RULES, error.clause, Outcome::Indeterminate)
                    .about(error.certificate)
                    .with("rule", &error.kind)
                    .with("code", error.kind.code()),
            );
            Conclusion::Indeterminate(SubIndication::CertificateChainGeneralFailure)
        }
    }
}

/// The constraints on the chain: key usage, the profile, roles (5.2.6.4 step 5).
fn check_constraints(
    context: &Context<'_>,
    path: &CandidatePath<'_>,
    purpose: Purpose,
    checks: &mut Vec<Check>,
) -> Conclusion {
    let Some((target, above)) = path.certificates().split_first() else { return Conclusion::Passed };
    let passed = match purpose {
        Purpose::Tsa => check_tsa_usage(context, target, checks),
        Purpose::Signer => check_signer(context, target, above, checks),
        Purpose::Revocation | Purpose::Any => true,
    };
    if passed {
        Conclusion::Passed
    } else {
        Conclusion::Indeterminate(SubIndication::ChainConstraintsFailure)
    }
}

fn check_tsa_usage(context: &Context<'_>, target: &Certificate<'_>, checks: &mut Vec<Check>) -> bool {
    let clause = "RFC 3161, 2.3";
    let purposes = target.key_purposes.as_deref().unwrap_or_default();
    let present = purposes.contains(&oid::KP_TIME_STAMPING);
    let critical = target.extension(&oid::EXTENDED_KEY_USAGE).is_some_and(|e| e.critical);
    let strict = context.policy.tsa_usage == TsaUsage::CriticalAndAlone;
    let alone = critical && purposes.len() == 1;
    let otherwise = if strict { Outcome::Indeterminate } else { Outcome::Warning };
    checks.push(checked("xcv.tsa.key-purpose", clause, present, Outcome::Indeterminate).about(target.id));
    checks.push(checked("xcv.tsa.key-purpose-alone", clause, alone, otherwise).about(target.id));
    present && (alone || !strict)
}

fn check_signer(
    context: &Context<'_>,
    target: &Certificate<'_>,
    above: &[&Certificate<'_>],
    checks: &mut Vec<Check>,
) -> bool {
    let Some(profile) = &context.policy.profile else {
        let usage = target.key_usage.is_none_or(|usage| usage.contains(KeyUsage::NON_REPUDIATION));
        let deciding = decides(context.policy.non_repudiation);
        let otherwise = if deciding { Outcome::Indeterminate } else { Outcome::Warning };
        checks.push(checked("xcv.signer.key-usage", CLAUSE, usage, otherwise).about(target.id));
        return (usage || !deciding) && context.policy.required_roles.is_empty();
    };
    let mut passed = true;
    for finding in profile.check(target, above) {
        passed &= finding.passed;
        checks.push(Check {
            id: format!("xcv.profile.{}", finding.id).into(),
            ..checked("xcv.profile", finding.clause, finding.passed, Outcome::Indeterminate)
                .about(target.id)
                .with("found", finding.detail)
        });
    }
    let required = &context.policy.required_roles;
    if !required.is_empty() {
        let roles = profile.roles(target);
        let one = required.iter().any(|name| roles.iter().any(|role| profile.role_matches(name, role)));
        let stated: Vec<_> = roles.iter().map(|role| role.code.as_str()).collect();
        checks.push(
            checked("xcv.role", CLAUSE, one, Outcome::Indeterminate)
                .about(target.id)
                .with("required", required.join(", "))
                .with("found", stated.join(", ")),
        );
        passed &= one;
    }
    passed
}

/// A TSA's CAs are asked where their lists are used; beyond that their absence is a warning.
const fn is_decisive(purpose: Purpose, position: usize) -> bool {
    position == 0 || matches!(purpose, Purpose::Signer | Purpose::Any)
}

/// Whether there is revocation data that may be used. Where it is missing anywhere in the path nothing else matters yet,
/// so this is asked of every certificate first.
fn check_known(
    status: &Status<'_>,
    certificate: &Certificate<'_>,
    decisive: bool,
    checks: &mut Vec<Check>,
) -> Conclusion {
    let Status::Unknown { refused } = status else { return Conclusion::Passed };
    let otherwise = if decisive { Outcome::Indeterminate } else { Outcome::Warning };
    let children = refused.iter().map(|(object, why)| {
        check("xcv.revocation.usable", CLAUSE, Outcome::Information).about(*object).with("why", why)
    });
    let found = check("xcv.revocation.known", CLAUSE, otherwise).about(certificate.id);
    checks.push(found.over(children.collect()));
    if decisive {
        Conclusion::Indeterminate(SubIndication::CertificateChainGeneralFailure)
    } else {
        Conclusion::Passed
    }
}

/// Revocation: not revoked, not on hold, fresh (5.2.6.4 step 2 b to d).
fn check_status(
    context: &Context<'_>,
    judged: &mut JudgedPath<'_>,
    status: &Status<'_>,
    certificate: &Certificate<'_>,
    purpose: Purpose,
    position: usize,
) -> Conclusion {
    let id = certificate.id;
    match status {
        Status::NotAsked => {
            judged.checks.push(check("xcv.revocation.asked", CLAUSE, Outcome::Information).about(id));
            Conclusion::Passed
        }
        Status::Unknown { .. } => Conclusion::Passed, // check_known has said it
        Status::Good(fact) => {
            judged.checks.push(
                check("xcv.revocation.not-revoked", CLAUSE, Outcome::Passed)
                    .about(id)
                    .with("by", fact.object),
            );
            let fresh = check_fresh(freshness(context, purpose), fact, Judged::Now(context.time));
            let found =
                checked("xcv.revocation.fresh", "EN 319 102-1, 5.2.5", fresh.is_ok(), Outcome::Indeterminate);
            judged.checks.push(found.about(id).with("this-update", fact.this_update));
            match fresh {
                Ok(()) => Conclusion::Passed,
                Err(needed) => {
                    judged.try_again.get_or_insert((id, try_again(fact, needed)));
                    Conclusion::Indeterminate(SubIndication::TryLater)
                }
            }
        }
        Status::Revoked(fact) => {
            let (at, held) = match fact.status {
                RevocationStatus::Revoked { at, .. } => (at, false),
                RevocationStatus::OnHold { at } => (at, true),
                RevocationStatus::NotRevoked | RevocationStatus::Unknown => (Time::MAX, false),
            };
            let later = at > context.time;
            let found = checked("xcv.revocation.not-revoked", CLAUSE, later, Outcome::Indeterminate);
            judged.checks.push(found.about(id).with("by", fact.object).with("revoked-at", at));
            judged.revoked.get_or_insert((id, at));
            if later {
                return Conclusion::Passed;
            }
            judged.on_hold |= held;
            if held {
                judged.try_again.get_or_insert((id, try_again(fact, context.time)));
            }
            Conclusion::Indeterminate(match (held, position) {
                (true, _) => SubIndication::TryLater,
                (false, 0) => SubIndication::RevokedNoPoe,
                (false, _) => SubIndication::RevokedCaNoPoe,
            })
        }
    }
}

pub(crate) const fn freshness(context: &Context<'_>, purpose: Purpose) -> RevocationFreshness {
    match purpose {
        Purpose::Signer | Purpose::Any => context.policy.signer_freshness,
        Purpose::Tsa | Purpose::Revocation => context.policy.tsa_freshness,
    }
}

/// The certificate's validity, and that of who speaks of its revocation, at the time of the verdict (5.2.6.4 step 2 e).
fn check_bounds(
    context: &Context<'_>,
    status: &Status<'_>,
    certificate: &Certificate<'_>,
    checks: &mut Vec<Check>,
) -> Conclusion {
    let within = |c: &Certificate<'_>| c.not_before <= context.time && context.time <= c.not_after;
    let speaker_holds = match status {
        Status::NotAsked => true,
        Status::Good(fact) => context.is_anchor(&fact.signer.id, Purpose::Revocation) || within(fact.signer),
        Status::Unknown { .. } | Status::Revoked(_) => false,
    };
    let inside = within(certificate);
    checks.push(
        checked("xcv.validity", CLAUSE, inside, Outcome::Indeterminate)
            .about(certificate.id)
            .with("not-before", certificate.not_before)
            .with("not-after", certificate.not_after),
    );
    match (inside, speaker_holds, status) {
        (false, true, _) => Conclusion::Indeterminate(SubIndication::OutOfBoundsNotRevoked),
        (false, false, _) => Conclusion::Indeterminate(SubIndication::OutOfBoundsNoPoe),
        (true, false, Status::Good(fact)) => {
            checks.push(
                check("xcv.revocation.issuer-validity", CLAUSE, Outcome::Indeterminate).about(fact.signer.id),
            );
            Conclusion::Indeterminate(SubIndication::RevocationOutOfBoundsNoPoe)
        }
        _ => Conclusion::Passed,
    }
}
