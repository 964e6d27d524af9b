// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What must be renewed, when and why.
//!
//! [`plan`] reads a validation report and says by when each signature needs its next time-stamp, and about when the ones
//! after it, until the end of the retention period. It computes; fetching tokens and writing files is the caller's.
#![forbid(unsafe_code)]

mod plan;

pub use plan::{Expectation, Reason, RenewalStep, Retention, plan};
