// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Large detached content: sign and verify beside the bare digest.

use std::{fs::File, io::Write as _};

use crate::{
    Bench, Failure,
    table::{Table, measure, megabytes},
};

pub(crate) fn run(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    let mebibytes = if bench.short { 64 } else { 1024 };
    let runs = if bench.short { 2 } else { 3 };
    let content = bench.path("content.bin");
    let mut file = File::create(&content)?;
    for index in 0..mebibytes {
        file.write_all(&vec![u8::try_from(index % 251)?; 1 << 20])?;
    }
    file.sync_all()?;

    let digest = measure(runs, &["openssl".into(), "dgst".into(), "-sha256".into(), content.clone()]).ok();
    let peer = digest.map(|cost| ("openssl dgst", cost.millis));
    let signature = bench.path("content.p7s");
    let mut sign = bench.sign();
    sign.extend(["--detached".into(), "-o".into(), signature.clone(), content.clone()]);
    let cost = measure(runs, &sign)?;
    table.add(&format!("sign detached, {mebibytes} MiB"), "ms", cost.millis, peer, &megabytes(&cost));

    // The signer's own certificate as the anchor: the verdict is not the point here, reading the content is.
    let mut verify = vec![bench.keiin.display().to_string(), "verify".into(), "--offline".into()];
    verify.extend([
        "--at".into(),
        "2026-04-01T10:00:00Z".into(),
        "--trust".into(),
        bench.certificate.display().to_string(),
    ]);
    verify.extend(["--content".into(), content, signature]);
    let cost = measure(runs, &verify)?;
    table.add(&format!("verify detached, {mebibytes} MiB"), "ms", cost.millis, peer, &megabytes(&cost));
    Ok(())
}
