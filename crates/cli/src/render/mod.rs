// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What people and programs read.

mod coverage;
pub(crate) mod json;
pub(crate) mod name;
pub(crate) mod path;
pub(crate) mod report;
pub(crate) mod revision;
pub(crate) mod table;
pub(crate) mod tree;
