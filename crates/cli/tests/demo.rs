// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The demo in both languages: its story line by line, and that what it leaves can be verified.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod cmd;

use cmd::Place;

/// Date, level and verdict of each line of the story; the words between them are the language's.
const STORY: [(&str, &str, bool); 10] = [
    ("2026-04-01", "ES-BES", true),
    ("2026-04-01", "ES-T", false),
    ("2026-04-02", "ES-XL", true),
    ("2026-04-02", "ES-A", true),
    ("2036-04-01", "ES-A", true),
    ("2038-04-01", "ES-A", true),
    ("2038-04-01", "ES-A", false),
    ("2046-04-01", "ES-A", true),
    ("2051-04-01", "ES-A", true),
    ("2051-04-01", "ES-A", false),
];

fn told(lang: &str, valid: &str, open: &str, last: &str) {
    let place = Place::new();
    let run = place.keiin(&format!("demo --lang {lang}")).expect(0);
    assert_eq!(run.err, "");
    let lines: Vec<&str> = run.out.lines().skip(3).take(STORY.len()).collect();
    for (line, (date, level, passes)) in lines.iter().zip(STORY) {
        let verdict = if passes { valid } else { open };
        let columns: Vec<&str> = line.split("  ").map(str::trim).filter(|c| !c.is_empty()).collect();
        assert!(columns[0].contains(date) && columns.contains(&level), "{line}");
        assert!(columns.iter().any(|c| c.split(' ').next() == Some(verdict)), "{line}");
    }
    assert!(run.out.contains(last), "{}", run.out);
    assert_eq!(std::fs::read_dir(place.folder()).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn in_japanese() {
    told("ja", "有効", "判定不能", "10 回の検証はすべて想定どおりでした");
}

#[test]
fn in_english() {
    told("en", "VALID", "INDETERMINATE", "All 10 verdicts came out as told");
}

#[test]
fn what_it_keeps_is_valid_after_the_last_renewal() {
    let place = Place::new();
    place.keiin("demo --keep kept --lang en").expect(0);
    let trust =
        "--trust kept/root.cer --tsa-trust kept/tsa-root.cer --tsa-trust kept/tsa-root-2.cer --policy hpki";
    let verify = format!("verify --json --offline --at 2046-04-01T01:00:00Z {trust} --require-role 医師");
    let run = place.keiin(&format!("{verify} kept/処方箋.txt.p7m"));
    let found = run.json();
    let signature = &found["signatures"][0];
    assert_eq!(
        (&signature["indication"], &signature["format"]),
        (&"TOTAL_PASSED".into(), &"CAdES-BASELINE-LTA".into())
    );
    assert_eq!(signature["timestamps"].as_array().unwrap().len(), 4);
}
