// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Whether a change left everything that was proven provable.

use std::collections::BTreeMap;

use keiin_model::{ObjectId, SignatureFacts, TimestampFacts};

use crate::XadesError;

/// Checks that every signature is still there with the same message, and that no time-stamp lost
/// anything that it held.
pub(crate) fn check_kept(old: &[SignatureFacts], new: &[SignatureFacts]) -> Result<(), XadesError> {
    let (old, new) = (Standing::of(old), Standing::of(new));
    let signatures = old.signatures.iter().all(|(id, before)| {
        new.signatures
            .get(id)
            .is_some_and(|after| before.message == after.message && before.data == after.data)
    });
    let timestamps = old.timestamps.iter().all(|(id, before)| {
        new.timestamps.get(id).is_some_and(|after| !before.imprint.intact() || after.imprint.intact())
    });
    let what = "this change would break a time-stamp that is there already, so nothing was changed";
    if signatures && timestamps { Ok(()) } else { Err(XadesError::Misuse { what }) }
}

/// The time-stamp with this token signature.
pub(super) fn find_timestamp<'f>(
    signatures: &'f [SignatureFacts],
    token_signature: &ObjectId,
) -> Option<&'f TimestampFacts> {
    Standing::of(signatures).timestamps.remove(token_signature)
}

/// Signatures and time-stamps by the id of the signature value, which no change to unsigned parts alters.
#[derive(Default)]
struct Standing<'f> {
    signatures: BTreeMap<ObjectId, &'f SignatureFacts>,
    timestamps: BTreeMap<ObjectId, &'f TimestampFacts>,
}

impl<'f> Standing<'f> {
    fn of(signatures: &'f [SignatureFacts]) -> Self {
        let mut standing = Self::default();
        signatures.iter().for_each(|signature| standing.add(signature));
        standing
    }

    fn add(&mut self, signature: &'f SignatureFacts) {
        self.signatures.insert(signature.id, signature);
        for timestamp in &signature.timestamps {
            self.timestamps.insert(timestamp.token.id, timestamp);
        }
        signature.countersignatures.iter().for_each(|counter| self.add(counter));
    }
}
