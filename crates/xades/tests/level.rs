// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a signature's structure makes of its level (EN 319 132-1, 6.3).
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use base64::{Engine as _, engine::general_purpose::STANDARD};
use keiin_model::DigestAlgorithm;
use keiin_pki::digest::digest;
use keiin_testkit::TestPki;
use keiin_xades::Xades;

const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
const TYPE: &str = r#" Type="http://uri.etsi.org/01903#SignedProperties""#;

fn reference(uri: &str, attributes: &str) -> String {
    format!(
        r#"<Reference URI="{uri}"{attributes}><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue>AAAA</DigestValue></Reference>"#
    )
}

/// The level of a signature with these references and data object properties.
fn level(references: &[String], data: &str) -> String {
    let pki = TestPki::hpki();
    let certificate = pki.certificate("doctor");
    let value = STANDARD.encode(digest(DigestAlgorithm::Sha256, certificate));
    let document = format!(
        r##"<rx Id="rx"><Signature xmlns="http://www.w3.org/2000/09/xmldsig#" Id="s"><SignedInfo>
<CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>{references}</SignedInfo>
<SignatureValue>AAAA</SignatureValue><KeyInfo><X509Data><X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo>
<Object><x:QualifyingProperties xmlns:x="{XADES}" Target="#s"><x:SignedProperties Id="sp"><x:SignedSignatureProperties>
<x:SigningTime>2026-04-01T09:00:00Z</x:SigningTime><x:SigningCertificateV2><x:Cert><x:CertDigest>
<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue>{value}</DigestValue>
</x:CertDigest></x:Cert></x:SigningCertificateV2></x:SignedSignatureProperties>{data}</x:SignedProperties>
</x:QualifyingProperties></Object></Signature></rx>"##,
        references = references.concat(),
        certificate = STANDARD.encode(certificate),
    );
    Xades::read(document.into_bytes(), None).unwrap().signatures()[0].format.clone()
}

const FORMAT: &str = r##"<x:SignedDataObjectProperties><x:DataObjectFormat ObjectReference="#r"><x:MimeType>text/xml</x:MimeType></x:DataObjectFormat></x:SignedDataObjectProperties>"##;

#[test]
fn every_signed_object_has_a_format() {
    let properties = reference("#sp", TYPE);
    let data = |attributes: &str| reference("#rx", attributes);
    let of = |data: String, format: &str| level(&[data, properties.clone()], format);
    assert_eq!(of(data(r#" Id="r""#), FORMAT), "XAdES-BASELINE-B");
    assert_eq!(of(data(r#" Id="r""#), ""), "XAdES-BES");
    // What the reference to the properties does not call properties is one more signed object.
    let untyped = [data(r#" Id="r""#), reference("#sp", "")];
    assert_eq!(level(&untyped, FORMAT), "XAdES-BES");
    // A format names an object by its reference's Id: one without cannot be named.
    let behind = [properties.clone(), data("")];
    assert_eq!(level(&behind, ""), "XAdES-BES");
}
