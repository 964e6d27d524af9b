// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Unsigned properties: time-stamps and validation data (EN 319 132-1, 5.3 to 5.5).

use super::{XADES141, element::Element};
use crate::{algorithm::DSIG, shape::Canonical};

/// Prefixes as they are bound where an element goes; where one is not, the element declares it itself.
#[derive(Clone, Debug)]
pub(crate) struct Bound {
    /// Of XAdES 1.3.2.
    pub(crate) xades: String,
    /// Of XML Signature, where bound.
    pub(crate) ds: Option<String>,
    /// Of XAdES 1.4.1, where bound.
    pub(crate) xades141: Option<String>,
}

impl Bound {
    fn new_141<'a>(&self, local: &str) -> Element<'a> {
        match &self.xades141 {
            Some(prefix) => Element::new(prefix, local),
            None => Element::new("xades141", local).declaring("xades141", XADES141),
        }
    }

    fn canonicalization<'a>(&self, how: Canonical) -> Element<'a> {
        let element = match &self.ds {
            Some(prefix) => Element::new(prefix, "CanonicalizationMethod"),
            None => Element::new("ds", "CanonicalizationMethod").declaring("ds", DSIG),
        };
        element.attribute("Algorithm", how.uri())
    }
}

/// Which time-stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stamp {
    /// xades:SignatureTimeStamp (5.3).
    Signature,
    /// xadesv141:ArchiveTimeStamp (5.5.2).
    Archive,
}

/// A time-stamp around a token.
pub(crate) fn timestamp<'a>(
    bound: &Bound,
    stamp: Stamp,
    id: &str,
    how: Canonical,
    token: &'a [u8],
) -> Element<'a> {
    let element = match stamp {
        Stamp::Signature => Element::new(&bound.xades, "SignatureTimeStamp"),
        Stamp::Archive => bound.new_141("ArchiveTimeStamp"),
    };
    element
        .attribute("Id", id.to_owned())
        .child(bound.canonicalization(how))
        .child(Element::new(&bound.xades, "EncapsulatedTimeStamp").base64(token))
}

/// Validation material, each object as DER.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values<'a> {
    pub(crate) certificates: Vec<&'a [u8]>,
    pub(crate) crls: Vec<&'a [u8]>,
    pub(crate) ocsps: Vec<&'a [u8]>,
}

impl Values<'_> {
    pub(crate) const fn is_empty(&self) -> bool {
        self.certificates.is_empty() && self.crls.is_empty() && self.ocsps.is_empty()
    }
}

/// xades:CertificateValues and xades:RevocationValues (5.4.1 and 5.4.2), those that are not empty.
pub(crate) fn values<'a>(xades: &str, values: &Values<'a>) -> Vec<Element<'a>> {
    let mut elements = Vec::new();
    if !values.certificates.is_empty() {
        elements.push(Element::new(xades, "CertificateValues").children(certificates(xades, values)));
    }
    if !values.crls.is_empty() || !values.ocsps.is_empty() {
        let mut revocation = Element::new(xades, "RevocationValues");
        if !values.crls.is_empty() {
            revocation = revocation.child(Element::new(xades, "CRLValues").children(crls(xades, values)));
        }
        if !values.ocsps.is_empty() {
            revocation = revocation.child(Element::new(xades, "OCSPValues").children(ocsps(xades, values)));
        }
        elements.push(revocation);
    }
    elements
}

pub(crate) fn certificates<'a>(xades: &str, values: &Values<'a>) -> Vec<Element<'a>> {
    encapsulated(xades, "EncapsulatedX509Certificate", &values.certificates)
}

pub(crate) fn crls<'a>(xades: &str, values: &Values<'a>) -> Vec<Element<'a>> {
    encapsulated(xades, "EncapsulatedCRLValue", &values.crls)
}

pub(crate) fn ocsps<'a>(xades: &str, values: &Values<'a>) -> Vec<Element<'a>> {
    encapsulated(xades, "EncapsulatedOCSPValue", &values.ocsps)
}

fn encapsulated<'a>(xades: &str, local: &str, objects: &[&'a [u8]]) -> Vec<Element<'a>> {
    objects.iter().map(|object| Element::new(xades, local).base64(*object)).collect()
}

/// xadesv141:TimeStampValidationData of the time-stamp with an id (5.5.1).
pub(crate) fn validation_data<'a>(bound: &Bound, of: Option<&str>, objects: &Values<'a>) -> Element<'a> {
    let mut element = bound.new_141("TimeStampValidationData");
    if let Some(id) = of {
        element = element.attribute("URI", format!("#{id}"));
    }
    element.children(values(&bound.xades, objects))
}
