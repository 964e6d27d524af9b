// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The vocabulary that every room of keiin shares: ids, time, algorithm names, facts, evidence and reports.
//!
//! Everything here is plain data that serialises to JSON, plus the two traits [`Signer`] and [`Container`].
//! A file of [`SignatureFacts`] and [`Evidence`] is at once a bug report, a replay and a test vector.
//!
//! What it does not do: parse, hash, judge, or touch the outside world.
//!
//! ```
//! use keiin_model::Time;
//! let stamped: Time = "2026-04-01T09:00:00.5Z".parse()?;
//! assert_eq!(stamped.to_string(), "2026-04-01T09:00:00.5Z");
//! # Ok::<(), keiin_model::TimeError>(())
//! ```
#![forbid(unsafe_code)]

mod algorithm;
mod bytes;
mod container;
mod evidence;
mod facts;
mod id;
mod intent;
mod oid;
mod path;
mod report;
mod signer;
mod standing;
mod time;

pub use algorithm::{Curve, DigestAlgorithm, KeyAlgorithm, SignatureAlgorithm};
pub use bytes::Bytes;
pub use container::{Container, ContainerError, Material, PendingTimestamp, Target};
pub use evidence::{Evidence, EvidenceKind, EvidenceObject, Origin};
pub use facts::{
    Accuracy, CertificateReference, Covered, DataKind, DataReference, Defect, DefectKind, Extent, Family,
    ImprintFacts, SignatureFacts, SignedMessage, SignedProperties, SignerLocation, SignerReference,
    TimestampFacts, TimestampKind,
};
pub use id::ObjectId;
pub use intent::{
    CertificateValidity, ClaimedTime, Commitment, Packaging, PolicyReference, SigningIntent, is_for_new,
    message_digest_of,
};
pub use oid::{Oid, OidError};
pub use path::{
    DeadEnd, LinkStatus, PathCertificate, PathIndication, PathLink, PathPurpose, PathReport, PathVerdict,
    RefusedRevocation,
};
pub use report::{
    AlgorithmUse, Check, ConclusionTime, Indication, NextAction, NextStep, Outcome, ProofOfExistence, Report,
    RevocationUse, RoleReport, SignatureReport, SignerReport, SubIndication, TimestampReport, Want,
};
pub use signer::{SignRequest, Signer, SignerError};
pub use standing::Standing;
pub use time::{Time, TimeError};
