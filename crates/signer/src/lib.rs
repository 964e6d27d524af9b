// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Keys at the edge.
#![forbid(unsafe_code)]
