// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `keiin sign` on PDFs: a large scan beside copy and digest alone, a small one beside pyHanko's command.

use std::{
    fs::File,
    io::{BufWriter, Write},
};

use crate::{
    Bench, Failure,
    table::{Table, measure, megabytes},
};

pub(crate) fn run(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    large(bench, table)?;
    small(bench, table)
}

/// The least that a signed copy costs: copying, and one digest.
fn large(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    let (mebibytes, runs) = if bench.short { (32, 2) } else { (200, 3) };
    let scan = bench.path("scan.pdf");
    write_scan(&scan, mebibytes << 20)?;
    let copy = bench.path("copy.pdf");
    let least = format!("cp '{scan}' '{copy}' && sync '{copy}' && openssl dgst -sha256 '{scan}'");
    let peer = measure(runs, &["sh".into(), "-c".into(), least]).ok().map(|c| ("cp, sync, sha256", c.millis));
    let mut sign = bench.sign();
    sign.extend(["-o".into(), bench.path("scan-signed.pdf"), scan]);
    let cost = measure(runs, &sign)?;
    table.add(&format!("sign a PDF, {mebibytes} MiB"), "ms", cost.millis, peer, &megabytes(&cost));
    Ok(())
}

fn small(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    let runs = if bench.short { 10 } else { 50 };
    let report = bench.path("report.pdf");
    write_scan(&report, 100 << 10)?;
    let mut sign = bench.sign();
    sign.extend(["-o".into(), bench.path("report-signed.pdf"), report.clone()]);
    let cost = measure(runs, &sign)?;
    let peer = pyhanko(bench, &report).and_then(|arguments| measure(3, &arguments).ok());
    let peer = peer.map(|cost| ("pyhanko sign", cost.millis));
    table.add("sign a PDF, 100 KiB, whole process", "ms", cost.millis, peer, &megabytes(&cost));
    Ok(())
}

/// pyHanko's command with the bench's key as PKCS#12, where it is installed: `KEIIN_PYHANKO` names it, else `pyhanko`.
fn pyhanko(bench: &Bench, report: &str) -> Option<Vec<String>> {
    let program = std::env::var("KEIIN_PYHANKO").unwrap_or_else(|_| "pyhanko".to_owned());
    let p12 = bench.path("doctor.p12");
    let (key, certificate) = (bench.key.display(), bench.certificate.display());
    let make = format!(
        "openssl pkcs12 -export -inkey '{key}' -in '{certificate}' -passout pass:test -out '{p12}' && printf test > '{p12}.pass'"
    );
    measure(1, &["sh".into(), "-c".into(), make]).ok()?;
    let arguments = ["sign", "addsig", "--use-pades", "--field", "S1", "pkcs12", "--passfile"];
    let mut all = vec![program];
    all.extend(arguments.map(str::to_owned));
    all.extend([format!("{p12}.pass"), report.to_owned(), bench.path("peer.pdf"), p12]);
    Some(all)
}

/// A page with an image of so many octets.
pub(crate) fn write_scan(path: &str, octets: usize) -> Result<(), Failure> {
    let mut file = BufWriter::new(File::create(path)?);
    let mut offsets = Vec::new();
    let mut at = 0;
    let mut put = |octets: &[u8], at: &mut usize| -> Result<(), Failure> {
        *at += octets.len();
        Ok(file.write_all(octets)?)
    };
    put(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", &mut at)?;
    let image = format!(
        "<</Type/XObject/Subtype/Image/Width {octets}/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/Length {octets}>>\nstream\n"
    );
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</Im 4 0 R>>>>>>";
    let heads = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", page, &image];
    for (index, head) in heads.iter().enumerate() {
        offsets.push(at);
        put(format!("{} 0 obj\n{head}", index + 1).as_bytes(), &mut at)?;
        if index == 3 {
            let row: Vec<u8> = (0..=u8::MAX).cycle().take(1 << 16).collect();
            for start in (0..octets).step_by(row.len()) {
                put(row.get(..row.len().min(octets - start)).unwrap_or_default(), &mut at)?;
            }
            put(b"\nendstream", &mut at)?;
        }
        put(b"\nendobj\n", &mut at)?;
    }
    let start = at;
    put(b"xref\n0 5\n0000000000 65535 f \n", &mut at)?;
    for offset in offsets {
        put(format!("{offset:010} 00000 n \n").as_bytes(), &mut at)?;
    }
    put(format!("trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").as_bytes(), &mut at)
}
