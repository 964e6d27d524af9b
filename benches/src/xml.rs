// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A large enveloped XML signature beside xmlsec1, and many references in one signature.

use std::fmt::Write as _;

use crate::{
    Bench, Failure,
    table::{Table, measure, megabytes},
};

/// What xmlsec1 fills in: the same packaging and canonical form as keiin's.
const TEMPLATE: &str = "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><SignedInfo><CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/><SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/><Reference URI=\"\"><Transforms><Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/><Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></Transforms><DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><DigestValue/></Reference></SignedInfo><SignatureValue/><KeyInfo><X509Data/></KeyInfo></Signature>";

pub(crate) fn run(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    large(bench, table)?;
    many(bench, table)
}

/// 10 MB of records as a clinic's export has them.
fn large(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    let (runs, octets) = if bench.short { (3, 2_000_000) } else { (5, 10_000_000) };
    let mut body = String::with_capacity(octets + 200);
    for number in 0.. {
        if body.len() >= octets {
            break;
        }
        writeln!(
            body,
            "<line no=\"{number}\" code='A&amp;B'><name>アムロジピン錠 5mg</name><dose unit=\"錠\">1</dose></line>"
        )?;
    }
    let document = |inside: &str| format!("<record xmlns=\"urn:record\">{inside}</record>");
    let (plain, template) = (bench.path("large.xml"), bench.path("template.xml"));
    std::fs::write(&plain, document(&body))?;
    body.push_str(TEMPLATE);
    std::fs::write(&template, document(&body))?;
    let size = format!("{} MB", octets / 1_000_000);

    let (theirs, ours) = (bench.path("theirs.xml"), bench.path("ours.xml"));
    let pair = format!("{},{}", bench.key.display(), bench.certificate.display());
    let xmlsec1 = |arguments: &[&str]| -> Vec<String> {
        std::iter::once("xmlsec1").chain(arguments.iter().copied()).map(str::to_owned).collect()
    };
    let sign = xmlsec1(&["--sign", "--privkey-der", &pair, "--output", &theirs, &template]);
    let peer = measure(runs, &sign).ok();
    let mut sign = bench.sign();
    sign.extend(["--format", "xades", "--packaging", "enveloped", "-o"].map(str::to_owned));
    sign.extend([ours.clone(), plain]);
    let cost = measure(runs, &sign)?;
    table.add_both(&format!("sign XML, {size}"), &cost, peer.as_ref().map(|peer| ("xmlsec1", peer)));

    let certificate = bench.certificate.display().to_string();
    let verify = verify_by_peer(bench, &ours)?;
    let peer = measure(runs, &xmlsec1(&verify.iter().map(String::as_str).collect::<Vec<_>>()))
        .or_else(|_| measure(runs, &xmlsec1(&["--verify", "--insecure", "--id-attr:Id", SIGNED, &ours])))
        .ok();
    let mut verify = vec![bench.keiin.display().to_string(), "verify".into(), "--offline".into()];
    verify.extend(["--at".into(), "2026-04-01T10:00:00Z".into(), "--trust".into(), certificate, ours]);
    let cost = measure(runs, &verify)?;
    table.add_both(&format!("verify XML, {size}"), &cost, peer.as_ref().map(|peer| ("xmlsec1", peer)));
    Ok(())
}

/// What xmlsec1 is to do: it takes no certificate for an anchor but a self-signed one, and judges at its clock's time if
/// it is not told another, where the bench's certificates have ended.
fn verify_by_peer(bench: &Bench, file: &str) -> Result<Vec<String>, Failure> {
    let mut arguments = vec!["--verify".to_owned()];
    let chain = keiin_testkit::TestPki::hpki().chain("doctor");
    for (number, certificate) in chain.iter().enumerate().skip(1) {
        let kind = if number + 1 == chain.len() { "--trusted-der" } else { "--untrusted-der" };
        let path = bench.path(&format!("issuer-{number}.cer"));
        std::fs::write(&path, certificate)?;
        arguments.extend([kind.to_owned(), path]);
    }
    let rest = ["--verification-gmt-time", "2026-04-01 10:00:00", "--id-attr:Id", SIGNED, file];
    arguments.extend(rest.map(str::to_owned));
    Ok(arguments)
}

const SIGNED: &str = "http://uri.etsi.org/01903/v1.3.2#:SignedProperties";

/// Three times the references: three times the time, not nine.
fn many(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    let runs = if bench.short { 2 } else { 5 };
    let mut costs = Vec::new();
    for count in [300_u32, 900] {
        let mut sign = bench.sign();
        let out = bench.path(&format!("many-{count}.xml"));
        sign.extend(["--format", "xades", "--packaging", "detached", "-o"].map(str::to_owned));
        sign.push(out);
        for number in 0..count {
            let page = bench.path(&format!("page-{number}.txt"));
            std::fs::write(&page, number.to_string())?;
            sign.push(page);
        }
        costs.push(measure(runs, &sign)?);
    }
    if let [few, many] = costs.as_slice() {
        let peer = Some(("3 x 300 references", few.millis * 3.0));
        table.add("sign 900 references", "ms", many.millis, peer, &megabytes(many));
    }
    Ok(())
}
