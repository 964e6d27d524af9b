// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Holds the arrows of ARCHITECTURE.md against what cargo knows.

use std::{collections::BTreeSet, process::Command};

/// Package, and the packages of ours that it may depend on outside its tests.
const ARROWS: &[(&str, &[&str])] = &[
    ("keiin-model", &[]),
    ("keiin-pki", &["keiin-model"]),
    ("keiin-tsp", &["keiin-pki", "keiin-model"]),
    ("keiin-hpki", &["keiin-pki", "keiin-model"]),
    ("keiin-cades", &["keiin-tsp", "keiin-pki", "keiin-model"]),
    ("keiin-xades", &["keiin-tsp", "keiin-pki", "keiin-model"]),
    ("keiin-pades", &["keiin-cades", "keiin-tsp", "keiin-pki", "keiin-model"]),
    ("keiin-validate", &["keiin-pki", "keiin-model"]),
    ("keiin-archive", &["keiin-validate", "keiin-model"]),
    ("keiin-signer", &["keiin-pki", "keiin-model"]),
    (
        "keiin",
        &[
            "keiin-model",
            "keiin-pki",
            "keiin-tsp",
            "keiin-hpki",
            "keiin-cades",
            "keiin-xades",
            "keiin-pades",
            "keiin-validate",
            "keiin-archive",
            "keiin-signer",
        ],
    ),
    ("keiin-cli", &["keiin", "keiin-testkit"]),
    ("keiin-testkit", &["keiin-model"]),
    ("keiin-card", &[]),
];

/// Packages that stand outside the product and may use any of it.
const OUTSIDE: &[&str] = &["keiin-examples", "keiin-benches"];

#[test]
fn the_arrows_are_those_of_the_architecture() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let ours: BTreeSet<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();
    let mut checked = 0;
    for package in packages {
        let name = package["name"].as_str().expect("a name");
        if OUTSIDE.contains(&name) {
            continue;
        }
        let (_, allowed) =
            ARROWS.iter().find(|(room, _)| *room == name).unwrap_or_else(|| panic!("{name} has no row here"));
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let to = dependency["name"].as_str().expect("a name");
            if dependency["kind"].as_str() == Some("dev") || !ours.contains(to) {
                continue;
            }
            assert!(allowed.contains(&to), "{name} -> {to} is not an arrow of ARCHITECTURE.md");
            checked += 1;
        }
    }
    assert!(checked > 10, "only {checked} arrows were found: is this the right workspace?");
}
