// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Path building (RFC 4158): what key identifiers speak for first, then the shortest, so that chaff is tried last when a
//! limit is near; in an order that the arrival of evidence does not change.

use std::{collections::BTreeMap, rc::Rc};

use super::{
    Anchor, Budget, CandidatePath, Exhausted, PathSearch, RejectedPath, RejectedPathReason, SignatureFailure,
    budget::ReadyKey,
};
use crate::{cert::Certificate, extension::KeyUsage, key::VerifiedSignature, store::CertificateStore};

/// Finds the chains of names and verified signatures from a certificate up to an anchor.
///
/// A target that is itself an anchor is a path of one certificate. A CA certificate with an anchor's name and key is
/// taken for the anchor; a path ends at the first anchor. Key identifiers decide what is tried first, never what is true.
pub fn build<'s>(
    target: &'s Certificate<'s>,
    store: &'s CertificateStore<'s>,
    anchors: &'s [Anchor<'s>],
    budget: &mut Budget,
) -> PathSearch<'s> {
    let mut anchors: Vec<&Anchor<'_>> = anchors.iter().collect();
    anchors.sort_by(|a, b| (a.certificate.id, &a.class).cmp(&(b.certificate.id, &b.class)));
    anchors.dedup_by_key(|anchor| anchor.certificate.id);
    let used_before = budget.signature_checks();
    let found = PathSearch::default();
    let mut search = Search { store, anchors, budget, used_before, steps: 0, queue: BTreeMap::new(), found };
    search.run(target);
    search.found
}

struct Search<'s, 'b> {
    store: &'s CertificateStore<'s>,
    anchors: Vec<&'s Anchor<'s>>,
    budget: &'b mut Budget,
    used_before: u32,
    steps: u32,
    queue: BTreeMap<Rank, Step<'s>>,
    found: PathSearch<'s>,
}

/// A chain on its way up. `signatures` may be behind while DSA parameters are still to be inherited.
#[derive(Clone)]
struct Chain<'s> {
    certificates: Vec<&'s Certificate<'s>>,
    target_key: Option<ReadyKey>,
    issuer_keys: Vec<ReadyKey>,
    signatures: Vec<VerifiedSignature>,
}

/// When a step is taken: the sum of the hints against it, the length of the chain, whether it does not end the path, the
/// order in which it was found.
type Rank = (u32, usize, bool, u32);

/// A chain and a certificate that may come next.
struct Step<'s> {
    chain: Rc<Chain<'s>>,
    candidate: Candidate<'s>,
}

#[derive(Clone, Copy)]
struct Candidate<'s> {
    certificate: &'s Certificate<'s>,
    anchor: Option<&'s Anchor<'s>>,
}

/// That a limit ended the search.
struct Stop;

impl<'s> Search<'s, '_> {
    fn run(&mut self, target: &'s Certificate<'s>) {
        let start = Chain {
            certificates: vec![target],
            target_key: ReadyKey::read(target.spki).ok(),
            issuer_keys: Vec::new(),
            signatures: Vec::new(),
        };
        if let Some(anchor) = self.anchors.iter().find(|anchor| anchor.certificate.id == target.id) {
            self.found.paths.push(start.finish(anchor));
            return;
        }
        let mut next = self.extend(start, 0);
        while next.is_ok() {
            let Some(((cost, ..), step)) = self.queue.pop_first() else { return };
            next = self.take(&step, cost);
        }
    }

    /// Lines up every issuer of the last certificate of a chain.
    fn extend(&mut self, chain: Chain<'s>, cost: u32) -> Result<(), Stop> {
        let Some(last) = chain.certificates.last().copied() else { return Ok(()) };
        let (candidates, loops) = self.candidates(&chain, last);
        if candidates.is_empty() {
            let reason = match (last.is_self_issued(), loops.is_empty()) {
                (true, _) => RejectedPathReason::SelfIssued,
                (false, true) => RejectedPathReason::NoIssuer,
                (false, false) => RejectedPathReason::Loop,
            };
            self.reject(&chain, None, reason);
            return Ok(());
        }
        if chain.certificates.len() >= self.budget.limits().depth as usize {
            self.found.exhausted = Some(Exhausted::Depth);
            return Ok(());
        }
        for certificate in loops.into_iter().filter(|_| !last.is_self_issued()) {
            self.reject(&chain, Some(certificate), RejectedPathReason::Loop);
        }
        let chain = Rc::new(chain);
        for candidate in candidates {
            self.steps += 1;
            if self.steps > self.budget.limits().steps {
                return self.stop(Exhausted::Steps);
            }
            let cost = cost + u32::from(hint(last, candidate.certificate));
            let rank = (cost, chain.certificates.len(), candidate.anchor.is_none(), self.steps);
            self.queue.insert(rank, Step { chain: Rc::clone(&chain), candidate });
        }
        Ok(())
    }

    /// Verifies one step, and goes on from there.
    fn take(&mut self, step: &Step<'s>, cost: u32) -> Result<(), Stop> {
        let (chain, candidate) = (&*step.chain, step.candidate);
        let used = self.budget.signature_checks().saturating_sub(self.used_before);
        if used >= self.budget.limits().signature_checks_per_search {
            return self.stop(Exhausted::SignatureChecks);
        }
        if candidate.anchor.is_some() && !may_issue(candidate.certificate) {
            self.reject(chain, Some(candidate.certificate), RejectedPathReason::AnchorMayNotIssue);
            return Ok(());
        }
        match chain.clone().with_issuer(candidate.certificate, self.budget) {
            Err(SignatureFailure::Exhausted) => return self.stop(Exhausted::SignatureChecks),
            Err(failure) => {
                self.reject(chain, Some(candidate.certificate), RejectedPathReason::Signature(failure));
            }
            Ok(longer) => match candidate.anchor {
                Some(anchor) => return self.accept(longer, anchor),
                None => return self.extend(longer, cost),
            },
        }
        Ok(())
    }

    fn accept(&mut self, chain: Chain<'s>, anchor: &'s Anchor<'s>) -> Result<(), Stop> {
        if self.found.paths.len() >= self.budget.limits().paths as usize {
            return self.stop(Exhausted::Paths);
        }
        self.found.paths.push(chain.finish(anchor));
        Ok(())
    }

    /// The certificates of the issuer's name: those that may come next, hinted ones first, and those that would loop.
    fn candidates(
        &self,
        chain: &Chain<'s>,
        last: &Certificate<'s>,
    ) -> (Vec<Candidate<'s>>, Vec<&'s Certificate<'s>>) {
        let mut candidates = Vec::new();
        let named = self.anchors.iter().filter(|a| a.certificate.subject.matches(&last.issuer));
        for anchor in named {
            candidates.push(Candidate { certificate: &anchor.certificate, anchor: Some(anchor) });
        }
        let mut loops = Vec::new();
        for certificate in self.store.by_subject(&last.issuer) {
            let stands_for_anchor =
                |c: &Candidate<'_>| c.anchor.is_some_and(|a| a.is_same_authority(certificate));
            if chain.has(certificate) {
                loops.push(certificate);
            } else if !candidates.iter().any(stands_for_anchor) {
                candidates.push(Candidate { certificate, anchor: None });
            }
        }
        candidates.sort_by_cached_key(|c| (hint(last, c.certificate), c.anchor.is_none(), c.certificate.id));
        (candidates, loops)
    }

    fn reject(&mut self, chain: &Chain<'s>, next: Option<&'s Certificate<'s>>, reason: RejectedPathReason) {
        let certificates = chain.certificates.iter().copied().chain(next).collect();
        self.found.rejected.push(RejectedPath { certificates, reason });
    }

    fn stop(&mut self, limit: Exhausted) -> Result<(), Stop> {
        self.found.exhausted = Some(limit);
        Err(Stop)
    }
}

impl<'s> Chain<'s> {
    /// Whether the name and key stand in the chain already.
    fn has(&self, certificate: &Certificate<'_>) -> bool {
        self.certificates
            .iter()
            .any(|c| c.spki == certificate.spki && c.subject.matches(&certificate.subject))
    }

    /// The chain with one more certificate on top, its signatures verified as far as keys are complete.
    fn with_issuer(
        mut self,
        issuer: &'s Certificate<'s>,
        budget: &mut Budget,
    ) -> Result<Self, SignatureFailure> {
        let key = ReadyKey::read(issuer.spki)?;
        self.certificates.push(issuer);
        let complete = !key.key.inherits_parameters();
        self.issuer_keys.push(key);
        if !complete {
            return Ok(self);
        }
        self.inherit()?;
        for index in self.signatures.len()..self.issuer_keys.len() {
            let (Some(certificate), Some(key)) = (self.certificates.get(index), self.issuer_keys.get(index))
            else {
                break;
            };
            self.signatures.push(budget.verify(&(*certificate).into(), key)?);
        }
        Ok(self)
    }

    /// RFC 5280, 6.1.4 (e): hands DSA parameters down from the top.
    fn inherit(&mut self) -> Result<(), SignatureFailure> {
        let mut above: Option<ReadyKey> = None;
        for key in self.issuer_keys.iter_mut().rev() {
            if let Some(above) = &above {
                *key = key.clone().inheriting(above)?;
            }
            above = Some(key.clone());
        }
        if let (Some(above), Some(key)) = (above, self.target_key.take()) {
            self.target_key = key.inheriting(&above).ok();
        }
        Ok(())
    }

    fn finish(self, anchor: &'s Anchor<'s>) -> CandidatePath<'s> {
        CandidatePath {
            certificates: self.certificates,
            target_key: self.target_key.map(|ready| ready.key),
            issuer_keys: self.issuer_keys.into_iter().map(|ready| ready.key).collect(),
            signatures: self.signatures,
            anchor,
        }
    }
}

/// How well the key identifiers speak for an issuer: 0 they agree, 1 they say nothing, 2 they differ.
pub(crate) fn hint(subject: &Certificate<'_>, issuer: &Certificate<'_>) -> u8 {
    subject.authority_key_id.as_ref().map_or(1, |authority| key_hint(authority, issuer))
}

pub(crate) fn key_hint(
    authority: &crate::extension::AuthorityKeyIdentifier<'_>,
    issuer: &Certificate<'_>,
) -> u8 {
    match (authority.key_id, issuer.subject_key_id, authority.serial) {
        (Some(wanted), Some(found), _) if wanted == found => 0,
        (Some(_), Some(_), _) => 2,
        (_, _, Some(serial)) if serial == issuer.serial => 0,
        _ => 1,
    }
}

/// An anchor's name and key are trusted whatever its extensions (RFC 5280, 6.1.1 (d)); but an end entity made an anchor for
/// itself must not turn into a CA by that. So an anchor issues if it says that it is a CA, whatever its key usage, and if it
/// says nothing of the kind, unless its key usage or its form speaks against it.
fn may_issue(anchor: &Certificate<'_>) -> bool {
    let signs = anchor.key_usage.is_none_or(|usage| usage.contains(KeyUsage::KEY_CERT_SIGN));
    match anchor.basic_constraints {
        Some(constraints) => constraints.ca,
        None => signs && (anchor.version < 3 || anchor.is_self_issued()),
    }
}
