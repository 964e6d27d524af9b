// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The profile on the certificates that the CAs publish.
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use base64::{Engine as _, engine::general_purpose::STANDARD};
use keiin_hpki::{Authority, AuthorityUse, Hpki, PolicyUse, policy_use};
use keiin_pki::{
    cert::Certificate,
    path::{self, Anchor, Budget, PathErrorKind, PathParameters},
    profile::CertificateProfile,
    revocation::{self, Crls, Ocsps, RevocationStatus},
    store::CertificateStore,
};
use keiin_testkit::corpus;

fn load(name: &str) -> Option<Vec<u8>> {
    Some(std::fs::read(corpus::part("hpki")?.join("ca").join(name)).unwrap())
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

/// What stands in base64 between the tags of one name: enough for the samples, which are not read as XML here.
fn values(xml: &str, tag: &str) -> Vec<Vec<u8>> {
    let (prefixed, plain_tag) = (format!(":{tag}"), format!("<{tag}"));
    let opened = xml.split(&prefixed).chain(xml.split(&plain_tag));
    let texts = opened.filter_map(|rest| rest.split_once('>')?.1.split_once('<').map(|(text, _)| text));
    let plain = |text: &str| text.split_whitespace().collect::<String>();
    texts.filter_map(|text| STANDARD.decode(plain(text)).ok()).filter(|v| v.first() == Some(&0x30)).collect()
}

/// Real chains of test holders with the CRLs that were embedded with them: the MHLW root's list of CAs with its critical
/// IssuingDistributionPoint, and the signing CA's list.
#[test]
fn embedded_chains_and_lists_at_their_own_time() {
    let Some(samples) = corpus::part("hpki").map(|folder| folder.join("samples")) else { return };
    let hpki = Hpki::new();
    let mut ran = 0;
    for entry in std::fs::read_dir(samples).unwrap() {
        let path = entry.unwrap().path();
        let xml = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        let mut pool = values(&xml, "X509Certificate");
        pool.extend(values(&xml, "EncapsulatedX509Certificate"));
        let lists = values(&xml, "EncapsulatedCRLValue");
        let store = CertificateStore::new(pool.iter().map(Vec::as_slice));
        let ocsps = Ocsps::default();
        let crls = Crls::new(lists.iter().map(Vec::as_slice));
        let known: Vec<_> = hpki.known_anchors().iter().map(|a| a.certificate).collect();
        let anchors: Vec<_> = known
            .iter()
            .filter_map(|id| store.certificate(id))
            .filter(|c| c.is_self_issued())
            .map(|c| Anchor { certificate: c.clone(), class: Some(Hpki::CLASS.to_owned()) })
            .collect();
        for holder in store.iter().filter(|c| policy_use(c).contains(&PolicyUse::Signature)) {
            let mut budget = Budget::default();
            let search = path::build(holder, &store, &anchors, &mut budget);
            let Some(chain) = search.paths.first() else {
                println!("HPKI: {} {}: no root embedded", path.display(), holder.subject);
                continue;
            };
            let time = Some(holder.not_before.plus_days(30));
            assert!(path::check(chain, &PathParameters { time, ..Default::default() }).is_ok());
            let above = &chain.certificates()[1..];
            assert!(hpki.check(holder, above).iter().all(|finding| finding.passed));
            for link in chain.links() {
                let facts =
                    revocation::facts(link.certificate, link.issuer, &crls, &ocsps, &store, &mut budget);
                assert!(!facts.usable.is_empty(), "{}: {:?}", link.certificate.subject, facts.rejected);
                assert!(facts.usable.iter().all(|f| f.status == RevocationStatus::NotRevoked));
                ran += 1;
            }
        }
    }
    println!("HPKI: {ran} links with revocation facts");
    assert!(ran >= 4);
}
