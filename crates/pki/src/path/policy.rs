// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Policies along a path.
use keiin_model::Oid;

/// A policy that a path is valid for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidPolicy {
    /// The policy in the anchor's domain: what the user asks for.
    pub policy: Oid,
    /// The qualifiers that stand with it in the target, each as (policyQualifierId, DER of the qualifier).
    pub qualifiers: Vec<(Oid, Vec<u8>)>,
}

/// The texts of the user notices among a path's policies (RFC 5280, 4.2.1.4).
pub fn user_notices(_policies: &[ValidPolicy]) -> Vec<String> {
    Vec::new()
}
