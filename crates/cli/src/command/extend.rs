// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `keiin extend`: one step further, or on to a level.

use keiin::{Goal, clock, extend, model::DigestAlgorithm};

use super::{change::Changing, sign};
use crate::{
    context::Context,
    error::{Exit, Failure},
    flags::Extend,
};

/// Extends.
pub(crate) fn run(context: &Context, flags: &Extend) -> Result<Exit, Failure> {
    let Changing { mut document, mut setup, place } = Changing::open(context, &flags.change)?;
    setup.timestamp_digest = flags.change.digest.map_or(setup.timestamp_digest, DigestAlgorithm::from);
    let goal = flags.to.map_or(Goal::NextStep, |to| Goal::Level(sign::level(to)));
    let extended = extend(&setup, &mut document, goal, clock::now())?;
    context.finish(&document, extended, &place)
}
