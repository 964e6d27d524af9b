// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Extensions of certificates and CRLs (RFC 5280, 4.2 and 5.2), each read once into plain values.

mod distribution;
mod policy;

use keiin_model::Oid;

use crate::{
    der::{DerError, DerErrorKind, Element, Tag},
    name::GeneralName,
};

pub(crate) use distribution::read_distribution_points;
pub use distribution::{DistributionPoint, DistributionPointName, IssuingDistributionPoint, ReasonFlags};
pub use policy::{PolicyConstraints, PolicyInformation};
pub(crate) use policy::{read_policies, read_policy_mappings};

/// Extensions of one object. The most seen in a real certificate is 17.
const MAX_EXTENSIONS: usize = 200;

macro_rules! oids {
    ($($(#[$doc:meta])* $name:ident = $($arc:literal).+;)*) => {
        /// OIDs of extensions and what stands in them.
        #[allow(missing_docs)] // RFC 5280's own names
        pub mod oid {
            use keiin_model::Oid;
            $($(#[$doc])* pub const $name: Oid = Oid::new(&[$($arc),+]);)*
        }
    };
}

oids! {
    SUBJECT_DIRECTORY_ATTRIBUTES = 2 . 5 . 29 . 9;
    SUBJECT_KEY_IDENTIFIER = 2 . 5 . 29 . 14;
    KEY_USAGE = 2 . 5 . 29 . 15;
    SUBJECT_ALT_NAME = 2 . 5 . 29 . 17;
    ISSUER_ALT_NAME = 2 . 5 . 29 . 18;
    BASIC_CONSTRAINTS = 2 . 5 . 29 . 19;
    CRL_NUMBER = 2 . 5 . 29 . 20;
    REASON_CODE = 2 . 5 . 29 . 21;
    INVALIDITY_DATE = 2 . 5 . 29 . 24;
    DELTA_CRL_INDICATOR = 2 . 5 . 29 . 27;
    ISSUING_DISTRIBUTION_POINT = 2 . 5 . 29 . 28;
    CERTIFICATE_ISSUER = 2 . 5 . 29 . 29;
    NAME_CONSTRAINTS = 2 . 5 . 29 . 30;
    CRL_DISTRIBUTION_POINTS = 2 . 5 . 29 . 31;
    CERTIFICATE_POLICIES = 2 . 5 . 29 . 32;
    ANY_POLICY = 2 . 5 . 29 . 32 . 0;
    POLICY_MAPPINGS = 2 . 5 . 29 . 33;
    AUTHORITY_KEY_IDENTIFIER = 2 . 5 . 29 . 35;
    POLICY_CONSTRAINTS = 2 . 5 . 29 . 36;
    EXTENDED_KEY_USAGE = 2 . 5 . 29 . 37;
    FRESHEST_CRL = 2 . 5 . 29 . 46;
    INHIBIT_ANY_POLICY = 2 . 5 . 29 . 54;
    EXPIRED_CERTS_ON_CRL = 2 . 5 . 29 . 60;
    AUTHORITY_INFO_ACCESS = 1 . 3 . 6 . 1 . 5 . 5 . 7 . 1 . 1;
    AD_OCSP = 1 . 3 . 6 . 1 . 5 . 5 . 7 . 48 . 1;
    AD_CA_ISSUERS = 1 . 3 . 6 . 1 . 5 . 5 . 7 . 48 . 2;
    OCSP_NO_CHECK = 1 . 3 . 6 . 1 . 5 . 5 . 7 . 48 . 1 . 5;
    OCSP_ARCHIVE_CUTOFF = 1 . 3 . 6 . 1 . 5 . 5 . 7 . 48 . 1 . 6;
    OCSP_NONCE = 1 . 3 . 6 . 1 . 5 . 5 . 7 . 48 . 1 . 2;
    CPS = 1 . 3 . 6 . 1 . 5 . 5 . 7 . 2 . 1;
    USER_NOTICE = 1 . 3 . 6 . 1 . 5 . 5 . 7 . 2 . 2;
    KP_TIME_STAMPING = 1 . 3 . 6 . 1 . 5 . 5 . 7 . 3 . 8;
    KP_OCSP_SIGNING = 1 . 3 . 6 . 1 . 5 . 5 . 7 . 3 . 9;
    ANY_EXTENDED_KEY_USAGE = 2 . 5 . 29 . 37 . 0;
}

/// One extension, its value not yet read.
#[derive(Clone, Copy, Debug)]
pub struct Extension<'a> {
    /// Its type.
    pub oid: Oid,
    /// Whether a reader that does not know it must refuse.
    pub critical: bool,
    /// The DER inside extnValue.
    pub value: &'a [u8],
}

/// Reads a SEQUENCE OF Extension.
///
/// # Errors
/// [`DerError`]; a repeated extension is [`DerErrorKind::Value`] (RFC 5280, 4.2).
pub fn read_extensions<'a>(sequence: &Element<'a>) -> Result<Vec<Extension<'a>>, DerError> {
    let mut reader = sequence.reader("Extensions")?;
    let mut extensions: Vec<Extension<'a>> = Vec::new();
    while !reader.at_end() {
        if extensions.len() >= MAX_EXTENSIONS {
            return Err(reader.error("Extensions", DerErrorKind::TooMany));
        }
        let element = reader.expect(Tag::SEQUENCE, "Extension")?;
        let mut parts = element.reader("Extension")?;
        let oid = parts.expect(Tag::OID, "extnID")?.oid("extnID")?;
        let critical =
            parts.optional(Tag::BOOLEAN, "critical")?.map_or(Ok(false), |e| e.boolean("critical"))?;
        let value = parts.expect(Tag::OCTET_STRING, "extnValue")?;
        if value.is_constructed() || extensions.iter().any(|e| e.oid == oid) {
            return Err(element.error("Extension", DerErrorKind::Value));
        }
        parts.end("Extension")?;
        extensions.push(Extension { oid, critical, value: value.content() });
    }
    Ok(extensions)
}

/// Bits of keyUsage (RFC 5280, 4.2.1.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyUsage(u16);

#[allow(missing_docs)] // RFC 5280's own names
impl KeyUsage {
    pub const DIGITAL_SIGNATURE: Self = Self(1 << 15);
    pub const NON_REPUDIATION: Self = Self(1 << 14);
    pub const KEY_ENCIPHERMENT: Self = Self(1 << 13);
    pub const KEY_CERT_SIGN: Self = Self(1 << 10);
    pub const CRL_SIGN: Self = Self(1 << 9);

    /// Whether all bits of `other` are set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any bit of `other` is set.
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether exactly these bits are set.
    pub const fn is_only(self, other: Self) -> bool {
        self.0 == other.0
    }

    pub(crate) fn read(value: &[u8]) -> Result<Self, DerError> {
        let element = Element::whole(value, "keyUsage")?;
        let (_, octets) = element.bit_string("keyUsage")?;
        let octet = |index| u16::from(octets.get(index).copied().unwrap_or(0));
        Ok(Self((octet(0) << 8) | octet(1)))
    }
}

/// basicConstraints (RFC 5280, 4.2.1.9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BasicConstraints {
    /// cA.
    pub ca: bool,
    /// pathLenConstraint.
    pub path_len: Option<u64>,
}

impl BasicConstraints {
    pub(crate) fn read(value: &[u8]) -> Result<Self, DerError> {
        let mut reader = Element::whole(value, "basicConstraints")?.reader("basicConstraints")?;
        let ca = reader.optional(Tag::BOOLEAN, "cA")?.map_or(Ok(false), |e| e.boolean("cA"))?;
        let path_len = reader
            .optional(Tag::INTEGER, "pathLenConstraint")?
            .map(|e| e.unsigned("pathLenConstraint"))
            .transpose()?;
        reader.end("basicConstraints")?;
        Ok(Self { ca, path_len })
    }
}

/// authorityKeyIdentifier (RFC 5280, 4.2.1.1). A hint for path building, never trusted.
#[derive(Clone, Debug, Default)]
pub struct AuthorityKeyIdentifier<'a> {
    /// keyIdentifier.
    pub key_id: Option<&'a [u8]>,
    /// authorityCertIssuer.
    pub issuer: Vec<GeneralName<'a>>,
    /// Content octets of authorityCertSerialNumber.
    pub serial: Option<&'a [u8]>,
}

impl<'a> AuthorityKeyIdentifier<'a> {
    pub(crate) fn read(value: &'a [u8]) -> Result<Self, DerError> {
        let mut reader = Element::whole(value, "authorityKeyIdentifier")?.reader("authorityKeyIdentifier")?;
        let key_id = reader.optional(Tag::context(0), "keyIdentifier")?.map(|e| e.content());
        let issuer = match reader.optional(Tag::context(1), "authorityCertIssuer")? {
            Some(names) => GeneralName::all(&mut names.reader("authorityCertIssuer")?)?,
            None => Vec::new(),
        };
        let serial = reader.optional(Tag::context(2), "authorityCertSerialNumber")?;
        let serial = serial.map(|e| e.integer("authorityCertSerialNumber")).transpose()?;
        Ok(Self { key_id, issuer, serial })
    }
}

/// nameConstraints (RFC 5280, 4.2.1.10).
#[derive(Clone, Debug, Default)]
pub struct NameConstraints<'a> {
    /// permittedSubtrees.
    pub permitted: Vec<GeneralName<'a>>,
    /// excludedSubtrees.
    pub excluded: Vec<GeneralName<'a>>,
}

impl<'a> NameConstraints<'a> {
    pub(crate) fn read(value: &'a [u8]) -> Result<Self, DerError> {
        let mut reader = Element::whole(value, "nameConstraints")?.reader("nameConstraints")?;
        let mut subtrees = |n| -> Result<Vec<GeneralName<'a>>, DerError> {
            let Some(list) = reader.optional(Tag::context(n), "GeneralSubtrees")? else {
                return Ok(Vec::new());
            };
            let elements = list.reader("GeneralSubtrees")?.all(10_000, "GeneralSubtrees")?;
            elements.iter().map(subtree).collect()
        };
        let constraints = Self { permitted: subtrees(0)?, excluded: subtrees(1)? };
        reader.end("nameConstraints")?;
        Ok(constraints)
    }
}

/// A GeneralSubtree. RFC 5280, 4.2.1.10 uses no other minimum than 0 and no maximum, and wants those who do not process
/// them to refuse the certificate.
fn subtree<'a>(element: &Element<'a>) -> Result<GeneralName<'a>, DerError> {
    let mut reader = element.reader("GeneralSubtree")?;
    let base = GeneralName::from_element(&reader.read("base")?)?;
    if let Some(minimum) = reader.optional(Tag::context(0), "minimum")?
        && minimum.content() != [0]
    {
        return Err(minimum.error("minimum", DerErrorKind::Value));
    }
    reader.end("GeneralSubtree")?;
    Ok(base)
}

pub(crate) fn read_key_purposes(value: &[u8]) -> Result<Vec<Oid>, DerError> {
    let mut reader = Element::whole(value, "extKeyUsage")?.reader("extKeyUsage")?;
    reader.all(1000, "extKeyUsage")?.iter().map(|e| e.oid("KeyPurposeId")).collect()
}

/// Reads authorityInfoAccess: method and location.
pub(crate) fn read_access(value: &[u8]) -> Result<Vec<(Oid, GeneralName<'_>)>, DerError> {
    let mut reader = Element::whole(value, "authorityInfoAccess")?.reader("authorityInfoAccess")?;
    let mut out = Vec::new();
    for element in reader.all(1000, "authorityInfoAccess")? {
        let mut parts = element.reader("AccessDescription")?;
        let method = parts.expect(Tag::OID, "accessMethod")?.oid("accessMethod")?;
        out.push((method, GeneralName::from_element(&parts.read("accessLocation")?)?));
    }
    Ok(out)
}

/// Reads subjectKeyIdentifier.
pub(crate) fn read_key_id(value: &[u8]) -> Result<&[u8], DerError> {
    let element = Element::whole(value, "subjectKeyIdentifier")?;
    if element.tag() == Tag::OCTET_STRING && !element.is_constructed() {
        Ok(element.content())
    } else {
        Err(element.error("subjectKeyIdentifier", DerErrorKind::UnexpectedTag))
    }
}

/// Reads GeneralNames (subjectAltName, certificateIssuer).
pub(crate) fn read_general_names(value: &[u8]) -> Result<Vec<GeneralName<'_>>, DerError> {
    GeneralName::all(&mut Element::whole(value, "GeneralNames")?.reader("GeneralNames")?)
}
