// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What stands in a container before and after a change: whether the change left everything that was proven provable.

use std::collections::BTreeMap;

use crate::{ObjectId, SignatureFacts, TimestampFacts};

/// Signatures and time-stamps by the id of the signature value, which no change to unsigned parts alters. Counter-signatures
/// are among them.
#[derive(Debug, Default)]
pub struct Standing<'f> {
    signatures: BTreeMap<ObjectId, &'f SignatureFacts>,
    timestamps: BTreeMap<ObjectId, &'f TimestampFacts>,
}

impl<'f> Standing<'f> {
    /// What was read from a container; `timestamps` are those that belong to no signature.
    pub fn of(signatures: &'f [SignatureFacts], timestamps: &'f [TimestampFacts]) -> Self {
        let mut standing = Self::default();
        signatures.iter().for_each(|signature| standing.add(signature));
        standing.timestamps.extend(timestamps.iter().map(|timestamp| (timestamp.token.id, timestamp)));
        standing
    }

    fn add(&mut self, signature: &'f SignatureFacts) {
        self.signatures.insert(signature.id, signature);
        self.timestamps.extend(signature.timestamps.iter().map(|timestamp| (timestamp.token.id, timestamp)));
        signature.countersignatures.iter().for_each(|counter| self.add(counter));
    }

    /// The time-stamp with this token signature.
    pub fn timestamp(&self, token_signature: &ObjectId) -> Option<&'f TimestampFacts> {
        self.timestamps.get(token_signature).copied()
    }

    /// What keeps the time-stamp with this token signature from being over what stands here, for the caller who had it put
    /// in; `None`: nothing does.
    pub fn fault_of(&self, token_signature: &ObjectId) -> Option<&'static str> {
        match self.timestamp(token_signature) {
            Some(timestamp) if timestamp.imprint.intact() && !timestamp.has_index_mismatch() => None,
            Some(timestamp) if !timestamp.imprint.found() => Some(
                "the signed content is not in this file: give it, so that the time-stamp can be compared with it",
            ),
            _ => Some("this time-stamp was begun on another file than the one it is put into"),
        }
    }

    /// Each signature with what it is afterwards; `None` when it is gone.
    pub fn signatures_in<'s>(
        &'s self,
        after: &'s Self,
    ) -> impl Iterator<Item = (&'f SignatureFacts, Option<&'f SignatureFacts>)> + 's {
        self.signatures.iter().map(|(id, before)| (*before, after.signatures.get(id).copied()))
    }

    /// Whether every signature is still there with the same message over the same data, and no time-stamp lost anything that
    /// it held.
    pub fn is_kept_in(&self, after: &Self) -> bool {
        let signatures = self.signatures_in(after).all(|(before, after)| {
            after.is_some_and(|after| before.message == after.message && before.data == after.data)
        });
        signatures
            && self.timestamps.iter().all(|(id, before)| {
                after.timestamps.get(id).is_some_and(|after| {
                    (!before.imprint.intact() || after.imprint.intact())
                        && (before.has_index_mismatch() || !after.has_index_mismatch())
                })
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Bytes, DataReference, Defect, DefectKind, DigestAlgorithm, Family, ImprintFacts, Oid,
        SignatureAlgorithm, SignedMessage, SignedProperties, SignerReference, Time, TimestampKind,
    };

    fn signature(id: u8, family: Family) -> SignatureFacts {
        SignatureFacts {
            id: ObjectId::from_sha256([id; 32]),
            family,
            format: "CAdES-BASELINE-T".into(),
            countersigns: None,
            message: SignedMessage::Octets { octets: Bytes::from(vec![id]) },
            algorithm: SignatureAlgorithm::RsaPkcs1 { digest: DigestAlgorithm::Sha256 },
            value: Bytes::from(vec![id]),
            signer: SignerReference::default(),
            properties: SignedProperties::default(),
            data: vec![DataReference::new("message-digest", None, vec![id], Some(Bytes::from(vec![id])))],
            timestamps: Vec::new(),
            countersignatures: Vec::new(),
            defects: Vec::new(),
        }
    }

    fn timestamp(id: u8) -> TimestampFacts {
        let octets = Bytes::from(vec![id]);
        TimestampFacts {
            id: ObjectId::from_sha256([!id; 32]),
            kind: TimestampKind::Archive,
            time: Time::from_unix(0),
            accuracy: None,
            serial: octets.clone(),
            policy: Oid::new(&[1, 2, 3]),
            imprint: ImprintFacts { algorithm: None, expected: octets.clone(), actual: Some(octets) },
            covers: Vec::new(),
            via: Vec::new(),
            token: Box::new(signature(id, Family::Token)),
            defects: Vec::new(),
        }
    }

    /// Signature 1 with time-stamp 2 and counter-signature 3, which has time-stamp 4; beside them time-stamp 5.
    fn container() -> (SignatureFacts, TimestampFacts) {
        let counter = SignatureFacts { timestamps: vec![timestamp(4)], ..signature(3, Family::Cades) };
        let facts = SignatureFacts {
            timestamps: vec![timestamp(2)],
            countersignatures: vec![counter],
            ..signature(1, Family::Cades)
        };
        (facts, timestamp(5))
    }

    fn is_kept(
        before: &(SignatureFacts, TimestampFacts),
        after: &[SignatureFacts],
        beside: &[TimestampFacts],
    ) -> bool {
        let (signatures, timestamps) = (std::slice::from_ref(&before.0), std::slice::from_ref(&before.1));
        Standing::of(signatures, timestamps).is_kept_in(&Standing::of(after, beside))
    }

    /// Whether a container is kept that a change made this of.
    fn survives(change: impl FnOnce(&mut SignatureFacts, &mut TimestampFacts)) -> bool {
        let before = container();
        let (mut signature, mut beside) = before.clone();
        change(&mut signature, &mut beside);
        is_kept(&before, &[signature], &[beside])
    }

    fn break_imprint(timestamp: &mut TimestampFacts) {
        timestamp.imprint.actual = Some(Bytes::from(vec![0]));
    }

    fn mismatch(timestamp: &mut TimestampFacts) {
        timestamp
            .defects
            .push(Defect { kind: DefectKind::HashIndexMismatch, at: "ats-hash-index-v3".into() });
    }

    #[test]
    fn what_comes_beside_loses_nothing() {
        assert!(survives(|_, _| ()));
        assert!(survives(|facts, _| {
            facts.timestamps.insert(0, timestamp(6));
            facts.countersignatures.push(signature(7, Family::Cades));
            facts.format = "CAdES-BASELINE-LTA".into();
            facts.defects.push(Defect { kind: DefectKind::Revised, at: "PDF".into() });
        }));
        let before = container();
        let others = [signature(8, Family::Cades), before.0.clone()];
        assert!(is_kept(&before, &others, &[timestamp(9), before.1.clone()]));
    }

    #[test]
    fn a_signature_that_is_gone_or_says_something_else_is_lost() {
        let before = container();
        assert!(!is_kept(&before, &[], std::slice::from_ref(&before.1)));
        assert!(!survives(|signature, _| signature.countersignatures.clear()));
        assert!(!survives(|signature, _| signature.message = SignedMessage::Missing));
        assert!(!survives(|signature, _| signature.countersignatures[0].message = SignedMessage::Missing));
        assert!(!survives(|signature, _| signature.data[0].actual = None));
        assert!(!survives(|signature, _| signature.data.clear()));
        assert!(!survives(|signature, _| signature.countersignatures[0].data[0].misplaced = true));
    }

    #[test]
    fn a_timestamp_that_is_gone_or_is_over_something_else_is_lost() {
        let before = container();
        assert!(!is_kept(&before, std::slice::from_ref(&before.0), &[]));
        assert!(!survives(|signature, _| signature.timestamps.clear()));
        assert!(!survives(|signature, _| signature.countersignatures[0].timestamps.clear()));
        assert!(!survives(|signature, _| break_imprint(&mut signature.timestamps[0])));
        assert!(!survives(|signature, _| signature.timestamps[0].imprint.actual = None));
        assert!(!survives(|signature, _| break_imprint(&mut signature.countersignatures[0].timestamps[0])));
        assert!(!survives(|_, beside| break_imprint(beside)));
    }

    #[test]
    fn a_hash_index_that_no_longer_fits_is_a_loss() {
        assert!(!survives(|signature, _| mismatch(&mut signature.timestamps[0])));
        assert!(!survives(|signature, _| mismatch(&mut signature.countersignatures[0].timestamps[0])));
        assert!(!survives(|_, beside| mismatch(beside)));
        assert!(survives(|_, beside| {
            beside.defects.push(Defect { kind: DefectKind::NotCovered, at: "certificates".into() });
        }));
    }

    #[test]
    fn what_was_broken_before_may_stay_so() {
        let mut before = container();
        break_imprint(&mut before.0.timestamps[0]);
        mismatch(&mut before.1);
        assert!(is_kept(&before, std::slice::from_ref(&before.0), std::slice::from_ref(&before.1)));
        // And it may heal, as when detached content is given.
        let (signature, beside) = container();
        assert!(is_kept(&before, &[signature], &[beside]));
    }

    #[test]
    fn a_timestamp_that_was_put_in_is_over_what_stands_there() {
        let fault = |change: fn(&mut TimestampFacts)| {
            let mut stamp = timestamp(5);
            change(&mut stamp);
            let stamps = [stamp];
            Standing::of(&[], &stamps).fault_of(&ObjectId::from_sha256([5; 32]))
        };
        assert_eq!(fault(|_| ()), None);
        assert!(fault(break_imprint).unwrap().contains("another file"));
        assert!(fault(mismatch).unwrap().contains("another file"));
        assert!(fault(|stamp| stamp.imprint.actual = None).unwrap().contains("give it"));
        assert!(fault(|stamp| *stamp = timestamp(6)).unwrap().contains("another file"));
    }

    #[test]
    fn signatures_and_timestamps_are_found_by_their_ids() {
        let (signature, beside) = container();
        let signatures = std::slice::from_ref(&signature);
        let (before, after) =
            (Standing::of(signatures, std::slice::from_ref(&beside)), Standing::of(&[], &[]));
        for id in [2, 4, 5] {
            let token = ObjectId::from_sha256([id; 32]);
            assert_eq!(before.timestamp(&token).unwrap().token.id, token);
            assert_eq!(after.timestamp(&token), None);
        }
        assert_eq!(before.timestamp(&signature.id), None);
        let pairs: Vec<_> =
            before.signatures_in(&before).map(|(old, new)| (old.id, new.unwrap().id)).collect();
        let counter = signature.countersignatures[0].id;
        assert_eq!(pairs, [(signature.id, signature.id), (counter, counter)]);
        assert!(before.signatures_in(&after).all(|(_, new)| new.is_none()));
    }
}
