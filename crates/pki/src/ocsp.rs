// SPDX-License-Identifier: Apache-2.0 OR MIT
//! OCSP responses kept as slices of the input, and requests (RFC 6960).

use keiin_model::{DigestAlgorithm, ObjectId, Oid, Time};

use crate::{
    cert::Certificate,
    der::{DerError, DerErrorKind, Element, Tag, write},
    digest::{digest, object_id},
    extension::{Extension, oid, read_extensions},
    name::Name,
};

/// id-pkix-ocsp-basic.
pub const ID_OCSP_BASIC: Oid = Oid::new(&[1, 3, 6, 1, 5, 5, 7, 48, 1, 1]);

/// Single responses in one answer. A responder answers one request with one or a handful.
const MAX_RESPONSES: usize = 10_000;

/// An OCSPResponse.
#[derive(Clone, Debug)]
pub struct OcspResponse<'a> {
    /// SHA-256 of the octets.
    pub id: ObjectId,
    /// All octets.
    pub raw: &'a [u8],
    /// responseStatus: 0 successful, 1 malformedRequest, 2 internalError, 3 tryLater, 5 sigRequired, 6 unauthorized.
    pub status: u64,
    /// The BasicOCSPResponse of a successful answer.
    pub basic: Option<BasicOcspResponse<'a>>,
}

/// A BasicOCSPResponse.
#[derive(Clone, Debug)]
pub struct BasicOcspResponse<'a> {
    /// All octets.
    pub raw: &'a [u8],
    /// tbsResponseData: what the responder signed.
    pub tbs: &'a [u8],
    /// Who signed.
    pub responder: ResponderId<'a>,
    /// producedAt.
    pub produced_at: Time,
    /// The answers.
    pub responses: Vec<SingleResponse<'a>>,
    /// The nonce, as its extension's value.
    pub nonce: Option<&'a [u8]>,
    /// The signatureAlgorithm element.
    pub signature_algorithm: &'a [u8],
    /// The signature value.
    pub signature: &'a [u8],
    /// Certificates, each as its octets.
    pub certificates: Vec<&'a [u8]>,
    /// Whether a critical response extension is not known.
    pub unknown_critical: bool,
}

/// ResponderID.
#[derive(Clone, Copy, Debug)]
pub enum ResponderId<'a> {
    /// byName.
    Name(Name<'a>),
    /// byKey: SHA-1 of the key's octets.
    Key(&'a [u8]),
}

/// What a responder says of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertStatus {
    /// Not revoked, as far as the responder knows.
    Good,
    /// Revoked.
    Revoked {
        /// revocationTime.
        at: Time,
        /// revocationReason.
        reason: Option<u64>,
    },
    /// The responder does not know the certificate.
    Unknown,
}

/// A SingleResponse.
#[derive(Clone, Debug)]
pub struct SingleResponse<'a> {
    /// The digest that names the issuer; `None` when keiin cannot compute it.
    pub hash_algorithm: Option<DigestAlgorithm>,
    /// Digest of the issuer's Name.
    pub issuer_name_hash: &'a [u8],
    /// Digest of the issuer's key octets.
    pub issuer_key_hash: &'a [u8],
    /// Content octets of the serial number.
    pub serial: &'a [u8],
    /// The answer.
    pub status: CertStatus,
    /// thisUpdate.
    pub this_update: Time,
    /// nextUpdate.
    pub next_update: Option<Time>,
    /// archiveCutoff (RFC 6960, 4.4.4).
    pub archive_cutoff: Option<Time>,
    /// Whether a critical extension is not known.
    pub unknown_critical: bool,
}

impl<'a> OcspResponse<'a> {
    /// Reads an OCSPResponse that fills the input.
    ///
    /// # Errors
    /// [`DerError`] naming the part.
    pub fn read(raw: &'a [u8]) -> Result<Self, DerError> {
        let element = Element::whole(raw, "OCSPResponse")?;
        let mut reader = element.reader("OCSPResponse")?;
        let status = reader.expect(Tag::ENUMERATED, "responseStatus")?.unsigned("responseStatus")?;
        let basic = match reader.optional(Tag::context(0), "responseBytes")? {
            None => None,
            Some(explicit) => {
                let mut parts = explicit.explicit("responseBytes")?.reader("responseBytes")?;
                let kind = parts.expect(Tag::OID, "responseType")?;
                if kind.oid("responseType")? != ID_OCSP_BASIC {
                    return Err(kind.error("responseType", DerErrorKind::Value));
                }
                let octets = parts.expect(Tag::OCTET_STRING, "response")?;
                if octets.is_constructed() {
                    return Err(octets.error("response", DerErrorKind::Value));
                }
                Some(BasicOcspResponse::from_element(&Element::whole(
                    octets.content(),
                    "BasicOCSPResponse",
                )?)?)
            }
        };
        reader.end("OCSPResponse")?;
        Ok(Self { id: object_id(raw), raw, status, basic })
    }
}

/// Wraps a BasicOCSPResponse, as containers hold it, into the OCSPResponse that has one form everywhere.
pub fn wrap_basic(basic: &[u8]) -> Vec<u8> {
    let bytes = write::sequence(&[write::oid(&ID_OCSP_BASIC), write::octet_string(basic)]);
    write::sequence(&[write::element(0x0a, &[0]), write::element(0xa0, &bytes)])
}

impl<'a> BasicOcspResponse<'a> {
    /// Reads a BasicOCSPResponse.
    ///
    /// # Errors
    /// [`DerError`] naming the part.
    pub fn from_element(element: &Element<'a>) -> Result<Self, DerError> {
        let mut outer = element.reader("BasicOCSPResponse")?;
        let tbs = outer.expect(Tag::SEQUENCE, "tbsResponseData")?;
        let signature_algorithm = outer.expect(Tag::SEQUENCE, "signatureAlgorithm")?.bytes();
        let signature = outer.expect(Tag::BIT_STRING, "signature")?.bit_string_octets("signature")?;
        let certificates = match outer.optional(Tag::context(0), "certs")? {
            Some(explicit) => {
                let list = explicit.explicit("certs")?.reader("certs")?.all(1000, "certs")?;
                list.iter().map(Element::bytes).collect()
            }
            None => Vec::new(),
        };
        outer.end("BasicOCSPResponse")?;

        let mut reader = tbs.reader("tbsResponseData")?;
        reader.optional(Tag::context(0), "version")?;
        let responder = reader.read("responderID")?;
        let responder = match responder.tag() {
            tag if tag == Tag::context(1) => {
                ResponderId::Name(Name::from_element(&responder.explicit("byName")?)?)
            }
            tag if tag == Tag::context(2) => ResponderId::Key(responder.explicit("byKey")?.content()),
            _ => return Err(responder.error("responderID", DerErrorKind::UnexpectedTag)),
        };
        let produced_at = reader.expect(Tag::GENERALIZED_TIME, "producedAt")?.time("producedAt")?;
        let list = reader
            .expect(Tag::SEQUENCE, "responses")?
            .reader("responses")?
            .all(MAX_RESPONSES, "responses")?;
        let responses = list.iter().map(SingleResponse::read).collect::<Result<_, _>>()?;
        let extensions =
            read_explicit_extensions(reader.optional(Tag::context(1), "responseExtensions")?.as_ref())?;
        Ok(Self {
            raw: element.bytes(),
            tbs: tbs.bytes(),
            responder,
            produced_at,
            responses,
            nonce: extensions.iter().find(|e| e.oid == oid::OCSP_NONCE).map(|e| e.value),
            signature_algorithm,
            signature,
            certificates,
            unknown_critical: extensions.iter().any(|e| e.critical && e.oid != oid::OCSP_NONCE),
        })
    }
}

fn read_explicit_extensions<'a>(explicit: Option<&Element<'a>>) -> Result<Vec<Extension<'a>>, DerError> {
    explicit.map_or(Ok(Vec::new()), |e| read_extensions(&e.explicit("Extensions")?))
}

impl<'a> SingleResponse<'a> {
    fn read(element: &Element<'a>) -> Result<Self, DerError> {
        let mut reader = element.reader("SingleResponse")?;
        let mut id = reader.expect(Tag::SEQUENCE, "certID")?.reader("certID")?;
        let algorithm = id.expect(Tag::SEQUENCE, "hashAlgorithm")?;
        let algorithm =
            algorithm.reader("hashAlgorithm")?.expect(Tag::OID, "hashAlgorithm")?.oid("hashAlgorithm")?;
        let issuer_name_hash = id.expect(Tag::OCTET_STRING, "issuerNameHash")?.content();
        let issuer_key_hash = id.expect(Tag::OCTET_STRING, "issuerKeyHash")?.content();
        let serial = id.expect(Tag::INTEGER, "serialNumber")?.integer("serialNumber")?;
        let status = cert_status(&reader.read("certStatus")?)?;
        let this_update = reader.expect(Tag::GENERALIZED_TIME, "thisUpdate")?.time("thisUpdate")?;
        let next_update = reader.optional(Tag::context(0), "nextUpdate")?;
        let next_update = next_update.map(|e| e.explicit("nextUpdate")?.time("nextUpdate")).transpose()?;
        let extensions =
            read_explicit_extensions(reader.optional(Tag::context(1), "singleExtensions")?.as_ref())?;
        let cutoff = extensions.iter().find(|e| e.oid == oid::OCSP_ARCHIVE_CUTOFF);
        Ok(Self {
            hash_algorithm: DigestAlgorithm::from_oid(&algorithm),
            issuer_name_hash,
            issuer_key_hash,
            serial,
            status,
            this_update,
            next_update,
            // Not critical: one that cannot be read promises nothing, and the answer stands without it.
            archive_cutoff: cutoff
                .and_then(|e| Element::whole(e.value, "archiveCutoff").ok()?.time("archiveCutoff").ok()),
            unknown_critical: extensions.iter().any(|e| e.critical && e.oid != oid::OCSP_ARCHIVE_CUTOFF),
        })
    }

    /// Whether this answer is about a certificate that `issuer` issued (RFC 6960, 3.2 (1)). The name is hashed as it
    /// stands in the certificate (4.1.1), or as the issuer writes it itself, which need not be the same octets.
    pub fn is_about(&self, certificate: &Certificate<'_>, issuer: &Certificate<'_>) -> bool {
        let Some(algorithm) = self.hash_algorithm else { return false };
        let Some(key) = key_octets(issuer.spki) else { return false };
        self.serial == certificate.serial
            && self.issuer_key_hash == digest(algorithm, key)
            && [certificate.issuer, issuer.subject]
                .iter()
                .any(|name| self.issuer_name_hash == digest(algorithm, name.as_bytes()))
    }
}

fn cert_status(element: &Element<'_>) -> Result<CertStatus, DerError> {
    match element.tag().number {
        0 => Ok(CertStatus::Good),
        1 => {
            let mut reader = element.reader("RevokedInfo")?;
            let at = reader.read("revocationTime")?.time("revocationTime")?;
            let reason = reader.optional(Tag::context(0), "revocationReason")?;
            let reason =
                reason.map(|e| e.explicit("revocationReason")?.unsigned("revocationReason")).transpose()?;
            Ok(CertStatus::Revoked { at, reason })
        }
        2 => Ok(CertStatus::Unknown),
        _ => Err(element.error("certStatus", DerErrorKind::UnexpectedTag)),
    }
}

/// The octets of the BIT STRING in a SubjectPublicKeyInfo: what key hashes are over.
pub fn key_octets(spki: &[u8]) -> Option<&[u8]> {
    let mut reader =
        Element::whole(spki, "subjectPublicKeyInfo").ok()?.reader("subjectPublicKeyInfo").ok()?;
    reader.expect(Tag::SEQUENCE, "algorithm").ok()?;
    reader.expect(Tag::BIT_STRING, "subjectPublicKey").ok()?.bit_string_octets("subjectPublicKey").ok()
}

/// An OCSPRequest for one certificate, naming its issuer by SHA-1 as every responder understands (RFC 5019, 2.1.1).
/// `None` when the issuer's key cannot be read.
pub fn request(
    certificate: &Certificate<'_>,
    issuer: &Certificate<'_>,
    nonce: Option<&[u8]>,
) -> Option<Vec<u8>> {
    let sha1 = DigestAlgorithm::Sha1;
    let id = write::sequence(&[
        write::sequence(&[write::oid(&sha1.oid()), vec![5, 0]]),
        write::octet_string(&digest(sha1, certificate.issuer.as_bytes())),
        write::octet_string(&digest(sha1, key_octets(issuer.spki)?)),
        write::element(2, certificate.serial),
    ]);
    let mut tbs = vec![write::sequence(&[write::sequence(&[id])])];
    if let Some(nonce) = nonce {
        let value = write::octet_string(&write::octet_string(nonce));
        let extension = write::sequence(&[write::oid(&oid::OCSP_NONCE), value]);
        tbs.push(write::element(0xa2, &write::sequence(&[extension])));
    }
    Some(write::sequence(&[write::sequence(&tbs)]))
}
