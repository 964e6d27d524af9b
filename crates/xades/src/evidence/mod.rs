// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Certificates, CRLs, OCSP responses and tokens in a document, each with the element that it stands in.

mod material;

use std::ops::Range;

pub(crate) use material::{key_info, validation_data};

use keiin_model::{Evidence, ObjectId};
use keiin_tsp::{Token, material::FoundObject};

use crate::xml::NodeId;

/// What one signature brings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    /// The evidence.
    pub(crate) evidence: Evidence,
    /// The certificates of the ds:KeyInfo, those that issue none of the others first.
    pub(crate) offered: Vec<ObjectId>,
    /// Every object with its place.
    pub(crate) placed: Vec<(NodeId, ObjectId)>,
}

impl Found {
    /// Takes an object that stands in `node`.
    pub(crate) fn insert(&mut self, node: NodeId, place: &'static str, object: &FoundObject<'_>) {
        object.insert(place, &mut self.evidence);
        self.placed.push((node, object.id));
    }

    /// Takes a token that stands in `node`, and what is in it.
    pub(crate) fn insert_token(&mut self, node: NodeId, token: &Token<'_>) {
        self.placed.push((node, token.id));
        self.placed.extend(token.objects().into_iter().map(|object| (node, object.id)));
        token.collect(&mut self.evidence);
    }
}

/// All objects of a document in document order: what stands under a digest is what that digest covers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places(Vec<(NodeId, ObjectId)>);

impl Places {
    /// The objects of all signatures.
    pub(crate) fn new(mut all: Vec<(NodeId, ObjectId)>) -> Self {
        all.sort_unstable();
        all.dedup();
        Self(all)
    }

    /// The objects in the elements from one node to another.
    pub(crate) fn between(&self, first: NodeId, last: NodeId) -> &[(NodeId, ObjectId)] {
        self.0.get(self.range(first, last)).unwrap_or_default()
    }

    fn range(&self, first: NodeId, last: NodeId) -> Range<usize> {
        self.0.partition_point(|(node, _)| *node < first)..self.0.partition_point(|(node, _)| *node <= last)
    }
}
