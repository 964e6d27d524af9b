// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The signed content: inside the file, beside it, or known by its digests alone.

use std::{borrow::Cow, collections::BTreeSet};

use keiin_model::{Bytes, DigestAlgorithm};
use keiin_pki::{
    cms::{EncapsulatedContent, SignedData, SignerInfo},
    digest::{DigestSet, MultiHasher},
};
use keiin_tsp::{Token, facts};

use crate::{CadesError, attribute_oid as oid};

/// Content that a detached signature is over.
#[derive(Clone, Debug)]
pub enum Content {
    /// The octets.
    Bytes(Bytes),
    /// Only digests of them: [`digests_wanted`] says which, so that a large file is read once and not held.
    Digests(DigestSet),
}

/// The content as the reader of one file knows it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known<'a> {
    /// Its digests, if it is there at all.
    pub(crate) digests: Option<DigestSet>,
    /// Its octets, if it is there and stands in one piece or is small enough to join.
    pub(crate) octets: Option<Cow<'a, [u8]>>,
    /// Whether it stands outside the CMS.
    pub(crate) detached: bool,
}

impl<'a> Known<'a> {
    /// Digests the content once under every algorithm that the file asks for.
    pub(crate) fn read(signed: &SignedData<'a>, content: Option<&'a Content>) -> Self {
        let wanted = wanted_by(signed);
        if let Some(segments) = signed.encapsulated.segments() {
            let mut hashers = MultiHasher::new(wanted);
            segments.for_each(|segment| hashers.update(segment));
            let octets = joined_if_needed(signed);
            return Self { digests: Some(hashers.finish()), octets, detached: false };
        }
        match content {
            Some(Content::Bytes(bytes)) => {
                let mut hashers = MultiHasher::new(wanted);
                hashers.update(bytes);
                let octets = Some(Cow::Borrowed(bytes.as_ref()));
                Self { digests: Some(hashers.finish()), octets, detached: true }
            }
            Some(Content::Digests(digests)) => {
                Self { digests: Some(digests.clone()), octets: None, detached: true }
            }
            None => Self { detached: true, ..Self::default() },
        }
    }
}

/// The octets of attached content, copied only where a signer without signed attributes or an old archive time-stamp may
/// need them in one piece.
fn joined_if_needed<'a>(signed: &SignedData<'a>) -> Option<Cow<'a, [u8]>> {
    let EncapsulatedContent { octets, content, .. } = signed.encapsulated;
    let needed = signed.signer_infos.iter().any(|info| {
        info.signed_field.is_none() || info.unsigned_of(&oid::ARCHIVE_TIMESTAMP_V1).next().is_some()
    });
    match (needed, octets, content) {
        (true, Some(octets), _) => Some(octets.to_cow()),
        (true, None, Some(content)) => Some(Cow::Borrowed(content.content())),
        _ => None,
    }
}

/// The digests of detached content that reading `cms` needs: those of its signers, its content-time-stamps and its
/// archive-time-stamps. Empty when the content stands inside.
///
/// # Errors
/// [`CadesError`] when `cms` is not a CMS signature.
pub fn digests_wanted(cms: &[u8]) -> Result<BTreeSet<DigestAlgorithm>, CadesError> {
    let signed = SignedData::read(cms)?;
    Ok(if signed.encapsulated.content.is_some() { BTreeSet::new() } else { wanted_by(&signed) })
}

fn wanted_by(signed: &SignedData<'_>) -> BTreeSet<DigestAlgorithm> {
    signed.signer_infos.iter().flat_map(wanted_by_signer).collect()
}

fn wanted_by_signer(info: &SignerInfo<'_>) -> Vec<DigestAlgorithm> {
    let content = info.signed_of(&oid::CONTENT_TIMESTAMP);
    let archive = info.unsigned_of(&oid::ARCHIVE_TIMESTAMP_V3);
    let tokens = content.chain(archive).flat_map(|attribute| &attribute.values);
    let imprints = tokens.filter_map(|value| Token::from_element(value).ok()?.info.imprint_algorithm);
    facts::digests_wanted(info).into_iter().chain(imprints).collect()
}
