// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A verdict with everything it rests on. Codes, not messages: the command renders Japanese and English.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};

use crate::{DataReference, Material, ObjectId, Time, TimestampKind};

/// The verdict (EN 319 102-1, 5.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs)] // the standard's own words
pub enum Indication {
    TotalPassed,
    Indeterminate,
    TotalFailed,
}

/// Why a verdict is not TOTAL_PASSED (EN 319 102-1, table 5 and 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs)] // the standard's own words
#[non_exhaustive]
pub enum SubIndication {
    FormatFailure,
    HashFailure,
    SigCryptoFailure,
    Revoked,
    Expired,
    NotYetValid,
    SigConstraintsFailure,
    ChainConstraintsFailure,
    CertificateChainGeneralFailure,
    CryptoConstraintsFailure,
    PolicyProcessingError,
    SignaturePolicyNotAvailable,
    TimestampOrderFailure,
    NoSigningCertificateFound,
    NoCertificateChainFound,
    NoCertificateChainFoundNoPoe,
    RevokedNoPoe,
    RevokedCaNoPoe,
    OutOfBoundsNotRevoked,
    OutOfBoundsNoPoe,
    RevocationOutOfBoundsNoPoe,
    CryptoConstraintsFailureNoPoe,
    NoPoe,
    TryLater,
    SignedDataNotFound,
}

/// What one check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // the names say it
pub enum Outcome {
    Passed,
    Information,
    Warning,
    Indeterminate,
    Failed,
}

/// One check of the tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// The stable name, dotted: `xcv.revocation.fresh`.
    pub id: Cow<'static, str>,
    /// The clause it comes from: `EN 319 102-1, 5.2.6.4`.
    pub clause: Cow<'static, str>,
    /// What it found.
    pub outcome: Outcome,
    /// The object it looked at.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub object: Option<ObjectId>,
    /// Values that a message about it needs: times, names, numbers, all as text.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub detail: BTreeMap<Cow<'static, str>, String>,
    /// The checks it rests on.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub children: Vec<Check>,
}

/// A verdict over a container.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The version of this form; `docs/report.schema.json` describes it.
    pub version: u32,
    /// The time that the verdict is for.
    pub time: Time,
    /// The name of the policy.
    pub policy: String,
    /// One for each signature, in the order of the file; counter-signatures follow what they counter-sign.
    pub signatures: Vec<SignatureReport>,
    /// Time-stamps that belong to no signature.
    pub timestamps: Vec<TimestampReport>,
    /// How many signature values were checked.
    pub signature_checks: u32,
    /// What could change or strengthen the verdict if it were there.
    pub wants: Vec<Want>,
}

/// The verdict over one signature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignatureReport {
    /// Which signature.
    pub id: ObjectId,
    /// The level by structure.
    pub format: String,
    /// The verdict.
    pub indication: Indication,
    /// Why, when it is not TOTAL_PASSED.
    pub sub_indication: Option<SubIndication>,
    /// First answer: is it intact? Each piece of signed data.
    pub data: Vec<DataReference>,
    /// First answer: does the value fit what it signs under the signer's key? `None` when no key was found or what is
    /// signed is not there.
    pub signature_intact: Option<bool>,
    /// Second answer: who, and in which licensed role?
    pub signer: Option<SignerReport>,
    /// Third answer: when?
    pub time: ConclusionTime,
    /// Its time-stamps, in the order of the file.
    pub timestamps: Vec<TimestampReport>,
    /// The signature that this one counter-signs.
    pub countersigns: Option<ObjectId>,
    /// The tree of checks.
    pub checks: Vec<Check>,
    /// What to do next, soonest first, and when.
    pub next: Vec<NextAction>,
    /// The certificates and revocation data that the verdict used: what ES-XL embeds.
    pub material: Material,
}

/// Who signed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignerReport {
    /// The certificate.
    pub certificate: ObjectId,
    /// Its subject as RFC 4514 text.
    pub subject: String,
    /// Its issuer as RFC 4514 text.
    pub issuer: String,
    /// Its serial number, hexadecimal.
    pub serial: String,
    /// notBefore.
    pub not_before: Time,
    /// notAfter.
    pub not_after: Time,
    /// Licensed roles that the certificate states and the profile read.
    pub roles: Vec<RoleReport>,
    /// The path, signer first, anchor last; empty when none was found.
    pub path: Vec<ObjectId>,
    /// The class of the anchor (`hpki`, `accredited`, `public`, `jpki`), where known.
    pub anchor_class: Option<String>,
    /// The revocation data that judged each certificate of the path.
    pub revocation: Vec<RevocationUse>,
}

/// A licensed role (ISO 17090 hcRole).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleReport {
    /// As the certificate states it: `Medical Doctor`.
    pub code: String,
    /// In Japanese, where known: `医師`.
    pub japanese: Option<String>,
}

/// The revocation object that judged a certificate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RevocationUse {
    /// The certificate that was judged.
    pub certificate: ObjectId,
    /// The CRL or OCSP response.
    pub object: ObjectId,
    /// `crl` or `ocsp`.
    pub kind: Cow<'static, str>,
    /// Who issued it, RFC 4514 text or the responder's key id.
    pub issuer: String,
    /// CRLNumber in decimal, where there is one.
    pub number: Option<String>,
    /// thisUpdate.
    pub this_update: Time,
    /// nextUpdate, where there is one.
    pub next_update: Option<Time>,
    /// When the certificate was revoked, if it was.
    pub revoked_at: Option<Time>,
    /// Why it was revoked, in RFC 5280's words.
    pub reason: Option<Cow<'static, str>>,
}

/// When the signature was made, as far as it is proven.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConclusionTime {
    /// What the signer claims.
    pub claimed: Option<Time>,
    /// The signature existed at this time at the latest (EN 319 102-1, best-signature-time).
    pub best_signature_time: Time,
    /// The time-stamp that proves it; `None` when it is only the time of the verdict.
    pub proven_by: Option<ObjectId>,
}

/// An object existed at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ProofOfExistence {
    /// What.
    pub object: ObjectId,
    /// At the latest when.
    pub time: Time,
    /// The time-stamp that proves it.
    pub by: Option<ObjectId>,
}

/// The verdict over one time-stamp.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimestampReport {
    /// Which token.
    pub id: ObjectId,
    /// What it is over.
    pub kind: TimestampKind,
    /// genTime.
    pub time: Time,
    /// The verdict; PASSED is written TOTAL_PASSED here too.
    pub indication: Indication,
    /// Why not.
    pub sub_indication: Option<SubIndication>,
    /// Whether what it is over was there.
    pub imprint_found: bool,
    /// Whether it is what was stamped.
    pub imprint_intact: bool,
    /// Whether the token's own signature is right (value, message digest); `None` when no key was found.
    pub signature_intact: Option<bool>,
    /// The TSA.
    pub signer: Option<SignerReport>,
    /// The end of what holds it up: notAfter of its path, or the end of an algorithm, whichever is first.
    pub good_until: Option<Time>,
    /// What ends then.
    pub ends_with: Option<AlgorithmUse>,
    /// The tree of checks.
    pub checks: Vec<Check>,
}

/// A row of the algorithm table that decided something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlgorithmUse {
    /// The algorithm as the table names it; a certificate's end has `certificate` here.
    pub algorithm: String,
    /// Bits of the key, where the row speaks of one.
    pub bits: Option<u32>,
    /// Acceptable until then; `None`: no end known.
    pub until: Option<Time>,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextAction {
    /// What.
    pub step: NextStep,
    /// Not before this time (a CRL that is still to be issued).
    pub not_before: Option<Time>,
    /// Before this time (an expiry).
    pub before: Option<Time>,
    /// The object that it is about.
    pub object: Option<ObjectId>,
}

/// Kinds of next actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NextStep {
    /// Give the signed data.
    GiveContent,
    /// Give or trust a certificate of the chain.
    GiveCertificate,
    /// Get a CRL or OCSP response issued after a time.
    GetRevocation,
    /// Get revocation data of any time.
    GetAnyRevocation,
    /// Add a signature time-stamp before the signer's certificate ends.
    AddTimestamp,
    /// Collect the material and add an archive time-stamp before what holds up the last time-stamp ends.
    Archive,
    /// Renew with another archive time-stamp before then.
    Renew,
    /// Nothing helps: take it to the signer.
    SignAgain,
}

/// Something outside that the engine would use. The driver fetches and calls again; the number of rounds is bounded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "want", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Want {
    /// The certificate of an issuer.
    Issuer {
        /// Whose issuer.
        certificate: ObjectId,
        /// Where it says the issuer can be had (AIA caIssuers).
        urls: Vec<String>,
    },
    /// Revocation data about a certificate.
    Revocation {
        /// Whose status.
        certificate: ObjectId,
        /// Its issuer, needed for an OCSP request.
        issuer: ObjectId,
        /// Only data issued at or after this time settles it; `None`: any.
        issued_after: Option<Time>,
        /// CRL distribution points.
        crl_urls: Vec<String>,
        /// OCSP responders (AIA).
        ocsp_urls: Vec<String>,
    },
}

impl Want {
    /// The certificate that the want is about.
    pub const fn certificate(&self) -> &ObjectId {
        match self {
            Self::Issuer { certificate, .. } | Self::Revocation { certificate, .. } => certificate,
        }
    }
}

impl RoleReport {
    /// A role known by code only.
    pub fn from_code(code: impl Into<String>) -> Self {
        Self { code: code.into(), japanese: None }
    }
}
