// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Form fields of two revisions: what was filled, signed, added, taken away.

use std::collections::BTreeMap;

use super::{
    diff::Diff,
    view::{View, differing, same},
};
use crate::{
    PadesError,
    limits::{MAX_DEPTH, MAX_FIELDS},
    pdf::{Dictionary, Object},
    text::text,
};

/// A node of the field tree that has a name, or a widget under one.
#[derive(Clone, Debug)]
pub(super) struct Field {
    name: String,
    number: Option<u32>,
    dictionary: Dictionary,
    signs: bool,
    is_terminal: bool,
}

/// What filling a field changes beside its value.
const FILLED: [&str; 14] = ["V", "AP", "AS", "M", "RV", "I", "TI", "DA", "Q", "F", "Ff", "MK", "DR", "DS"];
/// What signing an empty field may give it beside that.
const SIGNED: [&str; 6] = ["Rect", "P", "StructParent", "Type", "Subtype", "BS"];

/// The nodes by their full names; of equal names each has its own number.
pub(super) fn tree(view: View<'_, '_>, form: &Dictionary) -> Result<BTreeMap<String, Field>, PadesError> {
    let mut found = BTreeMap::new();
    let fields = view.value(form, "Fields")?;
    let parent = Field {
        name: String::new(),
        number: None,
        dictionary: Dictionary::default(),
        signs: false,
        is_terminal: false,
    };
    collect(view, &fields, &parent, 0, &mut found)?;
    Ok(found)
}

fn collect(
    view: View<'_, '_>,
    items: &Object,
    parent: &Field,
    depth: usize,
    found: &mut BTreeMap<String, Field>,
) -> Result<(), PadesError> {
    for (index, item) in items.as_array().unwrap_or_default().iter().enumerate() {
        if found.len() >= MAX_FIELDS || depth > MAX_DEPTH {
            return Err(PadesError::limit("form fields", MAX_FIELDS));
        }
        let Object::Dictionary(dictionary) = view.resolve(item)? else { continue };
        let name = match view.value(&dictionary, "T")? {
            Object::String(octets, _) if parent.name.is_empty() => text(&octets),
            Object::String(octets, _) => format!("{}.{}", parent.name, text(&octets)),
            _ => format!("{}#{index}", parent.name),
        };
        let signs = match view.value(&dictionary, "FT")? {
            Object::Name(kind) => kind == b"Sig",
            _ => parent.signs,
        };
        let kids = view.value(&dictionary, "Kids")?;
        let number = if let Object::Reference(number) = item { Some(*number) } else { None };
        let is_terminal = kids.as_array().is_none_or(<[Object]>::is_empty);
        let field = Field { name: name.clone(), number, dictionary, signs, is_terminal };
        let mut key = name;
        while found.contains_key(&key) {
            key.push('\'');
            if key.len() > 4 * MAX_DEPTH + field.name.len() {
                return Ok(()); // a tree that goes in circles
            }
        }
        found.insert(key, field.clone());
        collect(view, &kids, &field, depth + 1, found)?;
    }
    Ok(())
}

impl Diff<'_, '_> {
    /// Compares the forms of the two revisions.
    pub(super) fn form(&mut self, old: &Object, new: &Object) -> Result<(), PadesError> {
        self.explain(old);
        self.explain(new);
        let (before, after) = (self.old.resolve(old)?, self.new.resolve(new)?);
        let empty = Dictionary::default();
        let (a, b) = (before.as_dictionary().unwrap_or(&empty), after.as_dictionary().unwrap_or(&empty));
        for key in differing((self.old, a), (self.new, b))? {
            match key.as_str() {
                "Fields" | "SigFlags" | "DA" | "NeedAppearances" | "Q" => {}
                "DR" => self.change(true, "form-changed", "DR"),
                key => self.change(false, "form-changed", key),
            }
        }
        for form in [a.value("Fields"), b.value("Fields")].into_iter().flatten() {
            self.explain(form);
        }
        self.resources(b.value("DR").unwrap_or(&Object::Null))?;
        let (old, new) = (tree(self.old, a)?, tree(self.new, b)?);
        for (name, field) in &old {
            match new.get(name) {
                Some(now) => self.field(field, now)?,
                None => self.change(false, "form-field-removed", &field.name),
            }
        }
        for (name, field) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
            // A widget's field was judged where its name stands.
            if name.rsplit('.').next().is_some_and(|last| !last.contains('#')) {
                self.new_field(field)?;
            }
        }
        Ok(())
    }

    /// The dictionary of the form's resources and those of its kinds: new fonts are entered there, none is changed.
    fn resources(&mut self, resources: &Object) -> Result<(), PadesError> {
        self.explain(resources);
        if let Object::Dictionary(kinds) = self.new.resolve(resources)? {
            for kind in kinds.values() {
                self.explain(kind);
                self.explain_added(&self.new.resolve(kind)?)?;
            }
        }
        Ok(())
    }

    fn new_field(&mut self, field: &Field) -> Result<(), PadesError> {
        let value = self.new.value(&field.dictionary, "V")?;
        if field.signs {
            self.signing(field, &value);
        } else if field.is_terminal {
            self.change(false, "form-field-added", &field.name);
        }
        if let Some(number) = field.number {
            self.explain_added(&Object::Reference(number))?;
        }
        Ok(())
    }

    fn signing(&mut self, field: &Field, value: &Object) {
        let allowed = self.permission.allows_forms();
        match value.as_dictionary() {
            Some(value) if is_timestamp(value) => self.change(true, "timestamp", &field.name),
            Some(_) => self.change(allowed, "signature", &field.name),
            None => self.change(allowed, "signature-field-added", &field.name),
        }
    }

    fn field(&mut self, was: &Field, now: &Field) -> Result<(), PadesError> {
        if was.number != now.number {
            self.change(false, "form-field-replaced", &was.name);
            return Ok(());
        }
        let keys = differing((self.old, &was.dictionary), (self.new, &now.dictionary))?;
        let (before, after) = (self.old.value(&was.dictionary, "V")?, self.new.value(&now.dictionary, "V")?);
        let refilled = !same((self.old, &before), (self.new, &after))?;
        let signed = was.signs && before == Object::Null && after != Object::Null;
        let allowed = signed || !was.signs && self.permission.allows_field(&was.name);
        // A reference to an appearance may stay while what it leads to is drawn anew.
        let before = self.explained.len();
        if allowed || refilled || keys.iter().any(|key| key == "AP") {
            self.appearance(was, now)?;
        }
        if keys.is_empty() && !refilled {
            if self.explained.len() > before {
                self.change(true, "form-field-shown", &was.name);
            }
            return Ok(());
        }
        if signed {
            self.signing(now, &after);
            self.explain_added(now.dictionary.value("V").unwrap_or(&Object::Null))?;
        } else if was.signs && refilled {
            self.change(false, "signature-replaced", &was.name);
        } else if refilled {
            self.explain(now.dictionary.value("V").unwrap_or(&Object::Null));
            self.change(allowed, "form-field-filled", &was.name);
        }
        for key in &keys {
            let fills = FILLED.contains(&key.as_str()) && (allowed || was.signs && key != "V");
            let signs = signed && SIGNED.contains(&key.as_str());
            match key.as_str() {
                "V" => {}
                "Kids" => self.grown(&was.name, was.dictionary.value(key), now.dictionary.value(key))?,
                _ if fills || signs => {}
                _ => self.change(false, "form-field-changed", &format!("{} /{key}", was.name)),
            }
        }
        if let Some(number) = now.number {
            self.explain(&Object::Reference(number));
        }
        if !refilled && keys.iter().all(|key| key != "Kids") {
            let allowed = allowed || was.signs && !keys.iter().any(|key| key == "AP");
            self.change(allowed, "form-field-shown", &was.name);
        }
        Ok(())
    }

    fn appearance(&mut self, was: &Field, now: &Field) -> Result<(), PadesError> {
        if was.dictionary.value("AP") != now.dictionary.value("AP")
            && let Some(Object::Reference(number)) = was.dictionary.value("AP")
        {
            self.replaced.insert(*number);
        }
        for dictionary in [&was.dictionary, &now.dictionary] {
            if let Some(appearance) = dictionary.value("AP") {
                self.explain_tree(appearance)?;
            }
        }
        Ok(())
    }
}

fn is_timestamp(value: &Dictionary) -> bool {
    let name = |key| value.value(key).and_then(Object::as_name);
    name("Type") == Some(b"DocTimeStamp")
        || name("Type").is_none() && name("SubFilter") == Some(b"ETSI.RFC3161")
}
