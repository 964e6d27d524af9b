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
use keiin_model::{
    Bytes, Container as _, DigestAlgorithm, Material, ObjectId, SignRequest, Signer as _, Target, Time,
};
use keiin_pki::{cert::Certificate, cms::SignedData, der::Element, digest::object_id, ocsp};
use keiin_testkit::{SoftToken, TestPki};
use keiin_tsp::{CertificateRequest, Request};

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
        let digest = prepared.digest();
        let request = SignRequest {
            algorithm: prepared.algorithm(),
            message: prepared.to_be_signed(),
            digest: &digest,
        };
        self.card.sign(&request).unwrap()
    }

    /// Certificates of the card but for the root.
    pub fn chain(&self) -> Vec<Vec<u8>> {
        let others = self.card.certificates();
        others[..others.len() - 1].to_vec()
    }

    pub fn prepared(&self, packaging: Packaging) -> Prepared {
        let intent = SigningIntent { packaging, ..self.intent() };
        let content = Content::Bytes(DATA.into());
        prepare(&content, self.card.certificate(), &self.chain(), &intent, self.start()).unwrap()
    }

    /// ES-BES.
    pub fn signed(&self, packaging: Packaging) -> Vec<u8> {
        let prepared = self.prepared(packaging);
        prepared.attach(&self.value(&prepared)).unwrap()
    }

    /// A time-stamp from a TSA on a target.
    pub fn stamp(&self, cades: &mut Cades, at: Target, tsa: &str, algorithm: DigestAlgorithm, when: Time) {
        let pending = cades.begin_timestamp(at, algorithm).unwrap();
        let token = self.token(&pending.imprint, tsa, algorithm, when);
        cades.finish_timestamp(&pending, &token).unwrap();
    }

    pub fn token(&self, imprint: &[u8], tsa: &str, algorithm: DigestAlgorithm, when: Time) -> Vec<u8> {
        let request =
            Request::new(algorithm, imprint, Some(&[7; 8]), None, CertificateRequest::Wanted).unwrap();
        request.accept(&self.pki.tsa(tsa).respond(&request.to_der(), when)).unwrap()
    }

    /// Certificates and revocation data of an entity's whole path.
    pub fn material(&self, entity: &str, when: Time) -> Material {
        let chain = self.pki.chain(entity);
        let mut material = Material {
            certificates: chain.iter().map(|c| Bytes::from(c.as_slice())).collect(),
            ..Material::default()
        };
        for (place, pair) in chain.windows(2).enumerate() {
            let [subject, issuer] = pair else { continue };
            let ca = self.pki.issuers(entity)[place].to_owned();
            // Only holders' certificates have an OCSP responder here; for CAs there is the CRL.
            let by_ocsp = self.revocation != Revocation::Crl;
            if by_ocsp {
                let (subject, issuer) =
                    (Certificate::read(subject).unwrap(), Certificate::read(issuer).unwrap());
                let request = ocsp::request(&subject, &issuer, None).unwrap();
                material.ocsps.push(self.pki.ocsp(&request, when).into());
            }
            if self.revocation != Revocation::Ocsp {
                material.crls.push(self.pki.crl(&ca, when).into());
            }
        }
        material
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
        self.stamp(&mut cades, signature, "tsa-rsa", DigestAlgorithm::Sha256, self.start().plus_seconds(60));
        levels.push(("t", cades.as_bytes().to_vec()));
        cades.embed_material(archive, &self.material(&self.holder, at(1))).unwrap();
        cades.embed_material(archive, &self.material("tsa-rsa", at(1))).unwrap();
        levels.push(("lt", cades.as_bytes().to_vec()));
        self.stamp(&mut cades, archive, "tsa-ecdsa", DigestAlgorithm::Sha256, at(2));
        levels.push(("lta", cades.as_bytes().to_vec()));
        cades.embed_material(archive, &self.material("tsa-ecdsa", at(3))).unwrap();
        self.stamp(&mut cades, archive, "tsa-rsa4096-sha512", DigestAlgorithm::Sha512, at(4));
        levels.push(("lta2", cades.as_bytes().to_vec()));
        cades.embed_material(archive, &self.material("tsa-rsa4096-sha512", at(5))).unwrap();
        self.stamp(&mut cades, archive, "tsa-ecdsa384", DigestAlgorithm::Sha384, at(6));
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
