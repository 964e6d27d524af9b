// SPDX-License-Identifier: Apache-2.0 OR MIT
//! OpenSSL judges what testkit makes. Without `openssl` on the PATH each test says that it ran nothing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // the tests' own steps, outside of #[test] functions

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use keiin_model::{SignRequest, Signer as _, Time};
use keiin_testkit::{Kind, RevocationSources, SoftToken, TestPki, World, keys};

/// A folder of its own for a test, under the build folder.
struct Desk(PathBuf);

impl Desk {
    /// `None` after saying so when there is no OpenSSL.
    fn new(test: &str) -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            eprintln!("NOT RUN: {test}: no openssl on the PATH");
            return None;
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("openssl-{test}"));
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).unwrap();
        Some(Self(folder))
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.join(name), bytes).unwrap();
    }

    fn pem(&self, name: &str, label: &str, ders: &[Vec<u8>]) {
        let mut text = String::new();
        for der in ders {
            let body = STANDARD.encode(der);
            text.push_str(&format!("-----BEGIN {label}-----\n"));
            for line in body.as_bytes().chunks(64) {
                text.push_str(std::str::from_utf8(line).unwrap());
                text.push('\n');
            }
            text.push_str(&format!("-----END {label}-----\n"));
        }
        self.write(name, text.as_bytes());
    }

    fn run(&self, arguments: &str) -> Output {
        Command::new("openssl").args(arguments.split_whitespace()).current_dir(&self.0).output().unwrap()
    }

    /// Standard output of a command that must succeed.
    fn ok(&self, arguments: &str) -> String {
        let output = self.run(arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "openssl {arguments}\n{text}{error}");
        text
    }

    /// Both outputs of a command that must fail.
    fn fails(&self, arguments: &str) -> String {
        let output = self.run(arguments);
        let text =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(!output.status.success(), "openssl {arguments}\n{text}");
        text
    }

    /// Lays out an entity's chain and every CRL of it as of a moment.
    fn chain(&self, pki: &TestPki, name: &str, at: Time) {
        let mut chain = pki.chain(name);
        let root = chain.pop().unwrap();
        self.pem("leaf.pem", "CERTIFICATE", &chain[..1]);
        let middle = if chain.len() > 1 { chain[1..].to_vec() } else { vec![root.clone()] };
        self.pem("middle.pem", "CERTIFICATE", &middle);
        self.pem("root.pem", "CERTIFICATE", &[root]);
        let mut crls = pki.crls(name, at);
        if pki.issuers(name).contains(&"root") {
            crls.push(pki.crl("root-rarl", at));
        }
        self.pem("crls.pem", "X509 CRL", &crls);
    }
}

fn verify(at: Time, purpose: &str) -> String {
    format!(
        "verify -attime {} -x509_strict -crl_check_all -CRLfile crls.pem -CAfile root.pem -untrusted middle.pem {purpose} leaf.pem",
        at.unix()
    )
}

#[test]
fn chains_verify_with_their_crls() {
    let Some(desk) = Desk::new("chains") else { return };
    let pki = TestPki::hpki();
    let at = pki.start().plus_days(5);
    let names: Vec<String> = pki
        .entities()
        .filter(|e| matches!(e.kind, Kind::Holder(_) | Kind::Tsa(_)))
        .filter(|e| e.not_before <= at && at <= e.not_after)
        .map(|e| e.name.clone())
        .collect();
    assert!(names.len() > 25, "only {names:?}");
    for name in &names {
        desk.chain(&pki, name, at);
        desk.ok(&verify(at, ""));
    }
    eprintln!("{} chains", names.len());
}

#[test]
fn failing_chains_fail_for_their_reason() {
    let Some(desk) = Desk::new("failing-chains") else { return };
    let pki = TestPki::hpki();
    let day = |n| pki.start().plus_days(n);
    for (name, at, good, reason) in [
        ("doctor-revoked", day(29), true, ""),
        ("doctor-revoked", day(31), false, "certificate revoked"),
        ("doctor-compromised", day(31), false, "certificate revoked"),
        ("doctor-on-hold", day(9), true, ""),
        ("doctor-on-hold", day(11), false, "certificate revoked"),
        ("doctor-hold-lifted", day(11), false, "certificate revoked"),
        ("doctor-hold-lifted", day(21), true, ""),
        ("doctor-expired", day(0), false, "certificate has expired"),
        ("doctor-expiring", day(91), false, "certificate has expired"),
        ("doctor-future", day(0), false, "certificate is not yet valid"),
        ("doctor-sha1", day(0), false, "CA signature digest algorithm too weak"),
        ("doctor-revoked-ca", day(29), true, ""),
        ("doctor-revoked-ca", day(31), false, "certificate revoked"),
        ("tsa-revoked", day(31), false, "certificate revoked"),
        ("tsa-retired", day(31), false, "certificate revoked"),
        ("tsa-expired", day(0), false, "certificate has expired"),
        ("tsa-expiring", day(91), false, "certificate has expired"),
    ] {
        desk.chain(&pki, name, at);
        if good {
            desk.ok(&verify(at, ""));
        } else {
            // At level 1 OpenSSL refuses SHA-1.
            let output = desk.fails(&verify(at, "-auth_level 1"));
            assert!(output.contains(reason), "{name} at {at}: {output}");
        }
    }
    // A list is good until its nextUpdate, four days later.
    desk.chain(&pki, "doctor", day(0));
    desk.ok(&verify(day(4).plus_seconds(-1), ""));
    assert!(desk.fails(&verify(day(4), "")).contains("CRL has expired"));
    assert!(desk.fails(&verify(day(-1), "")).contains("CRL is not yet valid"));
}

#[test]
fn the_new_key_of_the_signing_ca_is_reached_through_the_old_one() {
    let Some(desk) = Desk::new("rollover") else { return };
    let pki = TestPki::hpki();
    let at = pki.start();
    for (leaf, trusted, middle) in [
        ("doctor-rollover", "signing-ca", "signing-ca-new-with-old"),
        ("doctor", "signing-ca-2", "signing-ca-old-with-new"),
    ] {
        desk.pem("leaf.pem", "CERTIFICATE", &[pki.certificate(leaf).to_vec()]);
        desk.pem("middle.pem", "CERTIFICATE", &[pki.certificate(middle).to_vec()]);
        desk.pem("root.pem", "CERTIFICATE", &[pki.certificate(trusted).to_vec()]);
        let link =
            desk.ok(&format!("verify -attime {} -partial_chain -CAfile root.pem middle.pem", at.unix()));
        assert!(link.contains("OK"));
    }
    desk.chain(&pki, "doctor-rollover", at);
    desk.ok(&verify(at, ""));
}

#[test]
fn certificates_look_like_those_of_real_cards() {
    let Some(desk) = Desk::new("shape") else { return };
    let pki = TestPki::hpki();
    desk.write("doctor.cer", pki.certificate("doctor"));
    let text = desk.ok("x509 -inform DER -in doctor.cer -noout -text -nameopt RFC2253");
    for want in [
        "Subject: serialNumber=TEST",
        "X509v3 Key Usage: critical\n                Non Repudiation\n",
        "Policy: 1.2.392.100495.1.5.1.1.0.1",
        "CPS: http://keiin.test/cps/",
        "URI:http://keiin.test/crl/signing-ca.crl",
        "DirName:/C=JP/O=Keiin Test Ministry of Health, Labour and Welfare",
    ] {
        assert!(text.contains(want), "{want:?} in {text}");
    }
    for unwanted in ["Extended Key Usage", "Authority Information Access", "Basic Constraints", "OCSP"] {
        assert!(!text.contains(unwanted), "{unwanted:?} in {text}");
    }
    desk.write("root.cer", pki.certificate("root"));
    let subject = desk.ok("x509 -inform DER -in root.cer -noout -subject");
    assert!(!subject.contains("CN") && subject.contains("OU"), "the root has no common name: {subject}");
    desk.write("root.crl", &pki.crl("root", pki.start()));
    let text = desk.ok("crl -inform DER -in root.crl -noout -text");
    assert!(text.contains("X509v3 Issuing Distribution Point: critical"), "{text}");
    assert!(text.contains("Only CA Certificates") && text.contains("CN = SARL"), "{text}");
}

#[test]
fn crls_name_the_reasons() {
    let Some(desk) = Desk::new("crl") else { return };
    let pki = TestPki::hpki();
    let list = |at| {
        desk.write("list.crl", &pki.crl("signing-ca", at));
        desk.pem("ca.pem", "CERTIFICATE", &[pki.certificate("signing-ca").to_vec()]);
        desk.ok("crl -inform DER -in list.crl -CAfile ca.pem -text -noout")
    };
    let before = list(pki.start());
    assert!(before.contains("No Revoked Certificates"), "{before}");
    let after = list(pki.start().plus_days(31));
    for reason in ["Cessation Of Operation", "Key Compromise", "Certificate Hold"] {
        assert_eq!(after.matches(reason).count(), 1, "{reason} in {after}");
    }
    assert_eq!(after.matches("Serial Number:").count(), 3, "{after}");
}

#[test]
fn tokens_verify() {
    let Some(desk) = Desk::new("tokens") else { return };
    let pki = TestPki::hpki();
    desk.write("data", b"time-stamped by the test kit");
    let tsas: Vec<String> = pki
        .entities()
        .filter(|e| {
            matches!(e.kind, Kind::Tsa(_)) && !e.name.starts_with("tsa-eku") && e.name != "tsa-no-eku"
        })
        .map(|e| e.name.clone())
        .collect();
    assert!(tsas.len() >= 12, "{tsas:?}");
    for (index, name) in tsas.iter().enumerate() {
        let at = pki.entity(name).not_before.plus_days(2);
        let digest = ["sha256", "sha384", "sha512", "sha1"][index % 4];
        desk.ok(&format!("ts -query -data data -{digest} -cert -out query.tsq"));
        desk.write("reply.tsr", &pki.tsa(name).respond(&fs::read(desk.0.join("query.tsq")).unwrap(), at));
        desk.chain(&pki, name, at);
        let chain = "-CAfile root.pem -untrusted middle.pem";
        let trust = format!("-attime {} {chain}", at.unix());
        desk.ok(&format!("ts -verify -queryfile query.tsq -in reply.tsr {trust}"));
        desk.ok(&format!("ts -verify -data data -in reply.tsr {trust}"));
        desk.ok("ts -reply -in reply.tsr -token_out -out token.der");
        desk.ok(&format!("ts -verify -data data -in token.der -token_in {trust}"));
        desk.ok("cms -cmsout -inform DER -in token.der -noout -print");
        desk.write("other", b"something else");
        assert!(desk.fails(&format!("ts -verify -data other -in reply.tsr {trust}")).contains("imprint"));
        let text = desk.ok("ts -reply -in reply.tsr -text");
        assert!(text.contains("Status: Granted."), "{text}");
    }
    eprintln!("{} TSAs", tsas.len());
}

#[test]
fn tokens_say_what_their_profile_says() {
    let Some(desk) = Desk::new("profiles") else { return };
    let pki = TestPki::hpki();
    desk.write("data", b"data");
    desk.ok("ts -query -data data -sha256 -no_nonce -out query.tsq");
    let query = fs::read(desk.0.join("query.tsq")).unwrap();
    let text = |name: &str| {
        desk.write("reply.tsr", &pki.tsa(name).respond(&query, pki.start()));
        desk.ok("ts -reply -in reply.tsr -text")
    };
    let precise = text("tsa-precise");
    assert!(precise.contains("Apr  1 00:00:00.123456 2026 GMT"), "{precise}");
    assert!(
        precise.contains("Ordering: yes")
            && precise.contains("unspecified seconds, 0x01F4 millis, 0xFA micros"),
        "{precise}"
    );
    assert!(precise.contains("CN=Keiin Test TSU tsa-precise"), "{precise}");
    let usual = text("tsa-rsa");
    assert!(usual.contains("Apr  1 00:00:00 2026 GMT") && usual.contains("Ordering: no"), "{usual}");
    assert!(usual.contains("0x01 seconds") && usual.contains("Nonce: unspecified"), "{usual}");
    desk.ok("ts -reply -in reply.tsr -token_out -out token.der");
    let bare = desk.ok("cms -cmsout -inform DER -in token.der -noout -print");
    assert!(bare.contains("id-smime-aa-signingCertificateV2"), "{bare}");
    assert!(bare.contains("certificates:\n      <ABSENT>"), "certReq was not set: {bare}");
    text("tsa-essv1");
    desk.ok("ts -reply -in reply.tsr -token_out -out token.der");
    let first = desk.ok("cms -cmsout -inform DER -in token.der -noout -print");
    assert!(first.contains("id-smime-aa-signingCertificate ") && first.contains("signingTime"), "{first}");
}

#[test]
fn tsas_without_the_right_key_usage_are_refused() {
    let Some(desk) = Desk::new("eku") else { return };
    let pki = TestPki::hpki();
    let at = pki.start();
    desk.write("data", b"data");
    desk.ok("ts -query -data data -sha256 -cert -out query.tsq");
    let query = fs::read(desk.0.join("query.tsq")).unwrap();
    for name in ["tsa-no-eku", "tsa-eku-not-critical", "tsa-eku-with-others"] {
        desk.write("reply.tsr", &pki.tsa(name).respond(&query, at));
        desk.chain(&pki, name, at);
        let output = desk.fails(&format!(
            "ts -verify -queryfile query.tsq -in reply.tsr -attime {} -CAfile root.pem -untrusted middle.pem",
            at.unix()
        ));
        assert!(output.contains("unsuitable certificate purpose"), "{name}: {output}");
    }
}

#[test]
fn ocsp_answers_verify() {
    let Some(desk) = Desk::new("ocsp") else { return };
    let pki = World::hpki("http://keiin.test", TestPki::START).with_sources(RevocationSources::Both).build();
    let at = pki.start().plus_days(31);
    for (name, state) in [
        ("doctor", "good"),
        ("doctor-ec", "good"),
        ("doctor-revoked", "revoked"),
        ("signing-ca", "good"),
        ("signing-ca-revoked", "revoked"),
        ("tsa-rsa", "good"),
        ("tsa-ecdsa", "good"),
        ("tsa-revoked", "revoked"),
    ] {
        let issuer = pki.entity(name).issuer.clone();
        desk.pem("subject.pem", "CERTIFICATE", &[pki.certificate(name).to_vec()]);
        desk.pem("issuer.pem", "CERTIFICATE", &[pki.certificate(&issuer).to_vec()]);
        desk.pem("root.pem", "CERTIFICATE", &[pki.chain(name).pop().unwrap()]);
        for digest in ["-sha1", "-sha256"] {
            desk.ok(&format!("ocsp {digest} -issuer issuer.pem -cert subject.pem -reqout request.der"));
            desk.write("answer.der", &pki.ocsp(&fs::read(desk.0.join("request.der")).unwrap(), at));
            let output = desk.run(&format!(
                "ocsp {digest} -issuer issuer.pem -cert subject.pem -respin answer.der -reqin request.der -no_nonce -CAfile root.pem -verify_other issuer.pem -attime {} -validity_period 999999999",
                at.unix()
            ));
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success() && error.contains("Response verify OK"), "{name}: {text}{error}");
            assert!(text.contains(&format!("subject.pem: {state}")), "{name}: {text}");
        }
    }
    let text = desk.ok("ocsp -respin answer.der -noverify -resp_text");
    assert!(
        text.contains("Nonce") && text.contains("OCSP No Check") && text.contains("keyCompromise"),
        "{text}"
    );
}

#[test]
fn a_serial_number_that_was_never_issued_is_unknown() {
    let Some(desk) = Desk::new("ocsp-unknown") else { return };
    let pki = TestPki::hpki();
    desk.pem("issuer.pem", "CERTIFICATE", &[pki.certificate("signing-ca").to_vec()]);
    desk.ok("ocsp -issuer issuer.pem -serial 99999 -reqout request.der");
    desk.write("answer.der", &pki.ocsp(&fs::read(desk.0.join("request.der")).unwrap(), pki.start()));
    assert!(desk.ok("ocsp -respin answer.der -noverify -resp_text").contains("Cert Status: unknown"));
    desk.pem("issuer.pem", "CERTIFICATE", &[pki.certificate("doctor").to_vec()]);
    desk.ok("ocsp -issuer issuer.pem -serial 1 -reqout request.der");
    desk.write("answer.der", &pki.ocsp(&fs::read(desk.0.join("request.der")).unwrap(), pki.start()));
    assert!(desk.fails("ocsp -respin answer.der -noverify -resp_text").contains("unauthorized (6)"));
}

#[test]
fn what_the_soft_token_signs_verifies() {
    let Some(desk) = Desk::new("soft") else { return };
    let pki = TestPki::hpki();
    let message = b"a prescription";
    desk.write("message", message);
    for name in ["doctor", "doctor-ec", "doctor-ec384", "doctor-rsa4096", "pharmacist"] {
        let card = SoftToken::new(&pki, name);
        desk.pem("leaf.pem", "CERTIFICATE", &[card.certificate().to_vec()]);
        let public = desk.ok("x509 -in leaf.pem -noout -pubkey");
        desk.write("public.pem", public.as_bytes());
        for algorithm in card.algorithms() {
            let hash = algorithm.digest().unwrap();
            let digest = keys::digest(hash, message).unwrap();
            let request = SignRequest { algorithm: *algorithm, message, digest: &digest };
            desk.write("signature", &card.sign(&request).unwrap());
            let hash = hash.name().to_lowercase().replace('-', "");
            desk.ok(&format!("dgst -{hash} -verify public.pem -signature signature message"));
        }
    }
}
