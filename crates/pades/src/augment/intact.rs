// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Whether a change left everything that was proven provable.

use std::collections::BTreeMap;

use keiin_model::{DefectKind, ObjectId, SignatureFacts, TimestampFacts};

use crate::{Pades, PadesError};

/// Checks that every signature is still there over the same data, and that no time-stamp lost what it held.
pub(super) fn check_kept(old: &Pades, new: &Pades) -> Result<(), PadesError> {
    let (before, after) = (Standing::of(old), Standing::of(new));
    let signatures = before.signatures.iter().all(|(id, old)| {
        after.signatures.get(id).is_some_and(|new| {
            old.message == new.message && old.data == new.data && problems(old) >= problems(new)
        })
    });
    let timestamps = before.timestamps.iter().all(|(id, old)| {
        let new = after.timestamps.get(id);
        new.is_some_and(|new| !old.imprint.intact() || new.imprint.intact())
    });
    let what =
        "this change would break a signature or time-stamp that is there already, so nothing was changed";
    if signatures && timestamps { Ok(()) } else { Err(PadesError::Misuse { what }) }
}

/// Defects but for allowed revisions, of which a change is one more.
fn problems(facts: &SignatureFacts) -> usize {
    facts.defects.iter().filter(|defect| defect.kind != DefectKind::Revised).count()
}

/// The time-stamp with this token signature.
pub(super) fn find_timestamp<'f>(pades: &'f Pades, token_signature: &ObjectId) -> Option<&'f TimestampFacts> {
    Standing::of(pades).timestamps.remove(token_signature)
}

/// Signatures and time-stamps by the id of the signature value.
#[derive(Default)]
struct Standing<'f> {
    signatures: BTreeMap<ObjectId, &'f SignatureFacts>,
    timestamps: BTreeMap<ObjectId, &'f TimestampFacts>,
}

impl<'f> Standing<'f> {
    fn of(pades: &'f Pades) -> Self {
        let mut standing = Self::default();
        for signature in pades.signatures() {
            standing.signatures.insert(signature.id, signature);
            standing.timestamps.extend(signature.timestamps.iter().map(|t| (t.token.id, t)));
        }
        standing.timestamps.extend(pades.timestamps().iter().map(|t| (t.token.id, t)));
        standing
    }
}
