// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Validation-related information: for each signature and document time-stamp, which objects of the store belong to it
//! (ISO 32000-2, 12.8.4.4; EN 319 142-1, 5.4.2.3).
//!
//! An entry is written once and never changed: readers that compare revisions take a changed one for an attack. /TU is left
//! out, as it would be a time that nobody vouches for.

use std::collections::BTreeMap;

use keiin_model::{Bytes, DigestAlgorithm, Material, ObjectId};
use keiin_pki::digest::{digest, object_id};

use crate::{
    Pades, PadesError, SignatureDictionary,
    material::Stores,
    pdf::{Draft, Pdf, Reference, Spot, Value},
};

/// Whether the store says which of its objects belong to which signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Vri {
    /// No: baseline signatures should not have it (EN 319 142-1, 6.3), and no validator needs it.
    #[default]
    LeftOut,
    /// For the signature whose material goes in, and for the document time-stamps over it, where they have no entry yet.
    Written,
}

/// The keys that have no entry yet: those of a signature and of the document time-stamps that came after it.
pub(super) fn due(draft: &Draft<'_, '_>, pades: &Pades, index: usize) -> Result<Vec<String>, PadesError> {
    let Some(signature) = pades.dictionaries().get(index) else { return Ok(Vec::new()) };
    let after = pades.stamps().iter().filter(|stamp| stamp.end() > signature.end());
    let mut keys: Vec<String> = std::iter::once(signature).chain(after).map(key).collect();
    if let Some(there) = there(draft)? {
        let mut missing = Vec::new();
        for key in keys {
            if draft.follow(&there, &key)?.is_none() {
                missing.push(key);
            }
        }
        keys = missing;
    }
    Ok(keys)
}

/// SHA-1 of the value of /Contents as it stands, with what is kept free behind it, in capital letters.
fn key(dictionary: &SignatureDictionary) -> String {
    digest(DigestAlgorithm::Sha1, &dictionary.contents).iter().map(|octet| format!("{octet:02X}")).collect()
}

/// The entries that the store has.
fn there(draft: &Draft<'_, '_>) -> Result<Option<Spot>, PadesError> {
    let Some(store) = draft.follow(&draft.catalog()?, "DSS")? else { return Ok(None) };
    let found = draft.follow(&store, "VRI")?;
    Ok(found.filter(|found| draft.value(found).is_ok_and(|found| found.as_dictionary().is_some())))
}

/// Gives each key an entry with all of the material, which the store holds by now: `added` are the objects of this revision.
pub(super) fn write(
    draft: &mut Draft<'_, '_>,
    pdf: &Pdf<'_>,
    keys: &[String],
    material: &Material,
    added: &BTreeMap<ObjectId, Reference>,
) -> Result<(), PadesError> {
    if keys.is_empty() {
        return Ok(());
    }
    let stored = Stores::read(pdf)?.newest;
    let reference = |object: &Bytes| {
        let id = object_id(object);
        added.get(&id).or_else(|| stored.get(&id)).copied().map(Value::Reference)
    };
    let mut entry = vec![("Type", Value::name("VRI"))];
    for (list, objects) in
        [("Cert", &material.certificates), ("OCSP", &material.ocsps), ("CRL", &material.crls)]
    {
        let references: Vec<_> = objects.iter().filter_map(reference).collect();
        if !references.is_empty() {
            entry.push((list, Value::Array(references)));
        }
    }
    let store = draft.follow(&draft.catalog()?, "DSS")?.ok_or(MALFORMED)?;
    if there(draft)?.is_none() {
        draft.set(&store, "VRI", &Value::Dictionary(Vec::new()))?;
    }
    for key in keys {
        let entry = Value::Reference(draft.add(&Value::Dictionary(entry.clone()))?);
        let entries = there(draft)?.ok_or(MALFORMED)?;
        draft.set(&entries, key, &entry)?;
    }
    Ok(())
}

const MALFORMED: PadesError = PadesError::Malformed { object: "the DSS dictionary" };
