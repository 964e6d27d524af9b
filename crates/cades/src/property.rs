// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Signed attributes that say what the signer meant: commitment, place, roles, policy, MIME type (EN 319 122-1, 5.2).

use keiin_model::{Defect, DefectKind, SignedProperties, SignerLocation};
use keiin_pki::{
    cms::SignerInfo,
    der::{DerError, Element, Tag},
};
use keiin_tsp::facts::defect;

use crate::attribute_oid as oid;

/// Elements in one of these attributes.
const MAX_ELEMENTS: usize = 1_000;

/// Adds what the signed attributes say to `properties`; an attribute that cannot be read becomes a defect.
pub(crate) fn read(info: &SignerInfo<'_>, properties: &mut SignedProperties, defects: &mut Vec<Defect>) {
    for attribute in &info.signed {
        for value in &attribute.values {
            let (read, name) = match attribute.kind {
                oid::COMMITMENT_TYPE => (commitment(value, properties), "commitment-type-indication"),
                oid::SIGNER_LOCATION => (location(value, properties), "signer-location"),
                oid::SIGNER_ATTRIBUTES => (roles(value, properties, defects), "signer-attributes"),
                oid::SIGNER_ATTRIBUTES_V2 => (roles(value, properties, defects), "signer-attributes-v2"),
                oid::SIGNATURE_POLICY => (policy(value, properties), "signature-policy-identifier"),
                oid::MIME_TYPE => (mime_type(value, properties), "mime-type"),
                oid::CONTENT_HINTS => (content_hints(value), "content-hints"),
                _ => continue,
            };
            if read.is_err() {
                defects.push(defect(DefectKind::Ignored, name));
            }
        }
    }
}

fn commitment(value: &Element<'_>, properties: &mut SignedProperties) -> Result<(), DerError> {
    let mut reader = value.reader("commitment-type-indication")?;
    let id = reader.expect(Tag::OID, "commitmentTypeId")?.oid("commitmentTypeId")?;
    properties.commitments.push(id.to_string());
    Ok(())
}

/// SignerLocation (5.2.5): `[0]` country, `[1]` locality, `[2]` postal address, each explicit.
fn location(value: &Element<'_>, properties: &mut SignedProperties) -> Result<(), DerError> {
    let mut found = SignerLocation::default();
    for part in value.reader("signer-location")?.all(3, "signer-location")? {
        let inner = part.explicit("signer-location");
        match part.tag().number {
            0 => found.country = Some(inner?.text("countryName")?.into_owned()),
            1 => found.locality = Some(inner?.text("localityName")?.into_owned()),
            // The lines stand in a SEQUENCE of their own, or right under the tag where a writer took it as implicit.
            _ => {
                let lines = match inner {
                    Ok(inner) if inner.tag() == Tag::SEQUENCE => inner,
                    _ => part,
                };
                for line in lines.reader("postalAddress")?.all(6, "postalAddress")? {
                    found.postal_address.push(line.text("postalAddress")?.into_owned());
                }
            }
        }
    }
    properties.location = Some(found);
    Ok(())
}

/// SignerAttribute and SignerAttributeV2 (5.2.6): the text values of claimed attributes, `[0]`. Certified attributes, `[1]`,
/// and signed assertions, `[2]`, are somebody else's word, which is named and not read.
fn roles(
    value: &Element<'_>,
    properties: &mut SignedProperties,
    defects: &mut Vec<Defect>,
) -> Result<(), DerError> {
    let parts = value.reader("signer-attributes")?.all(MAX_ELEMENTS, "signer-attributes")?;
    for (tag, name) in [(1, "certifiedAttributes"), (2, "signedAssertions")] {
        if parts.iter().any(|part| part.tag() == Tag::context(tag)) {
            defects.push(defect(DefectKind::Ignored, name));
        }
    }
    for claimed in parts.iter().filter(|part| part.tag() == Tag::context(0)) {
        for attribute in attributes_in(claimed)? {
            let mut reader = attribute.reader("claimedAttributes")?;
            let kind = reader.expect(Tag::OID, "attrType")?.oid("attrType")?;
            let values = reader.expect(Tag::SET, "attrValues")?.reader("attrValues")?;
            let values = { values }.all(MAX_ELEMENTS, "attrValues")?;
            for value in values {
                let text = if value.is_constructed() { None } else { value.text("attrValue").ok() };
                properties.claimed_roles.push(text.map_or_else(|| kind.to_string(), Into::into));
            }
        }
    }
    Ok(())
}

/// The Attributes in claimedAttributes, whether its tag is explicit or implicit: an Attribute starts with an OID.
fn attributes_in<'a>(claimed: &Element<'a>) -> Result<Vec<Element<'a>>, DerError> {
    let inner = claimed.reader("claimedAttributes")?.all(MAX_ELEMENTS, "claimedAttributes")?;
    match inner.as_slice() {
        [only] if only.reader("claimedAttributes")?.peek() != Some(Tag::OID) => {
            only.reader("claimedAttributes")?.all(MAX_ELEMENTS, "claimedAttributes")
        }
        _ => Ok(inner),
    }
}

/// SignaturePolicy (5.2.9): an identifier, or NULL for one that is implied.
fn policy(value: &Element<'_>, properties: &mut SignedProperties) -> Result<(), DerError> {
    properties.policy = Some(if value.tag() == Tag::NULL {
        String::new()
    } else {
        let mut reader = value.reader("signature-policy-identifier")?;
        reader.expect(Tag::OID, "sigPolicyId")?.oid("sigPolicyId")?.to_string()
    });
    Ok(())
}

fn mime_type(value: &Element<'_>, properties: &mut SignedProperties) -> Result<(), DerError> {
    properties.mime_type = Some(value.text("mime-type")?.into_owned());
    Ok(())
}

/// ContentHints (RFC 2634, 2.9): read for its form alone, nothing here rests on it.
fn content_hints(value: &Element<'_>) -> Result<(), DerError> {
    let mut reader = value.reader("content-hints")?;
    if let Some(description) = reader.optional(Tag::UTF8_STRING, "contentDescription")? {
        description.text("contentDescription")?;
    }
    reader.expect(Tag::OID, "contentType")?.oid("contentType")?;
    reader.end("content-hints")
}
