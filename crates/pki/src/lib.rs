// SPDX-License-Identifier: Apache-2.0 OR MIT
//! X.509, CRL, OCSP and CMS kept as slices of the input.
#![forbid(unsafe_code)]

pub mod algorithm;
pub mod digest;
pub mod key;
mod provider;
