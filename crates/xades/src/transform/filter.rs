// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Nodes chosen by XPath (XML Signature 1.1, 6.6.3) and by XPath Filter 2.0.

use super::{
    Operation,
    chain::{Chain, Extent, Place},
    xpath::{Context, Document, Evaluator, Expression, Node, NodeTest, Part, parse},
};
use crate::{
    algorithm::DSIG,
    limits::MAX_XPATH_OCTETS,
    reference::ReferenceError,
    transform::xpath::XPathError,
    xml::{NodeId, NodeKind, NodeSet, Point, Subtrees, Tree},
};

/// Keeps each node for which the expression is true.
pub(super) fn by_xpath(
    chain: &Chain<'_, '_>,
    place: Place<'_, '_>,
    nodes: NodeSet,
    element: NodeId,
) -> Result<(NodeSet, Extent), ReferenceError> {
    let expression = read(chain.home, element)?;
    let tree = place.tree;
    if let Some(NodeTest::Name { namespace, local }) = expression.as_subtrees_taken_out() {
        chain.work.charge(subtree_len(place))?;
        let out: Vec<_> = tree.descendants(place.top).filter(|n| tree.is(*n, namespace, local)).collect();
        if tree.ancestors(place.top).any(|ancestor| tree.is(ancestor, namespace, local)) {
            return Ok((nodes.within(&Subtrees::default(), tree), Extent::Part));
        }
        let kept = nodes.within(&Subtrees::all().minus(&Subtrees::of(tree, out.iter().copied())), tree);
        return Ok((kept, extent_without(tree, &out)));
    }
    chain.work.charge(tree.len())?;
    let document = Document::new(tree, chain.work);
    let evaluator = Evaluator::new(&document, place.is_home.then_some(Node::of(element)));
    let kept = nodes.filter(tree, |point| {
        let at = Context::at(node_of(point)?);
        evaluator.is_true(&expression, &at).map_err(ReferenceError::from)
    })?;
    let extent = extent_between(place, &nodes, &kept);
    Ok((kept, extent))
}

/// XPath Filter 2.0, 3: subtrees of what each expression selects in the whole document are kept, taken out or put back;
/// what is left is cut with the nodes that came in.
pub(super) fn by_subtrees(
    chain: &Chain<'_, '_>,
    place: Place<'_, '_>,
    nodes: NodeSet,
    operations: &[(Operation, NodeId)],
) -> Result<(NodeSet, Extent), ReferenceError> {
    let tree = place.tree;
    let document = Document::new(tree, chain.work);
    let mut kept = Subtrees::all();
    let mut extent = Extent::Whole;
    for (operation, element) in operations {
        let expression = read(chain.home, *element)?;
        let evaluator = Evaluator::new(&document, place.is_home.then_some(Node::of(*element)));
        let selected = evaluator.nodes(&expression, &Context::at(document.root()))?;
        let selected = whole_nodes(selected)?;
        let subtrees = Subtrees::of(tree, selected.iter().copied());
        extent = extent.max(match operation {
            Operation::Subtract => extent_without(tree, &selected),
            Operation::Intersect if !subtrees.contains(place.top) => Extent::Part,
            Operation::Intersect | Operation::Union => Extent::Whole,
        });
        kept = match operation {
            Operation::Intersect => kept.intersect(&subtrees),
            Operation::Subtract => kept.minus(&subtrees),
            Operation::Union => kept.union(&subtrees),
        };
    }
    Ok((nodes.within(&kept, tree), extent))
}

/// The expression in an element, its prefixes those that are in scope there.
fn read(home: &Tree<'_>, element: NodeId) -> Result<Expression, XPathError> {
    if home.range(element).len() > MAX_XPATH_OCTETS {
        return Err(XPathError::TooLong);
    }
    if home.elements(element).next().is_some() {
        return Err(XPathError::Syntax);
    }
    parse(&home.text(element), &|prefix| home.namespace(element, prefix).map(str::to_owned))
}

fn node_of(point: Point) -> Result<Node, XPathError> {
    Ok(match point {
        Point::Node(node) => Node::of(node),
        Point::Attribute(owner, id) => Node { owner, part: Part::Attribute(id) },
        Point::Namespace(owner, at) => {
            let at = u32::try_from(at).map_err(|_| XPathError::TooLong)?;
            Node { owner, part: Part::Namespace(at) }
        }
    })
}

/// Attributes and namespaces on their own are no subtrees that a signer would mean.
fn whole_nodes(nodes: Vec<Node>) -> Result<Vec<NodeId>, ReferenceError> {
    let whole = |node: Node| (node.part == Part::Itself).then_some(node.owner);
    nodes.into_iter().map(whole).collect::<Option<_>>().ok_or(ReferenceError::FilterOfAttributes)
}

fn subtree_len(place: Place<'_, '_>) -> usize {
    place.tree.last_descendant(place.top).index().saturating_sub(place.top.index()).saturating_add(1)
}

fn is_signature(tree: &Tree<'_>, node: NodeId) -> bool {
    tree.is(node, DSIG, "Signature")
}

fn extent_without(tree: &Tree<'_>, out: &[NodeId]) -> Extent {
    if out.is_empty() {
        Extent::Whole
    } else if out.iter().all(|node| is_signature(tree, *node)) {
        Extent::WithoutSignatures
    } else {
        Extent::Part
    }
}

/// What went from one set to the other: nothing, signatures alone, or something else.
fn extent_between(place: Place<'_, '_>, before: &NodeSet, after: &NodeSet) -> Extent {
    let tree = place.tree;
    let mut extent = Extent::Whole;
    let mut skip_to: Option<NodeId> = None;
    for node in tree.descendants(place.top) {
        if skip_to.is_some_and(|last| node <= last) {
            continue;
        }
        let gone = before.contains(tree, node) && !after.contains(tree, node);
        if is_signature(tree, node) {
            let inside =
                || tree.descendants(node).any(|n| before.contains(tree, n) && !after.contains(tree, n));
            if gone || inside() {
                extent = Extent::WithoutSignatures;
            }
            skip_to = Some(tree.last_descendant(node));
        } else if gone || (tree.kind(node) == NodeKind::Element && attributes_gone(tree, node, before, after))
        {
            return Extent::Part;
        }
    }
    extent
}

fn attributes_gone(tree: &Tree<'_>, element: NodeId, before: &NodeSet, after: &NodeSet) -> bool {
    tree.attributes(element).any(|attribute| {
        before.contains_attribute(element, attribute.id) && !after.contains_attribute(element, attribute.id)
    })
}
