// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The verdict over a small ES-A in the process: read and judged, from the file alone.

use std::{hint::black_box, time::Instant};

use keiin::{
    Content, Document, Goal, Level, Network, Profile, Setup, Signing, extend,
    model::{Indication, Time},
    pades::PadesIntent,
    sign, sign_all, sign_pdf,
    validate::RevocationFreshness,
    verify,
};
use keiin_examples::{at, practice};
use keiin_testkit::{SoftToken, TestPki};

use crate::{Bench, Failure, pdf::write_scan, table::Table};

const TEXT: &str = "Rp.1 アムロジピン 5mg\n";
const CSV: &str = "SJ1\n1,1,8000010,99,検証用病院\n201,1,1,2,620008893,アムロジピン錠5mg,3,1,錠,1\n";

/// What is signed, and how.
#[derive(Clone, Copy)]
enum Form {
    /// A CMS with a line of text in it.
    Cades,
    /// An electronic prescription.
    Xades,
    /// A page.
    Pades,
}

/// Each once with a TSA whose keys are all RSA, as HPKI's are, and once with P-384 above it, which is slower.
pub(crate) fn run(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    for (form, name) in [(Form::Cades, "CAdES"), (Form::Xades, "XAdES"), (Form::Pades, "PAdES")] {
        for (tsa, keys) in [("tsa-rsa", "RSA"), ("tsa-ecdsa", "TSA's CAs P-384")] {
            let asked = format!("verdict {} {tsa}", name.to_lowercase());
            if bench.wants(&asked) {
                one(bench, table, form, name, tsa, keys)?;
            }
        }
    }
    Ok(())
}

fn one(
    bench: &Bench,
    table: &mut Table,
    form: Form,
    name: &str,
    tsa: &str,
    keys: &str,
) -> Result<(), Failure> {
    let pki = TestPki::hpki();
    let octets = es_a(bench, &pki, form, tsa)?;
    let now = at("2030-01-01T00:00:00Z");
    let mut setup = practice(&pki, now)?;
    setup.network = Network::Offline;
    setup.policy.tsa_freshness = RevocationFreshness::Any; // from the file alone, as `keiin verify --offline`
    let runs = if bench.short { 200 } else { 2000 };
    let (mut best, mut best_read, mut checks) = (f64::INFINITY, f64::INFINITY, 0);
    for _ in 0..runs {
        let given = octets.clone();
        let started = Instant::now();
        let document = Document::read(given, None)?;
        best_read = best_read.min(started.elapsed().as_secs_f64() * 1e3);
        let verdict = verify(&setup, black_box(&document), now);
        best = best.min(started.elapsed().as_secs_f64() * 1e3);
        checks = verdict.report.signature_checks;
        if verdict.report.signatures.iter().any(|s| s.indication != Indication::TotalPassed) {
            return Err("the ES-A under measurement is not TOTAL_PASSED".into());
        }
    }
    let note = format!("{keys}; {checks} signature checks, {} octets, read in {best_read:.2}", octets.len());
    table.add(&format!("verdict of a small ES-A, {name}, in process"), "ms", best, None, &note);
    Ok(())
}

/// The form, signed, stamped, and stamped once more over its material a day later.
fn es_a(bench: &Bench, pki: &TestPki, form: Form, tsa: &str) -> Result<Vec<u8>, Failure> {
    let (signed, later) = (at("2026-04-01T09:00:00Z"), at("2026-04-02T09:00:00Z"));
    let with_tsa = |at: Time| -> Result<Setup<'_>, Failure> {
        let mut setup = practice(pki, at)?;
        setup.tsas.iter_mut().for_each(|asked| asked.url = format!("{}/tsa/{tsa}", pki.base_url()));
        setup.supply(pki.certificate("signing-ca")); // a prescription has its signer's certificate alone
        Ok(setup)
    };
    let (setup, card) = (with_tsa(signed)?, SoftToken::new(pki, "doctor"));
    let signing = Signing { level: Level::T, ..Signing::with(&card)? };
    let made = match form {
        Form::Cades => sign(&setup, &Content::bytes(TEXT.as_bytes()), &card, &signing, signed)?,
        Form::Xades => {
            let form = Profile::Eprescription.lay_out(&[Content::bytes(CSV.as_bytes())])?;
            let signing = Signing { format: form.format, roles: form.roles, ..signing };
            sign_all(&setup, &form.contents, &card, &signing, signed)?
        }
        Form::Pades => {
            let page = bench.path("page.pdf");
            write_scan(&page, 1_000)?;
            let document = Document::read(std::fs::read(page)?, None)?;
            sign_pdf(&setup, document, &card, &signing, &PadesIntent::default(), signed)?
        }
    };
    let mut document = made.document;
    let extended = extend(&with_tsa(later)?, &mut document, Goal::Level(Level::A), later)?;
    if extended.level != Level::A {
        return Err(format!("the ES-A was not made: {:?}", extended.stopped).into());
    }
    Ok(document.as_bytes().to_vec())
}
