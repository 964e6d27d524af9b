// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A delegated OCSP responder for each CA (RFC 6960).

use der::{
    Choice, Decode as _, Enumerated, Sequence, Tag, TagNumber,
    asn1::{Any, BitString, GeneralizedTime, ObjectIdentifier, OctetString},
};
use keiin_model::{DigestAlgorithm, Oid, Time};
use spki::AlgorithmIdentifierOwned;
use x509_cert::{
    Certificate,
    ext::{Extensions, pkix::name::GeneralName},
    serial_number::SerialNumber,
};

use crate::{
    Fault, TestPki,
    encode::{self, any, der, digest_identifier, explicit, extension, generalized_time},
    entity::{Kind, Revocation},
    keys::{self, digest},
    pki::Issued,
};

const ID_PKIX_OCSP_BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");
const ID_PKIX_OCSP_NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");
/// Certificates that one request may ask about.
const MAX_REQUESTS: usize = 16;
const DIGEST: DigestAlgorithm = DigestAlgorithm::Sha256;

#[derive(Sequence)]
struct OcspRequest {
    tbs_request: TbsRequest,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    optional_signature: Option<Any>,
}

#[derive(Sequence)]
struct TbsRequest {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", default = "u8::default")]
    version: u8,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    requestor_name: Option<GeneralName>,
    request_list: Vec<Request>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    request_extensions: Option<Extensions>,
}

#[derive(Sequence)]
struct Request {
    req_cert: CertId,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    single_request_extensions: Option<Extensions>,
}

#[derive(Sequence, Clone)]
struct CertId {
    hash_algorithm: AlgorithmIdentifierOwned,
    issuer_name_hash: OctetString,
    issuer_key_hash: OctetString,
    serial_number: SerialNumber,
}

#[derive(Enumerated, Clone, Copy)]
#[repr(u8)]
enum ResponseStatus {
    Successful = 0,
    MalformedRequest = 1,
    InternalError = 2,
    TryLater = 3,
    SigRequired = 5,
    Unauthorized = 6,
}

#[derive(Sequence)]
struct OcspResponse {
    response_status: ResponseStatus,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    response_bytes: Option<ResponseBytes>,
}

#[derive(Sequence)]
struct ResponseBytes {
    response_type: ObjectIdentifier,
    response: OctetString,
}

#[derive(Sequence)]
struct BasicOcspResponse {
    tbs_response_data: ResponseData,
    signature_algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    certs: Option<Vec<Certificate>>,
}

#[derive(Sequence)]
struct ResponseData {
    responder_id: ResponderId,
    produced_at: GeneralizedTime,
    responses: Vec<SingleResponse>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    response_extensions: Option<Extensions>,
}

#[derive(Choice)]
enum ResponderId {
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", constructed = "true")]
    ByKey(OctetString),
}

#[derive(Sequence)]
struct SingleResponse {
    cert_id: CertId,
    cert_status: Any,
    this_update: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    next_update: Option<GeneralizedTime>,
}

impl TestPki {
    /// The OCSPRequest (DER, SHA-1 CertID, no nonce) that asks about an entity.
    pub fn ocsp_request(&self, name: &str) -> Vec<u8> {
        let subject = self.named(name);
        let issuer = self.issuer_of(subject);
        let hash = |input: &[u8]| {
            OctetString::new(digest(DigestAlgorithm::Sha1, input).expect("SHA-1")).expect("a digest")
        };
        let req_cert = CertId {
            hash_algorithm: digest_identifier(DigestAlgorithm::Sha1),
            issuer_name_hash: hash(&der(&encode::name(&issuer.entity.subject))),
            issuer_key_hash: hash(&issuer.key.public_bits()),
            serial_number: crate::certificate::serial_number(subject.serial),
        };
        let tbs_request = TbsRequest {
            version: 0,
            requestor_name: None,
            request_list: vec![Request { req_cert, single_request_extensions: None }],
            request_extensions: None,
        };
        der(&OcspRequest { tbs_request, optional_signature: None })
    }

    /// Answers an OCSPRequest with an OCSPResponse as of a moment, both DER: good, revoked or unknown, signed by the
    /// delegated responder of the CA whose hashes the request has, nextUpdate a day later, the nonce echoed.
    ///
    /// An unreadable request gets malformedRequest, one about foreign CAs (or several at once) unauthorized.
    pub fn ocsp(&self, request: &[u8], at: Time) -> Vec<u8> {
        self.ocsp_with(None, request, at, None)
    }

    /// The same for one CA's responder only, perhaps at fault.
    pub(crate) fn ocsp_with(
        &self,
        ca: Option<&str>,
        request: &[u8],
        at: Time,
        fault: Option<&Fault>,
    ) -> Vec<u8> {
        if let Some(Fault::OcspStatus(status)) = fault {
            return refusal(*status);
        }
        let Ok(parsed) = OcspRequest::from_der(request) else { return refusal(1) };
        let list = &parsed.tbs_request.request_list;
        let Some(first) = list.first().filter(|_| list.len() <= MAX_REQUESTS) else { return refusal(1) };
        let issuer = self
            .all()
            .filter(|i| matches!(i.entity.kind, Kind::Ca(_)) && ca.is_none_or(|ca| i.entity.name == ca))
            .find(|i| is_issuer(i, &first.req_cert));
        let Some(issuer) = issuer.filter(|i| list.iter().all(|r| is_issuer(i, &r.req_cert))) else {
            return refusal(6);
        };
        self.answer_for(issuer, &parsed.tbs_request, at.whole_second(), fault)
    }

    fn answer_for(&self, issuer: &Issued, request: &TbsRequest, at: Time, fault: Option<&Fault>) -> Vec<u8> {
        let responder = self.named(&format!("ocsp-{}", issuer.entity.name));
        let key_id = OctetString::new(responder.key.key_id().as_slice()).expect("short");
        let data = ResponseData {
            responder_id: ResponderId::ByKey(key_id),
            produced_at: generalized_time(at),
            responses: request.request_list.iter().map(|r| self.single(issuer, &r.req_cert, at)).collect(),
            response_extensions: nonce(request, fault),
        };
        let key = match fault {
            Some(Fault::WrongKey) => keys::forger_of(responder.entity.key),
            _ => responder.key,
        };
        let basic = BasicOcspResponse {
            signature_algorithm: key.signature_identifier(DIGEST),
            signature: BitString::from_bytes(&key.sign(DIGEST, &der(&data))).expect("octets"),
            tbs_response_data: data,
            certs: Some(vec![Certificate::from_der(self.certificate_of(responder)).expect("our own")]),
        };
        let response = OctetString::new(der(&basic)).expect("short enough");
        der(&OcspResponse {
            response_status: ResponseStatus::Successful,
            response_bytes: Some(ResponseBytes { response_type: ID_PKIX_OCSP_BASIC, response }),
        })
    }

    fn single(&self, issuer: &Issued, asked: &CertId, at: Time) -> SingleResponse {
        let found = self.issued_under(&issuer.entity.subject).find(|i| {
            crate::certificate::serial_number(i.serial).as_bytes() == asked.serial_number.as_bytes()
        });
        let status = match found {
            None => context(2, false, &[]),
            Some(issued) => match issued.entity.revocation.filter(|r| r.in_force(at)) {
                None => context(0, false, &[]),
                Some(revocation) => context(1, true, &revoked_info(revocation)),
            },
        };
        SingleResponse {
            cert_id: asked.clone(),
            cert_status: status,
            this_update: generalized_time(at),
            next_update: Some(generalized_time(at.plus_days(1))),
        }
    }
}

fn is_issuer(ca: &Issued, asked: &CertId) -> bool {
    let algorithm = Oid::from_octets(asked.hash_algorithm.oid.as_bytes())
        .ok()
        .and_then(|oid| DigestAlgorithm::from_oid(&oid));
    let matches = |input: &[u8], want: &OctetString| {
        algorithm.and_then(|a| digest(a, input)).is_some_and(|hash| hash == want.as_bytes())
    };
    matches(&der(&encode::name(&ca.entity.subject)), &asked.issuer_name_hash)
        && matches(&ca.key.public_bits(), &asked.issuer_key_hash)
}

fn revoked_info(revocation: Revocation) -> Vec<u8> {
    let mut content = der(&generalized_time(revocation.at));
    content.extend(der(&explicit(0, &der(&any(Tag::Enumerated, &[revocation.reason as u8])))));
    content
}

fn context(number: u32, constructed: bool, content: &[u8]) -> Any {
    any(Tag::ContextSpecific { constructed, number: TagNumber(number) }, content)
}

fn nonce(request: &TbsRequest, fault: Option<&Fault>) -> Option<Extensions> {
    let asked = request.request_extensions.iter().flatten().find(|e| e.extn_id == ID_PKIX_OCSP_NONCE)?;
    match fault {
        Some(Fault::MissingNonce) => None,
        Some(Fault::WrongNonce) => {
            let other = OctetString::new([0x5a; 16].as_slice()).expect("short");
            Some(vec![extension(ID_PKIX_OCSP_NONCE, false, &der(&other))])
        }
        _ => Some(vec![asked.clone()]),
    }
}

fn refusal(status: u8) -> Vec<u8> {
    let response_status = match status {
        1 => ResponseStatus::MalformedRequest,
        3 => ResponseStatus::TryLater,
        5 => ResponseStatus::SigRequired,
        6 => ResponseStatus::Unauthorized,
        _ => ResponseStatus::InternalError,
    };
    der(&OcspResponse { response_status, response_bytes: None })
}
