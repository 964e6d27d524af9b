// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The fields of the interactive form (ISO 32000-1, 12.7.3), and which of them a signature goes into.

use std::collections::BTreeSet;

use crate::{
    FieldChoice, PadesError,
    limits::{MAX_DEPTH, MAX_FIELDS},
    pdf::{Dictionary, Object, Pdf},
    text::text,
};

/// A field as it is.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// The full name: the partial names from the root on, with periods between.
    pub(crate) name: String,
    /// The object's number; `None` for one that stands in the array itself.
    pub(crate) number: Option<u32>,
    /// Whether it is a signature field.
    pub(crate) signs: bool,
    /// Its signature or time-stamp.
    pub(crate) signature: Option<Dictionary>,
    /// Whether it has a value of any kind.
    pub(crate) filled: bool,
    pub(crate) dictionary: Dictionary,
}

/// Where the signature goes.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    New(String),
    Existing(Box<Field>, u32),
}

impl Target {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::New(name) => name,
            Self::Existing(field, _) => &field.name,
        }
    }
}

/// All fields that can have a value.
pub(crate) fn all(pdf: &Pdf<'_>) -> Result<Vec<Field>, PadesError> {
    let Some(catalog) = pdf.catalog()? else { return Ok(Vec::new()) };
    let form = pdf.value(&catalog, "AcroForm")?.object;
    let Some(form) = form.as_dictionary() else { return Ok(Vec::new()) };
    let items = pdf.value(form, "Fields")?.object;
    let mut walk = Walk { pdf, seen: BTreeSet::new(), count: 0, found: Vec::new() };
    for item in items.as_array().unwrap_or_default() {
        walk.field(item, "", false, 0)?;
    }
    Ok(walk.found)
}

struct Walk<'p, 'a> {
    pdf: &'p Pdf<'a>,
    seen: BTreeSet<u32>,
    count: usize,
    found: Vec<Field>,
}

impl Walk<'_, '_> {
    fn field(&mut self, item: &Object, parent: &str, signs: bool, depth: usize) -> Result<(), PadesError> {
        let number = if let Object::Reference(number) = item { Some(*number) } else { None };
        if number.is_some_and(|number| !self.seen.insert(number)) {
            return Ok(());
        }
        self.count += 1;
        if self.count > MAX_FIELDS || depth > MAX_DEPTH {
            return Err(PadesError::limit("form fields", MAX_FIELDS));
        }
        let found = self.pdf.resolve(item)?.object;
        let Some(dictionary) = found.as_dictionary() else { return Ok(()) };
        let partial = match self.pdf.value(dictionary, "T")?.object {
            Object::String(octets, _) => Some(text(&octets)),
            _ => None,
        };
        if partial.is_none() && depth > 0 {
            return Ok(()); // a widget of the field above
        }
        let partial = partial.unwrap_or_default();
        let name = if parent.is_empty() { partial } else { format!("{parent}.{partial}") };
        let kind = self.pdf.value(dictionary, "FT")?.object;
        let signs = kind.as_name().map_or(signs, |kind| kind == b"Sig");
        let before = self.found.len();
        let kids = self.pdf.value(dictionary, "Kids")?.object;
        for kid in kids.as_array().unwrap_or_default() {
            self.field(kid, &name, signs, depth + 1)?;
        }
        if self.found.len() == before {
            let value = self.pdf.value(dictionary, "V")?.object;
            let signature = if signs { value.as_dictionary().cloned() } else { None };
            let filled = value != Object::Null;
            let dictionary = dictionary.clone();
            self.found.push(Field { name, number, signs, signature, filled, dictionary });
        }
        Ok(())
    }
}

/// The field that a choice means.
pub(crate) fn choose(fields: &[Field], choice: &FieldChoice) -> Result<Target, PadesError> {
    match choice {
        FieldChoice::New => Ok(Target::New(free_name(fields))),
        FieldChoice::Free => {
            let empty: Vec<_> = fields.iter().filter(|field| field.signs && !field.filled).collect();
            match empty.as_slice() {
                [] => Ok(Target::New(free_name(fields))),
                [one] => existing(one),
                several => {
                    let names = several.iter().map(|field| field.name.clone()).collect();
                    Err(PadesError::FieldToChoose { names })
                }
            }
        }
        FieldChoice::Named(name) => match fields.iter().find(|field| field.name == *name) {
            Some(field) => existing(field),
            None => {
                let taken = |field: &Field| {
                    field.name.starts_with(name.as_str())
                        && field.name.get(name.len()..=name.len()) == Some(".")
                };
                // A period stands between names (12.7.3.2), and a name is one kind of node.
                if name.is_empty() || name.contains('.') || fields.iter().any(taken) {
                    return Err(PadesError::FieldName { name: name.clone() });
                }
                Ok(Target::New(name.clone()))
            }
        },
    }
}

fn existing(field: &Field) -> Result<Target, PadesError> {
    let name = field.name.clone();
    match field.number {
        _ if !field.signs => Err(PadesError::FieldName { name }),
        _ if field.filled => Err(PadesError::FieldSigned { name }),
        None => Err(PadesError::FieldName { name }),
        Some(number) => Ok(Target::Existing(Box::new(field.clone()), number)),
    }
}

/// `Signature1` or the first after it that no field has.
fn free_name(fields: &[Field]) -> String {
    let taken: BTreeSet<&str> = fields.iter().filter_map(|field| field.name.split('.').next()).collect();
    let mut name = String::new();
    for count in 1..=taken.len().saturating_add(1) {
        name = format!("Signature{count}");
        if !taken.contains(name.as_str()) {
            break;
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, signs: bool, filled: bool) -> Field {
        let dictionary = Dictionary::default();
        Field { name: name.to_owned(), number: Some(7), signs, signature: None, filled, dictionary }
    }

    #[test]
    fn an_empty_field_is_taken_when_it_is_the_only_one() {
        let name =
            |fields: &[Field], choice: &FieldChoice| choose(fields, choice).map(|t| t.name().to_owned());
        let fields =
            [field("Signature1", true, true), field("doctor", true, false), field("x.y", false, false)];
        assert_eq!(name(&fields, &FieldChoice::Free).unwrap(), "doctor");
        assert_eq!(name(&fields, &FieldChoice::New).unwrap(), "Signature2");
        assert_eq!(name(&fields[..1], &FieldChoice::Free).unwrap(), "Signature2");
        let two = [field("a", true, false), field("b", true, false)];
        assert!(matches!(name(&two, &FieldChoice::Free), Err(PadesError::FieldToChoose { .. })));
        for (wrong, signed) in
            [("Signature1", true), ("x.y", false), ("x", false), ("n.ew", false), ("", false)]
        {
            let error = name(&fields, &FieldChoice::Named(wrong.to_owned())).unwrap_err();
            assert_eq!(matches!(error, PadesError::FieldSigned { .. }), signed, "{wrong}: {error}");
        }
    }
}
