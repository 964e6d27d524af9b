// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Prefixes and namespace names while a document is read: each is one number, and what a prefix stands for is one look-up.

use std::{borrow::Cow, collections::BTreeMap};

use super::node::{Declaration, NONE, NameRecord, Stored};

/// The namespace that `xml` stands for.
pub(crate) const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// The namespace that `xmlns` stands for.
pub(crate) const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// The number of the empty prefix.
pub(super) const NO_PREFIX: u32 = 0;
/// The number of the prefix `xml`.
pub(super) const XML_PREFIX: u32 = 1;
/// The number of no namespace.
pub(super) const NO_NAMESPACE: u32 = 0;
/// The number of the namespace that `xml` stands for.
pub(super) const XML_NAMESPACE: u32 = 1;

/// So many of what was looked up last is found without a search.
const RECENT: usize = 16;

/// What is bound at the place that the reader is at.
pub(super) struct Bindings<'t> {
    prefixes: BTreeMap<&'t str, u32>,
    namespaces: BTreeMap<Cow<'t, str>, u32>,
    /// By the number of the prefix.
    bound: Vec<u32>,
    /// What was bound before, for the way back.
    before: Vec<Declaration>,
    /// Prefixes that were looked up lately, by their ends: what is near mostly has one of the same few.
    recent: [(&'t str, u32); RECENT],
    pub(super) stored_prefixes: Vec<Stored>,
    pub(super) stored_namespaces: Vec<Stored>,
}

impl<'t> Bindings<'t> {
    pub(super) fn new() -> Self {
        Self {
            prefixes: [("", NO_PREFIX), ("xml", XML_PREFIX)].into(),
            namespaces: [(Cow::Borrowed(""), NO_NAMESPACE), (Cow::Borrowed(XML), XML_NAMESPACE)].into(),
            bound: vec![NO_NAMESPACE, XML_NAMESPACE],
            before: Vec::new(),
            recent: [("", NO_PREFIX); RECENT],
            stored_prefixes: vec![Stored::Own("".into()), Stored::Own("xml".into())],
            stored_namespaces: vec![Stored::Own("".into()), Stored::Own(XML.into())],
        }
    }

    /// With prefixes and namespace names that have their numbers already; none but XML's own is bound.
    pub(super) fn of(text: &'t str, prefixes: Vec<Stored>, namespaces: Vec<Stored>) -> Self {
        let mut known = Self::new();
        for (number, stored) in (0..).zip(&prefixes) {
            if let Stored::Text(at, len) = stored {
                let prefix = text.get(*at as usize..(*at + *len) as usize).unwrap_or_default();
                known.prefixes.insert(prefix, number);
                known.bound.push(NONE);
            }
        }
        for (number, stored) in (0..).zip(&namespaces) {
            let name = match stored {
                Stored::Text(at, len) => {
                    Cow::Borrowed(text.get(*at as usize..(*at + *len) as usize).unwrap_or_default())
                }
                Stored::Own(own) => Cow::Owned(own.to_string()),
            };
            known.namespaces.insert(name, number);
        }
        (known.stored_prefixes, known.stored_namespaces) = (prefixes, namespaces);
        known
    }

    /// The number of a prefix that was declared somewhere before.
    fn prefix(&mut self, prefix: &'t str) -> Option<u32> {
        let octets = prefix.as_bytes();
        let ends = [octets.first(), octets.last()].map(|end| usize::from(end.copied().unwrap_or_default()));
        let place = (ends.iter().sum::<usize>() + octets.len()) % RECENT;
        if let Some((known, number)) = self.recent.get(place)
            && *known == prefix
        {
            return Some(*number);
        }
        let number = *self.prefixes.get(prefix)?;
        if let Some(recent) = self.recent.get_mut(place) {
            *recent = (prefix, number);
        }
        Some(number)
    }

    /// The numbers of a prefix and of what it stands for here.
    pub(super) fn resolve(&mut self, prefix: &'t str) -> Option<(u32, u32)> {
        let number = if prefix.is_empty() { NO_PREFIX } else { self.prefix(prefix)? };
        let namespace = *self.bound.get(number as usize)?;
        (namespace != NONE).then_some((number, namespace))
    }

    /// The number of a prefix, new or old; `at` is where it stands in the text.
    pub(super) fn intern_prefix(&mut self, prefix: &'t str, at: u32) -> u32 {
        if let Some(number) = self.prefix(prefix) {
            return number;
        }
        let number = small(self.stored_prefixes.len());
        self.prefixes.insert(prefix, number);
        self.stored_prefixes.push(Stored::Text(at, small(prefix.len())));
        self.bound.push(NONE);
        number
    }

    /// The number of a namespace name, new or old; `at` is where its value stands in the text.
    pub(super) fn intern_namespace(&mut self, name: Cow<'t, str>, at: u32) -> u32 {
        if let Some(&number) = self.namespaces.get(&name) {
            return number;
        }
        let number = small(self.stored_namespaces.len());
        self.stored_namespaces.push(match &name {
            Cow::Borrowed(text) => Stored::Text(at, small(text.len())),
            Cow::Owned(own) => Stored::Own(own.as_str().into()),
        });
        self.namespaces.insert(name, number);
        number
    }

    /// A place to come back to by [`Self::leave`].
    pub(super) const fn mark(&self) -> usize {
        self.before.len()
    }

    pub(super) fn bind(&mut self, new: Declaration) {
        if let Some(bound) = self.bound.get_mut(new.prefix as usize) {
            self.before.push(Declaration { prefix: new.prefix, namespace: *bound });
            *bound = new.namespace;
        }
    }

    /// Undoes what was bound since the mark.
    pub(super) fn leave(&mut self, mark: usize) {
        while self.before.len() > mark {
            let Some(old) = self.before.pop() else { return };
            if let Some(bound) = self.bound.get_mut(old.prefix as usize) {
                *bound = old.namespace;
            }
        }
    }
}

/// The names of a document while it is read, each with a number.
#[derive(Default)]
pub(super) struct Names {
    pub(super) records: Vec<NameRecord>,
    numbers: BTreeMap<NameRecord, u32>,
    /// Those that were looked up lately.
    recent: [u32; RECENT],
}

impl Names {
    /// With names that have their numbers already.
    pub(super) fn of(records: Vec<NameRecord>) -> Self {
        let numbers = records.iter().copied().zip(0..).collect();
        Self { records, numbers, recent: [0; RECENT] }
    }

    /// The number of a name, new or old.
    pub(super) fn number(&mut self, name: NameRecord) -> u32 {
        let place = (name.prefix as usize * 7 + name.namespace as usize * 5 + usize::from(name.len)) % RECENT;
        if let Some(&number) = self.recent.get(place)
            && self.records.get(number as usize) == Some(&name)
        {
            return number;
        }
        let number = *self.numbers.entry(name).or_insert_with(|| {
            self.records.push(name);
            small(self.records.len() - 1)
        });
        if let Some(recent) = self.recent.get_mut(place) {
            *recent = number;
        }
        number
    }
}

/// An offset or count as the tables hold it. The limit on octets keeps every one of them below 2^32.
pub(super) fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
