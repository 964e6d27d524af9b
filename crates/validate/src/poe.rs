// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Proofs of existence (EN 319 102-1, 5.6.2.3).

use std::collections::BTreeMap;

use keiin_model::{ObjectId, ProofOfExistence, Time};

/// Proofs of existence by object. What is here at the time of the verdict exists at that time without proof.
#[derive(Clone, Debug)]
pub struct PoeSet {
    now: Time,
    earliest: BTreeMap<ObjectId, (Time, Option<ObjectId>)>,
    all: BTreeMap<ObjectId, Vec<Time>>,
}

impl PoeSet {
    /// No proofs but that everything exists now (EN 319 102-1, 5.6.3.4 step 2).
    pub const fn new(now: Time) -> Self {
        Self { now, earliest: BTreeMap::new(), all: BTreeMap::new() }
    }

    /// An object existed at `time`, proven by the time-stamp `by`.
    pub fn add(&mut self, object: ObjectId, time: Time, by: Option<ObjectId>) {
        self.all.entry(object).or_default().push(time);
        let entry = self.earliest.entry(object).or_insert((time, by));
        if time < entry.0 {
            *entry = (time, by);
        }
    }

    /// Everything that a good time-stamp covers existed when it was made (5.6.2.3.4).
    pub fn extract(&mut self, covers: &[ObjectId], time: Time, by: ObjectId) {
        for object in covers {
            self.add(*object, time, Some(by));
        }
    }

    /// The earliest time at which the object is known to have existed, and what proves it.
    pub fn earliest(&self, object: &ObjectId) -> ProofOfExistence {
        let (time, by) = match self.earliest.get(object) {
            Some((time, by)) if *time < self.now => (*time, *by),
            _ => (self.now, None),
        };
        ProofOfExistence { object: *object, time, by }
    }

    /// Whether the object is known to have existed at or before `time`.
    pub fn exists_by(&self, object: &ObjectId, time: Time) -> bool {
        self.earliest(object).time <= time
    }

    /// Whether a proof lies between two times, both included.
    pub fn exists_within(&self, object: &ObjectId, from: Time, to: Time) -> bool {
        let within = |time: Time| from <= time && time <= to;
        within(self.now) || self.all.get(object).is_some_and(|times| times.iter().copied().any(within))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    fn id(byte: u8) -> ObjectId {
        ObjectId::from_sha256([byte; 32])
    }

    #[test]
    fn the_earliest_proof_counts_in_any_order() {
        for order in [["2020-01-01", "2015-01-01"], ["2015-01-01", "2020-01-01"]] {
            let mut poes = PoeSet::new(at("2030-01-01"));
            for (n, time) in (0..).zip(order) {
                poes.extract(&[id(1)], at(time), id(n + 10));
            }
            assert_eq!(poes.earliest(&id(1)).time, at("2015-01-01"));
            assert!(poes.exists_by(&id(1), at("2015-01-01")));
            assert!(!poes.exists_by(&id(1), at("2014-12-31")));
            assert!(poes.exists_within(&id(1), at("2016-01-01"), at("2021-01-01")));
            assert!(!poes.exists_within(&id(1), at("2016-01-01"), at("2019-01-01")));
        }
    }

    #[test]
    fn what_nothing_proves_exists_now() {
        let poes = PoeSet::new(at("2030-01-01"));
        assert_eq!(poes.earliest(&id(1)).time, at("2030-01-01"));
        assert_eq!(poes.earliest(&id(1)).by, None);
        assert!(!poes.exists_by(&id(1), at("2029-12-31")));
        assert!(poes.exists_within(&id(1), at("2029-01-01"), at("2031-01-01")));
    }
}
