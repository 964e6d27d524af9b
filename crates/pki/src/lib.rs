// SPDX-License-Identifier: Apache-2.0 OR MIT
//! X.509, CRL, OCSP and CMS kept as slices of the input; signature checking; path building and revocation.
//!
//! What was signed is never re-encoded: every object is a range of the octets that it was read from, with what was
//! parsed beside it. Reading is lenient where real files are (BER in CMS, extensions that cannot be read are kept by
//! name), every parser states its limits, and whether something is DER is a question of its own ([`der::first_non_der`]).
//!
//! What it does not do: fetch, read files, know the time, or decide what an algorithm is worth.
//!
//! ```
//! use keiin_pki::der::{Element, Tag};
//! let element = Element::whole(&[0x30, 0x03, 0x02, 0x01, 0x05], "example")?;
//! let inner = element.explicit("example")?;
//! assert_eq!((inner.tag(), inner.range()), (Tag::INTEGER, 2..5));
//! # Ok::<(), keiin_pki::der::DerError>(())
//! ```
#![forbid(unsafe_code)]

pub mod algorithm;
pub mod cert;
pub mod cms;
pub mod crl;
pub mod der;
pub mod digest;
pub mod extension;
pub mod key;
pub mod material;
pub mod name;
pub mod ocsp;
pub mod path;
mod preparation;
pub mod profile;
mod provider;
pub mod revocation;
pub mod signing;
pub mod store;
