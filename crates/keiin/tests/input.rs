// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Wrong input is answered by what it is.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test that cannot go on stops

mod world;

use std::path::Path;

use keiin::{Blame, Content, Document, Error, Existing, FileError, FileKind, Level, TrustSource};
use world::World;

fn refused(bytes: &[u8]) -> (FileKind, String) {
    match Document::read(bytes.to_vec(), None) {
        Err(error @ Error::Foreign { kind, .. }) => (kind, error.to_string()),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("read"),
    }
}

#[test]
fn foreign_files_are_named() {
    let world = World::new();
    let signature = world.sign("doctor", "tsa-rsa", Level::Bes, world.day(0)).document.as_bytes().to_vec();
    assert_eq!(refused(b"").0, FileKind::Empty);
    assert!(matches!(Document::read(b"%PDF-1.7\n".to_vec(), None), Err(Error::Pdf { .. })));
    assert!(matches!(Document::read(b"<?xml version=\"1.0\"?><a>".to_vec(), None), Err(Error::Xml { .. })));
    assert_eq!(Document::read(b"<?xml version=\"1.0\"?><a/>".to_vec(), None).unwrap().signatures().len(), 0);
    assert_eq!(refused(b"PK\x03\x04\x14\x00").0, FileKind::Zip);
    assert_eq!(refused(b"-----BEGIN PKCS7-----\nMA==\n-----END PKCS7-----\n").0, FileKind::Pem);
    assert_eq!(refused(world.pki.certificate("doctor")).0, FileKind::Certificate);
    assert_eq!(refused(&world.pki.crl("signing-ca", world.day(0))).0, FileKind::Crl);
    assert_eq!(refused(&[7; 100]).0, FileKind::Unknown);
    for cut in [100, signature.len() / 2, signature.len() - 1] {
        let (kind, text) = refused(&signature[..cut]);
        assert_eq!(kind, FileKind::Truncated, "{cut}");
        assert!(text.contains("cut off"), "{text}");
    }
}

#[test]
fn errors_name_the_file_and_whose_fault_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let open = |path: &Path| Document::open(path, None).map(|_| ()).unwrap_err();
    let directory = open(folder.path());
    assert!(matches!(directory, Error::File(FileError::Directory { .. })));
    assert_eq!(directory.blame(), Blame::Misuse);
    let missing = open(&folder.path().join("無い.p7s"));
    assert!(missing.to_string().contains("無い.p7s"), "{missing}");
    let path = folder.path().join("空.p7s");
    std::fs::write(&path, b"").unwrap();
    let empty = open(&path);
    assert!(empty.to_string().contains("空.p7s") && empty.to_string().contains("empty"), "{empty}");
    assert_eq!(empty.blame(), Blame::Malformed);
}

#[test]
fn content_that_is_not_there_is_an_error_and_not_a_verdict() {
    let world = World::new();
    let signature = world.sign("doctor", "tsa-rsa", Level::Bes, world.day(0)).document;
    let given = Document::read(signature.as_bytes().to_vec(), Some(&Content::file("/nowhere/karte.pdf")));
    assert!(given.is_err(), "an attached signature has its content inside, and the file is not there");
}

#[test]
fn a_timestamp_response_is_read_as_its_token() {
    let world = World::new();
    let request = keiin_tsp::Request::new(
        keiin_model::DigestAlgorithm::Sha256,
        &[7; 32],
        None,
        None,
        keiin_tsp::CertificateRequest::Wanted,
    )
    .unwrap();
    let response = world.pki.tsa("tsa-rsa").respond(&request.to_der(), world.day(0));
    let document = Document::read(response, None).unwrap();
    assert_eq!(document.kind(), keiin::DocumentKind::Token);
    assert_eq!(document.timestamps().len(), 1);
}

#[test]
fn trust_comes_from_files_and_folders() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("b.cer"), world.pki.certificate("root")).unwrap();
    std::fs::write(folder.path().join("readme.txt"), "no certificate").unwrap();
    let pem = |name: &str| {
        use base64::Engine as _;
        let body = base64::engine::general_purpose::STANDARD.encode(world.pki.certificate(name));
        format!("# {name}\n-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
    };
    std::fs::write(folder.path().join("a.pem"), pem("tsa-root") + &pem("tsa-root-2")).unwrap();
    let anchors = TrustSource::Path(folder.path().to_owned()).anchors().unwrap();
    assert_eq!(anchors.len(), 3);
    assert_eq!(&*anchors[2].certificate, world.pki.certificate("root"));
    assert!(TrustSource::Path(folder.path().join("readme.txt")).anchors().is_err());
    assert!(TrustSource::Path(folder.path().join("none")).anchors().is_err());
    let broken = folder.path().join("broken.pem");
    std::fs::write(&broken, pem("root") + &pem("root").replace('M', "N")).unwrap();
    let error = TrustSource::Path(broken).anchors().unwrap_err().to_string();
    assert!(error.contains("broken.pem") && error.contains("certificate 2"), "{error}");
}

#[test]
fn a_document_replaces_a_file_only_when_told() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("処方.p7s");
    let document = world.sign("doctor", "tsa-rsa", Level::Bes, world.day(0)).document;
    document.write(&path, Existing::Keep).unwrap();
    assert!(matches!(document.write(&path, Existing::Keep), Err(Error::File(FileError::Exists { .. }))));
    document.write(&path, Existing::Replace).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), document.as_bytes());
}

#[test]
fn what_was_fetched_is_kept_until_its_next_update() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let document = world.sign("doctor", "tsa-ecdsa", Level::T, world.day(0)).document;
    let mut setup = world.setup(&[]);
    setup.cache = Some(keiin::Cache::new(folder.path()));
    let asked = |day: i64| {
        world.clock.set(world.day(day));
        world.asked.borrow_mut().clear();
        let verdict = keiin::verify(&setup, &document, world.day(day));
        (world.asked.borrow().len(), verdict.report.signatures[0].indication)
    };
    let (first_time, _) = asked(1);
    assert!(first_time > 0);
    let (second_time, indication) = asked(2);
    assert_eq!((second_time, indication), (0, keiin_model::Indication::TotalPassed), "the cache answers");
    let (after_next_update, _) = asked(9);
    assert_eq!(after_next_update, first_time);
}
