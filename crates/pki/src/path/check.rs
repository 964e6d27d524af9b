// SPDX-License-Identifier: Apache-2.0 OR MIT
//! RFC 5280, 6.1: whether a chain is a valid path.

use std::collections::BTreeSet;

use keiin_model::{Oid, Time};

use super::{
    CandidatePath, Limits, PathError, PathErrorKind, ValidPolicy,
    constraint::{InitialSubtrees, check_names},
    policy::{Allowed, PolicyGraph},
};
use crate::{
    cert::Certificate,
    extension::{KeyUsage, NameConstraints, oid},
    name::Name,
};

/// One of the initial indicators of RFC 5280, 6.1.1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Indicator {
    /// Not asked for.
    #[default]
    Clear,
    /// Asked for.
    Set,
}

/// The inputs of RFC 5280, 6.1.1.
#[derive(Clone, Debug, Default)]
pub struct PathParameters {
    /// The time to check validity at; `None` leaves validity out (6.1.3 (a)(2)).
    pub time: Option<Time>,
    /// user-initial-policy-set (c); `None` is any-policy.
    pub user_initial_policies: Option<BTreeSet<Oid>>,
    /// initial-policy-mapping-inhibit (e).
    pub policy_mapping_inhibit: Indicator,
    /// initial-explicit-policy (f). HPKI paths are valid only while this is clear.
    pub explicit_policy: Indicator,
    /// initial-any-policy-inhibit (g).
    pub any_policy_inhibit: Indicator,
    /// initial-permitted-subtrees (h) and initial-excluded-subtrees (i); `None` permits every name.
    pub initial_subtrees: Option<InitialSubtrees>,
    /// Critical extensions that the caller processes itself.
    pub processed_extensions: Vec<Oid>,
    /// Names that may be compared with name constraints; [`super::Limits::name_comparisons`] by default.
    pub name_comparisons: Option<u32>,
}

/// What a valid path yields (RFC 5280, 6.1.6).
#[derive(Clone, Debug, Default)]
pub struct PathOutput {
    /// The policies of the user-constrained-policy-set with their qualifiers; empty when the path has no policy.
    pub policies: Vec<ValidPolicy>,
}

/// Checks a chain by RFC 5280, 6.1, apart from signatures (which [`super::build`] verified) and revocation.
///
/// A path of one certificate, the target being an anchor, has nothing to check.
///
/// # Errors
/// [`PathError`]: the first certificate from the anchor down that fails, how, and the clause.
pub fn check(path: &CandidatePath<'_>, parameters: &PathParameters) -> Result<PathOutput, PathError> {
    let Some((anchor, below)) = path.certificates().split_last() else { return Ok(PathOutput::default()) };
    let initial = parameters.initial_subtrees.as_ref().and_then(InitialSubtrees::constraints);
    let mut state = State::initialize(anchor, below.len() as u64, parameters, initial.as_ref());
    for (above, certificate) in below.iter().rev().enumerate() {
        let is_last = above + 1 == below.len();
        let checked = state.process(certificate, is_last).and_then(|()| {
            if is_last { state.wrap_up(certificate) } else { state.prepare_next(certificate) }
        });
        checked.map_err(|Failure(kind, clause)| PathError { certificate: certificate.id, kind, clause })?;
    }
    Ok(PathOutput { policies: state.graph.conclude(parameters.user_initial_policies.as_ref()) })
}

/// How a certificate fails, and the clause.
struct Failure(PathErrorKind, &'static str);

fn refuse(kind: PathErrorKind, clause: &'static str) -> Result<(), Failure> {
    Err(Failure(kind, clause))
}

/// The state variables of RFC 5280, 6.1.2.
struct State<'p> {
    parameters: &'p PathParameters,
    graph: PolicyGraph,
    explicit_policy: u64,
    inhibit_any_policy: u64,
    policy_mapping: u64,
    max_path_length: u64,
    /// The pathLenConstraint that max_path_length counts down from.
    stated_path_length: u64,
    issuer: Name<'p>,
    constraints: Vec<&'p NameConstraints<'p>>,
    comparisons: u32,
}

impl<'p> State<'p> {
    fn initialize(
        anchor: &'p Certificate<'p>,
        n: u64,
        parameters: &'p PathParameters,
        initial: Option<&'p NameConstraints<'p>>,
    ) -> Self {
        let from = |indicator| if indicator == Indicator::Set { 0 } else { n + 1 };
        Self {
            parameters,
            graph: PolicyGraph::new(),
            explicit_policy: from(parameters.explicit_policy),
            inhibit_any_policy: from(parameters.any_policy_inhibit),
            policy_mapping: from(parameters.policy_mapping_inhibit),
            max_path_length: n,
            stated_path_length: n,
            issuer: anchor.subject,
            constraints: initial.into_iter().collect(),
            comparisons: parameters.name_comparisons.unwrap_or(Limits::default().name_comparisons),
        }
    }

    /// RFC 5280, 6.1.3.
    fn process(&mut self, certificate: &'p Certificate<'p>, is_last: bool) -> Result<(), Failure> {
        if certificate.signature_algorithm != certificate.tbs_signature_algorithm {
            return refuse(PathErrorKind::SignatureAlgorithmsDiffer, "RFC 5280, 4.1.1.2");
        }
        self.check_validity(certificate)?;
        if !certificate.issuer.matches(&self.issuer) {
            return refuse(PathErrorKind::NameChain, "RFC 5280, 6.1.3 (a)(4)");
        }
        self.check_readable(certificate)?;
        let self_issued = certificate.is_self_issued();
        if is_last || !self_issued {
            check_names(certificate, &self.constraints, &mut self.comparisons)
                .map_err(|kind| Failure(kind, "RFC 5280, 6.1.3 (b) and (c)"))?;
        }
        let any = self.inhibit_any_policy > 0 || (!is_last && self_issued);
        self.graph.add(certificate, if any { Allowed::Yes } else { Allowed::No });
        if self.explicit_policy == 0 && self.graph.is_null() {
            return refuse(PathErrorKind::NoValidPolicy, "RFC 5280, 6.1.3 (f)");
        }
        Ok(())
    }

    /// RFC 5280, 6.1.3 (a)(2).
    fn check_validity(&self, certificate: &Certificate<'_>) -> Result<(), Failure> {
        const CLAUSE: &str = "RFC 5280, 6.1.3 (a)(2)";
        let Some(time) = self.parameters.time else { return Ok(()) };
        if time < certificate.not_before {
            return refuse(PathErrorKind::NotYetValid { not_before: certificate.not_before }, CLAUSE);
        }
        // notAfter names a second that is still within (RFC 5280, 4.1.2.5).
        if time.whole_second() > certificate.not_after {
            return refuse(PathErrorKind::Expired { not_after: certificate.not_after }, CLAUSE);
        }
        Ok(())
    }

    /// What a path rests on must be readable, critical or not; of the rest only what is critical.
    fn check_readable(&self, certificate: &Certificate<'_>) -> Result<(), Failure> {
        const PATH_RESTS_ON: [Oid; 8] = [
            oid::KEY_USAGE,
            oid::BASIC_CONSTRAINTS,
            oid::NAME_CONSTRAINTS,
            oid::CERTIFICATE_POLICIES,
            oid::POLICY_MAPPINGS,
            oid::POLICY_CONSTRAINTS,
            oid::INHIBIT_ANY_POLICY,
            oid::EXTENDED_KEY_USAGE,
        ];
        let constrained = !self.constraints.is_empty();
        for unreadable in &certificate.unreadable {
            let critical = certificate.extension(unreadable).is_none_or(|e| e.critical);
            let names = constrained && *unreadable == oid::SUBJECT_ALT_NAME;
            if critical || names || PATH_RESTS_ON.contains(unreadable) {
                return refuse(PathErrorKind::UnreadableExtension { oid: *unreadable }, "RFC 5280, 4.2");
            }
        }
        Ok(())
    }

    /// RFC 5280, 6.1.4 (o) and 6.1.5 (f).
    fn check_critical(&self, certificate: &Certificate<'_>, clause: &'static str) -> Result<(), Failure> {
        let processed = &self.parameters.processed_extensions;
        match certificate.unknown_critical.iter().find(|oid| !processed.contains(oid)) {
            Some(oid) => refuse(PathErrorKind::UnknownCriticalExtension { oid: *oid }, clause),
            None => Ok(()),
        }
    }

    /// RFC 5280, 6.1.4.
    fn prepare_next(&mut self, certificate: &'p Certificate<'p>) -> Result<(), Failure> {
        let any_is_mapped =
            |(issuer, subject): &(Oid, Oid)| *issuer == oid::ANY_POLICY || *subject == oid::ANY_POLICY;
        if certificate.policy_mappings.iter().any(any_is_mapped) {
            return refuse(PathErrorKind::AnyPolicyMapped, "RFC 5280, 6.1.4 (a)");
        }
        self.graph.map(certificate, if self.policy_mapping > 0 { Allowed::Yes } else { Allowed::No });
        self.issuer = certificate.subject;
        self.constraints.extend(&certificate.name_constraints);
        if !certificate.is_self_issued() {
            // (h)
            for counter in [&mut self.explicit_policy, &mut self.policy_mapping, &mut self.inhibit_any_policy]
            {
                *counter = counter.saturating_sub(1);
            }
        }
        self.tighten(certificate);
        self.check_ca(certificate)?;
        self.check_critical(certificate, "RFC 5280, 6.1.4 (o)")
    }

    /// RFC 5280, 6.1.4 (i) and (j).
    fn tighten(&mut self, certificate: &Certificate<'_>) {
        let constraints = certificate.policy_constraints;
        let lower =
            |counter: &mut u64, to: Option<u64>| *counter = to.map_or(*counter, |to| to.min(*counter));
        lower(&mut self.explicit_policy, constraints.require_explicit);
        lower(&mut self.policy_mapping, constraints.inhibit_mapping);
        lower(&mut self.inhibit_any_policy, certificate.inhibit_any_policy);
    }

    /// RFC 5280, 6.1.4 (k) to (n).
    fn check_ca(&mut self, certificate: &Certificate<'_>) -> Result<(), Failure> {
        if certificate.version != 3 || !certificate.is_ca() {
            return refuse(PathErrorKind::NotCa, "RFC 5280, 6.1.4 (k)");
        }
        if !certificate.is_self_issued() {
            self.max_path_length = match self.max_path_length.checked_sub(1) {
                Some(left) => left,
                None => {
                    let allowed = self.stated_path_length;
                    return refuse(PathErrorKind::PathLength { allowed }, "RFC 5280, 6.1.4 (l)");
                }
            };
        }
        let stated = certificate.basic_constraints.and_then(|c| c.path_len);
        if let Some(allowed) = stated.filter(|allowed| *allowed < self.max_path_length) {
            (self.max_path_length, self.stated_path_length) = (allowed, allowed);
        }
        if certificate.key_usage.is_some_and(|usage| !usage.contains(KeyUsage::KEY_CERT_SIGN)) {
            return refuse(PathErrorKind::KeyUsage, "RFC 5280, 6.1.4 (n)");
        }
        Ok(())
    }

    /// RFC 5280, 6.1.5.
    fn wrap_up(&mut self, certificate: &Certificate<'_>) -> Result<(), Failure> {
        self.explicit_policy = self.explicit_policy.saturating_sub(1);
        if certificate.policy_constraints.require_explicit == Some(0) {
            self.explicit_policy = 0;
        }
        self.check_critical(certificate, "RFC 5280, 6.1.5 (f)")?;
        let user = self.parameters.user_initial_policies.as_ref();
        if self.explicit_policy == 0 && self.graph.conclude(user).is_empty() {
            return refuse(PathErrorKind::NoValidPolicy, "RFC 5280, 6.1.5 (g)");
        }
        Ok(())
    }
}
