// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `keiin stamp`: a time-stamp over a file of any kind.

use std::collections::BTreeSet;

use keiin::{Content, clock, model::DigestAlgorithm, stamp};

use super::outcome::Place;
use crate::{
    context::{Context, SetupFlags, Work},
    error::{Exit, Failure},
    flags::{Grounds, Stamp},
    progress::Progress,
};

/// Stamps.
pub(crate) fn run(context: &Context, flags: &Stamp) -> Result<Exit, Failure> {
    let place = Place::new(&flags.output, &flags.file, ".tst")?;
    let grounds = Grounds::default();
    let grounds = SetupFlags { tsa: Some(&flags.tsa), ..SetupFlags::from(&grounds) };
    let mut setup = context.setup(&grounds, Work::Make)?;
    setup.timestamp_digest = flags.digest.map_or(setup.timestamp_digest, DigestAlgorithm::from);
    let algorithm = setup.timestamp_digest;
    let mut progress = Progress::of(Some(&flags.file), context.quiet);
    let digests = Content::file(&flags.file)
        .digests_with(&BTreeSet::from([algorithm]), &mut |octets| progress.at(octets))
        .map_err(keiin::Error::from)?;
    drop(progress);
    let known = digests.value(algorithm).cloned().map(|value| (algorithm, value));
    let stamped = stamp(&setup, &Content::Digests(known.into_iter().collect()), clock::now())?;
    context.failed_tsas(&stamped.failed);
    place.write(&stamped.document)?;
    let time = context.lang.messages().time(stamped.time);
    context.note(
        || format!("{} を書きました({time}、{})", place.path().display(), stamped.by),
        || format!("wrote {} ({time}, {})", place.path().display(), stamped.by),
    );
    Ok(Exit::Valid)
}
