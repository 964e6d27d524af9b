// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The one place that says which octets a time-stamp is over, for the reader and the writer alike.

use std::collections::BTreeSet;

use crate::{
    XmlError,
    c14n::{Canonicalization, Sink, canonicalize},
    properties::{Include, Qualifying, Unsigned, UnsignedKind},
    reference::Reference,
    signature::Signature,
    xml::{NodeId, NodeSet, Tree},
};

/// Where the data of references comes from: the document, or what the caller gave.
pub(crate) trait ReferencedData {
    /// Writes what a reference yields after its transforms; a node set in the given canonical form. `false`: it is not
    /// there, or not to be had as octets.
    ///
    /// # Errors
    /// [`XmlError`] for a limit.
    fn write(
        &self,
        reference: &Reference,
        how: &Canonicalization,
        out: &mut dyn Sink,
    ) -> Result<bool, XmlError>;
}

/// A signature with what a time-stamp of it may be over.
pub(crate) struct Stamped<'s, 'a> {
    pub(crate) tree: &'s Tree<'a>,
    pub(crate) signature: &'s Signature,
    pub(crate) qualifying: Option<&'s Qualifying>,
    pub(crate) data: &'s dyn ReferencedData,
}

/// What stands before a time-stamp in UnsignedSignatureProperties.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Before {
    /// All: the time-stamp is still to be made.
    All,
    /// What stands before this property.
    Node(NodeId),
}

/// Which elements of a signature an imprint takes in beside the data of its references, in this order.
pub(crate) fn elements(
    stamped: &Stamped<'_, '_>,
    kind: UnsignedKind,
    before: Before,
    includes: &[Include],
) -> Vec<NodeId> {
    use UnsignedKind as K;
    match kind {
        K::SigAndRefsTimeStamp | K::SigAndRefsTimeStampV2 => {
            let mut nodes: Vec<_> = stamped.signature.value_node.into_iter().collect();
            let references = stamped.before(before).filter(|p| {
                p.kind == K::SignatureTimeStamp || is_reference(p.kind, kind == K::SigAndRefsTimeStampV2)
            });
            nodes.extend(references.map(|property| property.node));
            nodes
        }
        K::RefsOnlyTimeStamp | K::RefsOnlyTimeStampV2 => stamped
            .before(before)
            .filter(|p| is_reference(p.kind, kind == K::RefsOnlyTimeStampV2))
            .map(|property| property.node)
            .collect(),
        K::ArchiveTimeStamp132 | K::ArchiveTimeStamp => stamped.archived(kind, before, includes),
        _ => stamped.signature.value_node.into_iter().collect(),
    }
}

/// The references that SigAndRefs and RefsOnly time-stamps are over: each version takes in those of its own
/// (EN 319 132-1, A.1.5.1.2 and A.1.5.2.2; TS 101 903, 7.5.1.1 and 7.5.2.1).
const fn is_reference(kind: UnsignedKind, v2: bool) -> bool {
    use UnsignedKind as K;
    match kind {
        K::CompleteRevocationRefs | K::AttributeRevocationRefs => true,
        K::CompleteCertificateRefs | K::AttributeCertificateRefs => !v2,
        K::CompleteCertificateRefsV2 | K::AttributeCertificateRefsV2 => v2,
        _ => false,
    }
}

/// SignatureTimeStamp: the ds:SignatureValue element (EN 319 132-1, 5.3). SigAndRefsTimeStamp, RefsOnlyTimeStamp and
/// ArchiveTimeStamp: see [`elements`]; an archive time-stamp begins with what every ds:Reference refers to (5.5.2.2).
///
/// `false` when something that it is over is not there.
///
/// # Errors
/// [`XmlError`] for a limit.
pub(crate) fn unsigned_timestamp(
    stamped: &Stamped<'_, '_>,
    kind: UnsignedKind,
    before: Before,
    includes: &[Include],
    how: &Canonicalization,
    out: &mut dyn Sink,
) -> Result<bool, XmlError> {
    if stamped.signature.value_node.is_none() {
        return Ok(false);
    }
    if matches!(kind, UnsignedKind::ArchiveTimeStamp132 | UnsignedKind::ArchiveTimeStamp) {
        for reference in &stamped.signature.references {
            if !stamped.data.write(reference, how, out)? {
                return Ok(false);
            }
        }
    }
    for node in elements(stamped, kind, before, includes) {
        stamped.write_element(node, how, out)?;
    }
    Ok(true)
}

/// AllDataObjectsTimeStamp: what every ds:Reference but that of the SignedProperties refers to (EN 319 132-1, 5.2.8.1).
/// IndividualDataObjectsTimeStamp: what the named ones refer to (5.2.8.2).
///
/// # Errors
/// [`XmlError`] for a limit.
pub(crate) fn content_timestamp(
    stamped: &Stamped<'_, '_>,
    references: &[&Reference],
    how: &Canonicalization,
    out: &mut dyn Sink,
) -> Result<bool, XmlError> {
    for reference in references {
        if !stamped.data.write(reference, how, out)? {
            return Ok(false);
        }
    }
    Ok(true)
}

impl Stamped<'_, '_> {
    fn before(&self, before: Before) -> impl Iterator<Item = &Unsigned> {
        let all = self.qualifying.map(|q| q.unsigned.as_slice()).unwrap_or_default();
        all.iter().take_while(move |property| match before {
            Before::All => true,
            Before::Node(node) => property.node != node,
        })
    }

    /// 5.5.2.2, not distributed: SignedInfo, SignatureValue, KeyInfo, every unsigned property before it, every ds:Object
    /// but that of the qualifying properties. Distributed (5.5.2.3): the unsigned properties that it names instead.
    fn archived(&self, kind: UnsignedKind, before: Before, includes: &[Include]) -> Vec<NodeId> {
        let signature = self.signature;
        let key_info = signature.key_info.as_ref().map(|key_info| key_info.node);
        let mut nodes: Vec<_> =
            [signature.signed_info, signature.value_node, key_info].into_iter().flatten().collect();
        if includes.is_empty() {
            nodes.extend(self.before(before).map(|property| property.node));
        } else {
            nodes.extend(includes.iter().filter_map(|include| self.tree.by_id(&include.id)));
        }
        let own = self.qualifying.and_then(|qualifying| self.tree.parent(qualifying.element));
        let without =
            if kind == UnsignedKind::ArchiveTimeStamp { BTreeSet::new() } else { self.referenced() };
        let left_out = |object: &NodeId| {
            let id = self.tree.attribute(*object, "Id");
            Some(*object) == own || id.is_some_and(|id| without.contains(&*id))
        };
        nodes.extend(signature.objects.iter().copied().filter(|object| !left_out(object)));
        nodes
    }

    /// TS 101 903 V1.3.2, 7.7.1: a ds:Object that a ds:Reference refers to is in the imprint already.
    fn referenced(&self) -> BTreeSet<&str> {
        let uris = self.signature.references.iter().filter_map(|reference| reference.uri.as_deref());
        uris.filter_map(|uri| uri.strip_prefix('#')).collect()
    }

    fn write_element(
        &self,
        node: NodeId,
        how: &Canonicalization,
        out: &mut dyn Sink,
    ) -> Result<(), XmlError> {
        canonicalize(self.tree, &NodeSet::subtree(self.tree, node, how.comments), how, out)
    }
}
