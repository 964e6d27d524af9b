// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The HPKI certificate profile.
#![forbid(unsafe_code)]
