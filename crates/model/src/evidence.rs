// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a verdict may rest on: certificates, CRLs and OCSP responses, each with where it came from.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde::{Deserialize, Serialize};

use crate::{Bytes, ObjectId, Time};

/// What an object claims to be. The bytes are unjudged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EvidenceKind {
    /// An X.509 certificate (RFC 5280, 4).
    Certificate,
    /// A certificate list (RFC 5280, 5).
    Crl,
    /// An OCSPResponse with its outer status (RFC 6960, 4.2.1). A bare BasicOCSPResponse found in a container is
    /// wrapped by the adapter, so that there is one form.
    Ocsp,
}

/// Where an object came from. One object may have several origins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Origin {
    /// It stands in the signed file.
    Embedded {
        /// The standard's name of the place: `SignedData.certificates`, `revocation-values`, `DSS`.
        place: Cow<'static, str>,
    },
    /// The caller gave it.
    Supplied,
    /// It was fetched.
    Fetched {
        /// From where.
        url: String,
        /// When.
        at: Time,
    },
}

/// An object with its origins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceObject {
    /// What it claims to be.
    pub kind: EvidenceKind,
    /// Its octets as found.
    pub bytes: Bytes,
    /// Where it came from.
    pub origins: BTreeSet<Origin>,
}

/// A set of objects keyed by the SHA-256 of each. The order of arrival changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Evidence {
    objects: BTreeMap<ObjectId, EvidenceObject>,
}

impl Evidence {
    /// Adds an object under its SHA-256 (`keiin_pki::object_id` computes it); answers whether it was new.
    pub fn insert(
        &mut self,
        id: ObjectId,
        kind: EvidenceKind,
        bytes: impl Into<Bytes>,
        origin: Origin,
    ) -> bool {
        let mut new = false;
        let object = self.objects.entry(id).or_insert_with(|| {
            new = true;
            EvidenceObject { kind, bytes: bytes.into(), origins: BTreeSet::new() }
        });
        object.origins.insert(origin);
        new
    }

    /// Adds all of `other`; answers how many objects were new.
    pub fn merge(&mut self, other: &Self) -> usize {
        let before = self.objects.len();
        for (id, object) in &other.objects {
            let mine = self
                .objects
                .entry(*id)
                .or_insert_with(|| EvidenceObject { origins: BTreeSet::new(), ..object.clone() });
            mine.origins.extend(object.origins.iter().cloned());
        }
        self.objects.len() - before
    }

    /// One object.
    pub fn object(&self, id: &ObjectId) -> Option<&EvidenceObject> {
        self.objects.get(id)
    }

    /// All objects in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (&ObjectId, &EvidenceObject)> {
        self.objects.iter()
    }

    /// The objects of one kind.
    pub fn of_kind(&self, kind: EvidenceKind) -> impl Iterator<Item = (&ObjectId, &EvidenceObject)> {
        self.objects.iter().filter(move |(_, object)| object.kind == kind)
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }
}
