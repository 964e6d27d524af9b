// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Encrypted files of other people: opened by either password, refused by name otherwise; and broken ones.

use std::{fs, path::Path};

use keiin_model::DefectKind;
use keiin_pades::{Pades, PadesError};

/// Files with the passwords that their makers chose.
const FILES: [(&str, [&[u8]; 2]); 6] = [
    ("minimal-aes256.pdf", PASSWORDS),
    ("minimal-rc4.pdf", PASSWORDS),
    ("minimal-two-fields-aes256.pdf", PASSWORDS),
    ("minimal-with-field-aes256.pdf", PASSWORDS),
    ("minimal-with-field-rc4.pdf", PASSWORDS),
    ("minimal-aes256-empty-encrypted-string.pdf", [b"secret", b"secret"]),
];
const PASSWORDS: [&[u8]; 2] = [b"usersecret", b"ownersecret"];

fn is_closed(read: &Pades) -> bool {
    read.defects().iter().any(|d| d.kind == DefectKind::Ignored && d.at == "Encrypt")
}

fn octets(corpus: &Path, name: &str) -> Vec<u8> {
    fs::read(corpus.join("pdf-robust").join(name)).unwrap()
}

#[test]
fn either_password_opens_and_no_other_does() {
    let Some(corpus) = crate::corpus() else { return };
    for (name, passwords) in FILES {
        let file = octets(&corpus, name);
        assert!(is_closed(&Pades::read(file.clone()).unwrap()), "{name} asks for a password");
        for password in passwords {
            assert!(!is_closed(&Pades::read_with(file.clone(), password).unwrap()), "{name}");
        }
        for password in [&b""[..], b"usersecre", b"usersecret2"] {
            let refused = Pades::read_with(file.clone(), password);
            assert!(matches!(refused, Err(PadesError::Password)), "{name} with {password:?}");
        }
    }
    println!("{} encrypted PDFs opened by both passwords", FILES.len());
}

#[test]
fn public_key_handlers_are_refused_by_name() {
    let Some(corpus) = crate::corpus() else { return };
    for name in ["minimal-pubkey-aes256.pdf", "minimal-pubkey-rc4.pdf", "pubkey-3des-test.pdf"] {
        let refused = Pades::read_with(octets(&corpus, name), b"x").unwrap_err();
        assert!(refused.to_string().contains("Adobe.PubSec"), "{name}: {refused}");
    }
}

#[test]
fn cuts_and_flips_of_other_peoples_files_are_read_or_refused() {
    let Some(corpus) = crate::corpus() else { return };
    let mut read = 0;
    for path in crate::revision::all(&corpus.join("pdf-robust")) {
        let file = fs::read(&path).unwrap();
        let step = (file.len() / 12).max(1);
        for at in (0..file.len()).step_by(step) {
            drop(Pades::read(file[..at].to_vec()));
            let mut flipped = file.clone();
            flipped[at] ^= 0x15;
            drop(Pades::read_with(flipped, b"usersecret"));
            read += 2;
        }
    }
    println!("{read} cut or flipped PDFs read or refused");
}
