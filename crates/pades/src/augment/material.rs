// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Validation material into the document security store (EN 319 142-1, 5.4.2). /VRI is not written: baseline signatures
//! should not have it (6.3, table 1, note on VRI).

use std::collections::BTreeSet;

use keiin_model::{Bytes, Evidence, Material, ObjectId, Origin, Target};
use keiin_pki::{digest::object_id, material::first_unreadable};

use crate::{
    Pades, PadesError, layout,
    pdf::{Draft, Object, Value},
    signature,
};

/// The file with another revision that holds what no store of it holds yet; `None` when there is nothing new.
pub(super) fn embed(pades: &Pades, at: Target, material: &Material) -> Result<Option<Pades>, PadesError> {
    if let Some(error) = first_unreadable(material) {
        return Err(error.into());
    }
    let (Target::Signature { id } | Target::Archive { id }) = at;
    let index = pades.signatures().iter().position(|signature| signature.id == id);
    let dictionary = index.and_then(|index| pades.dictionaries().get(index));
    let dictionary =
        dictionary.ok_or(PadesError::Misuse { what: "there is no such signature in this PDF" })?;
    let mut seen = BTreeSet::new();
    let mut new = |objects: &[Bytes]| -> Vec<Bytes> {
        let is_new = |o: &&Bytes| !is_stored(pades.evidence(), &object_id(o)) && seen.insert(object_id(o));
        objects.iter().filter(is_new).cloned().collect()
    };
    let lists = [
        ("Certs", new(&material.certificates)),
        ("OCSPs", new(&material.ocsps)),
        ("CRLs", new(&material.crls)),
    ];
    let pdf = pades.pdf()?;
    let mut draft = Draft::new(&pdf)?;
    if lists.iter().all(|(_, objects)| objects.is_empty()) {
        // A store from before the signature is not read as the signature's: the same one is written again behind it.
        let catalog = draft.catalog()?;
        let Some(store) = draft.follow(&catalog, "DSS")? else { return Ok(None) };
        if draft.offset(&store)?.is_none_or(|offset| offset >= dictionary.end()) {
            return Ok(None);
        }
        draft.repeat(&store)?;
        return Ok(Some(pades.with_source(layout::append(pades.source(), draft)?)?));
    }
    signature::extension(&mut draft, &pdf)?;
    store(&mut draft, &lists)?;
    Ok(Some(pades.with_source(layout::append(pades.source(), draft)?)?))
}

fn is_stored(evidence: &Evidence, id: &ObjectId) -> bool {
    let in_store = |origin: &Origin| matches!(origin, Origin::Embedded { place } if place == "DSS");
    evidence.object(id).is_some_and(|object| object.origins.iter().any(in_store))
}

/// Puts objects behind those that the store has; a file without a store gets one.
fn store(draft: &mut Draft<'_, '_>, lists: &[(&'static str, Vec<Bytes>)]) -> Result<(), PadesError> {
    let catalog = draft.catalog()?;
    let there = draft.follow(&catalog, "DSS")?;
    let there = there.filter(|store| draft.value(store).is_ok_and(|store| store.as_dictionary().is_some()));
    let mut entries = vec![("Type", Value::name("DSS"))];
    for (key, objects) in lists {
        let mut references = Vec::with_capacity(objects.len());
        for object in objects {
            references.push(Value::Reference(draft.add_stream(Vec::new(), object)?));
        }
        let Some(store) = &there else {
            if !references.is_empty() {
                entries.push((key, Value::Array(references)));
            }
            continue;
        };
        match draft.follow(store, key)? {
            Some(array) if matches!(draft.value(&array)?, Object::Array(_)) => {
                references.iter().try_for_each(|reference| draft.push(&array, reference))?;
            }
            _ if references.is_empty() => {}
            _ => draft.set(store, key, &Value::Array(references))?,
        }
    }
    if there.is_none() {
        let store = draft.add(&Value::Dictionary(entries))?;
        draft.set(&catalog, "DSS", &Value::Reference(store))?;
    }
    Ok(())
}
