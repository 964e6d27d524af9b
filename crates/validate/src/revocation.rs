// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Which revocation data may be used for a certificate, and how fresh it is (EN 319 102-1, 5.2.5 and 5.2.6).

use std::time::Duration;

use keiin_model::{ObjectId, Oid, Time};
use keiin_pki::{
    cert::Certificate,
    revocation::{RevocationConclusion, RevocationFact, RevocationFacts, RevocationKind, RevocationStatus},
};

use crate::{
    context::{Context, Purpose, Refusal},
    policy::RevocationFreshness,
};

/// id-ce-noRevAvail (RFC 9608): the CA publishes no revocation data.
const NO_REV_AVAIL: Oid = Oid::new(&[2, 5, 29, 56]);
/// ext-etsi-valassured-ST-certs (EN 319 412-1, 5.2): short-term, so that revocation is not asked.
const SHORT_TERM: Oid = Oid::new(&[0, 4, 0, 194_121, 2, 1]);
/// How long an answer without nextUpdate holds under [`RevocationFreshness::NextUpdate`].
const WITHOUT_NEXT_UPDATE: Duration = Duration::from_secs(86_400);
/// Delegates of delegates: a responder's own status, its CA's list, and so on.
const MAX_NESTING: usize = 6;

/// What is known of a certificate's status.
#[derive(Clone, Debug)]
pub(crate) enum Status<'s> {
    /// Nobody asks: the certificate says that there is no revocation data.
    NotAsked,
    /// Nothing at hand that may be used.
    Unknown {
        /// Whether something was at hand that may not be used.
        refused: Vec<(ObjectId, &'static str)>,
    },
    /// Not revoked, by this.
    Good(RevocationFact<'s>),
    /// Revoked or on hold, by this.
    Revoked(RevocationFact<'s>),
}

impl<'s> Status<'s> {
    pub(crate) const fn fact(&self) -> Option<&RevocationFact<'s>> {
        match self {
            Self::Good(fact) | Self::Revoked(fact) => Some(fact),
            Self::NotAsked | Self::Unknown { .. } => None,
        }
    }
}

/// Whether revocation data is asked for a certificate at all. A delegated responder with ocsp-nocheck is trusted for
/// its lifetime (RFC 6960, 4.2.2.2.1).
pub(crate) fn is_asked(certificate: &Certificate<'_>, purpose: Purpose) -> bool {
    let skipped = [NO_REV_AVAIL, SHORT_TERM].iter().any(|oid| certificate.extension(oid).is_some());
    !(skipped || purpose == Purpose::Revocation && certificate.has_ocsp_no_check())
}

/// The status of a certificate by the data that may be used and that `also` takes.
pub(crate) fn status<'s>(
    context: &Context<'s>,
    certificate: &'s Certificate<'s>,
    issuer: &'s Certificate<'s>,
    purpose: Purpose,
    also: impl Fn(&RevocationFact<'s>) -> bool,
) -> Status<'s> {
    if !is_asked(certificate, purpose) {
        return Status::NotAsked;
    }
    let facts = context.revocation(certificate, issuer);
    let refusals = context.refusals((certificate.id, issuer.id), || {
        let mut visited = vec![certificate.id];
        let refusal = |fact| refusal(context, (certificate, issuer), fact, &mut visited);
        facts.usable.iter().map(refusal).collect()
    });
    match facts.conclude(|fact| is_accepted(&facts, &refusals, fact) && also(fact)) {
        RevocationConclusion::Revoked(fact) => Status::Revoked(fact.clone()),
        RevocationConclusion::NotRevoked(facts) => match facts.first() {
            Some(fact) => Status::Good((*fact).clone()),
            None => Status::Unknown { refused: Vec::new() },
        },
        RevocationConclusion::Undetermined(_) => Status::Unknown { refused: refused(&facts, &refusals) },
    }
}

fn refused(facts: &RevocationFacts<'_>, refusals: &[Refusal]) -> Vec<(ObjectId, &'static str)> {
    let mut all: Vec<_> = facts
        .usable
        .iter()
        .zip(refusals)
        .filter_map(|(fact, refusal)| refusal.map(|why| (fact.object, why)))
        .collect();
    all.extend(facts.rejected.iter().map(|rejected| (rejected.object, "rejected")));
    all
}

/// Why a fact may not be used for the certificate, whatever the time of the verdict.
fn refusal<'s>(
    context: &Context<'s>,
    (certificate, issuer): (&Certificate<'_>, &Certificate<'_>),
    fact: &RevocationFact<'s>,
    visited: &mut Vec<ObjectId>,
) -> Refusal {
    let signer = fact.signer;
    if fact.status == RevocationStatus::Unknown {
        return Some("unknown"); // RFC 6960, 2.2: it says nothing
    }
    let made = fact.produced_at.unwrap_or(fact.this_update);
    if fact.kind == RevocationKind::Ocsp && !(signer.not_before <= made && made <= signer.not_after) {
        return Some("responder-not-valid-when-produced"); // RFC 6960, 4.2.2.2
    }
    if fact.this_update < certificate.not_before {
        return Some("issued-before-certificate");
    }
    // After notAfter an entry may have been dropped (RFC 5280, 5.2), unless the issuer says how far back it speaks.
    if fact.this_update > certificate.not_after
        && fact.expired_since.is_none_or(|since| since > certificate.not_after)
    {
        return Some("issued-after-expiry");
    }
    // The issuer's own revocation is judged where it stands in the path; a delegate's is judged nowhere else.
    let revoked_too = signer.id == issuer.id;
    (!signer_holds(context, signer, revoked_too, visited)).then_some("signer")
}

/// Whether the signer of revocation data has a path and a status of its own. `revoked_too`: it is enough that the status
/// is known.
fn signer_holds<'s>(
    context: &Context<'s>,
    signer: &'s Certificate<'s>,
    revoked_too: bool,
    visited: &mut Vec<ObjectId>,
) -> bool {
    if context.is_anchor(&signer.id, Purpose::Revocation) || visited.contains(&signer.id) {
        return true;
    }
    if visited.len() > MAX_NESTING {
        return false;
    }
    let Some(path) = context.first_path(signer, Purpose::Revocation) else { return false };
    if !is_asked(signer, Purpose::Revocation) {
        return true;
    }
    let Some(&issuer) = path.certificates().get(1) else { return true };
    visited.push(signer.id);
    let facts = context.revocation(signer, issuer);
    let refusals: Vec<_> =
        facts.usable.iter().map(|fact| refusal(context, (signer, issuer), fact, visited)).collect();
    visited.pop();
    match facts.conclude(|fact| is_accepted(&facts, &refusals, fact)) {
        RevocationConclusion::NotRevoked(_) => true,
        RevocationConclusion::Revoked(_) => revoked_too,
        RevocationConclusion::Undetermined(_) => false,
    }
}

fn is_accepted(facts: &RevocationFacts<'_>, refusals: &[Refusal], fact: &RevocationFact<'_>) -> bool {
    let position = facts.usable.iter().position(|other| std::ptr::addr_eq(other, fact));
    position.and_then(|at| refusals.get(at)).is_some_and(Option::is_none)
}

/// For what time revocation data must be fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judged {
    /// The time of the verdict: nothing earlier is proven.
    Now(Time),
    /// A time that is proven for the signature.
    Proven(Time),
}

/// Revocation freshness checker (5.2.5): `Err` says from when on data would have to be, as far as that can be told.
pub(crate) fn check_fresh(
    freshness: RevocationFreshness,
    fact: &RevocationFact<'_>,
    judged: Judged,
) -> Result<(), Time> {
    let (Judged::Now(time) | Judged::Proven(time)) = judged;
    let current = || fact.this_update >= time || time <= current_until(fact);
    let (fresh, needed) = match (freshness, judged) {
        (RevocationFreshness::Any, _) => (true, time),
        (RevocationFreshness::Strict { grace }, Judged::Proven(_)) => {
            (fact.this_update >= time + grace, time + grace)
        }
        (RevocationFreshness::MaximumAge { age }, _) => (fact.this_update + age >= time, time - age),
        (RevocationFreshness::NextUpdate | RevocationFreshness::Strict { .. }, _) => (current(), time),
    };
    if fresh { Ok(()) } else { Err(needed) }
}

/// The last time that the data can speak for. Sliding stops there: the clause has thisUpdate for data that is not fresh
/// (EN 319 102-1, 5.6.2.2.4 c), which fits a rule of age zero; a rule that lets data speak for longer moves the stop with it.
pub(crate) fn speaks_until(freshness: RevocationFreshness, fact: &RevocationFact<'_>) -> Time {
    match freshness {
        RevocationFreshness::Any => Time::MAX,
        RevocationFreshness::MaximumAge { age } => fact.this_update + age,
        RevocationFreshness::NextUpdate => current_until(fact),
        RevocationFreshness::Strict { .. } => fact.this_update,
    }
}

fn current_until(fact: &RevocationFact<'_>) -> Time {
    fact.next_update.unwrap_or(fact.this_update + WITHOUT_NEXT_UPDATE)
}

/// When a status that is not known to be fresh can be asked again.
pub(crate) fn try_again(fact: &RevocationFact<'_>, needed: Time) -> Time {
    fact.next_update.map_or(needed, |next| next.max(needed))
}
