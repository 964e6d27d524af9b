// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Carrying a signature on: ES-BES, ES-T, ES-XL, ES-A.

use std::{collections::BTreeSet, fmt, time::Duration};

use crate::{
    Error,
    document::Document,
    model::{
        Evidence, EvidenceKind, Indication, Material, ObjectId, SignatureFacts, SignatureReport, Time,
        TimestampFacts, TimestampKind,
    },
    setup::Setup,
    tsa::TsaFailure,
    verify::{Verdict, judge},
};

/// How far a signature has come (JAHIS 6.8; EN 319 122-1 says B-B, B-T, B-LT and B-LTA).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Signed.
    Bes,
    /// With a time-stamp over the signature.
    T,
    /// With the certificates and revocation data that judge it.
    Xl,
    /// With a time-stamp over everything.
    A,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bes => "ES-BES",
            Self::T => "ES-T",
            Self::Xl => "ES-XL",
            Self::A => "ES-A",
        })
    }
}

impl std::str::FromStr for Level {
    type Err = UnknownLevel;

    /// `es-bes`, `es-t`, `es-xl`, `es-a`, with or without `es-`, and ETSI's `b-b`, `b-t`, `b-lt`, `b-lta`.
    fn from_str(text: &str) -> Result<Self, UnknownLevel> {
        let lower = text.to_ascii_lowercase();
        match lower.strip_prefix("es-").unwrap_or(&lower) {
            "bes" | "b-b" => Ok(Self::Bes),
            "t" | "b-t" => Ok(Self::T),
            "xl" | "b-lt" => Ok(Self::Xl),
            "a" | "b-lta" => Ok(Self::A),
            _ => Err(UnknownLevel(text.to_owned())),
        }
    }
}

/// A text that names no level.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no level: es-bes, es-t, es-xl or es-a")]
pub struct UnknownLevel(pub String);

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// One step further.
    NextStep,
    /// As far as this level, as many steps as it takes.
    Level(Level),
}

/// What was done to one signature.
#[derive(Debug)]
pub struct Step {
    /// Which signature.
    pub signature: ObjectId,
    /// What.
    pub done: Done,
}

/// What a step did.
#[derive(Debug)]
#[non_exhaustive]
pub enum Done {
    /// A time-stamp went in.
    Timestamped {
        /// Over the signature, or over everything.
        kind: TimestampKind,
        /// genTime.
        time: Time,
        /// The TSA's address.
        by: String,
        /// TSAs that were asked before and failed.
        failed: Vec<TsaFailure>,
    },
    /// A time-stamp was got that is larger than the room that was kept for it in a PDF, and another is asked for.
    TooLarge {
        /// Octets of the token.
        octets: usize,
        /// Octets of the room.
        room: u64,
    },
    /// Certificates and revocation data went in.
    Embedded {
        /// How many certificates were new.
        certificates: usize,
        /// How many CRLs.
        crls: usize,
        /// How many OCSP responses.
        ocsps: usize,
    },
}

/// What became of it. The document holds every step that was done, whatever stopped the next one.
#[derive(Debug)]
pub struct Extended {
    /// The steps that were done.
    pub steps: Vec<Step>,
    /// The level of the least advanced signature now.
    pub level: Level,
    /// Why it did not go further, when the goal was not reached.
    pub stopped: Option<Error>,
}

/// Carries every signature of a document on. It picks the next step itself: time-stamp, material, archive time-stamp.
///
/// A step is taken when the verdict lets it. Where only newer revocation data is missing, it stops with
/// [`Error::Waiting`], which says from when that can be had.
///
/// # Errors
/// [`Error::NotASignature`] for a time-stamp token. What stops a step is in [`Extended::stopped`].
pub fn extend(setup: &Setup<'_>, document: &mut Document, goal: Goal, now: Time) -> Result<Extended, Error> {
    document.check_signature()?;
    let mut run = Run::new(setup, document, now);
    let stopped = run.go(document, goal).err();
    let level = run.level(document);
    Ok(Extended { steps: run.steps, level, stopped })
}

/// Clocks of a machine and of a TSA differ by this much at most before it is the machine's that is wrong.
const CLOCK_SKEW: Duration = Duration::from_secs(60);

/// The caller's time, or the second after the last time-stamp where that is a moment ago by the TSA's clock. Otherwise
/// the verdict would be for a time at which nothing younger than the time-stamp can exist, and the strict wait for a
/// younger CRL (EN 319 102-1, 5.5.4) would be passed over.
fn after_last_stamp(document: &Document, now: Time) -> Time {
    let times = document.signatures().iter().flat_map(|s| &s.timestamps).map(|t| t.time);
    match times.max() {
        Some(last) if last >= now && last.since(now) <= CLOCK_SKEW => last.plus_seconds(1),
        _ => now,
    }
}

/// Where the material stands that a signature's file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    /// Where readers take it for this signature's.
    Behind,
    /// In a PDF's store that is older than the signature: what another signature of the file needed.
    Before,
}

impl Stored {
    /// By the level that the reader sees. What was stored in this run is behind whatever its name is.
    fn of(facts: &SignatureFacts, in_this_run: &BTreeSet<ObjectId>) -> Self {
        let before = matches!(&*facts.format, "PAdES-BASELINE-T" | "PKCS7-T");
        if before && !in_this_run.contains(&facts.id) { Self::Before } else { Self::Behind }
    }
}

/// How far a signature has come. ES-XL means that all the material that its verdict rests on is inside.
pub(crate) fn level_of(
    facts: &SignatureFacts,
    report: &SignatureReport,
    embedded: &Evidence,
    stored: Stored,
) -> Level {
    // A broken archive time-stamp seals nothing: another is needed.
    let failed = |id| report.timestamps.iter().any(|t| t.id == id && t.indication == Indication::TotalFailed);
    if facts.timestamps.iter().any(|t| is_archive(t, embedded) && !failed(t.id)) {
        return Level::A;
    }
    let proves = [TimestampKind::Signature, TimestampKind::Document];
    if !facts.timestamps.iter().any(|t| proves.contains(&t.kind)) {
        return Level::Bes;
    }
    let complete = stored == Stored::Behind
        && !report.material.is_empty()
        && report.indication == Indication::TotalPassed
        && missing(&report.material, embedded).is_empty();
    if complete { Level::Xl } else { Level::T }
}

/// Whether a time-stamp seals the material of a signature: an archive time-stamp, or one of a PDF that is over revocation
/// data. One over the signature alone, which stands where a signature-time-stamp had no room, seals none.
pub(crate) fn is_archive(timestamp: &TimestampFacts, embedded: &Evidence) -> bool {
    let is_revocation =
        |id: &ObjectId| embedded.object(id).is_some_and(|object| object.kind != EvidenceKind::Certificate);
    match timestamp.kind {
        TimestampKind::Archive => true,
        TimestampKind::Document => timestamp.covers.iter().any(is_revocation),
        _ => false,
    }
}

/// What of the material is not in the file yet.
pub(crate) fn missing(material: &Material, embedded: &Evidence) -> Material {
    let absent = |objects: &[crate::model::Bytes]| {
        let is_absent =
            |o: &&crate::model::Bytes| embedded.object(&keiin_pki::digest::object_id(o)).is_none();
        objects.iter().filter(is_absent).cloned().collect()
    };
    Material {
        certificates: absent(&material.certificates),
        crls: absent(&material.crls),
        ocsps: absent(&material.ocsps),
    }
}

/// The signatures of the file with their verdicts. Counter-signatures are carried by what they counter-sign.
pub(crate) fn pairs<'d, 'v>(
    document: &'d Document,
    verdict: &'v Verdict,
) -> Vec<(&'d SignatureFacts, &'v SignatureReport)> {
    let report_of = |facts: &SignatureFacts| verdict.report.signatures.iter().find(|r| r.id == facts.id);
    let first = document.signatures().iter().filter(|facts| facts.countersigns.is_none());
    first.filter_map(|facts| Some((facts, report_of(facts)?))).collect()
}

/// One call of `extend` under way.
pub(crate) struct Run<'r, 's> {
    pub(crate) setup: &'r Setup<'s>,
    pub(crate) steps: Vec<Step>,
    /// The caller's time, or the last time-stamp's where that is later.
    pub(crate) now: Time,
    /// Signatures whose material was put in.
    pub(crate) stored: BTreeSet<ObjectId>,
    /// What earlier verdicts of this call fetched: no CRL is asked for twice.
    pub(crate) known: Evidence,
}

/// Steps of one call: three for each signature, and no file has more signatures than this.
const MAX_STEPS: usize = 3 * 1024;

impl<'r, 's> Run<'r, 's> {
    pub(crate) fn new(setup: &'r Setup<'s>, document: &Document, now: Time) -> Self {
        let now = after_last_stamp(document, now);
        Self { setup, steps: Vec::new(), now, stored: BTreeSet::new(), known: Evidence::default() }
    }

    /// The verdict as of now.
    pub(crate) fn verdict(&mut self, document: &Document) -> Verdict {
        let mut evidence = document.evidence().clone();
        evidence.merge(&self.known);
        let verdict = judge(self.setup, document.signatures(), document.timestamps(), &evidence, self.now);
        self.known.merge(&verdict.evidence);
        verdict
    }

    /// The level of the least advanced signature: by what is there, and whether it suffices.
    fn level(&mut self, document: &Document) -> Level {
        let verdict = self.verdict(document);
        let sealed = document.sealed().unwrap_or_default();
        let pairs = pairs(document, &verdict).into_iter().filter(|(facts, _)| !sealed.contains(&facts.id));
        let level = |(facts, report): (&SignatureFacts, _)| {
            level_of(facts, report, &document.evidence_of(&facts.id), Stored::of(facts, &self.stored))
        };
        pairs.map(level).min().unwrap_or(Level::Bes)
    }

    fn go(&mut self, document: &mut Document, goal: Goal) -> Result<(), Error> {
        let goal = match goal {
            Goal::Level(level) => level,
            Goal::NextStep => match self.level(document) {
                Level::Bes => Level::T,
                Level::T => Level::Xl,
                Level::Xl | Level::A => Level::A,
            },
        };
        let sealed = document.sealed()?;
        // The least advanced signature goes first: material of all signatures goes in before anything is sealed.
        for _ in 0..MAX_STEPS {
            let verdict = self.verdict(document);
            let least = pairs(document, &verdict)
                .into_iter()
                .filter(|(facts, _)| !sealed.contains(&facts.id))
                .map(|(facts, report)| {
                    let embedded = document.evidence_of(&facts.id);
                    (level_of(facts, report, &embedded, Stored::of(facts, &self.stored)), report)
                })
                .min_by_key(|(level, _)| *level);
            match least {
                Some((level, report)) if level < goal => {
                    self.step(document, level, report, &verdict.evidence)?;
                }
                _ => return Ok(()),
            }
        }
        Ok(())
    }
}
