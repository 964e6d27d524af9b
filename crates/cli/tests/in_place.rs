// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Large PDFs that are changed in place: only what changes is written, and whatever stops that is taken back.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod cmd;

use std::os::unix::{fs::MetadataExt as _, process::ExitStatusExt as _};

use cmd::{Hospital, Run, TRUST};

const KEIIN: &str = env!("CARGO_BIN_EXE_keiin");
/// Octets of the image: more than are read into memory.
const IMAGE: usize = 9 << 20;

/// A page with a large image.
fn scan() -> Vec<u8> {
    let image = format!(
        "<</Type/XObject/Subtype/Image/Width {IMAGE}/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/Length {IMAGE}>>\nstream\n{}\nendstream",
        "x".repeat(IMAGE)
    );
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</Im 4 0 R>>>>>>",
        &image,
    ];
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut table = "xref\n0 5\n0000000000 65535 f \n".to_owned();
    for (index, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", out.len());
        out.extend_from_slice(format!("{} 0 obj\n{object}\nendobj\n", index + 1).as_bytes());
    }
    let start = out.len();
    out.extend_from_slice(table.as_bytes());
    out.extend_from_slice(format!("trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").as_bytes());
    out
}

/// A hospital with a signed scan.
fn hospital() -> Hospital {
    let hospital = Hospital::open();
    hospital.place.write("scan.pdf", scan());
    hospital.keiin("sign scan.pdf {doctor} --in-place").expect(0);
    hospital
}

/// The file that stands there, not its name.
fn inode(hospital: &Hospital) -> u64 {
    std::fs::metadata(hospital.place.path("scan.pdf")).unwrap().ino()
}

fn notes(hospital: &Hospital) -> usize {
    let entries = std::fs::read_dir(hospital.place.folder()).unwrap();
    entries
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".keiin-"))
        .count()
}

fn format(hospital: &Hospital) -> String {
    let found = hospital.keiin("verify --json {trust} --offline scan.pdf").json();
    found["signatures"][0]["format"].as_str().unwrap().to_owned()
}

/// Extends the scan with files that may not grow beyond a size.
fn limited(hospital: &Hospital, octets: usize, before: &str) -> std::process::Output {
    let tsa = hospital.tsa("tsa-ecdsa");
    let extend = format!("{KEIIN} extend scan.pdf --in-place --to es-a {TRUST} --tsa {tsa} --lang en");
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &format!("{before} ulimit -c 0; exec prlimit --fsize={octets} {extend}")]);
    shell.current_dir(hospital.place.folder()).env("HOME", hospital.place.folder());
    shell.stdin(std::process::Stdio::null()).output().unwrap()
}

#[test]
fn every_step_goes_into_the_file_itself() {
    let hospital = hospital();
    let (before, file) = (hospital.place.read("scan.pdf"), inode(&hospital));
    assert!(before.starts_with(&scan()));
    hospital.keiin("extend scan.pdf --in-place {trust} {tsa}").expect(0);
    // The time-stamp went into the room of the signature.
    assert_eq!(hospital.place.read("scan.pdf").len(), before.len());
    assert_eq!(format(&hospital), "PAdES-BASELINE-T");
    let before = hospital.place.read("scan.pdf");
    hospital.keiin("extend scan.pdf --in-place --to es-a {trust} {tsa}").expect(0);
    assert_eq!(format(&hospital), "PAdES-BASELINE-LTA");
    hospital.keiin("renew scan.pdf --in-place {trust} {tsa}").expect(0);
    assert!(hospital.place.read("scan.pdf").starts_with(&before));
    assert_eq!((format(&hospital).as_str(), notes(&hospital)), ("PAdES-BASELINE-LTA", 0));
    assert_eq!(inode(&hospital), file, "it is the same file");
}

#[test]
fn a_full_disk_is_taken_back_at_once() {
    let hospital = hospital();
    let before = hospital.place.read("scan.pdf");
    let run = Run::of(limited(&hospital, before.len() + 3_000, "trap '' XFSZ;")).expect(5);
    assert!(run.err.contains("scan.pdf: the disk is full; nothing was changed"), "{}", run.err);
    assert!(hospital.place.read("scan.pdf") == before);
    assert_eq!(notes(&hospital), 0);
}

#[test]
fn a_change_that_is_killed_is_taken_back_by_the_next() {
    let hospital = hospital();
    let before = hospital.place.read("scan.pdf");
    let killed = limited(&hospital, before.len() + 3_000, "");
    assert!(killed.status.signal().is_some(), "{killed:?}");
    let half = hospital.place.read("scan.pdf");
    assert_eq!((half.len(), notes(&hospital)), (before.len() + 3_000, 1), "it was killed while it wrote");
    let said = hospital.keiin("verify scan.pdf {trust} --offline --lang en");
    assert!(said.err.contains("an unfinished revision stands behind the last one"), "{}", said.err);
    assert!(hospital.place.read("scan.pdf") == half, "who only reads changes nothing");
    let said = hospital.keiin("extend scan.pdf --in-place --to es-a {trust} {tsa} --lang en").expect(0);
    let back =
        format!("an earlier change was cut off; the file was taken back to its {} octets", before.len());
    assert!(said.err.contains(&back), "{}", said.err);
    assert_eq!((format(&hospital).as_str(), notes(&hospital)), ("PAdES-BASELINE-LTA", 0));
    assert!(hospital.place.read("scan.pdf").starts_with(&scan()));
}
