// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Makes a signature last longer: time-stamps on it, validation material in it (EN 319 132-1, 5.3 to 5.5).
//!
//! Every change is a splice, and is taken over only when the new octets read back with every time-stamp that was intact
//! still intact.

mod inventory;
mod material;
mod place;
mod timestamp;

use keiin_model::{
    Container, ContainerError, DigestAlgorithm, Evidence, Material, ObjectId, PendingTimestamp,
    SignatureFacts, Standing, Target,
};

use self::inventory::Inventory;
use crate::{Xades, XadesError, locate, signature::read_signatures, xml::Tree};

pub(crate) use place::unsigned_place;

impl Container for Xades {
    fn signatures(&self) -> &[SignatureFacts] {
        Self::signatures(self)
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
        let octets = timestamp::finish(self, pending, token)?;
        let new = self.changed(octets)?;
        timestamp::check_finished(&new, token)?;
        *self = new;
        Ok(())
    }

    fn embed_material(&mut self, at: Target, material: &Material) -> Result<(), ContainerError> {
        if let Some(octets) = material::embed(self, at, material)? {
            *self = self.changed(octets)?;
        }
        Ok(())
    }

    fn pieces(&self) -> Vec<&[u8]> {
        vec![Self::as_bytes(self)]
    }
}

impl From<XadesError> for ContainerError {
    fn from(error: XadesError) -> Self {
        match error {
            XadesError::Misuse { what } => Self::Misuse { what },
            XadesError::TokenMismatch { what } => Self::Token { what },
            other => Self::Malformed { object: "XAdES signature", source: Some(Box::new(other)) },
        }
    }
}

impl Xades {
    /// The certificates, CRLs and OCSP responses that stand inside of one signature: each is to have its own, for its
    /// archive time-stamps cover nothing of another's.
    ///
    /// # Errors
    /// [`XadesError::Misuse`] when there is no such signature.
    pub fn evidence_of(&self, signature: &ObjectId) -> Result<Evidence, XadesError> {
        let tree = Tree::read(self.as_bytes())?;
        let all = read_signatures(&tree)?;
        Ok(Inventory::of(&tree, locate::find(&all, signature)?.node).evidence())
    }

    /// New octets, read again; refused when a time-stamp that was intact no longer is.
    fn changed(&self, octets: Vec<u8>) -> Result<Self, XadesError> {
        let new = Self::read(octets, self.detached().cloned())?;
        self.check_kept_in(&new)?;
        Ok(new)
    }

    /// Refuses a change that takes from a signature or time-stamp something that it held.
    pub(crate) fn check_kept_in(&self, new: &Self) -> Result<(), XadesError> {
        let what = "this change would break a time-stamp that is there already, so nothing was changed";
        if self.standing().is_kept_in(&new.standing()) { Ok(()) } else { Err(XadesError::Misuse { what }) }
    }

    fn standing(&self) -> Standing<'_> {
        Standing::of(Self::signatures(self), &[])
    }
}
