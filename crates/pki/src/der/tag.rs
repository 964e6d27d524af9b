// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Identifier octets (X.690, 8.1.2).

use std::fmt;

/// The class of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // X.690's own words
pub enum Class {
    Universal,
    Application,
    Context,
    Private,
}

/// Class and number. Whether the encoding is constructed is a property of the element, as BER lets both stand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag {
    /// The class.
    pub class: Class,
    /// The number.
    pub number: u32,
}

#[allow(missing_docs)] // X.680's own words
impl Tag {
    pub const BOOLEAN: Self = Self::universal(1);
    pub const INTEGER: Self = Self::universal(2);
    pub const BIT_STRING: Self = Self::universal(3);
    pub const OCTET_STRING: Self = Self::universal(4);
    pub const NULL: Self = Self::universal(5);
    pub const OID: Self = Self::universal(6);
    pub const ENUMERATED: Self = Self::universal(10);
    pub const UTF8_STRING: Self = Self::universal(12);
    pub const SEQUENCE: Self = Self::universal(16);
    pub const SET: Self = Self::universal(17);
    pub const NUMERIC_STRING: Self = Self::universal(18);
    pub const PRINTABLE_STRING: Self = Self::universal(19);
    pub const TELETEX_STRING: Self = Self::universal(20);
    pub const IA5_STRING: Self = Self::universal(22);
    pub const UTC_TIME: Self = Self::universal(23);
    pub const GENERALIZED_TIME: Self = Self::universal(24);
    pub const VISIBLE_STRING: Self = Self::universal(26);
    pub const UNIVERSAL_STRING: Self = Self::universal(28);
    pub const BMP_STRING: Self = Self::universal(30);

    /// A universal tag.
    pub const fn universal(number: u32) -> Self {
        Self { class: Class::Universal, number }
    }

    /// A context-specific tag.
    pub const fn context(number: u32) -> Self {
        Self { class: Class::Context, number }
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.class {
            Class::Universal => write!(f, "[UNIVERSAL {}]", self.number),
            Class::Application => write!(f, "[APPLICATION {}]", self.number),
            Class::Context => write!(f, "[{}]", self.number),
            Class::Private => write!(f, "[PRIVATE {}]", self.number),
        }
    }
}
