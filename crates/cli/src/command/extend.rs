// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `keiin extend`: one step further, or on to a level.

use keiin::{Attachment, Content, Document, Goal, clock, extend, model::DigestAlgorithm, signer::Pin};

use super::{outcome::Place, sign};
use crate::{
    context::{Context, SetupFlags, Work},
    error::{Exit, Failure},
    flags::Extend,
    pin,
    progress::Progress,
};

/// Extends.
pub(crate) fn run(context: &Context, flags: &Extend) -> Result<Exit, Failure> {
    let place = Place::of_change(&flags.output, flags.in_place, &flags.file)?
        .spare(flags.content.iter().map(AsRef::as_ref))?;
    let mut setup = context.setup(
        &SetupFlags {
            trust: &flags.trust,
            evidence: &flags.evidence,
            judge: &flags.judge,
            tsa: Some(&flags.tsa),
            roles: &[],
        },
        Work::Make,
    )?;
    setup.timestamp_digest = flags.digest.map_or(setup.timestamp_digest, DigestAlgorithm::from);
    let attached: Vec<_> = flags.content.iter().map(|path| Attachment::from(Content::file(path))).collect();
    let mut progress = Progress::of(flags.content.first().map(AsRef::as_ref), context.quiet);
    let password = pin::of_pdf(&flags.pdf_password)?;
    let octets = password.as_ref().map(Pin::octets);
    let mut document =
        Document::open_locked(&flags.file, &attached, octets, &mut |octets| progress.at(octets))?;
    drop(progress);
    let goal = flags.to.map_or(Goal::NextStep, |to| Goal::Level(sign::level(to)));
    let extended = extend(&setup, &mut document, goal, clock::now())?;
    context.finish(&document, extended, &place)
}
