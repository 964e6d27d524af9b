// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Attributes (RFC 5652, 5.3), in the order in which they stand.

use keiin_model::Oid;

use crate::der::{DerError, DerErrorKind, Element, Tag};

/// Attributes of one set, and values of one attribute. A time-stamped ES-A renewed every year for a century has about 300.
const MAX_ATTRIBUTES: usize = 10_000;

/// One attribute as it stands.
#[derive(Clone, Debug)]
pub struct Attribute<'a> {
    /// The whole attribute.
    pub element: Element<'a>,
    /// Its type.
    pub kind: Oid,
    /// The type's element.
    pub kind_element: Element<'a>,
    /// The SET of values.
    pub set: Element<'a>,
    /// The values in order.
    pub values: Vec<Element<'a>>,
}

impl<'a> Attribute<'a> {
    /// Reads the attributes inside a set (whatever its tag: SET, `[0]` or `[1]`).
    ///
    /// # Errors
    /// [`DerError`].
    pub fn read_all(set: &Element<'a>) -> Result<Vec<Self>, DerError> {
        let mut reader = set.reader("Attributes")?;
        let mut attributes = Vec::new();
        while !reader.at_end() {
            if attributes.len() >= MAX_ATTRIBUTES {
                return Err(reader.error("Attributes", DerErrorKind::TooMany));
            }
            attributes.push(Self::read(&reader.expect(Tag::SEQUENCE, "Attribute")?)?);
        }
        Ok(attributes)
    }

    fn read(element: &Element<'a>) -> Result<Self, DerError> {
        let mut reader = element.reader("Attribute")?;
        let kind_element = reader.expect(Tag::OID, "attrType")?;
        let set = reader.expect(Tag::SET, "attrValues")?;
        reader.end("Attribute")?;
        let values = set.reader("attrValues")?.all(MAX_ATTRIBUTES, "attrValues")?;
        Ok(Self { element: *element, kind: kind_element.oid("attrType")?, kind_element, set, values })
    }

    /// The value of an attribute that has exactly one.
    pub fn single(&self) -> Option<Element<'a>> {
        match self.values.as_slice() {
            [value] => Some(*value),
            _ => None,
        }
    }
}
