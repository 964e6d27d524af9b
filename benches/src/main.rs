// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Prints one table of figures, each beside a peer's in the same run, with their ratio. Nothing is asserted.
//!
//! usage: `cargo run --release -p keiin-benches [-- --short] [--only TEXT]`; build the command first
//! (`cargo build --release -p keiin-cli`). --only takes what has TEXT in its name: `verdict`, `verdict xades`.
#![forbid(unsafe_code)]

mod archive;
mod canonical;
mod content;
mod crl;
mod pdf;
mod process;
mod table;
mod verdict;
mod xml;

use std::path::PathBuf;

use table::Table;

/// What a bench may fail with.
type Failure = Box<dyn std::error::Error>;

/// What the benches share.
struct Bench {
    /// The command under test.
    keiin: PathBuf,
    /// Files of this run.
    folder: tempfile::TempDir,
    /// A PKCS#8 key and its certificate, PEM.
    key: PathBuf,
    certificate: PathBuf,
    /// Fewer and smaller.
    short: bool,
    /// What alone is measured.
    only: Option<String>,
}

/// A part of the table.
type Part = fn(&Bench, &mut Table) -> Result<(), Failure>;

/// All of them, in the order of the table.
const PARTS: [(&str, Part); 8] = [
    ("content", content::run),
    ("process", process::run),
    ("pdf", pdf::run),
    ("archive", archive::run),
    ("verdict", verdict::run),
    ("canonical", canonical::run),
    ("xml", xml::run),
    ("crl", crl::run),
];

fn main() -> Result<(), Failure> {
    if canonical::run_alone()? {
        return Ok(());
    }
    let short = std::env::args().any(|argument| argument == "--short");
    let program = std::env::current_exe()?;
    let keiin = program.with_file_name(if cfg!(windows) { "keiin.exe" } else { "keiin" });
    if !keiin.exists() {
        return Err("build the command first: cargo build --release -p keiin-cli".into());
    }
    let only = std::env::args().skip_while(|argument| argument != "--only").nth(1);
    let bench = Bench::new(keiin, short, only)?;
    let mut table = Table::default();
    for (name, run) in PARTS {
        if bench.wants(name) {
            run(&bench, &mut table)?;
        }
    }
    print!("{table}");
    Ok(())
}

impl Bench {
    fn new(keiin: PathBuf, short: bool, only: Option<String>) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let pki = keiin_testkit::TestPki::hpki();
        let (key, certificate) = (folder.path().join("doctor.p8"), folder.path().join("doctor.cer"));
        std::fs::write(&key, pki.key_pkcs8("doctor"))?;
        std::fs::write(&certificate, pki.certificate("doctor"))?;
        Ok(Self { keiin, folder, key, certificate, short, only })
    }

    /// Whether a part, or one of its lines, is asked for.
    fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.contains(only) || only.contains(name))
    }

    /// `keiin sign` with the bench's key.
    fn sign(&self) -> Vec<String> {
        let text = |path: &PathBuf| path.display().to_string();
        let mut arguments = vec![text(&self.keiin), "sign".into(), "--force".into()];
        arguments.extend(["--key".into(), text(&self.key), "--cert".into(), text(&self.certificate)]);
        arguments.extend(["--signing-time".into(), "2026-04-01T09:00:00Z".into()]);
        arguments
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }
}
