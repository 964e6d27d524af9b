// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What is appended to a PDF: objects, and the cross-reference section that makes them a revision (ISO 32000-1, 7.5.6).

mod draft;
mod section;
mod value;

pub(crate) use draft::{Draft, Reference, Spot};
pub(crate) use value::{Value, text_string, write_hexadecimal};
