// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Extensions of drafts, encoded by RustCrypto's types.

use const_oid::db::{rfc5280, rfc5912};
use der::{
    Decode as _,
    asn1::{Any, Ia5String, ObjectIdentifier, OctetString, Uint},
};
use keiin_model::{Oid, Time};
use x509_cert::ext::{
    Extension,
    pkix::{
        AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies, ExtendedKeyUsage, KeyUsage, KeyUsages,
        NameConstraints, PolicyConstraints, PolicyMapping, PolicyMappings,
        certpolicy::PolicyInformation,
        constraints::name::GeneralSubtree,
        crl::dp::{DistributionPoint, IssuingDistributionPoint, ReasonFlags, Reasons},
        name::{DistributionPointName, GeneralName},
    },
};

use super::enumerated;
use crate::{
    encode::{self, der, generalized_time},
    entity::DistinguishedName,
};

/// A distribution point: its names, its reasons, its cRLIssuer.
pub type DraftPoint<'p> = (&'p [DraftName], Option<&'p [u8]>, &'p [DraftName]);

/// An extension of a draft.
#[derive(Clone)]
pub struct DraftExtension(Extension);

/// A name of one of the forms of GeneralName.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // RFC 5280's own words
pub enum DraftName {
    Directory(DistinguishedName),
    Dns(String),
    Rfc822(String),
    Uri(String),
    /// An address, or in a constraint an address and its mask.
    Ip(Vec<u8>),
    RegisteredId(Oid),
    /// Of an otherName the type; its value is an empty UTF8String.
    Other(Oid),
}

/// What an issuingDistributionPoint says.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// distributionPoint, one full name each.
    pub names: Vec<DraftName>,
    /// Which kind of certificate alone is listed: `user`, `ca`, `attribute`.
    pub only: Option<&'static str>,
    /// onlySomeReasons: numbers of bits (1 keyCompromise to 8 aACompromise).
    pub reasons: Option<Vec<u8>>,
    /// `indirect` or nothing.
    pub indirect: Option<&'static str>,
}

fn oid(oid: Oid) -> ObjectIdentifier {
    encode::oid(oid)
}

fn id(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

fn octets(octets: &[u8]) -> OctetString {
    OctetString::new(octets).expect("short")
}

fn flags(bits: &[u8]) -> ReasonFlags {
    let all = [
        Reasons::Unused,
        Reasons::KeyCompromise,
        Reasons::CaCompromise,
        Reasons::AffiliationChanged,
        Reasons::Superseded,
        Reasons::CessationOfOperation,
        Reasons::CertificateHold,
        Reasons::PrivilegeWithdrawn,
        Reasons::AaCompromise,
    ];
    bits.iter().fold(ReasonFlags::default(), |flags, bit| flags | all[usize::from(*bit)])
}

fn point_name(names: &[DraftName]) -> Option<DistributionPointName> {
    let full = || DistributionPointName::FullName(names.iter().map(DraftName::encoded).collect());
    (!names.is_empty()).then(full)
}

impl DraftName {
    fn encoded(&self) -> GeneralName {
        let ia5 = |text: &str| Ia5String::new(text).expect("ASCII");
        match self {
            Self::Directory(name) => GeneralName::DirectoryName(encode::name(name)),
            Self::Dns(text) => GeneralName::DnsName(ia5(text)),
            Self::Rfc822(text) => GeneralName::Rfc822Name(ia5(text)),
            Self::Uri(text) => GeneralName::UniformResourceIdentifier(ia5(text)),
            Self::Ip(address) => GeneralName::IpAddress(octets(address)),
            Self::RegisteredId(oid) => GeneralName::RegisteredId(encode::oid(*oid)),
            Self::Other(kind) => GeneralName::OtherName(x509_cert::ext::pkix::name::OtherName {
                type_id: encode::oid(*kind),
                value: Any::from_der(&[0x0c, 0]).expect("a string"),
            }),
        }
    }
}

impl DraftExtension {
    /// Any extension.
    pub fn raw(oid: Oid, critical: bool, value: &[u8]) -> Self {
        Self(encode::extension(encode::oid(oid), critical, value))
    }

    /// basicConstraints of a CA, and how many CAs may stand below it.
    pub fn ca(path_len: Option<u8>) -> Self {
        let value = BasicConstraints { ca: true, path_len_constraint: path_len };
        Self(encode::extension(rfc5912::ID_CE_BASIC_CONSTRAINTS, true, &der(&value)))
    }

    /// basicConstraints of what is no CA.
    pub fn end_entity() -> Self {
        let value = BasicConstraints { ca: false, path_len_constraint: None };
        Self(encode::extension(rfc5912::ID_CE_BASIC_CONSTRAINTS, true, &der(&value)))
    }

    /// keyUsage by RFC 5280's names: `keyCertSign`, `cRLSign`, `nonRepudiation`, `digitalSignature`.
    pub fn key_usage(names: &[&str]) -> Self {
        let bit = |name: &&str| match *name {
            "keyCertSign" => KeyUsages::KeyCertSign,
            "cRLSign" => KeyUsages::CRLSign,
            "nonRepudiation" => KeyUsages::NonRepudiation,
            _ => KeyUsages::DigitalSignature,
        };
        let usage = KeyUsage(names.iter().map(bit).fold(Default::default(), |all, bit| all | bit));
        Self(encode::extension(rfc5912::ID_CE_KEY_USAGE, true, &der(&usage)))
    }

    /// extKeyUsage with one purpose.
    pub fn key_purpose(purpose: Oid) -> Self {
        let value = ExtendedKeyUsage(vec![oid(purpose)]);
        Self(encode::extension(rfc5912::ID_CE_EXT_KEY_USAGE, false, &der(&value)))
    }

    /// id-pkix-ocsp-nocheck.
    pub fn ocsp_no_check() -> Self {
        Self(encode::extension(id("1.3.6.1.5.5.7.48.1.5"), false, &[5, 0]))
    }

    /// subjectKeyIdentifier.
    pub fn subject_key_id(key_id: &[u8]) -> Self {
        Self(encode::extension(rfc5912::ID_CE_SUBJECT_KEY_IDENTIFIER, false, &der(&octets(key_id))))
    }

    /// authorityKeyIdentifier with a key identifier alone.
    pub fn authority_key_id(key_id: &[u8]) -> Self {
        let value = AuthorityKeyIdentifier { key_identifier: Some(octets(key_id)), ..Default::default() };
        Self(encode::extension(rfc5912::ID_CE_AUTHORITY_KEY_IDENTIFIER, false, &der(&value)))
    }

    /// subjectAltName.
    pub fn alt_names(names: &[DraftName]) -> Self {
        let names: Vec<GeneralName> = names.iter().map(DraftName::encoded).collect();
        Self(encode::extension(rfc5912::ID_CE_SUBJECT_ALT_NAME, false, &der(&names)))
    }

    /// nameConstraints.
    pub fn name_constraints(permitted: &[DraftName], excluded: &[DraftName]) -> Self {
        Self(encode::extension(rfc5912::ID_CE_NAME_CONSTRAINTS, true, &Self::subtrees(permitted, excluded)))
    }

    /// The value of a nameConstraints.
    pub fn subtrees(permitted: &[DraftName], excluded: &[DraftName]) -> Vec<u8> {
        let subtrees = |names: &[DraftName]| {
            let all = names.iter().map(|n| GeneralSubtree { base: n.encoded(), minimum: 0, maximum: None });
            (!names.is_empty()).then(|| all.collect())
        };
        let value = NameConstraints {
            permitted_subtrees: subtrees(permitted),
            excluded_subtrees: subtrees(excluded),
        };
        der(&value)
    }

    /// certificatePolicies.
    pub fn policies(policies: &[Oid]) -> Self {
        let one =
            |policy: &Oid| PolicyInformation { policy_identifier: oid(*policy), policy_qualifiers: None };
        let value = CertificatePolicies(policies.iter().map(one).collect());
        Self(encode::extension(rfc5912::ID_CE_CERTIFICATE_POLICIES, false, &der(&value)))
    }

    /// policyMappings.
    pub fn policy_mappings(mappings: &[(Oid, Oid)]) -> Self {
        let one = |(from, to): &(Oid, Oid)| PolicyMapping {
            issuer_domain_policy: oid(*from),
            subject_domain_policy: oid(*to),
        };
        let value = PolicyMappings(mappings.iter().map(one).collect());
        Self(encode::extension(rfc5912::ID_CE_POLICY_MAPPINGS, true, &der(&value)))
    }

    /// policyConstraints.
    pub fn policy_constraints(require_explicit: Option<u32>, inhibit_mapping: Option<u32>) -> Self {
        let value = PolicyConstraints {
            require_explicit_policy: require_explicit,
            inhibit_policy_mapping: inhibit_mapping,
        };
        Self(encode::extension(rfc5912::ID_CE_POLICY_CONSTRAINTS, true, &der(&value)))
    }

    /// cRLDistributionPoints with one point: its names, its reasons, its cRLIssuer.
    pub fn crl_point(names: &[DraftName], reasons: Option<&[u8]>, crl_issuer: &[DraftName]) -> Self {
        Self::crl_points(&[(names, reasons, crl_issuer)])
    }

    /// cRLDistributionPoints.
    pub fn crl_points(points: &[DraftPoint<'_>]) -> Self {
        let one = |(names, reasons, issuer): &DraftPoint<'_>| DistributionPoint {
            distribution_point: point_name(names),
            reasons: reasons.map(flags),
            crl_issuer: (!issuer.is_empty()).then(|| issuer.iter().map(DraftName::encoded).collect()),
        };
        let value: Vec<DistributionPoint> = points.iter().map(one).collect();
        Self(encode::extension(rfc5912::ID_CE_CRL_DISTRIBUTION_POINTS, false, &der(&value)))
    }

    /// cRLNumber.
    pub fn crl_number(number: u64) -> Self {
        let value = Uint::new(&number.to_be_bytes()).expect("eight octets");
        Self(encode::extension(rfc5280::ID_CE_CRL_NUMBER, false, &der(&value)))
    }

    /// deltaCRLIndicator.
    pub fn delta_of(number: u64) -> Self {
        let value = Uint::new(&number.to_be_bytes()).expect("eight octets");
        Self(encode::extension(id("2.5.29.27"), true, &der(&value)))
    }

    /// issuingDistributionPoint.
    pub fn issuing_point(scope: &Scope) -> Self {
        let value = IssuingDistributionPoint {
            distribution_point: point_name(&scope.names),
            only_contains_user_certs: scope.only == Some("user"),
            only_contains_ca_certs: scope.only == Some("ca"),
            only_some_reasons: scope.reasons.as_deref().map(flags),
            indirect_crl: scope.indirect.is_some(),
            only_contains_attribute_certs: scope.only == Some("attribute"),
        };
        Self(encode::extension(id("2.5.29.28"), true, &der(&value)))
    }

    /// expiredCertsOnCRL (X.509, 9.5.2.8).
    pub fn expired_certs_since(time: Time) -> Self {
        Self(encode::extension(id("2.5.29.60"), false, &der(&generalized_time(time))))
    }

    /// reasonCode.
    pub fn reason(code: u8) -> Self {
        Self(encode::extension(rfc5280::ID_CE_CRL_REASONS, false, &enumerated(code)))
    }

    /// certificateIssuer.
    pub fn certificate_issuer(name: &DistinguishedName) -> Self {
        let names = vec![GeneralName::DirectoryName(encode::name(name))];
        Self(encode::extension(id("2.5.29.29"), true, &der(&names)))
    }

    /// archiveCutoff (RFC 6960, 4.4.4).
    pub fn archive_cutoff(time: Time) -> Self {
        Self(encode::extension(id("1.3.6.1.5.5.7.48.1.6"), false, &der(&generalized_time(time))))
    }

    pub(super) fn encoded(&self) -> Extension {
        self.0.clone()
    }
}
