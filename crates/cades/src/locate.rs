// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Finds a signature in a CMS by the digest of its value, counter-signatures included.

use keiin_model::ObjectId;
use keiin_pki::{
    cms::{SignedData, SignerInfo, oid},
    digest::object_id,
};

use crate::{
    CadesError,
    attribute_oid::{ARCHIVE_TIMESTAMP_V1, ARCHIVE_TIMESTAMP_V2, ARCHIVE_TIMESTAMP_V3},
    limits::MAX_COUNTERSIGNATURE_DEPTH,
};

/// A signature that was found.
pub(crate) struct Found<'a> {
    pub(crate) signer: SignerInfo<'a>,
    /// Whether it is a counter-signature.
    pub(crate) nested: bool,
}

/// Finds a signature. Two signatures with one value are one object; the first stands for both.
pub(crate) fn find_signer<'a>(signed: &SignedData<'a>, id: &ObjectId) -> Result<Found<'a>, CadesError> {
    let mut level: Vec<SignerInfo<'a>> = signed.signer_infos.clone();
    for depth in 0..=MAX_COUNTERSIGNATURE_DEPTH {
        let mut next = Vec::new();
        for signer in level {
            if object_id(&signer.signature.octets("signature")?.to_cow()) == *id {
                return Ok(Found { signer, nested: depth > 0 });
            }
            next.extend(countersigners(&signer));
        }
        level = next;
    }
    Err(CadesError::Misuse { what: "there is no such signature in this file" })
}

/// The counter-signatures of a signature that can be read.
fn countersigners<'a>(signer: &SignerInfo<'a>) -> Vec<SignerInfo<'a>> {
    let values = signer.unsigned_of(&oid::COUNTER_SIGNATURE).flat_map(|attribute| attribute.values.iter());
    values.filter_map(|value| SignerInfo::from_element(value).ok()).collect()
}

/// Whether a signature has an archive time-stamp of before v3, whose imprint takes in all certificates, all CRLs and the
/// signature's unsigned attributes as they stand (TS 101 733, 6.4.1), so that nothing can be added beside it.
pub(crate) fn is_under_old_archive(signer: &SignerInfo<'_>) -> bool {
    signer.unsigned.iter().any(|a| matches!(a.kind, ARCHIVE_TIMESTAMP_V1 | ARCHIVE_TIMESTAMP_V2))
}

/// Whether any signature has one.
pub(crate) fn has_old_archive_timestamp(signed: &SignedData<'_>) -> bool {
    signed.signer_infos.iter().any(is_under_old_archive)
}

/// Whether any signature has an archive time-stamp of any version.
pub(crate) fn has_archive_timestamp(signed: &SignedData<'_>) -> bool {
    let mut attributes = signed.signer_infos.iter().flat_map(|signer| &signer.unsigned);
    attributes.any(|a| a.kind == ARCHIVE_TIMESTAMP_V3) || has_old_archive_timestamp(signed)
}
