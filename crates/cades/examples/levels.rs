// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Writes every level from ES-BES to a thrice archived ES-A into a folder, for other people's verifiers:
//! `levels FOLDER`. Beside the signatures: the data, and the roots and CA certificates.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "../tests/steps/mod.rs"]
mod steps;

use std::path::PathBuf;

use keiin_cades::Packaging;
use steps::{DATA, Revocation, Steps};

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "levels".to_owned()));
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: String, octets: &[u8]| std::fs::write(folder.join(name), octets).unwrap();
    write("data".to_owned(), DATA);
    for (holder, key) in [("doctor", "rsa"), ("doctor-ec", "ec")] {
        for revocation in [Revocation::Crl, Revocation::Ocsp, Revocation::Both] {
            let steps = Steps::new(holder, revocation);
            for (packaging, form) in [(Packaging::Attached, "attached"), (Packaging::Detached, "detached")] {
                for (level, octets) in steps.levels(packaging) {
                    let of = format!("{revocation:?}").to_lowercase();
                    write(format!("{key}-{of}-{form}-{level}.p7s"), &octets);
                }
            }
        }
    }
    let pki = keiin_testkit::TestPki::hpki();
    for root in ["root", "tsa-root", "tsa-root-2"] {
        write(format!("{root}.der"), pki.certificate(root));
    }
    for ca in ["signing-ca", "tsa-ca", "tsa-ca-2"] {
        write(format!("{ca}.cer"), pki.certificate(ca));
    }
    println!("{}", pki.start());
}
