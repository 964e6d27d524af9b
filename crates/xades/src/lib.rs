// SPDX-License-Identifier: Apache-2.0 OR MIT
//! XAdES: XML signatures that outlive their certificates (EN 319 132-1 and -2, TS 101 903).
#![forbid(unsafe_code)]
