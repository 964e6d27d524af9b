// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Reports: the three answers, and what they rest on.

use std::borrow::Cow;

use keiin_model::{
    AlgorithmUse, ConclusionTime, ObjectId, Outcome, ProofOfExistence, RevocationUse, SignatureFacts,
    SignatureReport, SignerReport, Time, TimestampReport,
};
use keiin_pki::{
    cert::Certificate,
    crl::reason_name,
    key::PublicKey,
    revocation::{RevocationFact, RevocationKind, RevocationStatus},
};

use crate::{
    archival::Archival,
    basic::Basic,
    conclusion::{CheckDetail, check},
    context::{Context, Purpose},
    material, next,
    timestamp::{JudgedTimestamp, digests},
    with_time::WithTime,
    x509::JudgedPath,
};

/// Everything that was found out about one signature.
pub(crate) struct Findings<'r, 's, 'f> {
    pub(crate) facts: &'f SignatureFacts,
    pub(crate) basic: Basic<'s>,
    pub(crate) with_time: WithTime,
    pub(crate) archival: Archival,
    pub(crate) timestamps: &'r [&'r JudgedTimestamp<'s, 'f>],
}

pub(crate) fn signature_report<'s>(context: &Context<'s>, found: Findings<'_, 's, '_>) -> SignatureReport {
    let timestamps: Vec<_> =
        found.timestamps.iter().map(|judged| timestamp_report(context, judged)).collect();
    let next = next::actions(context, &found, &timestamps);
    let material = material::of_signature(context, &found);
    let Findings { facts, basic, with_time, archival, .. } = found;
    let basic_check =
        check("basic", "EN 319 102-1, 5.3", Outcome::Passed).concluding(basic.conclusion).over(basic.checks);
    let time_check = check("with-time", "EN 319 102-1, 5.5", Outcome::Passed)
        .concluding(with_time.conclusion)
        .over(with_time.checks);
    SignatureReport {
        id: facts.id,
        format: facts.format.clone(),
        indication: archival.conclusion.indication(),
        sub_indication: archival.conclusion.sub(),
        data: facts.data.clone(),
        signature_intact: basic.signature_intact,
        signer: basic
            .signer
            .map(|signer| signer_report(context, signer, basic.path.as_ref(), Purpose::Signer)),
        time: conclusion_time(facts, archival.best),
        countersigns: facts.countersigns,
        checks: vec![basic_check, time_check, archival.into_check()],
        next,
        material,
        timestamps,
    }
}

const fn conclusion_time(facts: &SignatureFacts, best: ProofOfExistence) -> ConclusionTime {
    ConclusionTime {
        claimed: facts.properties.signing_time,
        best_signature_time: best.time,
        proven_by: best.by,
    }
}

pub(crate) fn timestamp_report(context: &Context<'_>, judged: &JudgedTimestamp<'_, '_>) -> TimestampReport {
    let JudgedTimestamp { facts, basic, .. } = judged;
    let (good_until, ends_with) = good_until(context, judged);
    let own_data = facts.token.data.iter().all(keiin_model::DataReference::intact);
    TimestampReport {
        id: facts.id,
        kind: facts.kind,
        time: facts.time,
        indication: judged.conclusion.indication(),
        sub_indication: judged.conclusion.sub(),
        imprint_found: facts.imprint.found(),
        imprint_intact: facts.imprint.intact(),
        signature_intact: basic.signature_intact.map(|intact| intact && own_data),
        signer: basic.signer.map(|signer| signer_report(context, signer, basic.path.as_ref(), Purpose::Tsa)),
        good_until,
        ends_with,
        checks: judged.checks.take(),
    }
}

fn signer_report(
    context: &Context<'_>,
    certificate: &Certificate<'_>,
    path: Option<&JudgedPath<'_>>,
    purpose: Purpose,
) -> SignerReport {
    let profile = context.policy.profile.as_ref().filter(|_| purpose == Purpose::Signer);
    SignerReport {
        certificate: certificate.id,
        subject: certificate.subject.to_string(),
        issuer: certificate.issuer.to_string(),
        serial: hex(certificate.serial),
        not_before: certificate.not_before,
        not_after: certificate.not_after,
        roles: profile.map(|profile| profile.roles(certificate)).unwrap_or_default(),
        path: path.map(|judged| judged.path.ids()).unwrap_or_default(),
        anchor_class: path.and_then(|judged| judged.path.anchor().class.clone()),
        revocation: path.map(revocation_uses).unwrap_or_default(),
    }
}

fn revocation_uses(path: &JudgedPath<'_>) -> Vec<RevocationUse> {
    let used = |judgement: &crate::x509::Judgement<'_>| {
        judgement.status.fact().map(|fact| revocation_use(judgement.certificate.id, fact))
    };
    path.judgements.iter().filter_map(used).collect()
}

pub(crate) fn revocation_use(certificate: ObjectId, fact: &RevocationFact<'_>) -> RevocationUse {
    let (revoked_at, reason) = match fact.status {
        RevocationStatus::Revoked { at, reason } => (Some(at), Some(reason_name(reason.unwrap_or_default()))),
        RevocationStatus::OnHold { at } => (Some(at), Some("certificateHold")),
        RevocationStatus::NotRevoked | RevocationStatus::Unknown => (None, None),
    };
    RevocationUse {
        certificate,
        object: fact.object,
        kind: Cow::Borrowed(match fact.kind {
            RevocationKind::Crl => "crl",
            RevocationKind::Ocsp => "ocsp",
        }),
        issuer: fact.signer.subject.to_string(),
        number: fact.number.map(decimal),
        this_update: fact.this_update,
        next_update: fact.next_update,
        revoked_at,
        reason: reason.map(Cow::Borrowed),
    }
}

/// The end of what holds a time-stamp up: the certificates of its path and every algorithm that it rests on, forecasts
/// included, because renewal must come before them.
fn good_until(
    context: &Context<'_>,
    judged: &JudgedTimestamp<'_, '_>,
) -> (Option<Time>, Option<AlgorithmUse>) {
    let Some(path) = &judged.basic.path else { return (None, None) };
    let table = &context.policy.algorithms;
    let certificates = path.path.certificates().iter().map(|certificate| AlgorithmUse {
        algorithm: "certificate".to_owned(),
        bits: None,
        until: Some(certificate.not_after),
    });
    let mut rows =
        judged.basic.key.map(|key| table.rows(judged.facts.token.algorithm, key)).unwrap_or_default();
    rows.extend(digests(judged.facts).into_iter().map(|digest| table.digest(digest)));
    for link in path.path.links() {
        rows.extend(table.rows(link.signature.algorithm(), link.signature.key_algorithm()));
    }
    let first = certificates
        .chain(rows.into_iter().map(AlgorithmUse::from))
        .filter(|used| used.until.is_some())
        .min_by_key(|used| used.until);
    (first.as_ref().and_then(|used| used.until), first)
}

/// The earliest end of the algorithms that a document's signature rests on, and of its certificate.
pub(crate) fn signer_end(context: &Context<'_>, facts: &SignatureFacts, signer: &Certificate<'_>) -> Time {
    let table = &context.policy.algorithms;
    let key = PublicKey::read(signer.spki).ok();
    let rows = key.map(|key| table.rows(facts.algorithm, key.algorithm())).unwrap_or_default();
    rows.iter().filter_map(|row| row.reach.end()).fold(signer.not_after, Time::min)
}

pub(crate) fn hex(octets: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    octets.iter().flat_map(|octet| [digit(octet >> 4), digit(octet & 15)]).collect()
}

/// Content octets of a non-negative INTEGER in decimal; RFC 5280, 5.2.3 allows 20 octets.
fn decimal(octets: &[u8]) -> String {
    let mut digits = vec![0u8]; // least significant first
    for octet in octets {
        let mut carry = u32::from(*octet);
        for digit in &mut digits {
            carry += u32::from(*digit) * 256;
            *digit = u8::try_from(carry % 10).unwrap_or_default();
            carry /= 10;
        }
        while carry > 0 {
            digits.push(u8::try_from(carry % 10).unwrap_or_default());
            carry /= 10;
        }
    }
    digits.iter().rev().map(|digit| char::from(b'0' + digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn integers_of_any_length_are_written_in_decimal() {
        assert_eq!(decimal(&[]), "0");
        assert_eq!(decimal(&[0]), "0");
        assert_eq!(decimal(&[0, 0xff]), "255");
        assert_eq!(decimal(&[1, 0, 0, 0, 0, 0, 0, 0, 0]), "18446744073709551616");
    }
}
