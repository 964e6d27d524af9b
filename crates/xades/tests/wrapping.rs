// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What was signed, moved to where it was not signed: shown as what it is, or not found.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use base64::{Engine as _, engine::general_purpose::STANDARD};
use keiin_model::{DataKind, DefectKind, DigestAlgorithm, Extent, SignatureFacts};
use keiin_pki::digest::digest;
use keiin_xades::{Xades, canonicalize};

const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const CONTENT: &str = r#"<rx id="rx">two tablets</rx>"#;

fn properties(id: &str) -> String {
    format!(
        r#"<x:SignedProperties xmlns:x="http://uri.etsi.org/01903/v1.3.2#" Id="{id}"><x:SignedSignatureProperties><x:SigningTime>2026-04-01T09:00:00Z</x:SigningTime></x:SignedSignatureProperties></x:SignedProperties>"#
    )
}

fn reference(uri: &str, kind: &str, canonical: &str) -> String {
    let octets = canonicalize(canonical.as_bytes(), EXCLUSIVE).unwrap();
    let value = STANDARD.encode(digest(DigestAlgorithm::Sha256, &octets));
    format!(
        r#"<Reference URI="{uri}"{kind}><Transforms><Transform Algorithm="{EXCLUSIVE}"/></Transforms><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue>{value}</DigestValue></Reference>"#
    )
}

/// A signature over `#rx` and `#sp`, with something in its ds:Object.
fn signature(object: &str, more: &str) -> String {
    let kind = r#" Type="http://uri.etsi.org/01903#SignedProperties""#;
    let references = reference("#rx", "", CONTENT) + &reference("#sp", kind, &properties("sp"));
    format!(
        r##"<Signature xmlns="{DSIG}" Id="s"><SignedInfo><CanonicalizationMethod Algorithm="{EXCLUSIVE}"/><SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>{references}</SignedInfo><SignatureValue>AAAA</SignatureValue><Object><x:QualifyingProperties xmlns:x="http://uri.etsi.org/01903/v1.3.2#" Target="#s">{object}</x:QualifyingProperties></Object>{more}</Signature>"##
    )
}

fn read(document: &str) -> SignatureFacts {
    let read = Xades::read(document.as_bytes().to_vec(), None).unwrap();
    read.signatures()[0].clone()
}

#[test]
fn what_stands_where_it_must_is_covered() {
    let facts = read(&format!("<doc>{CONTENT}{}</doc>", signature(&properties("sp"), "")));
    assert!(facts.data.iter().all(|data| data.intact()), "{:?}", facts.data);
    let covered = facts.data[0].covered.as_ref().unwrap();
    assert_eq!((covered.element.as_str(), covered.extent), ("/doc/rx", Extent::Element));
    assert_eq!(facts.data[1].kind, DataKind::SignedProperties);
    assert!(facts.properties.signing_time.is_some());
}

#[test]
fn data_that_was_moved_is_shown_where_it_is() {
    let moved = format!(
        "<doc><rx>two hundred tablets</rx><old>{CONTENT}</old>{}</doc>",
        signature(&properties("sp"), "")
    );
    let covered = read(&moved).data[0].covered.clone().unwrap();
    assert_eq!((covered.element.as_str(), covered.extent), ("/doc/old/rx", Extent::Element));
}

#[test]
fn an_identifier_that_stands_twice_names_nothing() {
    let twice = format!(
        "<doc><rx id=\"rx\">two hundred</rx><old>{CONTENT}</old>{}</doc>",
        signature(&properties("sp"), "")
    );
    let facts = read(&twice);
    assert!(!facts.data[0].found());
    assert!(facts.defects.iter().any(|defect| defect.kind == DefectKind::Coverage && defect.kind.is_fatal()));
}

#[test]
fn signed_properties_elsewhere_do_not_count() {
    let elsewhere = format!("<Object>{}</Object>", properties("sp"));
    let facts = read(&format!("<doc>{CONTENT}{}</doc>", signature(&properties("fake"), &elsewhere)));
    let signed = facts.data.iter().find(|data| data.kind == DataKind::SignedProperties).unwrap();
    assert!(signed.is_right() && signed.misplaced && !signed.found() && !signed.intact());
    assert_eq!(facts.properties.signing_time, None, "what is not signed says nothing");
    assert_eq!(facts.format, "XML-NOT-ETSI");
    assert!(facts.defects.iter().any(|d| d.kind == DefectKind::NotCovered && d.at == "SignedProperties"));
}

#[test]
fn properties_of_another_signature_do_not_count() {
    let document = format!(
        "<doc id=\"t\">{CONTENT}{}</doc>",
        signature(&properties("sp"), "").replace("Target=\"#s\"", "Target=\"#t\"")
    );
    let facts = read(&document);
    assert_eq!(facts.properties.signing_time, None);
    assert!(facts.defects.iter().any(|d| d.kind == DefectKind::NotCovered));
    assert!(facts.data.iter().any(|data| data.misplaced));
}

#[test]
fn a_signature_over_itself_alone_signs_no_data() {
    let document = format!("<doc>{CONTENT}{}</doc>", signature(&properties("sp"), ""));
    let without = document.replace(&reference("#rx", "", CONTENT), "");
    let facts = read(&without);
    assert!(facts.data.iter().any(|data| data.kind == DataKind::Reference && !data.found()));
}
