// SPDX-License-Identifier: Apache-2.0 OR MIT
//! SoftHSM2: a PKCS#11 module that is not ours. Where it is not installed nothing is tried, and that is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod fixture;

use std::path::{Path, PathBuf};
use std::process::Command;

use fixture::{Identity, signer_conformance};
use keiin_model::{Signer, SignerError};
use keiin_signer::pkcs11::{Card, Module, PinState, Selection};
use keiin_signer::{Pin, known_modules};

fn softhsm() -> Option<PathBuf> {
    let module = known_modules().into_iter().find(|module| module.path.ends_with("softhsm/libsofthsm2.so"));
    let tool = Command::new("softhsm2-util").arg("--version").output();
    tool.ok().and(module).map(|module| module.path)
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A token of that name with the key and its certificate.
fn token(folder: &Path, module: &Path, identity: &Identity, label: &str) {
    run(Command::new("softhsm2-util").args([
        "--init-token",
        "--free",
        "--so-pin",
        "987654",
        "--pin",
        "123456",
        "--label",
        label,
    ]));
    let key = folder.join("import.pem");
    let plain = Command::new("openssl")
        .args(["pkcs8", "-topk8", "-nocrypt", "-in"])
        .arg(&identity.key)
        .arg("-out")
        .arg(&key)
        .status();
    assert!(plain.unwrap().success());
    run(Command::new("softhsm2-util")
        .args(["--import"])
        .arg(&key)
        .args(["--token", label, "--label", "any", "--id", "17", "--pin", "123456"]));
    import_certificate(module, &identity.der, label);
}

/// Writes a certificate object: softhsm2-util cannot.
fn import_certificate(module: &Path, der: &[u8], label: &str) {
    use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
    use cryptoki::object::{Attribute, CertificateType, ObjectClass};
    use cryptoki::session::UserType;
    let context = Pkcs11::new(module).unwrap();
    context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).unwrap();
    let slots = context.get_slots_with_initialized_token().unwrap();
    let slot =
        slots.into_iter().find(|slot| context.get_token_info(*slot).unwrap().label() == label).unwrap();
    let session = context.open_rw_session(slot).unwrap();
    session.login(UserType::User, Some(&"123456".to_owned().into())).unwrap();
    let template = [
        Attribute::Class(ObjectClass::CERTIFICATE),
        Attribute::CertificateType(CertificateType::X_509),
        Attribute::Token(true),
        Attribute::Private(false),
        Attribute::Id(vec![0x17]),
        Attribute::Subject(vec![0x30, 0x00]),
        Attribute::Value(der.to_vec()),
    ];
    session.create_object(&template).unwrap();
    drop(session);
    context.finalize().unwrap();
}

#[test]
#[allow(unsafe_code)]
fn softhsm_signs() {
    let Some(path) = softhsm() else {
        println!("SoftHSM2 is not installed: 0 cases");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("tokens")).unwrap();
    let config = folder.path().join("softhsm2.conf");
    std::fs::write(&config, format!("directories.tokendir = {}\n", folder.path().join("tokens").display()))
        .unwrap();
    // SAFETY: this binary has one test, so no other thread uses the environment.
    unsafe { std::env::set_var("SOFTHSM2_CONF", &config) };

    let kinds = ["rsa", "P-256", "P-384", "P-521"];
    let identities =
        kinds.map(|kind| Identity::new(folder.path(), kind, kind, "keyUsage=critical,nonRepudiation"));
    for (kind, identity) in kinds.iter().zip(&identities) {
        token(folder.path(), &path, identity, kind);
    }

    let module = Module::load(&path).unwrap();
    let survey = module.survey().unwrap();
    let tokens: Vec<_> = survey.iter().filter_map(|slot| slot.token.as_ref()).collect();
    let shown = tokens.iter().find(|token| token.label == "rsa").unwrap();
    assert_eq!(shown.certificates[0].der, identities[0].der);
    assert_eq!(shown.certificates[0].id, [0x17]);

    for (kind, identity) in kinds.iter().zip(&identities) {
        let at = Selection { label: Some((*kind).to_owned()), ..Selection::default() };
        let open = |pin: &str| Card::open(&module, &at, Some(Pin::new(pin.into())));
        assert!(matches!(open("123"), Err(SignerError::PinLength { .. })));
        assert!(matches!(open("654321"), Err(SignerError::PinWrong)), "{kind}");
        let card = open("123456").unwrap_or_else(|e| panic!("{kind}: {e}"));
        assert_eq!(card.certificate(), identity.der);
        println!(
            "{kind}: {}",
            card.algorithms().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        );
        signer_conformance(&card);
    }
    let left = module.survey().unwrap();
    assert!(left.iter().filter_map(|slot| slot.token.as_ref()).all(|token| token.pin == PinState::Ready));
    println!("SoftHSM2: {} cases", kinds.len());
}
