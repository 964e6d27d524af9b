// SPDX-License-Identifier: Apache-2.0 OR MIT
//! x
#![forbid(unsafe_code)]
pub mod der;
