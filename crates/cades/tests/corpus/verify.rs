// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The signer's certificate and the signature value, judged by arithmetic alone.

use keiin_model::{Evidence, EvidenceKind, SignatureFacts, SignedMessage, SignerReference};
use keiin_pki::{
    cert::Certificate,
    digest::digest,
    key::{PublicKey, verify, verify_digest},
};

/// The certificate that the signed digest names, else the one that the container names.
pub(crate) fn signer<'e>(reference: &SignerReference, evidence: &'e Evidence) -> Option<Certificate<'e>> {
    let all: Vec<_> = evidence
        .of_kind(EvidenceKind::Certificate)
        .filter_map(|(_, object)| Certificate::read(&object.bytes).ok())
        .collect();
    let named = |c: &&Certificate<'_>| match (&reference.serial, &reference.issuer, &reference.key_id) {
        (Some(serial), Some(_), _) => *c.serial == **serial,
        (_, _, Some(key)) => c.subject_key_id == Some(&**key),
        _ => false,
    };
    let first = reference.references.first();
    let by_digest = all.iter().find(|c| {
        first.is_some_and(|r| r.algorithm.is_some_and(|algorithm| digest(algorithm, c.raw) == *r.digest))
    });
    by_digest.or_else(|| all.iter().find(named)).cloned()
}

/// Whether the value is that of the signer over what it signs.
pub(crate) fn is_intact(facts: &SignatureFacts, evidence: &Evidence) -> bool {
    let Some(key) = signer(&facts.signer, evidence).and_then(|c| PublicKey::read(c.spki).ok()) else {
        return false;
    };
    match &facts.message {
        SignedMessage::Octets { octets } => verify(&key, &facts.algorithm, octets, &facts.value).is_ok(),
        SignedMessage::Digest { digest } => {
            verify_digest(&key, &facts.algorithm, digest, &facts.value).is_ok()
        }
        SignedMessage::Missing => false,
    }
}
