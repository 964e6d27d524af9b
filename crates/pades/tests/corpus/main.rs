// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What keiin reads from other people's PDFs against what EU DSS found in them. Differences are listed with their reasons
//! in `corpus/differences.tsv`; an entry that no longer differs fails.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods)] // a test over files

mod case;
mod encrypted;
mod revision;
#[path = "../../../cades/tests/corpus/verify.rs"]
mod verify;
#[path = "../../../cades/tests/corpus/words.rs"]
mod words;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use keiin_pades::Pades;
use keiin_testkit::corpus::{self, KnownDifferences};

/// The corpus, when it has the reference's files.
fn corpus() -> Option<PathBuf> {
    corpus::part("dss").and_then(|dss| dss.parent().map(Path::to_owned))
}

#[test]
fn every_fact_of_the_reference_cases_agrees_or_is_explained() {
    let Some(corpus) = corpus() else { return };
    let cases = case::all(&corpus);
    let (mut found, mut agree, mut pkcs7, mut pkcs7_agree) = (Vec::new(), 0, 0, 0);
    for case in &cases {
        let differences = case.compare(&corpus);
        agree += usize::from(differences.is_empty());
        pkcs7 += usize::from(case.is_pkcs7());
        pkcs7_agree += usize::from(case.is_pkcs7() && differences.is_empty());
        found.extend(differences.into_iter().map(|(what, text)| (case.file.clone(), what, text)));
    }
    println!(
        "{agree} of {} PDF cases agree in every fact ({pkcs7_agree} of {pkcs7} that begin with PKCS7), {} differences",
        cases.len(),
        found.len()
    );
    assert!(cases.len() > 140, "the manifest has PDF cases");
    let bad = KnownDifferences::read(include_str!("differences.tsv")).unexplained(&found, "");
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn every_robustness_file_opens_or_is_refused_soon() {
    let Some(corpus) = corpus() else { return };
    let (mut opened, mut signatures, mut refused) = (0, 0, BTreeMap::<String, usize>::new());
    let mut paths: Vec<_> =
        fs::read_dir(corpus.join("pdf-robust")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "pdf")) {
        let bytes = fs::read(path).unwrap();
        let (answer, wait) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let read = Pades::read(bytes).map(|document| document.signatures().len());
            let _ = answer.send(read.map_err(|error| error.to_string()));
        });
        match wait.recv_timeout(Duration::from_secs(30)) {
            Ok(Ok(count)) => {
                opened += 1;
                signatures += count;
            }
            Ok(Err(error)) => {
                println!("{}: {error}", path.file_name().unwrap().display());
                *refused.entry(error).or_default() += 1;
            }
            Err(_) => panic!("{} hangs or panics", path.display()),
        }
    }
    println!("{opened} opened with {signatures} signatures, {} refused", refused.values().sum::<usize>());
    assert!(opened > 50, "the corpus has a hundred small PDFs");
}
