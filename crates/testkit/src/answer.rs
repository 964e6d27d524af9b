// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The routes of the world's web server, without sockets.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use keiin_model::Time;

use crate::{Fault, Faults, TestPki, entity::Kind};

/// What a route answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The Content-Type.
    pub content_type: &'static str,
    /// The body, as much of it as comes.
    pub body: Vec<u8>,
    /// The Content-Length that the server promises; more than the body when it is cut off.
    pub content_length: usize,
    /// Where a redirect points.
    pub location: Option<String>,
    /// How long the server waits before it answers. [`TestPki::answer_with`] itself does not wait.
    pub delay: Duration,
}

const TIMESTAMP_REPLY: &str = "application/timestamp-reply";
const OCSP_RESPONSE: &str = "application/ocsp-response";
const CRL: &str = "application/pkix-crl";
const CERTIFICATE: &str = "application/pkix-cert";
const TEXT: &str = "text/plain";

impl Answer {
    pub(crate) fn new(status: u16, content_type: &'static str, body: Vec<u8>) -> Self {
        let content_length = body.len();
        Self { status, content_type, body, content_length, location: None, delay: Duration::ZERO }
    }

    fn text(status: u16, text: &str) -> Self {
        Self::new(status, TEXT, text.as_bytes().to_vec())
    }

    /// The body when the status is 200 and all of it came.
    pub fn ok(self) -> Option<Vec<u8>> {
        (self.status == 200 && self.body.len() == self.content_length).then_some(self.body)
    }
}

impl TestPki {
    /// Answers a request as the world's server would at a moment:
    ///
    /// | route | body of the answer |
    /// |---|---|
    /// | `POST /tsa/NAME` | TimeStampResp |
    /// | `GET /crl/NAME.crl` | CertificateList; 404 before the CA's certificate begins and after it has ended |
    /// | `POST /ocsp/NAME`, `GET /ocsp/NAME/BASE64` | OCSPResponse (RFC 6960, A.1) |
    /// | `GET /cert/NAME.cer` | Certificate |
    ///
    /// The path may be a whole URL under [`TestPki::base_url`]. Nothing that a client sends makes it panic.
    pub fn answer(&self, method: &str, path: &str, body: &[u8], at: Time) -> Answer {
        self.answer_with(&Faults::none(), method, path, body, at)
    }

    /// The same, with faults.
    pub fn answer_with(&self, faults: &Faults, method: &str, path: &str, body: &[u8], at: Time) -> Answer {
        let path = path.strip_prefix(self.base_url()).unwrap_or(path);
        let fault = faults.of(path);
        if let Some(answer) = fault.and_then(|fault| in_place_of(fault, path)) {
            return answer;
        }
        let answer = self.route(method, path, body, at, fault);
        match fault {
            Some(fault) if answer.status == 200 => spoil(answer, fault),
            _ => answer,
        }
    }

    fn route(&self, method: &str, path: &str, body: &[u8], at: Time, fault: Option<&Fault>) -> Answer {
        let path = path.split('?').next().unwrap_or_default();
        let (kind, name) = path.trim_start_matches('/').split_once('/').unwrap_or_default();
        match (method, kind) {
            ("POST", "tsa") => match self.find_tsa(name) {
                Some(tsa) => Answer::new(200, TIMESTAMP_REPLY, tsa.respond_with(body, at, fault)),
                None => Answer::text(404, "no such time-stamp authority"),
            },
            ("POST", "ocsp") if self.is_ca(name) => {
                let at = moved(at, fault);
                Answer::new(200, OCSP_RESPONSE, self.ocsp_with(Some(name), body, at, fault))
            }
            ("GET", "ocsp") => self.ocsp_by_get(name, at, fault),
            ("GET", "crl") => {
                match name.strip_suffix(".crl").and_then(|name| self.published_crl(name, at, fault)) {
                    Some(crl) => Answer::new(200, CRL, crl),
                    None => Answer::text(404, "no such CRL now"),
                }
            }
            ("GET", "cert") => match name.strip_suffix(".cer").and_then(|name| self.find(name)) {
                Some(issued) => Answer::new(200, CERTIFICATE, self.certificate_of(issued).to_vec()),
                None => Answer::text(404, "no such certificate"),
            },
            (_, "tsa" | "ocsp" | "crl" | "cert") => Answer::text(405, "not with this method, or not here"),
            _ => Answer::text(404, "nothing is here"),
        }
    }

    fn is_ca(&self, name: &str) -> bool {
        self.find(name).is_some_and(|i| matches!(i.entity.kind, Kind::Ca(_)))
    }

    fn ocsp_by_get(&self, name: &str, at: Time, fault: Option<&Fault>) -> Answer {
        let (ca, encoded) = name.split_once('/').unwrap_or((name, ""));
        if !self.is_ca(ca) {
            return Answer::text(404, "no such responder");
        }
        let request = STANDARD.decode(percent_decoded(encoded)).unwrap_or_default();
        Answer::new(200, OCSP_RESPONSE, self.ocsp_with(Some(ca), &request, moved(at, fault), fault))
    }

    fn published_crl(&self, name: &str, at: Time, fault: Option<&Fault>) -> Option<Vec<u8>> {
        let ca = &self.find(name.strip_suffix("-rarl").unwrap_or(name))?.entity;
        if at < ca.not_before || at > ca.not_after {
            return None;
        }
        self.find_crl(name, moved(at, fault), fault)
    }
}

fn moved(at: Time, fault: Option<&Fault>) -> Time {
    match fault {
        Some(Fault::Stale(days)) => at.plus_days(-days),
        _ => at,
    }
}

/// Faults that answer without looking at the request.
fn in_place_of(fault: &Fault, path: &str) -> Option<Answer> {
    Some(match fault {
        Fault::Status(status) => Answer::text(*status, "a fault of the test server"),
        Fault::RedirectLoop => {
            Answer { location: Some(path.to_owned()), ..Answer::text(302, "over there, which is here") }
        }
        Fault::BasicAuthentication { .. } => Answer::text(401, "who are you?"),
        _ => return None,
    })
}

/// Faults that change a right answer.
fn spoil(mut answer: Answer, fault: &Fault) -> Answer {
    match fault {
        Fault::Slow(delay) => answer.delay = *delay,
        Fault::Truncated => answer.body.truncate(answer.body.len() / 2),
        Fault::WrongContentType => answer.content_type = "text/html",
        Fault::Huge(octets) => answer = Answer::new(200, answer.content_type, vec![0x30; *octets]),
        Fault::Garbage => {
            answer = Answer::new(200, answer.content_type, b"\xff\x00 this is not DER".to_vec());
        }
        _ => {}
    }
    answer
}

/// `%2B` and its like (RFC 3986, 2.1); what is no such triple stays.
fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while let Some(&byte) = bytes.get(index) {
        let digits = bytes.get(index + 1..index + 3).filter(|_| byte == b'%');
        let value =
            digits.and_then(|d| std::str::from_utf8(d).ok()).and_then(|d| u8::from_str_radix(d, 16).ok());
        out.push(value.unwrap_or(byte));
        index += if value.is_some() { 3 } else { 1 };
    }
    out
}
