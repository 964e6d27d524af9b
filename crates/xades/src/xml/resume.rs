// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Reads a changed document on from the place up to which it is the same: what stands before is in the tables already. So
//! that a signature put in behind 10 MB costs what the signature costs.

use super::{
    Tree, check_size,
    id::Ids,
    namespace::{Bindings, Names, small},
    node::{Node, NodeKind, Stored, Tables},
    parse::{Open, Parser, check_legal},
};
use crate::error::XmlError;

/// What was read of a document whose text is being changed.
pub(crate) struct Textless {
    pub(super) octets: usize,
    pub(super) tables: Tables,
    pub(super) ids: Ids,
}

impl Textless {
    /// The tree over the changed text, where characters were replaced by as many others and none of them is markup. `None`
    /// where it is not as long as before.
    pub(crate) fn with_text(self, text: &str) -> Option<Tree<'_>> {
        let Self { octets, tables, ids } = self;
        (text.len() == octets).then(|| Tree::over(text, tables, ids))
    }

    /// Reads a document of which the first `same` octets are those of the old one, in which a token ends there. Where the
    /// place is not such a one, the document is read from the beginning.
    ///
    /// # Errors
    /// As [`Tree::read`].
    pub(crate) fn read_on(self, text: &str, same: usize) -> Result<Tree<'_>, XmlError> {
        check_size(text.len())?;
        let Self { mut tables, ids, .. } = self;
        let kept = tables.nodes.partition_point(|node| (node.start as usize) < same);
        let cut = tables.nodes.get(..kept).and_then(<[Node]>::last);
        let cut = cut.is_none_or(|last| last.kind() != NodeKind::Element && last.end as usize > same);
        let inside = tables.root > 0 && (tables.root as usize) < kept;
        // A text before would go on behind the place, were there no markup.
        if cut || !inside || text.as_bytes().get(same) != Some(&b'<') {
            return Tree::of_text(text);
        }
        tables.truncate(kept, same);
        let ids = ids.in_document_order(small(kept));
        let mut parser = Parser::over(text, tables, ids);
        parser.reopen(same);
        check_legal(text, same)?;
        let (tables, ids) = parser.read_from(same)?;
        let ids = Ids::new(ids, &tables, text);
        Ok(Tree::over(text, tables, ids))
    }
}

impl Tables {
    /// Drops all but the first `kept` nodes, and what belongs to the others. Prefixes and namespace names are numbered as
    /// they come, so the last ones are those that stand behind the first `same` octets.
    fn truncate(&mut self, kept: usize, same: usize) {
        let dropped = self.nodes.get(kept..).unwrap_or_default();
        if let Some(item) = dropped.iter().find(|node| node.kind() == NodeKind::Element).map(Node::item) {
            let attributes = self.elements.get(item).map(|element| element.attributes as usize);
            self.attributes.truncate(attributes.unwrap_or_default());
            self.elements.truncate(item);
        }
        let scopes = self.scopes.partition_point(|scope| (scope.node as usize) < kept);
        if let Some(scope) = self.scopes.get(scopes) {
            self.declarations.truncate(scope.declarations as usize);
        }
        self.scopes.truncate(scopes);
        self.nodes.truncate(kept);
        for stored in [&mut self.prefixes, &mut self.namespaces] {
            let behind = |stored: &Stored| matches!(stored, Stored::Text(at, _) if *at as usize >= same);
            let len = stored.iter().position(behind).unwrap_or(stored.len());
            stored.truncate(len);
        }
    }
}

impl<'t> Parser<'t> {
    /// A parser that has read what the tables say.
    fn over(text: &'t str, mut tables: Tables, ids: Vec<(u32, u32)>) -> Self {
        let prefixes = std::mem::take(&mut tables.prefixes);
        let namespaces = std::mem::take(&mut tables.namespaces);
        let names = Names::of(std::mem::take(&mut tables.names));
        if let Some(document) = tables.nodes.first_mut() {
            document.end = small(text.len());
        }
        let bindings = Bindings::of(text, prefixes, namespaces);
        Self { tables, bindings, names, ids, rooted: true, ..Self::empty(text) }
    }

    /// Opens the elements around the place again, the outermost first.
    fn reopen(&mut self, same: usize) {
        let mut around = Vec::new();
        let mut at = small(self.tables.nodes.len().saturating_sub(1));
        while let Some(node) = self.tables.nodes.get(at as usize).filter(|_| at > 0) {
            if node.kind() == NodeKind::Element && node.end as usize > same {
                around.push(at);
            }
            at = node.parent;
        }
        around.into_iter().rev().for_each(|node| self.reopen_one(node));
    }

    fn reopen_one(&mut self, number: u32) {
        let Some(node) = self.tables.nodes.get(number as usize) else { return };
        let (item, start) = (node.item(), node.start as usize + 1);
        let Some(element) = self.tables.elements.get(item) else { return };
        let len = self.names.records.get(element.name as usize).map_or(0, |name| usize::from(name.len));
        let (mark, scope) = (self.bindings.mark(), self.scope);
        for declaration in self.tables.declared(number, element.scope) {
            self.bindings.bind(*declaration);
        }
        self.scope = element.scope;
        self.open.push(Open { node: number, item: small(item), mark, scope, name: start..start + len });
    }
}
