// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The time-stamps of one signature: what each is over, and whose existence it proves.

use std::{cell::Cell, collections::BTreeMap};

use keiin_model::{Bytes, Defect, DefectKind, DigestAlgorithm, ObjectId, TimestampFacts, TimestampKind};
use keiin_pki::digest::Hasher;
use keiin_tsp::{Token, facts::defect};

use crate::{
    XmlError,
    data::Reached,
    evidence::{Found, Places},
    imprint::{self, Before, Stamped},
    limits::{MAX_COVERED, MAX_STAMPED},
    properties::{Qualifying, TimestampContainer, UnsignedKind},
    xml::{NodeId, Subtrees, Tree},
};

/// Which property holds a time-stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holder {
    AllDataObjects,
    IndividualDataObjects,
    Unsigned(UnsignedKind),
}

/// A time-stamp property with its tokens.
#[derive(Clone, Debug)]
pub(crate) struct Container {
    node: NodeId,
    holder: Holder,
    read: TimestampContainer,
}

/// The time-stamp properties of a signature in document order, signed ones first, and what is in their tokens. Signed
/// ones count where the signature covers them.
pub(crate) fn containers(
    tree: &Tree<'_>,
    qualifying: &Qualifying,
    covered: bool,
    found: &mut Found,
    defects: &mut Vec<Defect>,
) -> Vec<Container> {
    let all = qualifying.data_properties(tree, "AllDataObjectsTimeStamp");
    let some = qualifying.data_properties(tree, "IndividualDataObjectsTimeStamp");
    let signed = all.map(|node| (node, Holder::AllDataObjects));
    let signed = signed.chain(some.map(|node| (node, Holder::IndividualDataObjects)));
    let stamps = qualifying.unsigned.iter().filter(|property| property.kind.timestamp().is_some());
    let unsigned = stamps.map(|property| (property.node, Holder::Unsigned(property.kind)));
    let mut containers = Vec::new();
    for (node, holder) in signed.filter(|_| covered).chain(unsigned) {
        let name = holder.name();
        let mut read = TimestampContainer::read(tree, node, name, defects);
        read.tokens.retain(|octets| match Token::read(octets) {
            Ok(token) => {
                found.insert_token(node, &token);
                true
            }
            Err(_) => {
                defects.push(defect(DefectKind::Ignored, name));
                false
            }
        });
        containers.push(Container { node, holder, read });
    }
    containers
}

impl Container {
    /// How many tokens a SignatureTimeStamp has; `None` for another property.
    pub(crate) fn signature_tokens(&self) -> Option<usize> {
        (self.holder == Holder::Unsigned(UnsignedKind::SignatureTimeStamp)).then_some(self.read.tokens.len())
    }

    /// How many tokens there are.
    pub(crate) const fn len(&self) -> usize {
        self.read.tokens.len()
    }
}

impl Holder {
    const fn kind(self) -> TimestampKind {
        match self {
            Self::AllDataObjects => TimestampKind::AllDataObjects,
            Self::IndividualDataObjects => TimestampKind::IndividualDataObjects,
            Self::Unsigned(kind) => match kind.timestamp() {
                Some(kind) => kind,
                None => TimestampKind::Signature, // `containers` takes time-stamps only
            },
        }
    }

    const fn name(self) -> &'static str {
        match self.kind() {
            TimestampKind::AllDataObjects => "AllDataObjectsTimeStamp",
            TimestampKind::IndividualDataObjects => "IndividualDataObjectsTimeStamp",
            TimestampKind::ValidationData => "SigAndRefsTimeStamp",
            TimestampKind::ReferencesOnly => "RefsOnlyTimeStamp",
            TimestampKind::Archive => "ArchiveTimeStamp",
            _ => "SignatureTimeStamp",
        }
    }
}

/// One signature with what its time-stamps may cover.
pub(crate) struct Stamps<'s, 'a> {
    pub(crate) stamped: Stamped<'s, 'a>,
    pub(crate) places: &'s Places,
    /// Where in the document the data of each of the signature's references is.
    pub(crate) reached: &'s [Option<Reached>],
    /// The reference to the SignedProperties, by its place.
    pub(crate) signed_properties: Option<usize>,
    pub(crate) budget: &'s Budget,
}

/// What the time-stamps of one document may still ask for.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Octets of elements.
    pub(crate) octets: Cell<u64>,
    /// Objects that are covered.
    pub(crate) covered: Cell<u64>,
}

impl Budget {
    fn spend(left: &Cell<u64>, amount: usize, object: &'static str, limit: u64) -> Result<(), XmlError> {
        let amount = u64::try_from(amount).unwrap_or(u64::MAX);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        left.set(left.get().checked_sub(amount).ok_or(XmlError::Limit { object, limit })?);
        Ok(())
    }
}

impl Stamps<'_, '_> {
    /// The facts of every token of one property.
    ///
    /// # Errors
    /// [`XmlError`] for a limit.
    pub(crate) fn facts(
        &self,
        container: &Container,
        defects: &mut Vec<Defect>,
    ) -> Result<Vec<TimestampFacts>, XmlError> {
        let covers = self.covers(container);
        let all = covers.len().saturating_mul(container.len());
        Budget::spend(&self.budget.covered, all, "objects under time-stamps", MAX_COVERED)?;
        let mut known: Option<(DigestAlgorithm, Option<Bytes>)> = None;
        let mut all = Vec::new();
        for octets in &container.read.tokens {
            let Ok(token) = Token::read(octets) else { continue };
            let algorithm = token.info.imprint_algorithm;
            let actual = match (algorithm, &known) {
                (None, _) => None,
                (Some(algorithm), Some((same, actual))) if *same == algorithm => actual.clone(),
                (Some(algorithm), _) => self.imprint(container, algorithm)?,
            };
            known = algorithm.map(|algorithm| (algorithm, actual.clone()));
            match token.facts(container.holder.kind(), actual, covers.clone(), None) {
                Ok(mut facts) => {
                    if container.read.canonicalization.is_none() {
                        facts.defects.push(defect(DefectKind::Forbidden, "CanonicalizationMethod"));
                    }
                    all.push(facts);
                }
                Err(_) => defects.push(defect(DefectKind::Ignored, container.holder.name())),
            }
        }
        Ok(all)
    }

    fn imprint(&self, container: &Container, algorithm: DigestAlgorithm) -> Result<Option<Bytes>, XmlError> {
        let Some(how) = &container.read.canonicalization else { return Ok(None) };
        let mut hasher = Hasher::new(algorithm);
        let includes = &container.read.includes;
        let there = match container.holder {
            Holder::Unsigned(kind) => {
                let before = Before::Node(container.node);
                let nodes = imprint::elements(&self.stamped, kind, before, includes);
                let octets = nodes.iter().map(|node| self.stamped.tree.range(*node).len()).sum();
                Budget::spend(&self.budget.octets, octets, "octets under time-stamps", MAX_STAMPED)?;
                imprint::unsigned_timestamp(&self.stamped, kind, before, includes, how, &mut hasher)?
            }
            Holder::AllDataObjects | Holder::IndividualDataObjects => {
                let indices = self.stamped_references(container);
                let references: Vec<_> =
                    indices.iter().filter_map(|at| self.stamped.signature.references.get(*at)).collect();
                let all = container.holder == Holder::AllDataObjects || references.len() == includes.len();
                all && imprint::content_timestamp(&self.stamped, &references, how, &mut hasher)?
            }
        };
        Ok(there.then(|| hasher.finish().into()))
    }

    /// The references that a content time-stamp is over, by their places.
    fn stamped_references(&self, container: &Container) -> Vec<usize> {
        let references = &self.stamped.signature.references;
        match container.holder {
            Holder::AllDataObjects => {
                (0..references.len()).filter(|at| Some(*at) != self.signed_properties).collect()
            }
            _ => {
                let named = references.iter().enumerate().rev();
                let by_id: BTreeMap<_, _> =
                    named.filter_map(|(at, reference)| Some((reference.id.as_deref()?, at))).collect();
                let included = container.read.includes.iter().filter(|include| include.referenced_data);
                included.filter_map(|include| by_id.get(include.id.as_str()).copied()).collect()
            }
        }
    }

    /// What stands in that which is hashed: nothing else is proven.
    fn covers(&self, container: &Container) -> Vec<ObjectId> {
        let tree = self.stamped.tree;
        let (nodes, references) = match container.holder {
            Holder::Unsigned(kind) => {
                let before = Before::Node(container.node);
                let nodes = imprint::elements(&self.stamped, kind, before, &container.read.includes);
                let archive = container.holder.kind() == TimestampKind::Archive;
                let references = if archive { (0..self.reached.len()).collect() } else { Vec::new() };
                (nodes, references)
            }
            _ => (Vec::new(), self.stamped_references(container)),
        };
        let reached: Vec<_> =
            references.iter().filter_map(|at| self.reached.get(*at).copied().flatten()).collect();
        let tops = |enveloped: bool| {
            let fitting = reached.iter().filter(move |reached| reached.without.is_some() == enveloped);
            Subtrees::of(tree, fitting.map(|reached| reached.top))
        };
        let own = Subtrees::one(tree, self.stamped.signature.node);
        let hashed = Subtrees::of(tree, nodes).union(&tops(false)).union(&tops(true).minus(&own));
        let mut ids: Vec<ObjectId> = hashed
            .ranges()
            .flat_map(|(first, last)| self.places.between(first, last))
            .map(|(_, id)| *id)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}
