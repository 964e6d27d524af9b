// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The validation context (EN 319 102-1, 5.2.4): what there is, parsed once, and what was found out, remembered.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use keiin_model::{Evidence, EvidenceKind, ObjectId, Time};
use keiin_pki::{
    cert::Certificate,
    path::{Anchor, Budget, PathParameters, PathSearch, build},
    profile::{AnchorRank, KnownAnchor},
    revocation::{Crls, Ocsps, RevocationFacts, facts},
    store::CertificateStore,
};

use crate::{
    algorithm_table::{Lookup, Reach},
    policy::{Enforcement, Forecast, Policy, TrustAnchor},
    x509::path_parameters,
};

/// For what a certificate signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// A document.
    Signer,
    /// A time-stamp token.
    Tsa,
    /// A CRL or an OCSP answer.
    Revocation,
    /// Whatever it may.
    Any,
}

/// Every object, parsed once.
pub(crate) struct Pool<'a> {
    pub(crate) store: CertificateStore<'a>,
    crls: Crls<'a>,
    ocsps: Ocsps<'a>,
    signer_anchors: Vec<Anchor<'a>>,
    tsa_anchors: Vec<Anchor<'a>>,
    all_anchors: Vec<Anchor<'a>>,
}

impl<'a> Pool<'a> {
    pub(crate) fn new(evidence: &'a Evidence, policy: &'a Policy) -> Self {
        let of_kind = |kind| evidence.of_kind(kind).map(|(_, object)| object.bytes.as_ref());
        let ocsps = Ocsps::new(of_kind(EvidenceKind::Ocsp));
        let mut store = CertificateStore::new(of_kind(EvidenceKind::Certificate));
        for certificate in ocsps.certificates() {
            if store.certificate(&certificate.id).is_none() {
                store.insert(certificate.clone());
            }
        }
        let mut signer_anchors = anchors(&policy.signer_anchors);
        let tsa_anchors = anchors(&policy.tsa_anchors);
        for known in policy.profile.iter().flat_map(|profile| at_hand(profile.known_anchors(), &store)) {
            let given = signer_anchors.iter().any(|anchor| anchor.certificate.id == known.certificate);
            if let Some(certificate) = store.certificate(&known.certificate).filter(|_| !given) {
                let class = Some(known.class.to_owned());
                signer_anchors.push(Anchor { certificate: certificate.clone(), class });
            }
        }
        let mut all_anchors = signer_anchors.clone();
        for anchor in &tsa_anchors {
            if all_anchors.iter().all(|other| other.certificate.id != anchor.certificate.id) {
                all_anchors.push(anchor.clone());
            }
        }
        for anchor in &all_anchors {
            if store.certificate(&anchor.certificate.id).is_none() {
                store.insert(anchor.certificate.clone());
            }
        }
        // Evidence is keyed by SHA-256: a long list is not hashed a second time.
        let lists = evidence.of_kind(EvidenceKind::Crl);
        let crls = Crls::with_ids(lists.map(|(id, object)| (*id, object.bytes.as_ref())));
        Self { store, crls, ocsps, signer_anchors, tsa_anchors, all_anchors }
    }

    fn anchors(&self, purpose: Purpose) -> &[Anchor<'a>] {
        match purpose {
            Purpose::Signer => &self.signer_anchors,
            Purpose::Tsa => &self.tsa_anchors,
            Purpose::Revocation | Purpose::Any => &self.all_anchors,
        }
    }
}

/// The known CAs whose certificates are at hand; subordinate ones only where no root is, as an anchor is not asked for its
/// own revocation.
fn at_hand<'p>(
    known: &'p [KnownAnchor],
    store: &CertificateStore<'_>,
) -> impl Iterator<Item = &'p KnownAnchor> {
    let is_there = |anchor: &KnownAnchor| store.certificate(&anchor.certificate).is_some();
    let root = known.iter().any(|anchor| anchor.rank == AnchorRank::Root && is_there(anchor));
    let found: Vec<_> = known
        .iter()
        .filter(|anchor| is_there(anchor) && (anchor.rank == AnchorRank::Root || !root))
        .collect();
    found.into_iter()
}

// An anchor that cannot be read anchors nothing; the caller learns it from the verdict, which names what is missing.
fn anchors(given: &[TrustAnchor]) -> Vec<Anchor<'_>> {
    given.iter().filter_map(|anchor| Anchor::read(&anchor.certificate, anchor.class.clone()).ok()).collect()
}

/// Signers of revocation data that are judged in one run. A record with 30 years of archive time-stamps needs some 500.
const MAX_SIGNERS: u32 = 20_000;

type Known<K, V> = RefCell<BTreeMap<K, Rc<V>>>;

/// One run of the engine.
pub(crate) struct Context<'s> {
    pub(crate) pool: &'s Pool<'s>,
    pub(crate) evidence: &'s Evidence,
    pub(crate) policy: &'s Policy,
    /// The time of the verdict.
    pub(crate) time: Time,
    budget: RefCell<Budget>,
    paths: Known<(ObjectId, Purpose), PathSearch<'s>>,
    revocation: Known<(ObjectId, ObjectId), RevocationFacts<'s>>,
    admissions: Known<Vec<ObjectId>, Admissions<'s>>,
    values: Cell<u32>,
    signers: Cell<u32>,
    /// What is asked of a path beside the policy.
    pub(crate) parameters: PathParameters,
}

/// What is said of a certificate in a path: what may be used, each by a signer whose own path holds, and what may not.
#[derive(Default)]
pub(crate) struct Admissions<'s> {
    pub(crate) facts: RevocationFacts<'s>,
    pub(crate) refused: Vec<(ObjectId, &'static str)>,
}

impl<'s> Context<'s> {
    pub(crate) fn new(pool: &'s Pool<'s>, evidence: &'s Evidence, policy: &'s Policy, time: Time) -> Self {
        Self {
            pool,
            evidence,
            policy,
            time,
            budget: RefCell::default(),
            paths: RefCell::default(),
            revocation: RefCell::default(),
            admissions: RefCell::default(),
            values: Cell::new(0),
            signers: Cell::new(0),
            parameters: path_parameters(),
        }
    }

    /// A signature value outside of certificates and revocation data was checked.
    pub(crate) fn count_check(&self) {
        self.values.set(self.values.get().saturating_add(1));
    }

    /// Whether one more signer of revocation data may be judged. Who speaks of a signer has a signer too, and so on: what
    /// many lists of many CRL issuers could ask for has no end of its own.
    pub(crate) fn may_judge_signer(&self) -> bool {
        self.signers.set(self.signers.get().saturating_add(1));
        self.signers.get() <= MAX_SIGNERS
    }

    pub(crate) fn signature_checks(&self) -> u32 {
        self.values.get().saturating_add(self.budget.borrow().signature_checks())
    }

    pub(crate) fn is_anchor(&self, id: &ObjectId, purpose: Purpose) -> bool {
        self.pool.anchors(purpose).iter().any(|anchor| anchor.certificate.id == *id)
    }

    /// The candidate paths of a certificate.
    pub(crate) fn paths(&self, target: &'s Certificate<'s>, purpose: Purpose) -> Rc<PathSearch<'s>> {
        let key = (target.id, purpose);
        if let Some(known) = self.paths.borrow().get(&key) {
            return Rc::clone(known);
        }
        let search =
            build(target, &self.pool.store, self.pool.anchors(purpose), &mut self.budget.borrow_mut());
        let search = Rc::new(search);
        self.paths.borrow_mut().insert(key, Rc::clone(&search));
        search
    }

    /// What is said of a certificate, whatever its date.
    pub(crate) fn revocation(
        &self,
        certificate: &'s Certificate<'s>,
        issuer: &'s Certificate<'s>,
    ) -> Rc<RevocationFacts<'s>> {
        let key = (certificate.id, issuer.id);
        if let Some(known) = self.revocation.borrow().get(&key) {
            return Rc::clone(known);
        }
        let Pool { store, crls, ocsps, .. } = self.pool;
        let found = facts(certificate, issuer, crls, ocsps, store, &mut self.budget.borrow_mut());
        let found = Rc::new(found);
        self.revocation.borrow_mut().insert(key, Rc::clone(&found));
        found
    }

    /// What may be used of what is said about a certificate, found out once. `key`: its path up to the anchor.
    pub(crate) fn admissions(
        &self,
        key: Vec<ObjectId>,
        find_out: impl FnOnce() -> Admissions<'s>,
    ) -> Rc<Admissions<'s>> {
        if let Some(known) = self.admissions.borrow().get(&key) {
            return Rc::clone(known);
        }
        let found = Rc::new(find_out());
        self.admissions.borrow_mut().insert(key, Rc::clone(&found));
        found
    }

    /// Until when the policy lets an algorithm count; `None`: no end that decides.
    pub(crate) fn deciding_end(&self, row: &Lookup) -> Option<Time> {
        match row.reach {
            Reach::Until(end)
                if self.policy.forecast == Forecast::Warns && end > self.policy.algorithms.issued =>
            {
                None
            }
            reach => reach.end(),
        }
    }

    pub(crate) fn accepts(&self, row: &Lookup, time: Time) -> bool {
        self.deciding_end(row).is_none_or(|end| time < end)
    }
}

/// What a failed rule means under an enforcement.
pub(crate) const fn decides(enforcement: Enforcement) -> bool {
    matches!(enforcement, Enforcement::Decides)
}
