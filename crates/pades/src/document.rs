// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The signatures and document time-stamps of a file as facts.

use keiin_cades::{CadesError, Content, completeness::Material, facts};
use keiin_model::{
    DataReference, Defect, DefectKind, DigestAlgorithm, Evidence, EvidenceKind, Family, ObjectId,
    SignatureFacts, SignerLocation, TimestampFacts, TimestampKind,
};
use keiin_pki::{
    cms::SignedData,
    der::Reader,
    digest::{DigestSet, object_id},
};
use keiin_tsp::{Token, facts::defect, material};

use crate::{
    PadesError, SignatureDictionary,
    level::{self, Surroundings},
    limits::MAX_HASHED,
    material::Stores,
    read::PdfFacts,
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

pub(crate) struct Reading<'b> {
    bytes: &'b [u8],
    stores: Stores,
    evidence: Evidence,
    defects: Vec<Defect>,
    hashed: u64,
}

impl<'b> Reading<'b> {
    pub(crate) fn new(bytes: &'b [u8], stores: Stores, defects: Vec<Defect>) -> Self {
        Self { bytes, evidence: stores.evidence.clone(), stores, defects, hashed: 0 }
    }

    /// Reads all dictionaries, which stand in the order in which they were made.
    pub(crate) fn document(mut self, dictionaries: Vec<SignatureDictionary>) -> Result<PdfFacts, PadesError> {
        let (mut signed, mut stamped, mut first_error) = (Vec::new(), Vec::<Stamped>::new(), None);
        for dictionary in dictionaries {
            self.count(&dictionary)?;
            if dictionary.contents.iter().all(|octet| *octet == 0) {
                self.defects.push(defect(DefectKind::Ignored, "Contents")); // room for a signature that was never made
            } else if dictionary.is_timestamp() {
                stamped.extend(self.timestamp(dictionary, &signed, &stamped));
            } else if dictionary.has_timestamp_filter() {
                self.defects.push(defect(DefectKind::Ignored, "DocTimeStamp")); // /Type says something else
            } else {
                let field = dictionary.field.clone();
                match self.signature(dictionary) {
                    Ok(one) => signed.push(one),
                    Err(source) => {
                        self.defects.push(defect(DefectKind::Ignored, "Contents"));
                        first_error.get_or_insert(PadesError::Signature { field, source });
                    }
                }
            }
        }
        match first_error {
            Some(error) if signed.is_empty() && stamped.is_empty() => Err(error),
            _ => Ok(self.finish(signed, &stamped)),
        }
    }

    /// Counts the octets that are hashed for one dictionary.
    fn count(&mut self, dictionary: &SignatureDictionary) -> Result<(), PadesError> {
        let octets = dictionary.signed(self.bytes).map_or(0, |pieces| pieces.iter().map(|p| p.len()).sum());
        self.hashed = self.hashed.saturating_add(u64::try_from(octets).unwrap_or(u64::MAX));
        if self.hashed > MAX_HASHED {
            return Err(PadesError::Limit { object: "octets under ByteRanges", limit: MAX_HASHED });
        }
        Ok(())
    }

    fn signature(&mut self, dictionary: SignatureDictionary) -> Result<Signed, CadesError> {
        let content_info = Reader::new(&dictionary.contents).read("ContentInfo")?;
        let signed = SignedData::from_element(&content_info)?;
        let wanted = keiin_cades::digests_wanted(content_info.bytes())?;
        let encapsulated = signed.encapsulated.content.is_some();
        let content = if encapsulated { None } else { dictionary.digests(self.bytes, wanted) };
        let read = facts::read(&dictionary.contents, Family::Pades, content.map(Content::Digests).as_ref())?;
        let mut signatures = read.signatures.into_iter();
        let mut facts = signatures.next().ok_or(CadesError::Misuse { what: "the CMS has no signer" })?;
        if signatures.next().is_some() {
            facts.defects.push(defect(DefectKind::Ignored, "signerInfos")); // one signer (EN 319 142-1, 5.2)
        }
        match (encapsulated, dictionary.sub_filter.as_deref()) {
            (true, Some("adbe.pkcs7.sha1")) => self.encapsulated(&signed, &dictionary, &mut facts),
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

    /// adbe.pkcs7.sha1: the CMS holds the SHA-1 of the ranges (ISO 32000-1, 12.8.3.3.1). Where that is not theirs, this
    /// is the reference that fails; where it is, the message digest stands for both.
    fn encapsulated(
        &self,
        signed: &SignedData<'_>,
        dictionary: &SignatureDictionary,
        facts: &mut SignatureFacts,
    ) {
        let expected: Vec<u8> =
            signed.encapsulated.segments().into_iter().flatten().flatten().copied().collect();
        let algorithm = DigestAlgorithm::Sha1;
        let actual = dictionary
            .digests(self.bytes, [algorithm])
            .and_then(|digests| digests.value(algorithm).cloned())
            .unwrap_or_default();
        if *actual == *expected {
            return;
        }
        let name = String::from("ByteRange");
        let actual = Some(actual).filter(|actual| !actual.is_empty());
        facts.data = vec![DataReference::new(name, Some(algorithm), expected, actual)];
    }

    /// A document time-stamp with what it covers; `None`, with a defect, when it cannot be read.
    fn timestamp(
        &mut self,
        dictionary: SignatureDictionary,
        signed: &[Signed],
        stamped: &[Stamped],
    ) -> Option<Stamped> {
        let facts = self.token(&dictionary, signed, stamped);
        let Some((facts, objects, evidence)) = facts else {
            self.defects.push(defect(DefectKind::Ignored, "DocTimeStamp"));
            return None;
        };
        Some(Stamped { facts, dictionary, objects, evidence })
    }

    fn token(
        &mut self,
        dictionary: &SignatureDictionary,
        signed: &[Signed],
        stamped: &[Stamped],
    ) -> Option<(TimestampFacts, Vec<ObjectId>, Evidence)> {
        let content_info = Reader::new(&dictionary.contents).read("ContentInfo").ok()?;
        let token = Token::from_element(&content_info).ok()?;
        let digests: Option<DigestSet> = dictionary.digests(self.bytes, token.info.imprint_algorithm);
        let actual = token.info.imprint_algorithm.and_then(|a| digests.as_ref()?.value(a).cloned());
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
            one.format = self.format(&one, &dictionary, &after, evidence).into();
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
        mut evidence: Evidence,
    ) -> &'static str {
        // A level rests on what the signature itself has: its CMS, its time-stamps and the stores that
        // were made after it.
        let has_store = self.stores.places.iter().any(|place| *place > dictionary.end());
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
        let [info] = signed.signer_infos.as_slice() else { return "PDF-NOT-ETSI" };
        let certificate = material.signer(&facts.signer).map(|certificate| certificate.id);
        let inside = |id: ObjectId| material::certificates(&signed).any(|raw| object_id(raw) == id);
        let stamps_store =
            |stamp: &&&Stamped| self.stores.places.iter().any(|place| *place < stamp.dictionary.end());
        let around = Surroundings {
            dictionary,
            has_signer_certificate: certificate.is_some_and(inside),
            complete: (has_store || has_revocation) && material.is_complete(facts),
            has_store,
            is_detached: signed.encapsulated.content.is_none(),
            store_stamped: after.iter().any(|stamp| stamps_store(&stamp)),
        };
        level::name(info, facts, around)
    }
}
