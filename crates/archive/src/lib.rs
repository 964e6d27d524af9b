// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Renewal planning.
#![forbid(unsafe_code)]
