// SPDX-License-Identifier: Apache-2.0 OR MIT
//! SignerInfo (RFC 5652, 5.3).

use keiin_model::Oid;

use super::Attribute;
use crate::{
    der::{DerError, DerErrorKind, Element, Tag},
    name::Name,
};

/// One signer, also a counter-signature.
#[derive(Clone, Debug)]
pub struct SignerInfo<'a> {
    /// The whole SignerInfo.
    pub element: Element<'a>,
    /// CMSVersion.
    pub version: Element<'a>,
    /// The sid's element.
    pub sid_element: Element<'a>,
    /// The sid.
    pub sid: SignerId<'a>,
    /// The digestAlgorithm element.
    pub digest_algorithm: Element<'a>,
    /// The signedAttrs, `[0]`.
    pub signed_field: Option<Element<'a>>,
    /// What stands in them, in order.
    pub signed: Vec<Attribute<'a>>,
    /// The signatureAlgorithm element.
    pub signature_algorithm: Element<'a>,
    /// The signature OCTET STRING.
    pub signature: Element<'a>,
    /// The unsignedAttrs, `[1]`.
    pub unsigned_field: Option<Element<'a>>,
    /// What stands in them, in order.
    pub unsigned: Vec<Attribute<'a>>,
}

/// SignerIdentifier.
#[derive(Clone, Copy, Debug)]
pub enum SignerId<'a> {
    /// issuerAndSerialNumber.
    IssuerAndSerial {
        /// The issuer's name.
        issuer: Name<'a>,
        /// Content octets of the serial number.
        serial: &'a [u8],
    },
    /// subjectKeyIdentifier, `[0]`.
    KeyId(&'a [u8]),
}

impl<'a> SignerInfo<'a> {
    /// Reads a SignerInfo.
    ///
    /// # Errors
    /// [`DerError`] naming the part.
    pub fn from_element(element: &Element<'a>) -> Result<Self, DerError> {
        if element.tag() != Tag::SEQUENCE {
            return Err(element.error("SignerInfo", DerErrorKind::UnexpectedTag));
        }
        let mut reader = element.reader("SignerInfo")?;
        let version = reader.expect(Tag::INTEGER, "version")?;
        let sid_element = reader.read("sid")?;
        let sid = SignerId::read(&sid_element)?;
        let digest_algorithm = reader.expect(Tag::SEQUENCE, "digestAlgorithm")?;
        let signed_field = reader.optional(Tag::context(0), "signedAttrs")?;
        let signature_algorithm = reader.expect(Tag::SEQUENCE, "signatureAlgorithm")?;
        let signature = reader.expect(Tag::OCTET_STRING, "signature")?;
        let unsigned_field = reader.optional(Tag::context(1), "unsignedAttrs")?;
        reader.end("SignerInfo")?;
        let attributes = |field: Option<&Element<'a>>| field.map_or(Ok(Vec::new()), Attribute::read_all);
        Ok(Self {
            element: *element,
            version,
            sid_element,
            sid,
            digest_algorithm,
            signed_field,
            signed: attributes(signed_field.as_ref())?,
            signature_algorithm,
            signature,
            unsigned_field,
            unsigned: attributes(unsigned_field.as_ref())?,
        })
    }

    /// The signed attributes as the signature is over them: with the tag of a SET in place of `[0]` (RFC 5652, 5.4), all
    /// other octets as they stand.
    pub fn signed_octets(&self) -> Option<Vec<u8>> {
        let mut octets = self.signed_field?.bytes().to_vec();
        *octets.first_mut()? = 0x31;
        Some(octets)
    }

    /// The signed attributes of a type.
    pub fn signed_of<'s>(&'s self, kind: &'s Oid) -> impl Iterator<Item = &'s Attribute<'a>> {
        self.signed.iter().filter(move |a| a.kind == *kind)
    }

    /// The unsigned attributes of a type.
    pub fn unsigned_of<'s>(&'s self, kind: &'s Oid) -> impl Iterator<Item = &'s Attribute<'a>> {
        self.unsigned.iter().filter(move |a| a.kind == *kind)
    }
}

impl<'a> SignerId<'a> {
    fn read(element: &Element<'a>) -> Result<Self, DerError> {
        match element.tag() {
            Tag::SEQUENCE => {
                let mut reader = element.reader("issuerAndSerialNumber")?;
                let issuer = Name::from_element(&reader.read("issuer")?)?;
                let serial = reader.expect(Tag::INTEGER, "serialNumber")?.integer("serialNumber")?;
                Ok(Self::IssuerAndSerial { issuer, serial })
            }
            tag if tag == Tag::context(0) => Ok(Self::KeyId(element.content())),
            _ => Err(element.error("sid", DerErrorKind::UnexpectedTag)),
        }
    }
}
