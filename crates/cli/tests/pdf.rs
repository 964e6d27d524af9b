// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `keiin sign scan.pdf` and on to a renewed ES-A inside the PDF, over HTTP on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod cmd;

use cmd::Hospital;
use keiin_testkit::empty_page;

fn formats(hospital: &Hospital, arguments: &str) -> Vec<String> {
    let found = hospital.keiin(&format!("verify --json {{trust}} {arguments}")).expect(0).json();
    let signatures = found["signatures"].as_array().unwrap();
    signatures.iter().map(|s| s["format"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_whole_way_inside_the_pdf() {
    let hospital = Hospital::open();
    let place = &hospital.place;
    place.write("健診.pdf", empty_page());
    hospital.keiin("sign 健診.pdf {doctor} --reason 承認 --location JP,東京").expect(0);
    assert_eq!(place.read("健診.pdf"), empty_page(), "the file itself stays");
    assert!(place.read("健診-signed.pdf").starts_with(&empty_page()));
    assert_eq!(formats(&hospital, "健診-signed.pdf"), ["PAdES-BASELINE-B"]);
    hospital.keiin("extend 健診-signed.pdf -o t.pdf {trust} {tsa}").expect(0);
    assert_eq!(formats(&hospital, "t.pdf"), ["PAdES-BASELINE-T"]);
    hospital.keiin("extend t.pdf -o xl.pdf {trust}").expect(0);
    assert_eq!(formats(&hospital, "xl.pdf --offline"), ["PAdES-BASELINE-LT"]);
    let said = hospital.keiin("extend xl.pdf --in-place {trust} {tsa} --lang en").expect(0);
    assert!(said.err.contains("document time-stamp: "), "{}", said.err);
    assert_eq!(formats(&hospital, "xl.pdf --offline"), ["PAdES-BASELINE-LTA"]);
    let said = hospital.keiin("extend xl.pdf --in-place {trust} {tsa} --to es-a --lang en").expect(0);
    assert!(said.err.contains("ES-A already"), "{}", said.err);
    let before = place.read("xl.pdf");
    hospital.keiin("renew xl.pdf -o a2.pdf --digest sha512 {trust} {tsa}").expect(0);
    assert!(place.read("a2.pdf").starts_with(&before));
    assert_eq!(formats(&hospital, "a2.pdf --offline"), ["PAdES-BASELINE-LTA"]);
    // Another signer, up to the level of the first.
    hospital.keiin("sign a2.pdf {doctor} --field 院長 -o two.pdf").expect(0);
    assert_eq!(formats(&hospital, "two.pdf"), ["PAdES-BASELINE-LTA", "PAdES-BASELINE-B"]);
    hospital.keiin("extend two.pdf --in-place --to es-a {trust} {tsa}").expect(0);
    assert_eq!(formats(&hospital, "two.pdf --offline"), ["PAdES-BASELINE-LTA", "PAdES-BASELINE-LTA"]);
}

#[test]
fn what_a_pdf_cannot_have_is_said() {
    let hospital = Hospital::open();
    let place = &hospital.place;
    place.write("a.pdf", empty_page());
    for (arguments, said) in [
        ("sign 処方箋.txt {doctor} --reason x", "--reason is for signatures inside PDFs (PAdES)"),
        ("sign 処方箋.txt {doctor} --format pades", "a PAdES signature goes into a PDF, and this is none"),
        ("sign a.pdf {doctor} --format pades --detached", "a signature inside a PDF cannot be --detached"),
        ("sign a.pdf {doctor} --reason x --commitment approval", "a reason in the PDF and a commitment"),
        ("sign a.pdf {doctor} --field a.b", "is not the name of a signature field"),
        ("sign a.pdf {doctor} --countersign 00", "this is a PDF: its signatures are not counter-signed"),
    ] {
        let run = hospital.keiin(&format!("{arguments} --lang en")).expect(3);
        assert!(run.err.contains(said), "{arguments}: {}", run.err);
        assert!(!place.path("a-signed.pdf").exists());
    }
    hospital.keiin("sign a.pdf {doctor} --certify no-changes --in-place").expect(0);
    let run = hospital.keiin("sign a.pdf {doctor} --lang ja").expect(3);
    assert!(run.err.contains("一切の変更を禁じて認証されている"), "{}", run.err);
    // A signature file of a PDF, as of any file.
    hospital.keiin("sign a.pdf {doctor} --detached").expect(0);
    assert_eq!(formats(&hospital, "a.pdf.p7s --content a.pdf"), ["CAdES-BASELINE-B"]);
    hospital.keiin("sign a.pdf {doctor} --format cades").expect(0);
    assert_eq!(formats(&hospital, "a.pdf.p7m"), ["CAdES-BASELINE-B"]);
}
