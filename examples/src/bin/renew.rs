// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Ten years on, before the TSA's certificate ends: another archive time-stamp over the last one, with a stronger digest.

use keiin::{Document, Existing, Renewal, model::DigestAlgorithm, renew};
use keiin_examples::{Failure, at, folder, practice};
use keiin_testkit::TestPki;

fn main() -> Result<(), Failure> {
    let (file, pki, now) = (folder()?.join("prescription.p7m"), TestPki::hpki(), at("2036-04-01T09:00:00Z"));
    let setup = practice(&pki, now)?;
    let mut document = Document::open(&file, None)?;
    let renewed = renew(&setup, &mut document, Renewal { digest: Some(DigestAlgorithm::Sha512) }, now)?;
    document.write(&file, Existing::Replace)?;
    println!("renewed: {}", renewed.level);
    renewed.stopped.map_or(Ok(()), |why| Err(why.into()))
}
