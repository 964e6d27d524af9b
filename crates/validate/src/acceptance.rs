// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Signature acceptance validation (EN 319 102-1, 5.2.8): attributes against constraints, algorithms against the table.

use keiin_model::{
    AlgorithmUse, Check, DefectKind, DigestAlgorithm, Family, KeyAlgorithm, ObjectId, Outcome,
    SignatureFacts, SubIndication, Time,
};
use keiin_pki::cert::Certificate;

use crate::{
    algorithm_table::Lookup,
    conclusion::{CheckDetail, Conclusion, check, checked},
    context::Context,
    policy::Presence,
};

const CLAUSE: &str = "EN 319 102-1, 5.2.8.4";

/// A material that rests on an algorithm which is not acceptable any more.
#[derive(Clone, Debug)]
pub(crate) struct Weak {
    /// What would need a proof of existence before the end.
    pub(crate) material: ObjectId,
    /// The end that decides under the policy.
    pub(crate) end: Time,
}

/// Judges rows of the table at a time; what fails is returned as weak.
pub(crate) fn judge_rows(
    context: &Context<'_>,
    id: &'static str,
    material: ObjectId,
    rows: impl IntoIterator<Item = Lookup>,
    time: Time,
    checks: &mut Vec<Check>,
) -> Vec<Weak> {
    let mut weak = Vec::new();
    for row in rows {
        let accepted = context.accepts(&row, time);
        let outcome = match (accepted, row.reach.covers(time)) {
            (true, true) => Outcome::Passed,
            (true, false) => Outcome::Warning, // ended by a forecast that only warns
            (false, _) => Outcome::Indeterminate,
        };
        checks.push(algorithm_check(context, id, material, &row, outcome, time));
        if let (false, Some(end)) = (accepted, context.deciding_end(&row)) {
            weak.push(Weak { material, end });
        }
    }
    weak
}

fn algorithm_check(
    context: &Context<'_>,
    id: &'static str,
    material: ObjectId,
    row: &Lookup,
    outcome: Outcome,
    time: Time,
) -> Check {
    let mut found = check(id, CLAUSE, outcome)
        .about(material)
        .with("algorithm", &row.algorithm)
        .with("table", &context.policy.algorithms.name)
        .with("time", time);
    let AlgorithmUse { bits, until, .. } = row.clone().into();
    if let Some(bits) = bits {
        found = found.with("bits", bits);
    }
    if let Some(until) = until {
        found = found.with("until", until);
    }
    found
}

/// The rows that a signature itself rests on: its scheme and key, and the digests of what it signs.
pub(crate) fn signature_rows(
    context: &Context<'_>,
    facts: &SignatureFacts,
    key: Option<KeyAlgorithm>,
    more: &[DigestAlgorithm],
) -> Vec<Lookup> {
    let table = &context.policy.algorithms;
    let mut rows = key.map(|key| table.rows(facts.algorithm, key)).unwrap_or_default();
    let mut digests: Vec<_> = facts.data.iter().filter_map(|data| data.algorithm).collect();
    digests.extend_from_slice(more);
    digests.sort_unstable();
    digests.dedup();
    for digest in digests {
        let row = table.digest(digest);
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    rows
}

/// The attribute half of acceptance (5.2.8.4.2).
pub(crate) fn check_attributes(
    context: &Context<'_>,
    facts: &SignatureFacts,
    certificate: Option<&Certificate<'_>>,
    checks: &mut Vec<Check>,
) -> Conclusion {
    if facts.family == Family::Token {
        return Conclusion::Passed;
    }
    let mut rule = |id, passed: bool, presence| {
        let otherwise = match presence {
            Presence::Required => Outcome::Indeterminate,
            Presence::Expected => Outcome::Warning,
        };
        checks.push(checked(id, CLAUSE, passed, otherwise));
        passed || presence == Presence::Expected
    };
    let mut passed = rule(
        "sav.signing-certificate.present",
        facts.signer.has_signing_certificate,
        context.policy.signing_certificate,
    );
    let single = !facts.defects.iter().any(|defect| defect.kind == DefectKind::Repeated);
    passed &= rule("sav.attributes.single", single, Presence::Required);
    let claimed = facts.properties.signing_time;
    passed &= rule("sav.signing-time.present", claimed.is_some(), context.policy.signing_time);
    if let (Some(claimed), Some(certificate)) = (claimed, certificate) {
        let inside = certificate.not_before <= claimed && claimed <= certificate.not_after;
        passed &= rule("sav.signing-time.within-certificate", inside, context.policy.signing_time);
    }
    passed &= check_revisions(facts, checks);
    if passed { Conclusion::Passed } else { Conclusion::Indeterminate(SubIndication::SigConstraintsFailure) }
}

/// What came after the signature in its file. A change that the signer does not allow is not the signature's failure, which
/// is intact over what it signed; but what a reader shows is not that, so nobody may rely on it.
fn check_revisions(facts: &SignatureFacts, checks: &mut Vec<Check>) -> bool {
    let mut unaltered = true;
    for defect in &facts.defects {
        let outcome = match defect.kind {
            DefectKind::Revised => Outcome::Passed,
            DefectKind::Altered => Outcome::Indeterminate,
            _ => continue,
        };
        unaltered &= defect.kind == DefectKind::Revised;
        checks.push(
            check("sav.revision", "ISO 32000-2, 12.8.2; EN 319 142-1, 5.4", outcome)
                .with("change", &defect.at),
        );
    }
    unaltered
}

/// The algorithm half of acceptance (5.2.8.4.1) at a time: CRYPTO_CONSTRAINTS_FAILURE_NO_POE where something is weak.
pub(crate) const fn crypto_conclusion(weak: &[Weak]) -> Conclusion {
    if weak.is_empty() {
        Conclusion::Passed
    } else {
        Conclusion::Indeterminate(SubIndication::CryptoConstraintsFailureNoPoe)
    }
}
