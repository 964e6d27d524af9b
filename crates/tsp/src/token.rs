// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A time-stamp token: a CMS over a TSTInfo (RFC 3161, 2.4.2).

use std::borrow::Cow;

use keiin_model::{
    Bytes, Defect, DefectKind, DigestAlgorithm, Evidence, Family, ImprintFacts, ObjectId, PendingTimestamp,
    TimestampFacts, TimestampKind,
};
use keiin_pki::{
    cms::{SignedData, SignerInfo},
    der::Element,
    digest::{DigestSet, object_id},
};

use crate::{
    TspError, TstInfo,
    facts::{self, SignedContent, defect},
    material::{self, FoundObject},
    oid,
};

/// Where the evidence inside a token says that it comes from.
pub const PLACE: &str = "time-stamp token";

/// A token as slices of the input, with what it signs.
#[derive(Clone, Debug)]
pub struct Token<'a> {
    /// SHA-256 of the ContentInfo as it stands.
    pub id: ObjectId,
    /// The CMS.
    pub signed: SignedData<'a>,
    /// The TSA's signature.
    pub signer: SignerInfo<'a>,
    /// The octets of the TSTInfo, joined where they stand in pieces.
    content: Cow<'a, [u8]>,
    /// What was signed.
    pub info: TstInfo,
}

impl<'a> Token<'a> {
    /// Reads a token; zeros may follow it.
    ///
    /// # Errors
    /// [`TspError::NotAToken`] for a CMS over something else, and the other ways of being malformed.
    pub fn read(input: &'a [u8]) -> Result<Self, TspError> {
        Self::from_element(&Element::zero_padded(input, "TimeStampToken")?)
    }

    /// Reads a token that is the value of an attribute.
    ///
    /// # Errors
    /// As [`Token::read`].
    pub fn from_element(element: &Element<'a>) -> Result<Self, TspError> {
        let signed = SignedData::from_element(element)?;
        if signed.encapsulated.kind != oid::TST_INFO {
            return Err(TspError::NotAToken { content: signed.encapsulated.kind });
        }
        let content = signed.encapsulated.octets.ok_or(TspError::NoContent)?.to_cow();
        let info = TstInfo::read(&content)?;
        let signer = signed.signer_infos.first().cloned().ok_or(TspError::NoSigner)?;
        Ok(Self { id: object_id(element.bytes()), signed, signer, content, info })
    }

    /// Reads the token that answers a time-stamp that was begun: all octets are the token's, and it is over that imprint.
    ///
    /// # Errors
    /// What does not fit.
    pub fn answering(token: &'a [u8], pending: &PendingTimestamp) -> Result<Self, &'static str> {
        let element = Element::whole(token, "TimeStampToken").ok();
        let read = element.and_then(|element| Self::from_element(&element).ok());
        let read = read.ok_or("it is not a time-stamp token")?;
        let fits =
            read.info.imprint_algorithm == Some(pending.algorithm) && read.info.imprint == pending.imprint;
        if fits { Ok(read) } else { Err("it is over another imprint than the one that was begun") }
    }

    /// The id of the TSA's signature: the SHA-256 of its value.
    ///
    /// # Errors
    /// [`TspError::Malformed`] when the value stands in pieces that cannot be read.
    pub fn signature_id(&self) -> Result<ObjectId, TspError> {
        Ok(object_id(&self.signer.signature.octets("signature")?.to_cow()))
    }

    /// The token as facts. `actual` is the imprint computed from what the token is said to be over (`None` when that is
    /// not there), `covers` the objects whose existence it proves, `via` the digests that this runs through beside the
    /// imprint's own.
    ///
    /// # Errors
    /// [`TspError::Malformed`] when the signer's algorithms have no name.
    pub fn facts(
        &self,
        kind: TimestampKind,
        actual: Option<Bytes>,
        covers: Vec<ObjectId>,
        via: impl IntoIterator<Item = DigestAlgorithm>,
    ) -> Result<TimestampFacts, TspError> {
        let digests = DigestSet::compute(facts::digests_wanted(&self.signer), [&self.content]);
        let content =
            SignedContent { kind: Some(oid::TST_INFO), digests: Some(&digests), octets: Some(&self.content) };
        let mut token = facts::read_signer(&self.signer, Family::Token, &content)?;
        token.format = String::from("RFC3161");
        token.defects.extend(self.defects());
        let mut all_via: Vec<_> = self.info.imprint_algorithm.into_iter().chain(via).collect();
        all_via.sort_unstable();
        all_via.dedup();
        Ok(TimestampFacts {
            id: self.id,
            kind,
            time: self.info.time,
            accuracy: self.info.accuracy,
            serial: self.info.serial.clone(),
            policy: self.info.policy,
            imprint: ImprintFacts {
                algorithm: self.info.imprint_algorithm,
                expected: self.info.imprint.clone(),
                actual,
            },
            covers,
            via: all_via,
            token: Box::new(token),
            defects: Vec::new(),
        })
    }

    /// RFC 3161, 2.4.2: one signature, version 1.
    fn defects(&self) -> Vec<Defect> {
        let mut defects = Vec::new();
        if self.signed.signer_infos.len() > 1 {
            defects.push(defect(DefectKind::Repeated, "signerInfos"));
        }
        if self.info.version != 1 {
            defects.push(defect(DefectKind::Forbidden, "TSTInfo.version"));
        }
        defects
    }

    /// Certificates, CRLs and OCSP responses inside the token.
    pub fn objects(&self) -> Vec<FoundObject<'a>> {
        let (mut objects, revocations) = material::signed_data(&self.signed);
        objects.extend(revocations);
        objects.extend(material::attributes(&self.signer).0);
        objects
    }

    /// Adds what is inside the token to the evidence.
    pub fn collect(&self, evidence: &mut Evidence) {
        self.objects().iter().for_each(|object| object.insert(PLACE, evidence));
    }
}

/// Reads a token and gives its facts and what is inside it: [`Token::read`], [`Token::facts`] and [`Token::collect`].
///
/// # Errors
/// As those.
pub fn facts(
    token: &[u8],
    kind: TimestampKind,
    actual: Option<Bytes>,
    covers: Vec<ObjectId>,
    via: impl IntoIterator<Item = DigestAlgorithm>,
) -> Result<(TimestampFacts, Evidence), TspError> {
    let token = Token::read(token)?;
    let mut evidence = Evidence::default();
    token.collect(&mut evidence);
    Ok((token.facts(kind, actual, covers, via)?, evidence))
}
