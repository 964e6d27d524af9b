// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Time-stamps that would stand: over any file, and for the steps of a signature.

use std::collections::BTreeSet;

use crate::{
    Error,
    content::{Content, ContentError},
    document::{Document, token_facts},
    model::{
        Check, DigestAlgorithm, Evidence, Indication, Outcome, SignerReport, SubIndication, Time,
        TimestampReport,
    },
    setup::Setup,
    tsa::{Stamped, TsaError, TsaFailure, request_timestamp},
    verify::judge,
};

/// A token over a file.
pub struct StampedFile {
    /// The token as a document: [`Document::write`] makes the `.tst`.
    pub document: Document,
    /// genTime.
    pub time: Time,
    /// The TSA's address.
    pub by: String,
    /// TSAs that were asked before and failed.
    pub failed: Vec<TsaFailure>,
}

/// Time-stamps content of any kind (RFC 3161, 2.4): a log, a scan, an archive. [`crate::verify`] of the token with the content checks it.
///
/// # Errors
/// [`Error::NoTimestamp`] with what each TSA said; [`Error::Content`] when the content cannot be read.
pub fn stamp(setup: &Setup<'_>, content: &Content, now: Time) -> Result<StampedFile, Error> {
    let algorithm = setup.timestamp_digest;
    let digests = content.digests(&BTreeSet::from([algorithm]))?;
    let imprint = digests.value(algorithm).ok_or(ContentError::DigestMissing { algorithm })?;
    let got = timestamp(setup, algorithm, imprint, &Evidence::default(), now)?;
    let known = Content::Digests(vec![(algorithm, imprint.clone())]);
    let document = Document::read(got.stamped.token, Some(&known))?;
    Ok(StampedFile { document, time: got.time, by: got.stamped.by, failed: got.stamped.failed })
}

/// A token that answers the request and that the engine lets stand.
pub(crate) struct Got {
    pub(crate) stamped: Stamped,
    pub(crate) time: Time,
}

/// Asks the TSAs in order for a time-stamp that would stand: its value is right, and where TSA anchors are known, the
/// TSA is trusted and its certificate is good now. A time-stamp is paid for and sealed in, so it is judged before.
pub(crate) fn timestamp(
    setup: &Setup<'_>,
    algorithm: DigestAlgorithm,
    imprint: &[u8],
    known: &Evidence,
    now: Time,
) -> Result<Got, Error> {
    let accept = |token: &[u8]| acceptable(setup, token, imprint, known, now);
    let stamped = request_timestamp(setup.transport.as_ref(), &setup.tsas, algorithm, imprint, &accept)?;
    setup.largest_token.note(stamped.token.len());
    let (facts, _) = token_facts(&stamped.token)?;
    Ok(Got { time: facts.time, stamped })
}

fn acceptable(
    setup: &Setup<'_>,
    token: &[u8],
    imprint: &[u8],
    known: &Evidence,
    now: Time,
) -> Result<(), TsaError> {
    let refused =
        |sub_indication| TsaError::NotAcceptable { indication: Indication::TotalFailed, sub_indication };
    let Ok((mut facts, mut evidence)) = token_facts(token) else {
        return Err(refused(Some(SubIndication::FormatFailure)));
    };
    facts.imprint.actual = Some(imprint.into());
    evidence.merge(known);
    let time = facts.time;
    let verdict = judge(setup, &[], &[facts], &evidence, now.max(time));
    let Some(report) = verdict.report.timestamps.first() else {
        return Err(refused(Some(SubIndication::FormatFailure)));
    };
    let (indication, sub_indication) = (report.indication, report.sub_indication);
    let stands = match indication {
        Indication::TotalPassed => true,
        Indication::TotalFailed => false,
        Indication::Indeterminate => setup.policy.tsa_anchors.is_empty() || only_revocation_is_open(report),
    };
    if stands { Ok(()) } else { Err(TsaError::NotAcceptable { indication, sub_indication }) }
}

/// Whether a trusted TSA's certificate was valid when it stamped, and nothing but revocation data is missing: that can
/// still come, today because of a CRL server that is down, or tomorrow because it is to be younger than the time-stamp.
fn only_revocation_is_open(report: &TimestampReport) -> bool {
    let within = |signer: &SignerReport| signer.not_before <= report.time && report.time <= signer.not_after;
    let open = match report.sub_indication {
        Some(SubIndication::TryLater) => true,
        Some(SubIndication::CertificateChainGeneralFailure) => {
            has_open(&report.checks, REVOCATION_KNOWN) && !has_open(&report.checks, PATH_RULES)
        }
        _ => false,
    };
    open && report.signer.as_ref().is_some_and(within)
}

const REVOCATION_KNOWN: &str = "xcv.revocation.known";
const PATH_RULES: &str = "xcv.path.rules";

fn has_open(checks: &[Check], id: &str) -> bool {
    let is_open = |c: &Check| c.id == id && matches!(c.outcome, Outcome::Indeterminate | Outcome::Failed);
    checks.iter().any(|c| is_open(c) || has_open(&c.children, id))
}
