// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A test PKI.
#![forbid(unsafe_code)]
