// SPDX-License-Identifier: Apache-2.0 OR MIT
//! XML signatures from the card to a renewed ES-A, and the forms of the prescription service.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test that cannot go on stops

mod world;

use keiin::{
    Content, Document, Error, Format, Goal, Level, Profile, Renewal, Signed, Signing, add_signature,
    countersign, extend, finish, prepare, renew, sign_all,
    xades::{Except, Parent, XadesShape, XmlPackaging},
};
use keiin_model::{DataReference, DigestAlgorithm, Indication, Signer as _};
use keiin_testkit::SoftToken;
use world::World;

const RECORD: &str = "<?xml version=\"1.0\"?>\n<record xmlns=\"urn:r\"><line>アムロジピン</line></record>\n";
const CSV: &str = "SJ1\n1,1,8000010,99,検証用病院\n";
const DISPENSED: &str = "CJ1\n1,1,検証用薬局\n";

fn enveloped(token: &SoftToken, level: Level) -> Signing {
    let packaging = XmlPackaging::Enveloped { parent: Parent::Root, except: Except::EverySignature };
    let format = Format::Xades(Box::new(XadesShape::new(packaging)));
    Signing { format, level, ..Signing::with(token).unwrap() }
}

fn passed(world: &World, document: &Document, count: usize, day: i64) {
    let report = world.online(document, world.day(day));
    assert_eq!(report.signatures.len(), count);
    for signature in &report.signatures {
        assert_eq!(signature.indication, Indication::TotalPassed, "{}", world::tree(&report));
    }
}

#[test]
fn the_whole_way() {
    let world = World::new();
    for holder in ["doctor", "doctor-ec", "doctor-ocsp"] {
        world.clock.set(world.day(0));
        let token = SoftToken::new(&world.pki, holder);
        let signing = enveloped(&token, Level::T);
        let contents = [Content::bytes(RECORD.as_bytes())];
        let signed =
            sign_all(&world.setup(&["tsa-ecdsa"]), &contents, &token, &signing, world.day(0)).unwrap();
        assert!(signed.extended.stopped.is_none(), "{}", signed.extended.stopped.unwrap());
        let mut document = signed.document;
        world.carry(&mut document, "tsa-ecdsa", Level::A, world.day(2));
        passed(&world, &document, 1, 3);
        for (year, tsa) in [(4, "tsa-ecdsa"), (9, "tsa-generation-2")] {
            let now = world.year(year);
            world.clock.set(now);
            let stronger = Renewal { digest: Some(DigestAlgorithm::Sha512) };
            let renewed = renew(&world.setup(&[tsa]), &mut document, stronger, now).unwrap();
            assert!(renewed.stopped.is_none(), "{}", renewed.stopped.unwrap());
        }
        assert_eq!(document.signatures()[0].format, "XAdES-BASELINE-LTA");
        let alone = Document::read(document.as_bytes().to_vec(), None).unwrap();
        assert_eq!(world::answer(&world.alone(&alone, world.year(10))), (Indication::TotalPassed, None));
    }
}

#[test]
fn several_signers_and_a_counter_signature() {
    let world = World::new();
    world.clock.set(world.day(0));
    let (doctor, nurse) = (SoftToken::new(&world.pki, "doctor"), SoftToken::new(&world.pki, "nurse"));
    let setup = world.setup(&["tsa-ecdsa"]);
    let contents = [Content::bytes(RECORD.as_bytes())];
    let one = sign_all(&setup, &contents, &doctor, &enveloped(&doctor, Level::Bes), world.day(0)).unwrap();
    let mut document = one.document;
    let two =
        add_signature(&setup, &mut document, &nurse, &enveloped(&nurse, Level::Bes), world.day(0)).unwrap();
    let id = two.document.signatures()[0].id;
    let three =
        countersign(&setup, &two.document, id, &nurse, &enveloped(&nurse, Level::Bes), world.day(0)).unwrap();
    let mut document = three.document;
    assert_eq!(document.signatures()[0].countersignatures.len(), 1);
    let extended = extend(&setup, &mut document, Goal::Level(Level::T), world.day(0)).unwrap();
    assert!(extended.stopped.is_none());
    world.carry(&mut document, "tsa-ecdsa", Level::A, world.day(2));
    passed(&world, &document, 3, 3); // the counter-signature has a verdict of its own
}

fn filled(world: &World, profile: Profile, holder: &str, files: &[&[u8]]) -> Result<Signed, Error> {
    let token = SoftToken::new(&world.pki, holder);
    let files: Vec<Content> = files.iter().map(|file| Content::bytes(*file)).collect();
    let form = profile.lay_out(&files)?;
    let signing = Signing { format: form.format, roles: form.roles, ..Signing::with(&token).unwrap() };
    sign_all(&world.setup(&["tsa-ecdsa"]), &form.contents, &token, &signing, world.day(0))
}

#[test]
fn forms_are_signed_by_those_who_may() {
    let world = World::new();
    for holder in ["doctor", "dentist"] {
        filled(&world, Profile::Eprescription, holder, &[CSV.as_bytes()]).unwrap();
    }
    for holder in ["nurse", "pharmacist", "no-role"] {
        let refused = filled(&world, Profile::Eprescription, holder, &[CSV.as_bytes()]).map(drop);
        assert!(matches!(refused, Err(Error::WrongRole { .. })), "{holder}");
    }
    let prescription = filled(&world, Profile::Eprescription, "doctor", &[CSV.as_bytes()]).unwrap().document;
    let both = [prescription.as_bytes(), DISPENSED.as_bytes()];
    assert!(matches!(
        filled(&world, Profile::Edispensing, "doctor", &both).map(drop),
        Err(Error::WrongRole { .. })
    ));
    let dispensed = filled(&world, Profile::Edispensing, "pharmacist", &both).unwrap().document;
    let swapped = [both[1], both[0]];
    let again = filled(&world, Profile::Edispensing, "pharmacist", &swapped).unwrap().document;
    assert_eq!(again.as_bytes(), dispensed.as_bytes());
    let mut document = dispensed;
    assert_eq!(document.signatures().len(), 2);
    assert!(document.signatures().iter().flat_map(|s| &s.data).all(DataReference::intact));
    // The pharmacist's signature is over the doctor's, which stays as it was.
    let setup = world.setup(&["tsa-ecdsa"]);
    let extended = extend(&setup, &mut document, Goal::Level(Level::T), world.day(0)).unwrap();
    assert!(extended.stopped.is_none(), "{}", extended.stopped.unwrap());
    let mut stamps: Vec<_> = document.signatures().iter().map(|s| s.timestamps.len()).collect();
    stamps.sort_unstable();
    assert_eq!(stamps, [0, 1]);
}

#[test]
fn the_card_may_be_elsewhere() {
    let world = World::new();
    let token = SoftToken::new(&world.pki, "doctor-ec");
    let signing = enveloped(&token, Level::Bes);
    let content = Content::bytes(RECORD.as_bytes());
    let prepared =
        prepare(&content, token.certificate(), token.certificates(), &signing, world.day(0)).unwrap();
    let sent = serde_json::to_string(&prepared).unwrap();
    let received: keiin::Prepared = serde_json::from_str(&sent).unwrap();
    let mut value = token.value(received.algorithm(), &received.digest());
    let setup = world.setup(&["tsa-ecdsa"]);
    let signed = finish(&setup, &received, &value, None, Level::T, world.day(0)).unwrap();
    assert_eq!(signed.extended.level, Level::T);
    value[10] ^= 1;
    let wrong = finish(&setup, &received, &value, None, Level::Bes, world.day(0)).map(drop);
    assert!(matches!(wrong, Err(Error::Xml { .. })));
}
