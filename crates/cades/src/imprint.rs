// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The one place that says which octets a time-stamp is over, for the reader and the writer alike.

use std::borrow::Cow;

use keiin_model::{DigestAlgorithm, Oid};
use keiin_pki::{
    cms::{Attribute, SignedData, SignerInfo},
    der::{DerError, Element, to_der, write},
    digest::Hasher,
};

use crate::attribute_oid as oid;

/// Octets in the order in which they are hashed. Nothing is copied but what is not in the file as it is hashed.
#[derive(Clone, Debug, Default)]
pub struct Pieces<'a>(Vec<Cow<'a, [u8]>>);

impl<'a> Pieces<'a> {
    fn add(&mut self, octets: impl Into<Cow<'a, [u8]>>) {
        self.0.push(octets.into());
    }

    fn add_element(&mut self, element: &Element<'a>) {
        self.add(element.bytes());
    }

    /// The imprint.
    pub fn digest(&self, algorithm: DigestAlgorithm) -> Vec<u8> {
        let mut hasher = Hasher::new(algorithm);
        self.0.iter().for_each(|piece| hasher.update(piece));
        hasher.finish()
    }

    /// All octets together.
    pub fn to_vec(&self) -> Vec<u8> {
        write::concat(&self.0)
    }
}

/// signature-time-stamp: the value octets of the signature (EN 319 122-1, 5.3).
///
/// # Errors
/// [`DerError`] when the signature stands in pieces that cannot be read.
pub fn signature_timestamp<'a>(info: &SignerInfo<'a>) -> Result<Pieces<'a>, DerError> {
    let mut pieces = Pieces::default();
    pieces.add(info.signature.octets("signature")?.to_cow());
    Ok(pieces)
}

/// CAdES-C-timestamp: the signature's value octets, the signature-time-stamps, and the complete references
/// (EN 319 122-1, A.1.5.2).
///
/// # Errors
/// [`DerError`] as for [`signature_timestamp`].
pub fn cades_c_timestamp<'a>(info: &SignerInfo<'a>) -> Result<Pieces<'a>, DerError> {
    let mut pieces = signature_timestamp(info)?;
    add_attributes(&mut pieces, info, &[oid::SIGNATURE_TIMESTAMP]);
    add_attributes(&mut pieces, info, &REFERENCES);
    Ok(pieces)
}

/// time-stamped-certs-crls-references: the complete references alone (EN 319 122-1, A.1.5.1).
pub fn references_timestamp<'a>(info: &SignerInfo<'a>) -> Pieces<'a> {
    let mut pieces = Pieces::default();
    add_attributes(&mut pieces, info, &REFERENCES);
    pieces
}

/// The attributes that references time-stamps are over, in this order whatever the file's.
pub const REFERENCES: [Oid; 4] = [
    oid::COMPLETE_CERTIFICATE_REFERENCES,
    oid::COMPLETE_REVOCATION_REFERENCES,
    oid::ATTRIBUTE_CERTIFICATE_REFERENCES,
    oid::ATTRIBUTE_REVOCATION_REFERENCES,
];

/// Attributes without the outer tag and length: attrType and attrValues (TS 101 733, 6.3.5, note 2).
fn add_attributes<'a>(pieces: &mut Pieces<'a>, info: &SignerInfo<'a>, kinds: &[Oid]) {
    for attribute in kinds.iter().flat_map(|kind| info.unsigned_of(kind)) {
        pieces.add_element(&attribute.kind_element);
        pieces.add_element(&attribute.set);
    }
}

/// How fields go into an imprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As they stand, which is what the standard says.
    AsFound,
    /// As DER, which some implementations hash where BER stands.
    Der,
}

/// archive-time-stamp-v3 (EN 319 122-1, 5.5.3): eContentType, the digest of the signed data under the imprint's
/// algorithm, the fields of the SignerInfo up to the signature, and one ATSHashIndex.
///
/// # Errors
/// [`DerError`] when a field has no DER form; never for [`Encoding::AsFound`].
pub fn archive_timestamp_v3<'a>(
    signed: &SignedData<'a>,
    info: &SignerInfo<'a>,
    content_digest: &'a [u8],
    hash_index: &'a [u8],
    encoding: Encoding,
) -> Result<Pieces<'a>, DerError> {
    let mut pieces = Pieces::default();
    let add = |pieces: &mut Pieces<'a>, element: &Element<'a>| -> Result<(), DerError> {
        match encoding {
            Encoding::AsFound => pieces.add_element(element),
            Encoding::Der => pieces.add(to_der(element)?),
        }
        Ok(())
    };
    add(&mut pieces, &signed.encapsulated.kind_element)?;
    pieces.add(content_digest);
    signer_fields(info).try_for_each(|field| add(&mut pieces, &field))?;
    pieces.add(hash_index);
    Ok(pieces)
}

/// version, sid, digestAlgorithm, signedAttrs, signatureAlgorithm and signature.
fn signer_fields<'a>(info: &SignerInfo<'a>) -> impl Iterator<Item = Element<'a>> + use<'a> {
    let before = [info.version, info.sid_element, info.digest_algorithm];
    let after = [info.signature_algorithm, info.signature];
    before.into_iter().chain(info.signed_field).chain(after)
}

/// How archive-time-stamp (v2) takes the unsigned attributes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnsignedForm {
    /// Under their tag `[1]` with the length that they have (TS 101 733 V2.2.1).
    Tagged,
    /// One after another (TS 101 733 V1.8.3).
    Bare,
}

/// archive-time-stamp in the form of v2 (TS 101 733, 6.4.1): encapContentInfo, detached content, certificates, crls, and
/// the whole SignerInfo's fields with those unsigned attributes that stood there when it was made.
///
/// `detached` is the content where eContent is absent. Fields stand with tag and length as they are in the file; only
/// the `[1]` around a part of the unsigned attributes is made.
pub fn archive_timestamp_v2<'a>(
    signed: &SignedData<'a>,
    info: &SignerInfo<'a>,
    detached: Option<&'a [u8]>,
    unsigned: &[&Attribute<'a>],
    form: UnsignedForm,
) -> Pieces<'a> {
    let mut pieces = Pieces::default();
    pieces.add_element(&signed.encapsulated.element);
    if let Some(content) = detached {
        pieces.add(content);
    }
    signed.certificates_field.iter().chain(&signed.crls_field).for_each(|field| pieces.add_element(field));
    signer_fields(info).for_each(|field| pieces.add_element(&field));
    if unsigned.is_empty() {
        return pieces;
    }
    if form == UnsignedForm::Tagged {
        let len = unsigned.iter().map(|a| a.element.bytes().len()).sum();
        pieces.add([&[0xa1][..], &write::length(len)].concat());
    }
    unsigned.iter().for_each(|attribute| pieces.add_element(&attribute.element));
    pieces
}

/// archive-time-stamp as TS 101 733 had it up to V1.4.0 (RFC 3126, 4.4.1): values without type and length, in the order
/// content, signed attributes, signature, then the unsigned attributes' values.
///
/// # Errors
/// [`DerError`] as for [`signature_timestamp`].
pub fn archive_timestamp_v1<'a>(
    content: impl Iterator<Item = &'a [u8]>,
    info: &SignerInfo<'a>,
    unsigned: &[&Attribute<'a>],
) -> Result<Pieces<'a>, DerError> {
    let mut pieces = Pieces::default();
    content.for_each(|segment| pieces.add(segment));
    if let Some(field) = &info.signed_field {
        pieces.add(field.content());
    }
    pieces.add(info.signature.octets("signature")?.to_cow());
    for attribute in unsigned {
        attribute.values.iter().for_each(|value| pieces.add(value.content()));
    }
    Ok(pieces)
}
