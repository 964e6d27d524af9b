// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The joint to the network: one HTTP exchange, bytes in and bytes out.

use std::fmt;

use zeroize::Zeroizing;

/// The network as keiin uses it. Closures `Fn(&HttpRequest) -> Result<HttpResponse, TransportError>` are transports.
///
/// Async programs need no other trait: run the call on a thread that may block, or make the exchange between the pure
/// steps of the crates below.
pub trait Transport {
    /// Makes one exchange, following redirects as [`HttpRequest::named_by`] allows. Any HTTP status is an answer.
    ///
    /// # Errors
    /// [`TransportError`] when no whole answer came.
    fn exchange(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError>;
}

impl<F> Transport for F
where
    F: Fn(&HttpRequest) -> Result<HttpResponse, TransportError>,
{
    fn exchange(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        self(request)
    }
}

/// The transport of a place without a network.
#[derive(Clone, Copy, Debug)]
pub struct NoTransport;

impl Transport for NoTransport {
    fn exchange(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        Err(TransportError::Offline { url: request.url.clone() })
    }
}

/// The two methods that TSAs, OCSP responders and CRL servers know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it
pub enum Method {
    Get,
    Post,
}

/// Who named an address. An address inside a certificate is a stranger's word: it must not make this machine talk to
/// its own network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// The user: any address is right.
    User,
    /// A certificate: loopback, private and link-local addresses are refused unless the transport was told otherwise.
    Certificate,
}

/// What to do with an address inside a certificate that leads to this machine or a private network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PrivateAddresses {
    /// It is refused.
    #[default]
    Refuse,
    /// It is asked: the CA is inside one's own network.
    Allow,
}

/// One request.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// GET or POST.
    pub method: Method,
    /// An http or https URL.
    pub url: String,
    /// The type of the body.
    pub content_type: Option<&'static str>,
    /// The body.
    pub body: Vec<u8>,
    /// The most octets of body that the answer may have.
    pub limit: usize,
    /// Who named the URL.
    pub named_by: NamedBy,
    /// How to show who is asking.
    pub credentials: Option<Credentials>,
}

impl HttpRequest {
    /// A GET of an address that a certificate names.
    pub fn get(url: impl Into<String>, limit: usize) -> Self {
        Self {
            method: Method::Get,
            url: url.into(),
            content_type: None,
            body: Vec::new(),
            limit,
            named_by: NamedBy::Certificate,
            credentials: None,
        }
    }

    /// A POST to an address that a certificate names.
    pub fn post(url: impl Into<String>, content_type: &'static str, body: Vec<u8>, limit: usize) -> Self {
        Self { method: Method::Post, content_type: Some(content_type), body, ..Self::get(url, limit) }
    }
}

/// One answer, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpResponse {
    /// The status.
    pub status: u16,
    /// The Content-Type as the server wrote it.
    pub content_type: Option<String>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// Whether the Content-Type is this one; parameters and case do not count.
    pub fn is_type(&self, media_type: &str) -> bool {
        let name = self.content_type.as_deref().unwrap_or_default().split(';').next().unwrap_or_default();
        name.trim().eq_ignore_ascii_case(media_type)
    }
}

/// How a client shows who it is.
#[derive(Clone, Default)]
pub struct Credentials {
    /// User and password (RFC 7617).
    pub basic: Option<(String, Zeroizing<String>)>,
    /// A client certificate with its chain and private key, PEM.
    pub identity: Option<Zeroizing<Vec<u8>>>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("user", &self.basic.as_ref().map(|(user, _)| user))
            .field("identity", &self.identity.is_some())
            .finish_non_exhaustive()
    }
}

/// Why no whole answer came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The network is switched off.
    #[error("{url} was not asked: working offline")]
    Offline {
        /// The address.
        url: String,
    },
    /// The address is not http or https.
    #[error("{url} is not an http or https address")]
    Scheme {
        /// The address.
        url: String,
    },
    /// A certificate names an address of this machine or of a private network.
    #[error(
        "{url} stands in a certificate and leads to the private address {address}; allow_private permits that"
    )]
    PrivateAddress {
        /// The address in the certificate.
        url: String,
        /// Where it leads.
        address: String,
    },
    /// Nobody is there.
    #[error("{url} cannot be reached: {reason}")]
    Unreachable {
        /// The address.
        url: String,
        /// What the system says.
        reason: String,
    },
    /// The answer did not come in time.
    #[error("{url} did not answer in time")]
    Timeout {
        /// The address.
        url: String,
    },
    /// The answer is larger than what was asked can be.
    #[error("{url} answers with more than {limit} octets")]
    TooLarge {
        /// The address.
        url: String,
        /// The limit.
        limit: usize,
    },
    /// Too many redirects.
    #[error("{url} redirects more than {limit} times")]
    Redirects {
        /// The address.
        url: String,
        /// The limit.
        limit: usize,
    },
    /// The answer broke off.
    #[error("{url}: the answer broke off: {reason}")]
    Broken {
        /// The address.
        url: String,
        /// What the library says.
        reason: String,
    },
    /// The client certificate cannot be used.
    #[error("the client certificate for {url} cannot be used: {reason}")]
    Identity {
        /// The address.
        url: String,
        /// What the library says.
        reason: String,
    },
    /// The HTTP client could not be started.
    #[error("the HTTP client does not start: {reason}")]
    Client {
        /// What the library says.
        reason: String,
    },
}
