// SPDX-License-Identifier: Apache-2.0 OR MIT
//! PDFs: what the room that a signature has for its time-stamp costs, and what a store says on wish.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test that cannot go on stops

mod world;

use keiin::{
    Document, Done, Goal, Level, Setup, Signing, extend,
    pades::{PadesIntent, Reserve, Vri},
    renew, sign_pdf,
};
use keiin_model::{Indication, TimestampKind};
use keiin_testkit::{SoftToken, empty_page};
use world::{World, first};

const TSA: &str = "tsa-rsa4096-sha512";

/// Signed with so much room for what comes later, and time-stamped. The steps that were taken, and the TSA's requests.
fn stamped(world: &World, setup: &Setup<'_>, reserve: Reserve) -> (Document, Vec<Done>, usize) {
    let token = SoftToken::new(&world.pki, "doctor");
    let signing = Signing { level: Level::T, ..Signing::with(&token).unwrap() };
    let intent = PadesIntent { reserve, ..PadesIntent::default() };
    world.clock.set(world.day(0));
    let before = world.asked.borrow().len();
    let document = Document::read(empty_page(), None).unwrap();
    let signed = sign_pdf(setup, document, &token, &signing, &intent, world.day(0)).unwrap();
    assert!(signed.extended.stopped.is_none(), "{:?}", signed.extended.stopped);
    let asked = world.asked.borrow()[before..].iter().filter(|request| request.contains("/tsa/")).count();
    (signed.document, signed.extended.steps.into_iter().map(|step| step.done).collect(), asked)
}

#[test]
fn a_token_that_would_not_fit_is_not_asked_for_in_vain() {
    let world = World::new();
    let setup = world.setup(&[TSA]);
    assert_eq!(setup.largest_token.octets(), 0);
    let (_, steps, asked) = stamped(&world, &setup, Reserve::Timestamp);
    assert_eq!(asked, 1);
    assert!(
        matches!(steps.as_slice(), [Done::Timestamped { kind: TimestampKind::Signature, .. }]),
        "{steps:?}"
    );
    assert!(setup.largest_token.octets() > 1_000, "it was measured");
    // A TSA whose tokens are larger than the room is asked once, for a time-stamp over the document.
    setup.largest_token.note(20_000);
    let (document, steps, asked) = stamped(&world, &setup, Reserve::Timestamp);
    assert_eq!(asked, 1);
    assert!(
        matches!(steps.as_slice(), [Done::Timestamped { kind: TimestampKind::Document, .. }]),
        "{steps:?}"
    );
    assert_eq!(document.signatures()[0].format, "PAdES-BASELINE-T");
}

#[test]
fn on_wish_a_store_has_an_entry_for_each_signature() {
    let world = World::new();
    let entries =
        |document: &Document| String::from_utf8_lossy(document.as_bytes()).matches("<</Type/VRI").count();
    for (vri, expected) in [(Vri::LeftOut, 0), (Vri::Written, 2)] {
        let (mut document, ..) = stamped(&world, &world.setup(&[TSA]), Reserve::Timestamp);
        world.clock.set(world.day(2));
        let mut setup = world.setup(&["tsa-ecdsa"]);
        setup.vri = vri;
        let extended = extend(&setup, &mut document, Goal::Level(Level::A), world.day(2)).unwrap();
        assert!(extended.stopped.is_none(), "{:?}", extended.stopped);
        world.clock.set(world.day(4));
        let mut setup = world.setup(&["tsa-rsa"]);
        setup.vri = vri;
        let renewed = renew(&setup, &mut document, keiin::Renewal::default(), world.day(4)).unwrap();
        assert!(renewed.stopped.is_none(), "{:?}", renewed.stopped);
        assert_eq!(entries(&document), expected);
        let reread = Document::read(document.as_bytes().to_vec(), None).unwrap();
        let report = world.alone(&reread, world.day(5));
        assert_eq!(first(&report).indication, Indication::TotalPassed);
        assert_eq!(reread.signatures()[0].format, "PAdES-BASELINE-LTA");
    }
}
