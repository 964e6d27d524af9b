// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Facts out of OCSP responses (RFC 6960, 3.2). A nonce is not judged: what is kept was asked for by someone else.

use keiin_model::{DigestAlgorithm, ObjectId};

use super::{
    Ocsps, RejectedRevocation, RevocationFact, RevocationFacts, RevocationKind, RevocationRejection,
    RevocationStatus, Signers,
};
use crate::{
    cert::Certificate,
    digest::digest,
    extension::{KeyUsage, ReasonFlags, oid},
    key::VerifiedSignature,
    ocsp::{BasicOcspResponse, CertStatus, OcspResponse, ResponderId, SingleResponse, key_octets},
    path::{Budget, SignatureFailure, Signed},
    store::CertificateStore,
};

/// CRLReason certificateHold.
const CERTIFICATE_HOLD: u64 = 6;

pub(super) fn read<'s>(
    facts: &mut RevocationFacts<'s>,
    certificate: &Certificate<'_>,
    issuer: &'s Certificate<'s>,
    ocsps: &'s Ocsps<'s>,
    store: &'s CertificateStore<'s>,
    budget: &mut Budget,
) {
    for (response, embedded) in ocsps.iter() {
        let Some(basic) = &response.basic else {
            // An unsuccessful answer names nobody: it is said of every certificate.
            let reason = RevocationRejection::NotSuccessful { status: response.status };
            facts.rejected.push(RejectedRevocation { object: response.id, reason });
            continue;
        };
        let mut singles = basic.responses.iter().filter(|s| s.is_about(certificate, issuer)).peekable();
        if singles.peek().is_none() {
            continue;
        }
        match responder(response, basic, embedded, issuer, store, budget) {
            Ok(signers) => singles.for_each(|single| state(facts, response, basic, single, &signers)),
            Err(reason) => facts.rejected.push(RejectedRevocation { object: response.id, reason }),
        }
    }
}

fn state<'s>(
    facts: &mut RevocationFacts<'s>,
    response: &OcspResponse<'s>,
    basic: &BasicOcspResponse<'s>,
    single: &SingleResponse<'s>,
    signers: &Signers<'s>,
) {
    let status = match single.status {
        CertStatus::Good => RevocationStatus::NotRevoked,
        CertStatus::Revoked { at, reason: Some(CERTIFICATE_HOLD) } => RevocationStatus::OnHold { at },
        CertStatus::Revoked { at, reason } => RevocationStatus::Revoked { at, reason },
        CertStatus::Unknown => RevocationStatus::Unknown,
    };
    if basic.unknown_critical || single.unknown_critical {
        let reason = RevocationRejection::UnknownCriticalExtension;
        facts.rejected.push(RejectedRevocation { object: response.id, reason });
        return;
    }
    facts.usable.push(RevocationFact {
        object: response.id,
        delta: None,
        kind: RevocationKind::Ocsp,
        signer: signers.first,
        alternate_signers: signers.alternates.clone(),
        delegated_by: signers.delegated_by,
        signature: signers.signature,
        status,
        reasons: ReasonFlags::ALL,
        invalidity_date: None,
        this_update: single.this_update,
        next_update: single.next_update,
        produced_at: Some(basic.produced_at),
        number: None,
        expired_since: single.archive_cutoff,
    });
}

/// Finds whose key signed an answer: the issuer's, or that of a delegate that the issuer certified for this (RFC 6960,
/// 4.2.2.2). A delegate may have several certificates over its key; all that the issuer signed are kept.
fn responder<'s>(
    response: &OcspResponse<'s>,
    basic: &BasicOcspResponse<'s>,
    embedded: &'s [Certificate<'s>],
    issuer: &'s Certificate<'s>,
    store: &'s CertificateStore<'s>,
    budget: &mut Budget,
) -> Result<Signers<'s>, RevocationRejection> {
    let signed = Signed {
        id: response.id,
        message: basic.tbs,
        algorithm: basic.signature_algorithm,
        value: basic.signature,
    };
    let mut delegates: Vec<&Certificate<'_>> =
        embedded.iter().chain(named(&basic.responder, store)).filter(|c| c.id != issuer.id).collect();
    delegates.sort_by_key(|c| c.id);
    delegates.dedup_by_key(|c| c.id);
    let most = budget.signature_checks().saturating_add(budget.limits().signature_checks_per_object);
    let mut signers: Option<Signers<'_>> = None;
    let mut foreign: Option<Signers<'_>> = None;
    let mut rejection = RevocationRejection::NoSigner;
    for candidate in std::iter::once(issuer).chain(delegates).filter(|c| is_named(&basic.responder, c)) {
        if budget.signature_checks() >= most {
            rejection = RevocationRejection::Signature(SignatureFailure::Exhausted);
            break;
        }
        if candidate.id != issuer.id && !is_delegate(candidate, issuer, store, budget) {
            rejection = RevocationRejection::Responder;
            let other = if foreign.is_none() { delegator(candidate, store, budget) } else { None };
            // Nobody at hand delegated to it: whether the caller knows it all the same is the caller's to say.
            let other = other.or_else(|| has_ocsp_signing(candidate).then_some(candidate.id));
            let other = other.filter(|_| foreign.is_none());
            if let Some(other) = other {
                let key = budget.key_of(candidate, store);
                foreign = key.and_then(|key| budget.verify(&signed, &key)).ok().map(|signature| Signers {
                    first: candidate,
                    alternates: Vec::new(),
                    delegated_by: Some(other),
                    signature,
                });
            }
            continue;
        }
        match (budget.key_of(candidate, store).and_then(|key| budget.verify(&signed, &key)), &mut signers) {
            (Ok(_), Some(signers)) => signers.alternates.push(candidate),
            (Ok(signature), None) => {
                let (first, alternates, delegated_by) = (candidate, Vec::new(), None);
                signers = Some(Signers { first, alternates, delegated_by, signature });
            }
            (Err(failure), _) => rejection = RevocationRejection::Signature(failure),
        }
    }
    signers.or(foreign).ok_or(rejection)
}

/// The certificates of the store that a ResponderID may name.
fn named<'s>(
    responder: &ResponderId<'_>,
    store: &'s CertificateStore<'s>,
) -> impl Iterator<Item = &'s Certificate<'s>> {
    let found: Vec<&Certificate<'_>> = match responder {
        ResponderId::Name(name) => store.by_subject(name).collect(),
        // Key identifiers need not be SHA-1 of the key, so the store's index is of no use here.
        ResponderId::Key(_) => store.iter().filter(|c| has_ocsp_signing(c)).collect(),
    };
    found.into_iter()
}

fn is_named(responder: &ResponderId<'_>, certificate: &Certificate<'_>) -> bool {
    match responder {
        ResponderId::Name(name) => name.matches(&certificate.subject),
        ResponderId::Key(hash) => {
            key_octets(certificate.spki).is_some_and(|key| digest(DigestAlgorithm::Sha1, key) == *hash)
        }
    }
}

/// The CA at hand that made a responder of the candidate, whichever it is.
fn delegator(
    candidate: &Certificate<'_>,
    store: &CertificateStore<'_>,
    budget: &mut Budget,
) -> Option<ObjectId> {
    let mut named = store.by_subject(&candidate.issuer).filter(|c| c.is_ca() && c.id != candidate.id);
    named.find(|ca| is_delegate(candidate, ca, store, budget)).map(|ca| ca.id)
}

/// RFC 6960, 4.2.2.2: issued by the issuer itself, with id-kp-OCSPSigning.
fn is_delegate(
    candidate: &Certificate<'_>,
    issuer: &Certificate<'_>,
    store: &CertificateStore<'_>,
    budget: &mut Budget,
) -> bool {
    let signs = KeyUsage::DIGITAL_SIGNATURE;
    let may_sign = candidate
        .key_usage
        .is_none_or(|usage| usage.intersects(signs) || usage.intersects(KeyUsage::NON_REPUDIATION));
    let issued = |budget: &mut Budget| -> Result<VerifiedSignature, SignatureFailure> {
        let key = budget.key_of(issuer, store)?;
        budget.verify(&candidate.into(), &key)
    };
    has_ocsp_signing(candidate)
        && may_sign
        && candidate.issuer.matches(&issuer.subject)
        && issued(budget).is_ok()
}

fn has_ocsp_signing(certificate: &Certificate<'_>) -> bool {
    certificate.key_purposes.as_ref().is_some_and(|purposes| purposes.contains(&oid::KP_OCSP_SIGNING))
}
