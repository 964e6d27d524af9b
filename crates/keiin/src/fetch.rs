// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Getting what the engine wants: CRLs, OCSP responses and issuers' certificates.
//!
//! Nothing that comes back is believed here: it is read, to be sure that it is what was asked for, and put into the
//! evidence with its origin. Whether it counts is the engine's to say.

use std::collections::BTreeSet;

use keiin_pki::{
    cert::Certificate,
    cms::{CertificateChoice, SignedData},
    crl::Crl,
    digest::object_id,
    ocsp,
};

use crate::{
    cache::Cache,
    model::{Evidence, EvidenceKind, ObjectId, Origin, Time, Want},
    pem,
    transport::{HttpRequest, Transport, TransportError},
};

/// Octets of a CRL. Those of HPKI have 1 to 100 KiB; the largest public ones some ten MiB.
const MAX_CRL: usize = 64 << 20;
/// Octets of an OCSP response.
const MAX_OCSP: usize = 1 << 20;
/// Octets of a certificate or a bundle of issuers.
const MAX_ISSUERS: usize = 1 << 20;
/// Addresses that are asked for one want: certificates are strangers, and a list of a thousand addresses is an attack.
const MAX_ADDRESSES: usize = 4;

const OCSP_REQUEST: &str = "application/ocsp-request";

/// Whether the network may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// It may.
    #[default]
    Online,
    /// Only what is in the file, given, or in the cache is used.
    Offline,
}

/// Which kinds of revocation data are fetched and put into a signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RevocationKinds {
    /// Whichever settles the verdict.
    #[default]
    Any,
    /// CRLs; OCSP only about certificates that name no CRL.
    Crl,
    /// OCSP; CRLs only about certificates that name no responder.
    Ocsp,
    /// Both, wherever a certificate names both.
    Both,
}

/// One address that was asked.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The address.
    pub url: String,
    /// What was looked for.
    pub kind: EvidenceKind,
    /// Where the answer came from, or why there is none.
    pub outcome: Result<FetchedFrom, FetchError>,
}

/// Where an answer came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchedFrom {
    /// The address itself.
    Network,
    /// The cache.
    Cache,
}

/// Why an address gave nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// No answer came.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The answer has another HTTP status than 200.
    #[error("{url}: HTTP status {status}")]
    Status {
        /// The address.
        url: String,
        /// The status.
        status: u16,
    },
    /// The answer is not what was asked for.
    #[error("{url}: the answer is not {wanted}")]
    Foreign {
        /// The address.
        url: String,
        /// What was asked for: `a CRL`.
        wanted: &'static str,
    },
}

/// Fetches for the engine during one verdict. No question is asked twice.
pub(crate) struct Fetcher<'a> {
    transport: &'a dyn Transport,
    cache: Option<&'a Cache>,
    network: Network,
    kinds: RevocationKinds,
    now: Time,
    asked: BTreeSet<(String, Vec<u8>)>,
    pub(crate) log: Vec<Fetched>,
}

/// What an answer must be before it settles a want, or before the cache's copy stands for the one at the address.
#[derive(Clone, Copy)]
struct Freshness {
    issued_after: Option<Time>,
    now: Time,
}

/// One question: where, how, and how its answer is read.
struct Question {
    kind: EvidenceKind,
    request: HttpRequest,
    wanted: &'static str,
    /// The DER objects in an answer; none when it is something else.
    read: fn(&[u8]) -> Vec<Vec<u8>>,
}

impl<'a> Fetcher<'a> {
    pub(crate) const fn new(
        transport: &'a dyn Transport,
        cache: Option<&'a Cache>,
        network: Network,
        kinds: RevocationKinds,
        now: Time,
    ) -> Self {
        Self { transport, cache, network, kinds, now, asked: BTreeSet::new(), log: Vec::new() }
    }

    /// Gets what one want asks for into the evidence.
    pub(crate) fn fetch(&mut self, want: &Want, evidence: &mut Evidence) {
        match want {
            Want::Issuer { urls, .. } => {
                let any = Freshness { issued_after: None, now: self.now };
                let _ = urls.iter().take(MAX_ADDRESSES).any(|url| self.settle(&issuers(url), any, evidence));
            }
            Want::Revocation { certificate, issuer, issued_after, crl_urls, ocsp_urls } => {
                let fresh = Freshness { issued_after: *issued_after, now: self.now };
                let request = ocsp_request(evidence, certificate, issuer);
                let (no_crl, no_ocsp) = match self.kinds {
                    RevocationKinds::Crl => (false, !crl_urls.is_empty()),
                    RevocationKinds::Ocsp => (!ocsp_urls.is_empty(), false),
                    RevocationKinds::Any | RevocationKinds::Both => (false, false),
                };
                let crls = crl_urls.iter().filter(|_| !no_crl).take(MAX_ADDRESSES).map(|url| crl(url));
                let ocsps = request
                    .iter()
                    .filter(|_| !no_ocsp)
                    .flat_map(|body| ocsp_urls.iter().take(MAX_ADDRESSES).map(|url| responder(url, body)));
                // A responder answers about now; a CRL is as old as its issue. Where the date matters OCSP goes first.
                let questions: Vec<Question> = if issued_after.is_some() {
                    ocsps.chain(crls).collect()
                } else {
                    crls.chain(ocsps).collect()
                };
                for question in &questions {
                    let settled = self.settle(question, fresh, evidence);
                    if settled && self.kinds != RevocationKinds::Both {
                        break;
                    }
                }
            }
            _ => {}
        }
    }

    /// Asks one question; whether its answer settles the want. What comes goes into the evidence all the same.
    fn settle(&mut self, question: &Question, fresh: Freshness, evidence: &mut Evidence) -> bool {
        let request = &question.request;
        if !self.asked.insert((request.url.clone(), request.body.clone())) {
            return false;
        }
        let (outcome, objects) = match self.kept(question, fresh, evidence) {
            Some(objects) => (Ok(FetchedFrom::Cache), objects),
            None => match self.ask(question) {
                Ok(objects) => (Ok(FetchedFrom::Network), objects),
                Err(error) => (Err(error), Vec::new()),
            },
        };
        self.log.push(Fetched { url: request.url.clone(), kind: question.kind, outcome });
        let settles = objects.iter().any(|object| fresh.settles(question.kind, object));
        let mut new = false;
        for bytes in objects {
            let origin = Origin::Fetched { url: request.url.clone(), at: self.now };
            new |= evidence.insert(object_id(&bytes), question.kind, bytes, origin);
        }
        new && settles
    }

    /// The cache's answer, when it stands for the one at the address and is not already known: what is known and
    /// still leaves a want open did not help.
    fn kept(&self, question: &Question, fresh: Freshness, evidence: &Evidence) -> Option<Vec<Vec<u8>>> {
        let request = &question.request;
        let bytes = self.cache?.find(&request.url, &request.body, request.limit)?;
        let objects = (question.read)(&bytes);
        let helps = objects
            .iter()
            .any(|o| fresh.stands(question.kind, o) && evidence.object(&object_id(o)).is_none());
        helps.then_some(objects)
    }

    fn ask(&self, question: &Question) -> Result<Vec<Vec<u8>>, FetchError> {
        let request = &question.request;
        let url = request.url.clone();
        if self.network == Network::Offline {
            return Err(TransportError::Offline { url }.into());
        }
        let answer = self.transport.exchange(request)?;
        if answer.status != 200 {
            return Err(FetchError::Status { url, status: answer.status });
        }
        // CAs serve CRLs under every media type there is, so the octets are asked and not the header.
        let objects = (question.read)(&answer.body);
        if objects.is_empty() {
            return Err(FetchError::Foreign { url, wanted: question.wanted });
        }
        if let Some(cache) = self.cache {
            // A cache that cannot be written costs the next run a request, and this one nothing.
            drop(cache.keep(&request.url, &request.body, &answer.body));
        }
        Ok(objects)
    }
}

fn crl(url: &str) -> Question {
    Question {
        kind: EvidenceKind::Crl,
        request: HttpRequest::get(url, MAX_CRL),
        wanted: "a CRL",
        read: |bytes| crl_der(bytes).into_iter().collect(),
    }
}

fn responder(url: &str, body: &[u8]) -> Question {
    Question {
        kind: EvidenceKind::Ocsp,
        request: HttpRequest::post(url, OCSP_REQUEST, body.to_vec(), MAX_OCSP),
        wanted: "a successful OCSP response",
        read: |bytes| {
            // "Try later" is no evidence.
            let says = ocsp::OcspResponse::read(bytes).is_ok_and(|response| response.basic.is_some());
            says.then(|| bytes.to_vec()).into_iter().collect()
        },
    }
}

fn issuers(url: &str) -> Question {
    Question {
        kind: EvidenceKind::Certificate,
        request: HttpRequest::get(url, MAX_ISSUERS),
        wanted: "a certificate",
        read: certificates,
    }
}

impl Freshness {
    /// Whether an object is issued late enough for the want.
    fn settles(self, kind: EvidenceKind, object: &[u8]) -> bool {
        kind == EvidenceKind::Certificate
            || dates(kind, object).is_some_and(|(issued, _)| self.issued_after.is_none_or(|t| issued >= t))
    }

    /// Whether a kept object stands for the one at its address: the next one is not due yet.
    fn stands(self, kind: EvidenceKind, object: &[u8]) -> bool {
        let current = |(_, next): (Time, Option<Time>)| next.is_some_and(|next| self.now < next);
        self.settles(kind, object)
            && (kind == EvidenceKind::Certificate || dates(kind, object).is_some_and(current))
    }
}

/// thisUpdate and nextUpdate; of an OCSP response the first answer's, as it is asked for one certificate.
fn dates(kind: EvidenceKind, object: &[u8]) -> Option<(Time, Option<Time>)> {
    match kind {
        EvidenceKind::Crl => read_crl(object).map(|crl| (crl.this_update, crl.next_update)),
        EvidenceKind::Ocsp => {
            let basic = ocsp::OcspResponse::read(object).ok()?.basic?;
            basic.responses.first().map(|answer| (answer.this_update, answer.next_update))
        }
        _ => None,
    }
}

/// A CRL in DER, or in PEM as some CAs serve it.
fn crl_der(bytes: &[u8]) -> Option<Vec<u8>> {
    if read_crl(bytes).is_some() {
        return Some(bytes.to_vec());
    }
    let der = pem::blocks(bytes, "X509 CRL").into_iter().next()?.ok()?;
    read_crl(&der).is_some().then_some(der)
}

/// A CRL whose id nobody asks for here: hashing a long one takes longer than all the rest.
fn read_crl(bytes: &[u8]) -> Option<Crl<'_>> {
    Crl::read_as(ObjectId::from_sha256([0; 32]), bytes).ok()
}

/// One certificate, PEM, or the certificates of a certs-only CMS (RFC 5280, 4.2.2.1).
fn certificates(bytes: &[u8]) -> Vec<Vec<u8>> {
    if Certificate::read(bytes).is_ok() {
        return vec![bytes.to_vec()];
    }
    let mut found: Vec<Vec<u8>> = match SignedData::read(bytes) {
        Ok(signed) => {
            signed.certificates.iter().map(CertificateChoice::element).map(|e| e.bytes().to_vec()).collect()
        }
        Err(_) => pem::blocks(bytes, "CERTIFICATE").into_iter().filter_map(Result::ok).collect(),
    };
    found.retain(|certificate| Certificate::read(certificate).is_ok());
    found
}

fn ocsp_request(evidence: &Evidence, certificate: &ObjectId, issuer: &ObjectId) -> Option<Vec<u8>> {
    let read = |id| Certificate::read(&evidence.object(id)?.bytes).ok();
    // No nonce: the responder's answer is kept for years and judged by its dates, and many answer from a cache.
    ocsp::request(&read(certificate)?, &read(issuer)?, None)
}
