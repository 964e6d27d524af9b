// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Where CRLs are, and for what one of them is (RFC 5280, 4.2.1.13, 4.2.1.15 and 5.2.5).

use crate::{
    der::{Class, DerError, DerErrorKind, Element, Tag},
    name::{GeneralName, NameAttribute, rdn},
};

/// Reason flags of a distribution point (RFC 5280, 4.2.1.13): bit 1 keyCompromise to bit 8 aACompromise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReasonFlags(pub u16);

impl ReasonFlags {
    /// Every reason.
    pub const ALL: Self = Self(0x7f80);

    fn read(element: &Element<'_>) -> Result<Self, DerError> {
        let (_, octets) = element.bit_string("ReasonFlags")?;
        let octet = |index| u16::from(octets.get(index).copied().unwrap_or(0));
        Ok(Self(((octet(0) << 8) | octet(1)) & Self::ALL.0))
    }
}

/// The name of a distribution point.
#[derive(Clone, Debug)]
pub enum DistributionPointName<'a> {
    /// fullName.
    Full(Vec<GeneralName<'a>>),
    /// nameRelativeToCRLIssuer.
    Relative(Vec<NameAttribute<'a>>),
}

impl<'a> DistributionPointName<'a> {
    fn read(explicit: &Element<'a>) -> Result<Self, DerError> {
        let inner = explicit.explicit("DistributionPointName")?;
        match inner.tag() {
            tag if tag == Tag::context(0) => {
                Ok(Self::Full(GeneralName::all(&mut inner.reader("fullName")?)?))
            }
            tag if tag == Tag::context(1) => Ok(Self::Relative(rdn(&inner, &mut 0)?)),
            _ => Err(inner.error("DistributionPointName", DerErrorKind::UnexpectedTag)),
        }
    }
}

/// One DistributionPoint (RFC 5280, 4.2.1.13).
#[derive(Clone, Debug, Default)]
pub struct DistributionPoint<'a> {
    /// distributionPoint.
    pub name: Option<DistributionPointName<'a>>,
    /// reasons.
    pub reasons: Option<ReasonFlags>,
    /// cRLIssuer.
    pub crl_issuer: Vec<GeneralName<'a>>,
}

/// Reads CRLDistributionPoints or freshestCRL.
pub(crate) fn read_distribution_points(value: &[u8]) -> Result<Vec<DistributionPoint<'_>>, DerError> {
    let mut reader = Element::whole(value, "CRLDistributionPoints")?.reader("CRLDistributionPoints")?;
    let mut points = Vec::new();
    for element in reader.all(1000, "CRLDistributionPoints")? {
        let mut parts = element.reader("DistributionPoint")?;
        let name = parts
            .optional(Tag::context(0), "distributionPoint")?
            .map(|e| DistributionPointName::read(&e))
            .transpose()?;
        let reasons =
            parts.optional(Tag::context(1), "reasons")?.map(|e| ReasonFlags::read(&e)).transpose()?;
        let crl_issuer = match parts.optional(Tag::context(2), "cRLIssuer")? {
            Some(names) => GeneralName::all(&mut names.reader("cRLIssuer")?)?,
            None => Vec::new(),
        };
        parts.end("DistributionPoint")?;
        points.push(DistributionPoint { name, reasons, crl_issuer });
    }
    Ok(points)
}

/// issuingDistributionPoint (RFC 5280, 5.2.5).
#[derive(Clone, Debug, Default)]
pub struct IssuingDistributionPoint<'a> {
    /// distributionPoint.
    pub name: Option<DistributionPointName<'a>>,
    /// onlyContainsUserCerts.
    pub only_user_certs: bool,
    /// onlyContainsCACerts.
    pub only_ca_certs: bool,
    /// onlySomeReasons.
    pub only_some_reasons: Option<ReasonFlags>,
    /// indirectCRL.
    pub indirect: bool,
    /// onlyContainsAttributeCerts.
    pub only_attribute_certs: bool,
}

impl<'a> IssuingDistributionPoint<'a> {
    pub(crate) fn read(value: &'a [u8]) -> Result<Self, DerError> {
        let mut reader =
            Element::whole(value, "issuingDistributionPoint")?.reader("issuingDistributionPoint")?;
        let mut point = Self::default();
        while !reader.at_end() {
            let element = reader.read("issuingDistributionPoint")?;
            match (element.tag().class, element.tag().number) {
                (Class::Context, 0) => point.name = Some(DistributionPointName::read(&element)?),
                (Class::Context, 1) => point.only_user_certs = element.boolean("onlyContainsUserCerts")?,
                (Class::Context, 2) => point.only_ca_certs = element.boolean("onlyContainsCACerts")?,
                (Class::Context, 3) => point.only_some_reasons = Some(ReasonFlags::read(&element)?),
                (Class::Context, 4) => point.indirect = element.boolean("indirectCRL")?,
                (Class::Context, 5) => {
                    point.only_attribute_certs = element.boolean("onlyContainsAttributeCerts")?;
                }
                _ => return Err(element.error("issuingDistributionPoint", DerErrorKind::UnexpectedTag)),
            }
        }
        Ok(point)
    }
}
