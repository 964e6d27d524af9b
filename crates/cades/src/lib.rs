// SPDX-License-Identifier: Apache-2.0 OR MIT
//! CAdES: CMS signatures that outlive their certificates (EN 319 122-1 and -2, TS 101 733).
//!
//! [`prepare`] lays out what a signer signs, [`Prepared::attach`] takes the value only when it is the signer's. [`Cades`]
//! reads, and grows by splicing: time-stamps and material go in through [`keiin_model::Container`], other signers through
//! [`prepare_additional`] and [`prepare_countersignature`]. No octet that stood in a file moves but for lengths, and
//! a change that would break an older time-stamp is refused.
//!
//! What it does not do: judge, fetch, know the time, or touch files.
//!
//! ```no_run
//! # fn main() -> Result<(), keiin_cades::CadesError> {
//! # let file: Vec<u8> = Vec::new();
//! let signature = keiin_cades::Cades::read(file, None)?;
//! for facts in signature.signatures() {
//!     println!("{} {:?}", facts.format, facts.properties.signing_time);
//! }
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

mod attach;
pub mod attribute_oid;
mod attributes;
mod augment;
mod content;
mod edit;
mod error;
pub mod facts;
pub mod hash_index;
pub mod imprint;
mod level;
pub mod limits;
mod locate;
mod prepare;
mod property;
mod read;
mod timestamp;

pub use attach::Assembly;
pub use content::{Content, digests_wanted};
pub use error::CadesError;
pub use keiin_model::{
    CertificateValidity, ClaimedTime, Commitment, Packaging, PolicyReference, SigningIntent,
};
pub use keiin_tsp::completeness;
pub use prepare::{Prepared, content_digest_for, prepare, prepare_additional, prepare_countersignature};
pub use read::Cades;
