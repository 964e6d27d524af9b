// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One CMS signer as facts: what tokens, CAdES and the CMS in a PDF have in common.

use keiin_model::{
    Bytes, CertificateReference, DataReference, Defect, DefectKind, DigestAlgorithm, Family, Oid,
    SignatureAlgorithm, SignatureFacts, SignedMessage, SignedProperties, SignerReference,
};
use keiin_pki::{
    algorithm::{AlgorithmError, read_digest_algorithm, read_signature_algorithm},
    cms::{self, Attribute, SignerId, SignerInfo},
    der::{DerError, DerErrorKind, Element, Tag, first_non_der, to_der},
    digest::{DigestSet, object_id},
};

use crate::{
    ess::{self, Version},
    oid,
};

/// What a signer signed, as far as it is at hand.
#[derive(Clone, Copy, Debug, Default)]
pub struct SignedContent<'a> {
    /// eContentType; `None` for a counter-signature, whose content has no type (RFC 5652, 11.4).
    pub kind: Option<Oid>,
    /// Digests of the content; `None` when it is not there.
    pub digests: Option<&'a DigestSet>,
    /// The content itself, where a signature without signed attributes may need it (Ed25519).
    pub octets: Option<&'a [u8]>,
}

/// The digests of the content that a signer's facts need: the message digest's, and without signed attributes the
/// signature scheme's own.
pub fn digests_wanted(info: &SignerInfo<'_>) -> Vec<DigestAlgorithm> {
    let digest = digest_algorithm(info, &mut Vec::new()).ok().flatten();
    let scheme = if info.signed_field.is_some() {
        None
    } else {
        signature_algorithm(info, digest).ok().and_then(|(algorithm, _)| algorithm.digest())
    };
    digest.into_iter().chain(scheme).collect()
}

/// Reads one signer. `format` is left empty, and so are properties beyond signing time and content type, time-stamps
/// and counter-signatures: those are the caller's.
///
/// # Errors
/// [`DerError`] when an algorithm has no name.
pub fn read_signer(
    info: &SignerInfo<'_>,
    family: Family,
    content: &SignedContent<'_>,
) -> Result<SignatureFacts, DerError> {
    let mut defects = Vec::new();
    let value = info.signature.octets("signature")?.to_cow();
    let digest = digest_algorithm(info, &mut defects)?;
    let (algorithm, readable) = signature_algorithm(info, digest)?;
    if !readable {
        defects.push(defect(DefectKind::Unreadable, "signatureAlgorithm"));
    }
    if info.signed_field.is_some() {
        check_content_type(info, content.kind, &mut defects);
    }
    Ok(SignatureFacts {
        id: object_id(&value),
        family,
        format: String::new(),
        countersigns: None,
        message: signed_message(info, algorithm, content, &mut defects)?,
        algorithm,
        value: value.as_ref().into(),
        signer: signer_reference(info, &mut defects),
        properties: SignedProperties {
            signing_time: signing_time(info, &mut defects),
            content_type: content.kind,
            ..SignedProperties::default()
        },
        data: vec![message_digest(info, digest, content, &mut defects)],
        timestamps: Vec::new(),
        countersignatures: Vec::new(),
        defects,
    })
}

/// A structural problem at an object by its standard's name.
pub fn defect(kind: DefectKind, at: impl Into<String>) -> Defect {
    Defect { kind, at: at.into() }
}

fn digest_algorithm(
    info: &SignerInfo<'_>,
    defects: &mut Vec<Defect>,
) -> Result<Option<DigestAlgorithm>, DerError> {
    match read_digest_algorithm(info.digest_algorithm.bytes()) {
        Ok(algorithm) => Ok(Some(algorithm)),
        Err(AlgorithmError::UnsupportedDigest { .. }) => Ok(None),
        // Parameters that do not belong there change nothing in what is computed.
        Err(_) => {
            let oid = algorithm_oid(&info.digest_algorithm, "digestAlgorithm")?;
            defects.push(defect(DefectKind::Forbidden, "digestAlgorithm"));
            Ok(DigestAlgorithm::from_oid(&oid))
        }
    }
}

/// The scheme, and whether its parameters could be read.
fn signature_algorithm(
    info: &SignerInfo<'_>,
    digest: Option<DigestAlgorithm>,
) -> Result<(SignatureAlgorithm, bool), DerError> {
    // Some old signers name a signature algorithm where the digest's belongs: what it says of the digest still holds for
    // the value, though not for the message digest.
    let misplaced = || read_signature_algorithm(info.digest_algorithm.bytes(), None).ok()?.digest();
    match read_signature_algorithm(info.signature_algorithm.bytes(), digest.or_else(misplaced)) {
        Ok(algorithm) => Ok((algorithm, true)),
        Err(_) => {
            let oid = algorithm_oid(&info.signature_algorithm, "signatureAlgorithm")?;
            Ok((SignatureAlgorithm::Other { oid }, false))
        }
    }
}

fn algorithm_oid(element: &Element<'_>, object: &'static str) -> Result<Oid, DerError> {
    element.reader(object)?.expect(Tag::OID, object)?.oid(object)
}

/// RFC 5652, 5.4: the value is over the DER of the signed attributes under the tag of a SET, even where BER was sent;
/// without signed attributes it is over the content. Some signers leave the SET unsorted and sign it as it stands, and
/// OpenSSL verifies that; the standard does not, EU DSS does not, and [`DefectKind::NotDer`] says why.
fn signed_message(
    info: &SignerInfo<'_>,
    algorithm: SignatureAlgorithm,
    content: &SignedContent<'_>,
    defects: &mut Vec<Defect>,
) -> Result<SignedMessage, DerError> {
    if let Some(octets) = info.signed_octets() {
        let as_set = Element::whole(&octets, "signedAttrs")?;
        if first_non_der(&as_set).is_none() {
            return Ok(SignedMessage::Octets { octets: octets.into() });
        }
        defects.push(defect(DefectKind::NotDer, "signedAttrs"));
        return Ok(SignedMessage::Octets { octets: to_der(&as_set)?.into() });
    }
    let digest = algorithm.digest().and_then(|digest| content.digests?.value(digest));
    Ok(match (digest, content.octets) {
        (Some(digest), _) => SignedMessage::Digest { digest: digest.clone() },
        (None, Some(octets)) => SignedMessage::Octets { octets: octets.into() },
        (None, None) => SignedMessage::Missing,
    })
}

/// The one value of a signed attribute that stands once (RFC 5652, 11.1 to 11.3).
fn single<'a>(
    info: &SignerInfo<'a>,
    kind: &Oid,
    name: &'static str,
    defects: &mut Vec<Defect>,
) -> Option<Element<'a>> {
    let mut attributes = info.signed_of(kind);
    let first = attributes.next()?;
    if attributes.next().is_some() || first.values.len() != 1 {
        defects.push(defect(DefectKind::Repeated, name));
    }
    first.values.first().copied()
}

fn check_content_type(info: &SignerInfo<'_>, kind: Option<Oid>, defects: &mut Vec<Defect>) {
    let found = single(info, &cms::oid::CONTENT_TYPE, "content-type", defects);
    let problem = match (kind, found) {
        (None, None) => return,
        (None, Some(_)) => DefectKind::Forbidden, // RFC 5652, 11.4
        (Some(_), None) => DefectKind::Missing,   // RFC 5652, 11.1
        (Some(kind), Some(value)) => match value.oid("content-type") {
            Ok(found) if found == kind => return,
            Ok(_) => DefectKind::Mismatch,
            Err(_) => DefectKind::Unreadable,
        },
    };
    defects.push(defect(problem, "content-type"));
}

fn signing_time(info: &SignerInfo<'_>, defects: &mut Vec<Defect>) -> Option<keiin_model::Time> {
    let value = single(info, &cms::oid::SIGNING_TIME, "signing-time", defects)?;
    let time = value.time("signing-time").ok();
    if time.is_none() {
        defects.push(defect(DefectKind::Unreadable, "signing-time"));
    }
    time
}

/// The message digest. Without signed attributes no digest is signed apart from the content, so what was found stands
/// for both and the signature value alone decides.
fn message_digest(
    info: &SignerInfo<'_>,
    algorithm: Option<DigestAlgorithm>,
    content: &SignedContent<'_>,
    defects: &mut Vec<Defect>,
) -> DataReference {
    let actual: Option<Bytes> = algorithm.and_then(|a| content.digests?.value(a)).cloned();
    let name = String::from("message-digest");
    if info.signed_field.is_none() {
        let expected = actual.clone().unwrap_or_default();
        return DataReference::new(name, algorithm, expected, actual);
    }
    let value = single(info, &cms::oid::MESSAGE_DIGEST, "message-digest", defects);
    let expected = match value.map(|v| v.octets("message-digest")) {
        Some(Ok(octets)) => octets.to_cow().as_ref().into(),
        Some(Err(_)) => {
            defects.push(defect(DefectKind::Unreadable, "message-digest"));
            Bytes::default()
        }
        None => {
            defects.push(defect(DefectKind::Missing, "message-digest"));
            Bytes::default()
        }
    };
    DataReference::new(name, algorithm, expected, actual)
}

fn signer_reference(info: &SignerInfo<'_>, defects: &mut Vec<Defect>) -> SignerReference {
    let (issuer, serial, key_id) = match info.sid {
        SignerId::IssuerAndSerial { issuer, serial } => (Some(issuer.as_bytes()), Some(serial), None),
        SignerId::KeyId(id) => (None, None, Some(id)),
    };
    let v2 = references(info, &oid::SIGNING_CERTIFICATE_V2, Version::V2, "signing-certificate-v2", defects);
    let v1 = references(info, &oid::SIGNING_CERTIFICATE, Version::V1, "signing-certificate", defects);
    SignerReference {
        issuer: issuer.map(Bytes::from),
        serial: serial.map(Bytes::from),
        key_id: key_id.map(Bytes::from),
        offered: Vec::new(),
        key: None,
        has_signing_certificate: v1.is_some() || v2.is_some(),
        references: v2.into_iter().chain(v1).flatten().collect(),
    }
}

/// The references of one signing-certificate attribute; `None` when there is no such attribute.
fn references(
    info: &SignerInfo<'_>,
    kind: &Oid,
    version: Version,
    name: &'static str,
    defects: &mut Vec<Defect>,
) -> Option<Vec<CertificateReference>> {
    let attributes: Vec<&Attribute<'_>> = info.signed_of(kind).collect();
    let first = attributes.first()?;
    if attributes.len() > 1 || first.values.len() != 1 {
        defects.push(defect(DefectKind::Repeated, name));
    }
    let value = first.values.first().ok_or(DerErrorKind::Value).ok();
    let read = value.and_then(|value| ess::read_signing_certificate(value, version).ok());
    if read.is_none() {
        defects.push(defect(DefectKind::Unreadable, name));
    }
    Some(read.unwrap_or_default())
}
