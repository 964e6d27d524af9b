// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The steps of a signature's life in one call each: the card's answer, a time-stamp, the material that judges it.

use keiin_model::{
    Bytes, Container, DigestAlgorithm, Material, SignRequest, SignatureAlgorithm, Signer as _, Target, Time,
};

use crate::{SoftToken, TestPki};

impl SoftToken {
    /// The value over a digest.
    ///
    /// # Panics
    /// When the card does not know the scheme or the digest is of another length.
    pub fn value(&self, algorithm: SignatureAlgorithm, digest: &[u8]) -> Vec<u8> {
        // A card takes the digest and never sees the message.
        self.sign(&SignRequest { algorithm, message: &[], digest }).expect("the card signs")
    }

    /// The certificates of CAs on the card but for the root's.
    pub fn intermediates(&self) -> &[Vec<u8>] {
        self.certificates().split_last().map(|(_, others)| others).unwrap_or_default()
    }
}

impl TestPki {
    /// Certificates, CRLs and OCSP responses for the whole chain of an entity, nearest first.
    pub fn material(&self, name: &str, at: Time) -> Material {
        let issuers = self.issuers(name);
        let asked = std::iter::once(name).chain(issuers.iter().copied()).take(issuers.len());
        Material {
            certificates: self.chain(name).into_iter().map(Bytes::from).collect(),
            crls: self.crls(name, at).into_iter().map(Bytes::from).collect(),
            ocsps: asked.map(|name| self.ocsp(&self.ocsp_request(name), at).into()).collect(),
        }
    }

    /// Has a TSA time-stamp a target of a container.
    ///
    /// # Panics
    /// When the container does not take it, or there is no such TSA.
    pub fn stamp(
        &self,
        container: &mut dyn Container,
        target: Target,
        tsa: &str,
        algorithm: DigestAlgorithm,
        at: Time,
    ) {
        let pending = container.begin_timestamp(target, algorithm).expect("a time-stamp can be begun");
        let token = self.tsa(tsa).stamp(algorithm, &pending.imprint, at);
        container.finish_timestamp(&pending, &token).expect("the container takes the time-stamp");
    }
}
