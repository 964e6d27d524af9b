// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a signer allows to be changed: DocMDP and FieldMDP (ISO 32000-2, 12.8.2.2 and 12.8.2.4), and the field's lock
//! (12.7.5.5).

use std::collections::BTreeSet;

use super::view::View;
use crate::{
    PadesError,
    form::Placed,
    pdf::{Dictionary, Object},
    text::text,
};

/// What may come after a signature.
#[derive(Clone, Debug, Default)]
pub(super) struct Permission {
    /// P of the strictest DocMDP; `None` where nobody certified the document.
    level: Option<i64>,
    locks: Vec<Lock>,
}

#[derive(Clone, Debug)]
struct Lock {
    action: Vec<u8>,
    fields: BTreeSet<String>,
}

impl Permission {
    pub(super) fn read(view: View<'_, '_>, placed: &Placed) -> Result<Self, PadesError> {
        let mut found = Self::default();
        found.signature(view, &placed.dictionary)?;
        // The certification that was there before binds later signers too.
        if let Object::Dictionary(permissions) = view.value(&view.catalog()?, "Perms")?
            && let Object::Dictionary(certification) = view.value(&permissions, "DocMDP")?
        {
            found.signature(view, &certification)?;
        }
        if let Some(lock) = &placed.lock {
            found.parameters(view, lock, None)?;
        }
        Ok(found)
    }

    fn signature(&mut self, view: View<'_, '_>, dictionary: &Dictionary) -> Result<(), PadesError> {
        let references = view.value(dictionary, "Reference")?;
        for reference in references.as_array().unwrap_or_default() {
            let Object::Dictionary(reference) = view.resolve(reference)? else { continue };
            let method = view.value(&reference, "TransformMethod")?;
            let Object::Dictionary(parameters) = view.value(&reference, "TransformParams")? else { continue };
            match method.as_name() {
                Some(b"DocMDP") => self.parameters(view, &parameters, Some(2))?,
                Some(b"FieldMDP") => self.parameters(view, &parameters, None)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// /P with /Action and /Fields, wherever they stand.
    fn parameters(
        &mut self,
        view: View<'_, '_>,
        parameters: &Dictionary,
        default: Option<i64>,
    ) -> Result<(), PadesError> {
        let level = view.value(parameters, "P")?.as_integer().or(default);
        self.level = self.level.into_iter().chain(level).min();
        if let Object::Name(action) = view.value(parameters, "Action")? {
            let mut fields = BTreeSet::new();
            for field in view.value(parameters, "Fields")?.as_array().unwrap_or_default() {
                if let Object::String(name, _) = view.resolve(field)? {
                    fields.insert(text(&name));
                }
            }
            self.locks.push(Lock { action, fields });
        }
        Ok(())
    }

    /// Whether forms may be filled and signatures made.
    pub(super) fn allows_forms(&self) -> bool {
        self.level.is_none_or(|level| level >= 2)
    }

    /// Whether annotations may be made: only where a certification says so. Without one nobody allowed them, and they
    /// cover what was signed.
    pub(super) fn allows_annotations(&self) -> bool {
        self.level.is_some_and(|level| level >= 3)
    }

    /// Whether a field may be filled, by its full name.
    pub(super) fn allows_field(&self, name: &str) -> bool {
        // A lock of a field holds for those under it.
        let named = |lock: &Lock| {
            lock.fields.iter().any(|field| {
                name.strip_prefix(field.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        let is_locked = |lock: &Lock| match lock.action.as_slice() {
            b"Include" => named(lock),
            b"Exclude" => !named(lock),
            _ => true,
        };
        self.allows_forms() && !self.locks.iter().any(is_locked)
    }
}
