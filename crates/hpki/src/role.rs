// SPDX-License-Identifier: Apache-2.0 OR MIT
//! hcRole (ISO 17090-2; the HPKI certificate policy's profile of it) in subjectDirectoryAttributes.
//!
//! ```text
//! HCActorData ::= SET OF HCActor
//! HCActor     ::= SEQUENCE { codedData [0] CodedData, regionalHCActorData [1] SEQUENCE OF RegionalData OPTIONAL }
//! CodedData   ::= SET { codingSchemeReference [0] OBJECT IDENTIFIER,
//!                       codeDataValue [1] NumericString OPTIONAL, codeDataFreeText [2] DirectoryString }
//! ```
//! All tags are explicit. Both kinds of constructed type are read where the standard and the profile differ.

use keiin_model::{Oid, RoleReport};
use keiin_pki::{
    cert::Certificate,
    der::{Class, DerError, DerErrorKind, Element, Reader, Tag},
    extension::oid,
};

use crate::{HpkiError, Licence};

/// id-hcpki-at-healthcareactor.
const HEALTHCARE_ACTOR: Oid = Oid::new(&[1, 0, 17090, 0, 1]);
/// id-jhpki-cdata: Japan's licences.
const JAPANESE_LICENCES: Oid = Oid::new(&[1, 2, 392, 100495, 1, 6, 1, 1]);
/// Actors in one certificate. HPKI cards have one (JAHIS 24-002, 5.1.2 (4)).
const MAX_ACTORS: usize = 100;

/// One role of a holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HcRole {
    /// codingSchemeReference.
    pub coding_scheme: Option<Oid>,
    /// codeDataValue; HPKI does not use it.
    pub value: Option<String>,
    /// codeDataFreeText: the licence's English name.
    pub free_text: Option<String>,
}

impl HcRole {
    /// The licence, when the role is of Japan's coding scheme and in the table.
    pub fn licence(&self) -> Option<&'static Licence> {
        let japanese = self.coding_scheme == Some(JAPANESE_LICENCES);
        self.free_text.as_deref().filter(|_| japanese).and_then(Licence::of_code)
    }

    /// The role for a report. One of another coding scheme carries the scheme's OID in front, so that no licence of
    /// another country passes for one of Japan.
    pub fn report(&self) -> RoleReport {
        let text = self.free_text.as_ref().or(self.value.as_ref()).cloned().unwrap_or_default();
        let code = match self.coding_scheme {
            Some(JAPANESE_LICENCES) => text,
            Some(other) => format!("{other}:{text}"),
            None => format!(":{text}"),
        };
        RoleReport { code, japanese: self.licence().map(|licence| licence.japanese.to_owned()) }
    }
}

/// The roles that a certificate states, in its order; empty when it states none.
///
/// # Errors
/// [`HpkiError::MalformedRole`].
pub fn roles(certificate: &Certificate<'_>) -> Result<Vec<HcRole>, HpkiError> {
    certificate
        .extension(&oid::SUBJECT_DIRECTORY_ATTRIBUTES)
        .map_or(Ok(Vec::new()), |extension| read_roles(extension.value))
}

/// Reads the roles in a subjectDirectoryAttributes value.
///
/// # Errors
/// [`HpkiError::MalformedRole`].
pub fn read_roles(value: &[u8]) -> Result<Vec<HcRole>, HpkiError> {
    const OBJECT: &str = "subjectDirectoryAttributes";
    let whole = Element::whole(value, OBJECT)?;
    if whole.tag() != Tag::SEQUENCE {
        return Err(whole.error(OBJECT, DerErrorKind::UnexpectedTag).into());
    }
    let mut roles = Vec::new();
    for attribute in whole.reader(OBJECT)?.all(MAX_ACTORS, OBJECT)? {
        let mut parts = attribute.reader("Attribute")?;
        let kind = parts.expect(Tag::OID, "Attribute type")?.oid("Attribute type")?;
        let values = parts.expect(Tag::SET, "Attribute values")?;
        parts.end("Attribute")?;
        if kind != HEALTHCARE_ACTOR {
            continue;
        }
        for data in values.reader("hcRole")?.all(MAX_ACTORS, "hcRole")? {
            read_actors(&data, &mut roles)?;
        }
    }
    Ok(roles)
}

fn read_actors(data: &Element<'_>, roles: &mut Vec<HcRole>) -> Result<(), DerError> {
    for actor in members(data, "HCActorData")?.all(MAX_ACTORS, "HCActorData")? {
        if actor.tag() != Tag::SEQUENCE {
            return Err(actor.error("HCActor", DerErrorKind::UnexpectedTag));
        }
        let mut parts = actor.reader("HCActor")?;
        let coded = parts.expect(Tag::context(0), "codedData")?.explicit("codedData")?;
        parts.optional(Tag::context(1), "regionalHCActorData")?;
        parts.end("HCActor")?;
        roles.push(read_coded_data(&coded)?);
    }
    Ok(())
}

fn read_coded_data(data: &Element<'_>) -> Result<HcRole, DerError> {
    let mut role = HcRole { coding_scheme: None, value: None, free_text: None };
    // A SET: the order is not fixed, so each part may come once at any place.
    for part in members(data, "CodedData")?.all(3, "CodedData")? {
        let inner = part.explicit("CodedData")?;
        let unique = match (part.tag().class, part.tag().number) {
            (Class::Context, 0) => role.coding_scheme.replace(inner.oid("codingSchemeReference")?).is_none(),
            (Class::Context, 1) => role.value.replace(text(&inner, "codeDataValue")?).is_none(),
            (Class::Context, 2) => role.free_text.replace(text(&inner, "codeDataFreeText")?).is_none(),
            _ => return Err(part.error("CodedData", DerErrorKind::UnexpectedTag)),
        };
        if !unique {
            return Err(part.error("CodedData", DerErrorKind::Value));
        }
    }
    if role.coding_scheme.is_none() || (role.free_text.is_none() && role.value.is_none()) {
        return Err(data.error("CodedData", DerErrorKind::Value));
    }
    Ok(role)
}

fn members<'a>(collection: &Element<'a>, object: &'static str) -> Result<Reader<'a>, DerError> {
    match collection.tag() {
        Tag::SET | Tag::SEQUENCE => collection.reader(object),
        _ => Err(collection.error(object, DerErrorKind::UnexpectedTag)),
    }
}

/// Any DirectoryString, and the NumericString of codeDataValue.
fn text(element: &Element<'_>, object: &'static str) -> Result<String, DerError> {
    match element.tag() {
        Tag::UTF8_STRING
        | Tag::PRINTABLE_STRING
        | Tag::TELETEX_STRING
        | Tag::BMP_STRING
        | Tag::UNIVERSAL_STRING
        | Tag::NUMERIC_STRING => element.text(object).map(Into::into),
        _ => Err(element.error(object, DerErrorKind::UnexpectedTag)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn octets(hex: &str) -> Vec<u8> {
        let digits: Vec<char> = hex.chars().collect();
        digits.chunks(2).map(|d| u8::from_str_radix(&d.iter().collect::<String>(), 16).unwrap()).collect()
    }

    /// The extension as it stands in certificates of the MEDIS and JMA CAs.
    const DOCTOR: &str = "303430320606288185420001312831263024a0223120a00c060a2a830886910f01060101a2100c0e4d65646963616c20446f63746f72";
    const PHARMACIST: &str = "3030302e0606288185420001312431223020a01e311ca00c060a2a830886910f01060101a20c0c0a506861726d6163697374";

    #[test]
    fn roles_of_real_certificates() {
        for (hex, code, japanese) in
            [(DOCTOR, "Medical Doctor", "医師"), (PHARMACIST, "Pharmacist", "薬剤師")]
        {
            let roles = read_roles(&octets(hex)).unwrap();
            let [role] = roles.as_slice() else { panic!("one role, not {roles:?}") };
            assert_eq!(role.coding_scheme, Some(JAPANESE_LICENCES));
            let report = role.report();
            assert_eq!((report.code.as_str(), report.japanese.as_deref()), (code, Some(japanese)));
        }
    }

    #[test]
    fn every_cut_and_every_turned_octet_is_survived() {
        let good = octets(DOCTOR);
        for end in 0..good.len() {
            assert!(read_roles(&good[..end]).is_err(), "{end}");
        }
        for at in 0..good.len() {
            for bit in 0..8 {
                let mut bad = good.clone();
                bad[at] ^= 1 << bit;
                let _: Result<_, _> = read_roles(&bad);
            }
        }
    }

    #[test]
    fn a_licence_of_another_scheme_is_not_one_of_japan() {
        let role = HcRole {
            coding_scheme: Some(Oid::new(&[1, 2, 3])),
            value: None,
            free_text: Some("Medical Doctor".into()),
        };
        assert_eq!(role.report(), RoleReport::from_code("1.2.3:Medical Doctor"));
    }

    #[test]
    fn several_actors_in_sets_or_sequences_with_any_string() {
        use keiin_pki::der::write::{element, oid as oid_, sequence, set_of, utf8};
        let actor = |text: Vec<u8>, coded: fn(&[Vec<u8>]) -> Vec<u8>| {
            let parts = [element(0xa0, &oid_(&JAPANESE_LICENCES)), element(0xa2, &text)];
            sequence(&[element(0xa0, &coded(&parts))])
        };
        let bmp: Vec<u8> = "Dentist".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let actors = [
            actor(utf8("Some New Licence"), set_of),
            actor(element(0x13, b"Pharmacist"), sequence),
            actor(element(0x1e, &bmp), set_of),
        ];
        let attribute = sequence(&[oid_(&HEALTHCARE_ACTOR), set_of(&[sequence(&actors)])]);
        let codes: Vec<_> = read_roles(&sequence(&[attribute])).unwrap().iter().map(HcRole::report).collect();
        assert_eq!(codes[0], RoleReport::from_code("Some New Licence"));
        assert_eq!(codes[1].japanese.as_deref(), Some("薬剤師"));
        assert_eq!(codes[2].japanese.as_deref(), Some("歯科医師"));
    }
}
