// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Validation process for basic signatures (EN 319 102-1, 5.3), which time-stamp tokens go through too (5.4).

use keiin_model::{
    Check, Defect, DefectKind, DigestAlgorithm, Family, KeyAlgorithm, ObjectId, Outcome, SignatureFacts,
    SubIndication, Time,
};
use keiin_pki::cert::Certificate;

use crate::{
    acceptance::{Weak, check_attributes, crypto_conclusion, judge_rows, signature_rows},
    conclusion::{CheckDetail, Conclusion, check, checked},
    context::{Context, Purpose},
    crypto::verify_signature,
    signer_cert::identify,
    x509::{JudgedPath, distance, validate_certificate},
};

/// A signature to judge: a document's or a token's.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'f> {
    pub(crate) facts: &'f SignatureFacts,
    /// The object whose existence counts: the signature value, or the token.
    pub(crate) id: ObjectId,
    pub(crate) purpose: Purpose,
    /// Digests beside those of the signature: a token's imprint and hash index.
    pub(crate) digests: &'f [DigestAlgorithm],
}

/// What the basic process found.
pub(crate) struct Basic<'s> {
    pub(crate) conclusion: Conclusion,
    pub(crate) signer: Option<&'s Certificate<'s>>,
    pub(crate) key: Option<KeyAlgorithm>,
    pub(crate) signature_intact: Option<bool>,
    pub(crate) path: Option<JudgedPath<'s>>,
    /// Everything that is weak at the time of the verdict.
    pub(crate) weak: Vec<Weak>,
    pub(crate) checks: Vec<Check>,
}

/// Judges a signature at the time of the verdict. `after` is a time before which it cannot have been made: that of a
/// valid content-time-stamp.
pub(crate) fn validate_basic<'s>(
    context: &Context<'s>,
    subject: Subject<'_>,
    after: Option<Time>,
) -> Basic<'s> {
    let facts = subject.facts;
    let (format, format_checks) = check_format(facts);
    let identified = identify(context, &facts.signer);
    let certificate = choose(context, subject, &identified.certificates);
    let verified = verify_signature(context, facts, certificate);
    let mut path = certificate.and_then(|c| validate_certificate(context, c, subject.purpose));
    let chain = match &path {
        Some(path) => settle_after(path, after),
        None => Conclusion::Indeterminate(SubIndication::NoCertificateChainFound),
    };
    let mut acceptance = Vec::new();
    let attributes = check_attributes(context, facts, certificate, &mut acceptance);
    let rows = signature_rows(context, facts, verified.key, subject.digests);
    let mut weak = judge_rows(context, "sav.algorithm", subject.id, rows, context.time, &mut acceptance);
    let crypto = if after.is_some_and(|after| weak.iter().any(|weak| weak.end <= after)) {
        Conclusion::Indeterminate(SubIndication::CryptoConstraintsFailure)
    } else {
        crypto_conclusion(&weak)
    };
    let accepted = attributes.then(|| crypto);
    let conclusion =
        format.then(|| identified.conclusion).then(|| verified.conclusion).then(|| chain).then(|| accepted);
    let block = |id, clause, conclusion, children| {
        check(id, clause, Outcome::Passed).concluding(conclusion).over(children)
    };
    let path_found =
        checked("xcv.path.found", "EN 319 102-1, 5.2.6.4", path.is_some(), Outcome::Indeterminate);
    let path_checks = path.as_mut().map(|path| std::mem::take(&mut path.checks)).unwrap_or_default();
    let path_checks = std::iter::once(path_found).chain(path_checks).collect();
    let checks = vec![
        block("format", "EN 319 102-1, 5.2.2", format, format_checks),
        block("isc", "EN 319 102-1, 5.2.3", identified.conclusion, identified.checks),
        block("cv", "EN 319 102-1, 5.2.7", verified.conclusion, verified.checks),
        block("xcv", "EN 319 102-1, 5.2.6", chain, path_checks),
        block("sav", "EN 319 102-1, 5.2.8", accepted, acceptance),
    ];
    // A certificate that is only offered is nobody's word: where neither the signed reference nor the value fits it, it did
    // not sign.
    let named = facts.signer.serial.is_some() || facts.signer.key_id.is_some();
    let is_signer = named || identified.conclusion.is_passed() || verified.intact == Some(true);
    weak.extend(path.iter().flat_map(|path| path.weak.iter().cloned()));
    Basic {
        conclusion,
        signer: certificate.filter(|_| is_signer),
        key: verified.key,
        signature_intact: verified.intact,
        path,
        weak,
        checks,
    }
}

/// Certificates whose key is tried where nothing signed says which one it is, and whose paths.
const MAX_KEYS: usize = 256;
const MAX_CANDIDATES: usize = 16;

/// Of several certificates that fit the unsigned naming, the one whose key made the value, and of those the one whose path
/// is the best: one key may have been certified twice.
fn choose<'s>(
    context: &Context<'s>,
    subject: Subject<'_>,
    candidates: &[&'s Certificate<'s>],
) -> Option<&'s Certificate<'s>> {
    let first = candidates.first().copied()?;
    if candidates.len() == 1 {
        return Some(first);
    }
    let signed =
        |c: &&Certificate<'s>| verify_signature(context, subject.facts, Some(*c)).intact == Some(true);
    let mut sorted = candidates.to_vec();
    sorted.sort_by_key(|c| c.id);
    let signers = sorted.into_iter().take(MAX_KEYS).filter(signed).take(MAX_CANDIDATES);
    let path = |c: &&'s Certificate<'s>| {
        validate_certificate(context, c, subject.purpose).map_or(u8::MAX, |path| distance(path.conclusion))
    };
    signers.min_by_key(path).or(Some(first))
}

/// Format checking (5.2.2): the adapter read the structure and says what is wrong with it.
fn check_format(facts: &SignatureFacts) -> (Conclusion, Vec<Check>) {
    let structural = |defect: &&Defect| !matches!(defect.kind, DefectKind::Revised | DefectKind::Altered);
    let checks = facts.defects.iter().filter(structural).map(|defect| {
        let outcome = if breaks_format(facts, defect) { Outcome::Failed } else { Outcome::Warning };
        check("format.structure", "EN 319 102-1, 5.2.2.4", outcome)
            .with("defect", format!("{:?}", defect.kind))
            .with("at", &defect.at)
    });
    let broken = facts.defects.iter().any(|defect| breaks_format(facts, defect));
    let conclusion =
        if broken { Conclusion::Failed(SubIndication::FormatFailure) } else { Conclusion::Passed };
    (conclusion, checks.collect())
}

/// An attribute that stands too often is a well-formed CMS all the same: it breaks the rules on attributes, which acceptance
/// judges (RFC 5652, 11; RFC 5035, 3). A token has no such leniency (RFC 3161, 2.4.2).
fn breaks_format(facts: &SignatureFacts, defect: &Defect) -> bool {
    defect.kind.is_fatal() && (defect.kind != DefectKind::Repeated || facts.family == Family::Token)
}

/// What a content-time-stamp turns from unknown into proven: the signature is younger than the revocation or the end of
/// the certificate (5.3.4 step 5).
fn settle_after(path: &JudgedPath<'_>, after: Option<Time>) -> Conclusion {
    let Some(after) = after else { return path.conclusion };
    match path.conclusion {
        Conclusion::Indeterminate(SubIndication::RevokedNoPoe)
            if path.revoked.is_some_and(|(_, at)| at < after) =>
        {
            Conclusion::Failed(SubIndication::Revoked)
        }
        Conclusion::Indeterminate(SubIndication::OutOfBoundsNoPoe | SubIndication::OutOfBoundsNotRevoked)
            if path.target().is_some_and(|target| target.not_after < after) =>
        {
            Conclusion::Failed(SubIndication::Expired)
        }
        other => other,
    }
}
