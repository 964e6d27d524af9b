// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The canonical form of any node set, as the recommendations say it step by step. XPath's node sets need this; whole
//! subtrees go the short way, and the tests hold the two against each other.

use std::collections::BTreeMap;

use super::{
    Budget, Canonicalization, Method, Output, Sink, check_absolute,
    escape::{Written, write_attribute, write_namespace, write_text},
    inherit,
    whole::{sort, write_aside},
};
use crate::{
    error::XmlError,
    xml::{NodeId, NodeKind, NodeSet, Tree},
};

struct Writer<'t, 'a> {
    tree: &'t Tree<'a>,
    set: &'t NodeSet,
    how: &'t Canonicalization,
    /// For each element of the set that is open: what of its namespaces the descendants need not write again.
    rendered: Vec<BTreeMap<&'t str, &'t str>>,
    open: Vec<NodeId>,
    budget: Budget,
}

/// Writes the canonical form of any node set.
pub(super) fn canonicalize(
    tree: &Tree<'_>,
    set: &NodeSet,
    how: &Canonicalization,
    out: &mut Output<'_>,
) -> Result<(), XmlError> {
    let mut writer =
        Writer { tree, set, how, rendered: vec![BTreeMap::new()], open: Vec::new(), budget: Budget::new() };
    for node in tree.descendants(tree.document()) {
        writer.close_before(node, out);
        writer.node(node, out)?;
    }
    writer.close_all(out);
    Ok(())
}

impl<'t> Writer<'t, '_> {
    fn node(&mut self, node: NodeId, out: &mut Output<'_>) -> Result<(), XmlError> {
        let contained = self.set.contains(self.tree, node);
        match self.tree.kind(node) {
            NodeKind::Document => {}
            NodeKind::Element => self.element(node, contained, out)?,
            NodeKind::Text if contained => {
                let range = self.tree.range(node);
                write_text(self.tree.slice(range), out);
            }
            NodeKind::Comment if contained && self.how.comments => self.aside(node, out),
            NodeKind::Instruction if contained => self.aside(node, out),
            _ => {}
        }
        Ok(())
    }

    /// A comment or instruction outside the document element has a line of its own (clause 2.3).
    fn aside(&self, node: NodeId, out: &mut Output<'_>) {
        let outside = self.tree.parent(node) == Some(self.tree.document());
        if outside && node > self.tree.root() {
            out.write(b"\n");
        }
        write_aside(self.tree, node, out);
        if outside && node < self.tree.root() {
            out.write(b"\n");
        }
    }

    fn element(&mut self, node: NodeId, contained: bool, out: &mut Output<'_>) -> Result<(), XmlError> {
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
        for attribute in self.attributes(node, contained)? {
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
            self.budget.spend(1)?;
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
        for &prefix in utilized.iter().filter(|&&prefix| !axis.contains_key(prefix)) {
            // The nearest element that uses the prefix has no namespace node for it: one further in is written again.
            if next.remove(prefix).is_some() && prefix.is_empty() {
                written.push(("", ""));
            }
        }
        if contained && listed("") && !axis.contains_key("") && next.remove("").is_some() {
            written.push(("", ""));
        }
        for (&prefix, &name) in &axis {
            let wanted = (contained && utilized.contains(&prefix)) || listed(prefix);
            if wanted && outer.get(prefix) != Some(&name) {
                written.push((prefix, name));
                next.insert(prefix, name);
            }
        }
        if contained {
            // What an element uses without having its namespace node in the set, the descendants must write again: the
            // nearest ancestor that uses the prefix does not have it.
            utilized.iter().filter(|prefix| !axis.contains_key(*prefix)).for_each(|prefix| {
                next.remove(prefix);
            });
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

    fn attributes(&mut self, node: NodeId, contained: bool) -> Result<Vec<Written<'t>>, XmlError> {
        let own = self.tree.attributes(node).filter(|own| self.set.contains_attribute(node, own.id));
        let mut all: Vec<Written<'t>> = own.map(|own| Written { name: own.name, value: own.value }).collect();
        let orphan = self
            .tree
            .parent(node)
            .is_some_and(|parent| parent != self.tree.document() && !self.set.contains(self.tree, parent));
        if contained && orphan {
            inherit::inherit(self.tree, self.set, node, self.how.method, &mut self.budget, &mut all)?;
        }
        sort(&mut all);
        Ok(all)
    }

    /// Writes the end tags of the elements that `node` is not in.
    fn close_before(&mut self, node: NodeId, out: &mut Output<'_>) {
        while let Some(&open) = self.open.last() {
            if node <= self.tree.last_descendant(open) {
                return;
            }
            self.close(open, out);
        }
    }

    fn close_all(&mut self, out: &mut Output<'_>) {
        while let Some(&open) = self.open.last() {
            self.close(open, out);
        }
    }

    fn close(&mut self, open: NodeId, out: &mut Output<'_>) {
        out.write(b"</");
        out.write(self.tree.qualified_name(open).as_bytes());
        out.write(b">");
        self.open.pop();
        self.rendered.pop();
    }
}
