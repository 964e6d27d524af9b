// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The reference-processing model (XML Signature 1.1, 4.4.3.2): transforms one after the other, nodes made octets and
//! octets made nodes where the next one needs it.

use std::borrow::Cow;

use super::{Transform, base64::Decoder, filter, relationship, xpath::Work};
use crate::{
    c14n::{Canonicalization, Sink, canonicalize},
    limits::MAX_TRANSFORMED,
    reference::{Octets, ReferenceError},
    xml::{NodeId, NodeKind, NodeSet, Tree},
};

/// How much of what a reference names is under its digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Extent {
    /// All of it.
    Whole,
    /// All of it but for signatures inside.
    WithoutSignatures,
    /// The text in it, not the elements around the text: Base64.
    Text,
    /// A part: a filter took something out.
    Part,
}

/// What a transform takes and gives.
#[derive(Debug)]
pub(crate) enum Data<'d> {
    /// Nodes of the tree at hand.
    Nodes(NodeSet),
    Octets(Cow<'d, [u8]>),
}

/// What all transforms of one reference share.
#[derive(Clone, Copy)]
pub(crate) struct Chain<'c, 'a> {
    /// The document that the reference stands in, which also holds the expressions.
    pub(crate) home: &'c Tree<'a>,
    /// The `ds:Signature` that the reference stands in.
    pub(crate) signature: Option<NodeId>,
    /// How nodes become octets at the end.
    pub(crate) last: &'c Canonicalization,
    pub(crate) work: &'c Work,
    pub(crate) octets: &'c Octets,
}

/// The tree at hand: the document itself, or one that was read from octets on the way.
#[derive(Clone, Copy)]
pub(crate) struct Place<'p, 'b> {
    pub(crate) tree: &'p Tree<'b>,
    /// The node that holds all nodes of the set.
    pub(crate) top: NodeId,
    /// It is the reference's own document.
    pub(crate) is_home: bool,
}

impl<'c> Chain<'c, '_> {
    /// Runs `transforms` over `data`, which is of the document itself or comes from outside, into `out`.
    ///
    /// # Errors
    /// [`ReferenceError`] names what cannot be done.
    pub(crate) fn run(
        &self,
        top: NodeId,
        data: Data<'_>,
        transforms: &[Transform],
        out: &mut dyn Sink,
    ) -> Result<Extent, ReferenceError> {
        let home = Place { tree: self.home, top, is_home: true };
        self.rest(home, data, transforms, Extent::Whole, out)
    }

    fn rest(
        &self,
        place: Place<'_, '_>,
        mut data: Data<'_>,
        transforms: &[Transform],
        mut extent: Extent,
        out: &mut dyn Sink,
    ) -> Result<Extent, ReferenceError> {
        let mut rest = transforms;
        while let Some((transform, behind)) = rest.split_first() {
            if let (Data::Octets(octets), false) = (&data, *transform == Transform::Base64) {
                return self.reread(octets, rest, extent, out);
            }
            let nodes = match data {
                Data::Nodes(nodes) => nodes,
                Data::Octets(octets) => {
                    let mut decoded = Vec::new();
                    decode(&mut decoded, |decoder| decoder.update(&octets))?;
                    data = Data::Octets(decoded.into());
                    rest = behind;
                    continue;
                }
            };
            let mut octets = Vec::new();
            let into: &mut dyn Sink = if behind.is_empty() { out } else { &mut octets };
            match transform {
                Transform::Canonicalize(how) => canonicalize(place.tree, &nodes, how, into)?,
                Transform::Base64 => {
                    decode_nodes(place, &nodes, into)?;
                    extent = extent.max(Extent::Text);
                }
                Transform::Relationship(node) => {
                    let chosen = relationship::choose(self.home, *node, place.tree)?;
                    return self.reread(chosen.as_bytes(), behind, Extent::Part, out);
                }
                other => {
                    let kept = self.keep(place, nodes, other)?;
                    extent = extent.max(kept.1);
                    data = Data::Nodes(kept.0);
                    rest = behind;
                    continue;
                }
            }
            if behind.is_empty() {
                return Ok(extent);
            }
            data = Data::Octets(octets.into());
            rest = behind;
        }
        match data {
            Data::Nodes(nodes) => canonicalize(place.tree, &nodes, self.last, out)?,
            Data::Octets(octets) => out.write(&octets),
        }
        Ok(extent)
    }

    /// Reads octets as a document of their own, all of its nodes, for a transform that needs nodes. Each time at least one
    /// transform is behind it, so the depth is that of their number.
    fn reread(
        &self,
        octets: &[u8],
        transforms: &[Transform],
        extent: Extent,
        out: &mut dyn Sink,
    ) -> Result<Extent, ReferenceError> {
        // Reading costs more than digesting.
        self.count(u64::try_from(octets.len()).unwrap_or(u64::MAX).saturating_mul(8))?;
        let tree = Tree::read(octets)?;
        let place = Place { tree: &tree, top: tree.document(), is_home: false };
        self.rest(place, Data::Nodes(NodeSet::document(true)), transforms, extent, out)
    }

    /// Takes octets off what all references of the document may make.
    pub(crate) fn count(&self, octets: u64) -> Result<(), ReferenceError> {
        let left = self.octets.get().checked_sub(octets);
        self.octets.set(left.ok_or(ReferenceError::TooMuch { limit: MAX_TRANSFORMED })?);
        Ok(())
    }

    /// Transforms from nodes to nodes.
    fn keep(
        &self,
        place: Place<'_, '_>,
        nodes: NodeSet,
        transform: &Transform,
    ) -> Result<(NodeSet, Extent), ReferenceError> {
        match transform {
            Transform::Enveloped => match self.signature {
                Some(signature) if place.is_home => {
                    Ok((nodes.minus(place.tree, signature), Extent::WithoutSignatures))
                }
                _ => Err(ReferenceError::NotEnveloped),
            },
            Transform::XPath(node) => filter::by_xpath(self, place, nodes, *node),
            Transform::Filter(operations) => filter::by_subtrees(self, place, nodes, operations),
            Transform::Malformed { uri } => Err(ReferenceError::MalformedTransform { uri: uri.clone() }),
            Transform::Unsupported { uri } => Err(ReferenceError::UnsupportedTransform { uri: uri.clone() }),
            Transform::Canonicalize(_) | Transform::Base64 | Transform::Relationship(_) => {
                Ok((nodes, Extent::Whole)) // made octets by the caller
            }
        }
    }
}

fn decode(
    out: &mut dyn Sink,
    feed: impl FnOnce(&mut Decoder<'_>) -> Option<()>,
) -> Result<(), ReferenceError> {
    let mut decoder = Decoder::new(out);
    feed(&mut decoder).and_then(|()| decoder.finish()).ok_or(ReferenceError::NotBase64)
}

/// XML Signature 1.1, 6.6.2: of nodes, the text.
fn decode_nodes(place: Place<'_, '_>, nodes: &NodeSet, out: &mut dyn Sink) -> Result<(), ReferenceError> {
    let Place { tree, top, .. } = place;
    decode(out, |decoder| {
        let texts = tree.descendants(top).filter(|node| tree.kind(*node) == NodeKind::Text);
        let mut texts = texts.filter(|node| nodes.contains(tree, *node));
        texts.try_for_each(|text| decoder.update(tree.text(text).as_bytes()))
    })
}
