// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A day later, when the CA has issued the next CRL: ES-T becomes ES-A.

use keiin::{Document, Existing, Goal, Level, extend};
use keiin_examples::{Failure, at, folder, practice};
use keiin_testkit::TestPki;

fn main() -> Result<(), Failure> {
    let (file, pki, now) = (folder()?.join("prescription.p7m"), TestPki::hpki(), at("2026-04-02T09:00:00Z"));
    let setup = practice(&pki, now)?;
    let mut document = Document::open(&file, None)?;
    let extended = extend(&setup, &mut document, Goal::Level(Level::A), now)?;
    document.write(&file, Existing::Replace)?;
    println!("{} after {} steps", extended.level, extended.steps.len());
    extended.stopped.map_or(Ok(()), |why| Err(why.into()))
}
