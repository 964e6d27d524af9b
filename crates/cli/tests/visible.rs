// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Signatures that are seen, as people ask for them and other people's programs show them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod cmd;

use std::process::Command;

use cmd::Hospital;

const FONT: &str = "/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf";

fn hospital() -> Option<Hospital> {
    if !std::path::Path::new(FONT).exists() {
        eprintln!("{FONT} is not installed (scripts/setup.sh); not tried");
        return None;
    }
    let hospital = Hospital::open();
    hospital.place.write("紹介状.pdf", cmd::pdf(1));
    Some(hospital)
}

/// What another program prints; `None` when it is not installed.
fn other(hospital: &Hospital, program: &str, arguments: &[&str]) -> Option<String> {
    match Command::new(program).args(arguments).current_dir(hospital.place.folder()).output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{program} {arguments:?}: {said}");
            Some(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        Err(_) => {
            eprintln!("{program} is not installed (scripts/setup.sh); not compared with it");
            None
        }
    }
}

#[test]
fn a_signature_is_seen_and_read_on_any_page() {
    let Some(hospital) = hospital() else { return };
    let reason = "原本と相違ないことを確認";
    for (place, page) in
        [("first:20mm,20mm,90mm,30mm", "1"), ("last:-10mm,-10mm,90mm,30mm", "2"), ("2:0,0,200,80", "2")]
    {
        let command = format!(
            "sign 紹介状.pdf -o out.pdf --force {{doctor}} --visible {place} --font {FONT} --border --reason {reason} --lang ja"
        );
        hospital.keiin(&command).expect(0);
        hospital.keiin("verify out.pdf {trust}").expect(0);
        if let Some(checked) = other(&hospital, "qpdf", &["--check", "out.pdf"]) {
            assert!(checked.contains("No syntax or stream encoding errors"), "{checked}");
        }
        if let Some(text) = other(&hospital, "pdftotext", &["-f", page, "-l", page, "out.pdf", "-"]) {
            let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            for part in ["署名者:KEIINTaro", "資格:医師", "日時:", "理由:原本と相違ないことを確認"]
            {
                assert!(text.contains(part), "{place}: {part} in {text}");
            }
        }
        if let Some(fonts) = other(&hospital, "pdffonts", &["out.pdf"]) {
            assert!(fonts.contains("CID TrueType") && fonts.contains("yes yes yes"), "{fonts}");
        }
        if let Ok(folder) = std::env::var("KEIIN_KEEP") {
            let kept = format!("{folder}/visible-{}.pdf", place.replace([':', ','], "_"));
            std::fs::copy(hospital.place.path("out.pdf"), kept).unwrap();
        }
    }
    // Its own words, and in English.
    hospital.keiin(&format!("sign 紹介状.pdf -o own.pdf {{doctor}} --visible first:10,10,200,60 --font {FONT} --text 承認 --text 契印")).expect(0);
    if let Some(text) = other(&hospital, "pdftotext", &["own.pdf", "-"]) {
        assert!(text.contains("承認") && text.contains("契印") && !text.contains("署名者"), "{text}");
    }
    hospital
        .keiin(&format!(
            "sign 紹介状.pdf -o en.pdf {{doctor}} --visible first:10,10,200,60 --font {FONT} --lang en"
        ))
        .expect(0);
    if let Some(text) = other(&hospital, "pdftotext", &["en.pdf", "-"]) {
        assert!(text.contains("Signed by: ") && text.contains("Licence: Medical Doctor"), "{text}");
    }
}

#[test]
fn what_cannot_be_seen_is_said_before_anything_is_signed() {
    let Some(hospital) = hospital() else { return };
    hospital.place.write("letter.png", "no image");
    let font = format!("--font {FONT}");
    for (flags, said) in [
        (format!("--visible 9:10,10,200,60 {font}"), "no such page"),
        (format!("--visible first:10,10,2000,60 {font}"), "595.276 x 841.89 points"),
        (format!("--visible last:700,10,100,60 {font}"), "760 x 500 points"),
        (format!("--visible first:10,10,20,8 {font}"), "too small for its text"),
        (format!("--visible field {font}"), "no rectangle on a page"),
        ("--visible first:10,10,200,60 --font letter.png".to_owned(), "letter.png: the font cannot be used"),
        (format!("--visible first:10,10,200,60 {font} --image letter.png"), "letter.png: the image is not"),
        (format!("--visible first:10,10,200,60 {font} --text \u{1f600}"), "no glyph for \u{1f600}"),
        ("--visible nowhere".to_owned(), "--visible"),
        (format!("{font} --border"), "--visible"),
        (
            format!("--format cades --visible first:10,10,200,60 {font}"),
            "--visible is for signatures inside PDFs",
        ),
    ] {
        for lang in ["en", "ja"] {
            let run = hospital
                .keiin(&format!("sign 紹介状.pdf -o out.pdf {{doctor}} {flags} --lang {lang}"))
                .expect(3);
            assert!(lang == "ja" || run.err.contains(said), "{flags}: {}", run.err);
        }
    }
    assert!(!hospital.place.path("out.pdf").exists());
}
