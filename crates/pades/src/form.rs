// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Finds the signature dictionaries of a file: through the interactive form, else among all objects.

use std::{collections::BTreeSet, ops::Range};

use crate::{
    PadesError,
    limits::{MAX_DEPTH, MAX_FIELDS, MAX_SIGNATURES},
    pdf::{Dictionary, Located, Object, Pdf},
    text::text,
};

/// A signature dictionary where it was found.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) field: String,
    pub(crate) dictionary: Dictionary,
    /// The field's /Lock: what may not be filled any more once it is signed (12.7.4.5).
    pub(crate) lock: Option<Dictionary>,
    /// Where it stands in the file, or the field whose value it is; `None` inside an object stream.
    pub(crate) offset: Option<usize>,
}

/// The signature dictionaries of the form; `None` when there is no form that can be read.
pub(crate) fn signatures(pdf: &Pdf<'_>) -> Result<Option<Vec<Placed>>, PadesError> {
    let Some(catalog) = pdf.catalog()? else { return Ok(None) };
    let form = pdf.value(&catalog, "AcroForm")?;
    let Some(dictionary) = form.object.as_dictionary() else { return Ok(None) };
    let fields = pdf.value(dictionary, "Fields")?;
    let Some(items) = fields.object.as_array() else { return Ok(None) };
    let mut walk = Walk { pdf, seen: BTreeSet::new(), values: BTreeSet::new(), fields: 0, found: Vec::new() };
    let place = fields.offset.or(form.offset);
    for item in items {
        walk.field(item, place, false, 0)?;
    }
    Ok(Some(walk.found))
}

struct Walk<'p, 'a> {
    pdf: &'p Pdf<'a>,
    /// Fields and values by their object numbers.
    seen: BTreeSet<u32>,
    values: BTreeSet<u32>,
    fields: usize,
    found: Vec<Placed>,
}

impl Walk<'_, '_> {
    /// One field with its kids; /FT is inherited (12.7.3.1).
    fn field(
        &mut self,
        field: &Object,
        parent: Option<usize>,
        signs: bool,
        depth: usize,
    ) -> Result<(), PadesError> {
        if let Object::Reference(number) = field
            && !self.seen.insert(*number)
        {
            return Ok(());
        }
        self.fields += 1;
        if self.fields > MAX_FIELDS || depth > MAX_DEPTH {
            return Err(PadesError::limit("form fields", MAX_FIELDS));
        }
        let (located, place) = self.follow(field, parent)?;
        let Some(dictionary) = located.object.as_dictionary() else { return Ok(()) };
        let kind = self.pdf.value(dictionary, "FT")?.object;
        let signs = kind.as_name().map_or(signs, |name| name == b"Sig");
        self.value(dictionary, place, signs)?;
        let kids = self.pdf.value(dictionary, "Kids")?;
        for kid in kids.object.as_array().unwrap_or_default() {
            self.field(kid, kids.offset.or(place), signs, depth + 1)?;
        }
        Ok(())
    }

    /// An object with where it stands: its own place behind a reference, else its parent's.
    fn follow(&self, object: &Object, parent: Option<usize>) -> Result<(Located, Option<usize>), PadesError> {
        let located = self.pdf.resolve(object)?;
        let place = if matches!(object, Object::Reference(_)) { located.offset } else { parent };
        Ok((located, place))
    }

    fn value(&mut self, field: &Dictionary, place: Option<usize>, signs: bool) -> Result<(), PadesError> {
        let Some(value) = field.value("V") else { return Ok(()) };
        if let Object::Reference(number) = value
            && self.values.contains(number)
        {
            return Ok(()); // one signature that several fields show
        }
        let (located, offset) = self.follow(value, place)?;
        let Object::Dictionary(dictionary) = located.object else { return Ok(()) };
        if !signs && dictionary.value("ByteRange").is_none() {
            return Ok(());
        }
        if let Object::Reference(number) = value {
            self.values.insert(*number);
        }
        if self.found.len() >= MAX_SIGNATURES {
            return Err(PadesError::limit("signatures", MAX_SIGNATURES));
        }
        let name = match self.pdf.value(field, "T")?.object {
            Object::String(octets, _) if self.pdf.locked().is_none() => text(&octets),
            _ => String::new(),
        };
        let lock = self.pdf.value(field, "Lock")?.object.as_dictionary().cloned();
        self.found.push(Placed { field: name, dictionary, lock, offset });
        Ok(())
    }
}

/// Where the signature dictionary begins whose value of /Contents stands at a place.
pub(crate) fn place_of(pdf: &Pdf<'_>, contents: &Range<usize>) -> Result<Option<usize>, PadesError> {
    let found = signatures(pdf)?.unwrap_or_default();
    let has = |placed: &&Placed| matches!(placed.dictionary.value("Contents"), Some(Object::String(_, place)) if place == contents);
    Ok(found.iter().find(has).and_then(|placed| placed.offset))
}

/// Every object that looks like a signature dictionary.
pub(crate) fn all(pdf: &Pdf<'_>) -> Result<Vec<Placed>, PadesError> {
    let mut found = Vec::new();
    for number in pdf.numbers() {
        let located = pdf.object(number)?;
        let Object::Dictionary(dictionary) = located.object else { continue };
        if dictionary.value("ByteRange").is_none() || dictionary.value("Contents").is_none() {
            continue;
        }
        if found.len() >= MAX_SIGNATURES {
            return Err(PadesError::limit("signatures", MAX_SIGNATURES));
        }
        found.push(Placed { field: String::new(), dictionary, lock: None, offset: located.offset });
    }
    Ok(found)
}
