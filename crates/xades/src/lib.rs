// SPDX-License-Identifier: Apache-2.0 OR MIT
//! XAdES: XML signatures that outlive their certificates (EN 319 132-1 and -2, TS 101 903).
#![forbid(unsafe_code)]

#[allow(dead_code)] // the rooms that use it are being built
mod algorithm;
#[allow(dead_code, unused_imports)] // the rooms that use it are being built
mod c14n;
#[allow(dead_code)]
mod content;
mod error;
#[doc(hidden)]
pub mod fuzzing;
#[cfg(test)]
mod interop;
#[allow(dead_code)]
mod key_info;
#[allow(dead_code)]
mod key_value;
pub mod limits;
#[allow(dead_code)]
mod reference;
#[cfg(test)]
mod reference_tests;
#[allow(dead_code)]
mod signature;
#[allow(dead_code, unused_imports)]
mod transform;
#[allow(dead_code, unused_imports)]
mod xml;

pub use content::{Content, Detached, ExternalData};
pub use error::{XadesError, XmlError};

/// The canonical form of a whole document.
///
/// `algorithm` is the identifier of Canonical XML 1.0 or 1.1 or of Exclusive XML Canonicalization 1.0, with or without
/// comments, as in `ds:CanonicalizationMethod`.
///
/// # Errors
/// [`XmlError`] where the document is not well-formed, has a DTD, is over a limit, or has no canonical form;
/// [`XadesError::Algorithm`] where the identifier names no canonicalisation.
pub fn canonicalize(document: &[u8], algorithm: &str) -> Result<Vec<u8>, XadesError> {
    let unknown = || XadesError::Algorithm { uri: algorithm.to_owned() };
    let how = c14n::Canonicalization::from_uri(algorithm).ok_or_else(unknown)?;
    let tree = xml::Tree::read(document)?;
    let mut out = Vec::with_capacity(document.len());
    c14n::canonicalize(&tree, &xml::NodeSet::document(true), &how, &mut out)?;
    Ok(out)
}
