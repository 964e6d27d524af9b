// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Signatures that another signature is over: they cannot grow any more.

use std::collections::BTreeSet;

use keiin_model::ObjectId;
use keiin_pki::digest::object_id;

use crate::{
    Detached, Xades, XadesError,
    reference::{Resolver, Target},
    signature::{Signature, read_signatures},
    transform::Transform,
    xml::{NodeId, Tree},
};

impl Xades {
    /// The signatures that stand inside of what another one signs, as the prescription's in the record of its dispensing:
    /// a time-stamp in them would break the other.
    ///
    /// # Errors
    /// [`XadesError`] as when it was read.
    pub fn sealed(&self) -> Result<BTreeSet<ObjectId>, XadesError> {
        let tree = Tree::read(self.as_bytes())?;
        let all = read_signatures(&tree)?;
        if all.len() < 2 {
            return Ok(BTreeSet::new());
        }
        let detached = Detached::new();
        let resolver = Resolver::new(&tree, &detached);
        let mut sealed = BTreeSet::new();
        for outer in &all {
            let tops = tops(&tree, &resolver, outer);
            let inside = all.iter().filter(|inner| {
                inner.node != outer.node && tops.iter().any(|top| tree.contains(*top, inner.node))
            });
            sealed.extend(inside.map(|inner| object_id(&inner.value)));
        }
        Ok(sealed)
    }
}

/// The elements under a signature with the signatures in them. Filters are there to leave signatures out.
fn tops(tree: &Tree<'_>, resolver: &Resolver<'_, '_>, signature: &Signature) -> Vec<NodeId> {
    let filters = |transform: &Transform| matches!(transform, Transform::Filter(_) | Transform::XPath(_));
    let whole = signature.references.iter().filter(|reference| !reference.transforms.iter().any(filters));
    let tops = whole.filter_map(|reference| match resolver.resolve(reference).ok()? {
        Target::Document { .. } => Some(tree.document()),
        Target::Element { node, .. } => Some(node),
        Target::External(_) => None,
    });
    // What it is over of itself, as ds:KeyInfo, holds no other signature that it could seal.
    tops.filter(|top| !tree.contains(signature.node, *top)).collect()
}
