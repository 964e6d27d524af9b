// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The help of every command in both languages, as it stands in `tests/cmd/help`. `KEIIN_BLESS=1` writes what it is now.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod cmd;

use std::path::Path;

use cmd::Place;

const COMMANDS: [&str; 10] =
    ["", "demo", "sign", "stamp", "extend", "renew", "verify", "path", "inspect", "card"];

#[test]
fn help_is_as_it_was_agreed() {
    let place = Place::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd/help");
    let mut wrong = Vec::new();
    for lang in ["ja", "en"] {
        for command in COMMANDS {
            let run = place.keiin(&format!("{command} --help --lang {lang}")).expect(0);
            assert_eq!(run.err, "");
            let name = if command.is_empty() { "keiin" } else { command };
            let file = folder.join(format!("{name}.{lang}.txt"));
            if std::env::var_os("KEIIN_BLESS").is_some() {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&file, &run.out).unwrap();
            }
            if std::fs::read_to_string(&file).unwrap_or_default() != run.out {
                wrong.push(file.display().to_string());
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn japanese_help_is_japanese() {
    let place = Place::new();
    for command in COMMANDS {
        let help = place.keiin(&format!("{command} --help --lang ja")).expect(0).out;
        for english in ["Usage", "Options", "Arguments", "OPTIONS", "possible values", "default", "Print"] {
            assert!(!help.contains(english), "{command}: {english} in {help}");
        }
    }
}
