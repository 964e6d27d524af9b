// SPDX-License-Identifier: Apache-2.0 OR MIT
//! From the kit's words to RustCrypto's types: names, times, tags.

use const_oid::db::{rfc4519, rfc5912};
use der::{
    DateTime, Decode as _, Encode, Tag, TagNumber,
    asn1::{Any, GeneralizedTime, Ia5String, ObjectIdentifier, OctetString},
};
use keiin_model::{DigestAlgorithm, Time};
use spki::AlgorithmIdentifierOwned;
use x509_cert::{
    attr::AttributeTypeAndValue,
    ext::{Extension, pkix::name::GeneralName},
    name::{Name, RdnSequence, RelativeDistinguishedName},
};

use crate::entity::{DistinguishedName, NamePart};

/// DER of something whose shape the kit chose.
pub(crate) fn der(value: &impl Encode) -> Vec<u8> {
    value.to_der().expect("the kit's own structures encode")
}

pub(crate) fn any(tag: Tag, content: &[u8]) -> Any {
    Any::new(tag, content).expect("short enough")
}

pub(crate) fn sequence(content: &[u8]) -> Vec<u8> {
    der(&any(Tag::Sequence, content))
}

/// `[number]`, constructed: the outside of an EXPLICIT tag.
pub(crate) fn explicit(number: u32, content: &[u8]) -> Any {
    any(Tag::ContextSpecific { constructed: true, number: TagNumber(number) }, content)
}

pub(crate) fn oid(model: keiin_model::Oid) -> ObjectIdentifier {
    ObjectIdentifier::from_bytes(model.octets()).expect("a known OID")
}

/// The AlgorithmIdentifier of a digest, without parameters (RFC 5754, 2).
pub(crate) fn digest_identifier(digest: DigestAlgorithm) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid: oid(digest.oid()), parameters: None }
}

fn date_time(time: Time) -> DateTime {
    let (year, month, day, hour, minute, second) = time.calendar();
    DateTime::new(u16::try_from(year).expect("a year"), month, day, hour, minute, second)
        .expect("simulated times are after 1970")
}

/// UTCTime through 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5).
pub(crate) fn x509_time(time: Time) -> x509_cert::time::Time {
    x509_cert::time::Time::from(date_time(time))
}

pub(crate) fn generalized_time(time: Time) -> GeneralizedTime {
    GeneralizedTime::from_date_time(date_time(time))
}

/// GeneralizedTime with the fraction of a second that the moment has, without trailing zeros (RFC 3161, 2.4.2).
pub(crate) fn precise_time(time: Time) -> Any {
    let text: String = time.to_string().chars().filter(|c| !matches!(c, '-' | ':' | 'T')).collect();
    any(Tag::GeneralizedTime, text.as_bytes())
}

/// A name whose RDNs stand in the order given, in the string types that HPKI certificates use: PrintableString for
/// C and serialNumber, UTF8String for the rest.
pub(crate) fn name(parts: &DistinguishedName) -> Name {
    let mut rdns = RdnSequence::default();
    for (part, text) in &parts.0 {
        let (oid, tag) = match part {
            NamePart::Country => (rfc4519::COUNTRY_NAME, Tag::PrintableString),
            NamePart::Organization => (rfc4519::ORGANIZATION_NAME, Tag::Utf8String),
            NamePart::OrganizationalUnit => (rfc4519::ORGANIZATIONAL_UNIT_NAME, Tag::Utf8String),
            NamePart::CommonName => (rfc4519::COMMON_NAME, Tag::Utf8String),
            NamePart::SerialNumber => (rfc4519::SERIAL_NUMBER, Tag::PrintableString),
        };
        let mut rdn = RelativeDistinguishedName::default();
        rdn.insert(AttributeTypeAndValue { oid, value: any(tag, text.as_bytes()) }).expect("one value");
        rdns.push(rdn);
    }
    Name::from_der(&der(&rdns)).expect("just encoded")
}

pub(crate) fn uri(text: &str) -> GeneralName {
    GeneralName::UniformResourceIdentifier(Ia5String::new(text).expect("URLs are ASCII"))
}

pub(crate) fn extension(id: ObjectIdentifier, critical: bool, value: &[u8]) -> Extension {
    Extension { extn_id: id, critical, extn_value: OctetString::new(value).expect("short enough") }
}

pub(crate) fn authority_key_id(key_id: &[u8]) -> Extension {
    let value = x509_cert::ext::pkix::AuthorityKeyIdentifier {
        key_identifier: Some(OctetString::new(key_id).expect("short")),
        ..Default::default()
    };
    extension(rfc5912::ID_CE_AUTHORITY_KEY_IDENTIFIER, false, &der(&value))
}
