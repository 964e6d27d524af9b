// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What is known of a certificate's paths: each with its verdict, and each dead end with its reason.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{Check, ObjectId, Oid, RevocationUse, SubIndication, Time, Want};

/// For what a certificate is to be good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PathPurpose {
    /// Signing documents.
    Signer,
    /// Signing time-stamp tokens.
    Tsa,
    /// Whatever it says: no key usage is asked for.
    #[default]
    Any,
}

/// The verdict over a path (EN 319 102-1, 5.2.6): unlike a signature, a certificate that is revoked or has ended is not
/// good now, whatever it was once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PathIndication {
    /// Good at the time of the verdict.
    Passed,
    /// Something is missing.
    Indeterminate,
    /// Not good at the time of the verdict.
    Failed,
}

/// What is known of a certificate's paths.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PathReport {
    /// The version of this form.
    pub version: u32,
    /// The time that the verdict is for.
    pub time: Time,
    /// The name of the policy.
    pub policy: String,
    /// The certificate that was asked about.
    pub certificate: ObjectId,
    /// For what it is to be good.
    pub purpose: PathPurpose,
    /// The verdict: that of the best path.
    pub indication: PathIndication,
    /// Why it is not PASSED, in EN 319 102-1's words.
    pub sub_indication: Option<SubIndication>,
    /// Every path to an anchor, the best first.
    pub paths: Vec<PathVerdict>,
    /// Every chain that led nowhere.
    pub dead_ends: Vec<DeadEnd>,
    /// The limit that ended the search before everything was tried.
    pub exhausted: Option<Cow<'static, str>>,
    /// The certificates that the paths and dead ends name, each once.
    pub certificates: Vec<PathCertificate>,
    /// How many signature values were checked.
    pub signature_checks: u32,
    /// What could change the verdict if it were there.
    pub wants: Vec<Want>,
}

/// One path with its verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PathVerdict {
    /// The verdict over this path.
    pub indication: PathIndication,
    /// Why it is not PASSED.
    pub sub_indication: Option<SubIndication>,
    /// From the certificate (first) to the anchor (last).
    pub links: Vec<PathLink>,
    /// The class of the anchor.
    pub anchor_class: Option<String>,
    /// The policies that the path is valid for (RFC 5280, 6.1.6).
    pub policies: Vec<Oid>,
    /// The checks over the path as a whole.
    pub checks: Vec<Check>,
}

/// One certificate of a path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PathLink {
    /// The certificate.
    pub certificate: ObjectId,
    /// What is known of its revocation.
    pub status: LinkStatus,
    /// The CRL or OCSP response that says so.
    pub revocation: Option<RevocationUse>,
    /// CRLs and OCSP responses about it that may not be used, and why.
    pub refused: Vec<RefusedRevocation>,
    /// The checks over this certificate.
    pub checks: Vec<Check>,
}

/// What is known of a certificate's revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkStatus {
    /// It is trusted by decision.
    Anchor,
    /// Not revoked.
    Good,
    /// Revoked.
    Revoked,
    /// On hold.
    OnHold,
    /// Nothing usable speaks of it.
    Unknown,
    /// The certificate says that nobody need ask.
    NotAsked,
}

/// An object that speaks of a certificate and may not be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRevocation {
    /// The CRL or OCSP response.
    pub object: ObjectId,
    /// Why, as a code: `signature`, `distribution-point`, `issued-after-expiry`.
    pub why: Cow<'static, str>,
}

/// A chain that led nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadEnd {
    /// The certificates, the one asked about first; the last is the one that the reason speaks of.
    pub certificates: Vec<ObjectId>,
    /// Why, as a code: `no-issuer`, `self-issued`, `signature`, `loop`, `anchor-may-not-issue`.
    pub why: Cow<'static, str>,
}

/// A certificate as people know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathCertificate {
    /// SHA-256.
    pub id: ObjectId,
    /// RFC 4514 text.
    pub subject: String,
    /// RFC 4514 text.
    pub issuer: String,
    /// Serial number, hexadecimal.
    pub serial: String,
    /// First moment of validity.
    pub not_before: Time,
    /// Last moment of validity.
    pub not_after: Time,
}
