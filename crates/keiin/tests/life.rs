// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The whole way: signed, time-stamped, sealed, renewed, and judged after 5, 12, 15, 25 and 30 years.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test that cannot go on stops

mod world;

use keiin::{
    Content, Document, Done, Error, Goal, Level, Packaging, Renewal, Signing, Usage, add_signature,
    countersign, extend, finish, prepare, renew, sign, verify,
};
use keiin_model::{DigestAlgorithm, Indication, NextStep, Signer as _, SubIndication, TimestampKind};
use keiin_testkit::{Fault, Faults, SoftToken};
use world::{CONTENT, World, answer, first, next};

const PASSED: world::Answer = (Indication::TotalPassed, None);

#[test]
fn thirty_years() {
    let world = World::new();
    // ES-T, then the wait for a CRL that is younger than the time-stamp: today's is of yesterday.
    *world.faults.borrow_mut() = Faults::on("/crl/", Fault::Stale(1));
    let mut document = world.sign("doctor", "tsa-ecdsa", Level::T, world.day(0)).document;
    let stopped =
        extend(&world.setup(&["tsa-ecdsa"]), &mut document, Goal::Level(Level::A), world.day(0)).unwrap();
    assert_eq!(stopped.level, Level::T);
    match stopped.stopped {
        Some(Error::Waiting { next, .. }) => {
            assert!(
                next.iter().any(|action| action.not_before.is_some_and(|t| t > world.day(0))),
                "{next:?}"
            );
        }
        other => panic!("{other:?}"),
    }
    *world.faults.borrow_mut() = Faults::none();
    // One step at a time: material, then the seal.
    for (day, level) in [(2, Level::Xl), (2, Level::A), (2, Level::A)] {
        world.clock.set(world.day(day));
        let setup = world.setup(&["tsa-ecdsa"]);
        let extended = extend(&setup, &mut document, Goal::NextStep, world.day(day)).unwrap();
        assert!(extended.stopped.is_none(), "{:?}", extended.stopped);
        assert_eq!(extended.level, level);
    }
    let es_a = document.as_bytes().to_vec();
    let copy = |bytes: &[u8]| Document::read(bytes.to_vec(), None).unwrap();

    // The doctor's certificate has 5 years, the first TSA's 11.
    for year in [1, 4, 6, 9] {
        assert_eq!(answer(&world.alone(&copy(&es_a), world.year(year))), PASSED, "year {year}");
        let report = world.online(&copy(&es_a), world.year(year));
        assert_eq!(answer(&report), PASSED, "year {year}: {}", world::tree(&report));
    }
    let neglected = world.online(&copy(&es_a), world.year(12));
    assert_eq!(first(&neglected).indication, Indication::Indeterminate, "the time-stamp has ended unrenewed");

    for (year, tsa) in [(10, "tsa-generation-2"), (20, "tsa-generation-3")] {
        let now = world.year(year);
        world.clock.set(now);
        let stronger = Renewal { digest: Some(DigestAlgorithm::Sha512) };
        let before = document.as_bytes().to_vec();
        let renewed = renew(&world.setup(&[tsa]), &mut document, stronger, now).unwrap();
        assert!(renewed.stopped.is_none(), "year {year}: {}", renewed.stopped.unwrap());
        let embedded = renewed
            .steps
            .iter()
            .any(|s| matches!(s.done, Done::Embedded { certificates, crls, .. } if certificates + crls > 0));
        assert!(embedded, "the last time-stamp's own material is captured");
        assert!(document.as_bytes().len() > before.len());
    }
    for year in [11, 12, 15, 20, 25, 30] {
        let report = world.alone(&copy(document.as_bytes()), world.year(year));
        assert_eq!(answer(&report), PASSED, "year {year}: {:#?}", first(&report).checks);
        assert_eq!(
            answer(&world.online(&copy(document.as_bytes()), world.year(year))),
            PASSED,
            "year {year}"
        );
    }
    let seals =
        document.signatures()[0].timestamps.iter().filter(|t| t.kind == TimestampKind::Archive).count();
    assert_eq!(seals, 3);
    let after = world.alone(&document, world.year(32));
    assert_ne!(first(&after).indication, Indication::TotalPassed, "the last time-stamp has ended");
}

#[test]
fn detached_content_is_needed_and_found() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("スキャン.pdf");
    std::fs::write(&path, CONTENT).unwrap();
    let content = Content::file(&path);
    let token = SoftToken::new(&world.pki, "doctor-ec");
    let mut signing = Signing::with(&token).unwrap();
    signing.intent.packaging = Packaging::Detached;
    signing.level = Level::T;
    let setup = world.setup(&["tsa-rsa"]);
    let signed = sign(&setup, &content, &token, &signing, world.day(0)).unwrap();
    assert!(signed.extended.stopped.is_none(), "{:?}", signed.extended.stopped);

    let mut document = signed.document;
    world.clock.set(world.day(2));
    let mut stronger = world.setup(&["tsa-rsa4096-sha512"]);
    stronger.timestamp_digest = DigestAlgorithm::Sha512;
    let sealed = extend(&stronger, &mut document, Goal::Level(Level::A), world.day(2)).unwrap();
    assert!(sealed.stopped.is_none(), "{}", sealed.stopped.unwrap());
    let bytes = document.as_bytes().to_vec();
    let judged = |content: Option<Content>| {
        world.alone(&Document::read(bytes.clone(), content.as_ref()).unwrap(), world.year(1))
    };
    assert_eq!(answer(&judged(Some(content))), PASSED);
    assert_eq!(answer(&judged(Some(Content::bytes(CONTENT)))), PASSED);
    assert_eq!(
        answer(&judged(Some(Content::bytes(&b"another"[..])))),
        (Indication::TotalFailed, Some(SubIndication::HashFailure))
    );
    let absent = judged(None);
    assert_eq!(answer(&absent), (Indication::Indeterminate, Some(SubIndication::SignedDataNotFound)));
    assert_eq!(next(&absent), [NextStep::GiveContent]);
}

#[test]
fn the_card_may_be_elsewhere() {
    let world = World::new();
    let token = SoftToken::new(&world.pki, "pharmacist");
    let signing = Signing::with_schemes(token.algorithms()).unwrap();
    let content = Content::bytes(CONTENT);
    let prepared =
        prepare(&content, token.certificate(), token.certificates(), &signing, world.day(0)).unwrap();
    let sent = serde_json::to_string(&prepared).unwrap();

    let received: keiin::Prepared = serde_json::from_str(&sent).unwrap();
    let value = token.value(received.algorithm(), &received.digest());
    let setup = world.setup(&["tsa-ecdsa"]);
    let signed = finish(&setup, &received, &value, None, Level::T, world.day(0)).unwrap();
    assert_eq!(signed.extended.level, Level::T);
    let mut wrong = value;
    wrong[10] ^= 1;
    assert!(matches!(
        finish(&setup, &received, &wrong, None, Level::Bes, world.day(0)),
        Err(Error::Cades { .. })
    ));
}

#[test]
fn several_signers_and_a_countersignature() {
    let world = World::new();
    let doctor = SoftToken::new(&world.pki, "doctor");
    let pharmacist = SoftToken::new(&world.pki, "pharmacist");
    let nurse = SoftToken::new(&world.pki, "nurse");
    let setup = world.setup(&["tsa-ecdsa"]);
    let now = world.day(0);
    let first_one =
        sign(&setup, &Content::bytes(CONTENT), &doctor, &Signing::with(&doctor).unwrap(), now).unwrap();
    let mut document = first_one.document;
    let id = document.signatures()[0].id;
    let second =
        add_signature(&setup, &mut document, &pharmacist, &Signing::with(&pharmacist).unwrap(), now).unwrap();
    let third =
        countersign(&setup, &second.document, id, &nurse, &Signing::with(&nurse).unwrap(), now).unwrap();
    let mut document = third.document;
    world.carry(&mut document, "tsa-ecdsa", Level::T, now);
    world.carry(&mut document, "tsa-ecdsa", Level::A, world.day(2));
    let report = world.alone(&document, world.year(6));
    assert_eq!(document.signatures().len(), 2);
    for signature in report.signatures.iter().filter(|s| s.countersigns.is_none()) {
        assert_eq!((signature.indication, signature.sub_indication), PASSED, "{:#?}", signature.checks);
    }
    assert!(report.signatures.iter().any(|s| s.countersigns == Some(id)));
}

#[test]
fn who_may_not_sign_does_not() {
    let world = World::new();
    let setup = world.setup(&[]);
    let attempt = |name: &str, usage: Usage| {
        let token = SoftToken::new(&world.pki, name);
        let signing = Signing { usage, ..Signing::with(&token).unwrap() };
        sign(&setup, &Content::bytes(CONTENT), &token, &signing, world.day(0))
            .map(|s| s.days_left(world.day(0)))
    };
    assert!(matches!(
        attempt("doctor-expired", Usage::NonRepudiation),
        Err(Error::CertificateExpired { .. })
    ));
    assert!(matches!(
        attempt("doctor-future", Usage::NonRepudiation),
        Err(Error::CertificateNotYetValid { .. })
    ));
    assert!(matches!(
        attempt("doctor-authentication", Usage::NonRepudiation),
        Err(Error::AuthenticationCertificate)
    ));
    assert!(attempt("doctor-authentication", Usage::Any).is_ok());
    assert_eq!(attempt("doctor-expiring", Usage::NonRepudiation).unwrap(), 89);
}

#[test]
fn what_the_card_did_is_not_lost_when_the_tsa_is_down() {
    let world = World::new();
    *world.faults.borrow_mut() = Faults::on("/tsa/", Fault::Status(503));
    let signed = world.sign("doctor", "tsa-rsa", Level::A, world.day(0));
    assert!(matches!(signed.extended.stopped, Some(Error::NoTimestamp(_))), "{:?}", signed.extended.stopped);
    assert_eq!(signed.extended.level, Level::Bes);
    *world.faults.borrow_mut() = Faults::none();
    let mut document = signed.document;
    world.carry(&mut document, "tsa-rsa", Level::T, world.day(0));
}

#[test]
fn no_crl_is_asked_for_twice_on_the_way() {
    let world = World::new();
    let mut document = world.sign("doctor", "tsa-ecdsa", Level::T, world.day(0)).document;
    world.asked.borrow_mut().clear();
    world.carry(&mut document, "tsa-ecdsa", Level::A, world.day(2));
    let mut asked = world.asked.borrow().clone();
    asked.retain(|line| line.starts_with("GET"));
    let all = asked.len();
    asked.sort();
    asked.dedup();
    assert_eq!(asked.len(), all, "{:?}", world.asked.borrow());
}

#[test]
fn a_token_is_no_signature() {
    let world = World::new();
    let stamped = keiin::stamp(&world.setup(&["tsa-rsa"]), &Content::bytes(CONTENT), world.day(0)).unwrap();
    let mut document = stamped.document;
    let setup = world.setup(&["tsa-rsa"]);
    assert!(matches!(extend(&setup, &mut document, Goal::NextStep, world.day(0)), Err(Error::NotASignature)));
    assert!(verify(&setup, &document, world.day(0)).report.signatures.is_empty());
}

#[test]
fn revocation_by_ocsp_alone_and_beside_crls() {
    for signer in ["doctor-ocsp-only", "doctor-ocsp"] {
        let world = World::new();
        let document = world.carried(signer, "tsa-ecdsa", world.day(0), Level::A, world.day(2));
        assert_eq!(answer(&world.alone(&document, world.year(6))), PASSED, "{signer}");
    }
}
