// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One byte flipped anywhere in an ES-A file is noticed, or stands where nothing is protected.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test that cannot go on stops

mod noticed;
mod world;

use std::ops::Range;

use keiin::{Document, Level, validate::Policy};
use keiin_model::Time;
use keiin_pki::cms::SignedData;
use noticed::{Flip, Original, unsigned};
use world::World;

/// The parts of a SignedData that neither the signature nor an archive-time-stamp-v3 covers: its version and
/// digestAlgorithms (EN 319 122-1, 5.5.3: the imprint is over eContentType, the content's digest, the SignerInfo's fields and
/// the hash index), and the identifier of eContent, whose value alone is digested (RFC 5652, 5.4). The same of the last
/// archive-time-stamp-v3, with the certificates in it that stand elsewhere too.
fn unprotected(document: &Document, policy: &Policy) -> Vec<Range<usize>> {
    let signed = SignedData::read(document.as_bytes()).unwrap();
    let content = signed.encapsulated.content.unwrap();
    let last = signed.signer_infos[0].unsigned.last().unwrap().values[0];
    let token =
        unsigned(document.as_bytes(), last.bytes(), policy, |octet| last.offset() + octet).into_iter();
    let own = [
        signed.version.range(),
        signed.digest_algorithms.range(),
        content.offset()..content.content_range().start,
    ];
    token.map(|part| last.offset() + part.start..last.offset() + part.end).chain(own).collect()
}

/// Flips octets and gives the positions of those that changed nothing that is shown, though they are protected.
fn silent(world: &World, document: &Document, positions: &[usize], at: Time) -> Vec<usize> {
    let bytes = document.as_bytes();
    let policy = world.offline().policy;
    let original = Original::new(bytes, &policy, at);
    let flipped = original.flip(positions, |position| 1 << (position % 8));
    let free = unprotected(document, &policy);
    let is_free = |flip: &&Flip| free.iter().any(|part| part.contains(&flip.position));
    let unnoticed: Vec<_> = flipped.iter().filter(|flip| !flip.noticed).collect();
    println!("{} of {} octets flipped: {} unnoticed", positions.len(), bytes.len(), unnoticed.len());
    unnoticed.into_iter().filter(|flip| !is_free(flip)).map(|flip| flip.position).collect()
}

#[test]
fn every_byte_of_a_small_file() {
    let world = World::new();
    let document = world.carried("doctor-ec", "tsa-ecdsa", world.day(0), Level::A, world.day(2));
    let bytes = document.as_bytes();
    let positions: Vec<_> = (0..bytes.len()).collect();
    assert_eq!(silent(&world, &document, &positions, world.day(30)), Vec::<usize>::new());
}

#[test]
fn ten_thousand_bytes_of_a_larger_file() {
    let world = World::new();
    let mut document = world.carried("doctor", "tsa-rsa", world.day(0), Level::A, world.day(2));
    for day in [20, 40] {
        world.clock.set(world.day(day));
        let setup = world.setup(&["tsa-ecdsa"]);
        let renewed = keiin::renew(&setup, &mut document, keiin::Renewal::default(), world.day(day)).unwrap();
        assert!(renewed.stopped.is_none(), "{:?}", renewed.stopped);
    }
    let bytes = document.as_bytes();
    // A fixed walk that visits positions without an order (Knuth's multiplicative hashing).
    let positions: Vec<_> = (1..=10_000u64)
        .map(|i| usize::try_from(i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16).unwrap() % bytes.len())
        .collect();
    assert_eq!(silent(&world, &document, &positions, world.day(41)), Vec::<usize>::new());
}
