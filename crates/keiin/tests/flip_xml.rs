// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One byte flipped anywhere in a XAdES-A file, our prescription and somebody else's, is noticed, or stands where nothing
//! covers it.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods
)]

mod noticed;
mod world;

use std::{fs, ops::Range, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use keiin::{
    Content, Document, Goal, Level, Profile, Signing, TrustSource, extend, sign_all,
    validate::{Policy, RevocationFreshness},
};
use keiin_model::{Covered, Extent, Time};
use keiin_testkit::{SoftToken, corpus};
use noticed::{Flip, Original, unsigned};
use world::World;

const FILE: &str = "dss-xades/validation/dss3732/xades-enveloping-arcTst132.xml";
/// The records that a prescription is made of.
const CSV: &str = "SJ1\n1,1,8000010,99,検証用病院\n201,1,1,2,620008893,アムロジピン錠5mg,3,1,錠,1\n";

/// The roots and the time that the reference used.
fn case(folder: &Path) -> (Policy, Time) {
    let manifest = fs::read(folder.join("manifest.json")).unwrap();
    let entries: Vec<serde_json::Value> = serde_json::from_slice(&manifest).unwrap();
    let entry = entries.iter().find(|entry| entry["file"] == FILE).unwrap();
    let roots = entry["roots"].as_array().unwrap().iter();
    let anchors: Vec<_> = roots
        .map(|root| folder.join("roots").join(format!("{}.crt", root.as_str().unwrap())))
        .flat_map(|path| TrustSource::Path(path).anchors().unwrap())
        .collect();
    let mut policy = Policy::general(anchors.clone(), anchors);
    policy.tsa_freshness = RevocationFreshness::Any;
    (policy, entry["soon"]["at"].as_str().unwrap().parse().unwrap())
}

/// The token of the last archive time-stamp, which covers itself but for its free parts.
struct Last {
    digits: Range<usize>,
    free: Vec<Range<usize>>,
}

impl Last {
    fn of(text: &str, archive: usize, policy: &Policy) -> Self {
        let start = archive + text[archive..].find("EncapsulatedTimeStamp").unwrap();
        let start = start + text[start..].find('>').unwrap() + 1;
        let digits = start..start + text[start..].find('<').unwrap();
        let token = STANDARD.decode(&text[digits.clone()]).unwrap();
        let free = unsigned(text.as_bytes(), &token, policy, |octet| start + octet * 4 / 3);
        Self { digits, free }
    }

    /// Whether a digit has bits of an octet that is free; six bits a digit.
    fn is_free(&self, position: usize) -> bool {
        let digit = position - self.digits.start;
        let octets = digit * 6 / 8..=(digit * 6 + 5) / 8;
        self.free.iter().any(|part| octets.clone().any(|octet| part.contains(&octet)))
    }
}

/// What the archive time-stamp of the file covers: the signature's own elements, what stands before the time-stamp, every
/// ds:Object but that of the properties; and the time-stamp's token, which covers itself. Beside that stand tags, the XML
/// declaration and the time-stamp's container.
fn covered(text: &str) -> Vec<Range<usize>> {
    let between = |open: &str, close: &str| {
        let start = text.find(open).unwrap();
        start..start + text[start..].find(close).unwrap() + close.len()
    };
    let archive = text.rfind("<xades:ArchiveTimeStamp").unwrap();
    let token = archive + text[archive..].find("<xades:EncapsulatedTimeStamp").unwrap();
    let token = token + text[token..].find('>').unwrap() + 1;
    let object = text.find("<ds:Object Id=\"o-").unwrap();
    vec![
        between("<ds:SignedInfo", "</ds:SignedInfo>"),
        between("<ds:SignatureValue", "</ds:SignatureValue>"),
        between("<ds:KeyInfo", "</ds:KeyInfo>"),
        between("<xades:SignedProperties", "</xades:SignedProperties>"),
        text.find("<xades:SignatureTimeStamp").unwrap()..archive,
        token..token + text[token..].find('<').unwrap(),
        object..object + text[object..].find("</ds:Object>").unwrap(),
    ]
}

/// Octets inside tags that canonical forms do not have: white space, and quotes of the other kind.
fn same_canonical(original: &[u8], flipped: &[u8]) -> bool {
    let form = |octets: &[u8]| {
        keiin::xades::canonicalize(octets, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments")
            .ok()
    };
    form(original).is_some_and(|one| form(flipped) == Some(one))
}

fn pattern(position: usize) -> u8 {
    1 << (position % 7) // ASCII stays ASCII
}

/// Flips every octet and gives those of which nobody says anything.
fn unnoticed(bytes: &[u8], policy: &Policy, at: Time) -> Vec<usize> {
    let positions: Vec<_> = (0..bytes.len()).collect();
    let flipped = Original::new(bytes, policy, at).flip(&positions, pattern);
    let silent: Vec<_> =
        flipped.iter().filter(|flip| !flip.noticed).map(|Flip { position, .. }| *position).collect();
    println!("{} octets flipped: {} unnoticed", bytes.len(), silent.len());
    silent
}

#[test]
fn every_byte_of_somebody_elses_file() {
    let Some(folder) = corpus::part("dss") else { return };
    let bytes = fs::read(folder.join(FILE)).unwrap();
    let (policy, at) = case(&folder);
    let text = std::str::from_utf8(&bytes).unwrap();
    let (covered, last) =
        (covered(text), Last::of(text, text.rfind("<xades:ArchiveTimeStamp").unwrap(), &policy));
    let is_covered = |position: &usize| covered.iter().any(|range| range.contains(position));
    let changes = |position: &usize| {
        let mut flipped = bytes.clone();
        flipped[*position] ^= pattern(*position);
        !same_canonical(&bytes, &flipped)
    };
    let is_free = |position: &usize| last.digits.contains(position) && last.is_free(*position);
    let silent = unnoticed(&bytes, &policy, at).into_iter().filter(is_covered).filter(changes);
    let silent = silent.filter(|position| !is_free(position));
    assert_eq!(silent.collect::<Vec<_>>(), Vec::<usize>::new());
}

/// A prescription at ES-A, made of its CSV.
fn prescription(world: &World) -> Document {
    world.clock.set(world.day(0));
    let token = SoftToken::new(&world.pki, "doctor-ec");
    let form = Profile::Eprescription.lay_out(&[Content::bytes(CSV.as_bytes())]).unwrap();
    let plain = Signing::with(&token).unwrap();
    let signing = Signing { format: form.format, roles: form.roles, level: Level::T, ..plain };
    let mut setup = world.setup(&["tsa-ecdsa"]);
    setup.supply(world.pki.certificate("signing-ca")); // the form has its signer's certificate alone
    let signed = sign_all(&setup, &form.contents, &token, &signing, world.day(0)).unwrap();
    assert!(signed.extended.stopped.is_none(), "{}", signed.extended.stopped.unwrap());
    let mut document = signed.document;
    world.clock.set(world.day(2));
    let extended = extend(&setup, &mut document, Goal::Level(Level::A), world.day(2)).unwrap();
    assert!(extended.stopped.is_none(), "{}", extended.stopped.unwrap());
    assert_eq!(document.signatures()[0].format, "XAdES-A");
    document
}

/// The element with an id, from its first angle bracket to its last.
fn element(text: &str, id: &str) -> Range<usize> {
    let attribute = text.find(&format!("d=\"{id}\"")).unwrap(); // Id or id
    let start = text[..attribute].rfind('<').unwrap();
    let name = text[start + 1..].split([' ', '>']).next().unwrap();
    let end = format!("</{name}>");
    start..start + text[start..].find(&end).unwrap() + end.len()
}

#[test]
fn every_byte_of_a_prescription() {
    let world = World::new();
    let document = prescription(&world);
    let bytes = document.as_bytes();
    let text = std::str::from_utf8(bytes).unwrap();

    // What the report says to be covered by references: three elements, and not the document.
    let covers: Vec<Covered> =
        document.signatures()[0].data.iter().map(|data| data.covered.clone().unwrap()).collect();
    assert!(covers.iter().all(|covered| covered.extent == Extent::Element), "{covers:?}");
    let ids: Vec<_> = covers.iter().map(|covered| covered.id.clone().unwrap()).collect();
    let mut covered: Vec<_> = ids.iter().map(|id| element(text, id)).collect();
    assert_eq!(covered.len(), 3, "{covers:?}");

    // What the archive time-stamp covers beside them (EN 319 132-1, 5.5.2.2), and its own token.
    let archive = text[..text.find("ArchiveTimeStamp").unwrap()].rfind('<').unwrap();
    let between = |open: &str, close: &str| text.find(open).unwrap()..text.find(close).unwrap() + close.len();
    covered.push(between("<xs:SignedInfo", "</xs:SignedInfo>"));
    covered.push(between("<xs:SignatureValue", "</xs:SignatureValue>"));
    covered.push(text.find("<xa:SignatureTimeStamp").unwrap()..archive);
    let policy = world.offline().policy;
    let token = Last::of(text, archive, &policy);
    for position in unnoticed(bytes, &policy, world.day(30)) {
        let inside = covered.iter().any(|range| range.contains(&position));
        let stamped = token.digits.contains(&position) && !token.is_free(position);
        let near = &text[position.saturating_sub(40)..(position + 40).min(text.len())];
        assert!(!inside && !stamped, "octet {position}: {near}");
    }
}
