// SPDX-License-Identifier: Apache-2.0 OR MIT
//! CAdES: CMS signatures that outlive their certificates (EN 319 122-1 and -2, TS 101 733).
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

pub mod attribute_oid;
mod completeness;
mod content;
mod error;
pub mod facts;
pub mod hash_index;
pub mod imprint;
mod level;
pub mod limits;
mod property;
mod read;
mod timestamp;

pub use content::{Content, digests_wanted};
pub use error::CadesError;
pub use read::Cades;
