// SPDX-License-Identifier: Apache-2.0 OR MIT
//! ds:Signature and what stands in it (XML Signature 1.1, 4).

use std::borrow::Cow;

use keiin_model::{DigestAlgorithm, SignatureAlgorithm};

use super::element::Element;
use crate::{
    algorithm::{DSIG, MGF1, MORE_2007, RSA_PSS, digest_uri, signature_uri},
    shape::Prefixes,
};

/// XML Signature 1.1, 6.6.4.
pub(crate) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// XML Signature 1.1, 6.6.2.
pub(crate) const BASE64: &str = "http://www.w3.org/2000/09/xmldsig#base64";
/// XML-Signature XPath Filter 2.0.
pub(crate) const FILTER2: &str = "http://www.w3.org/2002/06/xmldsig-filter2";

/// One step from the object to the digested octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A canonicalization or another transform that its URI says whole.
    Named(&'static str),
    /// All signatures of the document are left out.
    WithoutSignatures,
}

/// One ds:Reference.
#[derive(Clone, Debug)]
pub(crate) struct Reference<'a> {
    pub(crate) id: Option<String>,
    pub(crate) uri: Cow<'a, str>,
    pub(crate) kind: Option<&'static str>,
    pub(crate) steps: Vec<Step>,
    pub(crate) digest: DigestAlgorithm,
    /// The digest where it is known; else there is room for it.
    pub(crate) value: Option<Vec<u8>>,
}

/// What ds:Signature is made of. The ids follow from the signature's own.
pub(crate) struct SignatureParts<'a> {
    pub(crate) prefixes: &'a Prefixes,
    pub(crate) id: &'a str,
    pub(crate) canonicalization: &'static str,
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) references: Vec<Reference<'a>>,
    pub(crate) certificates: Vec<&'a [u8]>,
    /// ds:Object elements, the one with the qualifying properties last.
    pub(crate) objects: Vec<Element<'a>>,
}

/// ds:Signature with an empty ds:SignatureValue; `None` when the scheme has no name in XML.
pub(crate) fn signature<'a>(parts: SignatureParts<'a>) -> Option<Element<'a>> {
    let SignatureParts { prefixes, id, canonicalization, algorithm, references, certificates, objects } =
        parts;
    let ds = prefixes.ds.as_str();
    let references: Option<Vec<_>> = references.iter().map(|r| reference(ds, r)).collect();
    let signed_info = Element::new(ds, "SignedInfo")
        .attribute("Id", format!("{id}-info"))
        .child(Element::new(ds, "CanonicalizationMethod").attribute("Algorithm", canonicalization))
        .child(signature_method(ds, algorithm)?)
        .children(references?);
    let certificates = certificates.into_iter().map(|c| Element::new(ds, "X509Certificate").base64(c));
    let key_info = Element::new(ds, "KeyInfo")
        .attribute("Id", format!("{id}-key"))
        .child(Element::new(ds, "X509Data").children(certificates));
    let value = Element::new(ds, "SignatureValue").attribute("Id", format!("{id}-value")).text("");
    Some(
        Element::new(ds, "Signature")
            .declaring(ds, DSIG)
            .attribute("Id", id)
            .child(signed_info)
            .child(value)
            .child(key_info)
            .children(objects),
    )
}

/// ds:Manifest.
pub(crate) fn manifest<'a>(ds: &str, id: String, references: &[Reference<'a>]) -> Option<Element<'a>> {
    let references: Option<Vec<_>> = references.iter().map(|r| reference(ds, r)).collect();
    Some(Element::new(ds, "Manifest").attribute("Id", id).children(references?))
}

fn reference<'a>(ds: &str, reference: &Reference<'a>) -> Option<Element<'a>> {
    let mut element = Element::new(ds, "Reference");
    if let Some(id) = &reference.id {
        element = element.attribute("Id", id.clone());
    }
    if let Some(kind) = reference.kind {
        element = element.attribute("Type", kind);
    }
    element = element.attribute("URI", reference.uri.clone());
    if !reference.steps.is_empty() {
        let steps = reference.steps.iter().map(|step| transform(ds, *step));
        element = element.child(Element::new(ds, "Transforms").children(steps));
    }
    let value = match &reference.value {
        Some(known) => Element::new(ds, "DigestValue").base64(known.clone()),
        None => Element::new(ds, "DigestValue").base64(placeholder(reference.digest)),
    };
    Some(element.child(digest_method(ds, reference.digest)?).child(value))
}

/// Zeros, as many as the digest will have octets: putting it in moves nothing.
pub(crate) fn placeholder(digest: DigestAlgorithm) -> Vec<u8> {
    vec![0; digest.len()]
}

fn transform<'a>(ds: &str, step: Step) -> Element<'a> {
    let element = Element::new(ds, "Transform");
    match step {
        Step::Named(uri) => element.attribute("Algorithm", uri),
        Step::WithoutSignatures => {
            // The prefix in the expression is bound here, whatever is bound around.
            let prefix = if ds.is_empty() { "ds" } else { ds };
            let filter = Element::new("filter", "XPath")
                .declaring("filter", FILTER2)
                .declaring(prefix, DSIG)
                .attribute("Filter", "subtract")
                .text(format!("/descendant::{prefix}:Signature"));
            element.attribute("Algorithm", FILTER2).child(filter)
        }
    }
}

pub(crate) fn digest_method<'a>(ds: &str, digest: DigestAlgorithm) -> Option<Element<'a>> {
    Some(Element::new(ds, "DigestMethod").attribute("Algorithm", digest_uri(digest)?))
}

/// ds:SignatureMethod. PSS with other parameters than its digest's own has them beside it (RFC 9231, 2.3.9).
fn signature_method<'a>(ds: &str, algorithm: SignatureAlgorithm) -> Option<Element<'a>> {
    let element = Element::new(ds, "SignatureMethod");
    if let Some(uri) = signature_uri(algorithm) {
        return Some(element.attribute("Algorithm", uri));
    }
    let SignatureAlgorithm::RsaPss { digest, mgf, salt } = algorithm else { return None };
    let generator = Element::new("pss", "MaskGenerationFunction")
        .attribute("Algorithm", MGF1)
        .child(digest_method(ds, mgf)?);
    let parameters = Element::new("pss", "RSAPSSParams")
        .declaring("pss", MORE_2007)
        .child(digest_method(ds, digest)?)
        .child(generator)
        .child(Element::new("pss", "SaltLength").text(salt.to_string()))
        .child(Element::new("pss", "TrailerField").text("1"));
    Some(element.attribute("Algorithm", RSA_PSS).child(parameters))
}
