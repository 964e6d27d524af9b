// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One byte flipped anywhere in somebody else's XAdES-A file is noticed, or stands where nothing covers it.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods
)]

use std::{fs, ops::Range, path::Path, thread, time::Instant};

use keiin::{
    Document, Setup, TrustSource,
    validate::{Policy, RevocationFreshness},
    verify,
};
use keiin_model::{Check, Indication, Report, Time};
use keiin_testkit::corpus;

const FILE: &str = "dss-xades/validation/dss3732/xades-enveloping-arcTst132.xml";

/// What a person is shown: the verdict, what is covered, each check with its outcome, and the defects of what was read.
fn shown(document: &Document, report: &Report) -> String {
    let mut out = String::new();
    for facts in document.signatures() {
        out.push_str(&format!("{} {:?} {:?}\n", facts.format, facts.defects, facts.data));
        for stamp in &facts.timestamps {
            out.push_str(&format!("{:?} {:?}\n", stamp.defects, stamp.token.defects));
        }
    }
    for signature in &report.signatures {
        out.push_str(&format!("{:?} {:?}\n", signature.indication, signature.sub_indication));
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

fn judge(setup: &Setup<'_>, bytes: Vec<u8>, at: Time) -> Option<(Indication, String)> {
    let document = Document::read(bytes, None).ok()?;
    let report = verify(setup, &document, at).report;
    let first = report.signatures.first()?.indication;
    Some((first, shown(&document, &report)))
}

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

#[test]
fn every_byte_of_a_small_file() {
    let Some(folder) = corpus::part("dss") else { return };
    let bytes = fs::read(folder.join(FILE)).unwrap();
    let (policy, at) = case(&folder);
    let setup = Setup::offline(policy.clone());
    let (good, original) = judge(&setup, bytes.clone(), at).unwrap();
    assert_eq!(good, Indication::TotalPassed);
    let started = Instant::now();
    for _ in 0..100 {
        judge(&setup, bytes.clone(), at).unwrap();
    }
    println!("a verdict with its text takes {:.2} ms", started.elapsed().as_secs_f64() * 10.0);
    let covered = covered(std::str::from_utf8(&bytes).unwrap());
    let positions: Vec<usize> = (0..bytes.len()).collect();
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = positions.len().div_ceil(threads);
    let (bytes, original) = (&bytes, &original);
    let flipped: Vec<(usize, bool, bool)> = thread::scope(|scope| {
        let run = |share: &[usize]| {
            let setup = Setup::offline(policy.clone());
            let flip = |position: usize| {
                let mut flipped = bytes.clone();
                flipped[position] ^= 1 << (position % 7);
                match judge(&setup, flipped.clone(), at) {
                    None => (position, false, true),
                    Some((verdict, shown)) => {
                        let noticed = shown != *original || same_canonical(bytes, &flipped);
                        (position, verdict == Indication::TotalPassed, noticed)
                    }
                }
            };
            share.iter().map(|position| flip(*position)).collect::<Vec<_>>()
        };
        let handles: Vec<_> = positions.chunks(share).map(|share| scope.spawn(move || run(share))).collect();
        handles.into_iter().flat_map(|handle| handle.join().unwrap()).collect()
    });
    let is_covered = |position: usize| covered.iter().any(|range| range.contains(&position));
    let silent: Vec<_> =
        flipped.iter().filter(|(at, _, noticed)| !noticed && is_covered(*at)).map(|(at, ..)| *at).collect();
    let passed = flipped.iter().filter(|(_, passed, _)| *passed).count();
    let outside = flipped.iter().filter(|(at, _, noticed)| !noticed && !is_covered(*at)).count();
    println!(
        "{} octets flipped: {passed} left TOTAL_PASSED, {outside} of them unnoticed outside all that is covered",
        bytes.len()
    );
    assert!(silent.is_empty(), "{silent:?}");
}
