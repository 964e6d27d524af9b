// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Every command that the two READMEs show, run as it stands there, and that both show the same ones.
//!
//! A hospital has other addresses and another trust than the READMEs' reader: what names those is exchanged, dates are
//! carried to today's, and the PIN that a person types comes from the environment. Nothing else differs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod cmd;

use cmd::{Hospital, card_module, pdf, pem};
use keiin_card::{CONFIG_VARIABLE, Card, Certificate, Config};

const ENGLISH: &str = include_str!("../../../README.md");
const JAPANESE: &str = include_str!("../../../README.ja.md");
const FRONT_PAGE: &str = include_str!("../../keiin/src/lib.rs");

/// A red square.
const SEAL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR42mM4oKAARAwQCgAejgQBf4ruEwAAAABJRU5ErkJggg==";
const RECORD: &str = "<record><dose Id=\"dose-1\">5 mg</dose></record>";

/// The words of each command in a README, in order.
fn commands(readme: &str) -> Vec<Vec<String>> {
    let mut all: Vec<Vec<String>> = Vec::new();
    let mut goes_on = false;
    for line in readme.lines() {
        let begins = line.starts_with("    keiin ");
        if !begins && !goes_on {
            continue;
        }
        let (text, more) = line.trim().strip_suffix('\\').map_or((line.trim(), false), |text| (text, true));
        if begins {
            all.push(Vec::new());
        }
        all.last_mut().unwrap().extend(words(text));
        goes_on = more;
    }
    all
}

/// What a shell makes of a line: words, one of them in quotes perhaps, until a comment or a redirection.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in line.split('\'').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
            continue;
        }
        for word in part.split_whitespace() {
            if word.starts_with('#') || word.starts_with('>') {
                return words;
            }
            words.push(word.to_owned());
        }
    }
    words
}

/// A card of somebody in the reader.
fn put_card(hospital: &mut Hospital, holder: &str) {
    let pki = hospital.pki();
    let mut card = Card::new("0001", pki.key_pkcs8(holder).to_vec(), pki.certificate(holder).to_vec());
    for (id, name) in [(0x1b, "signing-ca"), (0x1a, "root")] {
        card.certificates.push(Certificate { der: pki.certificate(name).to_vec(), id: vec![id] });
    }
    let config = Config::new().reader("Reader 1", Some(card));
    let file = config.write(&hospital.place.path("cards")).unwrap();
    hospital.place.variable(CONFIG_VARIABLE, file.to_str().unwrap());
}

/// What the READMEs' reader has: a configuration, files to sign, and what others sent.
fn desk() -> Hospital {
    let mut hospital = Hospital::open();
    let place = &hospital.place;
    let (pki, now) = (hospital.pki(), keiin::clock::now());
    let roots = ["tsa-root", "tsa-root-2"].map(|root| pem("CERTIFICATE", pki.certificate(root)));
    place.write("tsa-root.pem", roots.concat());
    place.write("ca.crl", pki.crl("signing-ca", now));
    place.write("root.crl", pki.crl("root", now));
    place.write("keiin.toml", format!(
        "lang = \"ja\"\nmodule = '{}'\ncache = \"cache\"\nallow_private = true\n[trust]\nsigners = [\"root.cer\"]\ntsas = [\"tsa-root.pem\"]\n[[tsa]]\nurl = \"{}\"\n",
        card_module().display(),
        hospital.tsa("tsa-ecdsa"),
    ));
    let image: keiin::model::Bytes = serde_json::from_value(SEAL.into()).unwrap();
    place.write("record.xml", RECORD);
    place.write("prescription.csv", "SJ1\n1,1,8000010,99,検証用病院\n");
    place.write("dispensing.csv", "CJ1\n1,1,検証用薬局\n");
    place.write("access-2026-04-01.log", "09:00 dr.yamada opened 12345\n");
    for (number, name) in ["scan.pdf", "consent.pdf", "report.pdf", "a.pdf"].into_iter().enumerate() {
        place.write(name, pdf(number));
    }
    for name in ["page-1.jpg", "page-2.jpg", "b.jpg"] {
        place.write(name, name);
    }
    for (folder, seal) in [("scans", "seal.png"), ("スキャン", "印影.png")] {
        std::fs::create_dir(place.path(folder)).unwrap();
        place.write(&format!("{folder}/1.pdf"), pdf(5));
        place.write(seal, &*image);
    }
    hospital.place.variable("PIN", "1234");
    put_card(&mut hospital, "doctor");
    // A prescription as a pharmacist receives it.
    hospital.keiin("sign 処方箋.txt -o prescription.p7m --pin-env PIN --to es-t").expect(0);
    hospital
}

/// A command as this hospital types it.
fn typed(hospital: &Hospital, words: &[String]) -> Vec<String> {
    let now = keiin::clock::now();
    let mut typed: Vec<String> = words
        .iter()
        .skip(1)
        .map(|word| match word.as_str() {
            "hpki" => "root.cer".to_owned(),
            "https://other-tsa.example/" => hospital.tsa("tsa-rsa"),
            "2031-06-01" => now.plus_days(4 * 365).to_string(),
            "2026-04-01" => now.to_string(),
            other => other.to_owned(),
        })
        .collect();
    if words[1] == "sign" {
        typed.extend(["--pin-env".to_owned(), "PIN".to_owned()]);
    }
    typed
}

fn try_all(readme: &str) {
    let mut hospital = desk();
    let all = commands(readme);
    let mut tried = 0;
    for words in &all {
        let line = words.join(" ");
        // The record of a dispensing is the pharmacist's.
        put_card(&mut hospital, if line.contains("edispensing") { "pharmacist" } else { "doctor" });
        if line.contains("--visible") && keiin::font::usual().is_err() {
            eprintln!("NOT RUN: there is no Japanese font (scripts/setup.sh): {line}");
            continue;
        }
        let arguments = typed(&hospital, words);
        let run = hospital.place.keiin_with(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(run.code, 0, "{line}\n{}{}", run.out, run.err);
        tried += 1;
    }
    println!("{tried} of {} commands were tried", all.len());
    assert!(tried > 20, "the README shows commands");
}

#[test]
fn the_commands_of_the_english_readme_work() {
    try_all(ENGLISH);
}

#[test]
fn the_commands_of_the_japanese_readme_work() {
    try_all(JAPANESE);
}

/// Files and texts may have other names, commands and flags may not; nor may the configuration and the library's code.
#[test]
fn both_readmes_show_the_same() {
    let flags = |readme| -> Vec<Vec<String>> {
        let shown = |words: Vec<String>| -> Vec<String> {
            words
                .into_iter()
                .enumerate()
                .filter(|(i, w)| *i < 2 || w.starts_with('-'))
                .map(|(_, w)| w)
                .collect()
        };
        commands(readme).into_iter().map(shown).collect()
    };
    assert_eq!(flags(ENGLISH), flags(JAPANESE));
    let code = |readme: &str| -> Vec<String> {
        let blocks = readme.split("```").skip(1).step_by(2);
        let lines =
            blocks.flat_map(str::lines).map(|line| line.split(" #").next().unwrap().trim_end().to_owned());
        lines.collect()
    };
    assert_eq!(code(ENGLISH), code(JAPANESE));
    // The library's front page has it too, and there it is compiled.
    let front: Vec<&str> =
        FRONT_PAGE.lines().filter_map(|line| line.strip_prefix("//!")).map(str::trim).collect();
    let shown = ENGLISH.split("```rust").nth(1).unwrap().split("```").next().unwrap();
    for line in shown.lines().map(str::trim) {
        assert!(front.contains(&line), "{line}");
    }
    let exits = |readme: &str| -> Vec<String> {
        let rows =
            readme.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next().map(str::to_owned));
        rows.filter(|first| first.parse::<u8>().is_ok()).collect()
    };
    assert_eq!(exits(ENGLISH).len(), 6);
    assert_eq!(exits(ENGLISH), exits(JAPANESE));
}
