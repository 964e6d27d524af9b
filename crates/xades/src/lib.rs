// SPDX-License-Identifier: Apache-2.0 OR MIT
//! XAdES: XML signatures that outlive their certificates (EN 319 132-1 and -2, TS 101 903).
//!
//! [`Xades`] reads a document: every ds:Signature becomes facts, with what each of its references covers and with the
//! evidence that stands in it. [`prepare`] lays out a new signature in one of four packagings, [`Prepared::attach`] takes the
//! value only when it is the signer's. Time-stamps and material go in through [`keiin_model::Container`]: octets are added,
//! none that stood in a document moves but behind them, and what would break an older time-stamp or signature is refused.
//! What it does not do: judge, fetch, know the time, or touch files.
//!
//! ```no_run
//! # fn main() -> Result<(), keiin_xades::XadesError> {
//! # let file: Vec<u8> = Vec::new();
//! let document = keiin_xades::Xades::read(file, None)?;
//! for facts in document.signatures() {
//!     println!("{} {:?}", facts.format, facts.properties.signing_time);
//! }
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

mod algorithm;
mod attach;
mod augment;
mod c14n;
mod content;
mod data;
mod error;
mod evidence;
mod facts;
pub mod form;
#[doc(hidden)]
pub mod fuzzing;
mod imprint;
#[cfg(test)]
mod interop;
mod key_info;
mod key_value;
mod level;
pub mod limits;
mod locate;
mod prepare;
mod properties;
mod read;
mod reference;
#[cfg(test)]
mod reference_tests;
mod sealed;
mod shape;
mod signature;
mod splice;
mod template;
mod timestamp;
mod transform;
mod xml;

pub use content::{Content, Detached, ExternalData};
pub use error::{XadesError, XmlError};
pub use facts::digests_wanted;
pub use prepare::{Prepared, prepare, prepare_countersignature};
pub use read::Xades;
pub use shape::{
    Canonical, Carried, CertificateNaming, ContentTransform, DataObject, Except, Ids, KeyCertificates,
    KeyInfo, List, ObjectFormat, Parent, Prefixes, Sibling, XadesShape, XmlPackaging,
};

/// The canonical form of a whole document.
///
/// `algorithm` is the identifier of Canonical XML 1.0 or 1.1 or of Exclusive XML Canonicalization 1.0, with or without
/// comments, as in `ds:CanonicalizationMethod`.
///
/// # Errors
/// [`XmlError`] where the document is not well-formed, has a DTD, is over a limit, or has no canonical form;
/// [`XadesError::Algorithm`] where the identifier names no canonicalisation.
pub fn canonicalize(document: &[u8], algorithm: &str) -> Result<Vec<u8>, XadesError> {
    let mut out = Vec::with_capacity(document.len());
    canonicalize_into(document, algorithm, &mut |piece| out.extend_from_slice(piece))?;
    Ok(out)
}

/// As [`canonicalize`], piece by piece, so that a large form is nowhere whole.
///
/// # Errors
/// As [`canonicalize`]; what was given out before is then of no use.
pub fn canonicalize_into(
    document: &[u8],
    algorithm: &str,
    out: &mut dyn FnMut(&[u8]),
) -> Result<(), XadesError> {
    let unknown = || XadesError::Algorithm { uri: algorithm.to_owned() };
    let how = c14n::Canonicalization::from_uri(algorithm).ok_or_else(unknown)?;
    let tree = xml::Tree::read(document)?;
    Ok(c14n::canonicalize(&tree, &xml::NodeSet::document(true), &how, &mut c14n::Pieces(out))?)
}
