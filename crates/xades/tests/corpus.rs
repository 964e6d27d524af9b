// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What keiin reads from other people's XML signatures against what EU DSS found in them, and from the Japanese samples
//! against what is known of them. Differences are those of `testdata/dss-differences.tsv`, which `compare.py` holds fresh.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

use std::{collections::BTreeSet, fs, path::Path};

use keiin_model::{SignatureFacts, TimestampFacts, TimestampKind};
use keiin_testkit::corpus;
use keiin_xades::{Content, Detached, Xades};
use serde_json::{Value, json};

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The cases that `compare.py` counts as XAdES, apart from those with a digest alone, which the facade reads.
fn cases(folder: &Path) -> Vec<Value> {
    let manifest = fs::read(folder.join("manifest.json")).unwrap();
    let entries: Vec<Value> = serde_json::from_slice(&manifest).unwrap();
    let is_xml = |entry: &Value| {
        let (file, facts) = (text(&entry["file"]).to_lowercase(), &entry["facts"]);
        let other = file.ends_with(".sce") || file.contains(".asic") || file.contains("evidence-record");
        let records = facts["evidence_records"].as_array().is_some_and(|records| !records.is_empty());
        let format = text(&facts["signatures"][0]["format"]);
        let by_format = format.starts_with("XAdES") || format.starts_with("XML");
        let named = format.is_empty() && file.ends_with(".xml");
        facts["container"].is_null() && !other && !records && (by_format || named)
    };
    entries.into_iter().filter(is_xml).collect()
}

fn detached(entry: &Value, folder: &Path) -> Option<Detached> {
    let list = entry["detached"].as_array()?;
    list.iter().try_fold(Detached::new(), |detached, one| {
        let path = one.as_str()?;
        let octets = fs::read(folder.join(path)).unwrap();
        Some(detached.with(Some(path), Content::Bytes(octets.into())))
    })
}

/// All signatures, counter-signatures behind what they counter-sign.
fn flat<'f>(signatures: &'f [SignatureFacts], out: &mut Vec<&'f SignatureFacts>) {
    for signature in signatures {
        out.push(signature);
        flat(&signature.countersignatures, out);
    }
}

fn bag(values: impl Iterator<Item = Value>) -> Vec<String> {
    let mut all: Vec<_> = values.map(|value| value.to_string()).collect();
    all.sort();
    all
}

fn stamp(facts: &TimestampFacts) -> Value {
    let time: String = facts.time.to_string().chars().take(19).collect();
    let intact = facts.imprint.found().then(|| facts.imprint.intact());
    json!([facts.kind, time, facts.imprint.found(), intact])
}

fn stamp_of(theirs: &Value) -> Value {
    let time: String = text(&theirs["time"]).chars().take(19).collect();
    let intact = (theirs["imprint_found"] == json!(true)).then(|| theirs["imprint_intact"].clone());
    json!([theirs["type"], time, theirs["imprint_found"], intact])
}

type Comparable = (Vec<String>, Vec<String>, String);

fn ours(facts: &SignatureFacts) -> Comparable {
    let data = facts.data.iter().map(|data| json!([data.found(), data.found().then(|| data.intact())]));
    (bag(data), bag(facts.timestamps.iter().map(stamp)), facts.format.clone())
}

fn theirs(signature: &Value) -> Comparable {
    let list = |key: &str| signature[key].as_array().cloned().unwrap_or_default();
    let found = |data: &Value| data["found"] == json!(true);
    let data = list("data");
    let data = data.iter().map(|data| json!([data["found"], found(data).then(|| data["intact"].clone())]));
    (bag(data), bag(list("timestamps").iter().map(stamp_of)), text(&signature["format"]))
}

fn explained() -> BTreeSet<(String, String)> {
    let lines = include_str!("../../../testdata/dss-differences.tsv").lines();
    let known = lines.filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut columns = line.split('\t');
        Some((columns.next()?.to_owned(), columns.next()?.to_owned()))
    });
    known.collect()
}

#[test]
fn facts_agree_with_the_reference_or_are_explained() {
    let Some(folder) = corpus::part("dss") else { return };
    let (known, mut agree, mut bad) = (explained(), 0, Vec::new());
    let cases = cases(&folder);
    for entry in &cases {
        let file = text(&entry["file"]);
        if entry["detached"].as_array().is_some_and(|list| list.iter().any(Value::is_object)) {
            continue;
        }
        let read = Xades::read(fs::read(folder.join(&file)).unwrap(), detached(entry, &folder));
        if !entry["refused"].is_null() {
            assert!(read.is_err(), "{file} is refused");
            continue;
        }
        let Ok(read) = read else {
            bad.push(format!("{file}: {}", read.err().unwrap()));
            continue;
        };
        let mut signatures = Vec::new();
        flat(read.signatures(), &mut signatures);
        // compare.py pairs signatures by signer, which takes a verdict; here by all that is compared.
        let mut mine: Vec<_> = signatures.iter().map(|facts| ours(facts)).collect();
        let list = entry["facts"]["signatures"].as_array().cloned().unwrap_or_default();
        let mut reference: Vec<_> = list.iter().map(theirs).collect();
        mine.sort();
        reference.sort();
        if mine == reference {
            agree += 1;
        } else if !known.iter().any(|(known, _)| *known == file) {
            bad.push(format!("{file}\n  reference {reference:?}\n  ours {mine:?}"));
        }
    }
    println!("{agree} of {} XML cases agree in references, time-stamps and level", cases.len());
    assert!(cases.len() > 90, "the manifest has XML cases");
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

fn sample(folder: &Path, file: &str) -> Xades {
    Xades::read(fs::read(folder.join("samples").join(file)).unwrap(), None).unwrap()
}

/// Every imprint is right, and every reference to the document.
fn assert_intact(document: &Xades) {
    for facts in document.signatures() {
        for data in facts.data.iter().filter(|data| data.actual.is_some()) {
            assert!(data.intact(), "{} {data:?}", facts.format);
        }
        for stamp in &facts.timestamps {
            assert!(stamp.imprint.intact(), "{} {:?} {}", facts.format, stamp.kind, stamp.time);
        }
    }
}

#[test]
fn the_japanese_samples_are_read_as_they_are() {
    let Some(folder) = corpus::part("hpki") else { return };
    let prescription = sample(&folder, "Prescription-004_01.xml");
    assert_intact(&prescription);
    let [doctor] = prescription.signatures() else { panic!("one signature") };
    assert_eq!(doctor.properties.signing_time.unwrap().to_string(), "2022-09-07T08:08:01Z");
    let covered = doctor.data[0].covered.as_ref().unwrap();
    assert_eq!(covered.element, "/Document/Prescription/PrescriptionDocument");

    let dispensing = sample(&folder, "Dispensing-005_03.xml");
    assert_intact(&dispensing);
    let [doctor, pharmacist] = dispensing.signatures() else { panic!("two signatures") };
    let archive = pharmacist.timestamps.iter().find(|t| t.kind == TimestampKind::Archive).unwrap();
    // The dispensing record holds the prescription with its signature and time-stamp: the archive time-stamp proves both.
    for id in [doctor.id, doctor.timestamps[0].id, pharmacist.id, pharmacist.timestamps[0].id] {
        assert!(archive.covers.contains(&id));
    }
    assert!(!archive.covers.contains(&archive.id));
    let stamp = &pharmacist.timestamps[0];
    assert_eq!((stamp.kind, stamp.covers.as_slice()), (TimestampKind::Signature, &[pharmacist.id][..]));

    let scan = sample(&folder, "Scan_20190207203737336_ESXLA.xml");
    assert_intact(&scan);
    let [scan] = scan.signatures() else { panic!("one signature") };
    assert!(scan.data.iter().any(|data| !data.found()), "the scanned pages were not given");
    println!("3 Japanese samples");
}
