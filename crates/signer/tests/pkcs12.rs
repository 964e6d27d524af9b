// SPDX-License-Identifier: Apache-2.0 OR MIT
//! PKCS#12 files that are odd, old, hostile or broken. The plain ones are in `soft.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod fixture;

use std::num::NonZeroU32;
use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use aws_lc_rs::{hmac, pbkdf2};
use fixture::{Identity, openssl, openssl_accepts, sign_once};
use keiin_model::{Oid, Signer, SignerError};
use keiin_pki::der::{Element, write};
use keiin_signer::{Pin, SoftKey};

const USAGE: &str = "keyUsage=critical,nonRepudiation";

fn read(file: &[u8], password: &str) -> Result<SoftKey, SignerError> {
    SoftKey::from_pkcs12(file, &Pin::new(password.into()))
}

/// As [`read`], given up when it takes longer than a person would wait.
fn read_in_time(file: Vec<u8>, password: &'static str) -> Result<SoftKey, SignerError> {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || send.send(read(&file, password)).is_ok());
    receive.recv_timeout(Duration::from_secs(10)).expect("the file was read, or refused, within ten seconds")
}

/// `openssl pkcs12 -export` of an identity with password 1234.
fn export(folder: &Path, name: &str, more: &[&str]) -> Vec<u8> {
    let (key, certificate) = (format!("{name}.key.pem"), format!("{name}.pem"));
    let base = ["pkcs12", "-export", "-inkey", &key, "-in", &certificate, "-passout", "pass:1234"];
    openssl(folder, &[&base[..], more].concat())
}

/// A certificate for the key of `subject`, issued by `issuer`.
fn issue(folder: &Path, subject: &str, issuer: &str, out: &str, extension: &str) -> Vec<u8> {
    let (key, name) = (format!("{subject}.key.pem"), format!("/C=JP/CN={subject}/serialNumber=Test0001"));
    let (ca, ca_key) = (format!("{issuer}.pem"), format!("{issuer}.key.pem"));
    let request = ["req", "-x509", "-new", "-config", "empty.cnf", "-key", &key, "-days", "3650"];
    let from = ["-CA", &ca, "-CAkey", &ca_key, "-subj", &name, "-addext", extension, "-out", out];
    openssl(folder, &[&request[..], &from].concat());
    openssl(folder, &["x509", "-in", out, "-outform", "DER"])
}

fn unusable(read: Result<SoftKey, SignerError>) -> String {
    match read {
        Err(SignerError::Unusable { reason, .. }) => reason,
        other => panic!("expected a file that cannot be used: {other:?}"),
    }
}

#[test]
fn cas_that_certify_each_other_end() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let ca = "basicConstraints=critical,CA:TRUE";
    for name in ["east", "west"] {
        Identity::new(at, name, "P-256", ca);
    }
    Identity::new(at, "doctor", "P-256", USAGE);
    let east = issue(at, "east", "west", "east-by-west.pem", ca);
    let west = issue(at, "west", "east", "west-by-east.pem", ca);
    let doctor = issue(at, "doctor", "east", "doctor.pem", USAGE);
    let chain = ["east-by-west.pem", "west-by-east.pem"].map(|name| std::fs::read(at.join(name)).unwrap());
    std::fs::write(at.join("chain.pem"), chain.concat()).unwrap();
    let signer = read_in_time(export(at, "doctor", &["-certfile", "chain.pem"]), "1234").unwrap();
    assert_eq!(signer.certificate(), doctor);
    let mut others = vec![east, west];
    others.sort();
    assert_eq!(signer.certificates(), others);
}

#[test]
fn twenty_certificates_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let doctor = Identity::hpki(folder.path(), "doctor");
    let ca = Identity::new(folder.path(), "ca", "P-256", "basicConstraints=critical,CA:TRUE");
    let mut chain = Vec::new();
    let mut expected = vec![ca.der];
    chain.extend(std::fs::read(&ca.certificate).unwrap());
    for _ in 1..20 {
        let name = "basicConstraints=critical,CA:TRUE";
        expected.push(issue(folder.path(), "ca", "ca", "another.pem", name));
        chain.extend(std::fs::read(folder.path().join("another.pem")).unwrap());
    }
    std::fs::write(folder.path().join("chain.pem"), chain).unwrap();
    let signer = read_in_time(export(folder.path(), "doctor", &["-certfile", "chain.pem"]), "1234").unwrap();
    expected.sort();
    assert_eq!(expected.len(), 20);
    assert_eq!(signer.certificate(), doctor.der);
    assert_eq!(signer.certificates(), expected);
}

#[test]
fn every_mac_and_none() {
    let folder = tempfile::tempdir().unwrap();
    let doctor = Identity::hpki(folder.path(), "doctor");
    let with = |mac: &[&str]| export(folder.path(), "doctor", mac);
    let mut files: Vec<_> =
        ["sha1", "sha224", "sha256", "sha384", "sha512"].map(|hash| with(&["-macalg", hash])).into();
    files.push(with(&["-nomaciter"]));
    files.push(with(&["-nomac"]));
    for file in files {
        assert_eq!(read(&file, "1234").unwrap().certificate(), doctor.der);
        assert!(matches!(read(&file, "12345"), Err(SignerError::PinWrong)));
        assert!(matches!(read(&file, ""), Err(SignerError::PinWrong)));
    }
    let reason = unusable(read(&with(&["-macalg", "md5"]), "1234"));
    assert_eq!(reason, "MAC digest 1.2.840.113549.2.5 is not supported");
}

#[test]
fn every_cipher_and_none() {
    let folder = tempfile::tempdir().unwrap();
    let doctor = Identity::new(folder.path(), "doctor", "P-256", USAGE);
    let ciphers = [
        "AES-128-CBC",
        "AES-192-CBC",
        "AES-256-CBC",
        "DES-EDE3-CBC",
        "PBE-SHA1-3DES",
        "PBE-SHA1-2DES",
        "PBE-SHA1-RC2-128",
        "PBE-SHA1-RC2-40",
        "NONE",
    ];
    for cipher in ciphers {
        for mac in ["-maciter", "-nomac"] {
            let file =
                export(folder.path(), "doctor", &["-legacy", "-keypbe", cipher, "-certpbe", cipher, mac]);
            let signer = read(&file, "1234").unwrap_or_else(|e| panic!("{cipher}: {e}"));
            assert_eq!(signer.certificate(), doctor.der);
            let signature = sign_once(&signer).unwrap();
            assert!(openssl_accepts(&signer, signer.algorithms()[0], b"message", &signature));
            if (cipher, mac) != ("NONE", "-nomac") {
                assert!(matches!(read(&file, "4321"), Err(SignerError::PinWrong)), "{cipher} {mac}");
            }
        }
    }
}

#[test]
fn what_is_in_the_clear_wants_no_password() {
    let folder = tempfile::tempdir().unwrap();
    let doctor = Identity::new(folder.path(), "doctor", "P-256", USAGE);
    let open = |options: &[&str]| {
        let path = folder.path().join("file.p12");
        std::fs::write(&path, export(folder.path(), "doctor", options)).unwrap();
        SoftKey::open(&path, &[], None)
    };
    let clear = ["-keypbe", "NONE", "-certpbe", "NONE"];
    assert_eq!(open(&[&clear[..], &["-nomac"]].concat()).unwrap().certificate(), doctor.der);
    assert!(matches!(open(&clear), Err(SignerError::PinMissing)), "its MAC cannot be checked");
    assert!(matches!(open(&["-nomac"]), Err(SignerError::PinMissing)));
}

#[test]
fn passwords_of_every_script_and_none() {
    let folder = tempfile::tempdir().unwrap();
    let doctor = Identity::new(folder.path(), "doctor", "P-256", USAGE);
    for password in ["", "契印 pass", "Grüße", "🖋"] {
        for legacy in [&["-legacy"][..], &[]] {
            let pass = format!("pass:{password}");
            let base = ["pkcs12", "-export", "-inkey", "doctor.key.pem", "-in", "doctor.pem"];
            let file = openssl(folder.path(), &[&base[..], &["-passout", &pass], legacy].concat());
            assert_eq!(read(&file, password).unwrap().certificate(), doctor.der, "{password} {legacy:?}");
            assert!(matches!(read(&file, "違う"), Err(SignerError::PinWrong)));
        }
    }
}

// What OpenSSL does not write is written here.

fn oid(arcs: &[u64]) -> Vec<u8> {
    write::oid(&Oid::new(arcs))
}

fn content_info(content: &[u8]) -> Vec<u8> {
    let data = oid(&[1, 2, 840, 113549, 1, 7, 1]);
    write::sequence(&[data, write::element(0xa0, &write::octet_string(content))])
}

/// A bag of kind 1.2.840.113549.1.12.10.1.`kind`, without attributes.
fn bag(kind: u64, value: &[u8]) -> Vec<u8> {
    write::sequence(&[oid(&[1, 2, 840, 113549, 1, 12, 10, 1, kind]), write::element(0xa0, value)])
}

fn certificate_bag(der: &[u8]) -> Vec<u8> {
    let value = write::element(0xa0, &write::octet_string(der));
    bag(3, &write::sequence(&[oid(&[1, 2, 840, 113549, 1, 9, 22, 1]), value]))
}

fn pfx(bags: &[Vec<u8>]) -> Vec<u8> {
    let safe = write::sequence(&[content_info(&write::sequence(bags))]);
    write::sequence(&[write::unsigned(3), content_info(&safe)])
}

#[test]
fn keys_without_local_key_id_find_their_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let card = Identity::new(folder.path(), "card", "P-256", "keyUsage=critical,digitalSignature");
    let doctor = Identity::new(folder.path(), "doctor", "P-256", USAGE);
    let nurse = Identity::new(folder.path(), "nurse", "P-256", USAGE);
    let both = [bag(1, &card.pkcs8), bag(1, &doctor.pkcs8), certificate_bag(&card.der)];
    let found = read(&pfx(&both), "").unwrap();
    assert_eq!(found.certificate(), card.der, "the only one with a certificate");

    let file = pfx(&[&both[..], &[certificate_bag(&doctor.der)]].concat());
    let found = read(&file, "").unwrap();
    assert_eq!(found.certificate(), doctor.der, "not the one for authentication");
    assert_eq!(found.certificates(), [card.der]);

    let two = [
        bag(1, &nurse.pkcs8),
        bag(1, &doctor.pkcs8),
        certificate_bag(&doctor.der),
        certificate_bag(&nurse.der),
    ];
    let Err(SignerError::Ambiguous { choices }) = read(&pfx(&two), "") else { panic!("one was guessed") };
    assert!(choices.len() == 2 && choices[0].contains("nurse") && choices[1].contains("doctor"));

    assert!(matches!(read(&pfx(&[bag(1, &doctor.pkcs8)]), ""), Err(SignerError::NoCertificate)));
    assert_eq!(unusable(read(&pfx(&[certificate_bag(&doctor.der)]), "")), "no private key is in it");
}

#[test]
fn local_key_id_decides_between_certificates_of_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let doctor = Identity::new(folder.path(), "doctor", "P-256", USAGE);
    let renewed = Identity::certify(folder.path(), "renewed", "doctor.key.pem", USAGE);
    // A SafeBag's attributes follow its value.
    let named = |bag: &[u8], id: &[u8]| {
        let attribute =
            write::attribute(&Oid::new(&[1, 2, 840, 113549, 1, 9, 21]), &[write::octet_string(id)]);
        write::element(
            0x30,
            &[Element::whole(bag, "t").unwrap().content(), &write::set_of(&[attribute])].concat(),
        )
    };
    for id in [1, 2] {
        let bags = [
            named(&certificate_bag(&doctor.der), &[1]),
            named(&certificate_bag(&renewed.der), &[2]),
            named(&bag(1, &doctor.pkcs8), &[id]),
        ];
        let expected = if id == 1 { &doctor.der } else { &renewed.der };
        assert_eq!(read(&pfx(&bags), "").unwrap().certificate(), expected);
    }
    let stranger = Identity::new(folder.path(), "stranger", "P-256", USAGE);
    let misnamed = [
        named(&certificate_bag(&stranger.der), &[1]),
        named(&certificate_bag(&doctor.der), &[2]),
        named(&bag(1, &doctor.pkcs8), &[1]),
    ];
    assert_eq!(read(&pfx(&misnamed), "").unwrap().certificate(), doctor.der, "a name is not a key");
}

#[test]
fn nested_and_many_bags_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let doctor = Identity::new(folder.path(), "doctor", "P-256", USAGE);
    let mut bags = vec![bag(1, &doctor.pkcs8), certificate_bag(&doctor.der)];
    for _ in 0..4 {
        bags = vec![bag(6, &write::sequence(&bags))];
    }
    assert_eq!(read(&pfx(&bags), "").unwrap().certificate(), doctor.der);
    let deeper = [bag(6, &write::sequence(&bags))];
    assert_eq!(unusable(read(&pfx(&deeper), "")), "its bags are nested deeper than 4");
    let many = vec![bag(5, &[5, 0]); 1001];
    assert_eq!(unusable(read(&pfx(&many), "")), "it holds more than 1000 bags");
    assert!(unusable(read(&pfx(&[vec![0; 4 << 20]]), "")).starts_with("it is larger than"));
}

#[test]
fn ber_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let doctor = Identity::new(folder.path(), "doctor", "P-256", USAGE);
    let bags = write::sequence(&[bag(1, &doctor.pkcs8), certificate_bag(&doctor.der)]);
    let safe = write::sequence(&[content_info(&bags)]);
    let indefinite = |identifier: u8, content: &[u8]| [&[identifier, 0x80], content, &[0, 0]].concat();
    let (first, second) = safe.split_at(safe.len() / 2);
    let pieces = indefinite(0x24, &[write::octet_string(first), write::octet_string(second)].concat());
    let data = oid(&[1, 2, 840, 113549, 1, 7, 1]);
    let content = indefinite(0x30, &[data, indefinite(0xa0, &pieces)].concat());
    let file = indefinite(0x30, &[write::unsigned(3), content].concat());
    assert_eq!(read(&file, "").unwrap().certificate(), doctor.der);
}

#[test]
fn pbmac1_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let doctor = Identity::new(folder.path(), "doctor", "P-256", USAGE);
    let safe = write::sequence(&[content_info(&write::sequence(&[
        bag(1, &doctor.pkcs8),
        certificate_bag(&doctor.der),
    ]))]);
    let file = |key_length: usize, named: bool| {
        let mut key = vec![0; key_length];
        let rounds = NonZeroU32::new(2048).unwrap();
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA512, rounds, b"some salt", b"1234", &mut key);
        let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), &safe);
        let mut parameters = vec![write::octet_string(b"some salt"), write::unsigned(2048)];
        parameters.extend(named.then(|| write::unsigned(key_length as u64)));
        parameters.push(write::algorithm(&Oid::new(&[1, 2, 840, 113549, 2, 11])));
        let derivation =
            write::sequence(&[oid(&[1, 2, 840, 113549, 1, 5, 12]), write::sequence(&parameters)]);
        let scheme = write::algorithm(&Oid::new(&[1, 2, 840, 113549, 2, 9]));
        let pbmac1 =
            write::sequence(&[oid(&[1, 2, 840, 113549, 1, 5, 14]), write::sequence(&[derivation, scheme])]);
        let info = write::sequence(&[pbmac1, write::octet_string(mac.as_ref())]);
        let mac_data = write::sequence(&[info, write::octet_string(b"NOT USED"), write::unsigned(1)]);
        write::sequence(&[write::unsigned(3), content_info(&safe), mac_data])
    };
    for key_length in [20, 32, 64] {
        let file = file(key_length, true);
        assert_eq!(read(&file, "1234").unwrap().certificate(), doctor.der);
        assert!(matches!(read(&file, "4321"), Err(SignerError::PinWrong)));
    }
    assert!(unusable(read(&file(32, false), "1234")).starts_with("PBKDF2-params"), "no keyLength");
    assert!(unusable(read(&file(1, true), "1234")).starts_with("PBKDF2-params"), "a key to be guessed");
}

/// The DER with its INTEGER 2048, which is the count of rounds, replaced.
fn with_rounds(element: &Element<'_>, rounds: u64) -> Vec<u8> {
    replaced(element, &write::unsigned(2048), &write::unsigned(rounds))
}

fn replaced(element: &Element<'_>, old: &[u8], new: &[u8]) -> Vec<u8> {
    if element.bytes() == old {
        return new.to_vec();
    }
    if !element.is_constructed() {
        return element.bytes().to_vec();
    }
    let inside = element.reader("t").unwrap().all(100, "t").unwrap();
    let parts: Vec<_> = inside.iter().map(|inner| replaced(inner, old, new)).collect();
    write::element(element.bytes()[0], &parts.concat())
}

#[test]
fn endless_key_derivation_is_refused_at_once() {
    const REASON: &str = "its passwords ask for more than 10000000 rounds of key derivation in all";
    let folder = tempfile::tempdir().unwrap();
    let doctor = Identity::new(folder.path(), "doctor", "P-256", USAGE);
    let mac = export(folder.path(), "doctor", &["-maciter"]);
    let shrouded = ["pkcs8", "-topk8", "-in", "doctor.key.pem", "-outform", "DER", "-passout", "pass:1234"];
    let pbes2 = openssl(folder.path(), &shrouded);
    let old = openssl(folder.path(), &[&shrouded[..], &["-v1", "PBE-SHA1-3DES"]].concat());
    let begun = Instant::now();
    for rounds in [10_000_001, u64::from(u32::MAX), 1 << 40] {
        let endless = |file: &[u8]| with_rounds(&Element::whole(file, "t").unwrap(), rounds);
        assert_eq!(unusable(read(&endless(&mac), "1234")), REASON);
        for key in [&pbes2, &old] {
            assert_ne!(&endless(key), key);
            let bags = [bag(2, &endless(key)), certificate_bag(&doctor.der)];
            assert_eq!(unusable(read(&pfx(&bags), "1234")), REASON);
            let pin = Pin::new(b"1234".to_vec());
            assert_eq!(unusable(SoftKey::from_pkcs8(&endless(key), &[&doctor.der], Some(&pin))), REASON);
        }
    }
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    // The budget is the file's, not a bag's: the key that can be read does not help.
    let rest = with_rounds(&Element::whole(&pbes2, "t").unwrap(), 10_000_000 - 2047);
    let certificate = certificate_bag(&doctor.der);
    let cheap = pfx(&[bag(2, &pbes2), certificate.clone()]);
    assert_eq!(read(&cheap, "1234").unwrap().certificate(), doctor.der);
    assert_eq!(unusable(read(&pfx(&[bag(2, &pbes2), bag(2, &rest), certificate]), "1234")), REASON);
}

#[test]
fn encrypted_pkcs8_of_other_kinds_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let doctor = Identity::new(folder.path(), "doctor", "P-256", USAGE);
    let kinds = [
        &["-scrypt"][..],
        &["-v1", "PBE-SHA1-3DES"],
        &["-v2", "aes-192-cbc", "-v2prf", "hmacWithSHA1"],
        &["-v2", "des3", "-v2prf", "hmacWithSHA512"],
    ];
    for kind in kinds {
        let base = ["pkcs8", "-topk8", "-in", "doctor.key.pem", "-passout", "pass:1234"];
        let key = openssl(folder.path(), &[&base[..], kind].concat());
        let read =
            |password: &str| SoftKey::from_pkcs8(&key, &[&doctor.der], Some(&Pin::new(password.into())));
        assert_eq!(read("1234").unwrap_or_else(|e| panic!("{kind:?}: {e}")).certificate(), doctor.der);
        assert!(matches!(read("4321"), Err(SignerError::PinWrong)));
    }
    let base = ["pkcs8", "-topk8", "-in", "doctor.key.pem", "-passout", "pass:1234", "-outform", "DER"];
    let dear = openssl(folder.path(), &[&base[..], &["-scrypt"]].concat());
    let huge = write::unsigned(1 << 30);
    let dear = replaced(&Element::whole(&dear, "t").unwrap(), &write::unsigned(16384), &huge);
    let pin = Pin::new(b"1234".to_vec());
    assert!(unusable(SoftKey::from_pkcs8(&dear, &[&doctor.der], Some(&pin))).contains("rounds"));
}

#[test]
fn broken_files_are_refused_and_nothing_else_happens() {
    let folder = tempfile::tempdir().unwrap();
    let doctor = Identity::new(folder.path(), "doctor", "P-256", USAGE);
    let few = ["-iter", "2"];
    for options in [&few[..], &["-iter", "2", "-nomac"], &["-legacy", "-iter", "2"]] {
        let file = export(folder.path(), "doctor", options);
        for cut in 0..file.len() {
            assert!(read(&file[..cut], "1234").is_err(), "cut at {cut}");
        }
        for at in 0..file.len() * 8 {
            let mut flipped = file.clone();
            flipped[at / 8] ^= 1 << (at % 8);
            // A flipped bit in a name or in NULL parameters changes nothing that counts.
            if let Ok(signer) = read(&flipped, "1234") {
                let is_doctor = signer.certificate() == doctor.der;
                assert!(is_doctor || options.contains(&"-nomac"), "bit {at}");
                sign_once(&signer).unwrap();
            }
        }
    }
}
