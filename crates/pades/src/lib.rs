// SPDX-License-Identifier: Apache-2.0 OR MIT
//! PAdES: signatures and document time-stamps in PDFs (EN 319 142-1, ISO 32000-1, 12.8).
//!
//! [`prepare()`] lays out a revision behind the file with room for the signature, [`Prepared::attach`] takes the value only when
//! it is the signer's. [`Pades`] reads, and grows by revisions: time-stamps and material go in through
//! [`keiin_model::Container`]. No octet that stood in the file moves, and what would break an earlier signature, or an earlier
//! signature forbids, is refused.
//!
//! What it does not do: judge, fetch, know the time, or touch files.
//!
//! ```no_run
//! # fn main() -> Result<(), keiin_pades::PadesError> {
//! # let file: Vec<u8> = Vec::new();
//! let document = keiin_pades::Pades::read(file)?;
//! for facts in document.signatures() {
//!     println!("{} {:?}", facts.format, facts.properties.signing_time);
//! }
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

pub mod appearance;
mod attach;
mod augment;
mod dictionary;
mod digest;
mod document;
mod error;
mod field;
mod form;
mod imprint;
mod intent;
mod layout;
mod level;
pub mod limits;
mod material;
mod page;
mod pdf;
mod prepare;
mod read;
mod restriction;
mod revision;
mod seed;
mod signature;
mod source;
mod text;
mod visible;

pub use augment::Vri;
pub use dictionary::SignatureDictionary;
pub use digest::Ranges;
pub use error::PadesError;
pub use intent::{Certification, FieldChoice, Lock, PadesIntent, Reserve};
pub use prepare::{Prepared, prepare};
pub use read::Pades;
pub use source::{Release, Source, Stream, Unread};
pub use visible::{Place, Visible};
