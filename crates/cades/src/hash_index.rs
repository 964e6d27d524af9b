// SPDX-License-Identifier: Apache-2.0 OR MIT
//! ats-hash-index, -v2 and -v3: which certificates, revocation data and unsigned attributes an archive-time-stamp-v3
//! covers (EN 319 122-1, 5.5.2; TS 101 733, 6.4.2).

use std::collections::BTreeSet;

use keiin_model::{DigestAlgorithm, Oid};
use keiin_pki::{
    algorithm::{AlgorithmError, digest_algorithm_identifier, read_digest_algorithm},
    cms::{Attribute, SignedData, SignerInfo},
    der::{DerError, DerErrorKind, Element, Octets, Tag, write},
    digest::{Hasher, digest},
};

use crate::attribute_oid as oid;

/// Hashes in one index: as many as objects that a SignedData may have.
const MAX_HASHES: usize = 100_000;

/// The three forms that were standardised one after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// TS 101 733: hashIndAlgorithm has a default, unsigned attributes are hashed whole.
    V1,
    /// EN 319 122-1 V1.0.0: as v1, with hashIndAlgorithm always there.
    V2,
    /// EN 319 122-1 from V1.1.1: one hash for each value of an unsigned attribute.
    V3,
}

impl Version {
    /// The version of an attribute type; `None` when it is no hash index.
    pub fn of(kind: &Oid) -> Option<Self> {
        match *kind {
            oid::ATS_HASH_INDEX => Some(Self::V1),
            oid::ATS_HASH_INDEX_V2 => Some(Self::V2),
            oid::ATS_HASH_INDEX_V3 => Some(Self::V3),
            _ => None,
        }
    }
}

/// A hash index as it stands in a time-stamp token.
#[derive(Clone, Debug)]
pub struct HashIndex<'a> {
    /// Which form.
    pub version: Version,
    /// The whole value: part of what the time-stamp is over.
    pub element: Element<'a>,
    /// hashIndAlgorithm; `None` when keiin cannot compute it.
    pub algorithm: Option<DigestAlgorithm>,
    /// certificatesHashIndex.
    pub certificates: Vec<Octets<'a>>,
    /// crlsHashIndex.
    pub crls: Vec<Octets<'a>>,
    /// unsignedAttrsHashIndex (v1, v2) or unsignedAttrValuesHashIndex (v3).
    pub unsigned: Vec<Octets<'a>>,
}

impl<'a> HashIndex<'a> {
    /// The hash index among the unsigned attributes of a token's signer; the newest form where there are several.
    ///
    /// # Errors
    /// [`DerError`] when the attribute cannot be read.
    pub fn find(token_signer: &SignerInfo<'a>) -> Result<Option<Self>, DerError> {
        let versions = token_signer.unsigned.iter().filter_map(|a| Some((Version::of(&a.kind)?, a)));
        let Some((version, attribute)) = versions.max_by_key(|(version, _)| *version) else {
            return Ok(None);
        };
        let value = attribute
            .single()
            .ok_or_else(|| attribute.element.error("ats-hash-index", DerErrorKind::Value))?;
        Self::read(&value, version).map(Some)
    }

    /// Reads the value of a hash index attribute.
    ///
    /// # Errors
    /// [`DerError`] naming the part.
    pub fn read(element: &Element<'a>, version: Version) -> Result<Self, DerError> {
        let mut reader = element.reader("ATSHashIndex")?;
        let mut first = reader.read("hashIndAlgorithm")?;
        // v1: AlgorithmIdentifier DEFAULT sha256. An AlgorithmIdentifier starts with an OID, a list of hashes does not.
        let starts_with_oid =
            first.tag() == Tag::SEQUENCE && first.reader("hashIndAlgorithm")?.peek() == Some(Tag::OID);
        let mut algorithm = Some(DigestAlgorithm::Sha256);
        if starts_with_oid {
            algorithm = match read_digest_algorithm(first.bytes()) {
                Ok(algorithm) => Some(algorithm),
                Err(AlgorithmError::UnsupportedDigest { .. }) => None,
                Err(_) => return Err(first.error("hashIndAlgorithm", DerErrorKind::Value)),
            };
            first = reader.expect(Tag::SEQUENCE, "certificatesHashIndex")?;
        } else if version != Version::V1 {
            return Err(first.error("hashIndAlgorithm", DerErrorKind::UnexpectedTag));
        }
        let certificates = hashes(&first, "certificatesHashIndex")?;
        let crls = hashes(&reader.expect(Tag::SEQUENCE, "crlsHashIndex")?, "crlsHashIndex")?;
        let unsigned = reader.expect(Tag::SEQUENCE, "unsignedAttrValuesHashIndex")?;
        let unsigned = hashes(&unsigned, "unsignedAttrValuesHashIndex")?;
        reader.end("ATSHashIndex")?;
        Ok(Self { version, element: *element, algorithm, certificates, crls, unsigned })
    }

    /// Compares the index with what stands in the container.
    pub fn compare(&self, signed: &SignedData<'_>, info: &SignerInfo<'_>) -> Comparison {
        let Some(algorithm) = self.algorithm else { return Comparison::default() };
        let hash = |element: Element<'_>| digest(algorithm, element.bytes());
        let certificates: Vec<_> = signed.certificates.iter().map(|c| hash(c.element())).collect();
        let crls: Vec<_> = signed.crls.iter().map(|c| hash(c.element())).collect();
        let (certificates, missing_certificates) = matches(&self.certificates, &certificates);
        let (crls, missing_crls) = matches(&self.crls, &crls);
        let (unsigned, missing_unsigned) = self.compare_unsigned(algorithm, info);
        Comparison { certificates, crls, unsigned, missing_certificates, missing_crls, missing_unsigned }
    }

    fn compare_unsigned(&self, algorithm: DigestAlgorithm, info: &SignerInfo<'_>) -> (Vec<Vec<bool>>, usize) {
        let mut flat = Vec::new();
        for attribute in &info.unsigned {
            match self.version {
                Version::V1 | Version::V2 => flat.push(digest(algorithm, attribute.element.bytes())),
                Version::V3 => flat.extend(value_hashes(algorithm, attribute)),
            }
        }
        let (covered, missing) = matches(&self.unsigned, &flat);
        let mut covered = covered.into_iter();
        let by_value = info.unsigned.iter().map(|attribute| match self.version {
            Version::V1 | Version::V2 => vec![covered.next().unwrap_or(false); attribute.values.len()],
            Version::V3 => covered.by_ref().take(attribute.values.len()).collect(),
        });
        (by_value.collect(), missing)
    }
}

/// What a hash index covers, in the order of the container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// For each member of SignedData.certificates.
    pub certificates: Vec<bool>,
    /// For each member of SignedData.crls.
    pub crls: Vec<bool>,
    /// For each unsigned attribute, each of its values.
    pub unsigned: Vec<Vec<bool>>,
    /// Hashes in certificatesHashIndex that no certificate in the container has.
    pub missing_certificates: usize,
    /// The same for crlsHashIndex.
    pub missing_crls: usize,
    /// The same for the unsigned attributes.
    pub missing_unsigned: usize,
}

/// ATSHashIndexV3 over everything that stands in the container now (EN 319 122-1, 5.5.2): the value of the attribute that
/// goes into the time-stamp token.
pub fn build_v3(algorithm: DigestAlgorithm, signed: &SignedData<'_>, info: &SignerInfo<'_>) -> Vec<u8> {
    let hash = |element: Element<'_>| write::octet_string(&digest(algorithm, element.bytes()));
    let certificates: Vec<_> = signed.certificates.iter().map(|c| hash(c.element())).collect();
    let crls: Vec<_> = signed.crls.iter().map(|c| hash(c.element())).collect();
    let unsigned: Vec<_> = info.unsigned.iter().flat_map(|a| value_hashes(algorithm, a)).collect();
    let unsigned: Vec<_> = unsigned.iter().map(|h| write::octet_string(h)).collect();
    write::sequence(&[
        digest_algorithm_identifier(algorithm),
        write::sequence(&certificates),
        write::sequence(&crls),
        write::sequence(&unsigned),
    ])
}

/// The hash of attrType followed by one value, for each value.
fn value_hashes(algorithm: DigestAlgorithm, attribute: &Attribute<'_>) -> Vec<Vec<u8>> {
    let one = |value: &Element<'_>| {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(attribute.kind_element.bytes());
        hasher.update(value.bytes());
        hasher.finish()
    };
    attribute.values.iter().map(one).collect()
}

fn hashes<'a>(sequence: &Element<'a>, object: &'static str) -> Result<Vec<Octets<'a>>, DerError> {
    let list = sequence.reader(object)?.all(MAX_HASHES, object)?;
    list.iter()
        .map(|e| match e.tag() {
            Tag::OCTET_STRING => e.octets(object),
            _ => Err(e.error(object, DerErrorKind::UnexpectedTag)),
        })
        .collect()
}

/// Which of the objects are in the index, and how many hashes of the index belong to none.
fn matches(index: &[Octets<'_>], objects: &[Vec<u8>]) -> (Vec<bool>, usize) {
    let index: BTreeSet<_> = index.iter().map(Octets::to_cow).collect();
    let present: BTreeSet<&[u8]> = objects.iter().map(Vec::as_slice).collect();
    let covered = objects.iter().map(|hash| index.contains(hash.as_slice())).collect();
    let missing = index.iter().filter(|hash| !present.contains(hash.as_ref())).count();
    (covered, missing)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const SAMPLE: &[u8] = include_bytes!("../tests/data/attached.p7m");

    fn index(hashes: &[Vec<u8>], algorithm: Option<DigestAlgorithm>) -> Vec<u8> {
        let hashes: Vec<_> = hashes.iter().map(|hash| write::octet_string(hash)).collect();
        let none = write::sequence::<Vec<u8>>(&[]);
        let algorithm = algorithm.map(digest_algorithm_identifier).unwrap_or_default();
        write::sequence(&[algorithm, write::sequence(&hashes), none.clone(), none])
    }

    #[test]
    fn what_is_built_covers_everything() {
        let signed = SignedData::read(SAMPLE).unwrap();
        let info = signed.signer_infos.first().unwrap();
        let der = build_v3(DigestAlgorithm::Sha512, &signed, info);
        let read = HashIndex::read(&Element::whole(&der, "t").unwrap(), Version::V3).unwrap();
        assert_eq!(read.algorithm, Some(DigestAlgorithm::Sha512));
        let comparison = read.compare(&signed, info);
        assert_eq!((comparison.certificates, comparison.missing_certificates), (vec![true], 0));
    }

    #[test]
    fn the_algorithm_has_a_default_in_v1_alone() {
        let signed = SignedData::read(SAMPLE).unwrap();
        let info = signed.signer_infos.first().unwrap();
        let certificate = signed.certificates.first().unwrap().element().bytes();
        let der = index(&[digest(DigestAlgorithm::Sha256, certificate)], None);
        let element = Element::whole(&der, "t").unwrap();
        let comparison = HashIndex::read(&element, Version::V1).unwrap().compare(&signed, info);
        assert_eq!(comparison.certificates, [true]);
        assert!(HashIndex::read(&element, Version::V3).is_err());
    }

    #[test]
    fn an_entry_without_its_object_and_an_object_without_its_entry() {
        let signed = SignedData::read(SAMPLE).unwrap();
        let info = signed.signer_infos.first().unwrap();
        let der = index(&[vec![7; 32]], Some(DigestAlgorithm::Sha256));
        let read = HashIndex::read(&Element::whole(&der, "t").unwrap(), Version::V3).unwrap();
        let comparison = read.compare(&signed, info);
        assert_eq!((comparison.certificates, comparison.missing_certificates), (vec![false], 1));
    }
}
