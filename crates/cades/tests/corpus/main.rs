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
mod words;

use std::path::{Path, PathBuf};

use keiin_testkit::corpus::{self, KnownDifferences};

/// The corpus, when it has the reference's files.
fn corpus() -> Option<PathBuf> {
    corpus::part("dss").and_then(|dss| dss.parent().map(Path::to_owned))
}

/// Differences that no entry explains, and entries that explain nothing.
fn unexplained(found: &[(String, String, String)], prefix: &str) -> Vec<String> {
    KnownDifferences::read(include_str!("differences.tsv")).unexplained(found, prefix)
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
