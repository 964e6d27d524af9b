// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Which unsigned properties there are (EN 319 132-1, 5.3 to 5.5 and annex A).

use super::{QUALIFYING, XADES_141, XADES_ERS};
use crate::xml::{NodeId, Tree};

/// One child of UnsignedSignatureProperties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unsigned {
    pub(crate) node: NodeId,
    pub(crate) kind: UnsignedKind,
}

/// An unsigned property by its name. Where a name stands in two namespaces with two meanings, there are two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnsignedKind {
    CounterSignature,
    SignatureTimeStamp,
    CompleteCertificateRefs,
    CompleteCertificateRefsV2,
    CompleteRevocationRefs,
    AttributeCertificateRefs,
    AttributeCertificateRefsV2,
    AttributeRevocationRefs,
    SigAndRefsTimeStamp,
    SigAndRefsTimeStampV2,
    RefsOnlyTimeStamp,
    RefsOnlyTimeStampV2,
    CertificateValues,
    RevocationValues,
    AttrAuthoritiesCertValues,
    AttributeRevocationValues,
    /// xades:ArchiveTimeStamp, whose imprint leaves referenced ds:Objects out (TS 101 903 V1.3.2, 7.7.1).
    ArchiveTimeStamp132,
    /// xadesv141:ArchiveTimeStamp (EN 319 132-1, 5.5.2).
    ArchiveTimeStamp,
    TimeStampValidationData,
    AnyValidationData,
    SignaturePolicyStore,
    RenewedDigests,
    RenewedDigestsV2,
    /// Evidence records (EN 319 132-3).
    SealingEvidenceRecords,
    /// Something else; time-stamps cover it like the others.
    Other,
}

impl Unsigned {
    /// The children of UnsignedSignatureProperties in their order.
    pub(crate) fn all(tree: &Tree<'_>, parent: NodeId) -> Vec<Self> {
        tree.elements(parent).map(|node| Self { node, kind: UnsignedKind::of(tree, node) }).collect()
    }
}

impl UnsignedKind {
    fn of(tree: &Tree<'_>, node: NodeId) -> Self {
        let name = tree.name(node);
        let older = QUALIFYING.contains(&name.namespace);
        if (name.namespace, name.local) == (XADES_ERS, "SealingEvidenceRecords") {
            return Self::SealingEvidenceRecords;
        }
        if !older && name.namespace != XADES_141 {
            return Self::Other;
        }
        match (older, name.local) {
            (true, "CounterSignature") => Self::CounterSignature,
            (true, "SignatureTimeStamp") => Self::SignatureTimeStamp,
            (true, "CompleteCertificateRefs") => Self::CompleteCertificateRefs,
            (true, "CompleteRevocationRefs") => Self::CompleteRevocationRefs,
            (true, "AttributeCertificateRefs") => Self::AttributeCertificateRefs,
            (true, "AttributeRevocationRefs") => Self::AttributeRevocationRefs,
            (true, "SigAndRefsTimeStamp") => Self::SigAndRefsTimeStamp,
            (true, "RefsOnlyTimeStamp") => Self::RefsOnlyTimeStamp,
            (true, "CertificateValues") => Self::CertificateValues,
            (true, "RevocationValues") => Self::RevocationValues,
            (true, "AttrAuthoritiesCertValues") => Self::AttrAuthoritiesCertValues,
            (true, "AttributeRevocationValues") => Self::AttributeRevocationValues,
            (true, "ArchiveTimeStamp") => Self::ArchiveTimeStamp132,
            (false, "ArchiveTimeStamp") => Self::ArchiveTimeStamp,
            (false, "CompleteCertificateRefsV2") => Self::CompleteCertificateRefsV2,
            (false, "AttributeCertificateRefsV2") => Self::AttributeCertificateRefsV2,
            (false, "SigAndRefsTimeStampV2") => Self::SigAndRefsTimeStampV2,
            (false, "RefsOnlyTimeStampV2") => Self::RefsOnlyTimeStampV2,
            (false, "TimeStampValidationData") => Self::TimeStampValidationData,
            (false, "AnyValidationData") => Self::AnyValidationData,
            (false, "SignaturePolicyStore") => Self::SignaturePolicyStore,
            (false, "RenewedDigests") => Self::RenewedDigests,
            (false, "RenewedDigestsV2") => Self::RenewedDigestsV2,
            _ => Self::Other,
        }
    }

    /// Whether it holds time-stamp tokens, and over what they are.
    pub(crate) const fn timestamp(self) -> Option<keiin_model::TimestampKind> {
        use keiin_model::TimestampKind as K;
        Some(match self {
            Self::SignatureTimeStamp => K::Signature,
            Self::SigAndRefsTimeStamp | Self::SigAndRefsTimeStampV2 => K::ValidationData,
            Self::RefsOnlyTimeStamp | Self::RefsOnlyTimeStampV2 => K::ReferencesOnly,
            Self::ArchiveTimeStamp132 | Self::ArchiveTimeStamp => K::Archive,
            _ => return None,
        })
    }
}
