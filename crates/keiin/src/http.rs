// SPDX-License-Identifier: Apache-2.0 OR MIT
//! [`Transport`] over HTTP(S) with reqwest.
//!
//! The client lives on a thread of its own, because blocking reqwest panics inside an async runtime and vendors'
//! servers have one. Thread and client start with the first exchange: a program that asks nobody pays nothing.

use std::{
    collections::HashMap,
    error::Error as _,
    io::{self, Read as _},
    net::{IpAddr, SocketAddr, ToSocketAddrs as _},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use reqwest::{
    blocking::{Client, RequestBuilder},
    dns::{Addrs, Name, Resolve, Resolving},
    header::{ACCEPT, CONTENT_TYPE, LOCATION},
    redirect,
};

use crate::{
    guard::is_public,
    transport::{HttpRequest, HttpResponse, Method, NamedBy, PrivateAddresses, Transport, TransportError},
};

/// CAs move their CRLs behind one redirect, sometimes two.
const MAX_REDIRECTS: usize = 5;

/// How the network may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpSettings {
    /// The longest that a connection may take.
    pub connect_timeout: Duration,
    /// The longest that an exchange may take, its redirects and its body included.
    pub timeout: Duration,
    /// Whether an address inside a certificate may lead into a private network.
    pub private_addresses: PrivateAddresses,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            private_addresses: PrivateAddresses::Refuse,
        }
    }
}

/// HTTP(S) with the system's proxy and roots. Nothing is started before the first exchange.
pub struct HttpTransport {
    settings: HttpSettings,
    worker: Mutex<Option<mpsc::Sender<Job>>>,
}

struct Job {
    request: HttpRequest,
    answer: mpsc::Sender<Result<HttpResponse, TransportError>>,
}

impl HttpTransport {
    /// A transport that will start when it is first used.
    pub const fn new(settings: HttpSettings) -> Self {
        Self { settings, worker: Mutex::new(None) }
    }

    fn send(&self, job: Job) -> Result<(), TransportError> {
        let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        let job = match worker.as_ref() {
            Some(sender) => match sender.send(job) {
                Ok(()) => return Ok(()),
                Err(mpsc::SendError(job)) => job, // the thread has gone: start another
            },
            None => job,
        };
        let (sender, jobs) = mpsc::channel();
        let settings = self.settings;
        thread::Builder::new()
            .name("keiin-http".to_owned())
            .spawn(move || work(settings, &jobs))
            .map_err(|error| TransportError::Client { reason: error.to_string() })?;
        sender.send(job).map_err(|_| TransportError::Client { reason: "its thread ended".to_owned() })?;
        *worker = Some(sender);
        Ok(())
    }
}

impl Default for HttpTransport {
    fn default() -> Self {
        Self::new(HttpSettings::default())
    }
}

impl Transport for HttpTransport {
    fn exchange(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        let (answer, result) = mpsc::channel();
        self.send(Job { request: request.clone(), answer })?;
        result.recv().map_err(|_| TransportError::Client { reason: "its thread ended".to_owned() })?
    }
}

/// One client for each way of connecting: guarded or not, with which client certificate.
type Clients = HashMap<(NamedByKey, Vec<u8>), Client>;
type NamedByKey = bool;

fn work(settings: HttpSettings, jobs: &mpsc::Receiver<Job>) {
    let mut clients = Clients::new();
    for Job { request, answer } in jobs {
        // Who asked may have gone; the next job may not.
        drop(answer.send(exchange(settings, &mut clients, &request)));
    }
}

fn exchange(
    settings: HttpSettings,
    clients: &mut Clients,
    request: &HttpRequest,
) -> Result<HttpResponse, TransportError> {
    let guarded =
        request.named_by == NamedBy::Certificate && settings.private_addresses == PrivateAddresses::Refuse;
    let url = reqwest::Url::parse(&request.url)
        .ok()
        .filter(is_http)
        .ok_or_else(|| TransportError::Scheme { url: request.url.clone() })?;
    if let Some(address) = private_literal(&url).filter(|_| guarded) {
        return Err(TransportError::PrivateAddress {
            url: request.url.clone(),
            address: address.to_string(),
        });
    }
    let identity = request
        .credentials
        .as_ref()
        .and_then(|c| c.identity.as_ref())
        .map(|pem| pem.to_vec())
        .unwrap_or_default();
    let client = match clients.entry((guarded, identity)) {
        std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
        std::collections::hash_map::Entry::Vacant(entry) => {
            let client = build(settings, guarded, &entry.key().1, &request.url)?;
            entry.insert(client)
        }
    };
    let response = compose(client, request, url).send().map_err(|error| failure(&error, request))?;
    // What leads away from http is not followed, nor told to the redirect policy.
    if let Some(away) = response.headers().get(LOCATION).filter(|_| response.status().is_redirection()) {
        return Err(TransportError::Scheme { url: String::from_utf8_lossy(away.as_bytes()).into_owned() });
    }
    let status = response.status().as_u16();
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let body = read_body(response, request)?;
    Ok(HttpResponse { status, content_type, body })
}

fn compose(client: &Client, request: &HttpRequest, url: reqwest::Url) -> RequestBuilder {
    let mut builder = match request.method {
        Method::Get => client.get(url),
        Method::Post => client.post(url).body(request.body.clone()),
    };
    builder = builder.header(ACCEPT, "*/*");
    if let Some(content_type) = request.content_type {
        builder = builder.header(CONTENT_TYPE, content_type);
    }
    if let Some((user, password)) = request.credentials.as_ref().and_then(|c| c.basic.as_ref()) {
        builder = builder.basic_auth(user, Some(password.as_str()));
    }
    builder
}

fn build(
    settings: HttpSettings,
    guarded: bool,
    identity: &[u8],
    url: &str,
) -> Result<Client, TransportError> {
    let mut builder = Client::builder()
        .user_agent(concat!("keiin/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(settings.connect_timeout)
        .timeout(settings.timeout)
        .redirect(redirect::Policy::custom(move |attempt| follow(attempt, guarded)))
        .referer(false);
    if guarded {
        builder = builder.dns_resolver(Arc::new(PublicOnly));
    }
    if !identity.is_empty() {
        let identity = reqwest::Identity::from_pem(identity)
            .map_err(|e| TransportError::Identity { url: url.to_owned(), reason: chain(&e) })?;
        builder = builder.identity(identity);
    }
    builder.build().map_err(|error| TransportError::Client { reason: chain(&error) })
}

fn follow(attempt: redirect::Attempt<'_>, guarded: bool) -> redirect::Action {
    if attempt.previous().len() > MAX_REDIRECTS {
        return attempt.error(TooManyRedirects);
    }
    if !is_http(attempt.url()) {
        return attempt.error(NotHttp);
    }
    match private_literal(attempt.url()).filter(|_| guarded) {
        Some(address) => attempt.error(Private(address)),
        None => attempt.follow(),
    }
}

fn is_http(url: &reqwest::Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// The address, when the URL's host is one and it is not public.
fn private_literal(url: &reqwest::Url) -> Option<IpAddr> {
    let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']');
    host.parse().ok().filter(|address| !is_public(*address))
}

/// Resolves names as the system does and leaves out what is not public; the client connects to what is left, so that
/// a name cannot change its mind between the check and the connection.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        // The client's own thread waits here, and only for this exchange; the exchange's timeout runs outside of it.
        let resolved = (name.as_str(), 0u16).to_socket_addrs().map(Iterator::collect::<Vec<SocketAddr>>);
        Box::pin(std::future::ready(public_only(resolved)))
    }
}

fn public_only(
    resolved: io::Result<Vec<SocketAddr>>,
) -> Result<Addrs, Box<dyn std::error::Error + Send + Sync>> {
    let (public, private): (Vec<_>, Vec<_>) = resolved?.into_iter().partition(|a| is_public(a.ip()));
    match (public.is_empty(), private.first()) {
        (true, Some(address)) => Err(Private(address.ip()).into()),
        _ => Ok(Box::new(public.into_iter())),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("too many redirects")]
struct TooManyRedirects;

#[derive(Debug, thiserror::Error)]
#[error("a redirect leads away from http and https")]
struct NotHttp;

#[derive(Debug, thiserror::Error)]
#[error("the private address {0}")]
struct Private(IpAddr);

fn read_body(
    response: reqwest::blocking::Response,
    request: &HttpRequest,
) -> Result<Vec<u8>, TransportError> {
    let too_large = || TransportError::TooLarge { url: request.url.clone(), limit: request.limit };
    let most = u64::try_from(request.limit).unwrap_or(u64::MAX);
    if response.content_length().is_some_and(|length| length > most) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    match response.take(most.saturating_add(1)).read_to_end(&mut body) {
        Ok(_) if body.len() > request.limit => Err(too_large()),
        Ok(_) => Ok(body),
        Err(error) if timed_out(&error) => Err(TransportError::Timeout { url: request.url.clone() }),
        Err(error) => Err(TransportError::Broken { url: request.url.clone(), reason: chain(&error) }),
    }
}

fn timed_out(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::TimedOut
        || error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<reqwest::Error>())
            .is_some_and(reqwest::Error::is_timeout)
}

fn failure(error: &reqwest::Error, request: &HttpRequest) -> TransportError {
    let url = request.url.clone();
    if let Some(Private(address)) = cause::<Private>(error) {
        return TransportError::PrivateAddress { url, address: address.to_string() };
    }
    if cause::<NotHttp>(error).is_some() {
        return TransportError::Scheme { url };
    }
    if cause::<TooManyRedirects>(error).is_some() {
        return TransportError::Redirects { url, limit: MAX_REDIRECTS };
    }
    if error.is_timeout() {
        return TransportError::Timeout { url };
    }
    if error.is_body() || error.is_decode() {
        return TransportError::Broken { url, reason: chain(error) };
    }
    TransportError::Unreachable { url, reason: chain(error) }
}

fn cause<E: std::error::Error + 'static>(error: &reqwest::Error) -> Option<&E> {
    let mut next = error.source();
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The innermost reason, which is the one that a person can do something about. URLs are named by our own errors.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> io::Result<Vec<SocketAddr>> {
        Ok(texts.iter().map(|text| SocketAddr::new(text.parse().unwrap(), 0)).collect())
    }

    /// What a name resolves to is what the client connects to: there is no second question that could be answered
    /// differently (DNS rebinding).
    #[test]
    fn a_name_that_resolves_into_the_own_network_connects_nowhere() {
        let kept = |texts: &[&str]| -> Option<Vec<String>> {
            public_only(addresses(texts)).ok().map(|found| found.map(|a| a.ip().to_string()).collect())
        };
        assert_eq!(kept(&["127.0.0.1"]), None);
        assert_eq!(kept(&["10.0.0.1", "::ffff:192.168.0.1", "fe80::1"]), None);
        assert_eq!(kept(&["10.0.0.1", "8.8.8.8", "::1"]), Some(vec!["8.8.8.8".to_owned()]));
        assert!(public_only(Err(io::Error::other("no such name"))).is_err());
    }

    #[test]
    fn a_redirect_to_a_private_address_is_known_before_it_is_followed() {
        for url in ["http://10.0.0.1/", "http://[::1]/x", "https://0x7f.1/", "http://[::ffff:10.0.0.1]/"] {
            let url = reqwest::Url::parse(url).unwrap();
            assert!(private_literal(&url).is_some(), "{url}");
        }
        assert!(private_literal(&reqwest::Url::parse("http://8.8.8.8/").unwrap()).is_none());
    }
}
