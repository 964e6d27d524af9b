// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Time-stamps that would stand: over any file, and for the steps of a signature.

use std::collections::BTreeSet;

use crate::{
    Error,
    content::{Content, ContentError},
    document::{Document, token_facts},
    model::{DigestAlgorithm, Evidence, Indication, SubIndication, Time},
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

/// Time-stamps content of any kind: a log, a scan, an archive. [`crate::verify`] of the token with the content checks it.
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
        // Revocation data of after the time-stamp is still to come.
        Indication::Indeterminate if sub_indication == Some(SubIndication::TryLater) => true,
        Indication::Indeterminate => setup.policy.tsa_anchors.is_empty(),
    };
    if stands { Ok(()) } else { Err(TsaError::NotAcceptable { indication, sub_indication }) }
}
