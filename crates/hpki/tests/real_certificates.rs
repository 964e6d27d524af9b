// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The profile on the certificates that the CAs publish.
#![allow(clippy::disallowed_methods, missing_docs)]

use std::path::PathBuf;

use keiin_hpki::{Authority, AuthorityUse, Hpki, PolicyUse, policy_use};
use keiin_pki::{
    cert::Certificate,
    path::{self, Anchor, Budget, PathErrorKind, PathParameters},
    profile::CertificateProfile,
    store::CertificateStore,
};

fn folder() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let folder = std::env::var_os("KEIIN_CORPUS").map_or(beside, PathBuf::from).join("hpki/ca");
    if !folder.is_dir() {
        println!("HPKI: the corpus is not there (KEIIN_CORPUS, or ../shared/corpus): nothing ran");
        return None;
    }
    Some(folder)
}

fn load(name: &str) -> Option<Vec<u8>> {
    Some(std::fs::read(folder()?.join(name)).unwrap())
}

#[test]
fn authorities_are_what_they_say() {
    let rows = [
        ("mhlw_hpki_root_ca_v2.cer", Some(AuthorityUse::Root), vec![]),
        ("medis_sign_ca.cer", Some(AuthorityUse::Signature), vec![PolicyUse::SignatureCa]),
        ("medis_auth_ca.cer", Some(AuthorityUse::Authentication), vec![PolicyUse::PersonAuthenticationCa]),
        ("jpki_sign_ca01.cer", None, vec![]),
        ("jpki_sign_ca02.cer", None, vec![]),
        ("jpki_sign_ca03.cer", None, vec![]),
    ];
    let mut ran = 0;
    for (name, use_of, policies) in rows {
        let Some(raw) = load(name) else { return };
        let certificate = Certificate::read(&raw).unwrap();
        assert_eq!(Authority::of(&certificate.id).map(|a| a.use_of), use_of, "{name}");
        assert_eq!(policy_use(&certificate), policies, "{name}");
        ran += 1;
    }
    println!("HPKI: {ran} CA certificates");
}

#[test]
fn signing_ca_passes_and_authentication_ca_does_not() {
    let (Some(sign), Some(auth)) = (load("medis_sign_ca.cer"), load("medis_auth_ca.cer")) else { return };
    let hpki = Hpki::new();
    let mut ran = 0;
    for (raw, passes) in [(&sign, true), (&auth, false)] {
        let ca = Certificate::read(raw).unwrap();
        // The CA stands for a signer here too: no end entity is published. It must fail as one.
        let findings = hpki.check(&ca, &[&ca]);
        let finding = |id| findings.iter().find(|f| f.id == id).unwrap();
        assert_eq!(finding("hpki-signing-ca").passed, passes);
        assert!(!finding("hpki-key-usage").passed && !finding("hpki-policy").passed);
        ran += 1;
    }
    println!("HPKI: {ran} issuers");
}

#[test]
fn subordinate_cas_chain_to_the_root() {
    let Some(root) = load("mhlw_hpki_root_ca_v2.cer") else { return };
    let anchors = [Anchor::read(&root, Some(Hpki::CLASS.to_owned())).unwrap()];
    let store = CertificateStore::default();
    let mut ran = 0;
    for name in ["medis_sign_ca.cer", "medis_auth_ca.cer", "jpki_sign_ca01.cer"] {
        let raw = load(name).unwrap();
        let ca = Certificate::read(&raw).unwrap();
        let search = path::build(&ca, &store, &anchors, &mut Budget::default());
        assert_eq!(search.paths.len(), usize::from(name.starts_with("medis")), "{name}");
        for path in &search.paths {
            let at = |time: &str| PathParameters { time: Some(time.parse().unwrap()), ..Default::default() };
            assert!(path::check(path, &at("2026-01-01")).is_ok());
            let late = path::check(path, &at("2040-01-01")).unwrap_err();
            assert!(matches!(late.kind, PathErrorKind::Expired { .. }), "{late}");
            // HPKI's policies do not chain: see the crate's front page.
            let explicit = PathParameters { explicit_policy: path::Indicator::Set, ..at("2026-01-01") };
            assert_eq!(path::check(path, &explicit).is_ok(), path.certificates().len() == 2);
        }
        ran += 1;
    }
    println!("HPKI: {ran} chains");
}
