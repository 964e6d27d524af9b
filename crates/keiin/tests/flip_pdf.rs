// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One byte flipped anywhere in a PDF at ES-A is noticed, or is spelt otherwise in the last token's place and says the same.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test that cannot go on stops

mod noticed;
mod world;

use std::ops::Range;

use keiin::{
    Document, Level, Signing,
    pades::{PadesIntent, Reserve},
    sign_pdf,
};
use keiin_testkit::{SoftToken, empty_page};
use noticed::{Original, unsigned};
use world::World;

/// Signature, DSS and document time-stamp in it.
fn signed(world: &World) -> Document {
    world.clock.set(world.day(0));
    let token = SoftToken::new(&world.pki, "doctor-ec");
    let signing = Signing { level: Level::T, ..Signing::with(&token).unwrap() };
    let pades = PadesIntent { reserve: Reserve::Octets(4_500), ..PadesIntent::default() };
    let document = Document::read(empty_page(), None).unwrap();
    let setup = world.setup(&["tsa-ecdsa"]);
    let made = sign_pdf(&setup, document, &token, &signing, &pades, world.day(0)).unwrap();
    assert!(made.extended.stopped.is_none(), "{}", made.extended.stopped.unwrap());
    let mut document = made.document;
    world.carry(&mut document, "tsa-ecdsa", Level::A, world.day(2));
    assert_eq!(document.signatures()[0].format, "PAdES-BASELINE-LTA");
    document
}

/// What stands between the angle brackets of the last /Contents: the token, then the zeros behind it.
struct Last {
    digits: Range<usize>,
    token: Vec<u8>,
}

impl Last {
    fn of(bytes: &[u8]) -> Self {
        let at = |needle: &[u8]| bytes.windows(needle.len()).rposition(|window| window == needle).unwrap();
        let start = at(b"/Contents<") + b"/Contents<".len();
        let end = start + bytes[start..].iter().position(|octet| *octet == b'>').unwrap();
        let digits = std::str::from_utf8(&bytes[start..end]).unwrap();
        let octets =
            (0..digits.len() / 2).map(|i| u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).unwrap());
        let token = octets.collect::<Vec<_>>();
        Self { digits: start..end, token }
    }
}

#[test]
fn every_byte_of_a_small_file() {
    let world = World::new();
    let document = signed(&world);
    let bytes = document.as_bytes();
    let last = Last::of(bytes);
    let policy = world.offline().policy;
    let original = Original::new(bytes, &policy, world.day(30));
    let positions: Vec<_> = (0..bytes.len()).collect();
    let flipped = original.flip(&positions, |position| 1 << (position % 8));

    // Where the document time-stamp is over an octet, nothing may go unnoticed: that is all but the last /Contents.
    let unnoticed: Vec<_> = flipped.iter().filter(|flip| !flip.noticed).map(|flip| flip.position).collect();
    println!("{} octets flipped: {} unnoticed", bytes.len(), unnoticed.len());
    let free = unsigned(bytes, &last.token, &policy, |octet| last.digits.start + 2 * octet + 1);
    for position in unnoticed {
        assert!(last.digits.contains(&position), "octet {position} of {}", bytes.len());
        let octet = (position - last.digits.start) / 2;
        let pattern = 1 << (position % 8);
        let same_digit = bytes[position].is_ascii_alphabetic() && pattern == 0x20;
        let is_free = free.iter().any(|part| part.contains(&octet));
        assert!(same_digit || is_free, "octet {octet} of the token ({position} of the file)");
    }
}
