// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The loopback server, spoken to over plain sockets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // the tests' own steps, outside of #[test] functions

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use keiin_testkit::{Fault, Faults, net::Server};

/// The status line and headers, and the body, of one exchange.
fn exchange(server: &Server, head: &str, body: &[u8]) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(server.url().strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
        .write_all(format!("{head} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n", body.len()).as_bytes())
        .unwrap();
    stream
        .write_all(b"Content-Type: application/timestamp-query\r\nAuthorization: Basic dTpw\r\n\r\n")
        .unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    (String::from_utf8(answer[..end].to_vec()).unwrap(), answer[end + 4..].to_vec())
}

#[test]
fn it_serves_at_its_clock_and_certificates_name_it() {
    let server = Server::hpki().unwrap();
    let url = format!("{}/crl/signing-ca.crl", server.url());
    assert!(server.pki().certificate("doctor").windows(url.len()).any(|w| w == url.as_bytes()));
    let later = server.pki().start().plus_days(31);
    server.set_time(later);
    assert_eq!(*server.clock().lock().unwrap(), later);
    let (head, body) = exchange(&server, "GET /crl/signing-ca.crl", b"");
    assert!(head.starts_with("HTTP/1.1 200 OK") && head.contains("application/pkix-crl"), "{head}");
    assert_eq!(body, server.pki().crl("signing-ca", later));
    let (head, _) = exchange(&server, "POST /tsa/tsa-rsa", b"not a request");
    assert!(head.contains("application/timestamp-reply"), "{head}");
    let (head, _) = exchange(&server, "POST /ocsp/signing-ca", b"");
    assert!(head.starts_with("HTTP/1.1 415"), "the wrong content type: {head}");
    assert_eq!(server.requests(), ["GET /crl/signing-ca.crl", "POST /tsa/tsa-rsa", "POST /ocsp/signing-ca"]);
}

#[test]
fn faults_reach_the_wire() {
    let server = Server::hpki().unwrap();
    let get = |fault| {
        server.set_faults(Faults::on("/crl/", fault));
        exchange(&server, "GET /crl/root.crl", b"")
    };
    let (head, body) = get(Fault::Truncated);
    assert!(
        head.contains(&format!("Content-Length: {}", server.pki().crl("root", server.pki().start()).len()))
    );
    assert!(!body.is_empty() && !head.contains(&format!("Content-Length: {}", body.len())));
    let (head, _) = get(Fault::RedirectLoop);
    assert!(head.starts_with("HTTP/1.1 302") && head.contains("Location: /crl/root.crl"), "{head}");
    assert_eq!(get(Fault::Huge(3 << 20)).1.len(), 3 << 20);
    let start = Instant::now();
    get(Fault::Slow(Duration::from_millis(300)));
    assert!(start.elapsed() >= Duration::from_millis(300));
    let known = Fault::BasicAuthentication { user: "u".into(), password: "p".into() };
    assert!(get(known).0.starts_with("HTTP/1.1 200"));
    let unknown = Fault::BasicAuthentication { user: "u".into(), password: "q".into() };
    let (head, _) = get(unknown);
    assert!(head.starts_with("HTTP/1.1 401") && head.contains("WWW-Authenticate: Basic"), "{head}");
}

#[test]
fn bad_requests_are_answered() {
    let server = Server::hpki().unwrap();
    for (request, status) in [
        ("\r\n\r\n", "400"),
        ("GET /\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nno colon\r\n\r\n", "400"),
        ("POST /tsa/tsa-rsa HTTP/1.1\r\nContent-Length: x\r\n\r\n", "400"),
        ("POST /tsa/tsa-rsa HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", "413"),
        ("POST /tsa/tsa-rsa HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "411"),
        ("GET /nowhere HTTP/1.1\r\n\r\n", "404"),
    ] {
        let mut stream = TcpStream::connect(server.url().strip_prefix("http://").unwrap()).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{request:?}: {answer}");
    }
}

#[test]
fn it_stops_when_dropped_even_with_an_open_connection() {
    let server = Server::hpki().unwrap();
    let address = server.url().strip_prefix("http://").unwrap().to_owned();
    let _idle = TcpStream::connect(&address).unwrap();
    let start = Instant::now();
    drop(server);
    assert!(start.elapsed() < Duration::from_secs(2));
    assert!(TcpStream::connect(&address).is_err());
}
