// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What is laid out for a signer, and that xmlsec1 verifies it. Where xmlsec1 is not installed, the test says so.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods)]

mod world;

use std::{path::Path, process::Command};

use keiin_model::{
    Commitment, DigestAlgorithm, Oid, PolicyReference, SignatureAlgorithm, SignerLocation, SigningIntent,
};
use keiin_pki::signing::SigningError;
use keiin_xades::{
    Carried, CertificateNaming, DataObject, Except, Ids, KeyInfo, List, Parent, Prefixes, Sibling, Xades,
    XadesError, XadesShape, XmlPackaging,
};

use world::Signing;

const DOCUMENT: &str = "<?xml version=\"1.0\"?>\n<!-- c --><p:Doc xmlns:p=\"urn:x\" xmlns=\"urn:y\" Id=\"root\">\r\n <Line Id='line-1' b=\"2\"\n a=\"1\">薬 &amp; &#x3c;</Line><p:Empty/>\n</p:Doc>\n<!-- end -->\n";

/// The core by other people's software; `false` when it is not there.
fn xmlsec1(folder: &Path, name: &str, octets: &[u8]) -> bool {
    let file = folder.join(name);
    std::fs::write(&file, octets).unwrap();
    let ids = [
        "http://www.w3.org/2000/09/xmldsig#:KeyInfo",
        "http://www.w3.org/2000/09/xmldsig#:Object",
        "http://www.w3.org/2000/09/xmldsig#:Manifest",
        "http://uri.etsi.org/01903/v1.3.2#:SignedProperties",
        "urn:y:Line",
        "Content",
    ];
    let ids = ids.iter().flat_map(|id| ["--id-attr:Id", id]);
    let output = Command::new("xmlsec1")
        .current_dir(folder)
        .args(["--verify", "--insecure", "--enabled-key-data", "x509"])
        .args(ids)
        .args(["--id-attr:id", "PrescriptionDocument", "--id-attr:id", "Dispensing"])
        .arg(&file)
        .output();
    match output {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{name}: {said}\n{}", String::from_utf8_lossy(octets));
            true
        }
        Err(_) => false,
    }
}

fn shapes() -> Vec<(&'static str, XadesShape)> {
    let new = XadesShape::new;
    let element = Sibling::Existing { id: "line-1".to_owned(), into: Parent::Root };
    vec![
        ("enveloped", new(XmlPackaging::Enveloped { parent: Parent::Root, except: Except::Itself })),
        (
            "parallel",
            new(XmlPackaging::Enveloped {
                parent: Parent::Id("root".to_owned()),
                except: Except::EverySignature,
            }),
        ),
        ("enveloping-base64", new(XmlPackaging::Enveloping { carried: Carried::Base64 })),
        ("enveloping-xml", new(XmlPackaging::Enveloping { carried: Carried::Xml })),
        (
            "beside-base64",
            new(XmlPackaging::InternallyDetached { element: Sibling::New { carried: Carried::Base64 } }),
        ),
        (
            "beside-xml",
            new(XmlPackaging::InternallyDetached { element: Sibling::New { carried: Carried::Xml } }),
        ),
        (
            "element",
            XadesShape {
                key_info: KeyInfo::Signed,
                naming: CertificateNaming::DigestAndIssuerSerial,
                prefixes: Prefixes { ds: String::new(), xades: String::new() },
                ids: Ids::Given("処方".to_owned()),
                ..new(XmlPackaging::InternallyDetached { element })
            },
        ),
        ("detached", new(XmlPackaging::Detached { list: List::References })),
        ("manifest", new(XmlPackaging::Detached { list: List::Manifest })),
    ]
}

#[test]
fn the_core_of_every_packaging_verifies_elsewhere() {
    let folder = std::env::temp_dir().join(format!("keiin-xades-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("doc 1.xml"), DOCUMENT).unwrap();
    let mut judged = 0;
    for holder in ["doctor", "doctor-ec"] {
        let signing = Signing::of(holder);
        for (name, shape) in shapes() {
            let mut object = DataObject::octets(DOCUMENT.as_bytes());
            if name == "detached" || name == "manifest" {
                object.uri = "doc%201.xml".to_owned();
            }
            let prepared = signing.prepared(&[object.clone()], &shape, &signing.intent()).unwrap();
            assert_eq!(prepared.refers_outside(), name == "detached" || name == "manifest", "{name}");
            let octets = signing.signed(&[object], &shape, &signing.intent()).unwrap();
            judged += usize::from(xmlsec1(&folder, &format!("{holder}-{name}.xml"), &octets));
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
    eprintln!("{judged} of 18 signatures were judged by xmlsec1");
}

fn enveloped(except: Except) -> XadesShape {
    XadesShape::new(XmlPackaging::Enveloped { parent: Parent::Root, except })
}

#[test]
fn what_was_signed_is_what_is_read() {
    let signing = Signing::of("doctor");
    let intent = SigningIntent {
        commitments: vec![Commitment::ProofOfApproval, Commitment::Other(Oid::new(&[1, 2, 392, 1]))],
        location: Some(SignerLocation {
            country: Some("JP".to_owned()),
            locality: Some("東京都 <&>".to_owned()),
            postal_address: vec!["文京区".to_owned()],
        }),
        claimed_roles: vec!["医師\r\n\"院長\"".to_owned(), "x".to_owned()],
        policy: Some(PolicyReference {
            id: Oid::new(&[1, 3, 6, 1, 4, 1, 32473, 9]),
            algorithm: DigestAlgorithm::Sha256,
            digest: vec![7; 32].into(),
            uri: Some("http://keiin.test/policy?a=1&b=2".to_owned()),
        }),
        mime_type: Some("application/x-keiin+xml".to_owned()),
        ..signing.intent()
    };
    let object = [DataObject::octets(DOCUMENT.as_bytes())];
    let octets = signing.signed(&object, &enveloped(Except::Itself), &intent).unwrap();
    let read = Xades::read(octets, None).unwrap();
    let facts = &read.signatures()[0];
    assert_eq!(facts.format, "XAdES-BASELINE-B");
    assert!(facts.defects.is_empty(), "{:?}", facts.defects);
    assert!(facts.data.iter().all(keiin_model::DataReference::intact));
    let properties = &facts.properties;
    assert_eq!(properties.signing_time, Some(signing.pki.start()));
    assert_eq!(properties.claimed_roles, intent.claimed_roles);
    assert_eq!(properties.location, intent.location);
    assert_eq!(properties.mime_type, intent.mime_type);
    assert!(properties.policy.as_deref().unwrap().contains("1.3.6.1.4.1.32473.9"));
    assert_eq!(properties.commitments.len(), 2);
}

#[test]
fn octets_around_the_signature_stay() {
    let signing = Signing::of("doctor-ec");
    for (name, shape) in shapes() {
        let inside = matches!(name, "enveloped" | "parallel" | "element");
        let octets = signing.signed(&[DataObject::octets(DOCUMENT.as_bytes())], &shape, &signing.intent());
        if !inside {
            continue;
        }
        let octets = octets.unwrap();
        let at = octets.windows(10).position(|w| w == b"Signature ").unwrap();
        let start = octets[..at].iter().rposition(|octet| *octet == b'<').unwrap();
        assert_eq!(octets[..start], DOCUMENT.as_bytes()[..start], "{name}");
        let rest = DOCUMENT.len() - start;
        assert_eq!(octets[octets.len() - rest..], DOCUMENT.as_bytes()[start..], "{name}");
    }
}

#[test]
fn a_parallel_signature_leaves_the_first_whole_and_a_plain_one_is_refused() {
    let (doctor, nurse) = (Signing::of("doctor"), Signing::of("nurse"));
    let signed = |signing: &Signing, document: &[u8], except| {
        signing.signed(&[DataObject::octets(document)], &enveloped(except), &signing.intent())
    };
    let one = signed(&doctor, DOCUMENT.as_bytes(), Except::EverySignature).unwrap();
    let two = signed(&nurse, &one, Except::EverySignature).unwrap();
    let read = Xades::read(two, None).unwrap();
    assert_eq!(read.signatures().len(), 2);
    assert!(read.signatures().iter().flat_map(|s| &s.data).all(keiin_model::DataReference::intact));
    let plain = signed(&doctor, DOCUMENT.as_bytes(), Except::Itself).unwrap();
    let refused = signed(&nurse, &plain, Except::EverySignature);
    assert!(matches!(refused, Err(XadesError::Misuse { .. })), "{refused:?}");
}

#[test]
fn another_value_is_refused() {
    let signing = Signing::of("doctor");
    let shape = enveloped(Except::Itself);
    let object = [DataObject::octets(DOCUMENT.as_bytes())];
    let prepared = signing.prepared(&object, &shape, &signing.intent()).unwrap();
    let mut value = signing.value(&prepared);
    value[10] ^= 1;
    assert!(matches!(prepared.attach(&value), Err(XadesError::Signing(SigningError::WrongValue(_)))));
    let json = serde_json::to_vec(&prepared).unwrap();
    let elsewhere: keiin_xades::Prepared = serde_json::from_slice(&json).unwrap();
    assert_eq!(
        elsewhere.attach(&signing.value(&elsewhere)).unwrap(),
        prepared.attach(&signing.value(&prepared)).unwrap()
    );
}

#[test]
fn what_cannot_be_signed_so_is_refused() {
    let signing = Signing::of("doctor");
    let refused = |document: &[u8], shape: &XadesShape, intent: &SigningIntent| {
        signing.signed(&[DataObject::octets(document)], shape, intent).unwrap_err()
    };
    let plain = signing.intent();
    let enveloped = enveloped(Except::Itself);
    assert!(matches!(refused(b"no xml", &enveloped, &plain), XadesError::Xml(_)));
    assert!(matches!(refused(b"<!DOCTYPE a><a/>", &enveloped, &plain), XadesError::Xml(_)));
    let role = SigningIntent { claimed_roles: vec!["\u{0}".to_owned()], ..plain.clone() };
    assert!(matches!(refused(b"<a/>", &enveloped, &role), XadesError::Misuse { .. }));
    let sha1 = SigningIntent::new(SignatureAlgorithm::RsaPkcs1 { digest: DigestAlgorithm::Sha1 });
    assert!(matches!(
        refused(b"<a/>", &enveloped, &sha1),
        XadesError::Signing(SigningError::NotForSigning { .. })
    ));
    let ec = SigningIntent::new(SignatureAlgorithm::Ecdsa { digest: DigestAlgorithm::Sha256 });
    assert!(matches!(
        refused(b"<a/>", &enveloped, &ec),
        XadesError::Signing(SigningError::KeyMismatch { .. })
    ));
    for id in ["1", "a b", "root"] {
        let shape = XadesShape { ids: Ids::Given(id.to_owned()), ..enveloped.clone() };
        assert!(matches!(refused(DOCUMENT.as_bytes(), &shape, &plain), XadesError::Misuse { .. }), "{id}");
    }
    let inside = Sibling::Existing { id: "root".to_owned(), into: Parent::Id("line-1".to_owned()) };
    let shape = XadesShape::new(XmlPackaging::InternallyDetached { element: inside });
    assert!(matches!(refused(DOCUMENT.as_bytes(), &shape, &plain), XadesError::Misuse { .. }));
}

#[test]
fn an_empty_element_takes_a_signature() {
    let signing = Signing::of("doctor");
    let object = [DataObject::octets(&b"<a  x='1' />"[..])];
    let octets = signing.signed(&object, &enveloped(Except::Itself), &signing.intent()).unwrap();
    assert!(octets.starts_with(b"<a  x='1' ><ds:Signature ") && octets.ends_with(b"</ds:Signature></a>"));
    let read = Xades::read(octets, None).unwrap();
    assert!(read.signatures()[0].data.iter().all(keiin_model::DataReference::intact));
}
