// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Asking time-stamp authorities over HTTP (RFC 3161, 3.4), the next one when one fails.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
};

use keiin_tsp::{CertificateRequest, Request, TspError};
use zeroize::Zeroizing;

use crate::{
    FileError, file,
    model::{DigestAlgorithm, Indication, Oid, SubIndication},
    transport::{Credentials, HttpRequest, Method, NamedBy, Transport, TransportError},
};

const QUERY: &str = "application/timestamp-query";
const REPLY: &str = "application/timestamp-reply";
/// Octets of an answer. Tokens with certificates have 3 to 10 KiB; some carry CRLs.
const MAX_ANSWER: usize = 4 << 20;
/// Octets of the nonce: 64 bits, as RFC 3161, 2.4.1 says.
const NONCE: usize = 8;

/// A time-stamp authority.
#[derive(Clone, Debug)]
pub struct Tsa {
    /// Its address.
    pub url: String,
    /// How to show who is asking.
    pub account: Option<Account>,
    /// A file with a client certificate, its chain and its private key, PEM.
    pub identity: Option<PathBuf>,
    /// The policy to ask for.
    pub policy: Option<Oid>,
}

/// The octets of the largest token that the TSAs gave so far. In a PDF the room for one is kept before the token is known:
/// where that would be too small for such a token, none is asked for in vain.
#[derive(Debug, Default)]
pub struct LargestToken(AtomicUsize);

impl LargestToken {
    /// As many as the largest had; 0 before the first.
    pub fn octets(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Takes note of a token.
    pub fn note(&self, octets: usize) {
        self.0.fetch_max(octets, Ordering::Relaxed);
    }
}

/// A user of a TSA (RFC 7617).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name.
    pub user: String,
    /// Where the password is.
    pub password: Secret,
}

/// Where a secret is. It is read when it is needed and does not outlive that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Secret {
    /// In a variable of the environment.
    Variable(String),
    /// In a file, without the line's end.
    File(PathBuf),
}

/// Octets of a file with a password, and of one with a client certificate and its key.
const MAX_SECRET: u64 = 64 << 10;

impl Secret {
    fn read(&self) -> Result<Zeroizing<String>, TsaError> {
        match self {
            Self::Variable(name) => {
                std::env::var(name).map(Zeroizing::new).map_err(|_| TsaError::Variable { name: name.clone() })
            }
            Self::File(path) => {
                let bytes = Zeroizing::new(file::read(path, MAX_SECRET)?);
                let text =
                    std::str::from_utf8(&bytes).map_err(|_| TsaError::NotText { path: path.clone() })?;
                Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
            }
        }
    }
}

impl Tsa {
    /// A TSA that asks nobody who they are and has one policy.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), account: None, identity: None, policy: None }
    }

    fn credentials(&self) -> Result<Option<Credentials>, TsaError> {
        if self.account.is_none() && self.identity.is_none() {
            return Ok(None);
        }
        let basic = match &self.account {
            Some(account) => Some((account.user.clone(), account.password.read()?)),
            None => None,
        };
        let identity = match &self.identity {
            Some(path) => Some(Zeroizing::new(file::read(path, MAX_SECRET)?)),
            None => None,
        };
        Ok(Some(Credentials { basic, identity }))
    }
}

/// Why one TSA gave no usable time-stamp.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TsaError {
    /// It did not answer.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// It answered with another HTTP status than 200.
    #[error("HTTP status {status}{}", hint(*status))]
    Status {
        /// The status.
        status: u16,
    },
    /// It answered with something that is not a time-stamp reply.
    #[error("the answer is {}, not a time-stamp reply", content_type.as_deref().unwrap_or("of no type"))]
    ContentType {
        /// What it was.
        content_type: Option<String>,
    },
    /// It refused, or its token does not answer the question.
    #[error(transparent)]
    Tsp(#[from] TspError),
    /// Its token is what was asked for, but would not stand: the TSA is not trusted, expired, revoked, or no TSA.
    #[error("its time-stamp would not be accepted: {indication:?} {sub_indication:?}")]
    NotAcceptable {
        /// The verdict.
        indication: Indication,
        /// Why.
        sub_indication: Option<SubIndication>,
    },
    /// The variable with the password is not set.
    #[error("the password's environment variable {name} is not set")]
    Variable {
        /// Its name.
        name: String,
    },
    /// The file with the password or the client certificate cannot be read.
    #[error(transparent)]
    SecretFile(#[from] FileError),
    /// The file with the password is not text.
    #[error("{}: a password is UTF-8 text", path.display())]
    NotText {
        /// Which.
        path: PathBuf,
    },
    /// The system has no randomness for a nonce.
    #[error("the system gives no random numbers: {reason}")]
    Randomness {
        /// What it says.
        reason: String,
    },
}

const fn hint(status: u16) -> &'static str {
    match status {
        401 => " (user and password are needed)",
        403 => " (refused)",
        404 => " (no TSA at this address)",
        _ => "",
    }
}

/// A TSA that failed, and why.
#[derive(Debug)]
pub struct TsaFailure {
    /// Its address.
    pub url: String,
    /// Why.
    pub error: TsaError,
}

/// A time-stamp that was got.
#[derive(Debug)]
pub struct Stamped {
    /// The token, a ContentInfo.
    pub token: Vec<u8>,
    /// The address of the TSA that gave it.
    pub by: String,
    /// Those that were asked before it and failed.
    pub failed: Vec<TsaFailure>,
}

/// No time-stamp was got from any TSA.
#[derive(Debug, thiserror::Error)]
#[error("no time-stamp: {}", said(.0))]
pub struct NoTimestamp(
    /// Why, for each that was asked; empty when there is none to ask.
    pub Vec<TsaFailure>,
);

fn said(failures: &[TsaFailure]) -> String {
    if failures.is_empty() {
        return "no TSA is configured".to_owned();
    }
    failures.iter().map(|f| format!("{}: {}", f.url, f.error)).collect::<Vec<_>>().join("; ")
}

/// Asks the TSAs in order until one gives a token that answers the request and that `accept` takes.
///
/// # Errors
/// [`NoTimestamp`] with what each said.
pub fn request_timestamp(
    transport: &dyn Transport,
    tsas: &[Tsa],
    algorithm: DigestAlgorithm,
    imprint: &[u8],
    accept: &dyn Fn(&[u8]) -> Result<(), TsaError>,
) -> Result<Stamped, NoTimestamp> {
    let mut failed = Vec::new();
    for tsa in tsas {
        let token = ask(transport, tsa, algorithm, imprint).and_then(|token| accept(&token).map(|()| token));
        match token {
            Ok(token) => return Ok(Stamped { token, by: tsa.url.clone(), failed }),
            Err(error) => failed.push(TsaFailure { url: tsa.url.clone(), error }),
        }
    }
    Err(NoTimestamp(failed))
}

fn ask(
    transport: &dyn Transport,
    tsa: &Tsa,
    algorithm: DigestAlgorithm,
    imprint: &[u8],
) -> Result<Vec<u8>, TsaError> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(|e| TsaError::Randomness { reason: e.to_string() })?;
    let request = Request::new(algorithm, imprint, Some(&nonce), tsa.policy, CertificateRequest::Wanted)?;
    let answer = transport.exchange(&HttpRequest {
        method: Method::Post,
        url: tsa.url.clone(),
        content_type: Some(QUERY),
        body: request.to_der(),
        limit: MAX_ANSWER,
        named_by: NamedBy::User,
        credentials: tsa.credentials()?,
    })?;
    if answer.status != 200 {
        return Err(TsaError::Status { status: answer.status });
    }
    if !answer.is_type(REPLY) {
        return Err(TsaError::ContentType { content_type: answer.content_type });
    }
    Ok(request.accept(&answer.body)?)
}
