// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a command begins with that changes a signed file.

use keiin::{Document, DocumentKind, Setup, pades::Vri};

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
        let place = Place::of_change(context, &flags.output, flags.in_place, &flags.file)?
            .spare(flags.content.iter().map(AsRef::as_ref))?;
        let grounds = SetupFlags { tsa: Some(&flags.tsa), ..SetupFlags::from(&flags.grounds) };
        let mut setup = context.setup(&grounds, Work::Make)?;
        setup.vri = if flags.vri { Vri::Written } else { Vri::LeftOut };
        let password = pin::of_pdf(&flags.pdf_password)?;
        let attached = open::attached(&flags.content);
        let document = open::document(context, &flags.file, &attached, password.as_ref())?;
        if flags.vri && document.kind() != DocumentKind::Pdf {
            return Err(Failure::usage(
                "--vri はPDFの中の署名(PAdES)のための指定です",
                "--vri is for signatures inside PDFs (PAdES)",
            ));
        }
        Ok(Self { document, setup, place })
    }
}
