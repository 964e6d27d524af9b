// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `keiin renew`: another archive time-stamp over everything.

use keiin::{Renewal, clock, renew};

use super::change::Changing;
use crate::{
    context::Context,
    error::{Exit, Failure},
    flags::Change,
};

/// Renews.
pub(crate) fn run(context: &Context, flags: &Change) -> Result<Exit, Failure> {
    let Changing { mut document, setup, place } = Changing::open(context, flags)?;
    let renewal = Renewal { digest: flags.digest.map(Into::into) };
    let renewed = renew(&setup, &mut document, renewal, clock::now())?;
    context.steps(&renewed);
    // Half a renewal is no renewal: material without the time-stamp over it is not written.
    match renewed.stopped {
        Some(stopped) => Err(stopped.into()),
        None => {
            place.write(&document)?;
            context.wrote(&place, context.lang.pick("更新済み", "renewed"));
            Ok(Exit::Valid)
        }
    }
}
