// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Policies along a path: RFC 5280's valid_policy_tree, kept as the graph of RFC 9618, in which a policy is one node a
//! depth, so that mappings cannot make it grow exponentially.

use std::collections::{BTreeMap, BTreeSet};

use keiin_model::Oid;

use crate::{
    cert::Certificate,
    der::{Element, Tag},
    extension::{PolicyInformation, oid},
};

/// A policy that a path is valid for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidPolicy {
    /// The policy in the anchor's domain: what the user asks for. anyPolicy when every policy is valid.
    pub policy: Oid,
    /// The qualifiers that stand with it along the path, each as (policyQualifierId, DER of the qualifier).
    pub qualifiers: Vec<(Oid, Vec<u8>)>,
}

/// The texts of the user notices among a path's policies (RFC 5280, 4.2.1.4).
pub fn user_notices(policies: &[ValidPolicy]) -> Vec<String> {
    let qualifiers = policies.iter().flat_map(|p| &p.qualifiers);
    let notices = qualifiers.filter(|(kind, _)| *kind == oid::USER_NOTICE);
    notices.filter_map(|(_, der)| explicit_text(der)).collect()
}

/// explicitText of a UserNotice; a noticeRef in front of it is passed over.
fn explicit_text(der: &[u8]) -> Option<String> {
    let mut reader = Element::whole(der, "UserNotice").ok()?.reader("UserNotice").ok()?;
    let texts = reader.all(2, "UserNotice").ok()?;
    texts.iter().find(|e| e.tag() != Tag::SEQUENCE)?.text("explicitText").ok().map(Into::into)
}

/// One policy at one depth.
#[derive(Clone, Debug, Default)]
struct Node {
    qualifiers: Qualifiers,
    expected: BTreeSet<Oid>,
    parents: BTreeSet<Oid>,
}

type Level = BTreeMap<Oid, Node>;
type Qualifiers = Vec<(Oid, Vec<u8>)>;

/// The valid_policy_graph; no levels: NULL.
#[derive(Clone, Debug)]
pub(super) struct PolicyGraph {
    levels: Vec<Level>,
}

/// Whether anyPolicy counts in a certificate, and whether mappings do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Allowed {
    Yes,
    No,
}

impl PolicyGraph {
    /// RFC 5280, 6.1.2 (a).
    pub(super) fn new() -> Self {
        let root = Node { expected: BTreeSet::from([oid::ANY_POLICY]), ..Node::default() };
        Self { levels: vec![Level::from([(oid::ANY_POLICY, root)])] }
    }

    pub(super) fn is_null(&self) -> bool {
        self.levels.is_empty()
    }

    /// RFC 5280, 6.1.3 (d) and (e).
    pub(super) fn add(&mut self, certificate: &Certificate<'_>, any_policy: Allowed) {
        let (Some(above), Some(policies)) = (self.levels.last(), &certificate.policies) else {
            self.levels.clear();
            return;
        };
        let mut level = Level::new();
        let is_any = |p: &&PolicyInformation<'_>| p.id == oid::ANY_POLICY;
        for policy in policies.iter().filter(|p| !is_any(p)) {
            let mut parents = expecting(above, &policy.id);
            if parents.is_empty() && above.contains_key(&oid::ANY_POLICY) {
                parents.insert(oid::ANY_POLICY);
            }
            if !parents.is_empty() {
                level.insert(policy.id, Node::of(policy.id, qualifiers(policy), parents));
            }
        }
        if let Some(any) = policies.iter().find(is_any).filter(|_| any_policy == Allowed::Yes) {
            for expected in above.values().flat_map(|node| &node.expected) {
                let node = || Node::of(*expected, qualifiers(any), expecting(above, expected));
                level.entry(*expected).or_insert_with(node);
            }
        }
        self.levels.push(level);
        self.prune();
    }

    /// RFC 5280, 6.1.4 (b).
    pub(super) fn map(&mut self, certificate: &Certificate<'_>, mapping: Allowed) {
        let Some(level) = self.levels.last_mut() else { return };
        let mut mapped: BTreeMap<Oid, BTreeSet<Oid>> = BTreeMap::new();
        for (issuer, subject) in &certificate.policy_mappings {
            mapped.entry(*issuer).or_default().insert(*subject);
        }
        for (policy, subjects) in mapped {
            match (mapping, level.get_mut(&policy)) {
                (Allowed::No, _) => {
                    level.remove(&policy);
                }
                (Allowed::Yes, Some(node)) => node.expected = subjects,
                (Allowed::Yes, None) => {
                    let Some(any) = level.get(&oid::ANY_POLICY) else { continue };
                    let qualifiers = any.qualifiers.clone();
                    let parents = BTreeSet::from([oid::ANY_POLICY]);
                    level.insert(policy, Node { qualifiers, expected: subjects, parents });
                }
            }
        }
        self.prune();
    }

    /// Drops what has no child, from the bottom up (RFC 5280, 6.1.3 (d)(3)); an empty last level makes the graph NULL.
    fn prune(&mut self) {
        let mut needed: Option<BTreeSet<Oid>> = None;
        for level in self.levels.iter_mut().rev() {
            if let Some(needed) = &needed {
                level.retain(|policy, _| needed.contains(policy));
            }
            needed = Some(level.values().flat_map(|node| node.parents.iter().copied()).collect());
        }
        if self.levels.last().is_none_or(Level::is_empty) {
            self.levels.clear();
        }
    }

    /// The user-constrained-policy-set (RFC 5280, 6.1.5 (g) and 6.1.6; RFC 9618, 5.6) with the qualifiers of every
    /// node that a policy descends through, the anchor's side first.
    pub(super) fn conclude(&self, user: Option<&BTreeSet<Oid>>) -> Vec<ValidPolicy> {
        let Some(last) = self.levels.last() else { return Vec::new() };
        let any_is_valid = last.contains_key(&oid::ANY_POLICY);
        let mut domain = self.domain();
        let any = || self.qualifiers_of_any(self.levels.len());
        match user.filter(|set| !set.contains(&oid::ANY_POLICY)) {
            Some(user) => {
                domain.retain(|policy, _| user.contains(policy));
                for policy in user.iter().filter(|_| any_is_valid) {
                    domain.entry(*policy).or_insert_with(any);
                }
            }
            None if any_is_valid => {
                domain.insert(oid::ANY_POLICY, any());
            }
            None => {}
        }
        domain.into_iter().map(|(policy, qualifiers)| ValidPolicy { policy, qualifiers }).collect()
    }

    /// The policies in the anchor's domain (those right under anyPolicy), each with its qualifiers.
    fn domain(&self) -> BTreeMap<Oid, Qualifiers> {
        let mut domain: BTreeMap<Oid, Qualifiers> = BTreeMap::new();
        for (depth, level) in self.levels.iter().enumerate().skip(1) {
            for (policy, node) in level {
                if *policy == oid::ANY_POLICY || !node.parents.contains(&oid::ANY_POLICY) {
                    continue;
                }
                let above = self.qualifiers_of_any(depth);
                let found = above.into_iter().chain(self.qualifiers_below(depth, policy));
                let qualifiers = domain.entry(*policy).or_default();
                found.for_each(|qualifier| add_once(qualifiers, qualifier));
            }
        }
        domain
    }

    /// The qualifiers of anyPolicy above a depth.
    fn qualifiers_of_any(&self, depth: usize) -> Qualifiers {
        let nodes = self.levels.iter().take(depth).filter_map(|level| level.get(&oid::ANY_POLICY));
        let mut qualifiers = Qualifiers::new();
        nodes.flat_map(|n| n.qualifiers.clone()).for_each(|q| add_once(&mut qualifiers, q));
        qualifiers
    }

    /// The qualifiers of a node and of what descends from it.
    fn qualifiers_below(&self, depth: usize, policy: &Oid) -> Qualifiers {
        let mut qualifiers = Qualifiers::new();
        let mut reached = BTreeSet::from([*policy]);
        for (at, level) in self.levels.iter().enumerate().skip(depth) {
            if at > depth {
                let descends = |(p, n): (&Oid, &Node)| (!n.parents.is_disjoint(&reached)).then_some(*p);
                reached = level.iter().filter_map(descends).collect();
            }
            let nodes = reached.iter().filter_map(|policy| level.get(policy));
            nodes.flat_map(|n| n.qualifiers.clone()).for_each(|q| add_once(&mut qualifiers, q));
        }
        qualifiers
    }
}

/// Qualifiers kept for one policy. A real certificate has two (a CPS and a notice), a PKITS path three.
const MAX_QUALIFIERS: usize = 64;

fn add_once(qualifiers: &mut Qualifiers, qualifier: (Oid, Vec<u8>)) {
    if qualifiers.len() < MAX_QUALIFIERS && !qualifiers.contains(&qualifier) {
        qualifiers.push(qualifier);
    }
}

impl Node {
    fn of(policy: Oid, qualifiers: Qualifiers, parents: BTreeSet<Oid>) -> Self {
        Self { qualifiers, expected: BTreeSet::from([policy]), parents }
    }
}

fn expecting(level: &Level, policy: &Oid) -> BTreeSet<Oid> {
    level.iter().filter(|(_, node)| node.expected.contains(policy)).map(|(policy, _)| *policy).collect()
}

fn qualifiers(policy: &PolicyInformation<'_>) -> Qualifiers {
    policy.qualifiers.iter().map(|(kind, element)| (*kind, element.bytes().to_vec())).collect()
}
