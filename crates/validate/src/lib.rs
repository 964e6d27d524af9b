// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The EN 319 102-1 engine.
#![forbid(unsafe_code)]
