// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Requests and answers, against the kit's TSAs, every fault that they can have, and OpenSSL as TSA and as verifier.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

use std::{path::Path, process::Command};

use keiin_model::{DigestAlgorithm, Oid};
use keiin_pki::digest::digest;
use keiin_testkit::{Fault, Faults, PkiFailure, TestPki, Tsa};
use keiin_tsp::{CertificateRequest, Failure, Request, Response, Status, Token, TspError};

const DATA: &[u8] = "処方箋".as_bytes();
const NONCE: &[u8] = &[0x00, 0xff, 1, 2, 3, 4, 5, 6, 7];

fn request(algorithm: DigestAlgorithm) -> Request {
    let imprint = digest(algorithm, DATA);
    Request::new(algorithm, &imprint, Some(NONCE), None, CertificateRequest::Wanted).unwrap()
}

fn answer(request: &Request, faults: &Faults) -> Vec<u8> {
    let pki = TestPki::hpki();
    pki.answer_with(faults, "POST", "/tsa/tsa-rsa", &request.to_der(), pki.start()).body
}

fn fault(fault: Fault) -> Result<Vec<u8>, TspError> {
    let request = request(DigestAlgorithm::Sha256);
    request.accept(&answer(&request, &Faults::on("/tsa/tsa-rsa", fault)))
}

#[test]
fn a_fitting_answer_yields_the_token_as_it_stands() {
    for algorithm in [DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512] {
        let request = request(algorithm);
        let response = answer(&request, &Faults::none());
        let token = request.accept(&response).unwrap();
        assert!(response.ends_with(&token));
        assert_eq!(*Token::read(&token).unwrap().info.imprint, *digest(algorithm, DATA));
    }
}

#[test]
fn each_way_of_not_fitting_is_an_error_of_its_own() {
    assert!(matches!(fault(Fault::WrongNonce), Err(TspError::WrongNonce)));
    assert!(matches!(fault(Fault::MissingNonce), Err(TspError::WrongNonce)));
    assert!(matches!(fault(Fault::WrongImprint), Err(TspError::WrongImprint)));
    assert!(matches!(fault(Fault::WrongKey), Err(TspError::WrongSignature)));
    assert!(matches!(fault(Fault::Garbage), Err(TspError::Malformed(_))));
    assert!(matches!(fault(Fault::Truncated), Err(TspError::Malformed(_))));
    assert!(matches!(fault(Fault::Huge(17 << 20)), Err(TspError::ResponseTooLong { .. })));
    assert!(matches!(request(DigestAlgorithm::Sha256).accept(&[]), Err(TspError::Malformed(_))));
}

#[test]
fn the_policy_is_compared_when_one_was_asked_for() {
    let policy: Oid = Tsa::policy().parse().unwrap();
    let imprint = digest(DigestAlgorithm::Sha256, DATA);
    let request =
        Request::new(DigestAlgorithm::Sha256, &imprint, None, Some(policy), CertificateRequest::Wanted)
            .unwrap();
    assert!(request.accept(&answer(&request, &Faults::none())).is_ok());
    let other = Faults::on("/tsa/tsa-rsa", Fault::WrongPolicy);
    let wrong = request.accept(&answer(&request, &other));
    assert!(matches!(wrong, Err(TspError::WrongPolicy { answered }) if answered != policy));
}

#[test]
fn a_token_without_the_certificate_is_refused_when_it_was_asked_for() {
    let imprint = digest(DigestAlgorithm::Sha256, DATA);
    let with =
        |certificate| Request::new(DigestAlgorithm::Sha256, &imprint, None, None, certificate).unwrap();
    let without = with(CertificateRequest::NotWanted);
    let response = answer(&without, &Faults::none());
    assert!(without.accept(&response).is_ok());
    let wanted = with(CertificateRequest::Wanted).accept(&response);
    assert!(matches!(wanted, Err(TspError::NoCertificate)));
}

#[test]
fn a_refusal_says_why_in_the_tsa_s_own_words() {
    let expected = [
        (PkiFailure::BadAlg, Failure::BadAlgorithm),
        (PkiFailure::BadRequest, Failure::BadRequest),
        (PkiFailure::BadDataFormat, Failure::BadDataFormat),
        (PkiFailure::TimeNotAvailable, Failure::TimeNotAvailable),
        (PkiFailure::UnacceptedPolicy, Failure::UnacceptedPolicy),
        (PkiFailure::UnacceptedExtension, Failure::UnacceptedExtension),
        (PkiFailure::AddInfoNotAvailable, Failure::AdditionalInformationNotAvailable),
        (PkiFailure::SystemFailure, Failure::SystemFailure),
    ];
    assert_eq!(expected.len(), PkiFailure::ALL.len());
    for (failure, named) in expected {
        let text = "時計が止まっています".to_owned();
        let Err(TspError::Rejected(rejection)) = fault(Fault::Reject { failure, text: text.clone() }) else {
            panic!("{named} is a refusal")
        };
        assert_eq!((rejection.status, rejection.failures), (Status::Rejection, vec![named]));
        assert_eq!(rejection.text, [text]);
    }
}

#[test]
fn an_imprint_of_another_length_is_no_request() {
    let short = Request::new(DigestAlgorithm::Sha256, &[0; 20], None, None, CertificateRequest::Wanted);
    assert!(matches!(short, Err(TspError::ImprintLength { octets: 20, .. })));
}

fn openssl(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("openssl").current_dir(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn openssl_reads_the_request_and_verifies_the_token() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, octets: &[u8]| std::fs::write(folder.path().join(name), octets).unwrap();
    let pki = TestPki::hpki();
    let request = request(DigestAlgorithm::Sha512);
    let response = answer(&request, &Faults::none());
    write("request.tsq", &request.to_der());
    write("data", DATA);
    write("token.der", &request.accept(&response).unwrap());
    let root = pki.chain("tsa-rsa").pop().unwrap();
    write("root.der", &root);
    openssl(folder.path(), &["x509", "-inform", "DER", "-in", "root.der", "-out", "root.pem"]);
    let text = openssl(folder.path(), &["ts", "-query", "-in", "request.tsq", "-text"]);
    assert!(text.contains("Hash Algorithm: sha512") && text.contains("Certificate required: yes"));
    assert!(text.contains("Nonce: 0xFF01020304050607"), "{text}");
    let at = pki.start().unix().to_string();
    let verify = ["ts", "-verify", "-in", "token.der", "-token_in", "-CAfile", "root.pem", "-attime", &at];
    openssl(folder.path(), &[&verify[..], &["-data", "data"]].concat());
    openssl(
        folder.path(),
        &[&verify[..], &["-digest", &hex(&digest(DigestAlgorithm::Sha512, DATA))]].concat(),
    );
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[test]
fn a_response_is_read_without_judging_it() {
    let request = request(DigestAlgorithm::Sha256);
    let response = answer(&request, &Faults::none());
    let read = Response::read(&response).unwrap();
    assert_eq!(read.status, Status::Granted);
    assert!(read.token.is_some() && read.failures.is_empty() && read.text.is_empty());
}
