// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One file a command.

pub(crate) mod card;
pub(crate) mod demo;
pub(crate) mod extend;
pub(crate) mod inspect;
mod key;
mod outcome;
pub(crate) mod path;
pub(crate) mod renew;
pub(crate) mod sign;
pub(crate) mod stamp;
pub(crate) mod verify;
