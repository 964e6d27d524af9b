// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Certificate lists kept as slices of the input (RFC 5280, 5). Entries are read on demand, so a list of a million
//! entries costs nothing but its octets.

use keiin_model::{ObjectId, Oid, Time};

use crate::{
    der::{DerError, DerErrorKind, Element, Reader, Tag},
    digest::object_id,
    extension::{self, Extension, oid, read_extensions},
    name::{GeneralName, Name},
};

/// A certificate list.
#[derive(Clone, Debug)]
pub struct Crl<'a> {
    /// SHA-256 of the octets.
    pub id: ObjectId,
    /// All octets.
    pub raw: &'a [u8],
    /// The tbsCertList: what the issuer signed.
    pub tbs: &'a [u8],
    /// The signatureAlgorithm element outside.
    pub signature_algorithm: &'a [u8],
    /// The signature element inside.
    pub tbs_signature_algorithm: &'a [u8],
    /// The signature value.
    pub signature: &'a [u8],
    /// The issuer.
    pub issuer: Name<'a>,
    /// thisUpdate.
    pub this_update: Time,
    /// nextUpdate.
    pub next_update: Option<Time>,
    entries: Reader<'a>,
    /// Content octets of cRLNumber.
    pub number: Option<&'a [u8]>,
    /// Content octets of BaseCRLNumber: this is a delta CRL.
    pub delta_base: Option<&'a [u8]>,
    /// authorityKeyIdentifier.
    pub authority_key_id: Option<extension::AuthorityKeyIdentifier<'a>>,
    /// issuingDistributionPoint.
    pub issuing_distribution_point: Option<extension::IssuingDistributionPoint<'a>>,
    /// expiredCertsOnCRL (X.509, 9.5.2.8): revoked certificates that ended after this time are still listed.
    pub expired_certs_on_crl: Option<Time>,
    /// Extensions that are known but could not be read.
    pub unreadable: Vec<Oid>,
    /// Critical extensions that are not known.
    pub unknown_critical: Vec<Oid>,
}

/// One entry of a list.
#[derive(Clone, Debug)]
pub struct RevokedCertificate<'a> {
    /// Content octets of the serial number.
    pub serial: &'a [u8],
    /// revocationDate.
    pub date: Time,
    /// reasonCode as its number; `None`: unspecified.
    pub reason: Option<u64>,
    /// invalidityDate.
    pub invalidity_date: Option<Time>,
    /// certificateIssuer, where this entry states one; it holds for the entries that follow too (RFC 5280, 5.3.3).
    pub certificate_issuer: Option<Vec<GeneralName<'a>>>,
    /// Whether the entry has a critical extension that is not known.
    pub unknown_critical: bool,
}

impl<'a> Crl<'a> {
    /// Reads a DER certificate list that fills the input.
    ///
    /// # Errors
    /// [`DerError`] naming the part.
    pub fn read(raw: &'a [u8]) -> Result<Self, DerError> {
        Self::from_element(&Element::whole(raw, "CertificateList")?)
    }

    /// Reads a DER certificate list whose SHA-256 is known already: that of a list of a million entries takes as long as
    /// everything else together.
    ///
    /// # Errors
    /// [`DerError`] naming the part.
    pub fn read_as(id: ObjectId, raw: &'a [u8]) -> Result<Self, DerError> {
        Self::from_parts(&Element::whole(raw, "CertificateList")?, || id)
    }

    /// Reads a certificate list that is part of something else.
    ///
    /// # Errors
    /// [`DerError`] naming the part.
    pub fn from_element(element: &Element<'a>) -> Result<Self, DerError> {
        Self::from_parts(element, || object_id(element.bytes()))
    }

    fn from_parts(element: &Element<'a>, id: impl FnOnce() -> ObjectId) -> Result<Self, DerError> {
        if element.tag() != Tag::SEQUENCE {
            return Err(element.error("CertificateList", DerErrorKind::UnexpectedTag));
        }
        let mut outer = element.reader("CertificateList")?;
        let tbs = outer.expect(Tag::SEQUENCE, "tbsCertList")?;
        let signature_algorithm = outer.expect(Tag::SEQUENCE, "signatureAlgorithm")?.bytes();
        let signature =
            outer.expect(Tag::BIT_STRING, "signatureValue")?.bit_string_octets("signatureValue")?;
        outer.end("CertificateList")?;

        let mut reader = tbs.reader("tbsCertList")?;
        reader.optional(Tag::INTEGER, "version")?;
        let tbs_signature_algorithm = reader.expect(Tag::SEQUENCE, "signature")?.bytes();
        let issuer = Name::from_element(&reader.read("issuer")?)?;
        let this_update = reader.read("thisUpdate")?.time("thisUpdate")?;
        let next_update = match reader.peek() {
            Some(Tag::UTC_TIME | Tag::GENERALIZED_TIME) => {
                Some(reader.read("nextUpdate")?.time("nextUpdate")?)
            }
            _ => None,
        };
        let entries = match reader.optional(Tag::SEQUENCE, "revokedCertificates")? {
            Some(list) => list.reader("revokedCertificates")?,
            None => Reader::new(&[]),
        };
        let extensions = match reader.optional(Tag::context(0), "crlExtensions")? {
            Some(explicit) => read_extensions(&explicit.explicit("crlExtensions")?)?,
            None => Vec::new(),
        };
        reader.end("tbsCertList")?;

        let mut crl = Self {
            id: id(),
            raw: element.bytes(),
            tbs: tbs.bytes(),
            signature_algorithm,
            tbs_signature_algorithm,
            signature,
            issuer,
            this_update,
            next_update,
            entries,
            number: None,
            delta_base: None,
            authority_key_id: None,
            issuing_distribution_point: None,
            expired_certs_on_crl: None,
            unreadable: Vec::new(),
            unknown_critical: Vec::new(),
        };
        for extension in &extensions {
            match crl.read_extension(extension) {
                Ok(false) if extension.critical => crl.unknown_critical.push(extension.oid),
                Ok(_) => {}
                Err(_) => crl.unreadable.push(extension.oid),
            }
        }
        Ok(crl)
    }

    fn read_extension(&mut self, extension: &Extension<'a>) -> Result<bool, DerError> {
        let value = extension.value;
        match extension.oid {
            oid::CRL_NUMBER => self.number = Some(Element::whole(value, "cRLNumber")?.integer("cRLNumber")?),
            oid::DELTA_CRL_INDICATOR => {
                self.delta_base =
                    Some(Element::whole(value, "deltaCRLIndicator")?.integer("deltaCRLIndicator")?);
            }
            oid::AUTHORITY_KEY_IDENTIFIER => {
                self.authority_key_id = Some(extension::AuthorityKeyIdentifier::read(value)?);
            }
            oid::ISSUING_DISTRIBUTION_POINT => {
                self.issuing_distribution_point = Some(extension::IssuingDistributionPoint::read(value)?);
            }
            oid::EXPIRED_CERTS_ON_CRL => {
                self.expired_certs_on_crl =
                    Some(Element::whole(value, "expiredCertsOnCRL")?.time("expiredCertsOnCRL")?);
            }
            oid::ISSUER_ALT_NAME | oid::FRESHEST_CRL | oid::AUTHORITY_INFO_ACCESS => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The entries in order, each read when it is reached.
    pub const fn entries(&self) -> RevokedCertificates<'a> {
        RevokedCertificates { reader: self.entries }
    }

    /// The octets of all entries, for a scan that makes no objects.
    pub(crate) fn entry_octets(&self) -> &'a [u8] {
        self.entries.rest()
    }

    /// Whether nothing is listed.
    pub const fn is_empty(&self) -> bool {
        self.entries.at_end()
    }
}

/// The entries of a list.
#[derive(Clone, Debug)]
pub struct RevokedCertificates<'a> {
    reader: Reader<'a>,
}

impl<'a> Iterator for RevokedCertificates<'a> {
    type Item = Result<RevokedCertificate<'a>, DerError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.reader.at_end() {
            return None;
        }
        let entry = self
            .reader
            .expect(Tag::SEQUENCE, "revokedCertificate")
            .and_then(|e| RevokedCertificate::read(&e));
        if entry.is_err() {
            self.reader = Reader::new(&[]); // what follows an unreadable entry cannot be trusted to be entries
        }
        Some(entry)
    }
}

impl<'a> RevokedCertificate<'a> {
    pub(crate) fn read(element: &Element<'a>) -> Result<Self, DerError> {
        let mut reader = element.reader("revokedCertificate")?;
        let serial = reader.expect(Tag::INTEGER, "userCertificate")?.integer("userCertificate")?;
        let date = reader.read("revocationDate")?.time("revocationDate")?;
        let mut entry = Self {
            serial,
            date,
            reason: None,
            invalidity_date: None,
            certificate_issuer: None,
            unknown_critical: false,
        };
        if let Some(list) = reader.optional(Tag::SEQUENCE, "crlEntryExtensions")? {
            for extension in read_extensions(&list)? {
                entry.read_extension(&extension)?;
            }
        }
        Ok(entry)
    }

    fn read_extension(&mut self, extension: &Extension<'a>) -> Result<(), DerError> {
        let value = extension.value;
        match extension.oid {
            oid::REASON_CODE => {
                self.reason = Some(Element::whole(value, "reasonCode")?.unsigned("reasonCode")?);
            }
            oid::INVALIDITY_DATE => {
                self.invalidity_date = Some(Element::whole(value, "invalidityDate")?.time("invalidityDate")?);
            }
            oid::CERTIFICATE_ISSUER => self.certificate_issuer = Some(extension::read_general_names(value)?),
            _ => self.unknown_critical |= extension.critical,
        }
        Ok(())
    }
}

/// The name of a reason code (RFC 5280, 5.3.1).
pub const fn reason_name(code: u64) -> &'static str {
    match code {
        0 => "unspecified",
        1 => "keyCompromise",
        2 => "cACompromise",
        3 => "affiliationChanged",
        4 => "superseded",
        5 => "cessationOfOperation",
        6 => "certificateHold",
        8 => "removeFromCRL",
        9 => "privilegeWithdrawn",
        10 => "aACompromise",
        _ => "unknown",
    }
}
