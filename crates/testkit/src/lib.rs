// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A whole trust world in the process: an HPKI-like PKI, time-stamp authorities, CRLs and OCSP at any simulated
//! time, a soft signing card, a loopback HTTP server, and faults to try clients with.
//!
//! Everything it makes is encoded by other people's libraries (RustCrypto) and checked by OpenSSL in its tests, so
//! that keiin's own readers never check themselves. The keys are fixed, published and worthless: TEST ONLY.
//!
//! What it does not do: read keiin's formats, judge anything, or look at the clock.
//!
//! ```
//! use keiin_testkit::{SoftToken, TestPki};
//! let pki = TestPki::hpki();
//! let at = pki.start();
//! let card = SoftToken::new(&pki, "doctor");
//! let crl = pki.crl("signing-ca", at);
//! let token = pki.tsa("tsa-rsa").stamp(keiin_model::DigestAlgorithm::Sha256, &[0xa5; 32], at);
//! # let _ = (card, crl, token);
//! ```
#![forbid(unsafe_code)]
// It encodes its own data, whose shape it chose: a failure there is a bug of the kit and should stop the test that
// runs on it. What comes from a client (requests, paths, connections) is answered with an error and never panics.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod answer;
mod certificate;
pub mod corpus;
mod crl;
pub mod draft;
mod encode;
mod entity;
mod fault;
pub mod keys;
pub mod net;
mod ocsp;
mod pdf;
mod pki;
mod role;
mod soft;
mod step;
mod tsa;
mod tsp;
mod world;

pub use answer::Answer;
pub use entity::{
    CaProfile, CrlStyle, DistinguishedName, Entity, EssVersion, HolderProfile, HolderUsage, Kind, NamePart,
    Revocation, RevocationReason, RevocationSources, RsaNaming, TokenProfile, TsaProfile, TsaUsage,
};
pub use fault::{Fault, Faults, PkiFailure};
pub use pdf::empty_page;
pub use pki::TestPki;
pub use soft::SoftToken;
pub use tsa::Tsa;
pub use world::{DEFAULT_BASE_URL, World};
