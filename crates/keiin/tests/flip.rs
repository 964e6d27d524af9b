// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One byte flipped anywhere in an ES-A file is noticed, or stands where nothing is protected.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test that cannot go on stops

mod world;

use std::{ops::Range, thread};

use keiin::{Document, Level, Setup, validate::Policy, verify};
use keiin_model::{Check, Indication, Report, Time};
use keiin_pki::cms::SignedData;
use world::{Answer, World, answer};

/// What a person is shown: the verdict, each check with its outcome, and the defects of what was read.
fn shown(document: &Document, report: &Report) -> String {
    let mut out = format!("{:?}\n", answer(report));
    for facts in document.signatures() {
        out.push_str(&format!("{} {:?}\n", facts.format, facts.defects));
        for stamp in &facts.timestamps {
            out.push_str(&format!("{:?} {:?}\n", stamp.defects, stamp.token.defects));
        }
    }
    for signature in &report.signatures {
        outcomes(&signature.checks, &mut out);
        for stamp in &signature.timestamps {
            out.push_str(&format!("{:?} {} {}\n", stamp.indication, stamp.time, stamp.id));
            outcomes(&stamp.checks, &mut out);
        }
    }
    out
}

fn outcomes(checks: &[Check], out: &mut String) {
    for check in checks {
        out.push_str(&format!("{:?} {} {:?}\n", check.outcome, check.id, check.object));
        outcomes(&check.children, out);
    }
}

/// The verdict after a flip, when there is one, and whether it looks as before.
struct Flipped {
    position: usize,
    passed: bool,
    noticed: bool,
}

fn judge(setup: &Setup<'_>, bytes: Vec<u8>, at: Time) -> Option<(Answer, String)> {
    let document = Document::read(bytes, None).ok()?;
    let report = verify(setup, &document, at).report;
    if report.signatures.is_empty() {
        return None;
    }
    Some((answer(&report), shown(&document, &report)))
}

fn flip_all(policy: &Policy, bytes: &[u8], positions: &[usize], at: Time) -> Vec<Flipped> {
    let (good, original) = judge(&Setup::offline(policy.clone()), bytes.to_vec(), at).unwrap();
    assert_eq!(good, (Indication::TotalPassed, None));
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = positions.len().div_ceil(threads);
    thread::scope(|scope| {
        let run = |share: &[usize]| {
            let setup = Setup::offline(policy.clone());
            let flip = |position: usize| {
                let mut flipped = bytes.to_vec();
                flipped[position] ^= 1 << (position % 8);
                match judge(&setup, flipped, at) {
                    None => Flipped { position, passed: false, noticed: true },
                    Some((verdict, shown)) => {
                        Flipped { position, passed: verdict == good, noticed: shown != original }
                    }
                }
            };
            share.iter().map(|position| flip(*position)).collect::<Vec<_>>()
        };
        let handles: Vec<_> = positions.chunks(share).map(|share| scope.spawn(move || run(share))).collect();
        handles.into_iter().flat_map(|handle| handle.join().unwrap()).collect()
    })
}

/// The parts of a SignedData that neither the signature nor an archive-time-stamp-v3 covers: its version and
/// digestAlgorithms (EN 319 122-1, 5.5.3: the imprint is over eContentType, the content's digest, the SignerInfo's fields and
/// the hash index), and the identifier of eContent, whose value alone is digested (RFC 5652, 5.4).
fn unprotected(bytes: &[u8]) -> Vec<Range<usize>> {
    let signed = SignedData::read(bytes).unwrap();
    let content = signed.encapsulated.content.unwrap();
    vec![
        signed.version.range(),
        signed.digest_algorithms.range(),
        content.offset()..content.content_range().start,
    ]
}

/// Flips octets and gives the positions of those that changed nothing that is shown.
fn unnoticed(world: &World, bytes: &[u8], positions: &[usize], at: Time) -> Vec<usize> {
    let flipped = flip_all(&world.offline().policy, bytes, positions, at);
    let free = unprotected(bytes);
    let is_free = |f: &&Flipped| free.iter().any(|range| range.contains(&f.position));
    let silent: Vec<_> = flipped.iter().filter(|f| !f.noticed && !is_free(f)).map(|f| f.position).collect();
    let passed = flipped.iter().filter(|f| f.passed).count();
    println!("{} of {} octets flipped: {passed} left TOTAL_PASSED", positions.len(), bytes.len());
    silent
}

#[test]
fn every_byte_of_a_small_file() {
    let world = World::new();
    let document = world.carried("doctor-ec", "tsa-ecdsa", world.day(0), Level::A, world.day(2));
    let bytes = document.as_bytes();
    let positions: Vec<_> = (0..bytes.len()).collect();
    assert_eq!(unnoticed(&world, bytes, &positions, world.day(30)), Vec::<usize>::new());
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
    assert_eq!(unnoticed(&world, bytes, &positions, world.day(41)), Vec::<usize>::new());
}
