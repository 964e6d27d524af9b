// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Validation material into the document security store (EN 319 142-1, 5.4.2).

use std::collections::{BTreeMap, BTreeSet};

use keiin_model::{Bytes, Evidence, Material, ObjectId, Origin, Target};
use keiin_pki::{digest::object_id, material::first_unreadable};

use super::vri::{self, Vri};
use crate::{
    Pades, PadesError, layout,
    pdf::{Draft, Object, Reference, Value},
    signature,
};

/// The file with another revision that holds what no store of it holds yet; `None` when there is nothing new.
pub(super) fn embed(pades: &Pades, at: Target, material: &Material) -> Result<Option<Pades>, PadesError> {
    if let Some(error) = first_unreadable(material) {
        return Err(error.into());
    }
    let (Target::Signature { id } | Target::Archive { id }) = at;
    let none = PadesError::Misuse { what: "there is no such signature in this PDF" };
    let index = pades.signatures().iter().position(|signature| signature.id == id).ok_or(none)?;
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
    let due = match pades.wishes.vri {
        Vri::LeftOut => Vec::new(),
        Vri::Written => vri::due(&draft, pades, index)?,
    };
    if lists.iter().all(|(_, objects)| objects.is_empty()) && !keep_store(&mut draft, pades, index, &due)? {
        return Ok(None);
    }
    signature::extension(&mut draft, &pdf)?;
    let added = store(&mut draft, &lists)?;
    vri::write(&mut draft, &pdf, &due, material, &added)?;
    Ok(Some(pades.with_source(layout::append(pades.source(), draft)?)?))
}

/// Whether a store to which nothing is added changes all the same. One from before the signature is not read as the
/// signature's: the same one is written again behind it.
fn keep_store(
    draft: &mut Draft<'_, '_>,
    pades: &Pades,
    index: usize,
    due: &[String],
) -> Result<bool, PadesError> {
    let Some(store) = draft.follow(&draft.catalog()?, "DSS")? else { return Ok(false) };
    let end = pades.dictionaries().get(index).map_or(0, crate::SignatureDictionary::end);
    let is_before = draft.offset(&store)?.is_some_and(|offset| offset < end);
    if is_before {
        draft.repeat(&store)?;
    }
    Ok(is_before || !due.is_empty())
}

fn is_stored(evidence: &Evidence, id: &ObjectId) -> bool {
    let in_store = |origin: &Origin| matches!(origin, Origin::Embedded { place } if place == "DSS");
    evidence.object(id).is_some_and(|object| object.origins.iter().any(in_store))
}

/// Puts objects behind those that the store has; a file without a store gets one. Yields where each went.
fn store(
    draft: &mut Draft<'_, '_>,
    lists: &[(&'static str, Vec<Bytes>)],
) -> Result<BTreeMap<ObjectId, Reference>, PadesError> {
    let mut added = BTreeMap::new();
    let catalog = draft.catalog()?;
    let there = draft.follow(&catalog, "DSS")?;
    let there = there.filter(|store| draft.value(store).is_ok_and(|store| store.as_dictionary().is_some()));
    let mut entries = vec![("Type", Value::name("DSS"))];
    for (key, objects) in lists {
        let mut references = Vec::with_capacity(objects.len());
        for object in objects {
            let reference = draft.add_stream(Vec::new(), object)?;
            added.insert(object_id(object), reference);
            references.push(Value::Reference(reference));
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
    Ok(added)
}
