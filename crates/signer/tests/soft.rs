// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Key files as OpenSSL writes them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod fixture;

use std::path::Path;

use fixture::{Identity, openssl, openssl_accepts, sign_once, signer_conformance};
use keiin_model::{Signer, SignerError};
use keiin_signer::{Pin, SoftKey};

fn pin(text: &str) -> Pin {
    Pin::new(text.into())
}

#[test]
fn pkcs8_of_every_kind_signs() {
    let folder = tempfile::tempdir().unwrap();
    for kind in ["rsa", "P-256", "P-384", "P-521", "ed25519"] {
        let identity = Identity::new(folder.path(), kind, kind, "keyUsage=critical,nonRepudiation");
        let pem = std::fs::read(&identity.key).unwrap();
        for key in [&pem, &identity.pkcs8] {
            let signer =
                SoftKey::from_pkcs8(key, &[&identity.der], None).unwrap_or_else(|e| panic!("{kind}: {e}"));
            assert_eq!(signer.certificate(), identity.der);
            signer_conformance(&signer);
        }
        let opened = SoftKey::open(&identity.key, &[&identity.certificate], None).unwrap();
        assert_eq!(opened.certificate(), identity.der);
    }
}

#[test]
fn older_pem_kinds_are_read() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, command) in [("rsa", "rsa"), ("P-256", "ec"), ("P-384", "ec")] {
        let identity = Identity::new(folder.path(), kind, kind, "");
        let key = format!("{kind}.key.pem");
        let old = match command {
            "rsa" => openssl(folder.path(), &["rsa", "-traditional", "-in", &key]),
            _ => openssl(folder.path(), &["ec", "-in", &key]),
        };
        assert!(!String::from_utf8_lossy(&old).contains("BEGIN PRIVATE KEY"));
        signer_conformance(&SoftKey::from_pkcs8(&old, &[&identity.der], None).unwrap());
    }
}

#[test]
fn encrypted_pkcs8_wants_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let identity = Identity::hpki(folder.path(), "doctor");
    let kinds = [
        ["pkcs8", "-topk8", "-in", "doctor.key.pem", "-passout", "pass:秘密", "-v2", "aes-256-cbc"],
        ["pkcs8", "-topk8", "-in", "doctor.key.pem", "-passout", "pass:秘密", "-v2", "aes-128-cbc"],
    ];
    for kind in kinds {
        let key = openssl(folder.path(), &kind);
        let certificates = [identity.der.as_slice()];
        let signer = SoftKey::from_pkcs8(&key, &certificates, Some(&pin("秘密"))).unwrap();
        signer_conformance(&signer);
        assert!(matches!(SoftKey::from_pkcs8(&key, &certificates, None), Err(SignerError::PinMissing)));
        assert!(matches!(
            SoftKey::from_pkcs8(&key, &certificates, Some(&pin("違う"))),
            Err(SignerError::PinWrong)
        ));
    }
}

#[test]
fn a_key_takes_its_own_certificate_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let doctor = Identity::hpki(folder.path(), "doctor");
    let nurse = Identity::hpki(folder.path(), "nurse");
    let ca = Identity::certify(folder.path(), "ca", "doctor.key.pem", "basicConstraints=critical,CA:TRUE");
    let pem = [&nurse.certificate, &ca.certificate, &doctor.certificate]
        .map(|path| std::fs::read(path).unwrap())
        .concat();
    let signer = SoftKey::from_pkcs8(&doctor.pkcs8, &[&pem], None).unwrap();
    assert_eq!(signer.certificate(), doctor.der, "the same key's CA certificate comes after");
    assert_eq!(signer.certificates().len(), 2);
    let foreign = SoftKey::from_pkcs8(&doctor.pkcs8, &[&nurse.der], None);
    assert!(matches!(foreign, Err(SignerError::NoCertificate)));
    assert!(matches!(SoftKey::from_pkcs8(&doctor.pkcs8, &[], None), Err(SignerError::NoCertificate)));
}

#[test]
fn pkcs12_new_and_old_is_read() {
    let folder = tempfile::tempdir().unwrap();
    for kind in ["rsa", "P-256"] {
        let identity = Identity::new(folder.path(), kind, kind, "keyUsage=critical,nonRepudiation");
        let (key, certificate) = (format!("{kind}.key.pem"), format!("{kind}.pem"));
        let base = ["pkcs12", "-export", "-inkey", &key, "-in", &certificate, "-passout", "pass:1234"];
        let [a, b, c, d, e, f, g, h] = base;
        let files = [
            openssl(folder.path(), &base), // OpenSSL 3: PBES2 with AES-256, HMAC-SHA-256
            openssl(folder.path(), &[a, b, c, d, e, f, g, h, "-legacy"]), // RC2-40 and Triple DES, HMAC-SHA-1
            openssl(
                folder.path(),
                &[
                    a,
                    b,
                    c,
                    d,
                    e,
                    f,
                    g,
                    h,
                    "-keypbe",
                    "PBE-SHA1-3DES",
                    "-certpbe",
                    "PBE-SHA1-3DES",
                    "-macalg",
                    "SHA1",
                ],
            ),
        ];
        for file in files {
            let signer = SoftKey::from_pkcs12(&file, &pin("1234")).unwrap();
            assert_eq!(signer.certificate(), identity.der);
            let signature = sign_once(&signer).unwrap();
            assert!(openssl_accepts(&signer, signer.algorithms()[0], b"message", &signature));
            assert!(matches!(SoftKey::from_pkcs12(&file, &pin("4321")), Err(SignerError::PinWrong)));
            let path = folder.path().join("file.p12");
            std::fs::write(&path, &file).unwrap();
            assert_eq!(SoftKey::open(&path, &[], Some(&pin("1234"))).unwrap().certificate(), identity.der);
            assert!(matches!(SoftKey::open(&path, &[], None), Err(SignerError::PinMissing)));
        }
    }
}

#[test]
fn what_is_no_key_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let identity = Identity::hpki(folder.path(), "doctor");
    let text = folder.path().join("letter.txt");
    std::fs::write(&text, "a letter").unwrap();
    let encrypted = openssl(
        folder.path(),
        &["rsa", "-traditional", "-aes128", "-passout", "pass:1234", "-in", "doctor.key.pem"],
    );
    let old = folder.path().join("old.pem");
    std::fs::write(&old, encrypted).unwrap();
    for path in [Path::new("/nonexistent.pem"), folder.path(), &text, &old, &identity.certificate] {
        let Err(SignerError::Unusable { object, reason }) =
            SoftKey::open(path, &[&identity.certificate], None)
        else {
            panic!("{} is no key", path.display())
        };
        assert_eq!(object, path.display().to_string());
        assert!(!reason.is_empty());
    }
    for cut in [1, 10, 100, identity.pkcs8.len() - 1] {
        let cut = SoftKey::from_pkcs8(&identity.pkcs8[..cut], &[&identity.der], None);
        assert!(matches!(cut, Err(SignerError::Unusable { .. })));
    }
}
