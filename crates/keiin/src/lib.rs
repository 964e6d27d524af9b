// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Long-term electronic signatures for Japanese healthcare: sign, extend, verify, renew.
//!
//! A signature is made with a card ([`sign`]), time-stamped, given the material that judges it and sealed with an archive
//! time-stamp ([`extend`]), judged at any time ([`verify`]), and carried over the end of certificates and algorithms
//! ([`renew`]). Everything is an argument: the policy, the trust, the TSAs and the network in a [`Setup`], and the time.
//!
//! # Sign and judge
//! ```no_run
//! # #[cfg(feature = "http")] {
//! use keiin::{Config, Content, Document, Existing, Level, Setup, Signing, clock, sign, signer::{Pin, pkcs11}, verify};
//! use std::path::Path;
//!
//! let setup = Setup::from_config(&Config::read(Path::new("keiin.toml"))?)?;
//! let module = pkcs11::Module::load("/usr/lib/libHpkiSigP11.so")?;
//! let card = pkcs11::Card::open(&module, &pkcs11::Selection::default(), Some(Pin::from_env("KEIIN_PIN")?))?;
//! let signing = Signing { level: Level::T, ..Signing::with(&card)? };
//! let signed = sign(&setup, &Content::file("prescription.xml"), &card, &signing, clock::now())?;
//! signed.document.write(Path::new("prescription.xml.p7m"), Existing::Keep)?;
//!
//! let document = Document::open(Path::new("prescription.xml.p7m"), None)?;
//! let verdict = verify(&setup, &document, clock::now());
//! for signature in &verdict.report.signatures {
//!     println!("{:?} {:?} {:?}", signature.indication, signature.sub_indication, signature.signer);
//! }
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The whole way
//! This one runs: a practice PKI in the process (`keiin-testkit`) plays the card, the TSA and the servers of CRLs. How its
//! `setup` is made stands in `examples/`; yours comes from `keiin.toml`.
//! ```
//! use keiin::{Content, Document, Goal, Level, Signing, extend, model::Indication, sign, verify};
//! use keiin_testkit::{SoftToken, TestPki};
//! # use keiin::{HttpRequest, HttpResponse, Network, Setup, TransportError, Tsa};
//! # use keiin::{hpki_policy, model::Time, transport::Method, validate::TrustAnchor};
//! # fn practice(pki: &TestPki, now: Time) -> Setup<'_> {
//! #     let mut setup = Setup::offline(hpki_policy());
//! #     let anchor = |name: &str| TrustAnchor { certificate: pki.certificate(name).into(), class: None };
//! #     setup.policy.signer_anchors = vec![anchor("root")];
//! #     setup.policy.tsa_anchors = vec![anchor("tsa-root"), anchor("tsa-root-2")];
//! #     setup.network = Network::Online;
//! #     setup.tsas = vec![Tsa::new(format!("{}/tsa/tsa-ecdsa", pki.base_url()))];
//! #     setup.transport = Box::new(move |request: &HttpRequest| -> Result<HttpResponse, TransportError> {
//! #         let method = if request.method == Method::Get { "GET" } else { "POST" };
//! #         let answer = pki.answer(method, &request.url, &request.body, now);
//! #         let content_type = Some(answer.content_type.to_owned());
//! #         Ok(HttpResponse { status: answer.status, content_type, body: answer.body })
//! #     });
//! #     setup
//! # }
//!
//! let pki = TestPki::hpki();
//! let card = SoftToken::new(&pki, "doctor");
//!
//! // At the desk: signed and time-stamped (ES-T).
//! let today = pki.start().plus_seconds(36_000);
//! let setup = practice(&pki, today);
//! let signing = Signing { level: Level::T, ..Signing::with(&card)? };
//! let signed = sign(&setup, &Content::bytes("処方箋".as_bytes()), &card, &signing, today)?;
//! assert_eq!(signed.extended.level, Level::T);
//! let kept = signed.document.as_bytes().to_vec();
//!
//! // A day later the CA has published a CRL that is younger than the time-stamp: it goes in, and an archive time-stamp
//! // over everything (ES-A).
//! let tomorrow = today.plus_days(1);
//! let setup = practice(&pki, tomorrow);
//! let mut document = Document::read(kept, None)?;
//! let extended = extend(&setup, &mut document, Goal::Level(Level::A), tomorrow)?;
//! assert!(extended.stopped.is_none() && extended.level == Level::A);
//!
//! // Years later somebody asks: is it intact, who signed in which licensed role, and since when does it exist?
//! let later = today.plus_days(5 * 365);
//! let verdict = verify(&practice(&pki, later), &document, later);
//! let signature = &verdict.report.signatures[0];
//! assert_eq!(signature.indication, Indication::TotalPassed);
//! let signer = signature.signer.as_ref().ok_or("somebody signed")?;
//! assert_eq!(signer.roles[0].japanese.as_deref(), Some("医師"));
//! assert!(signature.time.best_signature_time <= today.plus_seconds(1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Extend
//! ```no_run
//! # #[cfg(feature = "http")] {
//! use keiin::{Config, Document, Existing, Goal, Level, Setup, clock, extend};
//! use std::path::Path;
//!
//! let setup = Setup::from_config(&Config::read(Path::new("keiin.toml"))?)?;
//! let mut document = Document::open(Path::new("prescription.xml.p7m"), None)?;
//! let extended = extend(&setup, &mut document, Goal::Level(Level::A), clock::now())?;
//! document.write(Path::new("prescription.xml.p7m"), Existing::Replace)?;
//! if let Some(reason) = extended.stopped {
//!     println!("{} so far: {reason}", extended.level);
//! }
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Sign a folder
//! ```no_run
//! # #[cfg(feature = "http")] {
//! use keiin::{Batch, Config, Setup, Signing, batch::{Plan, Told}, clock, signer::{Pin, pkcs11}};
//! use std::path::Path;
//!
//! let setup = Setup::from_config(&Config::read(Path::new("keiin.toml"))?)?;
//! let module = pkcs11::Module::load("/usr/lib/libhpki.so")?;
//! let card = pkcs11::Card::open(&module, &pkcs11::Selection::default(), Some(Pin::from_env("KEIIN_PIN")?))?;
//! let mut batch = Batch::open(Path::new("scans"), Path::new("signed"))?;
//! let is_pdf = |file: &Path| file.extension().is_some_and(|e| e.eq_ignore_ascii_case("pdf"));
//! let summary = batch.sign(&setup, &card, &Plan::new(&Signing::with(&card)?), &is_pdf, &clock::now, &mut |what| {
//!     if let Told::Ended(line) = what {
//!         println!("{} {:?}", line.file.display(), line.outcome);
//!     }
//! });
//! if let Some(reason) = summary.stopped {
//!     println!("{} so far: {reason}", summary.done);
//! }
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Judge a signature beside its content
//! ```no_run
//! # #[cfg(feature = "http")] {
//! use keiin::{Config, Content, Document, Setup, clock, verify};
//! use std::path::Path;
//!
//! let setup = Setup::from_config(&Config::read(Path::new("keiin.toml"))?)?;
//! let document = Document::open(Path::new("scan.p7s"), Some(&Content::file("scan.pdf")))?;
//! let verdict = verify(&setup, &document, clock::now());
//! for signature in &verdict.report.signatures {
//!     println!("{:?} {:?} {:?}", signature.indication, signature.sub_indication, signature.signer);
//! }
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Renew
//! ```no_run
//! # #[cfg(feature = "http")] {
//! use keiin::{Config, Content, Document, Existing, Renewal, Setup, clock, model::DigestAlgorithm, renew};
//! use std::path::Path;
//!
//! let setup = Setup::from_config(&Config::read(Path::new("keiin.toml"))?)?;
//! let mut document = Document::open(Path::new("scan.p7s"), Some(&Content::file("scan.pdf")))?;
//! let stronger = Renewal { digest: Some(DigestAlgorithm::Sha512) };
//! let renewed = renew(&setup, &mut document, stronger, clock::now())?;
//! if renewed.stopped.is_none() {
//!     document.write(Path::new("scan.p7s"), Existing::Replace)?;
//! }
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it does not do
//! It has no async functions (run it where blocking is allowed; [`http::HttpTransport`] brings its own thread), it
//! prints nothing, and it never reads a PIN by itself.
//!
//! # Limits
//! Containers up to 1 GiB ([`file::MAX_CONTAINER`]), PDFs and detached content of any size, read in place or through a small
//! buffer; at most 12
//! rounds of fetching for a verdict, 40 wants a round and 4 addresses a want.
//!
//! # Features
//! `http` (default): [`http::HttpTransport`], [`Setup::from_config`] and trust in the system's roots.
#![deny(unsafe_code)] // but for `map`, which says why

pub mod batch;
pub mod cache;
pub mod clock;
pub mod config;
mod content;
mod data_object;
mod document;
mod error;
mod extend;
pub mod fetch;
pub mod file;
pub mod font;
#[cfg_attr(not(feature = "http"), allow(dead_code))]
mod guard;
#[cfg(feature = "http")]
pub mod http;
pub mod in_place;
pub mod inspect;
mod map;
mod path;
mod pem;
mod permission;
mod prepared;
mod profile;
mod recognise;
mod renew;
mod setup;
mod sign;
mod sign_again;
mod sign_pdf;
mod stamp;
mod step;
pub mod transport;
pub mod trust;
pub mod tsa;
mod verify;

pub use keiin_archive as archive;
pub use keiin_cades as cades;
pub use keiin_hpki as hpki;
pub use keiin_model as model;
pub use keiin_pades as pades;
pub use keiin_pki as pki;
pub use keiin_signer as signer;
pub use keiin_tsp as tsp;
pub use keiin_validate as validate;
pub use keiin_xades as xades;

pub use batch::{Batch, BatchError};
pub use cache::Cache;
pub use cades::{Commitment, Packaging, SigningIntent};
pub use config::{Config, ConfigError};
pub use content::{Attachment, Content, ContentError};
pub use document::{Document, DocumentKind, Facts, Progress};
pub use error::{Blame, Error};
pub use extend::{Done, Extended, Goal, Level, Step, UnknownLevel, extend};
pub use fetch::{FetchError, Fetched, FetchedFrom, Network, RevocationKinds};
pub use file::{Existing, FileError};
pub use font::FontError;
pub use path::{PathJudgement, PathSubject, judge_path, judge_paths};
pub use permission::{Usage, check_roles};
pub use prepared::{Format, Prepared};
pub use profile::{FilledForm, Profile};
pub use recognise::FileKind;
pub use renew::{Renewal, renew};
pub use setup::{KnownRoots, Setup, algorithm_table, hpki_policy, policy};
pub use sign::{Signed, Signing, WARN_DAYS, finish, finish_all, prepare, prepare_all, sign, sign_all};
pub use sign_again::{add_signature, countersign};
pub use sign_pdf::{finish_pdf, prepare_pdf, sign_pdf};
pub use stamp::{StampedFile, stamp};
pub use transport::{HttpRequest, HttpResponse, Transport, TransportError};
pub use trust::{TrustError, TrustSource};
pub use tsa::{LargestToken, Tsa, TsaError, TsaFailure};
pub use verify::{Verdict, verify};
