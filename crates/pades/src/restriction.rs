// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What earlier signatures forbid: certification (DocMDP) and field locks (FieldMDP; ISO 32000-1, 12.8.2).

use crate::{
    Certification, Lock, PadesError,
    field::{Field, Target},
    pdf::{Dictionary, Object, Pdf},
    text::text,
};

/// Whether another signature may go there. Time-stamps of the document and validation material are never forbidden
/// (ISO 32000-2, 12.8.2.2).
pub(crate) fn check(
    pdf: &Pdf<'_>,
    fields: &[Field],
    target: &Target,
    certification: Certification,
) -> Result<(), PadesError> {
    for field in fields {
        let Some(signature) = &field.signature else { continue };
        if is_timestamp(pdf, signature)? {
            continue;
        }
        if certification != Certification::None {
            return Err(PadesError::NotFirst); // 12.8.2.2.1: a certification signature is the first
        }
        if permission(pdf, field, signature)? == Some(1) {
            return Err(PadesError::Certified);
        }
        for transform in transforms(pdf, signature)? {
            if transform.method == b"FieldMDP" && lock(pdf, &transform.parameters)?.holds(target.name()) {
                return Err(PadesError::Locked { field: target.name().to_owned(), by: field.name.clone() });
            }
        }
    }
    Ok(())
}

fn is_timestamp(pdf: &Pdf<'_>, signature: &Dictionary) -> Result<bool, PadesError> {
    Ok(pdf.value(signature, "SubFilter")?.object.as_name() == Some(b"ETSI.RFC3161"))
}

struct Transform {
    method: Vec<u8>,
    parameters: Dictionary,
}

fn transforms(pdf: &Pdf<'_>, signature: &Dictionary) -> Result<Vec<Transform>, PadesError> {
    let mut found = Vec::new();
    let references = pdf.value(signature, "Reference")?.object;
    for item in references.as_array().unwrap_or_default() {
        let item = pdf.resolve(item)?.object;
        let Some(item) = item.as_dictionary() else { continue };
        let method = pdf.value(item, "TransformMethod")?.object.as_name().unwrap_or_default().to_vec();
        let parameters = pdf.value(item, "TransformParams")?.object;
        let parameters = parameters.as_dictionary().cloned().unwrap_or_default();
        found.push(Transform { method, parameters });
    }
    Ok(found)
}

/// The strictest /P of a signature: of its DocMDP transform, 2 when that does not say, and of its field's lock
/// (ISO 32000-2, table 236).
fn permission(pdf: &Pdf<'_>, field: &Field, signature: &Dictionary) -> Result<Option<i64>, PadesError> {
    let mut found = Vec::new();
    for transform in transforms(pdf, signature)? {
        if transform.method == b"DocMDP" {
            found.push(pdf.value(&transform.parameters, "P")?.object.as_integer().unwrap_or(2));
        }
    }
    if let Some(lock) = pdf.value(&field.dictionary, "Lock")?.object.as_dictionary() {
        found.extend(pdf.value(lock, "P")?.object.as_integer());
    }
    Ok(found.into_iter().min())
}

/// What a lock dictionary or FieldMDP parameters name.
pub(crate) fn lock(pdf: &Pdf<'_>, dictionary: &Dictionary) -> Result<Lock, PadesError> {
    let mut names = Vec::new();
    for item in pdf.value(dictionary, "Fields")?.object.as_array().unwrap_or_default() {
        if let Object::String(octets, _) = pdf.resolve(item)?.object {
            names.push(text(&octets));
        }
    }
    Ok(match pdf.value(dictionary, "Action")?.object.as_name() {
        Some(b"All") => Lock::All,
        Some(b"Include") => Lock::Include(names),
        Some(b"Exclude") => Lock::Exclude(names),
        _ => Lock::None,
    })
}

impl Lock {
    /// Whether a field is among those that are locked. A name stands for all fields below it too (12.7.4.5).
    pub(crate) fn holds(&self, field: &str) -> bool {
        let named = |names: &[String]| {
            names.iter().any(|name| {
                field.strip_prefix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        match self {
            Self::None => false,
            Self::All => true,
            Self::Include(names) => named(names),
            Self::Exclude(names) => !named(names),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_hold_a_field_with_those_below_it() {
        let names = || vec!["a.b".to_owned()];
        assert!(Lock::Include(names()).holds("a.b") && Lock::Include(names()).holds("a.b.c"));
        assert!(!Lock::Include(names()).holds("a.bc") && !Lock::Exclude(names()).holds("a.b.c"));
        assert!(Lock::Exclude(names()).holds("a") && Lock::All.holds("") && !Lock::None.holds("a"));
    }
}
