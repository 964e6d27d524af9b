// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One file a command.

mod batch;
pub(crate) mod card;
mod change;
pub(crate) mod demo;
pub(crate) mod extend;
pub(crate) mod inspect;
mod key;
mod open;
mod outcome;
pub(crate) mod path;
mod prepared;
pub(crate) mod renew;
mod shape;
pub(crate) mod sign;
mod sign_pdf;
pub(crate) mod stamp;
pub(crate) mod verify;
mod visible;
