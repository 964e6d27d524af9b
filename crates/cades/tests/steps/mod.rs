// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Signing and extending in the kit's world, step by step.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)] // each test uses some of it

use keiin_cades::{Cades, Content, Packaging, Prepared, SigningIntent, prepare};
use keiin_model::{Container as _, DigestAlgorithm, Material, ObjectId, Signer as _, Target, Time};
use keiin_pki::{cms::SignedData, der::Element, digest::object_id};
use keiin_testkit::{SoftToken, TestPki};

pub const DATA: &[u8] = "診療録 2026-04-01\r\n".as_bytes();

/// What the material holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    Crl,
    Ocsp,
    Both,
}

/// A signer in a world.
pub struct Steps {
    pub pki: TestPki,
    pub holder: String,
    pub card: SoftToken,
    pub revocation: Revocation,
}

impl Steps {
    pub fn new(holder: &str, revocation: Revocation) -> Self {
        let pki = TestPki::hpki();
        let card = SoftToken::new(&pki, holder);
        Self { pki, holder: holder.to_owned(), card, revocation }
    }

    pub fn start(&self) -> Time {
        self.pki.start()
    }

    pub fn intent(&self) -> SigningIntent {
        SigningIntent::for_signer(self.card.algorithms()).unwrap()
    }

    /// The card's answer.
    pub fn value(&self, prepared: &Prepared) -> Vec<u8> {
        self.card.value(prepared.algorithm(), &prepared.digest())
    }

    pub fn prepared(&self, packaging: Packaging) -> Prepared {
        let intent = SigningIntent { packaging, ..self.intent() };
        let content = Content::Bytes(DATA.into());
        prepare(&content, self.card.certificate(), self.card.intermediates(), &intent, self.start()).unwrap()
    }

    /// ES-BES.
    pub fn signed(&self, packaging: Packaging) -> Vec<u8> {
        let prepared = self.prepared(packaging);
        prepared.attach(&self.value(&prepared)).unwrap()
    }

    /// Certificates and revocation data of an entity's whole path.
    pub fn material(&self, entity: &str, when: Time) -> Material {
        let material = self.pki.material(entity, when);
        match self.revocation {
            Revocation::Crl => Material { ocsps: Vec::new(), ..material },
            Revocation::Ocsp => Material { crls: Vec::new(), ..material },
            Revocation::Both => material,
        }
    }

    /// From ES-BES on: ES-T, ES-XL, ES-A, and renewals; the octets after each step.
    pub fn levels(&self, packaging: Packaging) -> Vec<(&'static str, Vec<u8>)> {
        let bes = self.signed(packaging);
        let mut levels = vec![("b", bes.clone())];
        levels.extend(self.extended(bes, packaging));
        levels
    }

    /// The steps after ES-BES on any CMS whose signer is this holder.
    pub fn extended(&self, bes: Vec<u8>, packaging: Packaging) -> Vec<(&'static str, Vec<u8>)> {
        let content = (packaging == Packaging::Detached).then(|| Content::Bytes(DATA.into()));
        let id = signature_ids(&bes)[0];
        let mut cades = Cades::read(bes, content).unwrap();
        let mut levels = Vec::new();
        let (signature, archive) = (Target::Signature { id }, Target::Archive { id });
        let at = |days: i64| self.start().plus_days(days);
        self.pki.stamp(
            &mut cades,
            signature,
            "tsa-rsa",
            DigestAlgorithm::Sha256,
            self.start().plus_seconds(60),
        );
        levels.push(("t", cades.as_bytes().to_vec()));
        cades.embed_material(archive, &self.material(&self.holder, at(1))).unwrap();
        cades.embed_material(archive, &self.material("tsa-rsa", at(1))).unwrap();
        levels.push(("lt", cades.as_bytes().to_vec()));
        self.pki.stamp(&mut cades, archive, "tsa-ecdsa", DigestAlgorithm::Sha256, at(2));
        levels.push(("lta", cades.as_bytes().to_vec()));
        cades.embed_material(archive, &self.material("tsa-ecdsa", at(3))).unwrap();
        self.pki.stamp(&mut cades, archive, "tsa-rsa4096-sha512", DigestAlgorithm::Sha512, at(4));
        levels.push(("lta2", cades.as_bytes().to_vec()));
        cades.embed_material(archive, &self.material("tsa-rsa4096-sha512", at(5))).unwrap();
        self.pki.stamp(&mut cades, archive, "tsa-ecdsa384", DigestAlgorithm::Sha384, at(6));
        levels.push(("lta3", cades.as_bytes().to_vec()));
        levels
    }
}

/// The ids of the signatures in a CMS, in order.
pub fn signature_ids(cms: &[u8]) -> Vec<ObjectId> {
    let signed = SignedData::read(cms).unwrap();
    signed
        .signer_infos
        .iter()
        .map(|s| object_id(&s.signature.octets("signature").unwrap().to_cow()))
        .collect()
}

/// Asserts that a changed CMS holds every primitive element of the old one in its order, but for the SignedData's version,
/// and that what is signed stands there octet for octet.
pub fn leaves_are_kept(old: &[u8], new: &[u8]) {
    let mut later = leaves(new).into_iter();
    for (index, leaf) in leaves(old).into_iter().enumerate() {
        let version = index == 1; // after the contentType
        assert!(
            later.any(|other| other == leaf || (version && other == [2, 1, 5])),
            "leaf {index} of the old file is not in the new one"
        );
    }
    let (old, new) = (SignedData::read(old).unwrap(), SignedData::read(new).unwrap());
    assert_eq!(old.encapsulated.element.bytes(), new.encapsulated.element.bytes());
    for signer in &old.signer_infos {
        let same = new.signer_infos.iter().find(|s| s.signature.bytes() == signer.signature.bytes()).unwrap();
        assert_eq!(signer.signed_field.map(|f| f.bytes()), same.signed_field.map(|f| f.bytes()));
    }
}

/// The primitive elements in order, each with identifier and length.
fn leaves(octets: &[u8]) -> Vec<Vec<u8>> {
    fn add(element: &Element<'_>, leaves: &mut Vec<Vec<u8>>) {
        if !element.is_constructed() {
            leaves.push(element.bytes().to_vec());
            return;
        }
        for inner in element.reader("test").unwrap().all(usize::MAX, "test").unwrap() {
            add(&inner, leaves);
        }
    }
    let mut all = Vec::new();
    add(&Element::whole(octets, "test").unwrap(), &mut all);
    all
}
