// SPDX-License-Identifier: Apache-2.0 OR MIT
//! PAdES: signatures and document time-stamps read out of PDFs (EN 319 142-1, ISO 32000-1, 12.8).
//!
//! What it does not do yet: write. What it never does: judge, fetch, know the time, or touch files.
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

mod dictionary;
mod digest;
mod document;
mod error;
mod form;
mod level;
pub mod limits;
mod material;
mod pdf;
mod read;
mod revision;
mod source;
mod text;

pub use dictionary::SignatureDictionary;
pub use digest::Ranges;
pub use error::PadesError;
pub use read::Pades;
pub use source::{Release, Source, Stream, Unread};
