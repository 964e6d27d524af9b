// SPDX-License-Identifier: Apache-2.0 OR MIT
//! CRLs at any time: full ones as the HPKI signing CAs issue, and the MHLW root's lists of CA certificates.

use const_oid::db::rfc5280;
use der::asn1::{ObjectIdentifier, Uint};
use keiin_model::Time;
use x509_cert::{
    Version,
    crl::{RevokedCert, TbsCertList},
    ext::pkix::{
        crl::{CrlNumber, dp::IssuingDistributionPoint},
        name::{DistributionPointName, GeneralName},
    },
};

use crate::{
    Fault, TestPki,
    certificate::serial_number,
    encode::{any, authority_key_id, der, extension, name, x509_time},
    entity::{CrlStyle, DistinguishedName, Entity, Kind, NamePart},
    keys,
    pki::Issued,
};

/// How long a CRL of HPKI lives, in days.
const LIFE: i64 = 4;
const ID_CE_ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");

/// The directory entry of a CA's list: its own name with `CN=SARL`, or `CN=RARL` for the root's own certificate.
pub(crate) fn point_name(ca: &Entity, own: bool) -> DistinguishedName {
    ca.subject.with(NamePart::CommonName, if own { "RARL" } else { "SARL" })
}

pub(crate) fn url(pki: &TestPki, ca: &Entity, own: bool) -> String {
    format!("{}/crl/{}{}.crl", pki.base_url(), ca.name, if own { "-rarl" } else { "" })
}

impl TestPki {
    /// The CRL of a CA (`signing-ca`; `root` is its list of CAs, `root-rarl` the one for the root itself) as issued at
    /// a moment: thisUpdate is that second, nextUpdate four days later, the CRLNumber grows with time, and every
    /// revocation in force then is listed, of all certificates under the CA's name, expired ones too.
    pub fn crl(&self, ca: &str, at: Time) -> Vec<u8> {
        self.find_crl(ca, at, None).unwrap_or_else(|| panic!("{ca} has no CRL"))
    }

    pub(crate) fn find_crl(&self, list: &str, at: Time, fault: Option<&Fault>) -> Option<Vec<u8>> {
        let (issued, own) = match list.strip_suffix("-rarl") {
            Some(root) => (self.find(root)?, true),
            None => (self.find(list)?, false),
        };
        let Kind::Ca(profile) = &issued.entity.kind else { return None };
        if own && profile.crl != CrlStyle::Arl {
            return None;
        }
        let key = match fault {
            Some(Fault::WrongKey) => keys::forger_of(issued.entity.key),
            _ => issued.key,
        };
        let list = to_be_signed(self, issued, profile.crl, own, at.whole_second());
        Some(key.signed(der(&list), key.usual_digest()))
    }
}

fn to_be_signed(pki: &TestPki, ca: &Issued, style: CrlStyle, own: bool, at: Time) -> TbsCertList {
    let entries: Vec<RevokedCert> =
        pki.issued_under(&ca.entity.subject).filter_map(|i| entry(i, at)).collect();
    let number = CrlNumber(Uint::new(&at.unix().to_be_bytes()).expect("eight octets"));
    let mut extensions =
        vec![authority_key_id(ca.key.key_id()), extension(rfc5280::ID_CE_CRL_NUMBER, false, &der(&number))];
    if style == CrlStyle::Arl {
        let scope = IssuingDistributionPoint {
            distribution_point: Some(DistributionPointName::FullName(vec![GeneralName::DirectoryName(
                name(&point_name(&ca.entity, own)),
            )])),
            only_contains_user_certs: false,
            only_contains_ca_certs: true,
            only_some_reasons: None,
            indirect_crl: false,
            only_contains_attribute_certs: false,
        };
        extensions.push(extension(ID_CE_ISSUING_DISTRIBUTION_POINT, true, &der(&scope)));
    }
    TbsCertList {
        version: Version::V2,
        signature: ca.key.signature_identifier(ca.key.usual_digest()),
        issuer: name(&ca.entity.subject),
        this_update: x509_time(at),
        next_update: Some(x509_time(at.plus_days(LIFE))),
        // Empty lists are left out, not written empty (RFC 5280, 5.1.2.6).
        revoked_certificates: (!entries.is_empty()).then_some(entries),
        crl_extensions: Some(extensions),
    }
}

fn entry(issued: &Issued, at: Time) -> Option<RevokedCert> {
    let revocation = issued.entity.revocation.filter(|r| r.in_force(at))?;
    let reason = any(der::Tag::Enumerated, &[revocation.reason as u8]);
    Some(RevokedCert {
        serial_number: serial_number(issued.serial),
        revocation_date: x509_time(revocation.at),
        crl_entry_extensions: Some(vec![extension(rfc5280::ID_CE_CRL_REASONS, false, &der(&reason))]),
    })
}
