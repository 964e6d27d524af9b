// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The profile on the holders of the testkit's HPKI-like world.
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use keiin_hpki::Hpki;
use keiin_pki::{cert::Certificate, profile::CertificateProfile};
use keiin_testkit::TestPki;

fn failures(pki: &TestPki, name: &str, issuer: &str) -> Vec<&'static str> {
    let holder = Certificate::read(pki.certificate(name)).unwrap();
    let issuer = Certificate::read(pki.certificate(issuer)).unwrap();
    let findings = Hpki::new().check(&holder, &[&issuer]);
    assert!(findings.iter().all(|f| !f.clause.is_empty() && f.id.starts_with("hpki-")));
    findings.iter().filter(|f| !f.passed).map(|f| f.id).collect()
}

#[test]
fn each_holder_fails_where_it_should() {
    let pki = TestPki::hpki();
    for (name, issuer, expected) in [
        ("doctor", "signing-ca", &[][..]),
        ("pharmacist", "signing-ca", &[]),
        ("no-role", "signing-ca", &[]),
        ("doctor-rollover", "signing-ca-2", &[]),
        ("doctor-wrong-policy", "signing-ca", &["hpki-policy"]),
        ("doctor-authentication", "authentication-ca", &["hpki-key-usage", "hpki-policy", "hpki-signing-ca"]),
    ] {
        assert_eq!(failures(&pki, name, issuer), expected, "{name}");
    }
}

#[test]
fn a_signer_without_an_issuer_is_not_shown_to_be_of_hpki() {
    let pki = TestPki::hpki();
    let doctor = Certificate::read(pki.certificate("doctor")).unwrap();
    let findings = Hpki::new().check(&doctor, &[]);
    assert!(findings.iter().any(|f| f.id == "hpki-signing-ca" && !f.passed));
}

#[test]
fn roles_of_holders() {
    let pki = TestPki::hpki();
    let roles = |name: &str| -> Vec<(String, Option<String>)> {
        let holder = Certificate::read(pki.certificate(name)).unwrap();
        Hpki::new().roles(&holder).into_iter().map(|r| (r.code, r.japanese)).collect()
    };
    let role = |code: &str, japanese: &str| (code.to_owned(), Some(japanese.to_owned()));
    assert_eq!(roles("doctor"), [role("Medical Doctor", "医師")]);
    assert_eq!(roles("nurse"), [role("General Nurse", "看護師")]);
    let mut both = roles("doctor-two-roles");
    both.sort();
    assert_eq!(both, [role("Director of Hospital", "病院長"), role("Medical Doctor", "医師")]);
    assert_eq!(roles("no-role"), []);
}
