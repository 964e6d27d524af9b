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
    Container as _, DigestAlgorithm, Material, ObjectId, Signer as _, SigningIntent, Target, Time,
};
use keiin_pades::{Pades, PadesError, PadesIntent, Prepared, Source, prepare};
use keiin_testkit::{SoftToken, TestPki};

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

    pub fn prepared(&self, pades: &Pades, intent: &PadesIntent) -> Result<Prepared, PadesError> {
        prepare(
            pades,
            self.card.certificate(),
            self.card.intermediates(),
            &self.intent(),
            intent,
            self.start(),
        )
    }

    /// The card's answer.
    pub fn value(&self, prepared: &Prepared) -> Vec<u8> {
        self.card.value(prepared.algorithm(), &prepared.digest())
    }

    pub fn attached(&self, pades: &Pades, prepared: &Prepared) -> Pades {
        prepared.attach(pades, &self.value(prepared)).unwrap()
    }

    /// One more signature.
    pub fn signed(&self, pades: &Pades, intent: &PadesIntent) -> Result<Pades, PadesError> {
        Ok(self.attached(pades, &self.prepared(pades, intent)?))
    }

    /// Certificates and CRLs of an entity's whole path.
    pub fn material(&self, entity: &str, when: Time) -> Material {
        Material { ocsps: Vec::new(), ..self.pki.material(entity, when) }
    }

    /// From a signed file on: a time-stamp, the store, document time-stamps; the file after each step.
    pub fn extended(&self, mut pades: Pades, id: ObjectId) -> Vec<(&'static str, Pades)> {
        let at = |days: i64| self.start().plus_days(days);
        let (signature, archive) = (Target::Signature { id }, Target::Archive { id });
        let mut levels = Vec::new();
        self.pki.stamp(
            &mut pades,
            signature,
            "tsa-rsa",
            DigestAlgorithm::Sha256,
            self.start().plus_seconds(60),
        );
        levels.push(("t", pades.clone()));
        pades.embed_material(archive, &self.material(&self.holder, at(1))).unwrap();
        pades.embed_material(archive, &self.material("tsa-rsa", at(1))).unwrap();
        levels.push(("lt", pades.clone()));
        self.pki.stamp(&mut pades, archive, "tsa-ecdsa", DigestAlgorithm::Sha256, at(2));
        levels.push(("lta", pades.clone()));
        pades.embed_material(archive, &self.material("tsa-ecdsa", at(3))).unwrap();
        self.pki.stamp(&mut pades, archive, "tsa-rsa4096-sha512", DigestAlgorithm::Sha512, at(4));
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
