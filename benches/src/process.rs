// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The whole `keiin sign` process on a small file, beside OpenSSL's.

use crate::{
    Bench, Failure,
    table::{Table, measure, megabytes},
};

pub(crate) fn run(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    let runs = if bench.short { 20 } else { 100 };
    let content = bench.path("small.txt");
    std::fs::write(&content, "Rp.1 アムロジピン 5mg 1錠 分1 朝食後 28日分\n")?;
    let mut sign = bench.sign();
    sign.extend(["-o".into(), bench.path("small.p7m"), content.clone()]);
    let ours = measure(runs, &sign)?;

    let openssl =
        ["openssl", "cms", "-sign", "-binary", "-cades", "-nodetach", "-outform", "DER", "-keyform", "DER"];
    let mut peer: Vec<String> = openssl.iter().map(ToString::to_string).collect();
    peer.extend([
        "-inkey".into(),
        bench.key.display().to_string(),
        "-signer".into(),
        bench.path("doctor.pem"),
    ]);
    peer.extend(["-in".into(), content, "-out".into(), bench.path("peer.p7m")]);
    let pem = [
        "openssl",
        "x509",
        "-inform",
        "DER",
        "-in",
        &bench.certificate.display().to_string(),
        "-out",
        &bench.path("doctor.pem"),
    ]
    .map(str::to_owned);
    let theirs = measure(1, &pem).and_then(|_| measure(runs, &peer)).ok();
    table.add(
        "sign ES-BES, whole process",
        "ms",
        ours.millis,
        theirs.map(|c| ("openssl cms", c.millis)),
        &megabytes(&ours),
    );
    Ok(())
}
