// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What references name, cover and yield.

use keiin_model::DigestAlgorithm;
use keiin_pki::digest::digest;

use crate::{
    Content, Detached,
    c14n::Canonicalization,
    reference::{Coverage, Covered, Reference, ReferenceError, Resolver, default_canonicalization},
    signature::read_signatures,
    transform::{Extent, base64},
    xml::Tree,
};

const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const ENVELOPED: &str = r#"<d:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>"#;
const BASE64: &str = r#"<d:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#base64"/>"#;

fn xpath(expression: &str) -> String {
    format!(
        r#"<d:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><d:XPath>{expression}</d:XPath></d:Transform>"#
    )
}

fn filter(operation: &str, expression: &str) -> String {
    format!(
        r#"<d:Transform Algorithm="http://www.w3.org/2002/06/xmldsig-filter2"><f:XPath
            xmlns:f="http://www.w3.org/2002/06/xmldsig-filter2" Filter="{operation}">{expression}</f:XPath></d:Transform>"#
    )
}

/// A signature with one reference.
fn signature(uri: &str, transforms: &str) -> String {
    format!(
        r#"<d:Signature xmlns:d="http://www.w3.org/2000/09/xmldsig#"><d:SignedInfo><d:Reference {uri}><d:Transforms>{transforms}</d:Transforms><d:DigestMethod Algorithm="{SHA256}"/><d:DigestValue/></d:Reference></d:SignedInfo></d:Signature>"#
    )
}

fn run(document: &str, detached: &Detached) -> Result<(String, Coverage, bool), ReferenceError> {
    let tree = Tree::read(document.as_bytes()).unwrap();
    let signatures = read_signatures(&tree).unwrap();
    let reference: &Reference = signatures.first().unwrap().references.first().unwrap();
    let mut octets = Vec::new();
    let with_comments = Canonicalization { comments: true, ..default_canonicalization() };
    let coverage = Resolver::new(&tree, detached).transformed(reference, &with_comments, &mut octets)?;
    let whole = coverage.is_document(&tree);
    Ok((String::from_utf8(octets).unwrap(), coverage, whole))
}

/// The octets of a reference in a document that holds `before` and then the signature.
fn octets(before: &str, uri: &str, transforms: &str) -> Result<(String, Extent, bool), ReferenceError> {
    let document = format!("<r>{before}{}</r>", signature(&format!("URI=\"{uri}\""), transforms));
    run(&document, &Detached::new()).map(|(text, coverage, whole)| (text, coverage.extent, whole))
}

#[test]
fn comments_stay_where_an_xpointer_is_written_out() {
    let before = r#"<b Id="x">1<!--c-->2</b>"#;
    let text = |uri, transforms| octets(before, uri, transforms).unwrap().0;
    assert_eq!(text("#x", ""), r#"<b Id="x">12</b>"#);
    assert_eq!(text("#xpointer(id('x'))", ""), r#"<b Id="x">1<!--c-->2</b>"#);
    assert_eq!(text("#xpointer(id(&quot;x&quot;))", ""), r#"<b Id="x">1<!--c-->2</b>"#);
    assert_eq!(text("#xpointer(id(%27x%27))", ""), r#"<b Id="x">1<!--c-->2</b>"#);
    assert_eq!(text("", ENVELOPED), r#"<r><b Id="x">12</b></r>"#);
    assert_eq!(text("#xpointer(/)", ENVELOPED), r#"<r><b Id="x">1<!--c-->2</b></r>"#);
}

#[test]
fn what_is_covered_is_said() {
    let before = r#"<b Id="x"><c/></b>"#;
    let covered = |uri, transforms: &str| {
        let (_, extent, whole) = octets(before, uri, transforms).unwrap();
        (extent, whole)
    };
    assert_eq!(covered("", ENVELOPED), (Extent::WithoutSignatures, true));
    assert_eq!(covered("#x", ""), (Extent::Whole, false));
    let no_signatures = xpath("not(ancestor-or-self::d:Signature)");
    assert_eq!(covered("", &no_signatures), (Extent::WithoutSignatures, true));
    assert_eq!(covered("", &xpath("not(ancestor-or-self::c)")), (Extent::Part, false));
    assert_eq!(covered("", &xpath("not(self::c or ancestor-or-self::d:Signature)")), (Extent::Part, false));
    assert_eq!(covered("", &xpath("not(self::node()[name()='Id']) or self::*")), (Extent::Part, false));
    let general = "not(ancestor-or-self::*[local-name()='Signature'])";
    assert_eq!(covered("", &xpath(general)), (Extent::WithoutSignatures, true));
    assert_eq!(covered("", &filter("subtract", "//d:Signature")), (Extent::WithoutSignatures, true));
    assert_eq!(covered("", &filter("subtract", "//c")), (Extent::Part, false));
    assert_eq!(covered("", &filter("intersect", "//b")), (Extent::Part, false));
    assert_eq!(covered("", &filter("intersect", "/")), (Extent::Whole, true));
}

#[test]
fn filters_yield_what_they_say() {
    let before = r#"<b a="1"><c>x</c><c>y<e/></c></b>"#;
    let text = |transforms: &str| octets(before, "", transforms).unwrap().0;
    assert_eq!(text(&filter("intersect", "//c[2]")), "<c>y<e></e></c>");
    assert_eq!(text(&xpath("ancestor-or-self::c")), "<c>x</c><c>y<e></e></c>");
    assert_eq!(
        text(&xpath("ancestor-or-self::b and not(self::text())")),
        r#"<b a="1"><c></c><c><e></e></c></b>"#
    );
    let both = format!("{}{}", filter("intersect", "//b"), xpath("not(ancestor-or-self::e)"));
    assert_eq!(text(&both), r#"<b a="1"><c>x</c><c>y</c></b>"#);
}

#[test]
fn octets_become_nodes_where_the_next_transform_needs_them() {
    let inner = base64::encode(b"<i><!--c--><j/><k>1</k></i>");
    let before = format!(r#"<b Id="x">{inner}</b>"#);
    let text = |transforms: &str| octets(&before, "#x", transforms).unwrap();
    assert_eq!(text(BASE64), ("<i><!--c--><j/><k>1</k></i>".to_owned(), Extent::Text, false));
    let canonical = r#"<d:Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>"#;
    assert_eq!(text(&format!("{BASE64}{canonical}")).0, "<i><j></j><k>1</k></i>");
    let chain = format!("{BASE64}{}", xpath("not(self::comment() or self::j)"));
    assert_eq!(text(&chain), ("<i><k>1</k></i>".to_owned(), Extent::Part, false));
    // The signature does not stand in what was decoded, and here() neither.
    let wrong = |more: &str| octets(&before, "#x", &format!("{BASE64}{more}")).unwrap_err();
    assert_eq!(wrong(ENVELOPED), ReferenceError::NotEnveloped);
    assert!(matches!(wrong(&xpath("here()")), ReferenceError::XPath(_)));
}

#[test]
fn what_cannot_be_found_or_is_not_known_is_named() {
    let wrong = |before, uri, transforms: &str| octets(before, uri, transforms).unwrap_err();
    let named = |uri: &str| uri.to_owned();
    assert_eq!(wrong("", "#x", ""), ReferenceError::NotFound { uri: named("#x") });
    let twice = r#"<b Id="x"/><c ID="x"/>"#;
    assert_eq!(wrong(twice, "#x", ""), ReferenceError::Ambiguous { uri: named("#x") });
    for uri in ["#xpointer(//b)", "#element(/1)", "#xpointer(id('x'))xpointer(/)", "#xpointer(id('a','b'))"] {
        assert_eq!(wrong("", uri, ""), ReferenceError::UnsupportedUri { uri: named(uri) });
    }
    assert_eq!(wrong("", "other.xml", ""), ReferenceError::NotFound { uri: named("other.xml") });
    let xslt = r#"<d:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>"#;
    let uri = named("http://www.w3.org/TR/1999/REC-xslt-19991116");
    assert_eq!(wrong("", "", xslt), ReferenceError::UnsupportedTransform { uri });
    let empty = r#"<d:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"/>"#;
    assert!(matches!(wrong("", "", empty), ReferenceError::MalformedTransform { .. }));
    assert!(matches!(wrong("<b Id='x'>?</b>", "#x", BASE64), ReferenceError::NotBase64));
    assert_eq!(wrong("", "", &filter("subtract", "//@*")), ReferenceError::FilterOfAttributes);
}

#[test]
fn data_outside_is_found_by_octets_or_digests() {
    let content = b"<o><!--c--></o>";
    let given = Detached::new().with(Some("o.xml"), Content::Bytes(content[..].into()));
    let document = format!("<r>{}</r>", signature("URI=\"dir/o.xml\"", ""));
    let (text, coverage, whole) = run(&document, &given).unwrap();
    assert_eq!(text.as_bytes(), content);
    assert_eq!((coverage.covered, whole), (Covered::External(Some("o.xml".to_owned())), false));
    let no_uri = format!("<r>{}</r>", signature("", &xpath("not(self::comment())")));
    assert_eq!(run(&no_uri, &given).unwrap().0, "<o></o>");

    let mut digests = keiin_pki::digest::DigestSet::default();
    let wanted = digest(DigestAlgorithm::Sha256, content);
    digests.insert(DigestAlgorithm::Sha256, &wanted).unwrap();
    let given = Detached::new().with(None, Content::Digests(digests));
    for (document, found) in [(&document, true), (&no_uri, false)] {
        let tree = Tree::read(document.as_bytes()).unwrap();
        let signatures = read_signatures(&tree).unwrap();
        let reference = signatures.first().unwrap().references.first().unwrap();
        let answer = Resolver::new(&tree, &given).digest(reference);
        assert_eq!(answer.ok().map(|(digest, _)| digest), found.then(|| wanted.clone()));
    }
}

#[test]
fn ten_thousand_references_are_read_and_digested() {
    use std::fmt::Write as _;
    let (mut objects, mut references) = (String::new(), String::new());
    for at in 0..10_000 {
        let text = base64::encode(format!("{at}").as_bytes());
        let value = base64::encode(&digest(DigestAlgorithm::Sha256, format!("{at}").as_bytes()));
        write!(objects, "<o Id=\"o{at}\">{text}</o>").unwrap();
        let reference = format!(
            "<d:Reference URI=\"#o{at}\"><d:Transforms>{BASE64}</d:Transforms><d:DigestMethod \
             Algorithm=\"{SHA256}\"/><d:DigestValue>{value}</d:DigestValue></d:Reference>"
        );
        references.push_str(&reference);
    }
    let document = format!(
        "<r>{objects}<d:Signature xmlns:d=\"http://www.w3.org/2000/09/xmldsig#\"><d:SignedInfo>{references}\
         </d:SignedInfo></d:Signature></r>"
    );
    let tree = Tree::read(document.as_bytes()).unwrap();
    let signatures = read_signatures(&tree).unwrap();
    let detached = Detached::new();
    let resolver = Resolver::new(&tree, &detached);
    let references = &signatures.first().unwrap().references;
    assert_eq!(references.len(), 10_000);
    for reference in references {
        assert_eq!(resolver.digest(reference).unwrap().0, reference.value);
    }
}
