// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Certificate policies (RFC 5280, 4.2.1.4, 4.2.1.5 and 4.2.1.11).

use keiin_model::Oid;

use crate::der::{DerError, DerErrorKind, Element, Tag};

/// One PolicyInformation (RFC 5280, 4.2.1.4).
#[derive(Clone, Debug)]
pub struct PolicyInformation<'a> {
    /// policyIdentifier.
    pub id: Oid,
    /// policyQualifiers, each as (policyQualifierId, qualifier).
    pub qualifiers: Vec<(Oid, Element<'a>)>,
}

/// Reads certificatePolicies; one that stands twice is refused.
pub(crate) fn read_policies(value: &[u8]) -> Result<Vec<PolicyInformation<'_>>, DerError> {
    let mut reader = Element::whole(value, "certificatePolicies")?.reader("certificatePolicies")?;
    let mut policies: Vec<PolicyInformation<'_>> = Vec::new();
    for element in reader.all(1000, "certificatePolicies")? {
        let mut parts = element.reader("PolicyInformation")?;
        let id = parts.expect(Tag::OID, "policyIdentifier")?.oid("policyIdentifier")?;
        let mut qualifiers = Vec::new();
        if let Some(list) = parts.optional(Tag::SEQUENCE, "policyQualifiers")? {
            for qualifier in list.reader("policyQualifiers")?.all(100, "policyQualifiers")? {
                let mut parts = qualifier.reader("PolicyQualifierInfo")?;
                let id = parts.expect(Tag::OID, "policyQualifierId")?.oid("policyQualifierId")?;
                qualifiers.push((id, parts.read("qualifier")?));
            }
        }
        if policies.iter().any(|p| p.id == id) {
            return Err(element.error("certificatePolicies", DerErrorKind::Value));
        }
        policies.push(PolicyInformation { id, qualifiers });
    }
    Ok(policies)
}

/// Reads policyMappings: the issuer's policy and the subject's.
pub(crate) fn read_policy_mappings(value: &[u8]) -> Result<Vec<(Oid, Oid)>, DerError> {
    let mut reader = Element::whole(value, "policyMappings")?.reader("policyMappings")?;
    let pair = |element: &Element<'_>| {
        let mut parts = element.reader("policyMappings")?;
        let issuer = parts.expect(Tag::OID, "issuerDomainPolicy")?.oid("issuerDomainPolicy")?;
        Ok((issuer, parts.expect(Tag::OID, "subjectDomainPolicy")?.oid("subjectDomainPolicy")?))
    };
    reader.all(1000, "policyMappings")?.iter().map(pair).collect()
}

/// policyConstraints (RFC 5280, 4.2.1.11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PolicyConstraints {
    /// requireExplicitPolicy.
    pub require_explicit: Option<u64>,
    /// inhibitPolicyMapping.
    pub inhibit_mapping: Option<u64>,
}

impl PolicyConstraints {
    pub(crate) fn read(value: &[u8]) -> Result<Self, DerError> {
        let mut reader = Element::whole(value, "policyConstraints")?.reader("policyConstraints")?;
        let mut skip =
            |n| reader.optional(Tag::context(n), "SkipCerts")?.map(|e| e.unsigned("SkipCerts")).transpose();
        Ok(Self { require_explicit: skip(0)?, inhibit_mapping: skip(1)? })
    }
}
