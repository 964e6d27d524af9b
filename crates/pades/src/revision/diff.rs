// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One revision against the one before: each object that it changed is explained, or is named.

use std::collections::BTreeSet;

use super::{
    Change,
    annotation::is_annotation,
    graph::{Ways, is_page, reachable},
    permission::Permission,
    view::{View, differing, same},
};
use crate::{
    PadesError,
    pdf::{Dictionary, Object},
};

/// Ways that lead back up, and so out of what a change is about.
const UPWARDS: [&str; 4] = ["Parent", "P", "Page", "Dest"];

pub(super) struct Diff<'p, 'a> {
    signed: View<'p, 'a>,
    pub(super) old: View<'p, 'a>,
    pub(super) new: View<'p, 'a>,
    pub(super) permission: &'p Permission,
    numbers: BTreeSet<u32>,
    /// Objects that were there and say something else now, and objects that were not there.
    changed: BTreeSet<u32>,
    added: BTreeSet<u32>,
    /// Objects that were compared key by key, whoever uses them.
    pub(super) compared: BTreeSet<u32>,
    /// Objects that stand on a way on which changes are allowed, if nobody else uses them.
    pub(super) explained: BTreeSet<u32>,
    /// Appearances that a field had before: who else uses one shows what was taken for the field's.
    pub(super) replaced: BTreeSet<u32>,
    changes: BTreeSet<Change>,
}

impl<'p, 'a> Diff<'p, 'a> {
    pub(super) fn new(
        signed: View<'p, 'a>,
        old: View<'p, 'a>,
        new: View<'p, 'a>,
        permission: &'p Permission,
        numbers: BTreeSet<u32>,
    ) -> Self {
        Self {
            signed,
            old,
            new,
            permission,
            numbers,
            changed: BTreeSet::new(),
            added: BTreeSet::new(),
            compared: BTreeSet::new(),
            explained: BTreeSet::new(),
            replaced: BTreeSet::new(),
            changes: BTreeSet::new(),
        }
    }

    pub(super) fn run(mut self) -> Result<Vec<Change>, PadesError> {
        self.sort()?;
        self.trailer()?;
        self.catalog()?;
        self.loose()?;
        self.rest()?;
        Ok(self.changes.into_iter().collect())
    }

    /// Notes a change by its code, with what it is about.
    pub(super) fn change(&mut self, allowed: bool, code: &'static str, about: &str) {
        self.changes.insert(Change { allowed, code, about: about.to_owned() });
    }

    /// What of the objects in the revision differs at all.
    fn sort(&mut self) -> Result<(), PadesError> {
        for number in std::mem::take(&mut self.numbers) {
            let (was, now) = (self.old.object(number)?, self.new.object(number)?);
            let kind = now.as_dictionary().and_then(|d| d.value("Type")).and_then(Object::as_name);
            let is_file_structure = matches!(kind, Some(b"XRef" | b"ObjStm")) && was == Object::Null;
            if is_file_structure || same((self.old, &was), (self.new, &now))? {
                continue;
            }
            let set = if was == Object::Null { &mut self.added } else { &mut self.changed };
            set.insert(number);
        }
        Ok(())
    }

    fn trailer(&mut self) -> Result<(), PadesError> {
        let (old, new) = (self.old, self.new);
        for (key, code) in [("Root", "catalog-replaced"), ("Encrypt", "encryption-changed")] {
            if old.trailer(key).map(plain) != new.trailer(key).map(plain) {
                self.change(false, code, "");
            }
        }
        for view in [old, new] {
            if let Some(info) = view.trailer("Info") {
                self.explain(&info);
            }
        }
        let info = |view: View<'_, '_>| view.trailer("Info").map(|info| view.resolve(&info)).transpose();
        let (was, now) = (info(old)?.unwrap_or(Object::Null), info(new)?.unwrap_or(Object::Null));
        if !same((old, &was), (new, &now))? {
            self.change(true, "information", "Info");
        }
        Ok(())
    }

    fn catalog(&mut self) -> Result<(), PadesError> {
        let (was, now) = (self.old.catalog()?, self.new.catalog()?);
        if let Some(Object::Reference(number)) = self.new.trailer("Root") {
            self.compared.insert(number);
        }
        let null = Object::Null;
        let pair = |key: &str| (was.value(key).unwrap_or(&null), now.value(key).unwrap_or(&null));
        for key in differing((self.old, &was), (self.new, &now))? {
            match key.as_str() {
                "AcroForm" | "DSS" | "Metadata" | "StructTreeRoot" => {}
                key @ ("Extensions" | "Version" | "MarkInfo") => self.change(true, "catalog-noted", key),
                key => self.change(false, "catalog-changed", key),
            }
        }
        let (a, b) = pair("AcroForm");
        self.form(a, b)?;
        let before = self.explained.len();
        for value in [pair("DSS").0, pair("DSS").1] {
            self.explain_tree(value)?;
        }
        if self.explained.len() > before || !same((self.old, pair("DSS").0), (self.new, pair("DSS").1))? {
            self.change(true, "security-store", "DSS");
        }
        for key in ["Metadata", "Extensions"] {
            let (a, b) = pair(key);
            let before = self.explained.len();
            self.explain_tree(a)?;
            self.explain_tree(b)?;
            if self.explained.len() > before {
                self.change(true, "catalog-noted", key);
            }
        }
        let (a, b) = pair("StructTreeRoot");
        self.structure(a, b)
    }

    /// Pages, annotations and their lists that were written anew.
    fn loose(&mut self) -> Result<(), PadesError> {
        for number in self.changed.clone() {
            let (was, now) = (self.old.object(number)?, self.new.object(number)?);
            match (&was, &now) {
                (Object::Dictionary(a), Object::Dictionary(b)) if is_page(a) => self.page(number, a, b)?,
                (Object::Dictionary(a), Object::Dictionary(_))
                    if is_annotation(a) && !self.explained.contains(&number) =>
                {
                    self.annotation(number, &now)?;
                }
                (Object::Array(a), Object::Array(b)) if !self.explained.contains(&number) => {
                    self.list(number, a, b)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// An array that no way explained: a page's annotations, if all in it are annotations and it grew by some.
    fn list(&mut self, number: u32, was: &[Object], now: &[Object]) -> Result<(), PadesError> {
        for item in was.iter().chain(now) {
            let Object::Dictionary(dictionary) = self.new.resolve(item)? else { return Ok(()) };
            if dictionary.value("Subtype").is_none() || dictionary.value("Rect").is_none() {
                return Ok(());
            }
        }
        self.explained.insert(number);
        self.annotations(was, now)
    }

    /// What is left, and what was explained on one way while another leads to it too.
    fn rest(&mut self) -> Result<(), PadesError> {
        let touched: BTreeSet<u32> = self.changed.union(&self.added).copied().collect();
        let explained: Vec<u32> = touched
            .iter()
            .copied()
            .filter(|number| self.explained.contains(number) && !self.compared.contains(number))
            .collect();
        if !explained.is_empty() || !self.replaced.is_empty() {
            self.used_elsewhere(explained)?;
        }
        let left: Vec<u32> = touched
            .into_iter()
            .filter(|number| !self.explained.contains(number) && !self.compared.contains(number))
            .collect();
        if left.is_empty() {
            return Ok(());
        }
        // What nobody uses changes nothing that is shown.
        let mut used = reachable(self.old, Ways::All)?;
        used.extend(reachable(self.new, Ways::All)?);
        for number in left.into_iter().filter(|number| used.contains(number)) {
            let name = self.name(number)?;
            let code = if self.added.contains(&number) { "object-added" } else { "object-changed" };
            self.change(false, code, &name);
        }
        Ok(())
    }

    /// What is explained on one way must not be on another, on which nothing may change. A trailer that names objects which
    /// were not there (some writers leave such entries) shows nothing.
    fn used_elsewhere(&mut self, explained: Vec<u32>) -> Result<(), PadesError> {
        let closed = reachable(self.signed, Ways::Closed)?;
        let named = reachable(self.signed, Ways::Trailer)?;
        let replaced = std::mem::take(&mut self.replaced);
        for number in explained.into_iter().chain(replaced) {
            if closed.contains(&number) || named.contains(&number) && !self.added.contains(&number) {
                let name = self.name(number)?;
                self.change(false, "object-shared", &name);
            }
        }
        Ok(())
    }

    fn name(&self, number: u32) -> Result<String, PadesError> {
        let mut object = self.old.object(number)?;
        if object == Object::Null {
            object = self.new.object(number)?;
        }
        let name = |key| object.as_dictionary().and_then(|d| d.value(key)).and_then(Object::as_name);
        let kind = name("Type").or(name("Subtype")).or(name("S")).map(String::from_utf8_lossy);
        let kind = kind.map_or_else(
            || if matches!(object, Object::Stream(_)) { "stream".into() } else { "object".into() },
            std::borrow::Cow::into_owned,
        );
        Ok(format!("{kind} (object {number})"))
    }

    /// An object on a way on which changes are allowed.
    pub(super) fn explain(&mut self, object: &Object) {
        if let Object::Reference(number) = object
            && (self.changed.contains(number) || self.added.contains(number))
        {
            self.explained.insert(*number);
        }
    }

    /// The same for all that it leads to.
    pub(super) fn explain_tree(&mut self, object: &Object) -> Result<(), PadesError> {
        self.walk(object, false)
    }

    /// The same for what is new: what was there before and was changed needs a reason of its own.
    pub(super) fn explain_added(&mut self, object: &Object) -> Result<(), PadesError> {
        self.walk(object, true)
    }

    fn walk(&mut self, object: &Object, only_added: bool) -> Result<(), PadesError> {
        let (mut todo, mut seen) = (vec![object.clone()], BTreeSet::new());
        while let Some(object) = todo.pop() {
            match object {
                Object::Reference(number) => {
                    let is_added = self.added.contains(&number);
                    if !seen.insert(number) || only_added && !is_added {
                        continue;
                    }
                    self.explain(&Object::Reference(number));
                    todo.push(self.new.object(number)?);
                }
                Object::Array(items) => todo.extend(items),
                Object::Dictionary(dictionary) => todo.extend(downwards(&dictionary)),
                Object::Stream(stream) => todo.extend(downwards(&stream.dictionary)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Something that may grow and lose nothing.
    pub(super) fn grown(
        &mut self,
        what: &str,
        was: Option<&Object>,
        now: Option<&Object>,
    ) -> Result<(), PadesError> {
        let (Some(was), Some(now)) = (was, now) else {
            if let Some(now) = now {
                return self.explain_added(now);
            }
            self.change(false, "form-field-changed", what);
            return Ok(());
        };
        if !self.contains(was, now, 0)? {
            self.change(false, "form-field-changed", what);
        }
        self.explain_added(now)
    }

    /// Whether all of an object is in the other, in its order.
    fn contains(&mut self, was: &Object, now: &Object, depth: usize) -> Result<bool, PadesError> {
        if depth > crate::limits::MAX_DEPTH {
            return Ok(false);
        }
        self.explain(now);
        let (was, now) = (self.old.resolve(was)?, self.new.resolve(now)?);
        match (&was, &now) {
            (Object::Array(was), Object::Array(now)) => {
                let mut rest = now.iter();
                Ok(was.iter().all(|item| rest.any(|other| plain(item.clone()) == plain(other.clone()))))
            }
            (Object::Dictionary(was), Object::Dictionary(now)) => {
                for (key, value) in was.entries() {
                    let Some(other) = now.value(&String::from_utf8_lossy(key)) else { return Ok(false) };
                    if !same((self.old, value), (self.new, other))?
                        && !self.contains(value, other, depth + 1)?
                    {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (was, now) => same((self.old, was), (self.new, now)),
        }
    }

    /// The structure tree of a tagged file: new fields have their places in it, and nothing that was there goes.
    fn structure(&mut self, was: &Object, now: &Object) -> Result<(), PadesError> {
        if *was == Object::Null && *now == Object::Null {
            return Ok(());
        }
        let before: BTreeSet<u32> = self.changed.clone();
        let mut todo = vec![now.clone()];
        let mut seen = BTreeSet::new();
        while let Some(object) = todo.pop() {
            match object {
                Object::Reference(number) => {
                    if !seen.insert(number) || self.explained.contains(&number) {
                        continue;
                    }
                    let object = self.new.object(number)?;
                    if object.as_dictionary().is_some_and(|d| is_page(d) || d.value("Subtype").is_some()) {
                        continue;
                    }
                    if before.contains(&number) && !self.structure_grew(number, &object)? {
                        continue; // left to be named
                    }
                    self.explain(&Object::Reference(number));
                    todo.push(object);
                }
                Object::Array(items) => todo.extend(items),
                Object::Dictionary(dictionary) => {
                    let inner =
                        dictionary.entries().filter(|(key, _)| !matches!(*key, b"P" | b"Pg" | b"Obj"));
                    todo.extend(inner.map(|(_, value)| value.clone()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn structure_grew(&mut self, number: u32, now: &Object) -> Result<bool, PadesError> {
        let was = self.old.object(number)?;
        let (Object::Dictionary(a), Object::Dictionary(b)) = (&was, now) else {
            return self.contains(&was, now, 0);
        };
        for key in differing((self.old, a), (self.new, b))? {
            let grows =
                matches!(key.as_str(), "K" | "Kids" | "Nums" | "Limits" | "ParentTree" | "ParentTreeNextKey");
            if !grows {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn downwards(dictionary: &Dictionary) -> Vec<Object> {
    let open = |key: &[u8]| !UPWARDS.iter().any(|up| key == up.as_bytes());
    dictionary.entries().filter(|(key, _)| open(key)).map(|(_, value)| value.clone()).collect()
}

/// An object without the place where it stands.
fn plain(object: Object) -> Object {
    match object {
        Object::String(octets, _) => Object::String(octets, 0..0),
        Object::Array(items) => Object::Array(items.into_iter().map(plain).collect()),
        other => other,
    }
}
