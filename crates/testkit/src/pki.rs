// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A built world: certificates by name, chains, and the way to CRLs, OCSP and TSAs.

use std::{
    collections::{HashMap, HashSet},
    sync::OnceLock,
};

use keiin_model::{DigestAlgorithm, Time};

use crate::{
    Tsa,
    entity::{DistinguishedName, Entity, Kind, RevocationSources},
    keys::{self, TestKey},
    world::{DEFAULT_BASE_URL, World},
};

/// A PKI whose certificates, CRLs, OCSP answers and tokens are made on demand, at any simulated time.
///
/// The same world makes the same certificates, byte for byte. Methods that take an entity's name panic when there is
/// no such entity: the name is the test's own. What comes over a route ([`TestPki::answer`]) never panics.
pub struct TestPki {
    base_url: String,
    start: Time,
    sources: RevocationSources,
    entities: Vec<Issued>,
    by_name: HashMap<String, usize>,
}

pub(crate) struct Issued {
    pub(crate) entity: Entity,
    pub(crate) serial: u64,
    pub(crate) key: &'static TestKey,
    der: OnceLock<Vec<u8>>,
}

impl TestPki {
    /// The default moment at which stories begin: 2026-04-01T00:00:00Z.
    pub const START: Time = Time::from_unix(1_775_001_600);

    /// [`World::hpki`] at [`TestPki::START`] under [`DEFAULT_BASE_URL`].
    pub fn hpki() -> Self {
        Self::hpki_at(DEFAULT_BASE_URL)
    }

    /// [`World::hpki`] at [`TestPki::START`] with the URLs in its certificates under another base, without a slash
    /// at its end: `http://127.0.0.1:8080`.
    pub fn hpki_at(base_url: &str) -> Self {
        World::hpki(base_url, Self::START).build()
    }

    pub(crate) fn new(world: World) -> Self {
        let World { base_url, start, sources, mut entities } = world;
        add_responders(&mut entities);
        let subjects: HashMap<String, DistinguishedName> =
            entities.iter().map(|e| (e.name.clone(), e.subject.clone())).collect();
        assert_eq!(subjects.len(), entities.len(), "two entities have one name");
        // Serial numbers count per issuer name, from 1: they repeat across issuers, as in life (RFC 5280, 4.1.2.2).
        let mut last_serial: HashMap<&DistinguishedName, u64> = HashMap::new();
        let mut issued = Vec::with_capacity(entities.len());
        for entity in entities {
            let issuer =
                subjects.get(&entity.issuer).unwrap_or_else(|| panic!("no issuer {}", entity.issuer));
            let serial = last_serial.entry(issuer).or_insert(0);
            *serial += 1;
            let key = keys::find(entity.key).unwrap_or_else(|| panic!("no test key {}", entity.key));
            issued.push(Issued { entity, serial: *serial, key, der: OnceLock::new() });
        }
        let by_name = issued.iter().enumerate().map(|(i, e)| (e.entity.name.clone(), i)).collect();
        Self { base_url, start, sources, entities: issued, by_name }
    }

    /// The start of the URLs in the certificates.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The moment at which stories begin.
    pub const fn start(&self) -> Time {
        self.start
    }

    /// All entities, issuers and OCSP responders included.
    pub fn entities(&self) -> impl Iterator<Item = &Entity> {
        self.entities.iter().map(|i| &i.entity)
    }

    /// The description of an entity.
    pub fn entity(&self, name: &str) -> &Entity {
        &self.named(name).entity
    }

    /// An entity's certificate, DER.
    pub fn certificate(&self, name: &str) -> &[u8] {
        self.certificate_of(self.named(name))
    }

    /// An entity's private key, PKCS#8 DER.
    pub fn key_pkcs8(&self, name: &str) -> &'static [u8] {
        self.named(name).key.pkcs8()
    }

    /// An entity's test key.
    pub fn key(&self, name: &str) -> &'static TestKey {
        self.named(name).key
    }

    /// The serial number of an entity's certificate.
    pub fn serial(&self, name: &str) -> u64 {
        self.named(name).serial
    }

    /// The certificates from an entity (first) to its root (last), DER.
    pub fn chain(&self, name: &str) -> Vec<Vec<u8>> {
        let mut chain = Vec::new();
        let mut current = self.named(name);
        loop {
            chain.push(self.certificate_of(current).to_vec());
            if current.entity.issuer == current.entity.name {
                return chain;
            }
            current = self.issuer_of(current);
        }
    }

    /// The CRLs that the chain of an entity needs, as of a moment, nearest first ([`TestPki::issuers`]).
    pub fn crls(&self, name: &str, at: Time) -> Vec<Vec<u8>> {
        self.issuers(name).into_iter().map(|ca| self.crl(ca, at)).collect()
    }

    /// The names of the CAs whose CRLs the chain of an entity needs, nearest first, the root's own list left out.
    pub fn issuers(&self, name: &str) -> Vec<&str> {
        let mut names = Vec::new();
        let mut current = self.named(name);
        while current.entity.issuer != current.entity.name {
            current = self.issuer_of(current);
            names.push(current.entity.name.as_str());
        }
        names
    }

    /// A time-stamp authority.
    pub fn tsa(&self, name: &str) -> Tsa<'_> {
        self.find_tsa(name).unwrap_or_else(|| panic!("{name} is not a TSA"))
    }

    /// The name of the newest healthy TSA whose certificate is valid then: `tsa-ecdsa` for 9 years from the start,
    /// then `tsa-generation-2`, from 19 years on `tsa-generation-3`; `None` after 31 years.
    pub fn tsa_valid_at(&self, at: Time) -> Option<&str> {
        ["tsa-generation-3", "tsa-generation-2", "tsa-ecdsa"].into_iter().find_map(|name| {
            let entity = &self.find(name)?.entity;
            (entity.not_before <= at && at <= entity.not_after).then_some(entity.name.as_str())
        })
    }

    pub(crate) fn find_tsa(&self, name: &str) -> Option<Tsa<'_>> {
        let issued = self.find(name)?;
        match &issued.entity.kind {
            Kind::Tsa(profile) => Some(Tsa::new(self, issued, profile.token)),
            _ => None,
        }
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Issued> {
        self.by_name.get(name).map(|index| &self.entities[*index])
    }

    pub(crate) fn named(&self, name: &str) -> &Issued {
        self.find(name).unwrap_or_else(|| panic!("the test PKI has no entity {name}"))
    }

    pub(crate) fn issuer_of(&self, issued: &Issued) -> &Issued {
        self.named(&issued.entity.issuer)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Issued> {
        self.entities.iter()
    }

    /// The certificates that were issued under a name, whichever of its keys signed them.
    pub(crate) fn issued_under<'a>(&'a self, ca: &'a DistinguishedName) -> impl Iterator<Item = &'a Issued> {
        self.entities.iter().filter(move |i| self.issuer_of(i).entity.subject == *ca)
    }

    pub(crate) fn certificate_of<'a>(&'a self, issued: &'a Issued) -> &'a [u8] {
        issued.der.get_or_init(|| crate::certificate::issue(self, issued))
    }

    pub(crate) fn sources_of(&self, entity: &Entity) -> RevocationSources {
        entity.sources.unwrap_or(self.sources)
    }
}

/// One delegated OCSP responder for each CA, `ocsp-NAME`, valid as long as the CA.
fn add_responders(entities: &mut Vec<Entity>) {
    let present: HashSet<String> = entities.iter().map(|e| e.name.clone()).collect();
    let responders: Vec<Entity> = entities
        .iter()
        .filter(|e| matches!(e.kind, Kind::Ca(_)))
        .filter(|ca| !present.contains(&format!("ocsp-{}", ca.name)))
        .map(|ca| Entity {
            name: format!("ocsp-{}", ca.name),
            subject: DistinguishedName::jp(&[
                (crate::NamePart::Organization, "Keiin Test"),
                (crate::NamePart::CommonName, &format!("OCSP Responder of {}", ca.name)),
            ]),
            key: "rsa2048-16",
            issuer: ca.name.clone(),
            not_before: ca.not_before,
            not_after: ca.not_after,
            kind: Kind::OcspResponder,
            signed_with: keys::find(ca.key).map_or(DigestAlgorithm::Sha256, TestKey::usual_digest),
            revocation: None,
            sources: None,
        })
        .collect();
    entities.extend(responders);
}
