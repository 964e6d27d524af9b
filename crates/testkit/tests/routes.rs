// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The routes and faults in the process, told apart by their bytes.
#![allow(clippy::indexing_slicing)] // the tests' own steps, outside of #[test] functions

use std::time::Duration;

use keiin_model::{DigestAlgorithm, SignRequest, SignatureAlgorithm, Signer, SignerError};
use keiin_testkit::{Fault, Faults, PkiFailure, SoftToken, TestPki, keys};

/// A TimeStampReq over a SHA-256 of 0x11s with the nonce 0x0102030405060708 and certReq.
const QUERY: &[u8] = b"\x30\x43\x02\x01\x01\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20\
\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\
\x02\x08\x01\x02\x03\x04\x05\x06\x07\x08\x01\x01\xff";
const NONCE: &[u8] = &[0x02, 0x08, 1, 2, 3, 4, 5, 6, 7, 8];

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

fn stamp(faults: &Faults) -> keiin_testkit::Answer {
    let pki = TestPki::hpki();
    pki.answer_with(faults, "POST", "/tsa/tsa-rsa", QUERY, pki.start())
}

fn rejected(body: &[u8], failure: PkiFailure) -> bool {
    // PKIStatusInfo ends with the BIT STRING whose highest set bit is the failure's.
    let bit = failure as usize;
    let mut octets = vec![0u8; bit / 8 + 1];
    octets[bit / 8] = 0x80 >> (bit % 8);
    let small = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
    let mut tlv = vec![0x03, small(octets.len() + 1), small(7 - bit % 8)];
    tlv.extend(octets);
    body.ends_with(&tlv) && holds(body, &[0x02, 0x01, 0x02])
}

#[test]
fn routes_answer_with_their_types() {
    let pki = TestPki::hpki();
    let at = pki.start();
    for (method, path, body, status, content_type) in [
        ("POST", "/tsa/tsa-rsa", QUERY, 200, "application/timestamp-reply"),
        ("GET", "/crl/signing-ca.crl", b"", 200, "application/pkix-crl"),
        ("GET", "/crl/root-rarl.crl", b"", 200, "application/pkix-crl"),
        ("GET", "http://keiin.test/cert/signing-ca.cer", b"", 200, "application/pkix-cert"),
        ("POST", "/ocsp/signing-ca", b"", 200, "application/ocsp-response"),
        ("GET", "/ocsp/signing-ca/MAA%3D", b"", 200, "application/ocsp-response"),
        ("GET", "/tsa/tsa-rsa", b"", 405, "text/plain"),
        ("POST", "/tsa/doctor", QUERY, 404, "text/plain"),
        ("GET", "/crl/doctor.crl", b"", 404, "text/plain"),
        ("GET", "/crl/signing-ca", b"", 404, "text/plain"),
        ("GET", "/cert/nobody.cer", b"", 404, "text/plain"),
        ("GET", "/", b"", 404, "text/plain"),
        ("GET", "", b"", 404, "text/plain"),
        ("GET", "/ocsp/signing-ca/%", b"", 200, "application/ocsp-response"),
    ] {
        let answer = pki.answer(method, path, body, at);
        assert_eq!((answer.status, answer.content_type), (status, content_type), "{method} {path}");
    }
    assert_eq!(pki.answer("GET", "/cert/doctor.cer", b"", at).ok().unwrap(), pki.certificate("doctor"));
    assert_eq!(pki.answer("GET", "/crl/signing-ca.crl", b"", at).body, pki.crl("signing-ca", at));
}

#[test]
fn a_ca_that_has_ended_publishes_nothing() {
    let pki = TestPki::hpki();
    let ca = pki.entity("signing-ca");
    for (at, status) in [(ca.not_after, 200), (ca.not_after.plus_seconds(1), 404), (ca.not_before, 200)] {
        assert_eq!(pki.answer("GET", "/crl/signing-ca.crl", b"", at).status, status, "{at}");
    }
}

#[test]
fn requests_that_cannot_be_served_are_rejected_with_the_reason() {
    let pki = TestPki::hpki();
    let respond = |request: &[u8]| pki.tsa("tsa-rsa").respond(request, pki.start());
    assert!(rejected(&respond(b""), PkiFailure::BadDataFormat));
    assert!(rejected(&respond(&[0x30, 0x80]), PkiFailure::BadDataFormat));
    for cut in 0..QUERY.len() {
        assert!(rejected(&respond(&QUERY[..cut]), PkiFailure::BadDataFormat), "cut at {cut}");
    }
    let changed = |at: usize, to: u8| {
        let mut query = QUERY.to_vec();
        query[at] = to;
        query
    };
    assert!(rejected(&respond(&changed(4, 2)), PkiFailure::BadRequest));
    assert!(rejected(&respond(&changed(19, 0x7f)), PkiFailure::BadAlg));
    assert!(rejected(&respond(&changed(19, 2)), PkiFailure::BadDataFormat));
    assert!(!rejected(&respond(QUERY), PkiFailure::BadDataFormat));
    // Nothing that a client sends may stop the server.
    for (index, octet) in QUERY.iter().enumerate() {
        for bit in 0..8 {
            respond(&changed(index, octet ^ (1 << bit)));
        }
    }
}

#[test]
fn each_fault_shows() {
    let right = stamp(&Faults::none());
    assert!(right.status == 200 && holds(&right.body, NONCE) && holds(&right.body, &[0x11; 32]));
    let on = |fault| stamp(&Faults::on("/tsa/tsa-rsa", fault));

    assert_eq!(on(Fault::Slow(Duration::from_secs(3))).delay, Duration::from_secs(3));
    let cut = on(Fault::Truncated);
    assert!(cut.body.len() * 2 <= cut.content_length && cut.ok().is_none());
    let nonce = on(Fault::WrongNonce);
    assert!(!holds(&nonce.body, NONCE) && holds(&nonce.body, &[0x5a; 8]));
    assert!(!holds(&on(Fault::MissingNonce).body, NONCE));
    let imprint = on(Fault::WrongImprint);
    assert!(!holds(&imprint.body, &[0x11; 32]) && holds(&imprint.body, &[0xee; 32]));
    assert_ne!(on(Fault::WrongPolicy).body, right.body);
    let forged = on(Fault::WrongKey);
    assert_eq!(forged.body.len(), right.body.len());
    assert_ne!(forged.body, right.body);
    assert_eq!(on(Fault::WrongContentType).content_type, "text/html");
    assert_eq!(on(Fault::Huge(1 << 20)).body.len(), 1 << 20);
    assert_eq!(on(Fault::Status(503)).status, 503);
    let redirect = on(Fault::RedirectLoop);
    assert_eq!((redirect.status, redirect.location.as_deref()), (302, Some("/tsa/tsa-rsa")));
    assert_ne!(on(Fault::Garbage).body.first(), Some(&0x30));
    assert_eq!(
        on(Fault::BasicAuthentication { user: "u".into(), password: "p".into() }).status,
        401,
        "without headers there is no way in"
    );
    for failure in PkiFailure::ALL {
        let answer = on(Fault::Reject { failure, text: "本日休業".into() });
        assert!(rejected(&answer.body, failure) && holds(&answer.body, "本日休業".as_bytes()), "{failure:?}");
    }
    assert_eq!(stamp(&Faults::on("/crl/", Fault::Garbage)).body, right.body, "a fault keeps to its route");
}

#[test]
fn stale_and_forged_lists() {
    let pki = TestPki::hpki();
    let at = pki.start().plus_days(40);
    let get = |fault| {
        let faults = Faults::on("/crl/signing-ca", fault);
        pki.answer_with(&faults, "GET", "/crl/signing-ca.crl", b"", at).body
    };
    assert_eq!(get(Fault::Stale(10)), pki.crl("signing-ca", at.plus_days(-10)));
    let forged = get(Fault::WrongKey);
    let right = pki.crl("signing-ca", at);
    let signature = right.len() - 256;
    assert_eq!(forged[..signature], right[..signature], "only the signature differs");
    assert_ne!(forged[signature..], right[signature..]);
}

#[test]
fn the_soft_token_signs_as_a_card_does() {
    let pki = TestPki::hpki();
    let message = b"to be signed";
    let digest = keys::digest(DigestAlgorithm::Sha256, message).unwrap();
    let rsa = SignatureAlgorithm::RsaPkcs1 { digest: DigestAlgorithm::Sha256 };
    let card = SoftToken::new(&pki, "doctor");
    assert_eq!(card.certificate(), pki.certificate("doctor"));
    assert_eq!(card.certificates().len(), 2);
    assert_eq!(card.algorithms()[0], rsa);
    let request = SignRequest { algorithm: rsa, message, digest: &digest };
    assert_eq!(card.sign(&request).unwrap(), pki.key("doctor").sign(DigestAlgorithm::Sha256, message));
    let short = SignRequest { digest: &digest[1..], ..request };
    assert!(matches!(card.sign(&short), Err(SignerError::Device { .. })));
    let ecdsa = SignatureAlgorithm::Ecdsa { digest: DigestAlgorithm::Sha256 };
    assert!(matches!(
        card.sign(&SignRequest { algorithm: ecdsa, ..request }),
        Err(SignerError::Algorithm(_))
    ));
    let card = SoftToken::new(&pki, "doctor-ec").alone();
    assert_eq!((card.algorithms()[0], card.certificates().len()), (ecdsa, 0));
    assert_eq!(card.sign(&SignRequest { algorithm: ecdsa, ..request }).unwrap()[0], 0x30);
}

#[test]
fn the_same_world_makes_the_same_bytes() {
    let (one, two) = (TestPki::hpki(), TestPki::hpki());
    for entity in one.entities() {
        assert_eq!(one.certificate(&entity.name), two.certificate(&entity.name), "{}", entity.name);
    }
}

#[test]
fn there_is_a_tsa_for_thirty_years() {
    let pki = TestPki::hpki();
    let mut names = Vec::new();
    for month in 0..30 * 12 {
        let at = pki.start().plus_days(month * 30);
        let name = pki.tsa_valid_at(at).unwrap_or_else(|| panic!("none at {at}"));
        for ca in pki.issuers(name) {
            let ca = pki.entity(ca);
            assert!(ca.not_before <= at && at <= ca.not_after, "{} at {at}", ca.name);
        }
        if names.last() != Some(&name) {
            names.push(name);
        }
    }
    assert_eq!(names, ["tsa-ecdsa", "tsa-generation-2", "tsa-generation-3"]);
    assert_eq!(pki.tsa_valid_at(pki.start().plus_days(366 * 32)), None);
}

#[test]
fn ocsp_faults_show_and_no_request_stops_the_responder() {
    let pki = TestPki::hpki();
    let at = pki.start();
    let request = pki.ocsp_request("doctor");
    let right = pki.ocsp(&request, at);
    assert_eq!(right, pki.answer("POST", "/ocsp/signing-ca", &request, at).body);
    assert_eq!(pki.answer("POST", "/ocsp/root", &request, at).body, [0x30, 3, 0x0a, 1, 6], "another CA's");
    let on = |fault| {
        let faults = Faults::on("/ocsp/signing-ca", fault);
        pki.answer_with(&faults, "POST", "/ocsp/signing-ca", &request, at.plus_days(40)).body
    };
    assert_eq!(on(Fault::OcspStatus(3)), [0x30, 3, 0x0a, 1, 3]);
    assert_eq!(on(Fault::Stale(40)), right);
    assert_ne!(on(Fault::WrongKey), pki.ocsp(&request, at.plus_days(40)));
    for (index, octet) in request.iter().enumerate() {
        let mut changed = request.clone();
        changed[index] = octet ^ 0x15;
        pki.ocsp(&changed, at);
        pki.ocsp(&request[..index], at);
    }
}
