// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Distinguished names and general names (RFC 5280, 4.1.2.4 and 4.2.1.6).

use std::{borrow::Cow, fmt::Write as _};

use keiin_model::Oid;

use crate::der::{Class, DerError, DerErrorKind, Element, Reader, Tag};

mod comparison;
mod table;

pub(crate) use table::NameTable;

/// Attributes of one name. Real names have ten; NIST's largest has thirty.
const MAX_ATTRIBUTES: usize = 100;

/// A distinguished name as it stands in the input.
#[derive(Clone, Copy, Debug)]
pub struct Name<'a> {
    raw: &'a [u8],
}

/// One attribute of a name.
#[derive(Clone, Debug)]
pub struct NameAttribute<'a> {
    /// Its type.
    pub kind: Oid,
    /// Its value.
    pub value: Element<'a>,
}

impl<'a> Name<'a> {
    /// Reads a Name (a SEQUENCE OF RelativeDistinguishedName), checking its structure once.
    ///
    /// # Errors
    /// [`DerError`].
    pub fn from_element(element: &Element<'a>) -> Result<Self, DerError> {
        let name = Self { raw: element.bytes() };
        if element.tag() != Tag::SEQUENCE {
            return Err(element.error("Name", DerErrorKind::UnexpectedTag));
        }
        name.check()?;
        Ok(name)
    }

    /// Reads a Name from its DER octets.
    ///
    /// # Errors
    /// [`DerError`].
    pub fn from_der(raw: &'a [u8]) -> Result<Self, DerError> {
        Self::from_element(&Element::whole(raw, "Name")?)
    }

    /// The octets as they stand.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.raw
    }

    /// Whether there are no attributes.
    pub fn is_empty(&self) -> bool {
        self.rdns().is_empty()
    }

    /// The relative distinguished names in order, each a list of attributes.
    pub fn rdns(&self) -> Vec<Vec<NameAttribute<'a>>> {
        self.parse().unwrap_or_default()
    }

    /// The first value of an attribute, as text.
    pub fn attribute(&self, kind: &Oid) -> Option<Cow<'a, str>> {
        self.rdns().into_iter().flatten().find(|a| a.kind == *kind)?.value.text("AttributeValue").ok()
    }

    /// Whether two names are the same by RFC 5280, 7.1: character strings are compared as RFC 4518 prepares them,
    /// without regard to their type, to case and width, and to runs of white space; other values octet for octet.
    pub fn matches(&self, other: &Name<'_>) -> bool {
        self.raw == other.raw || comparison::is_same(self, other)
    }

    /// Whether this name stands at or under `base` (a directoryName subtree, RFC 5280, 4.2.1.10).
    pub fn is_within(&self, base: &Name<'_>) -> bool {
        let (mine, base) = (self.rdns(), base.rdns());
        mine.len() >= base.len() && mine.iter().zip(&base).all(|(a, b)| comparison::is_same_rdn(a, b))
    }

    /// Octets that are the same for all names that match: a key for tables.
    pub fn comparison_key(&self) -> Vec<u8> {
        comparison::comparison_key(self)
    }

    /// The SETs, one for each relative distinguished name.
    fn sets(&self) -> Option<Reader<'a>> {
        Element::whole(self.raw, "Name").and_then(|name| name.reader("Name")).ok()
    }

    fn check(&self) -> Result<(), DerError> {
        let mut reader = Element::whole(self.raw, "Name")?.reader("Name")?;
        let mut count = 0;
        while !reader.at_end() {
            each_attribute(&reader.expect(Tag::SET, "RelativeDistinguishedName")?, &mut count, |_| ())?;
        }
        Ok(())
    }

    fn parse(&self) -> Result<Vec<Vec<NameAttribute<'a>>>, DerError> {
        let mut reader = Element::whole(self.raw, "Name")?.reader("Name")?;
        let mut rdns = Vec::new();
        let mut count = 0;
        while !reader.at_end() {
            let set = reader.expect(Tag::SET, "RelativeDistinguishedName")?;
            rdns.push(rdn(&set, &mut count)?);
        }
        Ok(rdns)
    }
}

/// Reads the attributes of one RelativeDistinguishedName.
pub(crate) fn rdn<'a>(set: &Element<'a>, count: &mut usize) -> Result<Vec<NameAttribute<'a>>, DerError> {
    let mut attributes = Vec::new();
    each_attribute(set, count, |attribute| attributes.push(attribute))?;
    Ok(attributes)
}

fn each_attribute<'a>(
    set: &Element<'a>,
    count: &mut usize,
    mut take: impl FnMut(NameAttribute<'a>),
) -> Result<(), DerError> {
    let mut reader = set.reader("RelativeDistinguishedName")?;
    while !reader.at_end() {
        *count += 1;
        if *count > MAX_ATTRIBUTES {
            return Err(reader.error("Name", DerErrorKind::TooMany));
        }
        let mut parts =
            reader.expect(Tag::SEQUENCE, "AttributeTypeAndValue")?.reader("AttributeTypeAndValue")?;
        let kind = parts.expect(Tag::OID, "AttributeType")?.oid("AttributeType")?;
        let value = parts.read("AttributeValue")?;
        parts.end("AttributeTypeAndValue")?;
        take(NameAttribute { kind, value });
    }
    Ok(())
}

/// RFC 4514 text: the last relative distinguished name first, short names where the RFC or everyday use has them.
impl std::fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, rdn) in self.rdns().iter().rev().enumerate() {
            if index > 0 {
                f.write_char(',')?;
            }
            for (index, attribute) in rdn.iter().enumerate() {
                if index > 0 {
                    f.write_char('+')?;
                }
                write_attribute(f, attribute)?;
            }
        }
        Ok(())
    }
}

const SHORT_NAMES: [(Oid, &str); 15] = [
    (Oid::new(&[2, 5, 4, 3]), "CN"),
    (Oid::new(&[2, 5, 4, 4]), "SN"),
    (Oid::new(&[2, 5, 4, 5]), "serialNumber"),
    (Oid::new(&[2, 5, 4, 6]), "C"),
    (Oid::new(&[2, 5, 4, 7]), "L"),
    (Oid::new(&[2, 5, 4, 8]), "ST"),
    (Oid::new(&[2, 5, 4, 9]), "STREET"),
    (Oid::new(&[2, 5, 4, 10]), "O"),
    (Oid::new(&[2, 5, 4, 11]), "OU"),
    (Oid::new(&[2, 5, 4, 12]), "title"),
    (Oid::new(&[2, 5, 4, 42]), "GN"),
    (Oid::new(&[2, 5, 4, 97]), "organizationIdentifier"),
    (Oid::new(&[0, 9, 2342, 19200300, 100, 1, 25]), "DC"),
    (Oid::new(&[0, 9, 2342, 19200300, 100, 1, 1]), "UID"),
    (Oid::new(&[1, 2, 840, 113549, 1, 9, 1]), "emailAddress"),
];

fn write_attribute(f: &mut std::fmt::Formatter<'_>, attribute: &NameAttribute<'_>) -> std::fmt::Result {
    match SHORT_NAMES.iter().find(|(oid, _)| *oid == attribute.kind) {
        Some((_, name)) => f.write_str(name)?,
        None => write!(f, "{}", attribute.kind)?,
    }
    f.write_char('=')?;
    let Ok(text) = attribute.value.text("AttributeValue") else {
        f.write_char('#')?;
        return attribute.value.bytes().iter().try_for_each(|octet| write!(f, "{octet:02x}"));
    };
    let last = text.chars().count().saturating_sub(1);
    for (index, c) in text.chars().enumerate() {
        let edge = (index == 0 && matches!(c, ' ' | '#')) || (index == last && c == ' ');
        if edge || matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';') {
            f.write_char('\\')?;
        }
        if c.is_control() { write!(f, "\\{:02x}", u32::from(c))? } else { f.write_char(c)? }
    }
    Ok(())
}

/// One of the forms of a GeneralName (RFC 5280, 4.2.1.6).
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)] // RFC 5280's own words
#[non_exhaustive]
pub enum GeneralName<'a> {
    OtherName(&'a [u8]),
    Rfc822(&'a str),
    Dns(&'a str),
    X400(&'a [u8]),
    Directory(Name<'a>),
    EdiParty(&'a [u8]),
    Uri(&'a str),
    Ip(&'a [u8]),
    RegisteredId(Oid),
}

impl<'a> GeneralName<'a> {
    /// Reads one general name.
    ///
    /// # Errors
    /// [`DerError`].
    pub fn from_element(element: &Element<'a>) -> Result<Self, DerError> {
        let ia5 = |e: &Element<'a>| {
            std::str::from_utf8(e.content()).map_err(|_| e.error("GeneralName", DerErrorKind::Value))
        };
        if element.tag().class != Class::Context {
            return Err(element.error("GeneralName", DerErrorKind::UnexpectedTag));
        }
        Ok(match element.tag().number {
            0 => Self::OtherName(element.bytes()),
            1 => Self::Rfc822(ia5(element)?),
            2 => Self::Dns(ia5(element)?),
            3 => Self::X400(element.bytes()),
            4 => Self::Directory(Name::from_element(&element.explicit("directoryName")?)?),
            5 => Self::EdiParty(element.bytes()),
            6 => Self::Uri(ia5(element)?),
            7 => Self::Ip(element.content()),
            8 => Self::RegisteredId(element.oid("registeredID")?),
            _ => return Err(element.error("GeneralName", DerErrorKind::UnexpectedTag)),
        })
    }

    /// Reads the general names that are left in a reader.
    ///
    /// # Errors
    /// [`DerError`].
    pub fn all(reader: &mut Reader<'a>) -> Result<Vec<Self>, DerError> {
        reader.all(10_000, "GeneralNames")?.iter().map(Self::from_element).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::write;

    fn cn(tag: u8, text: &str) -> Vec<u8> {
        let value = write::element(tag, text.as_bytes());
        write::sequence(&[write::set_of(&[write::sequence(&[write::oid(&Oid::new(&[2, 5, 4, 3])), value])])])
    }

    #[test]
    fn comparison_folds_case_space_and_string_type() {
        let (a, b, c) = (cn(0x13, "Taro  ISHI "), cn(0x0c, "taro ishi"), cn(0x0c, "taro isi"));
        let name = |der| Name::from_der(der).unwrap();
        assert!(name(&a).matches(&name(&b)));
        assert!(!name(&a).matches(&name(&c)));
        assert_eq!(name(&a).comparison_key(), name(&b).comparison_key());
        assert_ne!(name(&a).comparison_key(), name(&c).comparison_key());
    }

    #[test]
    fn japanese_names_are_compared_as_people_read_them() {
        let bmp: Vec<u8> = "ＨＰＫＩ 病院".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let value = write::element(0x1e, &bmp);
        let a = write::sequence(&[write::set_of(&[write::sequence(&[
            write::oid(&Oid::new(&[2, 5, 4, 3])),
            value,
        ])])]);
        let (b, c) = (cn(0x0c, "hpki\u{3000}病院"), cn(0x0c, "hpki 医院"));
        let name = |der| Name::from_der(der).unwrap();
        assert!(name(&a).matches(&name(&b)) && name(&b).is_within(&name(&a)));
        assert!(!name(&a).matches(&name(&c)));
    }

    #[test]
    fn a_doubled_attribute_is_not_two_different_ones() {
        let one = |text: &str| {
            write::sequence(&[write::oid(&Oid::new(&[2, 5, 4, 3])), write::element(0x0c, text.as_bytes())])
        };
        let a = write::sequence(&[write::set_of(&[one("x"), one("x")])]);
        let b = write::sequence(&[write::set_of(&[one("x"), one("y")])]);
        let (a, b) = (Name::from_der(&a).unwrap(), Name::from_der(&b).unwrap());
        assert!(!a.matches(&b) && !b.matches(&a));
    }

    #[test]
    fn text_escapes_what_rfc_4514_escapes() {
        let der = cn(0x0c, " 医師, #1");
        assert_eq!(Name::from_der(&der).unwrap().to_string(), "CN=\\ 医師\\, #1");
    }
}
