// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The canonical form of whole subtrees: each namespace is one look-up, and what is canonical as it stands is copied.

use super::{
    Budget, Canonicalization, Method, Output, Sink, check_absolute,
    escape::{Written, write_attribute, write_namespace, write_text, write_value},
    inherit,
};
use crate::{
    error::XmlError,
    xml::{Declaration, NodeId, NodeKind, NodeSet, Subtrees, Tree},
};

struct Open {
    node: NodeId,
    /// The last node in it.
    last: NodeId,
    /// The rendered namespaces to come back to.
    mark: usize,
}

struct Writer<'t, 'a> {
    tree: &'t Tree<'a>,
    set: &'t NodeSet,
    method: Method,
    comments: bool,
    /// By the number of a prefix: the exclusive method treats it as the inclusive methods do.
    listed: Vec<bool>,
    /// By the number of a prefix: what the elements of the set around this place rendered.
    rendered: Vec<u32>,
    before: Vec<Declaration>,
    open: Vec<Open>,
    /// Namespaces to render at one element.
    fresh: Vec<Declaration>,
    budget: Budget,
}

/// Writes the canonical form of whole subtrees.
pub(super) fn canonicalize(
    tree: &Tree<'_>,
    set: &NodeSet,
    (subtrees, comments): (&Subtrees, bool),
    how: &Canonicalization,
    out: &mut Output<'_>,
) -> Result<(), XmlError> {
    let rendered = tree.bound_nowhere();
    let is_listed = |prefix: &str| how.prefixes.iter().any(|listed| listed == prefix);
    let listed = match how.method {
        Method::Exclusive if !how.prefixes.is_empty() => tree.prefix_names().map(is_listed).collect(),
        _ => Vec::new(),
    };
    let mut writer = Writer {
        tree,
        set,
        method: how.method,
        comments: how.comments && comments,
        listed,
        rendered,
        before: Vec::new(),
        open: Vec::new(),
        fresh: Vec::new(),
        budget: Budget::new(),
    };
    for (first, last) in subtrees.ranges() {
        for node in tree.span(first, last) {
            writer.close_before(node, out);
            writer.node(node, out)?;
        }
    }
    while let Some(open) = writer.open.pop() {
        writer.close(&open, out);
    }
    Ok(())
}

impl<'t> Writer<'t, '_> {
    fn node(&mut self, node: NodeId, out: &mut Output<'_>) -> Result<(), XmlError> {
        match self.tree.kind(node) {
            NodeKind::Document => {}
            NodeKind::Element => self.element(node, out)?,
            NodeKind::Text if self.tree.is_canonical(node) => out.copy(self.tree.range(node)),
            NodeKind::Text => write_text(self.tree.slice(self.tree.range(node)), out),
            NodeKind::Comment if !self.comments => {}
            NodeKind::Comment | NodeKind::Instruction => self.aside(node, out),
        }
        Ok(())
    }

    /// A comment or an instruction. Outside the document element it has a line of its own (clause 2.3).
    fn aside(&self, node: NodeId, out: &mut Output<'_>) {
        let outside = self.tree.parent(node) == Some(self.tree.document());
        if outside && node > self.tree.root() {
            out.write(b"\n");
        }
        if self.tree.is_canonical(node) {
            out.copy(self.tree.range(node));
        } else {
            write_aside(self.tree, node, out);
        }
        if outside && node < self.tree.root() {
            out.write(b"\n");
        }
    }

    fn element(&mut self, node: NodeId, out: &mut Output<'_>) -> Result<(), XmlError> {
        let parent = self.tree.parent(node);
        let below = self.open.last().is_some_and(|open| Some(open.node) == parent);
        let mark = self.before.len();
        self.fresh.clear();
        if self.method == Method::Exclusive {
            self.exclusive(node);
        }
        if self.method != Method::Exclusive || !self.listed.is_empty() {
            if below { self.declared(node)? } else { self.in_scope(node)? }
        }
        let orphan = !below && parent != Some(self.tree.document());
        if orphan && self.method != Method::Exclusive {
            let attributes = self.with_inherited(node)?;
            self.begin_tag(node, out)?;
            attributes.iter().for_each(|attribute| write_attribute(attribute, out));
            out.write(b">");
        } else if self.fresh.is_empty() && self.tree.is_canonical(node) {
            self.copy_tag(node, out);
        } else {
            self.begin_tag(node, out)?;
            write_attributes(self.tree, node, out);
            out.write(b">");
        }
        self.open.push(Open { node, last: self.tree.last_descendant(node), mark });
        Ok(())
    }

    fn rendered(&self, prefix: u32) -> Option<u32> {
        self.rendered.get(prefix as usize).copied()
    }

    /// Renders a namespace, unless the elements around did.
    fn render(&mut self, namespace: Declaration) {
        let Some(rendered) = self.rendered.get_mut(namespace.prefix as usize) else { return };
        if *rendered != namespace.namespace {
            self.before.push(Declaration { prefix: namespace.prefix, namespace: *rendered });
            *rendered = namespace.namespace;
            self.fresh.push(namespace);
        }
    }

    /// Exclusive: what the element and its attributes are written with.
    fn exclusive(&mut self, node: NodeId) {
        let tree = self.tree;
        for used in tree.utilized(node) {
            if self.rendered(used.prefix) != Some(used.namespace) {
                self.render(used);
            }
        }
    }

    fn is_inclusive(&self, prefix: u32) -> bool {
        self.method != Method::Exclusive || self.listed.get(prefix as usize) == Some(&true)
    }

    /// Inclusive, where the parent is in the set: what the element declares is all that may be new.
    fn declared(&mut self, node: NodeId) -> Result<(), XmlError> {
        let tree = self.tree;
        for &declared in tree.declared(node) {
            if self.is_inclusive(declared.prefix) {
                check_absolute(tree.namespace_name(declared.namespace))?;
                self.render(declared);
            }
        }
        Ok(())
    }

    /// Inclusive, where the parent is not in the set: all that is in scope.
    fn in_scope(&mut self, node: NodeId) -> Result<(), XmlError> {
        let tree = self.tree;
        let mut all: Vec<Declaration> = Vec::new();
        for scope in tree.scopes(node) {
            self.budget.spend(scope.len())?;
            all.extend(scope);
        }
        // The nearest declaration of a prefix came first, and the sort is stable.
        all.sort_by_key(|declaration| declaration.prefix);
        all.dedup_by_key(|declaration| declaration.prefix);
        // A default that an element of the set rendered, and that is not in scope here, is taken back.
        let default = all.first().filter(|first| first.prefix == 0).map_or(0, |first| first.namespace);
        all.push(Declaration { prefix: 0, namespace: default });
        for declaration in all {
            if self.is_inclusive(declaration.prefix) {
                check_absolute(tree.namespace_name(declaration.namespace))?;
                self.render(declaration);
            }
        }
        Ok(())
    }

    /// Writes a start tag that is canonical as it stands; of an empty-element tag, all but its slash.
    fn copy_tag(&self, node: NodeId, out: &mut Output<'_>) {
        let tag = self.tree.start_tag(node);
        if self.tree.content(node).is_some() {
            return out.copy(tag);
        }
        out.copy(tag.start..tag.end - 2);
        out.write(b">");
    }

    /// Writes a start tag up to its attributes.
    fn begin_tag(&mut self, node: NodeId, out: &mut Output<'_>) -> Result<(), XmlError> {
        let tree = self.tree;
        let start = tree.range(node).start;
        out.copy(start..start + 1 + tree.qualified_name(node).len());
        self.fresh.sort_by(|a, b| tree.prefix_name(a.prefix).cmp(tree.prefix_name(b.prefix)));
        for fresh in &self.fresh {
            let name = tree.namespace_name(fresh.namespace);
            check_absolute(name)?;
            write_namespace(tree.prefix_name(fresh.prefix), name, out);
        }
        Ok(())
    }

    /// The attributes of an element whose parent is not in the set.
    fn with_inherited(&mut self, node: NodeId) -> Result<Vec<Written<'t>>, XmlError> {
        let own = self.tree.attributes(node);
        let mut all: Vec<_> = own.map(|own| Written { name: own.name, value: own.value }).collect();
        inherit::inherit(self.tree, self.set, node, self.method, &mut self.budget, &mut all)?;
        sort(&mut all);
        Ok(all)
    }

    /// Writes the end tags of the elements that `node` is not in.
    fn close_before(&mut self, node: NodeId, out: &mut Output<'_>) {
        while let Some(open) = self.open.pop_if(|open| open.last < node) {
            self.close(&open, out);
        }
    }

    fn close(&mut self, open: &Open, out: &mut Output<'_>) {
        if let Some(tag) = self.tree.canonical_end_tag(open.node) {
            out.copy(tag);
        } else {
            out.write(b"</");
            out.write(self.tree.qualified_name(open.node).as_bytes());
            out.write(b">");
        }
        while self.before.len() > open.mark {
            let Some(old) = self.before.pop() else { return };
            if let Some(rendered) = self.rendered.get_mut(old.prefix as usize) {
                *rendered = old.namespace;
            }
        }
    }
}

/// Writes the attributes of an element.
fn write_attributes(tree: &Tree<'_>, node: NodeId, out: &mut Output<'_>) {
    tree.raw_attributes(node, |attribute| {
        if attribute.canonical {
            // With the space before it.
            return out.copy(attribute.name.start - 1..attribute.value.end + 1);
        }
        out.write(b" ");
        out.write(tree.slice(attribute.name).as_bytes());
        out.write(b"=\"");
        write_value(tree.slice(attribute.value), out);
        out.write(b"\"");
    });
}

/// Canonical order (clause 2.2): by namespace name, then by local name.
pub(super) fn sort(attributes: &mut [Written<'_>]) {
    attributes.sort_by(|a, b| (a.name.namespace, a.name.local).cmp(&(b.name.namespace, b.name.local)));
}

/// Writes a comment or an instruction from its parts.
pub(super) fn write_aside(tree: &Tree<'_>, node: NodeId, out: &mut Output<'_>) {
    let text = tree.text(node);
    if tree.kind(node) == NodeKind::Comment {
        out.write(b"<!--");
        out.write(text.as_bytes());
        out.write(b"-->");
        return;
    }
    out.write(b"<?");
    out.write(tree.name(node).local.as_bytes());
    if !text.is_empty() {
        out.write(b" ");
        out.write(text.as_bytes());
    }
    out.write(b"?>");
}
