// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Lays out what a signer is to sign: the signed attributes (RFC 5652, 5.3; EN 319 122-1, 6.3).

use keiin_model::{
    Bytes, ClaimedTime, DigestAlgorithm, ObjectId, Oid, Packaging, SignatureAlgorithm, SigningIntent, Time,
    message_digest_of,
};
use keiin_pki::{
    algorithm::signature_algorithm_identifier,
    cert::Certificate,
    cms::{SignedData, oid},
    der::write,
    digest::{Hasher, digest},
    signing::{SigningError, read_signer},
};
use serde::{Deserialize, Serialize};

use crate::{
    Cades, CadesError, Content,
    attributes::{
        claimed_roles, commitments, content_type, message_digest, mime_type, signature_policy,
        signer_location, signing_certificate, signing_time,
    },
    locate::{find_signer, has_archive_timestamp, has_old_archive_timestamp},
};

/// A signature but for its value. It serialises and holds all that [`Prepared::attach`] needs, so that the card may be
/// in another process or place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prepared {
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) message_digest: DigestAlgorithm,
    pub(crate) to_be_signed: Bytes,
    pub(crate) certificate: Bytes,
    pub(crate) chain: Vec<Bytes>,
    pub(crate) destination: Destination,
}

/// Where the signature will stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "in", rename_all = "kebab-case")]
pub(crate) enum Destination {
    /// A CMS of its own, without the content.
    Detached,
    /// A CMS of its own, with the content.
    Attached { content: Bytes },
    /// A CMS of its own around content that is not at hand.
    AttachedElsewhere,
    /// Another signer of a CMS.
    Beside { cms: Bytes },
    /// A counter-signature of a signature in a CMS.
    On { cms: Bytes, signature: ObjectId },
}

impl Prepared {
    /// The octets that the signer signs: the signed attributes as a SET OF in DER (RFC 5652, 5.4).
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// The scheme that the signer signs with.
    pub const fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The digest of [`to_be_signed`](Self::to_be_signed) under the scheme's digest, as cards take it; empty for a
    /// scheme that takes the message itself.
    pub fn digest(&self) -> Vec<u8> {
        self.algorithm.digest().map_or_else(Vec::new, |algorithm| digest(algorithm, &self.to_be_signed))
    }

    /// The certificate whose key must sign, DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }
}

/// Lays out a signature over content in a CMS of its own.
///
/// `certificate` is the signer's, `chain` others to embed, in any order; `now` is the claimed time of signing. With
/// digests in place of the content and [`Packaging::Attached`], the value goes in by [`Prepared::attach_around`].
///
/// # Errors
/// [`CadesError`] when the certificate cannot be read, is not valid at `now`, does not fit the scheme, or the scheme is
/// not good for new signatures; [`CadesError::Misuse`] when the digest of the content is not among those given.
pub fn prepare<C: AsRef<[u8]>>(
    content: &Content,
    certificate: &[u8],
    chain: &[C],
    intent: &SigningIntent,
    now: Time,
) -> Result<Prepared, CadesError> {
    let destination = match (intent.packaging, content) {
        (Packaging::Detached, _) => Destination::Detached,
        (Packaging::Attached, Content::Bytes(content)) => Destination::Attached { content: content.clone() },
        (Packaging::Attached, Content::Digests(_)) => Destination::AttachedElsewhere,
    };
    let signer = SignerChoice::new(certificate, chain, intent, now)?;
    let digest = digest_of_content(content, signer.message_digest)?;
    Ok(signer.prepared(Some(oid::DATA), &digest, destination))
}

/// Lays out another signature over the content of a CMS, beside those that are there (RFC 5652, 5.1).
/// [`SigningIntent::packaging`] is not looked at: the content stays where it is.
///
/// # Errors
/// As [`prepare`]; [`CadesError::Misuse`] when detached content was not given with the container.
pub fn prepare_additional<C: AsRef<[u8]>>(
    existing: &Cades,
    certificate: &[u8],
    chain: &[C],
    intent: &SigningIntent,
    now: Time,
) -> Result<Prepared, CadesError> {
    let signer = SignerChoice::new(certificate, chain, intent, now)?;
    let signed = existing.signed_data()?;
    if has_old_archive_timestamp(&signed) {
        return Err(CadesError::Misuse { what: OLD_ARCHIVE });
    }
    let digest = digest_of_signed(&signed, existing.content(), signer.message_digest)?;
    let cms = Bytes::from(existing.as_bytes());
    Ok(signer.prepared(Some(signed.encapsulated.kind), &digest, Destination::Beside { cms }))
}

/// Lays out a counter-signature of one signature, which is over that signature's value and has no content-type
/// (RFC 5652, 11.4; EN 319 122-1, 5.2.7).
///
/// # Errors
/// As [`prepare`]; [`CadesError::Misuse`] when there is no such signature.
pub fn prepare_countersignature<C: AsRef<[u8]>>(
    existing: &Cades,
    signature: ObjectId,
    certificate: &[u8],
    chain: &[C],
    intent: &SigningIntent,
    now: Time,
) -> Result<Prepared, CadesError> {
    let signer = SignerChoice::new(certificate, chain, intent, now)?;
    let signed = existing.signed_data()?;
    let found = find_signer(&signed, &signature)?;
    if has_old_archive_timestamp(&signed) || (found.nested && has_archive_timestamp(&signed)) {
        return Err(CadesError::Misuse { what: OLD_ARCHIVE });
    }
    let value = found.signer.signature.octets("signature")?.to_cow();
    let digest = digest(signer.message_digest, &value);
    let cms = Bytes::from(existing.as_bytes());
    Ok(signer.prepared(None, &digest, Destination::On { cms, signature }))
}

/// Certificates would have to go where an archive time-stamp covers them as they stand (TS 101 733, 6.4.1).
const OLD_ARCHIVE: &str = "an archive time-stamp that is there already would be broken by another signature";

/// A signer whose certificate, scheme and intent fit together.
struct SignerChoice<'a> {
    certificate: Certificate<'a>,
    chain: Vec<Bytes>,
    intent: &'a SigningIntent,
    message_digest: DigestAlgorithm,
    now: Time,
}

impl<'a> SignerChoice<'a> {
    fn new<C: AsRef<[u8]>>(
        certificate: &'a [u8],
        chain: &[C],
        intent: &'a SigningIntent,
        now: Time,
    ) -> Result<Self, CadesError> {
        let algorithm = intent.algorithm;
        // CMS writes a pair of numbers in DER (RFC 5753, 2.1.1).
        let is_plain = matches!(algorithm, SignatureAlgorithm::EcdsaPlain { .. });
        if is_plain || signature_algorithm_identifier(algorithm).is_none() {
            return Err(SigningError::NotForSigning { algorithm }.into());
        }
        let (certificate, message_digest) = read_signer(certificate, chain, intent, now)?;
        check_intent(intent)?;
        let chain = chain.iter().map(|c| Bytes::from(c.as_ref())).collect();
        Ok(Self { certificate, chain, intent, message_digest, now })
    }

    fn prepared(&self, kind: Option<Oid>, digest: &[u8], destination: Destination) -> Prepared {
        let intent = self.intent;
        let mut attributes: Vec<Vec<u8>> = kind.as_ref().map(content_type).into_iter().collect();
        attributes.push(message_digest(digest));
        if intent.claimed_time == ClaimedTime::Signed {
            attributes.push(signing_time(self.now));
        }
        attributes.push(signing_certificate(&self.certificate));
        if !intent.commitments.is_empty() {
            attributes.push(commitments(&intent.commitments));
        }
        attributes.extend(intent.location.as_ref().map(signer_location));
        if !intent.claimed_roles.is_empty() {
            attributes.push(claimed_roles(&intent.claimed_roles));
        }
        attributes.extend(intent.policy.as_ref().map(signature_policy));
        // It describes the content, which a counter-signature does not sign.
        let mime = intent.mime_type.as_deref().filter(|_| kind.is_some());
        attributes.extend(mime.map(mime_type));
        Prepared {
            algorithm: intent.algorithm,
            message_digest: self.message_digest,
            to_be_signed: write::set_of(&attributes).into(),
            certificate: self.certificate.raw.into(),
            chain: self.chain.clone(),
            destination,
        }
    }
}

/// What the standard's types do not let stand.
fn check_intent(intent: &SigningIntent) -> Result<(), CadesError> {
    if let Some(location) = &intent.location {
        let empty =
            location.country.is_none() && location.locality.is_none() && location.postal_address.is_empty();
        if empty || location.postal_address.len() > 6 {
            let what = "a signer location names a country, a locality or one to six address lines";
            return Err(CadesError::Misuse { what });
        }
    }
    if let Some(policy) = &intent.policy {
        if policy.digest.len() != policy.algorithm.len() {
            let what = "the digest of the signature policy is not as long as its algorithm makes it";
            return Err(CadesError::Misuse { what });
        }
        if policy.uri.as_ref().is_some_and(|uri| !uri.is_ascii()) {
            return Err(CadesError::Misuse { what: "the URI of a signature policy is ASCII" });
        }
    }
    Ok(())
}

fn digest_of_content(content: &Content, algorithm: DigestAlgorithm) -> Result<Bytes, CadesError> {
    match content {
        Content::Bytes(content) => Ok(digest(algorithm, content).into()),
        Content::Digests(digests) => digests.value(algorithm).cloned().ok_or(CadesError::Misuse {
            what: "the digest of the content is not given in the algorithm that is asked for",
        }),
    }
}

/// The digest of what a CMS signs, inside it or beside it.
pub(crate) fn digest_of_signed(
    signed: &SignedData<'_>,
    beside: Option<&Content>,
    algorithm: DigestAlgorithm,
) -> Result<Bytes, CadesError> {
    if let Some(segments) = signed.encapsulated.segments() {
        let mut hasher = Hasher::new(algorithm);
        segments.for_each(|segment| hasher.update(segment));
        return Ok(hasher.finish().into());
    }
    let what = "the signed content is not in this file: give it, or its digest";
    digest_of_content(beside.ok_or(CadesError::Misuse { what })?, algorithm)
}

/// The digest of the content that a signature by this scheme needs, for callers that stream the content.
pub const fn content_digest_for(algorithm: SignatureAlgorithm) -> Option<DigestAlgorithm> {
    message_digest_of(algorithm)
}
