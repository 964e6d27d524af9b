// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Makes a signature last longer: time-stamps on it and on the document, validation material in the DSS dictionary
//! (EN 319 142-1, 5.4 and 5.5).
//!
//! Every change is a revision behind the file, or goes into room that was reserved, and is taken over only when the new
//! octets read back with everything that was intact still intact.

mod material;
mod timestamp;
mod vri;

use keiin_model::{
    Container, ContainerError, DefectKind, DigestAlgorithm, Evidence, Material, PendingTimestamp,
    SignatureFacts, Standing, Target, TimestampFacts,
};

pub use self::vri::Vri;
use crate::{Pades, PadesError};

impl Container for Pades {
    fn signatures(&self) -> &[SignatureFacts] {
        Self::signatures(self)
    }

    fn timestamps(&self) -> &[TimestampFacts] {
        Self::timestamps(self)
    }

    fn evidence(&self) -> &Evidence {
        Self::evidence(self)
    }

    /// On a signature: into its CMS where that has room and nothing is over it yet, else over the document, as for
    /// [`Target::Archive`].
    fn begin_timestamp(
        &self,
        at: Target,
        algorithm: DigestAlgorithm,
    ) -> Result<PendingTimestamp, ContainerError> {
        Ok(timestamp::begin(self, at, algorithm)?)
    }

    fn finish_timestamp(&mut self, pending: &PendingTimestamp, token: &[u8]) -> Result<(), ContainerError> {
        let new = timestamp::finish(self, pending, token)?;
        self.take_over(new)?;
        Ok(())
    }

    fn embed_material(&mut self, at: Target, material: &Material) -> Result<(), ContainerError> {
        if let Some(new) = material::embed(self, at, material)? {
            self.take_over(new)?;
        }
        Ok(())
    }

    fn pieces(&self) -> Vec<&[u8]> {
        Self::pieces(self).to_vec()
    }
}

impl From<PadesError> for ContainerError {
    fn from(error: PadesError) -> Self {
        match error {
            PadesError::Misuse { what } => Self::Misuse { what },
            PadesError::TokenMismatch { what } => Self::Token { what },
            PadesError::NoRoom { reserved, .. } => {
                let limit = u64::try_from(reserved).unwrap_or(u64::MAX);
                Self::Limit { object: "the room that the PDF has for the time-stamp", limit }
            }
            PadesError::Limit { object, limit } => Self::Limit { object, limit },
            PadesError::Cms(error) => error.into(),
            other => Self::Malformed { object: "PDF", source: Some(Box::new(other)) },
        }
    }
}

impl Pades {
    /// Takes new octets over when nothing that was proven before is lost, and nothing is wrong with a signature that was not.
    fn take_over(&mut self, new: Self) -> Result<(), PadesError> {
        let (before, after) = (self.standing(), new.standing());
        let no_worse = before
            .signatures_in(&after)
            .all(|(before, after)| after.is_some_and(|after| problems(before) >= problems(after)));
        if !(no_worse && before.is_kept_in(&after)) {
            let what = "this change would break a signature or time-stamp that is there already, so nothing was changed";
            return Err(PadesError::Misuse { what });
        }
        *self = new;
        Ok(())
    }

    fn standing(&self) -> Standing<'_> {
        Standing::of(Self::signatures(self), Self::timestamps(self))
    }
}

/// Defects but for allowed revisions, of which a change is one more.
fn problems(facts: &SignatureFacts) -> usize {
    facts.defects.iter().filter(|defect| defect.kind != DefectKind::Revised).count()
}
