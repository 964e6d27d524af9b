// SPDX-License-Identifier: Apache-2.0 OR MIT
//! SignedData (RFC 5652, 5.1), with where each part stands so that it can be spliced.

use keiin_model::Oid;

use super::{SignerInfo, oid};
use crate::der::{Class, DerError, DerErrorKind, Element, Octets, Tag};

/// Certificates, revocation objects or signers in one SignedData. The corpus' largest has 60.
const MAX_OBJECTS: usize = 100_000;

/// A SignedData inside its ContentInfo.
#[derive(Clone, Debug)]
pub struct SignedData<'a> {
    /// The ContentInfo.
    pub content_info: Element<'a>,
    /// The SignedData.
    pub element: Element<'a>,
    /// CMSVersion.
    pub version: Element<'a>,
    /// The SET of digestAlgorithms.
    pub digest_algorithms: Element<'a>,
    /// encapContentInfo.
    pub encapsulated: EncapsulatedContent<'a>,
    /// The certificates field, `[0]`.
    pub certificates_field: Option<Element<'a>>,
    /// What stands in it, in order.
    pub certificates: Vec<CertificateChoice<'a>>,
    /// The crls field, `[1]`.
    pub crls_field: Option<Element<'a>>,
    /// What stands in it, in order.
    pub crls: Vec<RevocationChoice<'a>>,
    /// The SET of signerInfos.
    pub signer_infos_field: Element<'a>,
    /// The signers, in order.
    pub signer_infos: Vec<SignerInfo<'a>>,
}

/// encapContentInfo.
#[derive(Clone, Copy, Debug)]
pub struct EncapsulatedContent<'a> {
    /// The whole of it.
    pub element: Element<'a>,
    /// The eContentType's element.
    pub kind_element: Element<'a>,
    /// eContentType.
    pub kind: Oid,
    /// The content's own element where it is there: an OCTET STRING, or something else in PKCS #7 of old
    /// (RFC 5652, 5.2.1).
    pub content: Option<Element<'a>>,
    /// The content as octets.
    pub octets: Option<Octets<'a>>,
}

/// A member of the certificate set (RFC 5652, 10.2.2).
#[derive(Clone, Copy, Debug)]
pub enum CertificateChoice<'a> {
    /// An X.509 certificate.
    Certificate(Element<'a>),
    /// Anything else: attribute certificates of old time-stamp tokens, other formats.
    Other(Element<'a>),
}

impl<'a> CertificateChoice<'a> {
    /// The element as it stands.
    pub const fn element(&self) -> Element<'a> {
        match self {
            Self::Certificate(element) | Self::Other(element) => *element,
        }
    }
}

/// A member of the crls field (RFC 5652, 10.2.1).
#[derive(Clone, Copy, Debug)]
pub enum RevocationChoice<'a> {
    /// A CRL.
    Crl(Element<'a>),
    /// An OCSPResponse under id-ri-ocsp-response (RFC 5940).
    OcspResponse {
        /// The OtherRevocationInfoFormat.
        choice: Element<'a>,
        /// The OCSPResponse in it.
        response: Element<'a>,
    },
    /// A BasicOCSPResponse, as some write it: under id-pkix-ocsp-basic, or under id-ri-ocsp-response without the response
    /// around it.
    BasicOcspResponse {
        /// The OtherRevocationInfoFormat.
        choice: Element<'a>,
        /// The BasicOCSPResponse in it.
        response: Element<'a>,
    },
    /// Some other format.
    Other(Element<'a>),
}

impl<'a> RevocationChoice<'a> {
    /// The member as it stands.
    pub const fn element(&self) -> Element<'a> {
        match self {
            Self::Crl(element)
            | Self::OcspResponse { choice: element, .. }
            | Self::BasicOcspResponse { choice: element, .. }
            | Self::Other(element) => *element,
        }
    }
}

impl<'a> SignedData<'a> {
    /// Reads a ContentInfo with a SignedData. Zeros may follow it.
    ///
    /// # Errors
    /// [`DerError`] naming the part; [`DerErrorKind::Value`] at `contentType` when it is another kind of content.
    pub fn read(input: &'a [u8]) -> Result<Self, DerError> {
        Self::from_element(&Element::zero_padded(input, "ContentInfo")?)
    }

    /// Reads a ContentInfo that is part of something else.
    ///
    /// # Errors
    /// As [`SignedData::read`].
    pub fn from_element(content_info: &Element<'a>) -> Result<Self, DerError> {
        if content_info.tag() != Tag::SEQUENCE {
            return Err(content_info.error("ContentInfo", DerErrorKind::UnexpectedTag));
        }
        let mut outer = content_info.reader("ContentInfo")?;
        let kind = outer.expect(Tag::OID, "contentType")?;
        if kind.oid("contentType")? != oid::SIGNED_DATA {
            return Err(kind.error("contentType", DerErrorKind::Value));
        }
        let element = outer.expect(Tag::context(0), "content")?.explicit("content")?;
        outer.end("ContentInfo")?;
        if element.tag() != Tag::SEQUENCE {
            return Err(element.error("SignedData", DerErrorKind::UnexpectedTag));
        }
        let mut reader = element.reader("SignedData")?;
        let version = reader.expect(Tag::INTEGER, "version")?;
        let digest_algorithms = reader.expect(Tag::SET, "digestAlgorithms")?;
        let encapsulated = EncapsulatedContent::read(&reader.expect(Tag::SEQUENCE, "encapContentInfo")?)?;
        let certificates_field = reader.optional(Tag::context(0), "certificates")?;
        let crls_field = reader.optional(Tag::context(1), "crls")?;
        let signer_infos_field = reader.expect(Tag::SET, "signerInfos")?;
        reader.end("SignedData")?;
        Ok(Self {
            content_info: *content_info,
            element,
            version,
            digest_algorithms,
            encapsulated,
            certificates_field,
            certificates: members(certificates_field.as_ref(), "certificates")?.map(certificate).collect(),
            crls_field,
            crls: members(crls_field.as_ref(), "crls")?.map(revocation).collect(),
            signer_infos_field,
            signer_infos: members(Some(&signer_infos_field), "signerInfos")?
                .map(|e| SignerInfo::from_element(&e))
                .collect::<Result<_, _>>()?,
        })
    }
}

fn members<'a>(
    field: Option<&Element<'a>>,
    object: &'static str,
) -> Result<impl Iterator<Item = Element<'a>> + use<'a>, DerError> {
    let elements = field.map_or(Ok(Vec::new()), |f| f.reader(object)?.all(MAX_OBJECTS, object))?;
    Ok(elements.into_iter())
}

fn certificate(element: Element<'_>) -> CertificateChoice<'_> {
    if element.tag() == Tag::SEQUENCE {
        CertificateChoice::Certificate(element)
    } else {
        CertificateChoice::Other(element)
    }
}

fn revocation(choice: Element<'_>) -> RevocationChoice<'_> {
    if choice.tag() == Tag::SEQUENCE {
        return RevocationChoice::Crl(choice);
    }
    let other = || -> Result<(Oid, Element<'_>), DerError> {
        let mut reader = choice.reader("OtherRevocationInfoFormat")?;
        let kind = reader.expect(Tag::OID, "otherRevInfoFormat")?.oid("otherRevInfoFormat")?;
        Ok((kind, reader.read("otherRevInfo")?))
    };
    match other() {
        Ok((oid::RI_OCSP_RESPONSE, response)) if starts_with_status(&response) => {
            RevocationChoice::OcspResponse { choice, response }
        }
        Ok((oid::RI_OCSP_RESPONSE | crate::ocsp::ID_OCSP_BASIC, response)) => {
            RevocationChoice::BasicOcspResponse { choice, response }
        }
        _ => RevocationChoice::Other(choice),
    }
}

/// An OCSPResponse starts with its responseStatus, a BasicOCSPResponse with a SEQUENCE (RFC 6960, 4.2.1).
fn starts_with_status(response: &Element<'_>) -> bool {
    response.reader("otherRevInfo").is_ok_and(|reader| reader.peek() == Some(Tag::ENUMERATED))
}

impl<'a> EncapsulatedContent<'a> {
    fn read(element: &Element<'a>) -> Result<Self, DerError> {
        let mut reader = element.reader("encapContentInfo")?;
        let kind_element = reader.expect(Tag::OID, "eContentType")?;
        let explicit = reader.optional(Tag::context(0), "eContent")?;
        reader.end("encapContentInfo")?;
        let content = explicit.map(|e| e.explicit("eContent")).transpose()?;
        let octets = match content {
            Some(content)
                if content.tag() == Tag::OCTET_STRING && content.tag().class == Class::Universal =>
            {
                Some(content.octets("eContent")?)
            }
            _ => None,
        };
        Ok(Self { element: *element, kind_element, kind: kind_element.oid("eContentType")?, content, octets })
    }

    /// The octets that the message digest is over, in pieces: the OCTET STRING's value, or in PKCS #7 of old the
    /// content octets of whatever stands there. `None` when the content is detached.
    pub fn segments(&self) -> Option<Box<dyn Iterator<Item = &'a [u8]> + 'a>> {
        match (self.octets, self.content) {
            (Some(octets), _) => Some(Box::new(octets.segments())),
            (None, Some(content)) => Some(Box::new(std::iter::once(content.content()))),
            (None, None) => None,
        }
    }
}
