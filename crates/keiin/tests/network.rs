// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The network as it is: TSAs and CRLs over loopback HTTP, with everything that can go wrong there.
#![cfg(feature = "http")]
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test that cannot go on stops

use std::{path::PathBuf, time::Duration};

use keiin::{
    Content, Document, HttpRequest, Network, Setup, Transport as _, TransportError, Tsa, TsaError,
    hpki_policy,
    http::{HttpSettings, HttpTransport},
    stamp,
    transport::{NamedBy, PrivateAddresses},
    tsa::{Account, NoTimestamp, Secret},
    validate::TrustAnchor,
    verify,
};
use keiin_model::{DigestAlgorithm, Indication, SubIndication};
use keiin_testkit::{Fault, Faults, PkiFailure, TestPki, net::Server};

fn transport() -> HttpTransport {
    HttpTransport::new(HttpSettings {
        timeout: Duration::from_millis(1500),
        private_addresses: PrivateAddresses::Allow,
        ..HttpSettings::default()
    })
}

fn setup(server: &Server, tsas: &[&str]) -> Setup<'static> {
    let mut setup = Setup::offline(hpki_policy());
    setup.transport = Box::new(transport());
    setup.network = Network::Online;
    setup.tsas = tsas.iter().map(|name| Tsa::new(format!("{}/tsa/{name}", server.url()))).collect();
    for root in ["tsa-root", "tsa-root-2"] {
        let certificate = server.pki().certificate(root).into();
        setup.policy.tsa_anchors.push(TrustAnchor { certificate, class: None });
    }
    setup
}

fn content() -> Content {
    Content::bytes(&b"access log of 2026-04-01"[..])
}

fn failure(server: &Server, setup: &Setup<'_>, fault: Fault) -> TsaError {
    server.set_faults(Faults::on("/tsa/tsa-rsa", fault));
    match stamp(setup, &content(), TestPki::START) {
        Err(keiin::Error::NoTimestamp(NoTimestamp(mut failed))) if failed.len() == 1 => {
            failed.remove(0).error
        }
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("stamped"),
    }
}

#[test]
fn a_file_is_stamped_and_checked_later() {
    let server = Server::hpki().unwrap();
    let setup = setup(&server, &["tsa-ecdsa"]);
    let stamped = stamp(&setup, &content(), TestPki::START).unwrap();
    assert_eq!(stamped.time, TestPki::START);

    let bytes = stamped.document.as_bytes().to_vec();
    let later = TestPki::START.plus_days(1);
    server.set_time(later);
    let verdict = |content: Option<&Content>| {
        let document = Document::read(bytes.clone(), content).unwrap();
        verify(&setup, &document, later).report.timestamps.remove(0)
    };
    let good = verdict(Some(&content()));
    assert_eq!((good.indication, good.sub_indication), (Indication::TotalPassed, None), "{good:#?}");
    let other = verdict(Some(&Content::bytes(&b"another log"[..])));
    assert_eq!(other.indication, Indication::TotalFailed);
    assert_eq!(other.sub_indication, Some(SubIndication::HashFailure));
    let absent = verdict(None);
    assert!(!absent.imprint_found);
    assert_ne!(absent.indication, Indication::TotalPassed);
}

#[test]
fn each_fault_of_a_tsa_is_its_own_error() {
    let server = Server::hpki().unwrap();
    let setup = setup(&server, &["tsa-rsa"]);
    let fails = |fault| failure(&server, &setup, fault);
    let transport_error = |fault| match fails(fault) {
        TsaError::Transport(error) => error,
        other => panic!("{other:?}"),
    };
    assert!(matches!(transport_error(Fault::Slow(Duration::from_secs(5))), TransportError::Timeout { .. }));
    assert!(matches!(transport_error(Fault::Truncated), TransportError::Broken { .. }));
    assert!(matches!(transport_error(Fault::Huge(8 << 20)), TransportError::TooLarge { .. }));
    assert!(matches!(transport_error(Fault::RedirectLoop), TransportError::Redirects { .. }));
    assert!(matches!(fails(Fault::Status(500)), TsaError::Status { status: 500 }));
    assert!(matches!(fails(Fault::WrongContentType), TsaError::ContentType { .. }));
    for fault in
        [Fault::WrongNonce, Fault::MissingNonce, Fault::WrongImprint, Fault::WrongKey, Fault::Garbage]
    {
        assert!(matches!(fails(fault.clone()), TsaError::Tsp(_)), "{fault:?}");
    }
    let text = "the clock is being set".to_owned();
    let refused = fails(Fault::Reject { failure: PkiFailure::TimeNotAvailable, text: text.clone() });
    assert!(refused.to_string().contains(&text), "{refused}");
    assert!(refused.to_string().contains("timeNotAvailable"), "{refused}");
}

#[test]
fn the_second_tsa_is_asked_when_the_first_fails() {
    let server = Server::hpki().unwrap();
    let mut setup = setup(&server, &["tsa-rsa", "tsa-ecdsa"]);
    setup.tsas.insert(0, Tsa::new("http://127.0.0.1:1/"));
    server.set_faults(Faults::on("/tsa/tsa-rsa", Fault::Status(500)));
    let stamped = stamp(&setup, &content(), TestPki::START).unwrap();
    assert!(stamped.by.ends_with("/tsa/tsa-ecdsa"));
    let [down, broken] = stamped.failed.as_slice() else { panic!("{:?}", stamped.failed) };
    assert!(matches!(down.error, TsaError::Transport(TransportError::Unreachable { .. })), "{down:?}");
    assert!(matches!(broken.error, TsaError::Status { status: 500 }));
}

#[test]
fn a_tsa_whose_stamp_would_not_stand_is_passed_over() {
    let server = Server::hpki().unwrap();
    for bad in ["tsa-expired", "tsa-no-eku", "tsa-eku-not-critical", "tsa-eku-with-others"] {
        let setup = setup(&server, &[bad, "tsa-ecdsa"]);
        let stamped = stamp(&setup, &content(), TestPki::START).unwrap();
        assert!(stamped.by.ends_with("tsa-ecdsa"), "{bad}: {:?}", stamped.failed);
        assert!(
            matches!(stamped.failed[0].error, TsaError::NotAcceptable { .. }),
            "{bad}: {:?}",
            stamped.failed
        );
    }
    let mut stranger = setup(&server, &["tsa-rsa"]);
    stranger.policy.tsa_anchors.remove(0);
    assert!(stamp(&stranger, &content(), TestPki::START).is_err(), "a TSA of another root");
}

#[test]
fn a_crl_server_that_is_down_does_not_stop_time_stamps() {
    let server = Server::hpki().unwrap();
    server.set_faults(Faults::on("/crl/", Fault::Status(503)));
    let setup = setup(&server, &["tsa-expired", "tsa-rsa"]);
    let stamped = stamp(&setup, &content(), TestPki::START).unwrap();
    assert!(stamped.by.ends_with("tsa-rsa"));
    assert!(matches!(stamped.failed[0].error, TsaError::NotAcceptable { .. }), "{:?}", stamped.failed);
}

#[test]
fn basic_authentication_takes_its_password_from_a_file() {
    let server = Server::hpki().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("合言葉");
    std::fs::write(&path, "hiraku goma\n").unwrap();
    server.set_faults(Faults::on(
        "/tsa/",
        Fault::BasicAuthentication { user: "byoin".to_owned(), password: "hiraku goma".to_owned() },
    ));
    let mut setup = setup(&server, &["tsa-rsa"]);
    match stamp(&setup, &content(), TestPki::START) {
        Err(keiin::Error::NoTimestamp(none)) => assert!(none.to_string().contains("password"), "{none}"),
        _ => panic!("stamped without a password"),
    }
    setup.tsas[0].account = Some(Account { user: "byoin".to_owned(), password: Secret::File(path) });
    assert!(stamp(&setup, &content(), TestPki::START).is_ok());
    assert!(!format!("{:?}", setup.tsas).contains("goma"));
}

#[test]
fn addresses_in_certificates_do_not_lead_into_the_own_network() {
    let server = Server::hpki().unwrap();
    let guarded = HttpTransport::default();
    let port = server.url().rsplit(':').next().unwrap().to_owned();
    let hosts = [
        "127.0.0.1",
        "localhost",
        "LOCALHOST.",
        "[::1]",
        "0.0.0.0",
        // The same address as other programs write it.
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "%31%32%37.0.0.1",
        "１２７.0.0.1",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:0:7f00:1]",
        "[64:ff9b::7f00:1]",
        "user:password@127.0.0.1",
        "169.254.169.254",
    ];
    for host in hosts {
        let request = HttpRequest::get(format!("http://{host}:{port}/crl/root.crl"), 1 << 20);
        let answer = guarded.exchange(&request);
        // Whether a name with a dot behind it is found at all is the resolver's matter.
        let unknown = host.ends_with('.') && matches!(answer, Err(TransportError::Unreachable { .. }));
        assert!(
            unknown || matches!(answer, Err(TransportError::PrivateAddress { .. })),
            "{host}: {answer:?}"
        );
    }
    for url in [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "ftp://example.com/x",
        "ldap://example.com/",
        "gopher://127.0.0.1/",
        "data:text/plain,x",
        "unix:/run/x",
        "http://",
        "not a url",
        "",
    ] {
        let answer = guarded.exchange(&HttpRequest::get(url, 9));
        assert!(matches!(answer, Err(TransportError::Scheme { .. })), "{url}: {answer:?}");
    }
    assert!(server.requests().is_empty());
    let url = format!("{}/crl/signing-ca.crl", server.url());
    let named_by_user = HttpRequest { named_by: NamedBy::User, ..HttpRequest::get(&url, 1 << 20) };
    assert_eq!(guarded.exchange(&named_by_user).unwrap().status, 200);
    assert_eq!(transport().exchange(&HttpRequest::get(&url, 1 << 20)).unwrap().status, 200);
}

/// A server that answers every request with one redirect.
fn redirecting(location: String) -> (String, std::thread::JoinHandle<usize>) {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let serve = move || {
        let Ok((mut stream, _)) = listener.accept() else { return 0 };
        let mut request = [0; 4096];
        let read = stream.read(&mut request).unwrap();
        let head = format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        read
    };
    (url, std::thread::spawn(serve))
}

#[test]
fn a_redirect_leads_to_http_and_nowhere_else() {
    for location in ["file:///etc/passwd", "ftp://127.0.0.1/x", "ldap://127.0.0.1/"] {
        let (url, serving) = redirecting(location.to_owned());
        let answer = transport().exchange(&HttpRequest::get(url, 1 << 20));
        assert!(matches!(answer, Err(TransportError::Scheme { .. })), "{location}: {answer:?}");
        assert!(serving.join().unwrap() > 0);
    }
}

#[test]
fn an_async_runtime_around_it_does_no_harm() {
    // What blocking reqwest panics on is a runtime entered on the calling thread.
    let runtime = reqwest_runtime();
    let server = Server::hpki().unwrap();
    let setup = setup(&server, &["tsa-rsa"]);
    runtime.block_on(async { assert!(stamp(&setup, &content(), TestPki::START).is_ok()) });
}

fn reqwest_runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn the_digest_of_the_stamp_is_the_setups() {
    let server = Server::hpki().unwrap();
    let mut setup = setup(&server, &["tsa-rsa4096-sha512"]);
    setup.timestamp_digest = DigestAlgorithm::Sha512;
    let stamped = stamp(&setup, &content(), TestPki::START).unwrap();
    assert_eq!(stamped.document.timestamps()[0].imprint.algorithm, Some(DigestAlgorithm::Sha512));
}
