// SPDX-License-Identifier: Apache-2.0 OR MIT
//! HPKI's certificate policies (id-hcpki-cp, 1.2.392.100495.1.5.1), read from the certificate itself: they do not chain.

use keiin_model::Oid;
use keiin_pki::cert::Certificate;

/// What a certificate with a policy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyUse {
    /// An end entity that signs documents.
    Signature,
    /// An end entity that authenticates as a person.
    PersonAuthentication,
    /// An end entity that authenticates as an organisation.
    OrganisationAuthentication,
    /// A CA for end entities that sign documents.
    SignatureCa,
    /// A CA for persons who authenticate.
    PersonAuthenticationCa,
}

/// One policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyRow {
    /// The policy.
    pub policy: Oid,
    /// What a certificate with it is for.
    pub use_of: PolicyUse,
    /// Where the row comes from.
    pub source: &'static str,
}

/// The policies that are known.
pub const POLICIES: &[PolicyRow] = &[
    PolicyRow {
        policy: Oid::new(&[1, 2, 392, 100495, 1, 5, 1, 1, 0, 1]),
        use_of: PolicyUse::Signature,
        source: "end-entity certificates of the MEDIS and JMA signing CAs",
    },
    PolicyRow {
        policy: Oid::new(&[1, 2, 392, 100495, 1, 5, 1, 1, 3, 1]),
        use_of: PolicyUse::SignatureCa,
        source: "certificates of the MEDIS and JMA signing CAs",
    },
    PolicyRow {
        policy: Oid::new(&[1, 2, 392, 100495, 1, 5, 1, 2, 3, 1]),
        use_of: PolicyUse::PersonAuthenticationCa,
        source: "certificate of the MEDIS authentication CA",
    },
    PolicyRow {
        policy: Oid::new(&[1, 2, 392, 100495, 1, 5, 1, 2, 0, 1]),
        use_of: PolicyUse::PersonAuthentication,
        source: "by the pattern of the others; no certificate seen",
    },
    PolicyRow {
        policy: Oid::new(&[1, 2, 392, 100495, 1, 5, 1, 3, 0, 1]),
        use_of: PolicyUse::OrganisationAuthentication,
        source: "by the pattern of the others; no certificate seen",
    },
];

/// What the HPKI policies of a certificate say that it is for; empty when it has none that is known.
pub fn policy_use(certificate: &Certificate<'_>) -> Vec<PolicyUse> {
    let stated = certificate.policies.as_deref().unwrap_or_default();
    let known = |policy| POLICIES.iter().find(|row| row.policy == policy).map(|row| row.use_of);
    stated.iter().filter_map(|stated| known(stated.id)).collect()
}
