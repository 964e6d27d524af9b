// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What keiin reads from other people's files against what EU DSS found in them. Differences are listed with their reasons
//! in `corpus/differences.tsv`; an entry that no longer differs fails.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::disallowed_methods
)] // a test over files

mod case;
mod pdf;
mod verify;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// The corpus: `KEIIN_CORPUS`, or `../shared/corpus` beside the repository.
fn corpus() -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let folder = std::env::var_os("KEIIN_CORPUS").map_or_else(beside, PathBuf::from);
    let there = folder.join("dss/manifest.json").is_file();
    if !there {
        eprintln!("no corpus: set KEIIN_CORPUS to the folder; nothing was compared");
    }
    there.then_some(folder)
}

type Explained = BTreeMap<(String, String), String>;

fn explained() -> Explained {
    let lines = include_str!("differences.tsv").lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines
        .map(|line| {
            let mut parts = line.split('\t').map(String::from);
            let mut next = || parts.next().unwrap_or_else(|| panic!("three columns: {line}"));
            ((next(), next()), next())
        })
        .collect()
}

/// Differences that no entry explains, and entries that explain nothing.
fn unexplained(found: &[(String, String, String)], prefix: &str) -> Vec<String> {
    let known = explained();
    let seen: BTreeSet<_> = found.iter().map(|(file, what, _)| (file.clone(), what.clone())).collect();
    let new = found.iter().filter(|(file, what, _)| !known.contains_key(&(file.clone(), what.clone())));
    let stale = known.keys().filter(|key| key.0.starts_with(prefix) && !seen.contains(*key));
    new.map(|(file, what, text)| format!("{file}\t{what}\t{text}"))
        .chain(stale.map(|(file, what)| format!("{file}\t{what}\tSTALE")))
        .collect()
}

#[test]
fn every_fact_of_the_reference_cases_agrees_or_is_explained() {
    let Some(corpus) = corpus() else { return };
    let cases = case::all(&corpus);
    let mut found = Vec::new();
    let mut agree = 0;
    for case in &cases {
        let differences = case.compare(&corpus);
        agree += usize::from(differences.is_empty());
        found.extend(differences.into_iter().map(|(what, text)| (case.file.clone(), what, text)));
    }
    println!("{agree} of {} CMS cases agree in every fact, {} differences", cases.len(), found.len());
    assert!(cases.len() > 60, "the manifest has CMS cases");
    let bad = unexplained(&found, "dss-c");
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn every_cms_inside_the_pdfs_is_read() {
    let Some(corpus) = corpus() else { return };
    let mut tally = pdf::Tally::default();
    pdf::walk(&corpus.join("dss"), &corpus, &mut tally);
    pdf::walk(&corpus.join("pdf-robust"), &corpus, &mut tally);
    println!("{tally}");
    assert!(tally.read > 200, "the corpus has hundreds of different CMS in PDFs");
    let bad = unexplained(&tally.differences, "pdf:");
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
