// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Prefixes and namespace names while a document is read: each is one number, and what a prefix stands for is one look-up.

use std::{borrow::Cow, collections::BTreeMap};

use super::node::{Declaration, NONE, Stored};

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

/// What is bound at the place that the reader is at.
pub(super) struct Bindings<'t> {
    prefixes: BTreeMap<&'t str, u32>,
    namespaces: BTreeMap<Cow<'t, str>, u32>,
    /// By the number of the prefix.
    bound: Vec<u32>,
    /// What was bound before, for the way back.
    before: Vec<Declaration>,
    /// The prefix that was looked up last: its neighbours mostly have the same.
    latest: (&'t str, u32),
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
            latest: ("", NO_PREFIX),
            stored_prefixes: vec![Stored::Own("".into()), Stored::Own("xml".into())],
            stored_namespaces: vec![Stored::Own("".into()), Stored::Own(XML.into())],
        }
    }

    /// The number of a prefix that was declared somewhere before.
    fn prefix(&mut self, prefix: &'t str) -> Option<u32> {
        if prefix != self.latest.0 {
            self.latest = (prefix, *self.prefixes.get(prefix)?);
        }
        Some(self.latest.1)
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

/// An offset or count as the tables hold it. The limit on octets keeps every one of them below 2^32.
pub(super) fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
