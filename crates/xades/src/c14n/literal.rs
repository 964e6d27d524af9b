// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The canonical form of any node set, as the recommendations say it step by step. XPath's node sets need this; whole
//! subtrees go the short way, and the tests hold the two against each other.

use std::collections::BTreeMap;

use super::{
    Canonicalization, Method, Sink,
    escape::{escape_value, write_text},
    inherit,
};
use crate::{
    error::XmlError,
    limits,
    xml::{Name, NodeId, NodeKind, NodeSet, Tree, XML},
};

/// An attribute as it is written.
pub(super) struct Written<'t> {
    pub(super) name: Name<'t>,
    pub(super) value: std::borrow::Cow<'t, str>,
}

struct Writer<'t, 'a> {
    tree: &'t Tree<'a>,
    set: &'t NodeSet,
    how: &'t Canonicalization,
    /// For each element of the set that is open: what of its namespaces the descendants need not write again.
    rendered: Vec<BTreeMap<&'t str, &'t str>>,
    open: Vec<NodeId>,
    steps: usize,
}

/// Writes the canonical form of any node set.
pub(super) fn canonicalize(
    tree: &Tree<'_>,
    set: &NodeSet,
    how: &Canonicalization,
    out: &mut dyn Sink,
) -> Result<(), XmlError> {
    let mut writer = Writer { tree, set, how, rendered: vec![BTreeMap::new()], open: Vec::new(), steps: 0 };
    for node in tree.descendants(tree.document()) {
        writer.close_before(node, out);
        writer.node(node, out)?;
    }
    writer.close_all(out);
    Ok(())
}

impl<'t> Writer<'t, '_> {
    fn node(&mut self, node: NodeId, out: &mut dyn Sink) -> Result<(), XmlError> {
        let contained = self.set.contains(self.tree, node);
        match self.tree.kind(node) {
            NodeKind::Document => {}
            NodeKind::Element => self.element(node, contained, out)?,
            NodeKind::Text if contained => {
                let range = self.tree.range(node);
                write_text(self.tree.slice(range), out);
            }
            NodeKind::Comment if contained && self.how.comments => {
                self.beside_root(node, out, |writer, out| {
                    out.write(b"<!--");
                    out.write(writer.tree.text(node).as_bytes());
                    out.write(b"-->");
                })
            }
            NodeKind::Instruction if contained => self.beside_root(node, out, |writer, out| {
                out.write(b"<?");
                out.write(writer.tree.name(node).local.as_bytes());
                let data = writer.tree.text(node);
                if !data.is_empty() {
                    out.write(b" ");
                    out.write(data.as_bytes());
                }
                out.write(b"?>");
            }),
            _ => {}
        }
        Ok(())
    }

    /// A comment or instruction outside the document element has a line of its own (clause 2.3).
    fn beside_root(&self, node: NodeId, out: &mut dyn Sink, write: impl Fn(&Self, &mut dyn Sink)) {
        let outside = self.tree.parent(node) == Some(self.tree.document());
        if outside && node > self.tree.root() {
            out.write(b"\n");
        }
        write(self, out);
        if outside && node < self.tree.root() {
            out.write(b"\n");
        }
    }

    fn element(&mut self, node: NodeId, contained: bool, out: &mut dyn Sink) -> Result<(), XmlError> {
        if contained {
            out.write(b"<");
            out.write(self.tree.qualified_name(node).as_bytes());
        }
        let namespaces = match self.how.method {
            Method::Exclusive => self.exclusive_namespaces(node, contained)?,
            Method::Inclusive10 | Method::Inclusive11 => self.inclusive_namespaces(node, contained)?,
        };
        for (prefix, name) in namespaces {
            write_namespace(prefix, name, out);
        }
        for attribute in self.attributes(node, contained) {
            write_attribute(&attribute, out);
        }
        if contained {
            out.write(b">");
            self.open.push(node);
        }
        Ok(())
    }

    /// The namespace nodes of an element that are in the set, `xml` apart.
    fn axis(&mut self, node: NodeId) -> Result<BTreeMap<&'t str, &'t str>, XmlError> {
        let mut axis = BTreeMap::new();
        for (index, (prefix, name)) in self.tree.namespaces(node).into_iter().enumerate() {
            self.steps += 1;
            if self.steps > limits::MAX_NAMESPACE_NODES {
                let limit = limits::MAX_NAMESPACE_NODES;
                return Err(XmlError::Limit { object: "namespace nodes", limit });
            }
            if prefix != "xml" && self.set.contains_namespace(self.tree, node, index) {
                check_absolute(name)?;
                axis.insert(prefix, name);
            }
        }
        Ok(axis)
    }

    /// Canonical XML clause 2.3, "Namespace Axis".
    fn inclusive_namespaces(
        &mut self,
        node: NodeId,
        contained: bool,
    ) -> Result<Vec<(&'t str, &'t str)>, XmlError> {
        let axis = self.axis(node)?;
        let none = BTreeMap::new();
        let outer = self.rendered.last().unwrap_or(&none);
        let mut written = Vec::new();
        if contained && !axis.contains_key("") && outer.contains_key("") {
            written.push(("", ""));
        }
        written.extend(
            axis.iter().filter(|(prefix, name)| outer.get(*prefix) != Some(name)).map(|(p, n)| (*p, *n)),
        );
        if contained {
            self.rendered.push(axis);
        }
        Ok(written)
    }

    /// Exclusive XML Canonicalization clause 3.
    fn exclusive_namespaces(
        &mut self,
        node: NodeId,
        contained: bool,
    ) -> Result<Vec<(&'t str, &'t str)>, XmlError> {
        let axis = self.axis(node)?;
        let none = BTreeMap::new();
        let outer = self.rendered.last().unwrap_or(&none);
        let utilized = self.utilized(node, contained);
        let mut next = outer.clone();
        let mut written = Vec::new();
        let listed = |prefix: &str| self.how.prefixes.iter().any(|listed| listed == prefix);
        let default_matters = utilized.contains(&"") || listed("");
        if contained
            && default_matters
            && !axis.contains_key("")
            && outer.get("").is_some_and(|name| !name.is_empty())
        {
            written.push(("", ""));
            next.remove("");
        }
        for (&prefix, &name) in &axis {
            if (utilized.contains(&prefix) || listed(prefix)) && outer.get(prefix) != Some(&name) {
                written.push((prefix, name));
                next.insert(prefix, name);
            }
        }
        if contained {
            self.rendered.push(next);
        }
        Ok(written)
    }

    /// The prefixes that an element and its attributes in the set are written with; the default only by the element.
    fn utilized(&self, node: NodeId, contained: bool) -> Vec<&'t str> {
        let mut prefixes = Vec::new();
        if contained {
            prefixes.push(self.tree.name(node).prefix);
        }
        for attribute in self.tree.attributes(node) {
            if !attribute.name.prefix.is_empty() && self.set.contains_attribute(node, attribute.id) {
                prefixes.push(attribute.name.prefix);
            }
        }
        prefixes
    }

    fn attributes(&self, node: NodeId, contained: bool) -> Vec<Written<'t>> {
        let own = self.tree.attributes(node).filter(|own| self.set.contains_attribute(node, own.id));
        let mut all: Vec<Written<'t>> = own.map(|own| Written { name: own.name, value: own.value }).collect();
        let orphan = self
            .tree
            .parent(node)
            .is_some_and(|parent| parent != self.tree.document() && !self.set.contains(self.tree, parent));
        if contained && orphan {
            inherit::inherit(self.tree, self.set, node, self.how.method, &mut all);
        }
        all.sort_by(|a, b| (a.name.namespace, a.name.local).cmp(&(b.name.namespace, b.name.local)));
        all
    }

    /// Writes the end tags of the elements that `node` is not in.
    fn close_before(&mut self, node: NodeId, out: &mut dyn Sink) {
        while let Some(&open) = self.open.last() {
            if node <= self.tree.last_descendant(open) {
                return;
            }
            self.close(open, out);
        }
    }

    fn close_all(&mut self, out: &mut dyn Sink) {
        while let Some(&open) = self.open.last() {
            self.close(open, out);
        }
    }

    fn close(&mut self, open: NodeId, out: &mut dyn Sink) {
        out.write(b"</");
        out.write(self.tree.qualified_name(open).as_bytes());
        out.write(b">");
        self.open.pop();
        self.rendered.pop();
    }
}

pub(super) fn write_namespace(prefix: &str, name: &str, out: &mut dyn Sink) {
    out.write(b" xmlns");
    if !prefix.is_empty() {
        out.write(b":");
        out.write(prefix.as_bytes());
    }
    out.write(b"=\"");
    escape_value(name, out);
    out.write(b"\"");
}

pub(super) fn write_attribute(attribute: &Written<'_>, out: &mut dyn Sink) {
    out.write(b" ");
    if !attribute.name.prefix.is_empty() {
        out.write(attribute.name.prefix.as_bytes());
        out.write(b":");
    }
    out.write(attribute.name.local.as_bytes());
    out.write(b"=\"");
    escape_value(&attribute.value, out);
    out.write(b"\"");
}

/// Canonical XML clause 1.3: a document with a relative namespace name has no canonical form.
pub(super) fn check_absolute(name: &str) -> Result<(), XmlError> {
    debug_assert!(name != XML);
    if name.is_empty() || inherit::has_scheme(name) {
        return Ok(());
    }
    Err(XmlError::RelativeNamespace { name: name.chars().take(200).collect() })
}
