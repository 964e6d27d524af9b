// SPDX-License-Identifier: Apache-2.0 OR MIT
//! signature-time-stamp (EN 319 122-1, 5.3) and archive-time-stamp-v3 (5.5.3).

use keiin_model::{DigestAlgorithm, PendingTimestamp, Target, is_for_new};
use keiin_pki::der::{Edit, assemble, splice, write};
use keiin_tsp::Token;

use crate::{
    Cades, CadesError, attribute_oid as oid,
    edit::unsigned_edit,
    hash_index, imprint,
    locate::{Found, find_signer, has_old_archive_timestamp, is_under_old_archive},
    prepare::digest_of_signed,
};

/// Computes what is to be stamped. For an archive time-stamp the state is the ATSHashIndexV3.
pub(super) fn begin(
    cades: &Cades,
    at: Target,
    algorithm: DigestAlgorithm,
) -> Result<PendingTimestamp, CadesError> {
    if !is_for_new(algorithm) {
        return Err(CadesError::Misuse { what: "this digest algorithm is for reading old time-stamps only" });
    }
    let signed = cades.signed_data()?;
    let (imprint, state) = match at {
        Target::Signature { id } => {
            let Found { signer, .. } = find_signer(&signed, &id)?;
            (imprint::signature_timestamp(&signer)?.digest(algorithm), Vec::new())
        }
        Target::Archive { id } => {
            let Found { signer, nested } = find_signer(&signed, &id)?;
            if nested {
                let what = "an archive time-stamp goes on the signature that is counter-signed";
                return Err(CadesError::Misuse { what });
            }
            let index = hash_index::build_v3(algorithm, &signed, &signer);
            let content = digest_of_signed(&signed, cades.content(), algorithm)?;
            let encoding = imprint::Encoding::AsFound;
            let pieces = imprint::archive_timestamp_v3(&signed, &signer, &content, &index, encoding)?;
            (pieces.digest(algorithm), index)
        }
    };
    Ok(PendingTimestamp { target: at, algorithm, imprint: imprint.into(), state: state.into() })
}

/// Where the token goes.
pub(super) fn finish(
    cades: &Cades,
    pending: &PendingTimestamp,
    token: &[u8],
) -> Result<Vec<Edit>, CadesError> {
    let read = Token::answering(token, pending).map_err(|what| CadesError::TokenMismatch { what })?;
    let signed = cades.signed_data()?;
    let (attribute, id) = match pending.target {
        Target::Signature { id } => (write::attribute(&oid::SIGNATURE_TIMESTAMP, &[token]), id),
        Target::Archive { id } => {
            let index = write::attribute(&oid::ATS_HASH_INDEX_V3, &[&*pending.state]);
            let with_index = assemble(token, &splice(token, &[unsigned_edit(&read.signer, &index)])?);
            (write::attribute(&oid::ARCHIVE_TIMESTAMP_V3, &[with_index]), id)
        }
    };
    let Found { signer, nested } = find_signer(&signed, &id)?;
    let covered = if nested { has_old_archive_timestamp(&signed) } else { is_under_old_archive(&signer) };
    if covered && matches!(pending.target, Target::Signature { .. }) {
        let what = "an older archive time-stamp covers the unsigned attributes of this signature";
        return Err(CadesError::Misuse { what });
    }
    Ok(vec![unsigned_edit(&signer, &attribute)])
}

/// The new container must say of the token what a reader will ask: that it is over what stands there. It is not when the
/// time-stamp was begun on another file, or the state does not belong to the imprint.
pub(super) fn check_finished(new: &Cades, token: &[u8]) -> Result<(), CadesError> {
    match new.standing().fault_of(&Token::read(token)?.signature_id()?) {
        Some(what) => Err(CadesError::Misuse { what }),
        None => Ok(()),
    }
}
