// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The signatures and document time-stamps of a file as facts.

use std::{borrow::Cow, collections::BTreeSet};

use keiin_cades::{CadesError, Content, completeness::Material, facts};
use keiin_model::{
    Bytes, DataReference, Defect, DefectKind, DigestAlgorithm, Evidence, EvidenceKind, Family, ObjectId,
    Origin, SignatureFacts, SignerLocation, TimestampFacts, TimestampKind,
};
use keiin_pki::{
    cms::SignedData,
    der::Reader,
    digest::{DigestSet, object_id},
};
use keiin_tsp::{Token, facts::defect, material};

use crate::{
    PadesError, SignatureDictionary,
    digest::Ranges,
    level::{self, Surroundings},
    material::Stores,
    read::PdfFacts,
    source::Source,
};

/// A signature with what the rest of the file needs to know of it.
struct Signed {
    facts: SignatureFacts,
    dictionary: SignatureDictionary,
    /// The signature, its time-stamps and all that is in its CMS.
    objects: Vec<ObjectId>,
    evidence: Evidence,
}

struct Stamped {
    facts: TimestampFacts,
    dictionary: SignatureDictionary,
    objects: Vec<ObjectId>,
    evidence: Evidence,
}

/// Reads all dictionaries, which stand in the order in which they were made.
pub(crate) fn read(
    source: &Source,
    dictionaries: Vec<SignatureDictionary>,
    stores: Stores,
    defects: Vec<Defect>,
) -> Result<PdfFacts, PadesError> {
    let wanted: Vec<_> = dictionaries.iter().map(|dictionary| wanted(dictionary, source.len())).collect();
    let digests = source.digests(&wanted)?;
    let ranges = dictionaries.iter().flat_map(|dictionary| dictionary.byte_range.iter().cloned()).collect();
    let reading = Reading { evidence: stores.evidence.clone(), stores, defects };
    Ok(PdfFacts { ranges, ..reading.document(dictionaries.into_iter().zip(digests))? })
}

/// What is hashed for a dictionary, as far as its CMS can be read.
fn wanted(dictionary: &SignatureDictionary, len: usize) -> Ranges {
    let Some(ranges) = dictionary.signed(len) else { return Ranges::default() };
    // A time-stamp may still go into its value, and then all from it on is written anew.
    let written_anew = dictionary.begins();
    Ranges { ranges, algorithms: algorithms(dictionary).unwrap_or_default(), written_anew }
}

fn algorithms(dictionary: &SignatureDictionary) -> Option<BTreeSet<DigestAlgorithm>> {
    let content_info = Reader::new(&dictionary.contents).read("ContentInfo").ok()?;
    if dictionary.is_timestamp() {
        let token = Token::from_element(&content_info).ok()?;
        return Some(token.info.imprint_algorithm.into_iter().collect());
    }
    let signed = SignedData::from_element(&content_info).ok()?;
    match (signed.encapsulated.content, dictionary.sub_filter.as_deref()) {
        (None, _) => keiin_cades::digests_wanted(content_info.bytes()).ok(),
        (Some(_), Some("adbe.pkcs7.sha1")) => Some([DigestAlgorithm::Sha1].into()),
        (Some(_), _) => None,
    }
}

struct Reading {
    stores: Stores,
    evidence: Evidence,
    defects: Vec<Defect>,
}

impl Reading {
    fn document(
        mut self,
        dictionaries: impl Iterator<Item = (SignatureDictionary, DigestSet)>,
    ) -> Result<PdfFacts, PadesError> {
        let (mut signed, mut stamped, mut first_error) = (Vec::new(), Vec::<Stamped>::new(), None);
        for (dictionary, digests) in dictionaries {
            if dictionary.contents.iter().all(|octet| *octet == 0) {
                self.defects.push(defect(DefectKind::Ignored, "Contents")); // room for a signature that was never made
            } else if dictionary.is_timestamp() {
                stamped.extend(self.timestamp(dictionary, &digests, &signed, &stamped));
            } else if dictionary.has_timestamp_filter() {
                self.defects.push(defect(DefectKind::Ignored, "DocTimeStamp")); // /Type says something else
            } else {
                let field = dictionary.field.clone();
                match self.signature(dictionary, digests) {
                    Ok(one) => signed.push(one),
                    Err(source) => {
                        self.defects.push(defect(DefectKind::Ignored, "Contents"));
                        first_error.get_or_insert(PadesError::Signature { field, source: Box::new(source) });
                    }
                }
            }
        }
        match first_error {
            Some(error) if signed.is_empty() && stamped.is_empty() => Err(error),
            _ => {
                let facts = self.finish(signed, &stamped);
                let stamps = stamped.into_iter().map(|stamp| stamp.dictionary).collect();
                Ok(PdfFacts { stamps, ..facts })
            }
        }
    }

    fn signature(
        &mut self,
        dictionary: SignatureDictionary,
        digests: DigestSet,
    ) -> Result<Signed, CadesError> {
        let content_info = Reader::new(&dictionary.contents).read("ContentInfo")?;
        let signed = SignedData::from_element(&content_info)?;
        let encapsulated = signed.encapsulated.content.is_some();
        let hashed = digests.value(DigestAlgorithm::Sha1).cloned();
        let content = Some(digests).filter(|digests| !encapsulated && !digests.is_empty());
        let read = facts::read(&dictionary.contents, Family::Pades, content.map(Content::Digests).as_ref())?;
        let mut signatures = read.signatures.into_iter();
        let mut facts = signatures.next().ok_or(CadesError::Misuse { what: "the CMS has no signer" })?;
        if signatures.next().is_some() {
            facts.defects.push(defect(DefectKind::Ignored, "signerInfos")); // one signer (EN 319 142-1, 5.2)
        }
        match (encapsulated, dictionary.sub_filter.as_deref()) {
            (true, Some("adbe.pkcs7.sha1")) => sha1_of_ranges(&signed, hashed, &mut facts),
            // What is signed is then not the document (EN 319 142-1, 4.1).
            (true, _) => facts.defects.push(defect(DefectKind::Coverage, "encapContentInfo")),
            (false, _) => {}
        }
        facts.defects.extend(dictionary.defects.iter().cloned());
        facts.properties.signing_time = dictionary.time.or(facts.properties.signing_time);
        if let (Some(place), None) = (&dictionary.location, &facts.properties.location) {
            let location = SignerLocation { locality: Some(place.clone()), ..SignerLocation::default() };
            facts.properties.location = Some(location);
        }
        let mut objects = vec![facts.id];
        objects.extend(facts.timestamps.iter().map(|timestamp| timestamp.id));
        objects.extend(read.evidence.iter().map(|(id, _)| *id));
        self.evidence.merge(&read.evidence);
        Ok(Signed { facts, dictionary, objects, evidence: read.evidence })
    }

    /// A document time-stamp with what it covers; `None`, with a defect, when it cannot be read.
    fn timestamp(
        &mut self,
        dictionary: SignatureDictionary,
        digests: &DigestSet,
        signed: &[Signed],
        stamped: &[Stamped],
    ) -> Option<Stamped> {
        let facts = self.token(&dictionary, digests, signed, stamped);
        let Some((facts, objects, evidence)) = facts else {
            self.defects.push(defect(DefectKind::Ignored, "DocTimeStamp"));
            return None;
        };
        Some(Stamped { facts, dictionary, objects, evidence })
    }

    fn token(
        &mut self,
        dictionary: &SignatureDictionary,
        digests: &DigestSet,
        signed: &[Signed],
        stamped: &[Stamped],
    ) -> Option<(TimestampFacts, Vec<ObjectId>, Evidence)> {
        let content_info = Reader::new(&dictionary.contents).read("ContentInfo").ok()?;
        let token = Token::from_element(&content_info).ok()?;
        let actual = token.info.imprint_algorithm.and_then(|algorithm| digests.value(algorithm).cloned());
        let covers = self.covered(dictionary, signed, stamped);
        let mut facts = token.facts(TimestampKind::Document, actual, covers, None).ok()?;
        facts.defects.extend(dictionary.defects.iter().cloned());
        let mut evidence = Evidence::default();
        token.collect(&mut evidence);
        self.evidence.merge(&evidence);
        let objects = std::iter::once(token.id).chain(evidence.iter().map(|(id, _)| *id)).collect();
        Some((facts, objects, evidence))
    }

    /// What stands in the ranges of a time-stamp: signatures and tokens before it with all that is in them, and what the
    /// stores of its revision hold.
    fn covered(
        &self,
        dictionary: &SignatureDictionary,
        signed: &[Signed],
        stamped: &[Stamped],
    ) -> Vec<ObjectId> {
        let inside = |other: &SignatureDictionary| {
            let hole = other.byte_range.first().map_or(0, |range| range.end)..other.end();
            dictionary.covers(&hole)
        };
        let signatures = signed.iter().filter(|s| inside(&s.dictionary)).flat_map(|s| &s.objects);
        let tokens = stamped.iter().filter(|t| inside(&t.dictionary)).flat_map(|t| &t.objects);
        let stored = self.stores.objects.iter().filter(|(_, at)| dictionary.covers(at)).map(|(id, _)| id);
        let mut all: Vec<_> = signatures.chain(tokens).chain(stored).copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn finish(self, signed: Vec<Signed>, stamped: &[Stamped]) -> PdfFacts {
        let first = signed.iter().map(|s| s.dictionary.end()).min();
        let alone = stamped.iter().filter(|t| first.is_none_or(|first| t.dictionary.end() < first));
        let mut facts =
            PdfFacts { timestamps: alone.map(|t| t.facts.clone()).collect(), ..PdfFacts::default() };
        for Signed { facts: mut one, dictionary, evidence, .. } in signed {
            let after: Vec<_> = stamped.iter().filter(|t| t.dictionary.end() > dictionary.end()).collect();
            one.timestamps.extend(after.iter().map(|t| t.facts.clone()));
            one.defects.extend(self.defects.iter().cloned());
            one.format = self.format(&one, &dictionary, &after, &evidence).into();
            facts.signatures.push(one);
            facts.dictionaries.push(dictionary);
        }
        PdfFacts { evidence: self.evidence, defects: self.defects, ..facts }
    }

    fn format(
        &self,
        facts: &SignatureFacts,
        dictionary: &SignatureDictionary,
        after: &[&Stamped],
        own: &Evidence,
    ) -> &'static str {
        // A level rests on what the signature itself has: its CMS, its time-stamps and the stores that
        // were made after it.
        let has_store = self.stores.places.iter().any(|place| *place >= dictionary.end());
        let mut evidence = own.clone();
        for stamp in after {
            evidence.merge(&stamp.evidence);
        }
        if has_store {
            evidence.merge(&self.stores.evidence);
        }
        let has_revocation = evidence.iter().any(|(_, object)| object.kind != EvidenceKind::Certificate);
        let material = Material::new(&evidence);
        let element = Reader::new(&dictionary.contents).read("ContentInfo");
        let Ok(signed) = element.and_then(|element| SignedData::from_element(&element)) else {
            return "PDF-NOT-ETSI"; // it was read above
        };
        let Some(info) = signed.signer_infos.first() else { return "PDF-NOT-ETSI" };
        let certificate = material.signer(&facts.signer).map(|certificate| certificate.id);
        let inside = |id: ObjectId| material::certificates(&signed).any(|raw| object_id(raw) == id);
        // The last time-stamp covers what those before it do.
        let last = after.iter().max_by_key(|stamp| stamp.dictionary.end());
        let content = signed.encapsulated.segments().into_iter().flatten().map(<[u8]>::len);
        let around = Surroundings {
            dictionary,
            has_signer_certificate: certificate.is_some_and(inside),
            complete: (has_store || has_revocation) && material.is_complete(facts),
            has_store,
            is_detached: signed.encapsulated.content.is_none(),
            single_signer: signed.signer_infos.len() == 1,
            holds_sha1: content.fold(0, usize::saturating_add) == 20,
            all_self_signed: material.is_self_signed(),
            store_stamped: last.is_some_and(|last| self.stamps_store(facts, own, &last.dictionary)),
        };
        level::name(info, facts, around)
    }

    /// Whether a time-stamp covers a store, and with what the CMS has the revocation data of the signer's path.
    fn stamps_store(&self, facts: &SignatureFacts, own: &Evidence, stamp: &SignatureDictionary) -> bool {
        let mut covered = own.clone();
        let inside = self.stores.objects.iter().filter(|(_, at)| stamp.covers(at));
        for (id, object) in inside.filter_map(|(id, _)| Some((id, self.stores.evidence.object(id)?))) {
            let origin = Origin::Embedded { place: Cow::Borrowed("DSS") };
            covered.insert(*id, object.kind, object.bytes.clone(), origin);
        }
        self.stores.places.iter().any(|place| *place < stamp.end())
            && Material::new(&covered).has_path_of(&facts.signer)
    }
}

/// adbe.pkcs7.sha1: the CMS holds the SHA-1 of the ranges (ISO 32000-1, 12.8.3.3.1). Where that is not theirs, this is the
/// reference that fails; where it is, the message digest stands for both.
fn sha1_of_ranges(signed: &SignedData<'_>, actual: Option<Bytes>, facts: &mut SignatureFacts) {
    let expected: Vec<u8> = signed.encapsulated.segments().into_iter().flatten().flatten().copied().collect();
    if actual.as_ref().is_some_and(|actual| **actual == *expected) {
        return;
    }
    let (name, algorithm) = (String::from("ByteRange"), Some(DigestAlgorithm::Sha1));
    facts.data = vec![DataReference::new(name, algorithm, expected, actual)];
}
