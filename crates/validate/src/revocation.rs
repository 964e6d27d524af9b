// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Which revocation data may be used for a certificate, and how fresh it is (EN 319 102-1, 5.2.5 and 5.2.6).

use std::{rc::Rc, time::Duration};

use keiin_model::{ObjectId, Oid, Time};
use keiin_pki::{
    cert::Certificate,
    path::{CandidatePath, check as check_path},
    revocation::{RevocationConclusion, RevocationFact, RevocationKind, RevocationStatus},
};

use crate::{
    context::{Admissions, Context, Purpose},
    policy::{Responders, RevocationFreshness},
    x509::path_parameters,
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
    let delegate = matches!(purpose, Purpose::Revocation | Purpose::Any) && certificate.has_ocsp_no_check();
    !(skipped || delegate)
}

/// The status of the certificate at a place of a path, by the data that may be used and that `also` takes.
pub(crate) fn status<'s>(
    context: &Context<'s>,
    place: Place<'_, 's>,
    purpose: Purpose,
    also: impl Fn(&RevocationFact<'s>) -> bool,
) -> Status<'s> {
    let Some((certificate, _)) = place.link() else { return Status::NotAsked };
    if !is_asked(certificate, purpose) {
        return Status::NotAsked;
    }
    match admitted(context, place, certificate).facts.conclude(also) {
        RevocationConclusion::Revoked(fact) => Status::Revoked(fact.clone()),
        RevocationConclusion::NotRevoked(facts) => match facts.first() {
            Some(fact) => Status::Good((*fact).clone()),
            None => Status::Unknown { refused: Vec::new() },
        },
        RevocationConclusion::Undetermined(_) => Status::Unknown { refused: refused(context, place) },
    }
}

/// What speaks of the certificate and may not be used, and why.
pub(crate) fn refused<'s>(context: &Context<'s>, place: Place<'_, 's>) -> Vec<(ObjectId, &'static str)> {
    let Some((certificate, issuer)) = place.link() else { return Vec::new() };
    let rejected = context.revocation(certificate, issuer);
    let rejected = rejected.rejected.iter().map(|rejected| (rejected.object, rejected.reason.code()));
    admitted(context, place, certificate).refused.iter().copied().chain(rejected).collect()
}

fn admitted<'s>(
    context: &Context<'s>,
    place: Place<'_, 's>,
    certificate: &Certificate<'_>,
) -> Rc<Admissions<'s>> {
    let key = place.up().iter().map(|c| c.id).collect();
    context.admissions(key, || admit(context, place, &mut vec![certificate.id]))
}

/// A certificate of a path, by its position: the target is 0.
#[derive(Clone, Copy)]
pub(crate) struct Place<'p, 's> {
    pub(crate) path: &'p CandidatePath<'s>,
    pub(crate) position: usize,
}

impl<'p, 's> Place<'p, 's> {
    /// Every certificate of a path that has an issuer in it.
    pub(crate) fn all(path: &'p CandidatePath<'s>) -> impl Iterator<Item = Self> {
        (0..path.certificates().len().saturating_sub(1)).map(move |position| Place { path, position })
    }

    /// The certificate and its issuer.
    fn link(&self) -> Option<(&'s Certificate<'s>, &'s Certificate<'s>)> {
        let [certificate, issuer, ..] = self.up() else { return None };
        Some((certificate, issuer))
    }

    /// The certificate and all above it.
    fn up(&self) -> &'p [&'s Certificate<'s>] {
        self.path.certificates().get(self.position..).unwrap_or_default()
    }
}

/// What may be used of what is said, whatever the time of the verdict, and by which signer.
fn admit<'s>(context: &Context<'s>, place: Place<'_, 's>, visited: &mut Vec<ObjectId>) -> Admissions<'s> {
    let mut admissions = Admissions::default();
    let Some((certificate, issuer)) = place.link() else { return admissions };
    for fact in &context.revocation(certificate, issuer).usable {
        match signer(context, place, fact, visited) {
            Ok(signer) => admissions.facts.usable.push(RevocationFact { signer, ..fact.clone() }),
            Err(why) => admissions.refused.push((fact.object, why)),
        }
    }
    admissions
}

/// The certificate of the signer by which a fact may be used, or why there is none. Of several that hold one in the path
/// itself goes first, then one that is valid at the time of the verdict, then the one that is valid longest.
fn signer<'s>(
    context: &Context<'s>,
    place: Place<'_, 's>,
    fact: &RevocationFact<'s>,
    visited: &mut Vec<ObjectId>,
) -> Result<&'s Certificate<'s>, &'static str> {
    let Some(certificate) = place.up().first() else { return Err("signer") };
    if fact.status == RevocationStatus::Unknown {
        return Err("unknown"); // RFC 6960, 2.2: it says nothing
    }
    if fact.this_update < certificate.not_before {
        return Err("issued-before-certificate");
    }
    // After notAfter an entry may have been dropped (RFC 5280, 5.2), unless the issuer says how far back it speaks.
    if fact.this_update > certificate.not_after
        && fact.expired_since.is_none_or(|since| since > certificate.not_after)
    {
        return Err("issued-after-expiry");
    }
    if let Some(ca) = fact.delegated_by {
        let above = place.up().iter().skip(2).any(|c| c.id == ca);
        let configured = context.is_anchor(&fact.signer.id, Purpose::Revocation);
        if context.policy.responders == Responders::OfTheIssuer || !(above || configured) {
            return Err("responder");
        }
    }
    if !context.may_judge_signer() {
        return Err("signers");
    }
    let made = fact.produced_at.unwrap_or(fact.this_update);
    let is_ocsp = fact.kind == RevocationKind::Ocsp;
    let mut why = "signer";
    let mut best = None;
    for candidate in std::iter::once(fact.signer).chain(fact.alternate_signers.iter().copied()) {
        if is_ocsp && !(candidate.not_before <= made && made <= candidate.not_after) {
            why = "responder-not-valid-when-produced"; // RFC 6960, 4.2.2.2
            continue;
        }
        if !signer_holds(context, place, candidate, fact.kind, visited) {
            continue;
        }
        let within = candidate.not_before <= context.time && context.time <= candidate.not_after;
        let rank =
            (place.up().iter().any(|c| c.id == candidate.id), within, candidate.not_after, candidate.id);
        if best.is_none_or(|(other, _)| other < rank) {
            best = Some((rank, candidate));
        }
    }
    best.map(|(_, candidate)| candidate).ok_or(why)
}

/// Whether the signer of revocation data has a path and a status of its own. One that stands in the path of the
/// certificate is judged there.
fn signer_holds<'s>(
    context: &Context<'s>,
    place: Place<'_, 's>,
    signer: &'s Certificate<'s>,
    kind: RevocationKind,
    visited: &mut Vec<ObjectId>,
) -> bool {
    let in_path = place.up().iter().skip(1).any(|c| c.id == signer.id);
    if in_path || context.is_anchor(&signer.id, Purpose::Revocation) {
        return true;
    }
    if visited.contains(&signer.id) {
        // A CRL issuer may be listed in its own list, which its CA named for it; a responder that vouches for itself, or
        // two that vouch for each other, vouch for nothing.
        let own = place.up().first().is_some_and(|c| c.id == signer.id);
        return own && kind == RevocationKind::Crl;
    }
    if visited.len() > MAX_NESTING {
        return false;
    }
    let anchor = place.path.anchor();
    // RFC 5280, 6.3.3 (f): a path of its own, to the same anchor. A TSA's CA must not speak for a hospital's.
    let paths = context.paths(signer, Purpose::Revocation);
    paths.paths.iter().any(|path| {
        let same = anchor.is_same_authority(&path.anchor().certificate);
        same && check_path(path, &path_parameters()).is_ok() && is_unrevoked(context, place, path, visited)
    })
}

/// Whether nothing in the path of a signer is revoked. What stands above the certificate too is judged there.
fn is_unrevoked<'s>(
    context: &Context<'s>,
    judged: Place<'_, 's>,
    path: &CandidatePath<'s>,
    visited: &mut Vec<ObjectId>,
) -> bool {
    Place::all(path).all(|place| {
        let Some((certificate, _)) = place.link() else { return true };
        let shared = judged.up().iter().any(|c| c.id == certificate.id);
        if shared || visited.contains(&certificate.id) || !is_asked(certificate, Purpose::Revocation) {
            return true;
        }
        visited.push(certificate.id);
        let admissions = admit(context, place, visited);
        visited.pop();
        matches!(admissions.facts.conclude(|_| true), RevocationConclusion::NotRevoked(_))
    })
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
