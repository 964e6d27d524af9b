// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The joint between the engine and what a community asks of its certificates: HPKI is a profile, not an `if`.

use keiin_model::{ObjectId, RoleReport};

use crate::cert::Certificate;

/// One thing that a profile asked of a certificate, and what it found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileFinding {
    /// The stable id of the check: `hpki-key-usage`.
    pub id: &'static str,
    /// The clause or source that asks for it.
    pub clause: &'static str,
    /// Whether the certificate is as the clause asks.
    pub passed: bool,
    /// What was found, as a value and not as a sentence: an OID, a role, a name.
    pub detail: String,
}

/// A CA that a profile knows by its fingerprint, so that no file is needed when the chain is embedded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownAnchor {
    /// SHA-256 of the certificate.
    pub certificate: ObjectId,
    /// The class that a path ending here has: `hpki`.
    pub class: &'static str,
    /// Where it stands. A subordinate CA is for chains whose root is not at hand: taken as the anchor it is not asked
    /// for its own revocation.
    pub rank: AnchorRank,
    /// The CA as people call it.
    pub name: &'static str,
}

/// Where a known CA stands in its community.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AnchorRank {
    /// The root.
    Root,
    /// A CA that the root certified.
    Subordinate,
}

/// What a community asks of its certificates beyond RFC 5280.
pub trait CertificateProfile {
    /// The name of the profile: `hpki`.
    fn name(&self) -> &'static str;

    /// Judges the signer's certificate; `ca_chain` are the certificates above it, its issuer first, the anchor last.
    fn check(&self, certificate: &Certificate<'_>, ca_chain: &[&Certificate<'_>]) -> Vec<ProfileFinding>;

    /// The licensed roles that the certificate states, in its order; empty when it states none.
    fn roles(&self, certificate: &Certificate<'_>) -> Vec<RoleReport>;

    /// Whether a role is the one that someone asked for in any of its names (`医師`, `Medical Doctor`, `doctor`).
    fn role_matches(&self, required: &str, role: &RoleReport) -> bool;

    /// CAs that the profile trusts by fingerprint.
    fn known_anchors(&self) -> &[KnownAnchor];
}
