// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The EN 319 102-1 engine: facts, evidence, policy and time in; a report and wants out.
//!
//! One engine for every format: it sees neither CMS nor XML nor PDF, only what an adapter read. Time-stamp tokens are
//! signatures and go through the same blocks. A verdict is data, not an error: the whole tree of checks is in it, with
//! what it rests on, what is missing, and what to do next and when.
//!
//! What it does not do: parse containers, fetch, know the time, or render messages.
//!
//! ```
//! use keiin_model::Evidence;
//! use keiin_validate::{Policy, validate};
//! let policy = Policy::general(Vec::new(), Vec::new());
//! let report = validate(&[], &[], &Evidence::default(), &policy, "2026-04-01T09:00:00Z".parse()?);
//! assert!(report.signatures.is_empty());
//! # Ok::<(), keiin_model::TimeError>(())
//! ```
#![forbid(unsafe_code)]

mod acceptance;
mod algorithm_table;
mod archival;
mod basic;
mod conclusion;
mod context;
mod crypto;
mod material;
mod next;
mod past;
mod path;
mod poe;
mod policy;
mod process;
mod report;
mod revocation;
mod signer_cert;
mod timestamp;
mod with_time;
mod x509;

pub use algorithm_table::{AlgorithmTable, DigestRow, Lookup, Reach, Scheme, SignatureRow, TableError};
pub use path::{PathQuestion, validate_path};
pub use poe::PoeSet;
pub use policy::{
    Enforcement, Forecast, Policy, Presence, Responders, RevocationFreshness, TrustAnchor, TsaUsage,
};
pub use process::validate;
