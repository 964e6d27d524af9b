// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What is laid out for a signer, and that xmlsec1 verifies it. Where xmlsec1 is not installed, the test says so.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods)]

use std::{path::Path, process::Command};

use keiin_model::{
    Commitment, DigestAlgorithm, Oid, PolicyReference, SignRequest, SignatureAlgorithm, Signer as _,
    SignerLocation, SigningIntent,
};
use keiin_testkit::{SoftToken, TestPki};
use keiin_xades::{
    Carried, CertificateNaming, DataObject, Except, Ids, KeyInfo, List, Parent, Prefixes, Sibling,
    XadesError, XadesShape, XmlPackaging, prepare,
};

const DOCUMENT: &str = "<?xml version=\"1.0\"?>\n<!-- c --><p:Doc xmlns:p=\"urn:x\" xmlns=\"urn:y\" Id=\"root\">\r\n <Line Id='line-1' b=\"2\"\n a=\"1\">薬 &amp; &#x3c;</Line><p:Empty/>\n</p:Doc>\n<!-- end -->\n";

struct Signing {
    card: SoftToken,
    pki: TestPki,
}

impl Signing {
    fn of(holder: &str) -> Self {
        let pki = TestPki::hpki();
        Self { card: SoftToken::new(&pki, holder), pki }
    }

    fn intent(&self) -> SigningIntent {
        SigningIntent::for_signer(self.card.algorithms()).unwrap()
    }

    fn signed(
        &self,
        objects: &[DataObject],
        shape: &XadesShape,
        intent: &SigningIntent,
    ) -> Result<Vec<u8>, XadesError> {
        let (certificate, chain) = (self.card.certificate(), self.card.certificates());
        let prepared = prepare(objects, certificate, chain, intent, shape, self.pki.start())?;
        let digest = prepared.digest();
        let request = SignRequest {
            algorithm: prepared.algorithm(),
            message: prepared.to_be_signed(),
            digest: &digest,
        };
        prepared.attach(&self.card.sign(&request).unwrap())
    }
}

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
    let folder = match std::env::var_os("KEIIN_TRY") {
        Some(p) => p.into(),
        None => std::env::temp_dir().join(format!("keiin-xades-{}", std::process::id())),
    };
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
            let octets = signing.signed(&[object], &shape, &signing.intent()).unwrap();
            judged += usize::from(xmlsec1(&folder, &format!("{holder}-{name}.xml"), &octets));
        }
    }
    eprintln!("{judged} of 18 signatures were judged by xmlsec1");
}
