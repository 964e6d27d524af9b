// SPDX-License-Identifier: Apache-2.0 OR MIT
//! RFC 3161.
#![forbid(unsafe_code)]
