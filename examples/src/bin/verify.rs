// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Six years on, when the doctor's certificate has ended: who signed, in which licensed role, when, on what evidence?

use keiin::{Document, model::Indication, verify};
use keiin_examples::{Failure, at, folder, practice};
use keiin_testkit::TestPki;

fn main() -> Result<(), Failure> {
    let (file, pki, now) = (folder()?.join("prescription.p7m"), TestPki::hpki(), at("2032-04-01T09:00:00Z"));
    let setup = practice(&pki, now)?;
    let verdict = verify(&setup, &Document::open(&file, None)?, now);
    for signature in &verdict.report.signatures {
        let roles =
            signature.signer.iter().flat_map(|s| &s.roles).map(|r| r.japanese.as_deref().unwrap_or(&r.code));
        println!(
            "{:?}: {} at {}",
            signature.indication,
            roles.collect::<Vec<_>>().join(", "),
            signature.time.best_signature_time
        );
    }
    let passed = verdict.report.signatures.iter().all(|s| s.indication == Indication::TotalPassed);
    if passed { Ok(()) } else { Err("not every signature is TOTAL_PASSED".into()) }
}
