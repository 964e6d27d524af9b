// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What time does to a signature: the indication and sub-indication of EN 319 102-1, and the next action.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test that cannot go on stops

mod world;

use keiin::{
    Content, Level, Setup, Signing, sign,
    validate::{AlgorithmTable, RevocationFreshness},
};
use keiin_model::{DigestAlgorithm, Indication, NextStep, SubIndication, Time};
use keiin_testkit::{Fault, Faults, SoftToken};
use world::{CONTENT, World, answer, first, next};

const PASSED: world::Answer = (Indication::TotalPassed, None);
const fn indeterminate(sub: SubIndication) -> world::Answer {
    (Indication::Indeterminate, Some(sub))
}

#[test]
fn a_signer_revoked_before_the_time_stamp() {
    let world = World::new();
    // Signed on day 0, revoked on day 30, time-stamped never: nothing proves that it was signed before.
    let bare = world.sign("doctor-revoked", "tsa-rsa", Level::Bes, world.day(0)).document;
    let report = world.online(&bare, world.day(40));
    assert_eq!(answer(&report), indeterminate(SubIndication::RevokedNoPoe));
    assert_eq!(next(&report), [NextStep::SignAgain]);

    // Time-stamped only after the revocation: the standard's word is REVOKED_NO_POE still (5.5.4, 4 a).
    let late = world.sign("doctor-revoked", "tsa-rsa", Level::T, world.day(35));
    let report = world.online(&late.document, world.day(40));
    assert_ne!(answer(&report).0, Indication::TotalPassed);
}

#[test]
fn a_signer_revoked_after_the_time_stamp() {
    let world = World::new();
    for signer in ["doctor-revoked", "doctor-compromised"] {
        let stamped = world.sign(signer, "tsa-rsa", Level::T, world.day(20)).document;
        let report = world.online(&stamped, world.day(40));
        assert_eq!(answer(&report), PASSED, "{signer}");
        assert!(
            first(&report)
                .signer
                .as_ref()
                .unwrap()
                .revocation
                .iter()
                .any(|r| r.revoked_at == Some(world.pki.start().plus_days(30)))
        );
    }
}

#[test]
fn an_expired_chain_with_and_without_es_a() {
    let world = World::new();
    // This doctor's certificate ends on day 90.
    let sealed = world.carried("doctor-expiring", "tsa-ecdsa", world.day(0), Level::A, world.day(2));
    let bare = world.sign("doctor-expiring", "tsa-ecdsa", Level::Bes, world.day(0)).document;
    let at = world.day(200);
    assert_eq!(answer(&world.alone(&sealed, at)), PASSED);
    assert_eq!(answer(&world.online(&sealed, at)), PASSED);
    ended_without_proof(&world, &bare, at, world.day(80));
}

/// A CRL of after a certificate's end need not speak of it any more (RFC 5280, 3.3), so today its status is unknown. With
/// one of before, and a policy that takes it, it is seen that only the proof is missing, and that can never be had.
fn ended_without_proof(world: &World, document: &keiin::Document, at: Time, before_end: Time) {
    let report = world.online(document, at);
    assert_eq!(first(&report).indication, Indication::Indeterminate, "{}", world::tree(&report));
    let mut setup = world.setup(&[]);
    setup.policy.signer_freshness = RevocationFreshness::Any;
    assert!(setup.supply(world.pki.crl("signing-ca", before_end)));
    let report = keiin::verify(&setup, document, at).report;
    assert_eq!(
        answer(&report),
        indeterminate(SubIndication::OutOfBoundsNotRevoked),
        "{}",
        world::tree(&report)
    );
    assert_eq!(next(&report), [NextStep::SignAgain]);
}

#[test]
fn a_time_stamp_later_than_the_certificates_end() {
    let world = World::new();
    // Signed while the certificate was good, stamped after it had ended: pyHanko calls this valid.
    let mut document = world.sign("doctor-expiring", "tsa-ecdsa", Level::Bes, world.day(80)).document;
    let bytes = document.as_bytes().to_vec();
    // keiin's own extend refuses to make it, so it is put together by hand.
    let at = world.day(100);
    world.clock.set(at);
    let refused =
        keiin::extend(&world.setup(&["tsa-ecdsa"]), &mut document, keiin::Goal::Level(Level::T), at).unwrap();
    assert!(
        refused.stopped.is_some(),
        "{:#?}",
        first(&world.online(&keiin::Document::read(bytes.clone(), None).unwrap(), at)).next
    );
    assert_eq!(document.as_bytes(), bytes);
    let late = stamped_by_hand(&world, &bytes, at);
    ended_without_proof(&world, &late, world.day(101), world.day(85));
}

fn stamped_by_hand(world: &World, bytes: &[u8], at: Time) -> keiin::Document {
    use keiin_model::{Container as _, Target};
    let mut cades = keiin::cades::Cades::read(bytes.to_vec(), None).unwrap();
    let id = cades.signatures()[0].id;
    let pending = cades.begin_timestamp(Target::Signature { id }, DigestAlgorithm::Sha256).unwrap();
    let token = world.pki.tsa("tsa-ecdsa").stamp(pending.algorithm, &pending.imprint, at);
    cades.finish_timestamp(&pending, &token).unwrap();
    keiin::Document::read(cades.as_bytes().to_vec(), None).unwrap()
}

#[test]
fn an_expired_tsa_with_and_without_renewal() {
    let world = World::new();
    // The certificate of `tsa-expiring` ends on day 90.
    let mut sealed = world.carried("doctor", "tsa-expiring", world.day(0), Level::A, world.day(2));
    assert_eq!(answer(&world.alone(&sealed, world.day(60))), PASSED);
    // The signer is still good, so online the ended time-stamp costs only the proof.
    let unrenewed = world.online(&sealed, world.year(6));
    assert_eq!(first(&unrenewed).indication, Indication::Indeterminate, "{:?}", answer(&unrenewed));
    world.clock.set(world.day(80));
    let renewed =
        keiin::renew(&world.setup(&["tsa-ecdsa"]), &mut sealed, keiin::Renewal::default(), world.day(80))
            .unwrap();
    assert!(renewed.stopped.is_none(), "{}", renewed.stopped.unwrap());
    for at in [world.year(1), world.year(6)] {
        let report = world.online(&sealed, at);
        assert_eq!(answer(&report), PASSED, "{}", world::tree(&report));
    }
}

#[test]
fn a_crl_older_than_the_signature() {
    let world = World::new();
    let document = world.sign("doctor", "tsa-ecdsa", Level::T, world.day(1)).document;
    *world.faults.borrow_mut() = Faults::on("/crl/", Fault::Stale(1));
    world.clock.set(world.day(1).plus_seconds(3600));
    let now = world.clock.get();
    let strict = world.setup(&[]);
    let report = keiin::verify(&strict, &document, now).report;
    assert_eq!(answer(&report), indeterminate(SubIndication::TryLater));
    let action = &first(&report).next[0];
    assert_eq!(action.step, NextStep::GetRevocation);
    assert!(action.not_before.is_some_and(|t| t >= world.day(1)), "{action:?}");

    let mut relaxed: Setup<'_> = world.setup(&[]);
    relaxed.policy.signer_freshness = RevocationFreshness::Any;
    assert_eq!(answer(&keiin::verify(&relaxed, &document, now).report), PASSED);

    *world.faults.borrow_mut() = Faults::none();
    assert_eq!(answer(&world.online(&document, world.day(3))), PASSED, "the next CRL settles it");
}

#[test]
fn sha_256_then_and_after_its_end() {
    // A table in which SHA-256 ends after twelve years stands for what SHA-1 was.
    let world = World::new();
    let table = |until: i64| {
        let mut table = AlgorithmTable::cryptrec();
        for row in &mut table.digests {
            if row.algorithm == DigestAlgorithm::Sha256 {
                row.until = Some(world.year(until));
            }
        }
        table
    };
    let token = SoftToken::new(&world.pki, "doctor");
    let signing = Signing { level: Level::T, ..Signing::with(&token).unwrap() };
    let mut document =
        sign(&world.setup(&["tsa-ecdsa"]), &Content::bytes(CONTENT), &token, &signing, world.day(0))
            .unwrap()
            .document;
    let judged = |document: &keiin::Document, until: i64, year: i64| {
        let mut setup = world.offline();
        setup.policy.algorithms = table(until);
        keiin::verify(&setup, document, world.year(year)).report
    };
    world.carry(&mut document, "tsa-ecdsa", Level::A, world.day(2));
    assert_eq!(answer(&judged(&document, 4, 3)), PASSED, "then");
    let now = judged(&document, 4, 6);
    assert_eq!(first(&now).indication, Indication::Indeterminate, "now");
    // Sealed again with SHA-512 while SHA-256 was still good, it stands.
    world.clock.set(world.year(3));
    let stronger = keiin::Renewal { digest: Some(DigestAlgorithm::Sha512) };
    let mut setup = world.setup(&["tsa-ecdsa384"]);
    setup.policy.algorithms = table(4);
    let renewed = keiin::renew(&setup, &mut document, stronger, world.year(3)).unwrap();
    assert!(renewed.stopped.is_none(), "{}", renewed.stopped.unwrap());
    let again = judged(&document, 4, 6);
    assert_eq!(answer(&again), PASSED, "{:#?}", first(&again).checks);
}

#[test]
fn a_certificate_signed_with_sha_1_does_not_stand_today() {
    let world = World::new();
    let document = world.sign("doctor-sha1", "tsa-ecdsa", Level::T, world.day(0)).document;
    let report = world.online(&document, world.day(2));
    assert_eq!(first(&report).indication, Indication::Indeterminate);
    assert!(
        matches!(
            first(&report).sub_indication,
            Some(SubIndication::CryptoConstraintsFailureNoPoe | SubIndication::CryptoConstraintsFailure)
        ),
        "{:?}",
        answer(&report)
    );
}

#[test]
fn a_certificate_on_hold_is_waited_for() {
    let world = World::new();
    let document = world.sign("doctor-hold-lifted", "tsa-ecdsa", Level::T, world.day(12)).document;
    assert_eq!(answer(&world.online(&document, world.day(14))), indeterminate(SubIndication::TryLater));
    assert_eq!(answer(&world.online(&document, world.day(22))), PASSED);
}
