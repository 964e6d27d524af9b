// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What keiin reads from other people's PDFs against what EU DSS found in them. Differences are listed with their reasons
//! in `corpus/differences.tsv`; an entry that no longer differs fails.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods)] // a test over files

mod case;
mod encrypted;
mod revision;
#[path = "../../../cades/tests/corpus/verify.rs"]
mod verify;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    time::Duration,
};

use keiin_pades::Pades;

/// The corpus: `KEIIN_CORPUS`, or `../shared/corpus` beside the repository.
fn corpus() -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let above = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/corpus");
    let named = std::env::var_os("KEIIN_CORPUS").map(PathBuf::from);
    let folders = named.map_or_else(|| vec![beside(), above()], |named| vec![named]);
    let there = folders.into_iter().find(|folder| folder.join("dss/manifest.json").is_file());
    if there.is_none() {
        eprintln!("no corpus: set KEIIN_CORPUS to the folder; nothing was compared");
    }
    there
}

/// Differences that no entry explains, and entries that explain nothing.
fn unexplained(found: &[(String, String, String)]) -> Vec<String> {
    let lines = include_str!("differences.tsv").lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
    let known: BTreeMap<(&str, &str), &str> = lines
        .map(|line| {
            let mut parts = line.split('\t');
            let mut next = || parts.next().unwrap_or_else(|| panic!("three columns: {line}"));
            ((next(), next()), next())
        })
        .collect();
    let seen: BTreeSet<_> = found.iter().map(|(file, what, _)| (file.as_str(), what.as_str())).collect();
    let new = found.iter().filter(|(file, what, _)| !known.contains_key(&(file.as_str(), what.as_str())));
    let stale = known.keys().filter(|key| !seen.contains(*key));
    new.map(|(file, what, text)| format!("{file}\t{what}\t{text}"))
        .chain(stale.map(|(file, what)| format!("{file}\t{what}\tSTALE")))
        .collect()
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
    let bad = unexplained(&found);
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
