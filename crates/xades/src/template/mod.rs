// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The text of what keiin writes: elements of XML Signature and XAdES, nothing else. What was there is never written anew.

mod element;
mod properties;
mod signature;
mod unsigned;

pub(crate) use element::{Element, is_name, is_text};
pub(crate) use properties::{Properties, SignedObject, signed_properties};
pub(crate) use signature::{BASE64, ENVELOPED, Reference, SignatureParts, Step, manifest, signature};
pub(crate) use unsigned::{
    Bound, Stamp, Values, certificates, crls, ocsps, timestamp, validation_data, values,
};

/// The namespace of XAdES 1.3.2, which is that of EN 319 132-1 too.
pub(crate) const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
/// The namespace of what XAdES 1.4.1 added.
pub(crate) const XADES141: &str = "http://uri.etsi.org/01903/v1.4.1#";
