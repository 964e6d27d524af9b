// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A practice setup for the examples: testkit's PKI in the process stands in for the TSA and the CRLs of the real world.
//! With a `keiin.toml` it is `Setup::from_config(&Config::read(path)?)?` instead.
#![forbid(unsafe_code)]

use std::{error::Error, path::PathBuf};

use keiin::{
    HttpRequest, HttpResponse, Network, Setup, TransportError, Tsa, model::Time, transport::Method,
    validate::TrustAnchor,
};
use keiin_testkit::TestPki;

/// What the examples may fail with.
pub type Failure = Box<dyn Error>;

/// The moment of an example: the practice PKI starts in April 2026.
///
/// # Panics
/// Never: the text is a time.
#[allow(clippy::expect_used)]
pub fn at(text: &str) -> Time {
    text.parse().expect("the examples write times right")
}

/// The folder that the examples share, so that `extend` finds what `sign` made.
///
/// # Errors
/// When it cannot be made.
pub fn folder() -> Result<PathBuf, Failure> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage: EXAMPLE FOLDER")?);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// A setup over the practice PKI, whose clock stands at `now`.
///
/// # Errors
/// When the practice PKI has no TSA for that time.
pub fn practice(pki: &TestPki, now: Time) -> Result<Setup<'_>, Failure> {
    let mut setup = Setup::offline(keiin::hpki_policy());
    setup.transport = Box::new(move |request: &HttpRequest| -> Result<HttpResponse, TransportError> {
        let method = if request.method == Method::Get { "GET" } else { "POST" };
        let answer = pki.answer(method, &request.url, &request.body, now);
        Ok(HttpResponse {
            status: answer.status,
            content_type: Some(answer.content_type.to_owned()),
            body: answer.body,
        })
    });
    setup.network = Network::Online;
    let tsa = pki.tsa_valid_at(now).ok_or("no TSA is good then")?;
    setup.tsas = vec![Tsa::new(format!("{}/tsa/{tsa}", pki.base_url()))];
    let anchor = |name: &str| TrustAnchor { certificate: pki.certificate(name).into(), class: None };
    setup.policy.signer_anchors = vec![anchor("root")];
    setup.policy.tsa_anchors = vec![anchor("tsa-root"), anchor("tsa-root-2")];
    Ok(setup)
}
