// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The library vendors depend on.
#![forbid(unsafe_code)]
