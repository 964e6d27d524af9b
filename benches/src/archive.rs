// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A large PDF on its way to ES-A, judged and renewed: whole processes beside reading it once, and beside copying it.
//! The time-stamps come over HTTP from the test PKI in this process.

use std::sync::Arc;

use keiin::clock;
use keiin_testkit::{
    World,
    net::{Port, Server},
};

use crate::{
    Bench, Failure, pdf,
    table::{Table, measure, megabytes},
};

pub(crate) fn run(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    let (mebibytes, runs) = if bench.short { (32, 2) } else { (200, 5) };
    let clinic = Clinic::open(bench)?;
    let [scan, signed, sealed, renewed] =
        ["long.pdf", "signed.pdf", "sealed.pdf", "renewed.pdf"].map(|name| bench.path(name));
    pdf::write_scan(&scan, mebibytes << 20)?;
    let [key, certificate, chain] = &clinic.doctor;
    let sign = ["sign", &scan, "-o", &signed, "--key", key, "--cert", certificate, "--chain", chain];
    measure(1, &clinic.keiin(&[&sign[..], &["--force"]].concat()))?;

    let shell = |script: String| measure(runs, &["sh".into(), "-c".into(), script]).ok().map(|c| c.millis);
    let copied = |file: &str| {
        let copy = bench.path("copy.pdf");
        shell(format!("cp '{file}' '{copy}' && sync '{copy}' && openssl dgst -sha256 '{file}'"))
            .map(|millis| ("cp, sync, sha256", millis))
    };
    let mut row =
        |what: &str, arguments: &[&str], peer: Option<(&'static str, f64)>| -> Result<(), Failure> {
            let cost = measure(runs, &clinic.keiin(arguments))?;
            table.add(&format!("{what}, {mebibytes} MiB"), "ms", cost.millis, peer, &megabytes(&cost));
            Ok(())
        };
    let extend = ["extend", &signed, "--to", "es-a", "-o", &sealed, "--force"];
    row("extend a PDF to ES-A", &[&extend[..], &clinic.asks()].concat(), copied(&signed))?;
    let digested = shell(format!("openssl dgst -sha256 '{sealed}'")).map(|millis| ("openssl dgst", millis));
    row(
        "verify a PDF at ES-A",
        &[&["verify", &sealed, "--offline"][..], &clinic.trusts()].concat(),
        digested,
    )?;
    let renew = ["renew", &sealed, "-o", &renewed, "--force"];
    row("renew a PDF at ES-A", &[&renew[..], &clinic.asks()].concat(), copied(&sealed))
}

/// The test PKI around the time of day, served on loopback, and the files that trust it.
struct Clinic {
    keiin: String,
    tsa: String,
    /// A key, its certificate and its CA's.
    doctor: [String; 3],
    anchors: [String; 3],
    _server: Server,
}

impl Clinic {
    fn open(bench: &Bench) -> Result<Self, Failure> {
        let (port, now) = (Port::take()?, clock::now());
        // The certificates begin a month before the start of the story and end years after it.
        let pki = Arc::new(World::hpki(&port.url()?, now.plus_days(-3)).build());
        let write = |name: &str, octets: &[u8]| -> Result<String, Failure> {
            let path = bench.path(name);
            std::fs::write(&path, octets)?;
            Ok(path)
        };
        let anchor = |name: &str| write(&format!("clinic-{name}.cer"), pki.certificate(name));
        let anchors = [anchor("root")?, anchor("tsa-root")?, anchor("tsa-root-2")?];
        let key = write("clinic-doctor.key", pki.key_pkcs8("doctor"))?;
        let certificate = write("clinic-doctor.cer", pki.certificate("doctor"))?;
        let doctor = [key, certificate, write("clinic-ca.cer", pki.certificate("signing-ca"))?];
        let server = port.serve(Arc::clone(&pki), now)?;
        let (keiin, tsa) = (bench.keiin.display().to_string(), format!("{}/tsa/tsa-ecdsa", server.url()));
        Ok(Self { keiin, tsa, doctor, anchors, _server: server })
    }

    fn keiin(&self, arguments: &[&str]) -> Vec<String> {
        [self.keiin.as_str()].iter().chain(arguments).map(|argument| (*argument).to_owned()).collect()
    }

    fn trusts(&self) -> Vec<&str> {
        let [root, tsa_root, tsa_root_2] = &self.anchors;
        vec!["--trust", root, "--tsa-trust", tsa_root, "--tsa-trust", tsa_root_2]
    }

    fn asks(&self) -> Vec<&str> {
        [self.trusts(), vec!["--allow-private", "--tsa", &self.tsa]].concat()
    }
}
