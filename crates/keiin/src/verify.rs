// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The verdict: the engine, and the loop that gets what it wants.

use keiin_pki::digest::object_id;
use keiin_validate::validate;

use crate::{
    document::Document,
    fetch::{Fetched, Fetcher},
    model::{Evidence, EvidenceKind, Origin, Report, SignatureFacts, Time, TimestampFacts, Want},
    setup::Setup,
};

/// Rounds of fetching. A path of n certificates needs at most n issuers, then their revocation data, then that of the
/// OCSP responders and CRL issuers.
const MAX_ROUNDS: usize = 12;
/// Wants that are served in one round: a file with a thousand certificates must not send a thousand requests.
const MAX_WANTS: usize = 40;

/// A verdict with all that it rests on.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The verdict, with the whole tree of checks.
    pub report: Report,
    /// Everything that the engine was given: what is in the file, what was supplied, what was fetched.
    pub evidence: Evidence,
    /// Which addresses were asked, and what came of it.
    pub fetched: Vec<Fetched>,
}

/// Judges a document at a time (EN 319 102-1, 5.3 to 5.6), fetching what is missing as far as the setup lets it. It does not
/// fail: whatever is wrong with the document stands in the report, and what could not be got in [`Verdict::fetched`].
pub fn verify(setup: &Setup<'_>, document: &Document, now: Time) -> Verdict {
    judge(setup, document.signatures(), document.timestamps(), document.evidence(), now)
}

/// Runs the engine until it wants nothing more that can be got.
pub(crate) fn judge(
    setup: &Setup<'_>,
    signatures: &[SignatureFacts],
    timestamps: &[TimestampFacts],
    embedded: &Evidence,
    now: Time,
) -> Verdict {
    let engine =
        |evidence: &Evidence| validate(signatures, timestamps, evidence, &setup.policy_for(evidence), now);
    let (report, evidence, fetched) =
        settle(setup, embedded.clone(), now, engine, |report| report.wants.clone());
    Verdict { report, evidence, fetched }
}

/// Asks the engine, gets what it wants, and asks again, until nothing new comes.
pub(crate) fn settle<R>(
    setup: &Setup<'_>,
    mut evidence: Evidence,
    now: Time,
    engine: impl Fn(&Evidence) -> R,
    wants: impl Fn(&R) -> Vec<Want>,
) -> (R, Evidence, Vec<Fetched>) {
    evidence.merge(&setup.supplied);
    // An anchor issues certificates too: a request to a responder about one of them names it.
    for anchor in setup.policy.signer_anchors.iter().chain(&setup.policy.tsa_anchors) {
        let id = object_id(&anchor.certificate);
        evidence.insert(id, EvidenceKind::Certificate, anchor.certificate.clone(), Origin::Supplied);
    }
    let mut fetcher =
        Fetcher::new(setup.transport.as_ref(), setup.cache.as_ref(), setup.network, setup.revocation, now);
    let mut rounds = 0;
    loop {
        let report = engine(&evidence);
        let before = evidence.len();
        if rounds < MAX_ROUNDS {
            for want in wants(&report).iter().take(MAX_WANTS) {
                fetcher.fetch(want, &mut evidence);
            }
        }
        rounds += 1;
        if evidence.len() == before {
            return (report, evidence, fetcher.log);
        }
    }
}
