// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a command begins with that changes a signed file.

use keiin::{Document, Setup};

use super::{open, outcome::Place};
use crate::{
    context::{Context, SetupFlags, Work},
    error::Failure,
    flags::Change,
    pin,
};

/// A document that is to be changed, on what the change stands, and where the result goes.
pub(super) struct Changing {
    pub(super) document: Document,
    pub(super) setup: Setup<'static>,
    pub(super) place: Place,
}

impl Changing {
    /// The place comes first: where the result may not go, nothing is read.
    pub(super) fn open(context: &Context, flags: &Change) -> Result<Self, Failure> {
        let place = Place::of_change(&flags.output, flags.in_place, &flags.file)?
            .spare(flags.content.iter().map(AsRef::as_ref))?;
        let grounds = SetupFlags { tsa: Some(&flags.tsa), ..SetupFlags::from(&flags.grounds) };
        let setup = context.setup(&grounds, Work::Make)?;
        let password = pin::of_pdf(&flags.pdf_password)?;
        let attached = open::attached(&flags.content);
        let document = open::document(context, &flags.file, &attached, password.as_ref())?;
        Ok(Self { document, setup, place })
    }
}
