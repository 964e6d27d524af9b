// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Every signature in a CMS as facts, with the evidence that it holds.

use keiin_model::{
    Bytes, Defect, DefectKind, Evidence, Family, ObjectId, SignatureFacts, SignedMessage, TimestampFacts,
    TimestampKind,
};
use keiin_pki::{
    cms::{SignedData, SignerInfo},
    der::Reader,
    digest::{DigestSet, object_id},
};
use keiin_tsp::{
    Token,
    facts::{SignedContent, defect, digests_wanted, read_signer},
    material,
};

use crate::{
    CadesError, Content, attribute_oid as oid,
    completeness::Material,
    content::Known,
    level::{self, Surroundings},
    limits::{MAX_COUNTERSIGNATURE_DEPTH, MAX_HASHED, MAX_SIGNATURES, MAX_TIMESTAMPS},
    property,
    timestamp::{self, Signer},
};

/// What a CMS says.
#[derive(Clone, Debug, Default)]
pub struct CmsFacts {
    /// Its signatures in the order of the file, counter-signatures inside what they sign.
    pub signatures: Vec<SignatureFacts>,
    /// The token, when the file is a time-stamp token of its own.
    pub timestamps: Vec<TimestampFacts>,
    /// What is inside: certificates, CRLs, OCSP responses.
    pub evidence: Evidence,
}

/// Reads a CMS SignedData: a CAdES file, the CMS in a PDF ([`Family::Pades`], whose level its own crate names), or a
/// time-stamp token in a file of its own. Zeros may follow it.
///
/// # Errors
/// [`CadesError`] when it is no CMS SignedData, over a limit, or content was given that is inside already.
pub fn read(cms: &[u8], family: Family, content: Option<&Content>) -> Result<CmsFacts, CadesError> {
    let (signed, followed) = read_signed_data(cms, family)?;
    if signed.encapsulated.kind == keiin_tsp::oid::TST_INFO && family == Family::Cades {
        return read_token(&signed, content);
    }
    if signed.encapsulated.content.is_some() && content.is_some() {
        return Err(CadesError::ContentNotWanted);
    }
    let known = Known::read(&signed, content);
    let mut reading = Reading::new(&signed, &known, family);
    let (certificates, revocations) = material::signed_data(&signed);
    certificates.iter().for_each(|o| o.insert("SignedData.certificates", &mut reading.evidence));
    revocations.iter().for_each(|o| o.insert("SignedData.crls", &mut reading.evidence));
    let mut signatures = Vec::new();
    for info in &signed.signer_infos {
        signatures.push(reading.signer(info, None, 0)?);
    }
    if followed {
        signatures.iter_mut().for_each(|s| s.defects.push(defect(DefectKind::Ignored, "Contents")));
    }
    let evidence = std::mem::take(&mut reading.evidence);
    if family == Family::Cades {
        let names = Levels { signed: &signed, material: &Material::new(&evidence) };
        for (facts, info) in signatures.iter_mut().zip(&signed.signer_infos) {
            names.set(facts, info, 0);
        }
    }
    Ok(CmsFacts { signatures, timestamps: Vec::new(), evidence })
}

/// The SignedData, and whether something other than zeros follows it. A PDF reserves room for the CMS, and some writers
/// fill the rest with other octets; in a file of its own nothing may follow.
fn read_signed_data(cms: &[u8], family: Family) -> Result<(SignedData<'_>, bool), CadesError> {
    if family != Family::Pades {
        return Ok((SignedData::read(cms)?, false));
    }
    let mut reader = Reader::new(cms);
    let signed = SignedData::from_element(&reader.read("ContentInfo")?)?;
    Ok((signed, reader.rest().iter().any(|octet| *octet != 0)))
}

/// A token in a file of its own: a time-stamp over whatever content is given.
fn read_token(signed: &SignedData<'_>, content: Option<&Content>) -> Result<CmsFacts, CadesError> {
    let token = Token::from_element(&signed.content_info)?;
    let algorithm = token.info.imprint_algorithm;
    let actual = match (content, algorithm) {
        (Some(Content::Bytes(bytes)), Some(algorithm)) => {
            Some(keiin_pki::digest::digest(algorithm, bytes).into())
        }
        (Some(Content::Digests(digests)), Some(algorithm)) => digests.value(algorithm).cloned(),
        _ => None,
    };
    let mut evidence = Evidence::default();
    token.collect(&mut evidence);
    let facts = token.facts(TimestampKind::Content, actual, Vec::new(), None)?;
    Ok(CmsFacts { signatures: Vec::new(), timestamps: vec![facts], evidence })
}

struct Reading<'s, 'a> {
    signed: &'s SignedData<'a>,
    content: &'s Known<'s>,
    family: Family,
    evidence: Evidence,
    signatures: usize,
    timestamps: usize,
    hashed: u64,
}

impl<'s, 'a> Reading<'s, 'a> {
    fn new(signed: &'s SignedData<'a>, content: &'s Known<'s>, family: Family) -> Self {
        let evidence = Evidence::default();
        Self { signed, content, family, evidence, signatures: 0, timestamps: 0, hashed: 0 }
    }

    /// One signer with its time-stamps and counter-signatures. `parent` is the signature that it counter-signs.
    fn signer(
        &mut self,
        info: &SignerInfo<'a>,
        parent: Option<(ObjectId, &[u8])>,
        depth: usize,
    ) -> Result<SignatureFacts, CadesError> {
        count(&mut self.signatures, MAX_SIGNATURES, "signatures")?;
        let mut facts = match parent {
            None => self.content_signer(info)?,
            Some((id, value)) => counter_signer(info, self.family, id, value)?,
        };
        property::read(info, &mut facts.properties, &mut facts.defects);
        let (objects, unreadable) = material::attributes(info);
        objects.iter().for_each(|object| object.insert("unsigned attributes", &mut self.evidence));
        facts.defects.extend(unreadable.into_iter().map(|name| defect(DefectKind::Ignored, name)));
        facts.timestamps = self.timestamps(info, facts.id, &mut facts.defects)?;
        facts.countersignatures = self.countersignatures(info, &facts, depth)?;
        Ok(facts)
    }

    fn content_signer(&self, info: &SignerInfo<'a>) -> Result<SignatureFacts, CadesError> {
        let content = SignedContent {
            kind: Some(self.signed.encapsulated.kind),
            digests: self.content.digests.as_ref(),
            octets: self.content.octets.as_deref(),
        };
        Ok(read_signer(info, self.family, &content)?)
    }

    fn timestamps(
        &mut self,
        info: &SignerInfo<'a>,
        id: ObjectId,
        defects: &mut Vec<Defect>,
    ) -> Result<Vec<TimestampFacts>, CadesError> {
        let tokens = timestamp::tokens(info, defects);
        for placed in &tokens {
            count(&mut self.timestamps, MAX_TIMESTAMPS, "time-stamps")?;
            match placed.attribute.kind {
                oid::ARCHIVE_TIMESTAMP_V1 | oid::ARCHIVE_TIMESTAMP_V2 => {
                    self.spend(self.content.octets.as_ref().map_or(0, |octets| octets.len()))?;
                }
                oid::ARCHIVE_TIMESTAMP_V3 => self.spend(0)?,
                _ => {}
            }
            placed.token.collect(&mut self.evidence);
        }
        Ok(Signer { signed: self.signed, info, id, content: self.content }.timestamps(&tokens)?)
    }

    /// Counts the octets that one archive time-stamp has hashed: the file with `content` outside it, both ways.
    fn spend(&mut self, content: usize) -> Result<(), CadesError> {
        let once = self.signed.content_info.bytes().len().saturating_add(content);
        let both = u64::try_from(once).unwrap_or(u64::MAX).saturating_mul(2);
        self.hashed = self.hashed.saturating_add(both);
        if self.hashed > MAX_HASHED {
            return Err(CadesError::Limit { object: "octets under archive time-stamps", limit: MAX_HASHED });
        }
        Ok(())
    }

    fn countersignatures(
        &mut self,
        info: &SignerInfo<'a>,
        parent: &SignatureFacts,
        depth: usize,
    ) -> Result<Vec<SignatureFacts>, CadesError> {
        let mut found = Vec::new();
        for value in info.unsigned_of(&oid::COUNTER_SIGNATURE).flat_map(|attribute| &attribute.values) {
            if depth >= MAX_COUNTERSIGNATURE_DEPTH {
                let limit = u64::try_from(MAX_COUNTERSIGNATURE_DEPTH).unwrap_or(u64::MAX);
                return Err(CadesError::Limit { object: "nested counter-signatures", limit });
            }
            let counter = SignerInfo::from_element(value)?;
            found.push(self.signer(&counter, Some((parent.id, &parent.value)), depth + 1)?);
        }
        Ok(found)
    }
}

/// A counter-signature: its content is the signature value that it signs (RFC 5652, 11.4).
fn counter_signer(
    info: &SignerInfo<'_>,
    family: Family,
    parent: ObjectId,
    value: &[u8],
) -> Result<SignatureFacts, CadesError> {
    let digests = DigestSet::compute(digests_wanted(info), [value]);
    let content = SignedContent { kind: None, digests: Some(&digests), octets: Some(value) };
    let mut facts = read_signer(info, family, &content)?;
    facts.countersigns = Some(parent);
    if let (SignedMessage::Missing, true) = (&facts.message, info.signed_field.is_none()) {
        facts.message = SignedMessage::Octets { octets: Bytes::from(value) };
    }
    Ok(facts)
}

fn count(so_far: &mut usize, limit: usize, object: &'static str) -> Result<(), CadesError> {
    *so_far += 1;
    if *so_far > limit {
        return Err(CadesError::Limit { object, limit: u64::try_from(limit).unwrap_or(u64::MAX) });
    }
    Ok(())
}

/// Names levels once all evidence of the file is there.
struct Levels<'s, 'a> {
    signed: &'s SignedData<'a>,
    material: &'s Material<'s>,
}

impl Levels<'_, '_> {
    fn set(&self, facts: &mut SignatureFacts, info: &SignerInfo<'_>, depth: usize) {
        let certificate = self.material.signer(&facts.signer);
        let end = certificate.map(|certificate| certificate.not_after);
        let mut stamps = facts.timestamps.iter().filter(|stamp| stamp.kind == TimestampKind::Signature);
        let around = Surroundings {
            has_signer_certificate: certificate.is_some_and(|certificate| self.holds(&certificate.id)),
            stamped_in_time: stamps.all(|stamp| end.is_none_or(|end| stamp.time < end)),
            complete: !facts.timestamps.is_empty() && self.material.is_complete(facts),
            all_self_signed: self.material.is_self_signed(),
            has_evidence_record: level::has_evidence_record(self.signed),
        };
        facts.format = level::name(info, facts, around).into();
        if depth >= MAX_COUNTERSIGNATURE_DEPTH {
            return;
        }
        let values = info.unsigned_of(&oid::COUNTER_SIGNATURE).flat_map(|attribute| &attribute.values);
        for (facts, value) in facts.countersignatures.iter_mut().zip(values) {
            if let Ok(info) = SignerInfo::from_element(value) {
                self.set(facts, &info, depth + 1);
            }
        }
    }

    fn holds(&self, id: &ObjectId) -> bool {
        material::certificates(self.signed).any(|raw| object_id(raw) == *id)
    }
}
