// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Makes a signature last longer: time-stamps on it, validation material in it (EN 319 132-1, 5.3 to 5.5).
//!
//! Every change is a splice, and is taken over only when the new octets read back with every time-stamp that was intact
//! still intact.

mod inventory;
mod material;
mod place;
mod timestamp;

use std::collections::BTreeMap;

use keiin_model::{
    Container, ContainerError, DigestAlgorithm, Evidence, Material, ObjectId, PendingTimestamp,
    SignatureFacts, Standing, Target,
};
use keiin_pki::digest::object_id;

use self::inventory::Inventory;
use crate::{Xades, XadesError, signature::read_signatures, xml::Tree};

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
    /// New octets, read again; refused when a time-stamp that was intact no longer is.
    fn changed(&self, octets: Vec<u8>) -> Result<Self, XadesError> {
        let new = Self::read(octets, self.detached().cloned())?;
        check_kept(Self::signatures(self), Self::signatures(&new))?;
        Ok(new)
    }

    fn standing(&self) -> Standing<'_> {
        Standing::of(Self::signatures(self), &[])
    }
}

/// Refuses a change that takes from a signature or time-stamp something that it held.
pub(crate) fn check_kept(old: &[SignatureFacts], new: &[SignatureFacts]) -> Result<(), XadesError> {
    let what = "this change would break a time-stamp that is there already, so nothing was changed";
    let is_kept = Standing::of(old, &[]).is_kept_in(&Standing::of(new, &[]));
    if is_kept { Ok(()) } else { Err(XadesError::Misuse { what }) }
}

/// What stands inside of each signature. Of two with one value it is the first's.
pub(crate) fn inventories(xades: &Xades) -> Result<BTreeMap<ObjectId, Evidence>, XadesError> {
    let tree = Tree::read(xades.as_bytes())?;
    let mut all = BTreeMap::new();
    for signature in read_signatures(&tree)? {
        let inside = || Inventory::of(&tree, signature.node).evidence();
        all.entry(object_id(&signature.value)).or_insert_with(inside);
    }
    Ok(all)
}
