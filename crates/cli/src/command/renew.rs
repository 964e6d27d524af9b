// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `keiin renew`: another archive time-stamp over everything.

use keiin::{Attachment, Content, Document, Renewal, clock, renew, signer::Pin};

use super::outcome::Place;
use crate::{
    context::{Context, SetupFlags, Work},
    error::{Exit, Failure},
    flags::Renew,
    pin,
    progress::Progress,
};

/// Renews.
pub(crate) fn run(context: &Context, flags: &Renew) -> Result<Exit, Failure> {
    let place = Place::of_change(&flags.output, flags.in_place, &flags.file)?
        .spare(flags.content.iter().map(AsRef::as_ref))?;
    let setup = context.setup(
        &SetupFlags {
            trust: &flags.trust,
            evidence: &flags.evidence,
            judge: &flags.judge,
            tsa: Some(&flags.tsa),
            roles: &[],
        },
        Work::Make,
    )?;
    let attached: Vec<_> = flags.content.iter().map(|path| Attachment::from(Content::file(path))).collect();
    let mut progress = Progress::of(flags.content.first().map(AsRef::as_ref), context.quiet);
    let password = pin::of_pdf(&flags.pdf_password)?;
    let octets = password.as_ref().map(Pin::octets);
    let mut document =
        Document::open_locked(&flags.file, &attached, octets, &mut |octets| progress.at(octets))?;
    drop(progress);
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
