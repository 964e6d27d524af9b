// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Facts out of CRLs (RFC 5280, 6.3.3): complete ones, complete ones with a delta, and deltas alone, which can only say
//! that something is revoked.

use std::collections::BTreeMap;

use keiin_model::{ObjectId, Oid};

use super::{
    Crls, RejectedRevocation, RevocationFact, RevocationFacts, RevocationKind, RevocationRejection,
    RevocationStatus, Signers,
    scan::scan,
    scope::{covered_reasons, directory_names, is_same_scope},
};
use crate::{
    cert::Certificate,
    crl::{Crl, RevokedCertificate},
    extension::{KeyUsage, ReasonFlags, oid},
    path::{Budget, SignatureFailure, Signed, key_hint},
    store::CertificateStore,
};

/// reasonCode removeFromCRL.
const REMOVE_FROM_CRL: u64 = 8;
/// reasonCode certificateHold.
const CERTIFICATE_HOLD: u64 = 6;

/// A CRL that speaks for the certificate and whose signature was verified.
struct Listing<'s> {
    crl: &'s Crl<'s>,
    reasons: ReasonFlags,
    signers: Signers<'s>,
    entry: Option<RevokedCertificate<'s>>,
    /// Whether its silence counts: there is no critical extension that is not known (RFC 5280, 5.2 and 5.3).
    silence_counts: bool,
}

pub(super) fn read<'s>(
    facts: &mut RevocationFacts<'s>,
    certificate: &Certificate<'_>,
    issuer: &'s Certificate<'s>,
    crls: &'s Crls<'s>,
    store: &'s CertificateStore<'s>,
    budget: &mut Budget,
) {
    let mut listings = Vec::new();
    for crl in applicable(certificate, crls) {
        match Listing::read(crl, certificate, issuer, store, budget) {
            Ok(listing) => listings.push(listing),
            Err(reason) => facts.rejected.push(RejectedRevocation { object: crl.id, reason }),
        }
    }
    let (deltas, complete): (Vec<_>, Vec<_>) = listings.iter().partition(|l| l.crl.delta_base.is_some());
    for listing in &complete {
        listing.state(None, facts);
    }
    for delta in deltas {
        let mut fits = false;
        for listing in complete.iter().filter(|listing| delta.updates(listing)) {
            fits = true;
            listing.state(Some(delta), facts);
        }
        if !fits {
            delta.state_alone(facts);
        }
    }
}

/// The CRLs of the certificate's issuer and of the CRL issuers that it names.
fn applicable<'s>(certificate: &Certificate<'_>, crls: &'s Crls<'s>) -> impl Iterator<Item = &'s Crl<'s>> {
    let named = certificate.crl_distribution_points.iter().flat_map(|p| directory_names(&p.crl_issuer));
    let issuers = std::iter::once(certificate.issuer).chain(named);
    let lists: BTreeMap<ObjectId, &Crl<'_>> =
        issuers.flat_map(|name| crls.by_issuer(&name).collect::<Vec<_>>()).map(|crl| (crl.id, crl)).collect();
    lists.into_values()
}

impl<'s> Listing<'s> {
    fn read(
        crl: &'s Crl<'s>,
        certificate: &Certificate<'_>,
        issuer: &'s Certificate<'s>,
        store: &'s CertificateStore<'s>,
        budget: &mut Budget,
    ) -> Result<Self, RevocationRejection> {
        /// What is not needed to know what the list covers.
        const BESIDE_THE_POINT: [Oid; 3] =
            [oid::CRL_NUMBER, oid::AUTHORITY_KEY_IDENTIFIER, oid::EXPIRED_CERTS_ON_CRL];
        if let Some(oid) = crl.unreadable.iter().find(|oid| !BESIDE_THE_POINT.contains(oid)) {
            return Err(RevocationRejection::UnreadableExtension { oid: *oid });
        }
        if crl.signature_algorithm != crl.tbs_signature_algorithm {
            return Err(RevocationRejection::SignatureAlgorithmsDiffer);
        }
        let reasons = covered_reasons(certificate, crl)?;
        let signers = signers(crl, issuer, store, budget)?;
        let scan = scan(crl, certificate.serial, &certificate.issuer)
            .map_err(|_| RevocationRejection::UnreadableEntry)?;
        let silence_counts = crl.unknown_critical.is_empty() && !scan.unknown_critical;
        if !silence_counts && scan.entry.is_none() {
            return Err(RevocationRejection::UnknownCriticalExtension);
        }
        Ok(Self { crl, reasons, signers, entry: scan.entry, silence_counts })
    }

    /// RFC 5280, 5.2.4 (a) to (d) and 6.3.3 (c): whether this delta brings a complete CRL up to date.
    fn updates(&self, complete: &Self) -> bool {
        let (delta, base) = (self.crl, complete.crl);
        let key_id = |crl: &Crl<'s>| crl.authority_key_id.as_ref().and_then(|a| a.key_id);
        let numbers = match (delta.number, delta.delta_base, base.number) {
            (Some(delta), Some(from), Some(base)) => {
                magnitude(base) >= magnitude(from) && magnitude(base) < magnitude(delta)
            }
            _ => false,
        };
        numbers
            && base.issuer.matches(&delta.issuer)
            && is_same_scope(base, delta)
            && key_id(base) == key_id(delta)
            && self.signers.first.spki == complete.signers.first.spki
    }

    /// RFC 5280, 6.3.3 (i) to (k): the delta's entry first, then the complete list's.
    fn state(&self, delta: Option<&Self>, facts: &mut RevocationFacts<'s>) {
        let entry = delta.and_then(|d| d.entry.as_ref()).or(self.entry.as_ref());
        let status = status(entry);
        let silence_counts = self.silence_counts && delta.is_none_or(|d| d.silence_counts);
        if status == RevocationStatus::NotRevoked && !silence_counts {
            let reason = RevocationRejection::UnknownCriticalExtension;
            facts.rejected.push(RejectedRevocation { object: self.crl.id, reason });
            return;
        }
        let latest = delta.unwrap_or(self);
        let reasons = ReasonFlags(self.reasons.0 & latest.reasons.0);
        let fact = latest.fact(status, entry);
        let delta = delta.map(|d| d.crl.id);
        facts.usable.push(RevocationFact { object: self.crl.id, delta, reasons, ..fact });
    }

    fn state_alone(&self, facts: &mut RevocationFacts<'s>) {
        match status(self.entry.as_ref()) {
            RevocationStatus::NotRevoked => {
                let reason = RevocationRejection::DeltaAlone;
                facts.rejected.push(RejectedRevocation { object: self.crl.id, reason });
            }
            status => facts.usable.push(self.fact(status, self.entry.as_ref())),
        }
    }

    fn fact(&self, status: RevocationStatus, entry: Option<&RevokedCertificate<'_>>) -> RevocationFact<'s> {
        RevocationFact {
            object: self.crl.id,
            delta: None,
            kind: RevocationKind::Crl,
            signer: self.signers.first,
            alternate_signers: self.signers.alternates.clone(),
            delegated_by: None,
            signature: self.signers.signature,
            status,
            reasons: self.reasons,
            invalidity_date: entry.and_then(|e| e.invalidity_date),
            this_update: self.crl.this_update,
            next_update: self.crl.next_update,
            produced_at: None,
            number: self.crl.number,
            expired_since: self.crl.expired_certs_on_crl,
        }
    }
}

fn status(entry: Option<&RevokedCertificate<'_>>) -> RevocationStatus {
    match entry {
        None => RevocationStatus::NotRevoked,
        Some(entry) => match entry.reason {
            Some(REMOVE_FROM_CRL) => RevocationStatus::NotRevoked,
            Some(CERTIFICATE_HOLD) => RevocationStatus::OnHold { at: entry.date },
            reason => RevocationStatus::Revoked { at: entry.date, reason },
        },
    }
}

/// Finds whose key signed a CRL: the certificate's issuer if it has the list's name, else any certificate of that name
/// (another key of the same CA, or a CRL issuer), and checks cRLSign (RFC 5280, 6.3.3 (f) and (g)).
fn signers<'s>(
    crl: &'s Crl<'s>,
    issuer: &'s Certificate<'s>,
    store: &'s CertificateStore<'s>,
    budget: &mut Budget,
) -> Result<Signers<'s>, RevocationRejection> {
    let mut candidates: Vec<&Certificate<'_>> =
        store.by_subject(&crl.issuer).filter(|c| c.id != issuer.id).collect();
    let authority = crl.authority_key_id.as_ref();
    candidates.sort_by_key(|c| (authority.map_or(1, |a| key_hint(a, c)), c.id));
    if crl.issuer.matches(&issuer.subject) {
        candidates.insert(0, issuer);
    }
    let signed =
        Signed { id: crl.id, message: crl.tbs, algorithm: crl.signature_algorithm, value: crl.signature };
    let most = budget.signature_checks().saturating_add(budget.limits().signature_checks_per_object);
    let mut signers: Option<Signers<'_>> = None;
    let mut rejection = RevocationRejection::NoSigner;
    for candidate in candidates {
        if budget.signature_checks() >= most {
            rejection = RevocationRejection::Signature(SignatureFailure::Exhausted);
            break;
        }
        if signers.as_ref().is_some_and(|s| s.first.spki != candidate.spki) {
            continue;
        }
        let verified = budget.key_of(candidate, store).and_then(|key| budget.verify(&signed, &key));
        let may_sign = candidate.key_usage.is_none_or(|usage| usage.contains(KeyUsage::CRL_SIGN));
        match (verified, may_sign, &mut signers) {
            (Err(failure), ..) => {
                if rejection != RevocationRejection::KeyUsage {
                    rejection = RevocationRejection::Signature(failure);
                }
            }
            (Ok(_), false, _) => rejection = RevocationRejection::KeyUsage,
            (Ok(_), true, Some(signers)) => signers.alternates.push(candidate),
            (Ok(signature), true, None) => {
                let (first, alternates, delegated_by) = (candidate, Vec::new(), None);
                signers = Some(Signers { first, alternates, delegated_by, signature });
            }
        }
    }
    signers.ok_or(rejection)
}

/// Content octets of a non-negative INTEGER in an order that is that of the numbers.
fn magnitude(content: &[u8]) -> (usize, &[u8]) {
    let zeros = content.iter().take_while(|octet| **octet == 0).count();
    let digits = content.get(zeros..).unwrap_or_default();
    (digits.len(), digits)
}
