// SPDX-License-Identifier: Apache-2.0 OR MIT
//! X.509 certificates kept as slices of the input (RFC 5280, 4).

use keiin_model::{ObjectId, Oid, Time};

use crate::{
    der::{DerError, DerErrorKind, Element, Tag},
    digest::object_id,
    extension::{self, Extension, oid, read_extensions},
    name::{GeneralName, Name},
};

/// A certificate: the octets as they stand, with what was read from them beside.
///
/// Reading is lenient where real certificates are not strict DER: what is signed is never re-encoded. An extension that
/// cannot be read is kept by name in `unreadable`, for the path validation to judge.
#[derive(Clone, Debug)]
pub struct Certificate<'a> {
    /// SHA-256 of the octets.
    pub id: ObjectId,
    /// All octets.
    pub raw: &'a [u8],
    /// The tbsCertificate: what the issuer signed.
    pub tbs: &'a [u8],
    /// 1, 2 or 3.
    pub version: u8,
    /// Content octets of the serial number.
    pub serial: &'a [u8],
    /// The issuer.
    pub issuer: Name<'a>,
    /// notBefore.
    pub not_before: Time,
    /// notAfter.
    pub not_after: Time,
    /// The subject.
    pub subject: Name<'a>,
    /// The SubjectPublicKeyInfo element.
    pub spki: &'a [u8],
    /// The signatureAlgorithm element outside.
    pub signature_algorithm: &'a [u8],
    /// The signature element inside tbsCertificate; it must say the same (RFC 5280, 4.1.1.2).
    pub tbs_signature_algorithm: &'a [u8],
    /// The signature value.
    pub signature: &'a [u8],
    /// All extensions in order.
    pub extensions: Vec<Extension<'a>>,
    /// keyUsage.
    pub key_usage: Option<extension::KeyUsage>,
    /// extKeyUsage.
    pub key_purposes: Option<Vec<Oid>>,
    /// basicConstraints.
    pub basic_constraints: Option<extension::BasicConstraints>,
    /// subjectKeyIdentifier.
    pub subject_key_id: Option<&'a [u8]>,
    /// authorityKeyIdentifier.
    pub authority_key_id: Option<extension::AuthorityKeyIdentifier<'a>>,
    /// subjectAltName.
    pub subject_alt_names: Vec<GeneralName<'a>>,
    /// cRLDistributionPoints.
    pub crl_distribution_points: Vec<extension::DistributionPoint<'a>>,
    /// freshestCRL.
    pub freshest_crl: Vec<extension::DistributionPoint<'a>>,
    /// authorityInfoAccess.
    pub access: Vec<(Oid, GeneralName<'a>)>,
    /// certificatePolicies.
    pub policies: Option<Vec<extension::PolicyInformation<'a>>>,
    /// policyMappings.
    pub policy_mappings: Vec<(Oid, Oid)>,
    /// policyConstraints.
    pub policy_constraints: extension::PolicyConstraints,
    /// inhibitAnyPolicy.
    pub inhibit_any_policy: Option<u64>,
    /// nameConstraints.
    pub name_constraints: Option<extension::NameConstraints<'a>>,
    /// Extensions that are known but could not be read.
    pub unreadable: Vec<Oid>,
    /// Critical extensions that are not known here; a profile may know them.
    pub unknown_critical: Vec<Oid>,
}

impl<'a> Certificate<'a> {
    /// Reads a DER certificate that fills the input.
    ///
    /// # Errors
    /// [`DerError`] naming the part.
    pub fn read(raw: &'a [u8]) -> Result<Self, DerError> {
        Self::from_element(&Element::whole(raw, "Certificate")?)
    }

    /// Reads a certificate that is part of something else.
    ///
    /// # Errors
    /// [`DerError`] naming the part.
    pub fn from_element(element: &Element<'a>) -> Result<Self, DerError> {
        if element.tag() != Tag::SEQUENCE {
            return Err(element.error("Certificate", DerErrorKind::UnexpectedTag));
        }
        let mut outer = element.reader("Certificate")?;
        let tbs = outer.expect(Tag::SEQUENCE, "tbsCertificate")?;
        let signature_algorithm = outer.expect(Tag::SEQUENCE, "signatureAlgorithm")?.bytes();
        let signature =
            outer.expect(Tag::BIT_STRING, "signatureValue")?.bit_string_octets("signatureValue")?;
        outer.end("Certificate")?;

        let mut reader = tbs.reader("tbsCertificate")?;
        let version = match reader.optional(Tag::context(0), "version")? {
            Some(explicit) => explicit.explicit("version")?.unsigned("version")?,
            None => 0,
        };
        let serial = reader.expect(Tag::INTEGER, "serialNumber")?.integer("serialNumber")?;
        let tbs_signature_algorithm = reader.expect(Tag::SEQUENCE, "signature")?.bytes();
        let issuer = Name::from_element(&reader.read("issuer")?)?;
        let mut validity = reader.expect(Tag::SEQUENCE, "validity")?.reader("validity")?;
        let not_before = validity.read("notBefore")?.time("notBefore")?;
        let not_after = validity.read("notAfter")?.time("notAfter")?;
        let subject = Name::from_element(&reader.read("subject")?)?;
        let spki = reader.expect(Tag::SEQUENCE, "subjectPublicKeyInfo")?.bytes();
        reader.optional(Tag::context(1), "issuerUniqueID")?;
        reader.optional(Tag::context(2), "subjectUniqueID")?;
        let extensions = match reader.optional(Tag::context(3), "extensions")? {
            Some(explicit) => read_extensions(&explicit.explicit("extensions")?)?,
            None => Vec::new(),
        };
        reader.end("tbsCertificate")?;

        let certificate = Self {
            id: object_id(element.bytes()),
            raw: element.bytes(),
            tbs: tbs.bytes(),
            version: u8::try_from(version.saturating_add(1))
                .map_err(|_| tbs.error("version", DerErrorKind::Value))?,
            serial,
            issuer,
            not_before,
            not_after,
            subject,
            spki,
            signature_algorithm,
            tbs_signature_algorithm,
            signature,
            extensions,
            key_usage: None,
            key_purposes: None,
            basic_constraints: None,
            subject_key_id: None,
            authority_key_id: None,
            subject_alt_names: Vec::new(),
            crl_distribution_points: Vec::new(),
            freshest_crl: Vec::new(),
            access: Vec::new(),
            policies: None,
            policy_mappings: Vec::new(),
            policy_constraints: extension::PolicyConstraints::default(),
            inhibit_any_policy: None,
            name_constraints: None,
            unreadable: Vec::new(),
            unknown_critical: Vec::new(),
        };
        Ok(certificate.with_extensions_read())
    }

    /// Each extension in its place; what is not known here or cannot be read is told.
    fn with_extensions_read(mut self) -> Self {
        for index in 0..self.extensions.len() {
            let Some(extension) = self.extensions.get(index).copied() else { break };
            match self.read_extension(&extension) {
                Ok(true) => {}
                Ok(false) if extension.critical => self.unknown_critical.push(extension.oid),
                Ok(false) => {}
                Err(_) => self.unreadable.push(extension.oid),
            }
        }
        self
    }

    /// Reads one extension into its place; whether it is known here.
    fn read_extension(&mut self, extension: &Extension<'a>) -> Result<bool, DerError> {
        let value = extension.value;
        match extension.oid {
            oid::KEY_USAGE => self.key_usage = Some(extension::KeyUsage::read(value)?),
            oid::EXTENDED_KEY_USAGE => self.key_purposes = Some(extension::read_key_purposes(value)?),
            oid::BASIC_CONSTRAINTS => {
                self.basic_constraints = Some(extension::BasicConstraints::read(value)?);
            }
            oid::SUBJECT_KEY_IDENTIFIER => self.subject_key_id = Some(extension::read_key_id(value)?),
            oid::AUTHORITY_KEY_IDENTIFIER => {
                self.authority_key_id = Some(extension::AuthorityKeyIdentifier::read(value)?);
            }
            oid::SUBJECT_ALT_NAME => self.subject_alt_names = extension::read_general_names(value)?,
            oid::CRL_DISTRIBUTION_POINTS => {
                self.crl_distribution_points = extension::read_distribution_points(value)?;
            }
            oid::FRESHEST_CRL => self.freshest_crl = extension::read_distribution_points(value)?,
            oid::AUTHORITY_INFO_ACCESS => self.access = extension::read_access(value)?,
            oid::CERTIFICATE_POLICIES => self.policies = Some(extension::read_policies(value)?),
            oid::POLICY_MAPPINGS => self.policy_mappings = extension::read_policy_mappings(value)?,
            oid::POLICY_CONSTRAINTS => self.policy_constraints = extension::PolicyConstraints::read(value)?,
            oid::INHIBIT_ANY_POLICY => {
                self.inhibit_any_policy =
                    Some(Element::whole(value, "inhibitAnyPolicy")?.unsigned("inhibitAnyPolicy")?);
            }
            oid::NAME_CONSTRAINTS => self.name_constraints = Some(extension::NameConstraints::read(value)?),
            // Known and without meaning for a path.
            oid::ISSUER_ALT_NAME | oid::SUBJECT_DIRECTORY_ATTRIBUTES | oid::OCSP_NO_CHECK => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// One extension by name.
    pub fn extension(&self, oid: &Oid) -> Option<&Extension<'a>> {
        self.extensions.iter().find(|e| e.oid == *oid)
    }

    /// Whether basicConstraints says that this is a CA.
    pub fn is_ca(&self) -> bool {
        self.basic_constraints.is_some_and(|c| c.ca)
    }

    /// Whether subject and issuer are the same name (RFC 5280, 6.1).
    pub fn is_self_issued(&self) -> bool {
        self.subject.matches(&self.issuer)
    }

    /// Whether id-pkix-ocsp-nocheck stands in it (RFC 6960, 4.2.2.2.1).
    pub fn has_ocsp_no_check(&self) -> bool {
        self.extension(&oid::OCSP_NO_CHECK).is_some()
    }

    /// http and https URLs of the CRL distribution points.
    pub fn crl_urls(&self) -> Vec<&'a str> {
        let mut urls = Vec::new();
        for point in &self.crl_distribution_points {
            if let Some(extension::DistributionPointName::Full(names)) = &point.name {
                urls.extend(names.iter().filter_map(http));
            }
        }
        urls
    }

    /// http and https URLs of an access method (`AD_OCSP`, `AD_CA_ISSUERS`).
    pub fn access_urls(&self, method: &Oid) -> Vec<&'a str> {
        self.access.iter().filter(|(m, _)| m == method).filter_map(|(_, location)| http(location)).collect()
    }
}

fn http<'a>(name: &GeneralName<'a>) -> Option<&'a str> {
    match name {
        GeneralName::Uri(uri) => {
            let scheme = uri.split_once("://")?.0;
            let asked = ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
            asked.then_some(uri)
        }
        _ => None,
    }
}
