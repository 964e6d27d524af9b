// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Makes a signature last longer: time-stamps on it, validation material in it (EN 319 122-1, 5.3 to 5.5).
//!
//! Every change is a splice, and is taken over only when the new octets read back with every time-stamp that was intact
//! still intact.

mod material;
mod timestamp;

use keiin_model::{
    Container, ContainerError, DigestAlgorithm, Evidence, Material, PendingTimestamp, SignatureFacts,
    Standing, Target, TimestampFacts,
};
use keiin_pki::{
    cms::SignedData,
    der::{Edit, assemble, splice},
};

use crate::{Cades, CadesError};

impl Container for Cades {
    fn signatures(&self) -> &[SignatureFacts] {
        Self::signatures(self)
    }

    fn timestamps(&self) -> &[TimestampFacts] {
        Self::timestamps(self)
    }

    fn evidence(&self) -> &Evidence {
        Self::evidence(self)
    }

    fn begin_timestamp(
        &self,
        at: Target,
        algorithm: DigestAlgorithm,
    ) -> Result<PendingTimestamp, ContainerError> {
        Ok(timestamp::begin(self, at, algorithm)?)
    }

    fn finish_timestamp(&mut self, pending: &PendingTimestamp, token: &[u8]) -> Result<(), ContainerError> {
        let edits = timestamp::finish(self, pending, token)?;
        let new = self.spliced(&edits)?;
        timestamp::check_finished(&new, token)?;
        *self = new;
        Ok(())
    }

    fn embed_material(&mut self, at: Target, material: &Material) -> Result<(), ContainerError> {
        let edits = material::embed(self, at, material)?;
        if !edits.is_empty() {
            *self = self.spliced(&edits)?;
        }
        Ok(())
    }

    fn pieces(&self) -> Vec<&[u8]> {
        vec![Self::as_bytes(self)]
    }
}

impl From<CadesError> for ContainerError {
    fn from(error: CadesError) -> Self {
        match error {
            CadesError::Misuse { what } => Self::Misuse { what },
            CadesError::TokenMismatch { what } => Self::Token { what },
            CadesError::Limit { object, limit } => Self::Limit { object, limit },
            CadesError::Malformed(error) | CadesError::Structure(error) => {
                Self::Malformed { object: error.object, source: Some(Box::new(error)) }
            }
            other => Self::Malformed { object: "CAdES signature", source: Some(Box::new(other)) },
        }
    }
}

impl Cades {
    /// The CMS as slices of the octets.
    pub(crate) fn signed_data(&self) -> Result<SignedData<'_>, CadesError> {
        Ok(SignedData::read(Self::as_bytes(self))?)
    }

    /// The container with edits made, read again; refused when a time-stamp that was intact no longer is.
    fn spliced(&self, edits: &[Edit]) -> Result<Self, CadesError> {
        let old = Self::as_bytes(self);
        let new = Self::read(assemble(old, &splice(old, edits)?), self.content().cloned())?;
        let what = "this change would break a time-stamp that is there already, so nothing was changed";
        if self.standing().is_kept_in(&new.standing()) { Ok(new) } else { Err(CadesError::Misuse { what }) }
    }

    fn standing(&self) -> Standing<'_> {
        Standing::of(Self::signatures(self), Self::timestamps(self))
    }
}
