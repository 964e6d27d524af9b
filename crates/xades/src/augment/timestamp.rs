// SPDX-License-Identifier: Apache-2.0 OR MIT
//! xades:SignatureTimeStamp (EN 319 132-1, 5.3) and xadesv141:ArchiveTimeStamp (5.5.2).
//!
//! What is stamped is what the reader will compute ([`crate::imprint`]), and after the token is in, it is asked.

use keiin_model::{DigestAlgorithm, PendingTimestamp, Target, is_for_new};
use keiin_pki::digest::Hasher;
use keiin_tsp::Token;

use super::place::unsigned_place;
use crate::{
    Detached, Xades, XadesError,
    imprint::{self, Before, Stamped},
    locate,
    properties::{Qualifying, UnsignedKind},
    reference::Resolver,
    shape::Canonical,
    signature::read_signatures,
    template::{Stamp, timestamp},
    xml::{NodeId, Tree},
};

/// Computes what is to be stamped.
pub(super) fn begin(
    xades: &Xades,
    at: Target,
    algorithm: DigestAlgorithm,
) -> Result<PendingTimestamp, XadesError> {
    if !is_for_new(algorithm) {
        return Err(XadesError::Misuse { what: "this digest algorithm is for reading old time-stamps only" });
    }
    let tree = Tree::read(xades.as_bytes())?;
    tree.editable()?;
    let all = read_signatures(&tree)?;
    let (Target::Signature { id } | Target::Archive { id }) = at;
    let signature = locate::find(&all, &id)?;
    unsigned_place(&tree, signature.node)?;
    let none = Detached::new();
    let resolver = Resolver::new(&tree, xades.detached().unwrap_or(&none));
    let qualifying = Qualifying::find(&tree, signature.node, &mut Vec::new());
    let stamped = Stamped { tree: &tree, signature, qualifying: qualifying.as_ref(), data: &resolver };
    let kind = match at {
        Target::Signature { .. } => UnsignedKind::SignatureTimeStamp,
        Target::Archive { .. } => UnsignedKind::ArchiveTimeStamp,
    };
    let mut hasher = Hasher::new(algorithm);
    let how = CANONICAL.canonicalization();
    if !imprint::unsigned_timestamp(&stamped, kind, Before::All, &[], &how, &mut hasher)? {
        return Err(XadesError::Misuse { what: NOT_THERE });
    }
    Ok(PendingTimestamp { target: at, algorithm, imprint: hasher.finish().into(), state: Vec::new().into() })
}

/// The canonical form of what is stamped. Exclusive: a signature with its time-stamps can be moved into another document,
/// as a prescription is moved into the record of its dispensing.
const CANONICAL: Canonical = Canonical::Exclusive;
const NOT_THERE: &str =
    "the signed content is not in this file: give its octets, which an archive time-stamp is over";

/// The document with the token in it.
pub(super) fn finish(xades: &Xades, pending: &PendingTimestamp, token: &[u8]) -> Result<Vec<u8>, XadesError> {
    Token::answering(token, pending).map_err(|what| XadesError::TokenMismatch { what })?;
    let tree = Tree::read(xades.as_bytes())?;
    tree.editable()?;
    let all = read_signatures(&tree)?;
    let (Target::Signature { id } | Target::Archive { id }) = pending.target;
    let signature = locate::find(&all, &id)?.node;
    let stamp = match pending.target {
        Target::Signature { .. } => Stamp::Signature,
        Target::Archive { .. } => Stamp::Archive,
    };
    let place = unsigned_place(&tree, signature)?;
    let id = stamp_id(&tree, signature, stamp);
    let element = timestamp(&place.bound, stamp, &id, CANONICAL, token);
    Ok(place.apply(xades.as_bytes(), &element.to_octets()))
}

const NO_TOKEN: XadesError = XadesError::TokenMismatch { what: "it is not a time-stamp token" };

/// An id that the document does not have: the signature's and a number.
fn stamp_id(tree: &Tree<'_>, signature: NodeId, stamp: Stamp) -> String {
    let base = tree.attribute(signature, "Id").unwrap_or_else(|| "id".into());
    let kind = match stamp {
        Stamp::Signature => "sts",
        Stamp::Archive => "ats",
    };
    let mut number = 1_u32;
    loop {
        let id = format!("{base}-{kind}-{number}");
        if tree.by_id(&id).is_none() || number == u32::MAX {
            return id;
        }
        number += 1;
    }
}

/// The new document must say of the token what a reader will ask: that it is over what stands there.
pub(super) fn check_finished(new: &Xades, token: &[u8]) -> Result<(), XadesError> {
    let id = Token::read(token).and_then(|token| token.signature_id()).map_err(|_| NO_TOKEN)?;
    match new.standing().fault_of(&id) {
        Some(what) => Err(XadesError::Misuse { what }),
        None => Ok(()),
    }
}
