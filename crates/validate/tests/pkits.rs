// SPDX-License-Identifier: Apache-2.0 OR MIT
//! NIST PKITS through the engine itself, with revocation required and no list of exceptions.
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::collections::BTreeSet;

use keiin_model::{Bytes, DigestAlgorithm, Evidence, EvidenceKind, Oid, Origin, PathIndication};
use keiin_pki::{
    digest::object_id,
    path::{Indicator, PathParameters},
};
use keiin_testkit::corpus;
use keiin_validate::{
    AlgorithmTable, DigestRow, PathQuestion, Policy, RevocationFreshness, Scheme, SignatureRow, TrustAnchor,
    validate_path,
};
use serde_json::Value;

/// PKITS is about paths: every algorithm that can be computed counts.
fn every_algorithm() -> AlgorithmTable {
    let digests = [DigestAlgorithm::Sha1, DigestAlgorithm::Sha256];
    let schemes = [Scheme::RsaPkcs1, Scheme::Dsa];
    AlgorithmTable {
        name: "all".to_owned(),
        issued: "2020-01-01".parse().unwrap(),
        digests: digests.map(|algorithm| DigestRow { algorithm, until: None }).to_vec(),
        signatures: schemes.map(|scheme| SignatureRow { scheme, bits: 0, until: None }).to_vec(),
    }
}

fn question(settings: &Value) -> PathQuestion {
    let indicator =
        |name: &str| if settings[name] == Value::Bool(true) { Indicator::Set } else { Indicator::Clear };
    let policies = settings["user_initial_policy_set"].as_array();
    let parse = |policy: &Value| -> Oid { policy.as_str().unwrap().parse().unwrap() };
    let parameters = PathParameters {
        user_initial_policies: policies.map(|all| all.iter().map(parse).collect::<BTreeSet<_>>()),
        explicit_policy: indicator("initial_explicit_policy"),
        policy_mapping_inhibit: indicator("initial_policy_mapping_inhibit"),
        any_policy_inhibit: indicator("initial_any_policy_inhibit"),
        ..PathParameters::default()
    };
    PathQuestion { parameters, ..PathQuestion::default() }
}

#[test]
fn pkits() {
    let Some(folder) = corpus::part("pkits") else {
        println!("PKITS through the engine: 0 cases ran");
        return;
    };
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    let cases = manifest["cases"].as_array().unwrap();
    let mut wrong = Vec::new();
    for case in cases {
        let read =
            |kind: &str, name: &Value| std::fs::read(folder.join(kind).join(name.as_str().unwrap())).unwrap();
        let target = read("certs", &case["target"]);
        let mut evidence = Evidence::default();
        let mut insert =
            |kind, bytes: Vec<u8>| evidence.insert(object_id(&bytes), kind, bytes, Origin::Supplied);
        insert(EvidenceKind::Certificate, target.clone());
        for name in case["intermediates"].as_array().into_iter().flatten() {
            insert(EvidenceKind::Certificate, read("certs", name));
        }
        for name in case["crls"].as_array().into_iter().flatten() {
            insert(EvidenceKind::Crl, read("crls", name));
        }
        let certificate = Bytes::from(read("certs", &case["trust_anchor"]));
        let mut policy = Policy::general(vec![TrustAnchor { certificate, class: None }], Vec::new());
        policy.algorithms = every_algorithm();
        policy.signer_freshness = RevocationFreshness::NextUpdate;
        let time = "2020-01-01".parse().unwrap();
        let report =
            validate_path(&object_id(&target), &question(&case["settings"]), &evidence, &policy, time);
        let valid = report.as_ref().is_some_and(|report| report.indication == PathIndication::Passed);
        if valid != (case["expect"] == "valid") {
            wrong.push(format!("{} {}: {:?}", case["id"], case["name"], report.map(|r| r.sub_indication)));
        }
    }
    println!("PKITS through the engine: {} of {} cases", cases.len() - wrong.len(), cases.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}
