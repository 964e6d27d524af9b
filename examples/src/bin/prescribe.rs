// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A doctor signs the electronic prescription, and a pharmacist the record of its dispensing, each as the service has them.

use keiin::{Content, Existing, Profile, Signed, Signing, sign_all};
use keiin_examples::{Failure, at, folder, practice};
use keiin_testkit::{SoftToken, TestPki};

fn main() -> Result<(), Failure> {
    let (folder, pki, now) = (folder()?, TestPki::hpki(), at("2026-04-01T09:00:00Z"));
    let setup = practice(&pki, now)?;
    let signed = |profile: Profile, files: &[Content], holder: &str| -> Result<Signed, Failure> {
        let card = SoftToken::new(&pki, holder);
        let form = profile.lay_out(files)?;
        let signing = Signing { format: form.format, roles: form.roles, ..Signing::with(&card)? };
        Ok(sign_all(&setup, &form.contents, &card, &signing, now)?)
    };
    let (prescribed, dispensed) = (folder.join("prescription.xml"), folder.join("dispensed.xml"));
    let csv = Content::bytes("SJ1\n1,1,8000010,99,検証用病院\n".as_bytes());
    signed(Profile::Eprescription, &[csv], "doctor")?.document.write(&prescribed, Existing::Replace)?;
    let csv = Content::bytes("CJ1\n1,1,検証用薬局\n".as_bytes());
    let record = signed(Profile::Edispensing, &[Content::file(prescribed), csv], "pharmacist")?;
    record.document.write(&dispensed, Existing::Replace)?;
    println!("{} signatures in {}", record.document.signatures().len(), dispensed.display());
    Ok(())
}
