// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Shows what a PKCS#11 module sees, and signs a message when the environment has a PIN:
//! `KEIIN_PIN=1234 cargo run -p keiin-signer --example card -- MODULE [SLOT]`.

use keiin_model::{SignRequest, Signer, SignerError};
use keiin_signer::{Pin, known_modules, pkcs11};

fn main() -> Result<(), SignerError> {
    let mut arguments = std::env::args_os().skip(1);
    let Some(path) = arguments.next() else {
        known_modules().iter().for_each(|module| println!("{:?} {}", module.purpose, module.path.display()));
        return Ok(());
    };
    let module = pkcs11::Module::load(path)?;
    println!("{}", module.info()?.description);
    for slot in module.survey()? {
        println!(
            "slot {} {}: {}",
            slot.number,
            slot.description,
            slot.trouble.as_deref().unwrap_or("readable")
        );
        let Some(token) = slot.token else { continue };
        println!("  {} {} serial {} PIN {:?}", token.label, token.model, token.serial, token.pin);
        for certificate in token.certificates {
            println!("  certificate {}", certificate.fingerprint);
        }
    }
    if let Ok(pin) = Pin::from_env("KEIIN_PIN") {
        let slot = arguments.next().and_then(|slot| slot.into_string().ok());
        let card = pkcs11::Card::open(&module, &pkcs11::Selection { slot, ..Default::default() }, Some(pin))?;
        sign(&card)?;
    }
    Ok(())
}

fn sign(card: &dyn Signer) -> Result<(), SignerError> {
    let message = b"message";
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, message);
    for algorithm in card.algorithms().iter().filter(|a| a.digest().is_some_and(|digest| digest.len() == 32))
    {
        let value = card.sign(&SignRequest { algorithm: *algorithm, message, digest: digest.as_ref() })?;
        let hex: String = value.iter().map(|octet| format!("{octet:02x}")).collect();
        println!("{algorithm}: {hex}");
    }
    Ok(())
}
