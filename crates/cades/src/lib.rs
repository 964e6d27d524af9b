// SPDX-License-Identifier: Apache-2.0 OR MIT
//! CAdES.
#![forbid(unsafe_code)]

pub mod attribute_oid;
pub mod hash_index;
pub mod imprint;
