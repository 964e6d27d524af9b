// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The processes put together, over all signatures of a container.

use keiin_model::{Evidence, Report, SignatureFacts, SignatureReport, Time, TimestampFacts, Want};

use crate::{
    archival::{latest_content_time, validate_archival, validate_timestamps},
    basic::{Subject, validate_basic},
    context::{Context, Pool, Purpose},
    material::{self, Younger},
    poe::PoeSet,
    policy::Policy,
    report::{Findings, signature_report, timestamp_report},
    timestamp::JudgedTimestamp,
    with_time::validate_with_time,
};

/// The version of the report's form.
const VERSION: u32 = 1;

/// Judges signatures, and time-stamps that belong to no signature, at a time.
///
/// `evidence` holds what is embedded, given and fetched together; the order of arrival changes nothing. The report
/// names what is missing in [`Report::wants`]: fetch it, add it to the evidence, call again.
pub fn validate(
    signatures: &[SignatureFacts],
    timestamps: &[TimestampFacts],
    evidence: &Evidence,
    policy: &Policy,
    time: Time,
) -> Report {
    let pool = Pool::new(evidence, policy);
    let context = Context::new(&pool, evidence, policy, time);
    let mut all = Vec::new();
    for signature in signatures {
        collect_timestamps(signature, &mut all);
    }
    all.extend(timestamps);
    let mut poes = PoeSet::new(time);
    let judged = validate_timestamps(&context, &all, &mut poes);
    let mut run = Run {
        context: &context,
        poes: &poes,
        judged: &judged,
        taken: 0,
        reports: Vec::new(),
        wants: Vec::new(),
    };
    for signature in signatures {
        run.judge(signature);
    }
    let Run { taken, reports, mut wants, .. } = run;
    let loose = judged.get(taken..).unwrap_or_default();
    for judged in &judged {
        // A time-stamp that is proven in time needs nothing younger; one that waits does.
        let younger = if judged.is_waiting() { Younger::For(None) } else { Younger::Nothing };
        material::wants(&context, &judged.basic, Purpose::Tsa, younger, &mut wants);
    }
    Report {
        version: VERSION,
        time,
        policy: policy.name.clone(),
        signatures: reports,
        timestamps: loose.iter().map(|judged| timestamp_report(&context, judged)).collect(),
        signature_checks: context.signature_checks(),
        wants,
    }
}

/// The time-stamps of a signature, then those of its counter-signatures: the order in which [`Run`] takes them.
fn collect_timestamps<'f>(signature: &'f SignatureFacts, all: &mut Vec<&'f TimestampFacts>) {
    all.extend(&signature.timestamps);
    for countersignature in &signature.countersignatures {
        collect_timestamps(countersignature, all);
    }
}

struct Run<'r, 's, 'f> {
    context: &'r Context<'s>,
    poes: &'r PoeSet,
    judged: &'r [JudgedTimestamp<'s, 'f>],
    taken: usize,
    reports: Vec<SignatureReport>,
    wants: Vec<Want>,
}

impl<'f> Run<'_, '_, 'f> {
    fn judge(&mut self, facts: &'f SignatureFacts) {
        let (context, judged) = (self.context, self.judged);
        let end = self.taken.saturating_add(facts.timestamps.len());
        let own = judged.get(self.taken..end).unwrap_or_default();
        self.taken = end;
        let loose = judged.iter().filter(|other| {
            // A time-stamp over the whole document counts for each signature that it covers.
            other.facts.covers.contains(&facts.id) && !own.iter().any(|own| std::ptr::eq(own, *other))
        });
        let relevant: Vec<_> = own.iter().chain(loose).collect();
        let own: Vec<_> = own.iter().collect();

        let subject = Subject { facts, id: facts.id, purpose: Purpose::Signer, digests: &[] };
        let basic = validate_basic(context, subject, latest_content_time(&own));
        let with_time = validate_with_time(context, facts, &basic, &relevant);
        let archival = validate_archival(context, facts, &basic, &with_time, &relevant, self.poes);
        let proven = with_time.best.by.map(|_| with_time.best.time);
        material::wants(context, &basic, Purpose::Signer, Younger::For(proven), &mut self.wants);
        let found = Findings { facts, basic, with_time, archival, timestamps: &own };
        self.reports.push(signature_report(context, found));
        for countersignature in &facts.countersignatures {
            self.judge(countersignature);
        }
    }
}
