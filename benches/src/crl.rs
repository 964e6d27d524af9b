// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The status of a certificate in a CRL of a million entries: in the process beside reading and hashing the list, and as a
//! whole process beside `openssl verify -crl_check`.

use std::{hint::black_box, time::Instant};

use keiin::pki::{
    cert::Certificate,
    digest::object_id,
    path::Budget,
    revocation::{Crls, Ocsps, RevocationStatus, facts},
    store::CertificateStore,
};
use keiin_testkit::{
    TestPki,
    draft::{CrlDraft, DraftExtension, EntryDraft, TimeForm},
};

use crate::{
    Bench, Failure,
    table::{Table, measure},
};

/// Serial numbers of nine octets, as long as counted ones get.
const FIRST_SERIAL: u64 = 0xf000_0000_0000_0000;

pub(crate) fn run(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    let entries: u64 = if bench.short { 100_000 } else { 1_000_000 };
    let pki = TestPki::hpki();
    let list = bench.path("long.crl");
    std::fs::write(&list, long_list(&pki, entries))?;
    let octets = std::fs::metadata(&list)?.len();
    let size = format!("{:.1} MiB", megabytes(octets));
    in_process(bench, table, &pki, &list, &format!("{entries} entries, {size}"))?;
    whole(bench, table, &pki, &list, octets)
}

#[allow(clippy::cast_precision_loss)] // for people
fn megabytes(octets: u64) -> f64 {
    octets as f64 / 1_048_576.0
}

fn long_list(pki: &TestPki, entries: u64) -> Vec<u8> {
    let start = pki.start();
    let reasons = [1, 3, 4, 5].map(|code| vec![DraftExtension::reason(code)]);
    let entry = |(serial, reason): (u64, &Vec<DraftExtension>)| EntryDraft {
        serial,
        at: start.plus_days(-1),
        extensions: reason.clone(),
    };
    let draft = CrlDraft {
        issuer: pki.entity("signing-ca").subject.clone(),
        this_update: start.plus_days(1),
        next_update: Some(start.plus_days(5)),
        entries: (FIRST_SERIAL..).zip(reasons.iter().cycle()).map(entry).take(usize_of(entries)).collect(),
        extensions: vec![DraftExtension::crl_number(1)],
        times: TimeForm::AsTheRfcSays,
    };
    draft.signed_by(pki.key("signing-ca"))
}

fn usize_of(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// What the library needs from the file to the fact, beside reading the file and its SHA-256.
fn in_process(
    bench: &Bench,
    table: &mut Table,
    pki: &TestPki,
    list: &str,
    note: &str,
) -> Result<(), Failure> {
    let runs = if bench.short { 5 } else { 10 };
    let (doctor, ca) = (pki.certificate("doctor"), pki.certificate("signing-ca"));
    let (mut bare, mut status) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..runs {
        let started = Instant::now();
        let bytes = std::fs::read(list)?;
        black_box(object_id(&bytes));
        bare = bare.min(started.elapsed().as_secs_f64() * 1e3);
        drop(bytes);

        let started = Instant::now();
        let bytes = std::fs::read(list)?;
        let (doctor, ca) = (Certificate::read(doctor)?, Certificate::read(ca)?);
        let (crls, ocsps, store) =
            (Crls::new([bytes.as_slice()]), Ocsps::default(), CertificateStore::default());
        let found = facts(&doctor, &ca, &crls, &ocsps, &store, &mut Budget::default());
        let good = found.usable.first().is_some_and(|fact| fact.status == RevocationStatus::NotRevoked);
        status = status.min(started.elapsed().as_secs_f64() * 1e3);
        if !good {
            return Err("the long list says nothing".into());
        }
    }
    table.add("status in a long CRL, in process", "ms", status, Some(("read + SHA-256", bare)), note);
    Ok(())
}

fn whole(bench: &Bench, table: &mut Table, pki: &TestPki, list: &str, octets: u64) -> Result<(), Failure> {
    let runs = if bench.short { 3 } else { 5 };
    let at = pki.start().plus_days(2);
    for (name, bytes) in [
        ("doctor.der", pki.certificate("doctor").to_vec()),
        ("ca.der", pki.certificate("signing-ca").to_vec()),
        ("root.der", pki.certificate("root").to_vec()),
        ("root.crl", pki.crl("root", pki.start().plus_days(1))),
    ] {
        std::fs::write(bench.path(name), bytes)?;
    }
    let mut ours = vec![bench.keiin.display().to_string(), "path".into(), bench.path("doctor.der")];
    for (flag, name) in [("--certs", "ca.der"), ("--trust", "root.der"), ("--crl", "root.crl")] {
        ours.extend([flag.to_owned(), bench.path(name)]);
    }
    ours.extend(["--crl".into(), list.to_owned(), "--offline".into(), "--at".into(), at.to_string()]);
    let cost = measure(runs, &ours)?;
    let mut theirs: Vec<String> = ["openssl", "verify", "-crl_check", "-partial_chain", "-attime"]
        .iter()
        .map(ToString::to_string)
        .collect();
    theirs.extend([at.unix().to_string(), "-trusted".into(), bench.path("ca.der")]);
    theirs.extend(["-CRLfile".into(), list.to_owned(), bench.path("doctor.der")]);
    let peer = measure(runs, &theirs).ok();
    let beyond = |memory: Option<f64>| {
        memory.map_or_else(|| "?".to_owned(), |mib| format!("{:.1}", mib - megabytes(octets)))
    };
    let note = format!(
        "memory beyond the list: {} MiB, openssl {} MiB",
        beyond(cost.memory),
        beyond(peer.as_ref().and_then(|peer| peer.memory)),
    );
    let peer = peer.map(|peer| ("openssl verify", peer.millis));
    table.add("keiin path with a long CRL, whole process", "ms", cost.millis, peer, &note);
    Ok(())
}
