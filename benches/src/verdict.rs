// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The verdict over a small ES-A in the process.

use std::{hint::black_box, time::Instant};

use keiin::{
    Content, Document, Goal, Level, Network, Signing, extend, model::Indication, sign,
    validate::RevocationFreshness, verify,
};
use keiin_examples::{at, practice};
use keiin_testkit::{SoftToken, TestPki};

use crate::{Bench, Failure, table::Table};

/// Once with a TSA whose keys are all RSA, as HPKI's are, and once with P-384 above it, which is slower.
pub(crate) fn run(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    one(bench, table, "tsa-rsa", "RSA")?;
    one(bench, table, "tsa-ecdsa", "TSA's CAs P-384")
}

fn one(bench: &Bench, table: &mut Table, tsa: &str, keys: &str) -> Result<(), Failure> {
    let pki = TestPki::hpki();
    let (signed, later) = (at("2026-04-01T09:00:00Z"), at("2026-04-02T09:00:00Z"));
    let card = SoftToken::new(&pki, "doctor");
    let signing = Signing { level: Level::T, ..Signing::with(&card)? };
    let content = Content::bytes("Rp.1 アムロジピン 5mg\n".as_bytes());
    let with_tsa = |at| -> Result<_, Failure> {
        let mut setup = practice(&pki, at)?;
        setup.tsas.iter_mut().for_each(|asked| asked.url = format!("{}/tsa/{tsa}", pki.base_url()));
        Ok(setup)
    };
    let mut document = sign(&with_tsa(signed)?, &content, &card, &signing, signed)?.document;
    extend(&with_tsa(later)?, &mut document, Goal::Level(Level::A), later)?;

    let now = at("2030-01-01T00:00:00Z");
    let mut setup = practice(&pki, now)?;
    setup.network = Network::Offline;
    setup.policy.tsa_freshness = RevocationFreshness::Any; // from the file alone, as `keiin verify --offline`
    let octets = document.as_bytes().to_vec();
    let runs = if bench.short { 200 } else { 2000 };
    let (mut best, mut checks) = (f64::INFINITY, 0);
    for _ in 0..runs {
        let started = Instant::now();
        let document = Document::read(octets.clone(), None)?;
        let verdict = verify(&setup, black_box(&document), now);
        best = best.min(started.elapsed().as_secs_f64() * 1e3);
        checks = verdict.report.signature_checks;
        if verdict.report.signatures.iter().any(|s| s.indication != Indication::TotalPassed) {
            return Err("the ES-A under measurement is not TOTAL_PASSED".into());
        }
    }
    let note = format!("{keys}; {checks} signature checks, {} octets", octets.len());
    table.add("verdict of a small ES-A, in process", "ms", best, None, &note);
    Ok(())
}
