// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Machines with none, one and two cards, one after the other: a module is started anew for each.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod fixture;

use std::path::Path;

use fixture::{Identity, card_module, sign_once};
use keiin_card::{CONFIG_VARIABLE, Card as Played, Config};
use keiin_model::{Signer, SignerError};
use keiin_signer::Pin;
use keiin_signer::pkcs11::{Card, Module, Selection};

/// Starts the module with those readers.
#[allow(unsafe_code)]
fn machine(folder: &Path, config: &Config) -> Module {
    let file = config.write(folder).unwrap();
    // SAFETY: this binary has one test, so no other thread uses the environment.
    unsafe { std::env::set_var(CONFIG_VARIABLE, file) };
    Module::load(card_module()).unwrap()
}

fn open(module: &Module, selection: &Selection) -> Result<Card, SignerError> {
    Card::open(module, selection, Some(Pin::new(b"1234".to_vec())))
}

#[test]
fn what_the_default_takes() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two] = ["one", "two"].map(|name| Identity::hpki(folder.path(), name));
    let login =
        Identity::certify(folder.path(), "login", "one.key.pem", "keyUsage=critical,digitalSignature");
    let played =
        |serial: &str, identity: &Identity| Played::new(serial, identity.pkcs8.clone(), identity.der.clone());
    let default = Selection::default();

    let module = machine(folder.path(), &Config::new());
    assert!(matches!(open(&module, &default), Err(SignerError::NoSuchToken { .. })));
    drop(module);

    let module = machine(folder.path(), &Config::new().reader("R1", None).reader("R2", None));
    assert_eq!(module.survey().unwrap().len(), 2, "the module was started anew with other readers");
    assert!(matches!(open(&module, &default), Err(SignerError::NoSuchToken { .. })));
    drop(module);

    let config = Config::new().reader("R1", None).reader("R2", Some(played("A1", &one)));
    let module = machine(folder.path(), &config);
    let card = open(&module, &default).unwrap();
    drop(module); // the card keeps the module
    assert_eq!(card.certificate(), one.der);
    sign_once(&card).unwrap();
    drop(card);

    // The authentication application of the same chip in another reader: not a choice, and its PIN is not
    // tried.
    let config =
        Config::new().reader("R1", Some(played("A1", &login))).reader("R2", Some(played("A2", &one)));
    let module = machine(folder.path(), &config);
    let card = open(&module, &default).unwrap();
    assert_eq!(card.certificate(), one.der);
    drop((card, module));

    let config = Config::new().reader("R1", Some(played("A1", &one))).reader("R2", Some(played("A2", &two)));
    let module = machine(folder.path(), &config);
    assert!(matches!(open(&module, &default), Err(SignerError::Ambiguous { choices }) if choices.len() == 2));
    let at = |reader: &str| Selection { slot: Some(reader.to_owned()), ..Selection::default() };
    // Two people at once, each with their own card.
    let (first, second) = (open(&module, &at("R1")).unwrap(), open(&module, &at("R2")).unwrap());
    assert_eq!((first.certificate(), second.certificate()), (one.der.as_slice(), two.der.as_slice()));
    sign_once(&first).unwrap();
    sign_once(&second).unwrap();
    drop(first);
    sign_once(&second).expect("closing one card does not log the other out");
}
