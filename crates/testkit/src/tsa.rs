// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A time-stamp authority (RFC 3161, RFC 5816).

use cms::{
    cert::{CertificateChoices, IssuerAndSerialNumber},
    content_info::{CmsVersion, ContentInfo},
    signed_data::{
        CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
    },
};
use const_oid::db::{rfc5911, rfc6268};
use der::{
    Decode as _, Tag,
    asn1::{Any, BitString, Int, ObjectIdentifier, OctetString, SetOfVec, Uint},
};
use keiin_model::{DigestAlgorithm, Oid, Time};
use x509_cert::{
    Certificate,
    attr::{Attribute, Attributes},
    ext::pkix::name::GeneralName,
};

use crate::{
    Fault, PkiFailure, TestPki,
    certificate::serial_number,
    encode::{any, der, digest_identifier, name, precise_time, x509_time},
    entity::{EssVersion, RsaNaming, TokenProfile},
    keys::{self, TestKey, digest},
    pki::Issued,
    tsp::{
        Accuracy, EssCertId, EssCertIdV2, IssuerSerial, MessageImprint, PkiStatusInfo, SigningCertificate,
        SigningCertificateV2, TimeStampReq, TimeStampResp, TstInfo,
    },
};

/// The policy of all the kit's TSAs (the enterprise number for examples, RFC 5612).
const POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.3.1");
const OTHER_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.3.2");
const ID_CT_TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const ID_AA_SIGNING_CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
const ID_AA_SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

/// A time-stamp authority of a [`TestPki`]. It stamps whatever time it is told, its certificate valid or not.
#[derive(Clone, Copy)]
pub struct Tsa<'a> {
    pki: &'a TestPki,
    issued: &'a Issued,
    profile: TokenProfile,
}

impl<'a> Tsa<'a> {
    pub(crate) const fn new(pki: &'a TestPki, issued: &'a Issued, profile: TokenProfile) -> Self {
        Self { pki, issued, profile }
    }

    /// The policy that its tokens name; any other is refused.
    pub fn policy() -> String {
        POLICY.to_string()
    }

    /// The same TSA with other tokens.
    #[must_use]
    pub const fn with(self, profile: TokenProfile) -> Self {
        Self { profile, ..self }
    }

    /// What its tokens look like.
    pub const fn profile(&self) -> TokenProfile {
        self.profile
    }

    /// Answers a TimeStampReq with a TimeStampResp, both DER. A request that cannot be served gets a rejection.
    pub fn respond(&self, request: &[u8], at: Time) -> Vec<u8> {
        self.respond_with(request, at, None)
    }

    /// A time-stamp token (a ContentInfo, DER) over a digest, without a nonce, with the TSA's certificates.
    pub fn stamp(&self, algorithm: DigestAlgorithm, digest: &[u8], at: Time) -> Vec<u8> {
        let request = TimeStampReq {
            version: 1,
            message_imprint: MessageImprint {
                hash_algorithm: digest_identifier(algorithm),
                hashed_message: OctetString::new(digest).expect("a digest"),
            },
            req_policy: None,
            nonce: None,
            cert_req: true,
            extensions: None,
        };
        self.token(&request, &der(&request), at, None)
    }

    pub(crate) fn respond_with(&self, request: &[u8], at: Time, fault: Option<&Fault>) -> Vec<u8> {
        if let Some(Fault::Reject { failure, text }) = fault {
            return rejection(*failure, text);
        }
        let Ok(parsed) = TimeStampReq::from_der(request) else {
            return rejection(PkiFailure::BadDataFormat, "the request is not a TimeStampReq");
        };
        if let Some((failure, text)) = refusal(&parsed) {
            return rejection(failure, text);
        }
        let token = self.token(&parsed, request, at, fault);
        der(&TimeStampResp {
            status: PkiStatusInfo { status: 0, status_string: None, fail_info: None },
            time_stamp_token: Some(Any::from_der(&token).expect("just encoded")),
        })
    }

    fn token(&self, request: &TimeStampReq, request_der: &[u8], at: Time, fault: Option<&Fault>) -> Vec<u8> {
        let content = der(&self.tst_info(request, request_der, at, fault));
        let profile = &self.profile;
        let attributes = self.signed_attributes(&content, at);
        let key: &TestKey = match fault {
            Some(Fault::WrongKey) => keys::forger_of(self.issued.entity.key),
            _ => self.issued.key,
        };
        // The signature is over the attributes as a SET OF, not as they stand under [0] (RFC 5652, 5.4).
        let signature = key.sign(profile.digest, &der(&attributes));
        let identifier = match profile.naming {
            RsaNaming::Plain => self.issued.key.plain_identifier(profile.digest),
            RsaNaming::WithDigest => self.issued.key.signature_identifier(profile.digest),
        };
        let signer = SignerInfo {
            version: CmsVersion::V1,
            sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                issuer: name(&self.pki.issuer_of(self.issued).entity.subject),
                serial_number: serial_number(self.issued.serial),
            }),
            digest_alg: digest_identifier(profile.digest),
            signed_attrs: Some(attributes),
            signature_algorithm: identifier,
            signature: OctetString::new(signature).expect("a signature"),
            unsigned_attrs: None,
        };
        let signed = SignedData {
            version: CmsVersion::V3,
            digest_algorithms: SetOfVec::try_from(vec![digest_identifier(profile.digest)]).expect("one"),
            encap_content_info: EncapsulatedContentInfo {
                econtent_type: ID_CT_TST_INFO,
                econtent: Some(any(Tag::OctetString, &content)),
            },
            certificates: request.cert_req.then(|| self.certificates()),
            crls: None,
            signer_infos: SignerInfos::try_from(vec![signer]).expect("one"),
        };
        let content = Any::encode_from(&signed).expect("encodes");
        der(&ContentInfo { content_type: rfc5911::ID_SIGNED_DATA, content })
    }

    fn tst_info(
        &self,
        request: &TimeStampReq,
        request_der: &[u8],
        at: Time,
        fault: Option<&Fault>,
    ) -> TstInfo {
        let profile = &self.profile;
        let at =
            if at.nanos() == 0 { at + std::time::Duration::from_nanos(profile.nanos.into()) } else { at };
        let at = if profile.nanos == 0 { at.whole_second() } else { at };
        let mut imprint = request.message_imprint.clone();
        if matches!(fault, Some(Fault::WrongImprint)) {
            let flipped: Vec<u8> = imprint.hashed_message.as_bytes().iter().map(|b| !b).collect();
            imprint.hashed_message = OctetString::new(flipped).expect("as long as before");
        }
        let nonce = match fault {
            Some(Fault::WrongNonce) => Some(Int::new(&[0x5a; 8]).expect("eight octets")),
            Some(Fault::MissingNonce) => None,
            _ => request.nonce.clone(),
        };
        let non_zero = |n: u16| (n != 0).then_some(n);
        TstInfo {
            version: 1,
            policy: if matches!(fault, Some(Fault::WrongPolicy)) { OTHER_POLICY } else { POLICY },
            message_imprint: imprint,
            serial_number: serial(request_der, at),
            gen_time: precise_time(at),
            accuracy: profile.accuracy.map(|(seconds, millis, micros)| Accuracy {
                seconds: (seconds != 0).then_some(seconds),
                millis: non_zero(millis),
                micros: non_zero(micros),
            }),
            ordering: profile.ordering,
            nonce,
            tsa: profile.tsa_name.then(|| GeneralName::DirectoryName(name(&self.issued.entity.subject))),
        }
    }

    fn signed_attributes(&self, content: &[u8], at: Time) -> Attributes {
        let profile = &self.profile;
        let message_digest = digest(profile.digest, content).expect("SHA-2");
        let mut attributes = vec![
            attribute(rfc6268::ID_CONTENT_TYPE, &ID_CT_TST_INFO),
            attribute(rfc6268::ID_MESSAGE_DIGEST, &OctetString::new(message_digest).expect("a digest")),
        ];
        if profile.signing_time {
            attributes.push(attribute(rfc6268::ID_SIGNING_TIME, &x509_time(at)));
        }
        let certificate = self.pki.certificate_of(self.issued);
        let issuer_serial = Some(IssuerSerial {
            issuer: vec![GeneralName::DirectoryName(name(&self.pki.issuer_of(self.issued).entity.subject))],
            serial_number: serial_number(self.issued.serial),
        });
        let hash =
            |algorithm| OctetString::new(digest(algorithm, certificate).expect("SHA")).expect("a digest");
        attributes.push(match profile.ess {
            EssVersion::V1 => {
                let id = EssCertId { cert_hash: hash(DigestAlgorithm::Sha1), issuer_serial };
                attribute(ID_AA_SIGNING_CERTIFICATE, &SigningCertificate { certs: vec![id] })
            }
            EssVersion::V2 => {
                let default = profile.digest == DigestAlgorithm::Sha256;
                let id = EssCertIdV2 {
                    hash_algorithm: (!default).then(|| digest_identifier(profile.digest)),
                    cert_hash: hash(profile.digest),
                    issuer_serial,
                };
                attribute(ID_AA_SIGNING_CERTIFICATE_V2, &SigningCertificateV2 { certs: vec![id] })
            }
        });
        SetOfVec::try_from(attributes).expect("they differ")
    }

    /// The TSA's certificate and the CAs above it but the root.
    fn certificates(&self) -> CertificateSet {
        let mut chain = self.pki.chain(&self.issued.entity.name);
        chain.pop();
        let parsed: Vec<CertificateChoices> = chain
            .iter()
            .map(|der| CertificateChoices::Certificate(Certificate::from_der(der).expect("our own")))
            .collect();
        CertificateSet::try_from(parsed).expect("they differ")
    }
}

fn attribute(oid: ObjectIdentifier, value: &impl der::Encode) -> Attribute {
    let value = Any::from_der(&value.to_der().expect("encodes")).expect("just encoded");
    Attribute { oid, values: SetOfVec::try_from(vec![value]).expect("one") }
}

/// A serial number that differs when the request or the time does: 63 bits of their digest.
fn serial(request: &[u8], at: Time) -> Uint {
    let mut input = request.to_vec();
    input.extend(at.to_string().bytes());
    let hash = digest(DigestAlgorithm::Sha256, &input).expect("SHA-256");
    let mut octets = hash[..8].to_vec();
    octets[0] &= 0x7f;
    Uint::new(&octets).expect("eight octets")
}

/// Why a request that parses is refused (RFC 3161, 2.4.2).
fn refusal(request: &TimeStampReq) -> Option<(PkiFailure, &'static str)> {
    let imprint = &request.message_imprint;
    let known = Oid::from_octets(imprint.hash_algorithm.oid.as_bytes())
        .ok()
        .and_then(|oid| DigestAlgorithm::from_oid(&oid));
    let Some(algorithm) = known else {
        return Some((PkiFailure::BadAlg, "the hash algorithm is not known here"));
    };
    if request.version != 1 {
        return Some((PkiFailure::BadRequest, "the version is not 1"));
    }
    if imprint.hashed_message.as_bytes().len() != algorithm.len() {
        return Some((PkiFailure::BadDataFormat, "the imprint has not the length of its algorithm"));
    }
    if request.req_policy.is_some_and(|policy| policy != POLICY) {
        return Some((PkiFailure::UnacceptedPolicy, "that policy is not offered here"));
    }
    if request.extensions.is_some() {
        return Some((PkiFailure::UnacceptedExtension, "extensions are not known here"));
    }
    None
}

fn rejection(failure: PkiFailure, text: &str) -> Vec<u8> {
    let bit = failure as usize;
    let mut octets = vec![0u8; bit / 8 + 1];
    octets[bit / 8] = 0x80 >> (bit % 8);
    let unused = u8::try_from(7 - bit % 8).expect("below eight");
    der(&TimeStampResp {
        status: PkiStatusInfo {
            status: 2,
            status_string: (!text.is_empty()).then(|| vec![text.to_owned()]),
            fail_info: Some(BitString::new(unused, octets).expect("unused bits are zero")),
        },
        time_stamp_token: None,
    })
}
