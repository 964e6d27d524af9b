// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Time-stamps and material on signatures: what is added, what stays, what is refused.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod world;

use keiin_model::{Container as _, ContainerError, DataReference, DigestAlgorithm, Target};
use keiin_xades::{
    Carried, Content, DataObject, Detached, Except, List, Parent, Sibling, Xades, XadesShape, XmlPackaging,
    prepare_countersignature,
};
use world::Signing;

const DOCUMENT: &str = "<?xml version=\"1.0\"?>\r\n<p:Doc xmlns:p='urn:x' xmlns:ds=\"urn:other\" Id=\"root\">\n <Line Id='l'>薬</Line></p:Doc>\n";

fn signed(signing: &Signing, packaging: XmlPackaging) -> Vec<u8> {
    let mut object = DataObject::octets(DOCUMENT.as_bytes());
    object.uri = "doc.xml".to_owned();
    signing.signed(&[object], &XadesShape::new(packaging), &signing.intent()).unwrap()
}

fn enveloped() -> XmlPackaging {
    XmlPackaging::Enveloped { parent: Parent::Root, except: Except::EverySignature }
}

fn packagings() -> Vec<XmlPackaging> {
    vec![
        enveloped(),
        XmlPackaging::Enveloping { carried: Carried::Base64 },
        XmlPackaging::InternallyDetached { element: Sibling::New { carried: Carried::Xml } },
        XmlPackaging::Detached { list: List::Manifest },
        XmlPackaging::Detached { list: List::References },
    ]
}

/// Whether every octet of the old stands in the new in its order, in at most so many runs.
fn is_spliced(old: &[u8], new: &[u8], places: usize) -> bool {
    let (mut at, mut rest) = (0, new);
    for _ in 0..=places {
        let same = old[at..].iter().zip(rest).take_while(|(a, b)| a == b).count();
        at += same;
        if at == old.len() {
            return true;
        }
        let tail = &old[at..];
        // On to where what follows continues.
        let next = &tail[..tail.len().min(40)];
        let Some(skipped) = rest[same..].windows(next.len()).position(|window| window == next) else {
            return false;
        };
        rest = &rest[same + skipped..];
    }
    false
}

/// Whether the new is the old with octets put in at one place.
fn is_one_insertion(old: &[u8], new: &[u8]) -> bool {
    let same = |pair: &(&u8, &u8)| pair.0 == pair.1;
    let before = old.iter().zip(new).take_while(same).count();
    let after = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    before + after >= old.len()
}

#[test]
fn each_step_keeps_the_octets_before_and_every_time_stamp() {
    for holder in ["doctor", "doctor-ec"] {
        let signing = Signing::of(holder);
        for packaging in packagings() {
            let detached = matches!(packaging, XmlPackaging::Detached { .. })
                .then(|| Detached::new().with(Some("doc.xml"), Content::Bytes(DOCUMENT.as_bytes().into())));
            let levels = signing.levels(signed(&signing, packaging), detached.clone());
            for pair in levels.windows(2) {
                assert!(is_spliced(&pair[0], &pair[1], 4));
            }
            let formats: Vec<_> = levels
                .iter()
                .map(|octets| {
                    let read = Xades::read(octets.clone(), detached.clone()).unwrap();
                    let facts = &read.signatures()[0];
                    assert!(facts.timestamps.iter().all(|t| t.imprint.intact() && t.defects.is_empty()));
                    assert!(facts.data.iter().all(DataReference::intact));
                    facts.format.clone()
                })
                .collect();
            let named = ["B", "T", "LT", "LTA", "LTA", "LTA"].map(|level| format!("XAdES-BASELINE-{level}"));
            assert_eq!(formats, named);
        }
    }
}

#[test]
fn an_archive_time_stamp_covers_everything_before_it() {
    let signing = Signing::of("doctor");
    let levels = signing.levels(signed(&signing, enveloped()), None);
    let read = Xades::read(levels[3].clone(), None).unwrap();
    let facts = &read.signatures()[0];
    let last = facts.timestamps.last().unwrap();
    let missing: Vec<_> =
        read.evidence().iter().filter(|(id, _)| !last.covers.contains(id)).map(|(_, o)| o.kind).collect();
    // What stands in the archive time-stamp's own token is not under it.
    assert!(missing.len() <= 3, "{missing:?}");
    assert!(last.covers.contains(&facts.id));
}

#[test]
fn material_goes_to_its_place_and_in_once() {
    let signing = Signing::of("doctor");
    let levels = signing.levels(signed(&signing, enveloped()), None);
    let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
    let lt = text(&levels[2]);
    // The card's certificates stand in ds:KeyInfo: those of the TSA alone are new, and what revokes each.
    let (data, values) =
        (lt.find("TimeStampValidationData").unwrap(), lt.rfind("<xades:RevocationValues>").unwrap());
    assert!(lt.find("SignatureTimeStamp").unwrap() < data && data < values);
    let inside = &lt[data..lt.find("</xades141:TimeStampValidationData").unwrap()];
    assert!(inside.contains("<xades:CertificateValues>") && inside.contains("<xades:RevocationValues>"));
    let mut read = Xades::read(levels[2].clone(), None).unwrap();
    let id = read.signatures()[0].id;
    let again = signing.pki.material("doctor", signing.pki.start().plus_days(1));
    read.embed_material(Target::Signature { id }, &again).unwrap();
    assert_eq!(read.as_bytes(), levels[2]);
    // More of it goes into what is there, as each may stand once.
    let more = signing.pki.material("doctor", signing.pki.start().plus_days(3));
    read.embed_material(Target::Signature { id }, &more).unwrap();
    let lt = text(read.as_bytes());
    assert_eq!(lt.matches("<xades:RevocationValues>").count(), 2);
    assert!(is_spliced(&levels[2], read.as_bytes(), 4));
}

#[test]
fn a_token_over_something_else_is_refused() {
    let signing = Signing::of("doctor");
    let mut one = Xades::read(signed(&signing, enveloped()), None).unwrap();
    let id = one.signatures()[0].id;
    let pending = one.begin_timestamp(Target::Signature { id }, DigestAlgorithm::Sha256).unwrap();
    let when = signing.pki.start().plus_seconds(9);
    let other = signing.pki.tsa("tsa-rsa").stamp(DigestAlgorithm::Sha256, &[1; 32], when);
    assert!(matches!(one.finish_timestamp(&pending, &other), Err(ContainerError::Token { .. })));
    let token = signing.pki.tsa("tsa-rsa").stamp(DigestAlgorithm::Sha256, &pending.imprint, when);
    let before = one.as_bytes().to_vec();
    let mut elsewhere = keiin_model::PendingTimestamp { target: Target::Archive { id }, ..pending.clone() };
    assert!(one.finish_timestamp(&elsewhere, &token).is_err());
    elsewhere.target = Target::Signature { id: keiin_model::ObjectId::from_sha256([0; 32]) };
    assert!(one.finish_timestamp(&elsewhere, &token).is_err());
    assert_eq!(one.as_bytes(), before);
    one.finish_timestamp(&pending, &token).unwrap();
}

#[test]
fn a_counter_signature_stands_in_what_it_signs() {
    let (doctor, nurse) = (Signing::of("doctor"), Signing::of("nurse"));
    let levels = doctor.levels(signed(&doctor, enveloped()), None);
    for octets in [&levels[0], &levels[3]] {
        let one = Xades::read(octets.clone(), None).unwrap();
        let id = one.signatures()[0].id;
        let (certificate, chain) = {
            use keiin_model::Signer as _;
            (nurse.card.certificate(), nurse.card.certificates())
        };
        let shape = XadesShape::default();
        let prepared = prepare_countersignature(
            &one,
            id,
            certificate,
            chain,
            &nurse.intent(),
            &shape,
            nurse.pki.start(),
        )
        .unwrap();
        let two = prepared.attach(&nurse.value(&prepared)).unwrap();
        assert!(is_one_insertion(octets, &two));
        let two = Xades::read(two, None).unwrap();
        let facts = &two.signatures()[0];
        assert_eq!((two.signatures().len(), facts.countersignatures.len()), (1, 1));
        assert!(facts.countersignatures[0].data.iter().all(DataReference::intact));
        assert_eq!(facts.countersignatures[0].countersigns, Some(id));
        assert!(facts.timestamps.iter().all(|t| t.imprint.intact()));
    }
}

#[test]
fn what_breaks_an_older_time_stamp_is_refused() {
    // A plain enveloped signature is over all that stands beside it: the one in it cannot grow any more.
    let (doctor, nurse) = (Signing::of("doctor"), Signing::of("nurse"));
    let one = signed(&doctor, enveloped());
    let plain = XadesShape::new(XmlPackaging::Enveloped { parent: Parent::Root, except: Except::Itself });
    let two = nurse.signed(&[DataObject::octets(one)], &plain, &nurse.intent()).unwrap();
    let mut read = Xades::read(two, None).unwrap();
    let id = read.signatures()[0].id;
    let pending = read.begin_timestamp(Target::Signature { id }, DigestAlgorithm::Sha256).unwrap();
    let token =
        doctor.pki.tsa("tsa-rsa").stamp(DigestAlgorithm::Sha256, &pending.imprint, doctor.pki.start());
    assert!(matches!(read.finish_timestamp(&pending, &token), Err(ContainerError::Misuse { .. })));
}
