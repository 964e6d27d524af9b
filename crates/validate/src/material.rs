// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The objects that a verdict used (what ES-XL embeds), and those that it would have used had they been there.

use std::collections::{BTreeMap, BTreeSet};

use keiin_model::{Bytes, Evidence, EvidenceKind, Material, ObjectId, Time, Want};
use keiin_pki::{
    cert::Certificate,
    extension::oid,
    path::RejectedPathReason,
    revocation::{RevocationFact, RevocationStatus},
};

use crate::{
    basic::Basic,
    context::{Context, Purpose},
    report::Findings,
    revocation::{self, Judged, Place, Status, check_fresh},
    x509::{JudgedPath, freshness},
};

/// Ids of what was used, certificates with their octets.
#[derive(Default)]
pub(crate) struct Used<'s> {
    certificates: BTreeMap<ObjectId, &'s [u8]>,
    revocation: BTreeSet<ObjectId>,
    visited: BTreeSet<ObjectId>,
}

impl<'s> Used<'s> {
    fn path(&mut self, context: &Context<'s>, basic: &Basic<'s>) {
        let Some(path) = &basic.path else { return };
        self.certificates.extend(path.path.certificates().iter().map(|c| (c.id, c.raw)));
        for fact in path.judgements.iter().filter_map(|judgement| judgement.status.fact()) {
            self.fact(context, fact);
        }
    }

    /// The object, its signer's path, and what speaks of the signer in turn.
    fn fact(&mut self, context: &Context<'s>, fact: &RevocationFact<'s>) {
        self.revocation.extend(fact.objects());
        if !self.visited.insert(fact.signer.id) {
            return;
        }
        let paths = context.paths(fact.signer, Purpose::Revocation);
        let Some(path) = paths.paths.first() else { return };
        self.certificates.extend(path.certificates().iter().map(|c| (c.id, c.raw)));
        for place in Place::all(path) {
            let status = revocation::status(context, place, Purpose::Revocation, |_| true);
            if let Some(fact) = status.fact() {
                self.fact(context, fact);
            }
        }
    }

    fn into_material(self, evidence: &Evidence) -> Material {
        let mut material = Material {
            certificates: self.certificates.values().map(|raw| Bytes::from(*raw)).collect(),
            ..Material::default()
        };
        for object in self.revocation.iter().filter_map(|id| evidence.object(id)) {
            match object.kind {
                EvidenceKind::Crl => material.crls.push(object.bytes.clone()),
                EvidenceKind::Ocsp => material.ocsps.push(object.bytes.clone()),
                _ => {}
            }
        }
        material
    }
}

pub(crate) fn of_signature<'s>(context: &Context<'s>, found: &Findings<'_, 's, '_>) -> Material {
    let mut used = Used::default();
    collect(context, found, &mut used);
    used.into_material(context.evidence)
}

fn collect<'s>(context: &Context<'s>, found: &Findings<'_, 's, '_>, used: &mut Used<'s>) {
    used.path(context, &found.basic);
    for judged in found.timestamps {
        used.path(context, &judged.basic);
    }
}

/// What is asked for beside what is missing.
#[derive(Clone, Copy)]
pub(crate) enum Younger {
    /// Nothing: what is there is settled.
    Nothing,
    /// Data that is fresh for a proven time, or now where none is proven.
    For(Option<Time>),
}

/// What would settle or strengthen a verdict: issuers that are missing, revocation data that is missing or too old.
pub(crate) fn wants(
    context: &Context<'_>,
    basic: &Basic<'_>,
    purpose: Purpose,
    younger: Younger,
    wants: &mut Vec<Want>,
) {
    let Some(signer) = basic.signer else { return };
    match &basic.path {
        Some(path) => path_wants(context, path, purpose, younger, wants),
        None => want_issuers(context, signer, purpose, wants),
    }
}

/// What would settle the status of the certificates of a path.
pub(crate) fn path_wants(
    context: &Context<'_>,
    path: &JudgedPath<'_>,
    purpose: Purpose,
    younger: Younger,
    wants: &mut Vec<Want>,
) {
    for judgement in &path.judgements {
        let after = match &judgement.status {
            Status::Unknown { .. } => None,
            Status::Good(fact) => match stale(context, fact, purpose, younger) {
                Some(after) => Some(after),
                None => continue,
            },
            Status::Revoked(fact) if matches!(fact.status, RevocationStatus::OnHold { .. }) => {
                Some(newer_than(fact))
            }
            Status::Revoked(_) | Status::NotAsked => continue,
        };
        push(wants, want_revocation(judgement.certificate, judgement.issuer, after));
        want_responders(context, judgement.certificate, judgement.issuer, wants);
    }
}

/// From when on data would have to be to count in place of this; `None` when this counts.
fn stale(
    context: &Context<'_>,
    fact: &RevocationFact<'_>,
    purpose: Purpose,
    younger: Younger,
) -> Option<Time> {
    let Younger::For(proven) = younger else { return None };
    let judged = proven.map_or(Judged::Now(context.time), Judged::Proven);
    let needed = check_fresh(freshness(context, purpose), fact, judged).err()?;
    // No list is younger than now: what is current now was issued some time after the stale one.
    Some(if proven.is_some() { needed } else { newer_than(fact) })
}

fn newer_than(fact: &RevocationFact<'_>) -> Time {
    fact.this_update.plus_seconds(1)
}

pub(crate) fn want_issuers(
    context: &Context<'_>,
    signer: &Certificate<'_>,
    purpose: Purpose,
    wants: &mut Vec<Want>,
) {
    let Some(signer) = context.pool.store.certificate(&signer.id) else { return };
    for rejected in &context.paths(signer, purpose).rejected {
        if let (RejectedPathReason::NoIssuer, Some(top)) = (rejected.reason, rejected.certificates.last()) {
            let urls = top.access_urls(&oid::AD_CA_ISSUERS).into_iter().map(str::to_owned).collect();
            push(wants, Want::Issuer { certificate: top.id, urls });
        }
    }
}

/// A responder or list issuer whose own status is what is missing.
fn want_responders(
    context: &Context<'_>,
    certificate: &Certificate<'_>,
    issuer: &Certificate<'_>,
    wants: &mut Vec<Want>,
) {
    let store = &context.pool.store;
    let (Some(certificate), Some(issuer)) =
        (store.certificate(&certificate.id), store.certificate(&issuer.id))
    else {
        return;
    };
    for fact in &context.revocation(certificate, issuer).usable {
        for signer in std::iter::once(fact.signer).chain(fact.alternate_signers.iter().copied()) {
            let paths = context.paths(signer, Purpose::Revocation);
            let Some(path) = paths.paths.first() else { continue };
            let status =
                revocation::status(context, Place { path, position: 0 }, Purpose::Revocation, |_| true);
            if let ([certificate, issuer, ..], Status::Unknown { .. }) = (path.certificates(), status) {
                push(wants, want_revocation(certificate, issuer, None));
            }
        }
    }
}

fn want_revocation(certificate: &Certificate<'_>, issuer: &Certificate<'_>, after: Option<Time>) -> Want {
    let owned = |urls: Vec<&str>| urls.into_iter().map(str::to_owned).collect();
    Want::Revocation {
        certificate: certificate.id,
        issuer: issuer.id,
        issued_after: after,
        crl_urls: owned(certificate.crl_urls()),
        ocsp_urls: owned(certificate.access_urls(&oid::AD_OCSP)),
    }
}

fn push(wants: &mut Vec<Want>, want: Want) {
    if !wants.contains(&want) {
        wants.push(want);
    }
}
