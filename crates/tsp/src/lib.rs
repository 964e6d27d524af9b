// SPDX-License-Identifier: Apache-2.0 OR MIT
//! RFC 3161: the time-stamp token as a signature, and what every CMS signer says of itself.
//!
//! A token is read into [`keiin_model::TimestampFacts`] whose `token` is a signature like any other; validate judges it.
//! What it does not do: talk to a TSA, know the time, or decide whom to trust.
#![forbid(unsafe_code)]

mod answer;
pub mod completeness;
pub mod error;
pub mod ess;
pub mod facts;
mod failure;
pub mod material;
pub mod oid;
mod request;
mod response;
pub mod token;
pub mod tst_info;

pub use error::TspError;
pub use failure::{Failure, Rejection, Status};
pub use request::{CertificateRequest, Request};
pub use response::{MAX_RESPONSE, Response};
pub use token::Token;
pub use tst_info::TstInfo;
