// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A signing card without the plastic.

use keiin_model::{SignRequest, SignatureAlgorithm, Signer, SignerError};

use crate::{TestPki, keys::TestKey};

/// The key and certificates of one entity as a [`Signer`]. It behaves as a card does: it takes the digest, not the
/// message, and holds the CA certificates beside its own. It has no PIN.
#[derive(Clone)]
pub struct SoftToken {
    key: &'static TestKey,
    certificate: Vec<u8>,
    others: Vec<Vec<u8>>,
}

impl SoftToken {
    /// The card of an entity, with the CA certificates of its chain, the root's included, as HPKI cards hold them.
    ///
    /// # Panics
    /// When there is no such entity.
    pub fn new(pki: &TestPki, name: &str) -> Self {
        let mut chain = pki.chain(name).into_iter();
        let certificate = chain.next().expect("a chain begins with its entity");
        Self { key: pki.key(name), certificate, others: chain.collect() }
    }

    /// The same card without any CA certificate on it.
    #[must_use]
    pub fn alone(mut self) -> Self {
        self.others.clear();
        self
    }
}

impl Signer for SoftToken {
    fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    fn certificates(&self) -> &[Vec<u8>] {
        &self.others
    }

    fn algorithms(&self) -> &[SignatureAlgorithm] {
        self.key.algorithms()
    }

    fn sign(&self, request: &SignRequest<'_>) -> Result<Vec<u8>, SignerError> {
        let refused = || SignerError::Algorithm(request.algorithm);
        if !self.algorithms().contains(&request.algorithm) {
            return Err(refused());
        }
        let digest = request.algorithm.digest().ok_or_else(refused)?;
        self.key.sign_digest(digest, request.digest).ok_or_else(|| SignerError::Device {
            call: "sign",
            reason: format!("a digest of {} octets is not {digest}", request.digest.len()),
        })
    }
}
