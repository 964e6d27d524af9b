// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Renewal: the last archive time-stamp is judged, what judges it is captured, and a new one goes over all of it.

use crate::{
    Error,
    document::{Document, DocumentKind},
    extend::{Extended, Level, Run, is_archive, pairs},
    model::{DigestAlgorithm, Material, ObjectId, Target, Time},
    setup::Setup,
    step::check_passed,
};

/// How to renew. The TSAs are the setup's: give another list for another TSA.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Renewal {
    /// The digest of the new archive time-stamp; `None`: the setup's.
    pub digest: Option<DigestAlgorithm>,
}

/// Renews every signature of a document: validates it with its last archive time-stamp, puts in the certificates and
/// revocation data that this verdict rests on, and stamps over everything (EN 319 122-1, 5.5; EN 319 132-1, 5.5.2; EN 319 142-1,
/// 5.4.3).
///
/// # Errors
/// [`Error::NotASignature`] for a token, [`Error::NothingToRenew`] when a signature is not ES-A yet. What stops a step
/// (a verdict, a TSA) is in [`Extended::stopped`]; the document then holds what was done before.
pub fn renew(
    setup: &Setup<'_>,
    document: &mut Document,
    renewal: Renewal,
    now: Time,
) -> Result<Extended, Error> {
    document.check_signature()?;
    let sealed = document.sealed()?;
    for facts in document.signatures().iter().filter(|facts| !sealed.contains(&facts.id)) {
        if !facts.timestamps.iter().any(|t| is_archive(t, document.evidence())) {
            return Err(Error::NothingToRenew { signature: facts.id });
        }
    }
    let mut run = Run::new(setup, document, now);
    let stopped = renew_all(&mut run, document, renewal.digest.unwrap_or(setup.timestamp_digest)).err();
    Ok(Extended { steps: run.steps, level: Level::A, stopped })
}

/// All are judged before one is touched; all the material goes in before the first seal.
fn renew_all(run: &mut Run<'_, '_>, document: &mut Document, digest: DigestAlgorithm) -> Result<(), Error> {
    let verdict = run.verdict(document);
    let mut due: Vec<(ObjectId, Material)> = Vec::new();
    let sealed = document.sealed()?;
    for (facts, report) in pairs(document, &verdict) {
        if sealed.contains(&facts.id) {
            continue;
        }
        check_passed(report)?;
        due.push((facts.id, run.material(report, &verdict.evidence)));
    }
    for (id, material) in &due {
        run.embed(document, Target::Archive { id: *id }, *id, material)?;
    }
    // A time-stamp of a PDF is over all of its signatures.
    let stamps = if document.kind() == DocumentKind::Pdf { 1 } else { due.len() };
    let mut due = due.iter().take(stamps);
    due.try_for_each(|(id, _)| run.stamp_with(document, Target::Archive { id: *id }, *id, digest))
}
