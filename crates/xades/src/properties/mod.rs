// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The qualifying properties of a signature (EN 319 132-1, 4.3 and 5; TS 101 903 V1.1.1 to V1.4.2).

mod certificate;
mod format;
mod signed;
mod timestamp;
mod unsigned;

use keiin_model::{Defect, DefectKind};
use keiin_tsp::facts::defect;

pub(crate) use format::DataObjectFormat;
pub(crate) use signed::{SignedPart, read as read_signed};
#[allow(unused_imports)] // the writer uses it
pub(crate) use timestamp::STANDARD;
pub(crate) use timestamp::{Include, TimestampContainer};
pub(crate) use unsigned::{Unsigned, UnsignedKind};

use crate::xml::{NodeId, Tree};

/// TS 101 903 V1.1.1.
pub(crate) const XADES_111: &str = "http://uri.etsi.org/01903/v1.1.1#";
/// TS 101 903 V1.2.2.
pub(crate) const XADES_122: &str = "http://uri.etsi.org/01903/v1.2.2#";
/// TS 101 903 V1.3.2 and EN 319 132-1.
pub(crate) const XADES_132: &str = "http://uri.etsi.org/01903/v1.3.2#";
/// TS 101 903 V1.4.2 and EN 319 132-1: what V1.3.2 did not have.
pub(crate) const XADES_141: &str = "http://uri.etsi.org/01903/v1.4.1#";

/// EN 319 132-3: evidence records.
pub(crate) const XADES_ERS: &str = "http://uri.etsi.org/19132/v1.1.1#";

const DSIG: &str = crate::algorithm::DSIG;

/// The namespaces in which QualifyingProperties may stand.
const QUALIFYING: [&str; 3] = [XADES_132, XADES_122, XADES_111];

/// Where the qualifying properties of one signature stand.
#[derive(Clone, Debug)]
pub(crate) struct Qualifying {
    /// QualifyingProperties.
    pub(crate) element: NodeId,
    /// The namespace of all that TS 101 903 V1.4.1 did not add.
    pub(crate) namespace: &'static str,
    /// SignedProperties.
    pub(crate) signed: Option<NodeId>,
    /// The children of UnsignedSignatureProperties in their order.
    pub(crate) unsigned: Vec<Unsigned>,
}

impl Qualifying {
    /// Finds the properties that qualify `signature` (a ds:Signature element with this Id): they stand in a ds:Object of
    /// its own and name it as their Target (EN 319 132-1, 4.3.1 and 4.4.1). Others are not its own, whatever they say.
    pub(crate) fn find(tree: &Tree<'_>, signature: NodeId, defects: &mut Vec<Defect>) -> Option<Self> {
        let id = tree.attribute(signature, "Id");
        let mut found = None;
        for object in tree.elements(signature).filter(|node| tree.is(*node, DSIG, "Object")) {
            for element in tree.elements(object) {
                let named = |local| QUALIFYING.into_iter().find(|space| tree.is(element, space, local));
                if named("QualifyingPropertiesReference").is_some() {
                    defects.push(defect(DefectKind::Ignored, "QualifyingPropertiesReference"));
                }
                let Some(namespace) = named("QualifyingProperties") else { continue };
                if !is_target(tree, element, id.as_deref(), defects) {
                    continue;
                }
                if found.is_some() {
                    defects.push(defect(DefectKind::Repeated, "QualifyingProperties")); // 4.4.2
                    continue;
                }
                found = Some(Self::read(tree, element, namespace, defects));
            }
        }
        found
    }

    fn read(tree: &Tree<'_>, element: NodeId, namespace: &'static str, defects: &mut Vec<Defect>) -> Self {
        let signed = single(tree, element, namespace, "SignedProperties", defects);
        let unsigned = single(tree, element, namespace, "UnsignedProperties", defects)
            .and_then(|node| single(tree, node, namespace, "UnsignedSignatureProperties", defects));
        let unsigned = unsigned.map(|node| Unsigned::all(tree, node)).unwrap_or_default();
        Self { element, namespace, signed, unsigned }
    }

    /// A child of SignedProperties.
    pub(crate) fn signed_part(&self, tree: &Tree<'_>, local: &str) -> Option<NodeId> {
        tree.child(self.signed?, self.namespace, local)
    }

    /// Children of SignedSignatureProperties, under the name of V1.3.2 or the one that V1.4.1 gave it.
    pub(crate) fn signature_properties<'t>(
        &self,
        tree: &'t Tree<'_>,
        local: &'t str,
    ) -> impl Iterator<Item = NodeId> + use<'t> {
        named(tree, self.signed_part(tree, "SignedSignatureProperties"), self.namespace, local)
    }

    /// Children of SignedDataObjectProperties.
    pub(crate) fn data_properties<'t>(
        &self,
        tree: &'t Tree<'_>,
        local: &'t str,
    ) -> impl Iterator<Item = NodeId> + use<'t> {
        named(tree, self.signed_part(tree, "SignedDataObjectProperties"), self.namespace, local)
    }

    /// How many unsigned properties of some kinds there are.
    pub(crate) fn count(&self, kinds: &[UnsignedKind]) -> usize {
        self.unsigned.iter().filter(|property| kinds.contains(&property.kind)).count()
    }
}

/// Whether QualifyingProperties name the signature that they stand in (4.3.1). One that names nothing at all qualifies
/// what it stands in; one that names something else does not.
fn is_target(tree: &Tree<'_>, element: NodeId, id: Option<&str>, defects: &mut Vec<Defect>) -> bool {
    let target = tree.attribute(element, "Target").unwrap_or_default();
    let target = target.trim();
    let target = target.strip_prefix('#').unwrap_or(target);
    match id {
        Some(id) if id == target => true,
        _ if target.is_empty() || tree.by_id(target).is_none() => {
            defects.push(defect(DefectKind::Missing, "QualifyingProperties/@Target"));
            true
        }
        _ => {
            defects.push(defect(DefectKind::NotCovered, "QualifyingProperties/@Target"));
            false
        }
    }
}

/// The one child of a name; others are a defect and are not read.
fn single(
    tree: &Tree<'_>,
    parent: NodeId,
    namespace: &str,
    local: &'static str,
    defects: &mut Vec<Defect>,
) -> Option<NodeId> {
    let mut all = tree.elements(parent).filter(|node| tree.is(*node, namespace, local));
    let first = all.next();
    if all.next().is_some() {
        defects.push(defect(DefectKind::Repeated, local));
    }
    first
}

/// Children with a name in the namespace of the properties or in that of V1.4.1.
fn named<'t>(
    tree: &'t Tree<'_>,
    parent: Option<NodeId>,
    namespace: &'static str,
    local: &'t str,
) -> impl Iterator<Item = NodeId> + use<'t> {
    parent
        .into_iter()
        .flat_map(|parent| tree.elements(parent))
        .filter(move |node| tree.is(*node, namespace, local) || tree.is(*node, XADES_141, local))
}
