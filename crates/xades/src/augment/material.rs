// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Validation material into the unsigned properties (EN 319 132-1, 5.4 and 5.5.1).
//!
//! Before the first archive time-stamp, what judges the signature goes into xades:CertificateValues and
//! xades:RevocationValues, and what judges its time-stamp alone into xadesv141:TimeStampValidationData behind that
//! time-stamp. After it nothing that it covers may grow, so everything goes into the validation data of the last
//! time-stamp, where the next one covers it.

use keiin_model::{Material, Target};
use keiin_pki::material::first_unreadable;

use super::{
    inventory::{Inventory, Owners},
    place::{UnsignedPlace, unsigned_place, unsigned_properties},
};
use crate::{
    Xades, XadesError, locate,
    signature::read_signatures,
    splice::{Splice, apply_all, behind, last_child},
    template::{
        Element, Values, XADES, XADES141, certificates, crls, ocsps, validation_data,
        values as value_elements,
    },
    xml::{NodeId, Tree},
};

/// The document with what is new; `None` when nothing is.
pub(super) fn embed(xades: &Xades, at: Target, material: &Material) -> Result<Option<Vec<u8>>, XadesError> {
    if let Some(error) = first_unreadable(material) {
        return Err(XadesError::Material(error));
    }
    let tree = Tree::read(xades.as_bytes())?;
    tree.editable()?;
    let all = read_signatures(&tree)?;
    let (Target::Signature { id } | Target::Archive { id }) = at;
    let signature = locate::find(&all, &id)?.node;
    let new = Inventory::of(&tree, signature).missing(material);
    if new.is_empty() {
        return Ok(None);
    }
    let plan = Plan { tree: &tree, signature, place: unsigned_place(&tree, signature)? };
    Ok(Some(apply_all(xades.as_bytes(), plan.changes(&new)?)))
}

struct Plan<'p, 'a> {
    tree: &'p Tree<'a>,
    signature: NodeId,
    place: UnsignedPlace,
}

type Changes = Vec<(Splice, Vec<u8>)>;

impl Plan<'_, '_> {
    fn changes(&self, new: &Values<'_>) -> Result<Changes, XadesError> {
        let properties = unsigned_properties(self.tree, self.signature);
        let is_archive = |node: &NodeId| {
            [XADES, XADES141].iter().any(|namespace| self.tree.is(*node, namespace, "ArchiveTimeStamp"))
        };
        let last_stamp = properties.iter().rev().copied().find(|node| self.is_stamp(*node));
        if properties.iter().any(is_archive) {
            return Ok(vec![self.behind_all(&[self.validation_data(last_stamp, new)])]);
        }
        let owners = Owners::of(self.tree, self.signature, new);
        let (of_signature, of_stamp) = owners.split(new);
        let mut changes = Vec::new();
        let mut behind_all = Vec::new();
        if !of_stamp.is_empty() {
            let element = self.validation_data(last_stamp, &of_stamp);
            match last_stamp.filter(|stamp| properties.last() != Some(stamp)) {
                Some(stamp) => changes.push((behind(self.tree, stamp), element.to_octets())),
                None => behind_all.push(element),
            }
        }
        changes.extend(self.values(&properties, &of_signature, &mut behind_all)?);
        if !behind_all.is_empty() {
            changes.push(self.behind_all(&behind_all));
        }
        Ok(changes)
    }

    /// Into the elements that are there, each of which may stand once (EN 319 132-1, 6.3); new ones come behind all.
    fn values<'v>(
        &self,
        properties: &[NodeId],
        new: &Values<'v>,
        behind_all: &mut Vec<Element<'v>>,
    ) -> Result<Changes, XadesError> {
        let tree = self.tree;
        let find = |local: &str| properties.iter().copied().find(|node| tree.is(*node, XADES, local));
        let mut rest = new.clone();
        let mut changes = Vec::new();
        if let Some(node) = find("CertificateValues") {
            let added = certificates(tree.name(node).prefix, &rest);
            rest.certificates.clear();
            changes.extend(grown(tree, node, &added)?);
        }
        if let Some(node) = find("RevocationValues") {
            let prefix = tree.name(node).prefix;
            let mut lists = Vec::new();
            for (local, added) in [("CRLValues", crls(prefix, &rest)), ("OCSPValues", ocsps(prefix, &rest))] {
                match tree.child(node, XADES, local) {
                    Some(list) => changes.extend(grown(tree, list, &added)?),
                    None if !added.is_empty() => lists.push(Element::new(prefix, local).children(added)),
                    None => {}
                }
            }
            (rest.crls, rest.ocsps) = (Vec::new(), Vec::new());
            changes.extend(grown(tree, node, &lists)?);
        }
        behind_all.extend(value_elements(&self.place.bound.xades, &rest));
        Ok(changes)
    }

    fn validation_data<'v>(&self, stamp: Option<NodeId>, new: &Values<'v>) -> Element<'v> {
        let id = stamp.and_then(|stamp| self.tree.attribute(stamp, "Id"));
        validation_data(&self.place.bound, id.as_deref(), new)
    }

    fn behind_all(&self, elements: &[Element<'_>]) -> (Splice, Vec<u8>) {
        let mut octets = Vec::new();
        elements.iter().for_each(|element| element.write(&mut octets));
        (self.place.splice().clone(), self.place.wrapped(&octets))
    }

    fn is_stamp(&self, node: NodeId) -> bool {
        [XADES, XADES141].iter().any(|namespace| {
            self.tree.name(node).namespace == *namespace && self.tree.name(node).local.contains("TimeStamp")
        }) && self.tree.child(node, XADES, "EncapsulatedTimeStamp").is_some()
    }
}

/// Elements behind the last child of one that is there.
fn grown(
    tree: &Tree<'_>,
    node: NodeId,
    added: &[Element<'_>],
) -> Result<Option<(Splice, Vec<u8>)>, XadesError> {
    if added.is_empty() {
        return Ok(None);
    }
    let mut octets = Vec::new();
    added.iter().for_each(|element| element.write(&mut octets));
    Ok(Some((last_child(tree, node)?, octets)))
}
