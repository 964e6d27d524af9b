// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A BER/DER reader that hands out ranges of the input, a check for what is not DER, splicing, and a small DER writer.
//!
//! Real CMS is BER: indefinite and non-minimal lengths, constructed octet strings, unsorted SETs, zero padding behind
//! the end (X.690, 8.1.3 and 8.7.3). Nothing here copies or re-encodes what it reads.

mod canonical;
mod element;
mod error;
mod octets;
mod reader;
mod splice;
mod strict;
mod tag;
mod time;
pub mod write;

pub use canonical::to_der;
pub use element::Element;
pub use error::{DerError, DerErrorKind};
pub use octets::{Octets, Segments};
pub use reader::{MAX_DEPTH, Reader};
pub use splice::{Edit, Segment, assemble, splice};
pub use strict::{NotDer, NotDerReason, first_non_der};
pub use tag::{Class, Tag};
