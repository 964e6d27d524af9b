// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Issuing: the certificate of an entity (facts of real HPKI cards: which extensions, critical or not, in which types).

use const_oid::db::{rfc5280, rfc5912};
use der::{
    Decode as _, Sequence, Tag,
    asn1::{Any, ObjectIdentifier, OctetString},
};
use spki::AlgorithmIdentifierOwned;
use x509_cert::{
    Version,
    ext::{
        Extension, Extensions,
        pkix::{
            AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies, ExtendedKeyUsage, KeyUsage,
            KeyUsages,
            certpolicy::{PolicyInformation, PolicyQualifierInfo},
            crl::dp::DistributionPoint,
            name::{DistributionPointName, GeneralName},
        },
    },
    name::Name,
    serial_number::SerialNumber,
    time::Validity,
};

use crate::{
    TestPki,
    encode::{any, authority_key_id, der, extension, name, uri, x509_time},
    entity::{
        CaProfile, CrlStyle, DistinguishedName, HolderProfile, HolderUsage, Kind, NamePart, TsaProfile,
        TsaUsage,
    },
    pki::Issued,
};

const ID_QT_CPS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.2.1");
const ID_PKIX_OCSP_NOCHECK: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.5");
const ID_AD_OCSP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1");
const ID_AD_CA_ISSUERS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.2");

// x509-cert keeps the fields of its own type private to its builder, which wants to choose extensions itself.
#[derive(Sequence)]
pub(crate) struct TbsCertificate {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", default = "Version::default")]
    pub(crate) version: Version,
    pub(crate) serial_number: SerialNumber,
    pub(crate) signature: AlgorithmIdentifierOwned,
    pub(crate) issuer: Name,
    pub(crate) validity: Validity,
    pub(crate) subject: Name,
    pub(crate) subject_public_key_info: Any,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) extensions: Option<Extensions>,
}

pub(crate) fn serial_number(serial: u64) -> SerialNumber {
    SerialNumber::new(&serial.to_be_bytes()).expect("eight octets")
}

/// The DER of an entity's certificate, signed by its issuer's key.
pub(crate) fn issue(pki: &TestPki, subject: &Issued) -> Vec<u8> {
    let issuer = pki.issuer_of(subject);
    let entity = &subject.entity;
    let tbs = TbsCertificate {
        version: Version::V3,
        serial_number: serial_number(subject.serial),
        signature: issuer.key.signature_identifier(entity.signed_with),
        issuer: name(&issuer.entity.subject),
        validity: Validity::new(x509_time(entity.not_before), x509_time(entity.not_after)),
        subject: name(&entity.subject),
        subject_public_key_info: Any::from_der(subject.key.spki()).expect("an SPKI"),
        extensions: Some(extensions(pki, subject, issuer)),
    };
    issuer.key.signed(der(&tbs), entity.signed_with)
}

fn extensions(pki: &TestPki, subject: &Issued, issuer: &Issued) -> Extensions {
    let entity = &subject.entity;
    let mut list = match entity.kind {
        Kind::Ca(_) | Kind::Holder(_) => vec![full_authority_key_id(pki, issuer)],
        Kind::Tsa(_) | Kind::OcspResponder => vec![authority_key_id(issuer.key.key_id())],
    };
    let key_id = OctetString::new(subject.key.key_id().as_slice()).expect("short");
    list.push(extension(rfc5912::ID_CE_SUBJECT_KEY_IDENTIFIER, false, &der(&key_id)));
    match &entity.kind {
        Kind::Ca(profile) => list.extend(of_authority(pki, profile, issuer.entity.name == entity.name)),
        Kind::Holder(profile) => list.extend(of_holder(pki, profile, &entity.subject)),
        Kind::Tsa(profile) => list.extend(of_tsa(profile)),
        Kind::OcspResponder => list.extend(of_responder()),
    }
    // A responder with ocsp-nocheck is not asked about (RFC 6960, 4.2.2.2.1).
    if !matches!(entity.kind, Kind::OcspResponder) {
        list.extend(revocation_pointers(pki, subject, issuer));
    }
    list
}

/// As HPKI certificates have it: key id, and issuer and serial number of the issuer's certificate.
fn full_authority_key_id(pki: &TestPki, issuer: &Issued) -> Extension {
    let above = pki.issuer_of(issuer);
    let value = AuthorityKeyIdentifier {
        key_identifier: Some(OctetString::new(issuer.key.key_id().as_slice()).expect("short")),
        authority_cert_issuer: Some(vec![GeneralName::DirectoryName(name(&above.entity.subject))]),
        authority_cert_serial_number: Some(serial_number(issuer.serial)),
    };
    extension(rfc5912::ID_CE_AUTHORITY_KEY_IDENTIFIER, false, &der(&value))
}

fn of_authority(pki: &TestPki, profile: &CaProfile, root: bool) -> Vec<Extension> {
    let constraints = BasicConstraints { ca: true, path_len_constraint: None };
    let mut list = vec![
        extension(rfc5912::ID_CE_BASIC_CONSTRAINTS, true, &der(&constraints)),
        key_usage(KeyUsages::KeyCertSign | KeyUsages::CRLSign),
    ];
    if root && profile.crl == CrlStyle::Arl {
        let japanese = DistinguishedName::jp(&[
            (NamePart::Organization, "契印試験厚生労働省"),
            (NamePart::OrganizationalUnit, "政策統括官"),
        ]);
        list.push(directory_name(&japanese));
    }
    list.extend(profile.policy.map(|policy| policies(pki, policy)));
    list
}

fn of_holder(pki: &TestPki, profile: &HolderProfile, subject: &DistinguishedName) -> Vec<Extension> {
    let mut list = vec![key_usage(match profile.usage {
        HolderUsage::NonRepudiation => KeyUsages::NonRepudiation.into(),
        HolderUsage::DigitalSignature => KeyUsages::DigitalSignature.into(),
    })];
    if let Some(japanese) = &profile.japanese_name {
        let mut alternative = subject.clone();
        for (part, text) in &mut alternative.0 {
            if *part == NamePart::CommonName {
                text.clone_from(japanese);
            }
        }
        list.push(directory_name(&alternative));
    }
    if !profile.licences.is_empty() {
        let value = crate::role::subject_directory_attributes(&profile.licences);
        list.push(extension(rfc5912::ID_CE_SUBJECT_DIRECTORY_ATTRIBUTES, false, &value));
    }
    list.push(policies(pki, profile.policy));
    list
}

fn of_tsa(profile: &TsaProfile) -> Vec<Extension> {
    let mut list = vec![key_usage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation)];
    let stamping = rfc5280::ID_KP_TIME_STAMPING;
    let (critical, purposes) = match profile.usage {
        TsaUsage::Critical => (true, vec![stamping]),
        TsaUsage::Absent => return list,
        TsaUsage::NotCritical => (false, vec![stamping]),
        TsaUsage::WithOthers => (true, vec![stamping, rfc5280::ID_KP_EMAIL_PROTECTION]),
    };
    list.push(extension(rfc5280::ID_CE_EXT_KEY_USAGE, critical, &der(&ExtendedKeyUsage(purposes))));
    list
}

fn of_responder() -> Vec<Extension> {
    let purposes = ExtendedKeyUsage(vec![rfc5280::ID_KP_OCSP_SIGNING]);
    vec![
        key_usage(KeyUsages::DigitalSignature.into()),
        extension(rfc5280::ID_CE_EXT_KEY_USAGE, false, &der(&purposes)),
        extension(ID_PKIX_OCSP_NOCHECK, false, &der(&Any::null())),
    ]
}

fn key_usage(bits: der::flagset::FlagSet<KeyUsages>) -> Extension {
    extension(rfc5912::ID_CE_KEY_USAGE, true, &der(&KeyUsage(bits)))
}

fn directory_name(alternative: &DistinguishedName) -> Extension {
    let names = vec![GeneralName::DirectoryName(name(alternative))];
    extension(rfc5912::ID_CE_SUBJECT_ALT_NAME, false, &der(&names))
}

fn policies(pki: &TestPki, policy: &str) -> Extension {
    let practice = format!("{}/cps/", pki.base_url());
    let qualifier = PolicyQualifierInfo {
        policy_qualifier_id: ID_QT_CPS,
        qualifier: Some(any(Tag::Ia5String, practice.as_bytes())),
    };
    let value = CertificatePolicies(vec![PolicyInformation {
        policy_identifier: ObjectIdentifier::new_unwrap(policy),
        policy_qualifiers: Some(vec![qualifier]),
    }]);
    extension(rfc5912::ID_CE_CERTIFICATE_POLICIES, true, &der(&value))
}

/// CRL distribution points and AIA, as the certificate's sources say.
fn revocation_pointers(pki: &TestPki, subject: &Issued, issuer: &Issued) -> Vec<Extension> {
    let mut list = Vec::new();
    let sources = pki.sources_of(&subject.entity);
    let own = subject.entity.name == issuer.entity.name;
    let Kind::Ca(authority) = &issuer.entity.kind else { return list };
    // A root says where its list is only in the manner of the MHLW root; others are trusted without.
    if own && authority.crl == CrlStyle::Full {
        return list;
    }
    if sources.crl() || own {
        let mut points = Vec::new();
        if authority.crl == CrlStyle::Arl {
            points.push(GeneralName::DirectoryName(name(&crate::crl::point_name(&issuer.entity, own))));
        }
        points.push(uri(&crate::crl::url(pki, &issuer.entity, own)));
        let points: Vec<DistributionPoint> = points.into_iter().map(distribution_point).collect();
        list.push(extension(rfc5912::ID_CE_CRL_DISTRIBUTION_POINTS, false, &der(&points)));
    }
    if sources.ocsp() && !own {
        list.push(authority_information(pki, &issuer.entity.name));
    }
    list
}

fn distribution_point(full_name: GeneralName) -> DistributionPoint {
    DistributionPoint {
        distribution_point: Some(DistributionPointName::FullName(vec![full_name])),
        reasons: None,
        crl_issuer: None,
    }
}

fn authority_information(pki: &TestPki, issuer: &str) -> Extension {
    use x509_cert::ext::pkix::{AccessDescription, AuthorityInfoAccessSyntax};
    let base = pki.base_url();
    let value = AuthorityInfoAccessSyntax(vec![
        AccessDescription {
            access_method: ID_AD_OCSP,
            access_location: uri(&format!("{base}/ocsp/{issuer}")),
        },
        AccessDescription {
            access_method: ID_AD_CA_ISSUERS,
            access_location: uri(&format!("{base}/cert/{issuer}.cer")),
        },
    ]);
    extension(rfc5280::ID_PE_AUTHORITY_INFO_ACCESS, false, &der(&value))
}
