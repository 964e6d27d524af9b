// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Time-stamps of one signer: what each is over, and whose existence it proves.

use keiin_model::{Bytes, Defect, DefectKind, DigestAlgorithm, ObjectId, Oid, TimestampFacts, TimestampKind};
use keiin_pki::{
    cms::{Attribute, SignedData, SignerInfo},
    der::Element,
    digest::object_id,
};
use keiin_tsp::{
    Token,
    facts::defect,
    material::{self, FoundObject},
};

use crate::{
    attribute_oid as oid,
    content::Known,
    hash_index::{Comparison, HashIndex},
    imprint::{self, Encoding, Pieces, UnsignedForm},
    limits::MAX_COUNTERSIGNATURE_DEPTH,
};

/// A token as it stands in an attribute.
pub(crate) struct Placed<'s, 'a> {
    pub(crate) attribute: &'s Attribute<'a>,
    pub(crate) token: Token<'a>,
}

/// The time-stamp attributes, signed and unsigned, by their type.
pub(crate) fn kind_of(attribute: &Oid) -> Option<(TimestampKind, &'static str)> {
    Some(match *attribute {
        oid::CONTENT_TIMESTAMP => (TimestampKind::Content, "content-time-stamp"),
        oid::SIGNATURE_TIMESTAMP => (TimestampKind::Signature, "signature-time-stamp"),
        oid::CADES_C_TIMESTAMP => (TimestampKind::ValidationData, "CAdES-C-timestamp"),
        oid::TIME_STAMPED_CERTS_CRLS_REFERENCES => {
            (TimestampKind::ValidationData, "time-stamped-certs-crls-references")
        }
        oid::ARCHIVE_TIMESTAMP_V1 | oid::ARCHIVE_TIMESTAMP_V2 => {
            (TimestampKind::Archive, "archive-time-stamp")
        }
        oid::ARCHIVE_TIMESTAMP_V3 => (TimestampKind::Archive, "archive-time-stamp-v3"),
        _ => return None,
    })
}

/// The tokens of a signer in the order in which they stand, signed attributes first. A value that is no token becomes a
/// defect.
pub(crate) fn tokens<'s, 'a>(info: &'s SignerInfo<'a>, defects: &mut Vec<Defect>) -> Vec<Placed<'s, 'a>> {
    let signed = info.signed.iter().filter(|a| a.kind == oid::CONTENT_TIMESTAMP);
    let unsigned = info.unsigned.iter().filter(|a| a.kind != oid::CONTENT_TIMESTAMP);
    let mut placed = Vec::new();
    for attribute in signed.chain(unsigned) {
        let Some((_, name)) = kind_of(&attribute.kind) else { continue };
        for value in &attribute.values {
            match Token::from_element(value) {
                Ok(token) => placed.push(Placed { attribute, token }),
                Err(_) => defects.push(defect(DefectKind::Ignored, name)),
            }
        }
    }
    placed
}

/// One signer in its SignedData with the content that it signs.
pub(crate) struct Signer<'s, 'a> {
    pub(crate) signed: &'s SignedData<'a>,
    pub(crate) info: &'s SignerInfo<'a>,
    pub(crate) id: ObjectId,
    pub(crate) content: &'s Known<'s>,
}

/// What was found out about one time-stamp.
#[derive(Default)]
struct Finding {
    actual: Option<Bytes>,
    covers: Vec<ObjectId>,
    via: Option<DigestAlgorithm>,
    defects: Vec<Defect>,
}

impl<'s, 'a> Signer<'s, 'a> {
    /// The facts of every time-stamp, in the order of `tokens`.
    pub(crate) fn timestamps(
        &self,
        tokens: &[Placed<'_, 'a>],
    ) -> Result<Vec<TimestampFacts>, keiin_tsp::TspError> {
        let last = tokens
            .iter()
            .enumerate()
            .filter(|(_, placed)| placed.attribute.kind == oid::ARCHIVE_TIMESTAMP_V3)
            .max_by_key(|(_, placed)| placed.token.info.time)
            .map(|(index, _)| index);
        tokens
            .iter()
            .enumerate()
            .map(|(index, placed)| {
                let Some((kind, _)) = kind_of(&placed.attribute.kind) else {
                    return Err(keiin_tsp::TspError::NoContent); // `tokens` holds time-stamps only
                };
                let found = self.finding(placed, last == Some(index));
                let mut facts = placed.token.facts(kind, found.actual, found.covers, found.via)?;
                facts.defects = found.defects;
                Ok(facts)
            })
            .collect()
    }

    fn finding(&self, placed: &Placed<'_, 'a>, last_archive: bool) -> Finding {
        let Some(algorithm) = placed.token.info.imprint_algorithm else { return Finding::default() };
        let hashed = |pieces: Pieces<'_>| Some(Bytes::from(pieces.digest(algorithm)));
        let signature = vec![self.id];
        match placed.attribute.kind {
            oid::CONTENT_TIMESTAMP => {
                Finding { actual: self.content_digest(algorithm), ..Finding::default() }
            }
            oid::SIGNATURE_TIMESTAMP => Finding {
                actual: imprint::signature_timestamp(self.info).ok().and_then(hashed),
                covers: signature,
                ..Finding::default()
            },
            oid::CADES_C_TIMESTAMP => {
                let stamps = self.info.unsigned_of(&oid::SIGNATURE_TIMESTAMP).flat_map(objects_of);
                Finding {
                    actual: imprint::cades_c_timestamp(self.info).ok().and_then(hashed),
                    covers: signature.into_iter().chain(stamps).collect(),
                    ..Finding::default()
                }
            }
            oid::TIME_STAMPED_CERTS_CRLS_REFERENCES => {
                Finding { actual: hashed(imprint::references_timestamp(self.info)), ..Finding::default() }
            }
            oid::ARCHIVE_TIMESTAMP_V3 => self.archive_v3(&placed.token, algorithm, last_archive),
            oid::ARCHIVE_TIMESTAMP_V2 => self.archive_v2(&placed.token, algorithm),
            _ => self.archive_v1(&placed.token, algorithm),
        }
    }

    fn content_digest(&self, algorithm: DigestAlgorithm) -> Option<Bytes> {
        self.content.digests.as_ref()?.value(algorithm).cloned()
    }

    fn archive_v3(&self, token: &Token<'a>, algorithm: DigestAlgorithm, last: bool) -> Finding {
        let mut found = Finding::default();
        let index = match HashIndex::find(&token.signer) {
            Ok(Some(index)) => index,
            Ok(None) => {
                found.defects.push(defect(DefectKind::HashIndexMismatch, "ats-hash-index"));
                return self.archive_v3_without_index(algorithm, found);
            }
            Err(_) => {
                found.defects.push(defect(DefectKind::Unreadable, "ats-hash-index"));
                return self.archive_v3_without_index(algorithm, found);
            }
        };
        found.actual = self.imprint_v3(token, algorithm, index.element.bytes());
        found.via = index.algorithm;
        if index.algorithm != Some(algorithm) {
            found.defects.push(defect(DefectKind::Mismatch, "hashIndAlgorithm")); // EN 319 122-1, 5.5.2
        }
        let comparison = index.compare(self.signed, self.info);
        found.covers = self.covered(&comparison);
        found.defects.extend(missing(&comparison));
        if last {
            found.defects.extend(not_covered(&comparison));
        }
        found
    }

    /// The imprint that would be there without an index: never the token's, but the signed data was found.
    fn archive_v3_without_index(&self, algorithm: DigestAlgorithm, mut found: Finding) -> Finding {
        let digest = self.content_digest(algorithm).unwrap_or_default();
        let pieces = imprint::archive_timestamp_v3(self.signed, self.info, &digest, &[], Encoding::AsFound);
        found.actual = pieces.ok().filter(|_| !digest.is_empty()).map(|p| p.digest(algorithm).into());
        found
    }

    /// As the standard says it; where that fails and BER stands, as those hash it who make DER of it first.
    fn imprint_v3(&self, token: &Token<'a>, algorithm: DigestAlgorithm, index: &[u8]) -> Option<Bytes> {
        let content = self.content_digest(algorithm)?;
        let hash = |encoding| {
            let pieces = imprint::archive_timestamp_v3(self.signed, self.info, &content, index, encoding);
            pieces.ok().map(|pieces| Bytes::from(pieces.digest(algorithm)))
        };
        let as_found = hash(Encoding::AsFound)?;
        if as_found == token.info.imprint {
            return Some(as_found);
        }
        Some(hash(Encoding::Der).filter(|der| *der == token.info.imprint).unwrap_or(as_found))
    }

    fn covered(&self, comparison: &Comparison) -> Vec<ObjectId> {
        let flagged = |flag: &bool| *flag;
        let certificates = self.signed.certificates.iter().zip(&comparison.certificates);
        let certificates =
            certificates.filter(|(_, c)| flagged(c)).filter_map(|(c, _)| FoundObject::certificate(c));
        let crls = self.signed.crls.iter().zip(&comparison.crls);
        let crls = crls.filter(|(_, c)| flagged(c)).filter_map(|(c, _)| FoundObject::revocation(c));
        let mut ids: Vec<_> = std::iter::once(self.id).chain(self.in_signed_attributes()).collect();
        ids.extend(certificates.chain(crls).map(|object| object.id));
        for (attribute, flags) in self.info.unsigned.iter().zip(&comparison.unsigned) {
            let values = attribute.values.iter().zip(flags).filter(|(_, flag)| **flag);
            ids.extend(values.flat_map(|(value, _)| objects_in(&attribute.kind, value, 0)));
        }
        unique(ids)
    }

    /// What signed attributes hold: content-time-stamps, revocation data of PDF signatures.
    fn in_signed_attributes(&self) -> Vec<ObjectId> {
        self.info.signed.iter().flat_map(objects_of).collect()
    }

    /// The two historic imprints: the time-stamp is intact if either is its own (TS 101 733 V1.8.3 and V2.2.1).
    fn archive_v2(&self, token: &Token<'a>, algorithm: DigestAlgorithm) -> Finding {
        let detached = self.content.octets.as_deref().filter(|_| self.content.detached);
        if self.content.detached && detached.is_none() {
            return Finding::default();
        }
        let before = self.unsigned_before(token);
        let hash = |form| {
            let pieces = imprint::archive_timestamp_v2(self.signed, self.info, detached, &before, form);
            Bytes::from(pieces.digest(algorithm))
        };
        let tagged = hash(UnsignedForm::Tagged);
        let actual = if tagged == token.info.imprint {
            tagged
        } else {
            Some(hash(UnsignedForm::Bare)).filter(|bare| *bare == token.info.imprint).unwrap_or(tagged)
        };
        Finding { actual: Some(actual), covers: self.covered_whole(&before), ..Finding::default() }
    }

    fn archive_v1(&self, token: &Token<'a>, algorithm: DigestAlgorithm) -> Finding {
        let Some(content) = self.content.octets.as_deref() else { return Finding::default() };
        let before = self.unsigned_before(token);
        let pieces = imprint::archive_timestamp_v1(std::iter::once(content), self.info, &before);
        Finding {
            actual: pieces.ok().map(|pieces| pieces.digest(algorithm).into()),
            covers: self.covered_whole(&before),
            ..Finding::default()
        }
    }

    /// Everything in the file, with these unsigned attributes.
    fn covered_whole(&self, unsigned: &[&Attribute<'a>]) -> Vec<ObjectId> {
        let (certificates, revocations) = material::signed_data(self.signed);
        let mut ids = vec![self.id];
        ids.extend(self.in_signed_attributes());
        ids.extend(certificates.iter().chain(&revocations).map(|object| object.id));
        ids.extend(unsigned.iter().flat_map(|attribute| objects_of(attribute)));
        unique(ids)
    }

    /// The unsigned attributes without the archive time-stamps that are not older than this one.
    fn unsigned_before(&self, token: &Token<'a>) -> Vec<&'s Attribute<'a>> {
        let later = |attribute: &&Attribute<'a>| {
            let archive = kind_of(&attribute.kind).is_some_and(|(kind, _)| kind == TimestampKind::Archive);
            archive
                && attribute.values.iter().any(|value| {
                    Token::from_element(value).map_or(true, |other| other.info.time >= token.info.time)
                })
        };
        self.info.unsigned.iter().filter(|attribute| !later(attribute)).collect()
    }
}

/// EN 319 122-1, 5.5.2: an index that names what is not there is invalid.
fn missing(comparison: &Comparison) -> Vec<Defect> {
    [
        (comparison.missing_certificates, "certificatesHashIndex"),
        (comparison.missing_crls, "crlsHashIndex"),
        (comparison.missing_unsigned, "unsignedAttrValuesHashIndex"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(_, name)| defect(DefectKind::HashIndexMismatch, name))
    .collect()
}

fn not_covered(comparison: &Comparison) -> Vec<Defect> {
    [(&comparison.certificates, "SignedData.certificates"), (&comparison.crls, "SignedData.crls")]
        .into_iter()
        .filter(|(flags, _)| flags.iter().any(|covered| !covered))
        .map(|(_, name)| defect(DefectKind::NotCovered, name))
        .collect()
}

fn unique(mut ids: Vec<ObjectId>) -> Vec<ObjectId> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn objects_of(attribute: &Attribute<'_>) -> Vec<ObjectId> {
    attribute.values.iter().flat_map(|value| objects_in(&attribute.kind, value, 0)).collect()
}

/// The objects in one value of an attribute: a token and what is in it, certificates and revocation data, a
/// counter-signature and what is in it.
fn objects_in(kind: &Oid, value: &Element<'_>, depth: usize) -> Vec<ObjectId> {
    let ids = |objects: Vec<FoundObject<'_>>| objects.into_iter().map(|object| object.id).collect();
    match *kind {
        oid::CERTIFICATE_VALUES => material::certificate_values(value).map(ids).unwrap_or_default(),
        oid::REVOCATION_VALUES => material::revocation_values(value).map(ids).unwrap_or_default(),
        oid::REVOCATION_INFO_ARCHIVAL => {
            material::revocation_info_archival(value).map(ids).unwrap_or_default()
        }
        oid::COUNTER_SIGNATURE if depth < MAX_COUNTERSIGNATURE_DEPTH => {
            let Ok(info) = SignerInfo::from_element(value) else { return Vec::new() };
            let Ok(signature) = info.signature.octets("signature") else { return Vec::new() };
            let inside = info.unsigned.iter().flat_map(|attribute| {
                let values = attribute.values.iter();
                values.flat_map(|value| objects_in(&attribute.kind, value, depth + 1)).collect::<Vec<_>>()
            });
            std::iter::once(object_id(&signature.to_cow())).chain(inside).collect()
        }
        kind if kind_of(&kind).is_some() => match Token::from_element(value) {
            Ok(token) => {
                std::iter::once(token.id).chain(token.objects().into_iter().map(|object| object.id)).collect()
            }
            Err(_) => Vec::new(),
        },
        _ => Vec::new(),
    }
}
