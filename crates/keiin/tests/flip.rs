// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One byte flipped anywhere in an ES-A file is noticed, or stands where nothing is protected.
#![allow(missing_docs)]

mod world;

use std::{collections::BTreeMap, ops::Range};

use keiin::{Document, Level, Setup, verify};
use keiin_model::{Indication, Report};
use keiin_pki::{
    cms::{SignedData, oid},
    der::Element,
};
use world::{World, answer};

/// What a verifier is shown: anything in it that differs is a notice.
#[derive(PartialEq)]
struct Shown {
    facts: String,
    report: String,
}

fn shown(document: &Document, report: &Report) -> Shown {
    let facts = serde_json::to_string(&document.facts()).unwrap();
    Shown { facts, report: serde_json::to_string(report).unwrap() }
}

/// Octets that no digest and no signature covers, by name. They are in unsigned attributes of tokens, or they say how
/// long something is in a way that has a second spelling.
fn unprotected(bytes: &[u8]) -> Vec<(Range<usize>, &'static str)> {
    let signed = SignedData::read(bytes).unwrap();
    let mut ranges = Vec::new();
    for info in &signed.signer_infos {
        for attribute in info.unsigned_of(&keiin::cades::attribute_oid::ARCHIVE_TIMESTAMP_V3) {
            for value in &attribute.values {
                ranges.extend(unprotected_in_token(value));
            }
        }
    }
    ranges
}

/// The last archive time-stamp has nothing over it: its own hash index aside, what its TSA did not sign is free.
fn unprotected_in_token(token: &Element<'_>) -> Vec<(Range<usize>, &'static str)> {
    let signed = SignedData::from_element(token).unwrap();
    vec![(signed.digest_algorithms.range(), "digestAlgorithms of the last token")]
}

struct Outcome {
    silent: BTreeMap<usize, u8>,
    still_passed: Vec<usize>,
}

fn flip(
    setup: &Setup<'_>,
    bytes: &[u8],
    positions: impl Iterator<Item = usize>,
    at: keiin_model::Time,
) -> Outcome {
    let judge = |bytes: Vec<u8>| {
        let document = Document::read(bytes, None).ok()?;
        let report = verify(setup, &document, at).report;
        Some((answer_of(&report), shown(&document, &report)))
    };
    let (good, original) = judge(bytes.to_vec()).unwrap();
    assert_eq!(good, Some(Indication::TotalPassed));
    let mut outcome = Outcome { silent: BTreeMap::new(), still_passed: Vec::new() };
    for position in positions {
        let mut flipped = bytes.to_vec();
        let mask = 1u8 << (position % 8);
        flipped[position] ^= mask;
        match judge(flipped) {
            None => {}
            Some((answer, shown)) => {
                if answer == Some(Indication::TotalPassed) {
                    outcome.still_passed.push(position);
                }
                if shown == original {
                    outcome.silent.insert(position, mask);
                }
            }
        }
    }
    outcome
}

fn answer_of(report: &Report) -> Option<Indication> {
    report.signatures.first().map(|s| s.indication)
}

#[test]
fn every_byte_of_a_small_file() {
    let world = World::new();
    let document = world.carried("doctor-ec", "tsa-ecdsa", world.day(0), Level::A, world.day(2));
    let bytes = document.as_bytes().to_vec();
    let at = world.day(30);
    let setup = world.offline();
    assert_eq!(answer(&verify(&setup, &document, at).report).0, Indication::TotalPassed);
    let outcome = flip(&setup, &bytes, 0..bytes.len(), at);
    let free = unprotected(&bytes);
    let _ = oid::SIGNED_DATA;
    println!(
        "{} bytes: {} flips left the verdict at TOTAL_PASSED, {} were not noticed at all",
        bytes.len(),
        outcome.still_passed.len(),
        outcome.silent.len()
    );
    println!("passed {:?}", outcome.still_passed);
    std::fs::write("/tmp/facade_flip.p7s", &bytes).unwrap();
    for (position, mask) in &outcome.silent {
        let named = free.iter().find(|(range, _)| range.contains(position));
        println!(
            "{position} ^ {mask:02x}: {named:?} {:02x?}",
            &bytes[position.saturating_sub(8)..(position + 4).min(bytes.len())]
        );
    }
    assert!(outcome.silent.is_empty());
}
