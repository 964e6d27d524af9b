// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Signing PDFs and extending them in the kit's world, step by step.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]
// each test uses some of it

use keiin_model::{
    Bytes, Container as _, DigestAlgorithm, Material, ObjectId, SignRequest, Signer as _, SigningIntent,
    Target, Time,
};
use keiin_pades::{Pades, PadesError, PadesIntent, Prepared, Source, prepare};
use keiin_testkit::{SoftToken, TestPki};
use keiin_tsp::{CertificateRequest, Request};

/// A signer in a world.
pub struct Steps {
    pub pki: TestPki,
    pub holder: String,
    pub card: SoftToken,
}

impl Steps {
    pub fn new(holder: &str) -> Self {
        let pki = TestPki::hpki();
        let card = SoftToken::new(&pki, holder);
        Self { pki, holder: holder.to_owned(), card }
    }

    pub fn start(&self) -> Time {
        self.pki.start()
    }

    pub fn intent(&self) -> SigningIntent {
        SigningIntent::for_signer(self.card.algorithms()).unwrap()
    }

    /// Certificates of the card but for the root.
    pub fn chain(&self) -> Vec<Vec<u8>> {
        let others = self.card.certificates();
        others[..others.len() - 1].to_vec()
    }

    pub fn prepared(&self, pades: &Pades, intent: &PadesIntent) -> Result<Prepared, PadesError> {
        prepare(pades, self.card.certificate(), &self.chain(), &self.intent(), intent, self.start())
    }

    /// The card's answer.
    pub fn value(&self, prepared: &Prepared) -> Vec<u8> {
        let digest = prepared.digest();
        let request = SignRequest {
            algorithm: prepared.algorithm(),
            message: prepared.to_be_signed(),
            digest: &digest,
        };
        self.card.sign(&request).unwrap()
    }

    pub fn attached(&self, pades: &Pades, prepared: &Prepared) -> Pades {
        prepared.attach(pades, &self.value(prepared)).unwrap()
    }

    /// One more signature.
    pub fn signed(&self, pades: &Pades, intent: &PadesIntent) -> Result<Pades, PadesError> {
        Ok(self.attached(pades, &self.prepared(pades, intent)?))
    }

    pub fn stamp(&self, pades: &mut Pades, at: Target, tsa: &str, algorithm: DigestAlgorithm, when: Time) {
        let pending = pades.begin_timestamp(at, algorithm).unwrap();
        let token = self.token(&pending.imprint, tsa, algorithm, when);
        pades.finish_timestamp(&pending, &token).unwrap();
    }

    pub fn token(&self, imprint: &[u8], tsa: &str, algorithm: DigestAlgorithm, when: Time) -> Vec<u8> {
        let request =
            Request::new(algorithm, imprint, Some(&[7; 8]), None, CertificateRequest::Wanted).unwrap();
        request.accept(&self.pki.tsa(tsa).respond(&request.to_der(), when)).unwrap()
    }

    /// Certificates and CRLs of an entity's whole path.
    pub fn material(&self, entity: &str, when: Time) -> Material {
        let chain = self.pki.chain(entity);
        let certificates = chain.iter().map(|c| Bytes::from(c.as_slice())).collect();
        let issuers = self.pki.issuers(entity);
        let crls = issuers.iter().take(chain.len().saturating_sub(1));
        let crls = crls.map(|ca| self.pki.crl(ca, when).into()).collect();
        Material { certificates, crls, ocsps: Vec::new() }
    }

    /// From a signed file on: a time-stamp, the store, document time-stamps; the file after each step.
    pub fn extended(&self, mut pades: Pades, id: ObjectId) -> Vec<(&'static str, Pades)> {
        let at = |days: i64| self.start().plus_days(days);
        let (signature, archive) = (Target::Signature { id }, Target::Archive { id });
        let mut levels = Vec::new();
        self.stamp(&mut pades, signature, "tsa-rsa", DigestAlgorithm::Sha256, self.start().plus_seconds(60));
        levels.push(("t", pades.clone()));
        pades.embed_material(archive, &self.material(&self.holder, at(1))).unwrap();
        pades.embed_material(archive, &self.material("tsa-rsa", at(1))).unwrap();
        levels.push(("lt", pades.clone()));
        self.stamp(&mut pades, archive, "tsa-ecdsa", DigestAlgorithm::Sha256, at(2));
        levels.push(("lta", pades.clone()));
        pades.embed_material(archive, &self.material("tsa-ecdsa", at(3))).unwrap();
        self.stamp(&mut pades, archive, "tsa-rsa4096-sha512", DigestAlgorithm::Sha512, at(4));
        levels.push(("lta2", pades));
        levels
    }
}

/// All octets.
pub fn octets(pades: &Pades) -> Vec<u8> {
    pades.pieces().concat()
}

/// The same file read from its octets alone.
pub fn reread(pades: &Pades) -> Pades {
    Pades::read(Source::from(octets(pades))).unwrap()
}
