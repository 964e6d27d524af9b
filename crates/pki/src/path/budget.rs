// SPDX-License-Identifier: Apache-2.0 OR MIT
//! How much work a search may do, and the signatures that were checked already.

use std::collections::BTreeMap;

use keiin_model::ObjectId;

use crate::{
    algorithm::{AlgorithmError, read_signature_algorithm},
    cert::Certificate,
    digest::object_id,
    key::{KeyError, PublicKey, SignatureError, VerifiedSignature, verify},
    store::CertificateStore,
};

/// Bounds on the work of path building and revocation. Each has its own result when it is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Signatures computed in the life of a [`Budget`]. A record with 30 years of archive time-stamps needs some 200;
    /// this is twenty times that, and a second of work with RSA.
    pub signature_checks: u32,
    /// Signatures computed in one search. Go's crypto/x509 and webpki stop at 100; this leaves room to find the one issuer
    /// among a thousand of its name that all claim its key identifier.
    pub signature_checks_per_search: u32,
    /// Signatures computed to find who signed one CRL or OCSP answer.
    pub signature_checks_per_object: u32,
    /// Paths found in one search. The most seen in PKITS and real chains is 4.
    pub paths: u32,
    /// Certificates in a path. webpki takes 8, PKITS needs 8, bridges between bridges 10.
    pub depth: u32,
    /// Candidate issuers looked at in one search: a mesh of 50 CAs that all certify each other has 2,450 links.
    pub steps: u32,
    /// Names compared with name constraints in one check: as in Go's crypto/x509 and webpki.
    pub name_comparisons: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            signature_checks: 4_096,
            signature_checks_per_search: 1_280,
            signature_checks_per_object: 64,
            paths: 32,
            depth: 12,
            steps: 5_000,
            name_comparisons: 250_000,
        }
    }
}

/// The work that is left, and a memo of signatures: each certificate, CRL and answer is verified once with each key.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    limits: Limits,
    used: u32,
    memo: BTreeMap<(ObjectId, KeyId), Result<VerifiedSignature, SignatureFailure>>,
}

/// Names a key: its SubjectPublicKeyInfo, and the one that it inherited DSA parameters from.
type KeyId = (ObjectId, Option<ObjectId>);

/// A key ready to verify with.
#[derive(Clone, Debug)]
pub(crate) struct ReadyKey {
    pub(crate) key: PublicKey,
    id: KeyId,
}

/// Why a signature was not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureFailure {
    /// The algorithm cannot be read or computed.
    #[error(transparent)]
    Algorithm(AlgorithmError),
    /// The key cannot be read.
    #[error(transparent)]
    Key(KeyError),
    /// The value is wrong, or does not fit the key.
    #[error(transparent)]
    Value(SignatureError),
    /// Nothing was computed: the budget is used up.
    #[error("the limit of signature checks is reached")]
    Exhausted,
}

/// Something signed: a certificate, a CRL or an OCSP answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signed<'a> {
    pub(crate) id: ObjectId,
    pub(crate) message: &'a [u8],
    pub(crate) algorithm: &'a [u8],
    pub(crate) value: &'a [u8],
}

impl<'a> From<&Certificate<'a>> for Signed<'a> {
    fn from(c: &Certificate<'a>) -> Self {
        Self { id: c.id, message: c.tbs, algorithm: c.signature_algorithm, value: c.signature }
    }
}

impl ReadyKey {
    pub(crate) fn read(spki: &[u8]) -> Result<Self, SignatureFailure> {
        let key = PublicKey::read(spki).map_err(SignatureFailure::Key)?;
        Ok(Self { key, id: (object_id(spki), None) })
    }

    /// RFC 5280, 6.1.4 (e): a key without parameters takes those of its issuer's key.
    pub(crate) fn inheriting(self, issuer: &Self) -> Result<Self, SignatureFailure> {
        if !self.key.inherits_parameters() {
            return Ok(self);
        }
        let key = self.key.with_inherited_parameters(&issuer.key).map_err(SignatureFailure::Key)?;
        Ok(Self { key, id: (self.id.0, Some(issuer.id.1.unwrap_or(issuer.id.0))) })
    }
}

impl Budget {
    /// A budget with limits of one's own.
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// The limits.
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Signatures computed so far.
    pub const fn signature_checks(&self) -> u32 {
        self.used
    }

    /// Verifies a signed object with a key, or remembers having done so.
    pub(crate) fn verify(
        &mut self,
        signed: &Signed<'_>,
        key: &ReadyKey,
    ) -> Result<VerifiedSignature, SignatureFailure> {
        let name = (signed.id, key.id);
        if let Some(known) = self.memo.get(&name) {
            return *known;
        }
        if self.used >= self.limits.signature_checks {
            return Err(SignatureFailure::Exhausted);
        }
        self.used += 1;
        let outcome = read_signature_algorithm(signed.algorithm, None)
            .map_err(SignatureFailure::Algorithm)
            .and_then(|algorithm| {
                verify(&key.key, &algorithm, signed.message, signed.value).map_err(SignatureFailure::Value)
            });
        self.memo.insert(name, outcome);
        outcome
    }

    /// The key of a certificate. DSA parameters that it leaves to its issuer are looked for in the store, among the
    /// certificates whose key signed it.
    pub(crate) fn key_of(
        &mut self,
        certificate: &Certificate<'_>,
        store: &CertificateStore<'_>,
    ) -> Result<ReadyKey, SignatureFailure> {
        self.key_within(certificate, store, self.limits.depth)
    }

    fn key_within(
        &mut self,
        certificate: &Certificate<'_>,
        store: &CertificateStore<'_>,
        depth: u32,
    ) -> Result<ReadyKey, SignatureFailure> {
        let key = ReadyKey::read(certificate.spki)?;
        let Some(depth) = depth.checked_sub(1).filter(|_| key.key.inherits_parameters()) else {
            return Ok(key);
        };
        for issuer in store.by_subject(&certificate.issuer) {
            if issuer.spki == certificate.spki {
                continue;
            }
            let Ok(issuer) = self.key_within(issuer, store, depth) else { continue };
            if self.verify(&certificate.into(), &issuer).is_ok() {
                return key.inheriting(&issuer);
            }
        }
        Err(SignatureFailure::Key(KeyError::NothingToInherit))
    }
}
