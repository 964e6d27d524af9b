// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Signing and extending in the kit's world, step by step.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::indexing_slicing)] // each test uses some of it

use keiin_model::{Container as _, DigestAlgorithm, Signer as _, SigningIntent, Target};
use keiin_testkit::{SoftToken, TestPki};
use keiin_xades::{DataObject, Prepared, Xades, XadesError, XadesShape, prepare};

/// A signer in a world.
pub struct Signing {
    pub card: SoftToken,
    pub pki: TestPki,
    pub holder: String,
}

impl Signing {
    pub fn of(holder: &str) -> Self {
        let pki = TestPki::hpki();
        Self { card: SoftToken::new(&pki, holder), pki, holder: holder.to_owned() }
    }

    pub fn intent(&self) -> SigningIntent {
        SigningIntent::for_signer(self.card.algorithms()).unwrap()
    }

    pub fn prepared(
        &self,
        objects: &[DataObject],
        shape: &XadesShape,
        intent: &SigningIntent,
    ) -> Result<Prepared, XadesError> {
        let (certificate, chain) = (self.card.certificate(), self.card.certificates());
        prepare(objects, certificate, chain, intent, shape, self.pki.start())
    }

    /// The card's answer.
    pub fn value(&self, prepared: &Prepared) -> Vec<u8> {
        self.card.value(prepared.algorithm(), &prepared.digest())
    }

    pub fn signed(
        &self,
        objects: &[DataObject],
        shape: &XadesShape,
        intent: &SigningIntent,
    ) -> Result<Vec<u8>, XadesError> {
        let prepared = self.prepared(objects, shape, intent)?;
        prepared.attach(&self.value(&prepared))
    }

    /// The steps after ES-BES; the octets after each.
    pub fn levels(&self, bes: Vec<u8>, detached: Option<keiin_xades::Detached>) -> Vec<Vec<u8>> {
        let mut xades = Xades::read(bes.clone(), detached).unwrap();
        let mut levels = vec![bes];
        let id = xades.signatures()[0].id;
        let (signature, archive) = (Target::Signature { id }, Target::Archive { id });
        let at = |days: i64| self.pki.start().plus_days(days);
        self.pki.stamp(&mut xades, signature, "tsa-rsa", DigestAlgorithm::Sha256, at(0).plus_seconds(60));
        levels.push(xades.as_bytes().to_vec());
        let mut both = self.pki.material(&self.holder, at(1));
        let of_tsa = self.pki.material("tsa-rsa", at(1));
        both.certificates.extend(of_tsa.certificates);
        both.crls.extend(of_tsa.crls);
        both.ocsps.extend(of_tsa.ocsps);
        xades.embed_material(signature, &both).unwrap();
        levels.push(xades.as_bytes().to_vec());
        for (tsa, before, day) in
            [("tsa-ecdsa", None, 2), ("tsa-rsa", Some("tsa-ecdsa"), 4), ("tsa-ecdsa384", Some("tsa-rsa"), 6)]
        {
            if let Some(before) = before {
                xades.embed_material(archive, &self.pki.material(before, at(day - 1))).unwrap();
            }
            self.pki.stamp(&mut xades, archive, tsa, DigestAlgorithm::Sha384, at(day));
            levels.push(xades.as_bytes().to_vec());
        }
        levels
    }
}
