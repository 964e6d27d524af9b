// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A doctor signs a prescription with a soft HPKI card and hands over ES-T.

use keiin::{Content, Existing, Level, Signing, sign};
use keiin_examples::{Failure, at, folder, practice};
use keiin_testkit::{SoftToken, TestPki};

fn main() -> Result<(), Failure> {
    let (folder, pki, now) = (folder()?, TestPki::hpki(), at("2026-04-01T09:00:00Z"));
    std::fs::write(folder.join("prescription.txt"), "Rp.1 アムロジピン 5mg 1錠 分1 朝食後 28日分\n")?;
    let setup = practice(&pki, now)?;
    let card = SoftToken::new(&pki, "doctor");
    let signing = Signing { level: Level::T, ..Signing::with(&card)? };
    let signed = sign(&setup, &Content::file(folder.join("prescription.txt")), &card, &signing, now)?;
    signed.document.write(&folder.join("prescription.p7m"), Existing::Replace)?;
    println!("{} by a certificate with {} days left", signed.extended.level, signed.days_left(now));
    Ok(())
}
