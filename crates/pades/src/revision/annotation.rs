// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Pages and their annotations of two revisions.

use super::{diff::Diff, graph::is_widget, view::differing};
use crate::{
    PadesError,
    pdf::{Dictionary, Object},
};

/// What tools note about a page without changing what it shows.
const SILENT: [&str; 5] = ["LastModified", "PieceInfo", "Metadata", "Tabs", "StructParents"];

impl Diff<'_, '_> {
    /// Compares a page that a revision wrote anew.
    pub(super) fn page(&mut self, number: u32, was: &Dictionary, now: &Dictionary) -> Result<(), PadesError> {
        self.compared.insert(number);
        for key in differing((self.old, was), (self.new, now))? {
            match key.as_str() {
                "Annots" => {
                    let null = Object::Null;
                    let (a, b) = (was.value("Annots").unwrap_or(&null), now.value("Annots").unwrap_or(&null));
                    self.explain(a);
                    self.explain(b);
                    let (a, b) = (self.old.resolve(a)?, self.new.resolve(b)?);
                    self.annotations(a.as_array().unwrap_or_default(), b.as_array().unwrap_or_default())?;
                }
                key if SILENT.contains(&key) => self.change(true, "page-noted", key),
                key => self.change(false, "page-changed", &format!("/{key} (object {number})")),
            }
        }
        Ok(())
    }

    /// Compares lists of annotations. Widgets were judged with their fields.
    pub(super) fn annotations(&mut self, was: &[Object], now: &[Object]) -> Result<(), PadesError> {
        for item in was.iter().filter(|item| !now.contains(item)) {
            let gone = self.old.resolve(item)?;
            let allowed =
                self.permission.allows_annotations() && !gone.as_dictionary().is_some_and(is_widget);
            if gone != Object::Null {
                self.change(allowed, "annotation-removed", &kind(&gone));
            }
        }
        for item in now.iter().filter(|item| !was.contains(item)) {
            let new = self.new.resolve(item)?;
            let Some(dictionary) = new.as_dictionary() else { continue };
            let known = matches!(item, Object::Reference(number) if self.explained.contains(number));
            if is_widget(dictionary) && known {
                continue;
            }
            let allowed = self.permission.allows_annotations() && !is_widget(dictionary);
            self.change(allowed, "annotation-added", &kind(&new));
            self.explain_added(item)?;
        }
        Ok(())
    }

    /// An annotation that a revision wrote anew.
    pub(super) fn annotation(&mut self, number: u32, now: &Object) -> Result<(), PadesError> {
        let allowed = self.permission.allows_annotations();
        self.compared.insert(number);
        self.change(allowed, "annotation-changed", &kind(now));
        self.explain_added(now)
    }
}

/// Whether an object is an annotation that is no widget.
pub(super) fn is_annotation(dictionary: &Dictionary) -> bool {
    let kind = dictionary.value("Type").and_then(Object::as_name);
    let subtype = dictionary.value("Subtype").is_some() && dictionary.value("Rect").is_some();
    (kind == Some(b"Annot") || kind.is_none() && subtype) && !is_widget(dictionary)
}

fn kind(annotation: &Object) -> String {
    let subtype = annotation.as_dictionary().and_then(|d| d.value("Subtype")).and_then(Object::as_name);
    String::from_utf8_lossy(subtype.unwrap_or(b"?")).into_owned()
}
